"""The one family of errors that ``rso.wire`` raises: malformed input never escapes as anything else."""

from __future__ import annotations

from rso.base.errors import RsoError
from rso.wire.steps import Step


class WireError(RsoError):
    """Root of the family. ``message`` never quotes what came in: that may be hostile or personal."""


class MalformedError(WireError):
    """Bytes or fields that are not what the format says."""

    def __init__(self, message: str, code: str = "malformed") -> None:
        super().__init__(code, message)


class LimitError(MalformedError):
    """Something is larger, longer, deeper or more than its limit of ``rso.wire.limits``."""

    def __init__(self, message: str, code: str = "over-limit") -> None:
        super().__init__(message, code)


class SignatureError(WireError):
    """A signature that does not verify: one half of a hybrid signature is enough to fail."""

    def __init__(self, message: str, code: str = "bad-signature") -> None:
        super().__init__(code, message)


class VerificationError(WireError):
    """An envelope was refused; ``step`` says at which numbered step, ``code`` says why."""

    def __init__(self, step: Step, code: str, message: str) -> None:
        super().__init__(code, message)
        self.step = step

    def __str__(self) -> str:
        return f"step {self.step.value} ({self.step.name.lower()}): {super().__str__()}"


class ConversationError(WireError):
    """A message that has no place in its conversation; the state is as it was before."""


class ProofError(WireError):
    """A proof, checkpoint or bundle of evidence that does not show what it claims."""
