"""From a working copy to what readers see: review by somebody else, approval, publication, withdrawal."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from django.db import transaction
from django.db.models import Max

from rso.accounts.models import User
from rso.accounts.rules import Actor, require, system_actor
from rso.audit.actions import record
from rso.audit.queries import of_subject
from rso.base.errors import RsoError
from rso.content.actions import telling
from rso.content.actions.writing import locked, may_write, touched
from rso.content.kinds import kinds
from rso.content.models import LanguageVersion, Publication, Review, Wording
from rso.content.queries import draft, due, newest, source_of
from rso.content.rules import Bar, Block, ContentEvent, ContentPermission, Origin, State, bars, digest, standing
from rso.content.signals import published


class Barred(RsoError):
    """The text cannot be published as it is; ``bars`` say why, with the keys of the segments."""

    def __init__(self, bars: dict[Bar, list[str]]) -> None:
        super().__init__("barred", f"This cannot be published as it is: {', '.join(sorted(bars))}.")
        self.bars = bars


def read_over(blocks: Sequence[Block]) -> str:
    """The digest of what a reviewer reads: recordings may be added later, and reading over is what checks a machine."""
    return digest([replace(block, audio="", checked=True) for block in blocks])


def bars_of(version: LanguageVersion, blocks: Sequence[Block] | None = None) -> dict[Bar, list[str]]:
    """What stands against publishing the working copy."""
    source = None if version.is_source else source_of(version.edition)
    return bars(blocks or draft(version), source.snapshot if source else None, is_source=version.is_source)


@transaction.atomic
def submit(actor: Actor, *, version: LanguageVersion, note: str = "", now: datetime) -> Review:
    """Asks for somebody else to read it over: a publisher for a source, a national reviewer for a translation."""
    may_write(actor, version)
    version = locked(version)
    if State(version.state) not in (State.WRITING, State.PUBLISHED):
        raise RsoError("moved-on", "This text is with a reviewer already.")
    blocks = draft(version)
    against = bars_of(version, blocks)
    against.pop(Bar.SAFETY_MACHINE, None)  # reading over is what checks it
    if against:
        raise Barred(against)
    version.state, version.locked_by, version.locked_until = State.REVIEW.value, None, None
    version.save(update_fields=["state", "locked_by", "locked_until"])
    review = Review.objects.create(
        version=version, digest=read_over(blocks), asked_by_id=actor.user_id, asked_at=now, note=note
    )
    _told(actor, ContentEvent.SUBMITTED, version, note=note)
    telling.submitted(actor, version, now)
    return review


@transaction.atomic
def decide_review(
    actor: Actor, *, version: LanguageVersion, outcome: Review.Outcome, reason: str = "", now: datetime
) -> Review:
    """Approves what was submitted, or returns it with a reason. Nobody approves their own words."""
    if version.is_source:
        require(actor, ContentPermission.APPROVE)
    else:
        require(actor, ContentPermission.SIGN, version.language)
    version = locked(version)
    review = version.reviews.filter(outcome="").order_by("-asked_at").first()
    if State(version.state) != State.REVIEW or review is None:
        raise RsoError("moved-on", "This text is not in review any more. Load the page again.")
    if outcome == Review.Outcome.RETURNED and not reason.strip():
        raise RsoError("reason-needed", "Say what should be changed.")
    if outcome == Review.Outcome.APPROVED:
        if actor.person in authors(version):
            raise RsoError("own-words", "Nobody approves their own words: ask somebody else.")
        if read_over(draft(version)) != review.digest:
            raise RsoError("moved-on", "The text has changed since it was submitted. Load the page again.")
        unread = Wording.objects.filter(version=version, origin=Origin.MACHINE.value, checked_by=None)
        unread.update(checked_by_id=actor.person)
    review.outcome, review.reason = outcome.value, reason
    review.decided_by_id, review.decided_at = actor.person, now
    review.save(update_fields=["outcome", "reason", "decided_by", "decided_at"])
    approved = outcome == Review.Outcome.APPROVED
    version.state = (State.APPROVED if approved else State.WRITING).value
    version.save(update_fields=["state"])
    _told(actor, ContentEvent.APPROVED if approved else ContentEvent.RETURNED, version, note=reason)
    telling.decided(actor, review, version, now)
    return review


def authors(version: LanguageVersion) -> set[int]:
    """Whose the text is that would be published now and was not before (ids of accounts): who wrote its words, who
    changed a source's structure (to take a part out leaves no words), and who asked for the review."""
    last = newest(version)
    rows = version.wordings.exclude(by=None)
    if last is not None:
        rows = rows.filter(at__gt=last.at)
    asked = version.reviews.filter(outcome="").exclude(asked_by=None).values_list("asked_by_id", flat=True)
    return {*rows.values_list("by_id", flat=True), *asked, *(_builders(version, last) if version.is_source else ())}


def _builders(version: LanguageVersion, last: Publication | None) -> set[int]:
    """Who changed the structure since the last publication, by the audit."""
    rows = of_subject(version.edition.work.code)
    if last is not None:
        told = rows.filter(event=ContentEvent.PUBLISHED.value, facts__publication=str(last.pk)).first()
        rows = rows.filter(sequence__gt=told.sequence) if told else rows
    changed = rows.filter(event=ContentEvent.STRUCTURE_CHANGED.value).values_list("actor", flat=True)
    return set(User.objects.filter(opaque__in=set(changed)).values_list("pk", flat=True))


def _needs_review(version: LanguageVersion) -> bool:
    return kinds()[version.edition.work.kind].reviewed


