"""The holder's machine: probes that came in are searched, and what may go by itself is answered on the tick.

Records that are barred to the asker leave the candidate set before anything is compared. So all that follows (the
answer, its size, its tick, the examiner's queue) is that of a gallery without them.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from django.db import transaction
from django.urls import reverse

from rso.accounts.queries import holders
from rso.accounts.rules import Actor, Role, require
from rso.audit.actions import record
from rso.base.clock import Clock, next_tick, unix_seconds
from rso.biometrics.errors import ImageError
from rso.biometrics.images import read_image
from rso.biometrics.minutiae import Template
from rso.biometrics.search import Candidate as Found
from rso.biometrics.search import Probe as SearchProbe
from rso.node.gallery.adapters.extractor import shared_extractor
from rso.node.gallery.adapters.index import shared_index
from rso.node.gallery.ports import EnrolledFinger
from rso.node.post import actions as post
from rso.node.post import queries as posted
from rso.node.post.models import Inbox
from rso.node.searches import adapters
from rso.node.searches.actions.answering import answer, meta_of
from rso.node.searches.actions.lapsing import close
from rso.node.searches.actions.telling import EXAMINE, tell
from rso.node.searches.actions.together import Failures
from rso.node.searches.models import Candidate, ReceivedProbe
from rso.node.searches.queries.answering import allowed_for, answer_decision, arrangement_of, ends_at
from rso.node.searches.rules import ProbeState, SearchError, SearchesEvent, SearchesPermission
from rso.wire.in_force import CheckedArrangement
from rso.wire.messages import Deferred, Outcome, Probe

logger = logging.getLogger("rso.node.searches")

_HOUR_S: Final = 3_600
READ_TIMES: Final = 3
"""How often an image is tried that this machine did not get to the end of; then a person is asked."""
_OUR_FAULT: Final = frozenset({"timed-out", "reader-failed"})
SETTLE_AFTER: Final = timedelta(seconds=5)
"""How long a probe that was searched may wait for others, to be answered in one transaction with them."""


@dataclass(frozen=True)
class _Searched:
    """What the machine made of a probe: a template, or none where the quality is insufficient; who may be it."""

    probe: ReceivedProbe
    template: Template | None
    quality: int
    enough: bool
    found: Sequence[Found]
    over: str = ""
    """Why nobody may answer it any more, if so: then nothing was searched."""
    unread: bool = False
    """Whether this machine did not get to the end of the image, which then says nothing of its quality."""


def search_probes(actor: Actor, *, pks: Sequence[UUID], clock: Clock) -> list[ReceivedProbe]:
    """Searches those that are still to be searched; returns what it settled. Safe to call twice and at the same time.

    What fails in one of them is raised when all others are settled.
    """
    require(actor, SearchesPermission.ANSWER)
    settled: list[ReceivedProbe] = []
    failures = Failures()
    with posted.at_hand():
        for searched in _searched(pks, clock, failures):
            settled += _settle_together(actor, searched, clock, failures)
    failures.raise_first()
    return settled


def _searched(pks: Sequence[UUID], clock: Clock, failures: Failures) -> Iterator[list[_Searched]]:
    """Searches one after another, and hands over what has not waited for long."""
    done: list[_Searched] = []
    begun = clock.now()
    for probe, row in _waiting(pks):
        with failures.kept(probe.pk):
            done.append(_search(probe, row, clock.now()))
        if clock.now() - begun >= SETTLE_AFTER and done:
            yield done
            done, begun = [], clock.now()
    if done:
        yield done


def _waiting(pks: Sequence[UUID]) -> list[tuple[ReceivedProbe, Inbox]]:
    """The probes that are still to be searched, each with the message that it came in, oldest first."""
    probes = list(ReceivedProbe.objects.select_related("conversation").filter(pk__in=pks, state=ProbeState.RECEIVED))
    conversations = [probe.conversation for probe in probes]
    rows = {
        row.conversation_id: row
        for row in Inbox.objects.filter(conversation__in=conversations, kind=Probe.kind).defer("envelope")
    }
    found = []
    for probe in probes:
        row = rows[probe.conversation_id]
        row.conversation = probe.conversation
        found.append((probe, row))
    return found


def _search(probe: ReceivedProbe, row: Inbox, now: datetime) -> _Searched:
    """Decodes, extracts, compares. An image that cannot be used is one of insufficient quality, never a failure;
    one that this machine could not read to its end is neither.
    """
    checked = arrangement_of(probe)
    if checked is None:
        raise SearchError("no-arrangement", "The arrangement of this probe is not known here any more.")
    over = "expired" if now >= ends_at(probe) else checked.reason_not_in_force(unix_seconds(now))
    if over is not None:
        return _Searched(probe, None, 0, False, (), over)
    message = posted.message_of(row)
    assert isinstance(message, Probe)
    try:
        image = read_image(message.image, resolution_ppi=message.resolution_ppi, finger=message.finger_position)
    except ImageError as error:
        return _Searched(probe, None, 0, False, (), unread=error.code in _OUR_FAULT)
    extraction = shared_extractor().extract(image)
    template, quality = extraction.template, extraction.quality.value
    if template is None or quality < checked.arrangement.quality_floor:
        return _Searched(probe, template, quality, False, ())
    return _Searched(probe, template, quality, True, _identify(probe, template, checked, now))


def _identify(
    probe: ReceivedProbe, template: Template, checked: CheckedArrangement, now: datetime
) -> tuple[Found, ...]:
    outcome = shared_index().identify(SearchProbe(probe.finger, template), allowed_for(probe, checked, now))
    if not outcome.complete:  # the index promises a complete search: without one nobody may say "no hit"
        raise SearchError("search-incomplete", "The search was not complete.")
    return outcome.candidates


# ---------------------------------------------------------------- what follows from it


def _settle_together(
    actor: Actor, searched: Sequence[_Searched], clock: Clock, failures: Failures
) -> list[ReceivedProbe]:
    """Writes what was found, in one transaction; what fails in one of them undoes nothing of the others."""
    settled = []
    with transaction.atomic():
        rows = ReceivedProbe.objects.select_for_update(of=("self",)).select_related("conversation")
        locked = rows.filter(state=ProbeState.RECEIVED).in_bulk([one.probe.pk for one in searched])
        for one in searched:
            probe = locked.get(one.probe.pk)
            if probe is None:
                continue  # another worker was first
            with failures.undone(probe.pk):
                if one.unread and not _was_last_try(probe):
                    continue  # the round finds it again
                settled.append(_settle(actor, probe, one, clock))
    return settled


def _was_last_try(probe: ReceivedProbe) -> bool:
    probe.unread += 1
    probe.save(update_fields=["unread"])
    logger.warning("The image of probe %s could not be read here (%d of %d).", probe.pk, probe.unread, READ_TIMES)
    return probe.unread >= READ_TIMES


def _settle(actor: Actor, probe: ReceivedProbe, searched: _Searched, clock: Clock) -> ReceivedProbe:
    """Candidates for an examiner, or an answer, or what an examiner must let go."""
    if searched.over:
        return close(actor, probe, searched.over)
    probe.quality = searched.quality
    if not searched.unread:
        probe.unread = 0  # an earlier attempt that failed has nothing to say any more
    # The audit says nothing of numbers: with and without a barred record it is the same.
    facts: dict[str, str | int | bool] = {"quality": searched.quality}
    record(actor, SearchesEvent.PROBE_SEARCHED, subject=probe.conversation_id, facts=facts)
    if searched.found and searched.template is not None:
        probe.template = adapters.seal_template(probe, searched.template.encode())
        _queue_candidates(probe, searched.found)
        return _to_examiner(actor, probe, "", clock)
    outcome = Outcome.NO_HIT if searched.enough else Outcome.INSUFFICIENT_QUALITY
    decision = answer_decision(probe, outcome, None, (), clock.now())
    if decision.allowed and not searched.unread:
        return answer(actor, probe=probe, outcome=outcome, reason=None, clock=clock)
    return _to_examiner(actor, probe, outcome.value, clock)


def _queue_candidates(probe: ReceivedProbe, found: Sequence[Found]) -> None:
    for rank, candidate in enumerate(found, 1):
        finger = candidate.matches[0].enrolled
        assert isinstance(finger, EnrolledFinger)
        Candidate.objects.create(probe=probe, finger_id=finger.record, rank=rank)


def _to_examiner(actor: Actor, probe: ReceivedProbe, proposed: str, clock: Clock) -> ReceivedProbe:
    """Waits for a person; the asker is told, on the tick, that the answer takes until about when."""
    now = clock.now()
    probe.state, probe.proposed = ProbeState.EXAMINE, proposed
    probe.save()
    checked = arrangement_of(probe)
    if checked is not None:
        until = unix_seconds(now) + checked.arrangement.response_hours * _HOUR_S
        post.send(
            actor,
            message=Deferred(meta_of(probe.conversation), until=until),
            to=probe.conversation.peer_id,
            arrangement=checked.digest,
            not_before=next_tick(now, checked.arrangement.answer_tick_s),
            clock=clock,
        )
    tell(actor, holders(Role.EXAMINER, now.date()), EXAMINE, reverse("searches:probe", args=[probe.pk]))
    return probe
