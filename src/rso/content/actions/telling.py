"""Whom a change to a text concerns, and telling them: in the site and by mail. Called in the change's transaction."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.db.models import F
from django.urls import reverse
from django.utils.translation import gettext_noop as _noop

from rso.accounts.models import User
from rso.accounts.queries import seats_on
from rso.accounts.rules import Actor, Role
from rso.content.models import LanguageVersion, Review
from rso.notices.actions import notify

_KIND = "content"


def _holding(role: Role, day: datetime, language: str = "") -> list[User]:
    """Holders of a role today, of a language if one is named."""
    seats = seats_on(day.date()).filter(role=role)
    if language:
        seats = seats.filter(language=language)
    return list(User.objects.filter(is_active=True, pk__in=seats.values("user_id")).order_by("name", "pk"))


def path_of(version: LanguageVersion, place: str) -> str:
    """Where a version is written (``write``), read over (``read-over``), or shown with all that can be done with it
    (``version``). A translation is written and read over beside its source, on the translators' screens."""
    if not version.is_source and place != "version":
        return reverse(f"translation:{'screen' if place == 'write' else 'review'}", args=[version.pk])
    return reverse(f"content:{'write' if place == 'write' else 'version'}", args=[version.pk])


def _tell(actor: Actor, to: Iterable[User | None], title: str, version: LanguageVersion, *, place: str) -> None:
    path = path_of(version, place)
    context: dict[str, str | int] = {"title": version.edition.work.title, "language": version.language}
    notify(actor, recipients=[one for one in to if one], kind=_KIND, title=title, path=path, context=context)


def submitted(actor: Actor, version: LanguageVersion, now: datetime) -> None:
    """Publishers read a source over, national reviewers a translation into their language."""
    if version.is_source:
        to = _holding(Role.PUBLISHER, now)
    else:
        to = _holding(Role.NATIONAL_REVIEWER, now, version.language)
    _tell(actor, to, _noop("To be read over: %(title)s (%(language)s)"), version, place="read-over")


def decided(actor: Actor, review: Review, version: LanguageVersion, now: datetime) -> None:
    """Whoever asked, and whoever writes, learn what came of it; publishers have something to publish."""
    to: list[User | None] = [review.asked_by, version.assignee]
    if review.outcome == Review.Outcome.RETURNED:
        _tell(actor, to, _noop("Returned for changes: %(title)s (%(language)s)"), version, place="version")
        return
    title = _noop("Approved: %(title)s (%(language)s)")
    _tell(actor, [*to, *_holding(Role.PUBLISHER, now)], title, version, place="version")


def published(actor: Actor, version: LanguageVersion, now: datetime) -> None:
    """Writers learn that it is out; translators, that their translation is older than its source now."""
    last = version.reviews.select_related("asked_by").order_by("-asked_at").first()
    to = [version.assignee, last.asked_by if last else None]
    _tell(actor, to, _noop("Published: %(title)s (%(language)s)"), version, place="version")
    if not version.is_source:
        return
    behind = version.edition.versions.filter(is_source=False, published_at__isnull=False).exclude(current=F("total"))
    for one in behind.select_related("edition__work", "assignee"):
        translators = [*_holding(Role.TRANSLATOR, now, one.language), one.assignee]
        title = _noop("The original of your translation has changed: %(title)s (%(language)s)")
        _tell(actor, translators, title, one, place="write")


def unpublishable(actor: Actor, version: LanguageVersion, now: datetime) -> None:
    """What was to be published by itself could not be: somebody has to look."""
    to = [version.assignee, *_holding(Role.PUBLISHER, now)]
    _tell(actor, to, _noop("Could not be published at its time: %(title)s (%(language)s)"), version, place="version")


def assigned(actor: Actor, version: LanguageVersion) -> None:
    """The person to whom it was given."""
    _tell(actor, [version.assignee], _noop("Given to you to write: %(title)s (%(language)s)"), version, place="write")


def commented(actor: Actor, version: LanguageVersion) -> None:
    """Whoever writes the version, and whoever has said something in it."""
    said = User.objects.filter(pk__in=version.remarks.filter(resolved_at=None).values("by_id"))
    _tell(actor, [version.assignee, *said], _noop("A comment on %(title)s (%(language)s)"), version, place="write")


def taken_over(actor: Actor, version: LanguageVersion, held_by: User | None) -> None:
    """Whoever was writing when somebody else took over."""
    title = _noop("Somebody else has gone on writing in your place: %(title)s (%(language)s)")
    _tell(actor, [held_by], title, version, place="write")