@transaction.atomic
def publish(actor: Actor, *, version: LanguageVersion, now: datetime) -> Publication:
    """Makes the approved text what readers see. In the same transaction every translation learns how it stands now."""
    if _needs_review(version):
        require(actor, ContentPermission.PUBLISH)
    else:
        may_write(actor, version)
    version = locked(version)
    blocks = draft(version)
    if _needs_review(version):
        _is_approved(version, blocks)
    against = bars_of(version, blocks)
    if against:
        raise Barred(against)
    return put_out(actor, version, blocks, now)


def put_out(actor: Actor, version: LanguageVersion, blocks: Sequence[Block], now: datetime) -> Publication:
    """Makes ``blocks`` what readers see. Whoever calls this has asked whether they may be."""
    number = (version.publications.aggregate(last=Max("number"))["last"] or 0) + 1
    row = Publication.objects.create(
        version=version, number=number, blocks=[block.plain() for block in blocks], digest=digest(blocks),
        by_id=actor.user_id, at=now,
    )  # fmt: skip
    version.state, version.publish_at, version.published_at = State.PUBLISHED.value, None, now
    version.save(update_fields=["state", "publish_at", "published_at"])
    recount(version)
    _told(actor, ContentEvent.PUBLISHED, version, publication=str(row.pk), number=number, digest=row.digest)
    published.send(Publication, work=version.edition.work, version=version, publication=row)
    telling.published(actor, version, now)
    return row


def _is_approved(version: LanguageVersion, blocks: Sequence[Block]) -> None:
    review = version.reviews.exclude(outcome="").order_by("-decided_at", "-pk").first()
    approved = review is not None and review.outcome == Review.Outcome.APPROVED
    if State(version.state) != State.APPROVED or not approved:
        raise RsoError("not-approved", "Somebody else has to approve this text before it is published.")
    if review is not None and review.digest != read_over(blocks):
        raise RsoError("moved-on", "The text has changed since it was approved: it has to be read over again.")


def recount(version: LanguageVersion) -> None:
    """Counts how a version, and if it is a source all its translations, stand to the published source."""
    source = source_of(version.edition)
    rows = version.edition.versions.all() if version.is_source else [version]
    for row in rows:
        own = newest(row)
        stands = standing(source.snapshot if source else [], own.snapshot) if own and not row.is_source else None
        row.total = stands.total if stands else 0
        row.current = stands.current if stands else 0
        row.withheld = stands.withheld if stands else 0
        row.save(update_fields=["total", "current", "withheld"])


@transaction.atomic
def schedule(actor: Actor, *, version: LanguageVersion, at: datetime | None, now: datetime) -> LanguageVersion:
    """Lets an approved text be published at a moment; ``None`` takes that back."""
    require(actor, ContentPermission.PUBLISH)
    version = locked(version)
    if State(version.state) != State.APPROVED:
        raise RsoError("not-approved", "Somebody else has to approve this text before it is published.")
    if at is not None and at <= now:
        raise RsoError("past", "This moment has passed: choose a later one, or publish now.")
    version.publish_at = at
    version.save(update_fields=["publish_at"])
    _told(actor, ContentEvent.SCHEDULED, version, at=at.isoformat() if at else "")
    return version


def publish_due(*, now: datetime) -> list[LanguageVersion]:
    """Publishes what is due. What cannot be published any more goes back to its writers; returns what did."""
    barred = []
    for version in due(now):
        try:
            publish(system_actor("schedule"), version=version, now=now)
        except RsoError as error:
            barred.append(_unscheduled(version, error, now))
    return barred


@transaction.atomic
def _unscheduled(version: LanguageVersion, error: RsoError, now: datetime) -> LanguageVersion:
    version = locked(version)
    touched(version, now)
    _told(system_actor("schedule"), ContentEvent.RETURNED, version, why=error.code)
    telling.unpublishable(system_actor("schedule"), version, now)
    return version


@transaction.atomic
def withdraw(actor: Actor, *, version: LanguageVersion, reason: str, now: datetime) -> LanguageVersion:
    """Takes a version from its readers, with a reason. Without a source there is nothing to read in any language.

    With a source go those of the editions before it: what an edition replaced is not told as today's because that
    edition was wrong. Whoever wants an earlier one back publishes it anew.
    """
    require(actor, ContentPermission.PUBLISH)
    version = locked(version)
    standing_now = version.publications.filter(withdrawn_at=None)
    if not standing_now.exists():
        raise RsoError("nothing-published", "There is nothing of this to be withdrawn.")
    if not reason.strip():
        raise RsoError("reason-needed", "Say why it is withdrawn.")
    older = LanguageVersion.objects.none()
    if version.is_source:
        older = LanguageVersion.objects.select_for_update(of=("self",)).select_related("edition__work").filter(
            edition__work=version.edition.work_id, edition__number__lt=version.edition.number, is_source=True
        )  # fmt: skip
    for one in (version, *older):
        _take_away(one, reason, now)
    _told(actor, ContentEvent.WITHDRAWN, version, note=reason)
    published.send(Publication, work=version.edition.work, version=version, publication=None)
    return version


def _take_away(version: LanguageVersion, reason: str, now: datetime) -> None:
    if version.publications.filter(withdrawn_at=None).update(withdrawn_at=now, why_withdrawn=reason):
        version.published_at = None
        version.save(update_fields=["published_at"])
        touched(version, now)
        recount(version)


def _told(
    actor: Actor, event: ContentEvent, version: LanguageVersion, *, note: str = "", **more: str | int | bool
) -> None:
    facts = {"language": version.language, "edition": version.edition.number, **more}
    record(actor, event, subject=version.edition.work.code, facts=facts, note=note)
