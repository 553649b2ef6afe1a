"""The index in this process's memory: opened templates, brought up to date when the gallery's mark is another."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from functools import cache
from uuid import UUID

from rso.biometrics.minutiae import Template
from rso.biometrics.search import Budget, Enrolled, Gallery, Probe, SearchOutcome, identify
from rso.node.gallery.adapters import sealed
from rso.node.gallery.models import Revision, Subject
from rso.node.gallery.ports import Allowed, EnrolledFinger, GalleryIndex
from rso.node.vault.rules import DataKey
from rso.policy.protection import ProtectionState

_BATCH = 500
_GALLERIES = 4


@dataclass(frozen=True)
class _Entry:
    revision: int
    protection: ProtectionState
    fingers: tuple[EnrolledFinger, ...]


class MemoryIndex:
    """Opens every subject once. A change opens the changed subjects only; an erased one is gone at once.

    For each set of subjects left out, the rest is made ready once and kept, since that set depends on the
    asker's member alone.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._mark: UUID | None = None
        self._entries: dict[UUID, _Entry] = {}
        # Most people of a gallery gave the same answers: the policy is asked once for each set of answers.
        self._alike: dict[ProtectionState, set[UUID]] = {}
        self._ready: dict[frozenset[UUID], Gallery] = {}

    def identify(self, probe: Probe, allowed: Allowed) -> SearchOutcome:
        with self._lock:
            self._refresh()
            gallery = self._gallery(allowed)
        # Every finger is compared at most once: with this budget a search is always complete.
        # Everybody over the threshold comes before the examiner: "no hit" is said of all of them or of nobody.
        return identify([probe], gallery, limit=max(1, len(gallery)), budget=Budget(comparisons=len(gallery) + 1))

    def fingers(self, allowed: Allowed) -> list[Enrolled]:
        with self._lock:
            self._refresh()
            return self._fingers(self._left_out(allowed))

    def _left_out(self, allowed: Allowed) -> frozenset[UUID]:
        return frozenset().union(*(pks for state, pks in self._alike.items() if not allowed(state)))

    def _fingers(self, left_out: frozenset[UUID]) -> list[Enrolled]:
        kept = (entry for pk, entry in self._entries.items() if pk not in left_out)
        return [finger for entry in kept for finger in entry.fingers]

    def _gallery(self, allowed: Allowed) -> Gallery:
        left_out = self._left_out(allowed)
        if left_out not in self._ready:
            while len(self._ready) >= _GALLERIES:
                del self._ready[next(iter(self._ready))]
            self._ready[left_out] = Gallery(self._fingers(left_out))
        return self._ready[left_out]

    def _refresh(self) -> None:
        mark = current_mark()
        if mark == self._mark:
            return
        found = dict(Subject.objects.values_list("pk", "revision"))
        kept = {pk: entry for pk, entry in self._entries.items() if found.get(pk) == entry.revision}
        missing = [pk for pk in found if pk not in kept]
        for start in range(0, len(missing), _BATCH):
            kept |= _open(missing[start : start + _BATCH])
        alike: dict[ProtectionState, set[UUID]] = {}
        for pk, entry in kept.items():
            alike.setdefault(entry.protection, set()).add(pk)
        self._entries, self._alike, self._ready, self._mark = kept, alike, {}, mark


def _open(subjects: list[UUID]) -> dict[UUID, _Entry]:
    """Those of ``subjects`` that still have a key: one that is being erased has none, and is left out."""
    keys = sealed.keys_of(subjects)
    rows = Subject.objects.filter(pk__in=list(keys)).prefetch_related("fingers")
    return {row.pk: _entry(row, keys[row.pk]) for row in rows}


def _entry(subject: Subject, key: DataKey) -> _Entry:
    fingers = tuple(
        EnrolledFinger(
            ref=str(subject.pk),
            finger=record.position,
            template=Template.decode(sealed.open_finger(key, record, sealed.TEMPLATE)),
            record=record.pk,
        )
        for record in subject.fingers.all()
    )
    return _Entry(subject.revision, sealed.open_protection(key, subject), fingers)


def current_mark() -> UUID | None:
    """The gallery's mark now; none before the first change."""
    return Revision.objects.filter(pk=1).values_list("mark", flat=True).first()


@cache
def shared_index() -> GalleryIndex:
    """The index of this process."""
    return MemoryIndex()
