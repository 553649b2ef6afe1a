"""Who may read a record, or one document of it. Fewer may at once; more may only once somebody else agrees."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from rso.accounts.rules import Actor, require, system_actor
from rso.audit.actions import record as audit
from rso.base.errors import RsoError
from rso.content.actions.writing import change_work
from rso.office.library.actions.records import locked
from rso.office.library.actions.settling import settle
from rso.office.library.models import Document, Record, Widening
from rso.office.library.queries import access_of
from rso.office.library.rules import LibraryEvent, LibraryPermission, is_access, is_within
from rso.search.audiences import STAFF


@transaction.atomic
def set_access(
    actor: Actor, *, record: Record, document: Document | None = None, after: str, reason: str = "", now: datetime
) -> Widening | None:
    """Narrows at once; for a widening leaves a wish, which is returned. An empty ``after`` of a document is the
    record's own audience.
    """
    require(actor, LibraryPermission.CHANGE)
    record = locked(record)
    before = record.work.audience if document is None else access_of(document)
    wanted = after or record.work.audience
    if not is_access(wanted):
        raise RsoError("wrong-access", "This is nobody's audience.")
    if document is not None and not is_within(wanted, record.work.audience):
        raise RsoError("wider-than-record", "A file cannot be for more people than its record.")
    if is_within(wanted, before) or not record.is_shown:
        _change(actor, record, document, after, now)
        return None
    if not reason.strip():
        raise RsoError("reason-needed", "Say why more people may read it.")
    if Widening.objects.filter(record=record, document=document, outcome="").exists():
        raise RsoError("asked-already", "Somebody has asked for this already: it waits for a decision.")
    wish = Widening.objects.create(
        record=record, document=document, before=before, after=after, reason=reason.strip(), asked_by_id=actor.person,
        asked_at=now,
    )  # fmt: skip
    audit(
        actor, LibraryEvent.ACCESS_ASKED, subject=record.work.code, facts=_facts(document, before, after), note=reason
    )
    return wish


def _facts(document: Document | None, before: str, after: str) -> dict[str, str | int | bool]:
    return {"document": str(document.pk) if document else "", "before": before, "after": after}


def _change(actor: Actor, record: Record, document: Document | None, after: str, now: datetime) -> None:
    before = record.work.audience if document is None else access_of(document)
    if document is not None:
        document.access = after
        document.save(update_fields=["access"])
    else:
        # Whether the actor may was asked by the library's own table; a Co-Manager writes no texts.
        change_work(system_actor("library"), work=record.work, title=record.work.title, audience=after, now=now)
        for part in record.documents.exclude(access=""):
            if not is_within(part.access, after):
                # Neither its own audience nor the record's new one is within the other: nobody gains by a narrowing.
                part.access = STAFF
                part.save(update_fields=["access"])
    record.changed_at = now
    record.save(update_fields=["changed_at"])
    audit(actor, LibraryEvent.ACCESS_CHANGED, subject=record.work.code, facts=_facts(document, before, after))
    if record.is_shown:
        settle(record, now=now)


@transaction.atomic
def decide_widening(actor: Actor, *, widening: Widening, opened: bool, answer: str = "", now: datetime) -> Widening:
    """Somebody else opens what was asked for, or refuses with a reason."""
    require(actor, LibraryPermission.OPEN)
    wish = Widening.objects.select_for_update(of=("self",)).get(pk=widening.pk)
    if wish.outcome:
        raise RsoError("moved-on", "This has been decided already.")
    if wish.asked_by_id == actor.person:
        raise RsoError("own-wish", "Somebody else has to decide what you have asked for.")
    if not opened and not answer.strip():
        raise RsoError("reason-needed", "Say why it stays as it is.")
    record = locked(wish.record)
    document = Document.objects.select_related("record__work").get(pk=wish.document_id) if wish.document_id else None
    now_for = record.work.audience if document is None else access_of(document)
    if opened and now_for != wish.before:
        raise RsoError(
            "moved-on", "Who may read it has changed since this was asked. Refuse it, and let it be asked anew."
        )
    if opened and document is not None and not is_within(wish.after or record.work.audience, record.work.audience):
        raise RsoError("wider-than-record", "A file cannot be for more people than its record.")
    wish.outcome = (Widening.Outcome.OPENED if opened else Widening.Outcome.REFUSED).value
    wish.answer, wish.decided_by_id, wish.decided_at = answer.strip(), actor.person, now
    wish.save(update_fields=["outcome", "answer", "decided_by", "decided_at"])
    if opened:
        _change(actor, record, document, wish.after, now)
    else:
        audit(
            actor, LibraryEvent.ACCESS_REFUSED, subject=record.work.code,
            facts=_facts(document, wish.before, wish.after), note=answer,
        )  # fmt: skip
    return wish
