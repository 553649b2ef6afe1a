"""What goes wrong in a ceremony and can be put right by the people in the room."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from rso.base.errors import RsoError


class CeremonyError(RsoError):
    """A step of the ceremony that was refused; nothing has been written."""


@contextmanager
def placed(where: str, code: str) -> Iterator[None]:
    """Says ``where`` an error of ours arose, under ``code``."""
    try:
        yield
    except RsoError as error:
        raise CeremonyError(code, f"{where}: {error.message}") from None
