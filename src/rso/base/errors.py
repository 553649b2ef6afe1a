"""One root for every error that we raise on purpose, so that callers can tell ours from a defect."""

from __future__ import annotations


class RsoError(Exception):
    """An expected failure with a stable ``code`` for programs and a sentence for people.

    ``code`` is kebab-case and never changes once released; ``message`` says what is wrong and, where there is
    something to do, what to do. Neither may hold personal data, since errors are logged.
    """

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message

    def __str__(self) -> str:
        return f"{self.message} [{self.code}]"


class SettingError(RsoError):
    """A setting of the environment is absent or unreadable: the process must not start."""

    def __init__(self, name: str, message: str) -> None:
        super().__init__("bad-setting", f"{name}: {message}")
        self.name = name
