"""What the gallery wants of the outside: an index that a search runs over."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol
from uuid import UUID

from rso.biometrics.search import Enrolled, Probe, SearchOutcome
from rso.policy.protection import ProtectionState

#: May a record with this protection be a candidate? Asked for every subject before anything is compared.
Allowed = Callable[[ProtectionState], bool]


@dataclass(frozen=True, slots=True)
class EnrolledFinger(Enrolled):
    """A finger of the index; ``ref`` is the subject's id, ``record`` the finger record's."""

    record: UUID


class GalleryIndex(Protocol):
    """All templates of the gallery, ready to be compared."""

    def identify(self, probe: Probe, allowed: Allowed) -> SearchOutcome:
        """A complete search of the subjects that ``allowed`` lets through; matches hold ``EnrolledFinger``."""
        ...

    def fingers(self, allowed: Allowed) -> Sequence[Enrolled]:
        """What :meth:`identify` would compare with."""
        ...
