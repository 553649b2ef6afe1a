"""What a labelled default can be, and the one table of them. Pure: an app enters its own from ``AppConfig.ready``."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final, Generic, TypeVar

from rso.accounts.rules import Role, enter
from rso.base.errors import RsoError

T = TypeVar("T", int, str)
_NAME: Final = re.compile(r"[a-z]+(-[a-z]+)*\.[a-z]+(-[a-z]+)*")
_ADDRESS: Final = re.compile(r"[^@\s<>\"]+@[^@\s<>\"]+\.[^@\s<>\"]+")


class DefaultsPermission(StrEnum):
    SEE = "defaults:setting:see"
    CHANGE = "defaults:setting:change"


class DefaultsEvent(StrEnum):
    CHANGED = "defaults:setting:changed"
    RESTORED = "defaults:setting:restored"


class WrongValue(RsoError):
    """The text is no value of this default; ``code`` says why."""


@dataclass(frozen=True)
class Default(Generic[T]):
    """One default. ``label`` and ``help`` are lazy strings; ``name`` is ``app.what-it-is``; the value is a whole number
    from ``least`` to ``most``, or one line of text of at most ``most`` signs."""

    name: str
    value: T
    label: Any
    help: Any
    least: int = 0
    most: int = 200
    mail: bool = False

    @property
    def counts(self) -> bool:
        """It is a number."""
        return isinstance(self.value, int)

    def read(self, text: str) -> T:
        """The value that ``text`` says; raises :class:`WrongValue`."""
        text = text.strip()
        if isinstance(self.value, int):
            if not re.fullmatch(r"[0-9]{1,6}", text):
                raise WrongValue("not-a-whole-number", f"{text!r} is no whole number.")
            number = int(text)
            if not self.least <= number <= self.most:
                raise WrongValue("out-of-range", f"{self.name} lies between {self.least} and {self.most}.")
            return number
        if len(text) > self.most or "\n" in text or "\r" in text:
            raise WrongValue("too-long", f"{self.name} is one line of at most {self.most} signs.")
        if self.mail and text and not _ADDRESS.fullmatch(text):
            raise WrongValue("no-mail-address", f"{text!r} is no mail address.")
        return text


_TABLE: dict[str, Default[Any]] = {}


def whole(name: str, value: int, *, least: int, most: int, label: Any, help: Any) -> Default[int]:
    """Enters a number. Entering another default under the same name is a defect."""
    return _entered(Default(name, value, label, help, least, most))


def line(name: str, value: str, *, label: Any, help: Any, mail: bool = False, most: int = 200) -> Default[str]:
    """Enters one line of text; with ``mail`` a mail address, or nothing."""
    return _entered(Default(name, value, label, help, most=most, mail=mail))


def _entered(default: Default[T]) -> Default[T]:
    if not _NAME.fullmatch(default.name):
        raise ValueError(f"{default.name!r} is not of the form app.what-it-is")
    if default.name in _TABLE:
        raise ValueError(f"{default.name} is entered twice")
    default.read(str(default.value))
    _TABLE[default.name] = default
    return default


def table() -> dict[str, Default[Any]]:
    """All defaults by name, in the order of their names."""
    return dict(sorted(_TABLE.items()))


def enter_own() -> None:
    enter(DefaultsPermission.SEE, {Role.OFFICE_ADMINISTRATOR, Role.RSO_STAFF, Role.CO_MANAGER})
    enter(DefaultsPermission.CHANGE, {Role.OFFICE_ADMINISTRATOR})
