"""What the public pages show beside the facts: what changed when, and what waits for whoever is signed in."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from django.db.models import QuerySet
from django.template.defaultfilters import filesizeformat
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from rso.accounts.queries import seats_on
from rso.accounts.roles import ROLE_WORDS
from rso.accounts.rules import AccountsPermission, Actor, Role, decide
from rso.audit.rules import AuditPermission
from rso.defaults.rules import DefaultsPermission
from rso.notices.desk import Pile, piles
from rso.notices.models import Notice
from rso.notices.queries import mine, unread_count
from rso.notices.rules import NoticesPermission
from rso.office.directory import queries as directory
from rso.office.directory.models import Body, Dated, Passage, Standing, Term
from rso.office.front.machinery import State
from rso.office.front.rules import FrontPermission
from rso.office.intake.rules import IntakePermission
from rso.ui import parts


def waits(actor: Actor, today: date) -> list[parts.Stat]:
    """One figure for each kind of work that the actor may do, also where it is none; for others, news alone."""
    if not actor.signed_in:
        return []
    found = stats_of(piles(actor, today))
    unread = unread_count(actor)
    if found or unread:
        found.append(parts.Stat(_("Unread notices"), unread, href=reverse("notices:notices")))
    return found


def stats_of(found: Iterable[Pile]) -> list[parts.Stat]:
    """A figure for each pile of work; one with something past its day says so."""
    return [
        parts.Stat(
            pile.words, pile.things.count, href=pile.things.href, tone="bad" if pile.things.late else "",
            hint=ngettext_lazy("%(late)d past its day", "%(late)d past their day", "late")
            % {"late": pile.things.late} if pile.things.late else "",
        )
        for pile in found
    ]  # fmt: skip


def news(actor: Actor) -> list[Notice]:
    """The actor's latest unread notices."""
    return list(mine(actor).filter(read_at__isnull=True)[:5])


def seats_of(actor: Actor, today: date) -> list[tuple[str, Any, str]]:
    """Organisation (data), role (words) and agency (data) of each seat that the actor holds."""
    rows = seats_on(today).filter(user=actor.person).select_related("organisation", "agency")
    return [
        (seat.organisation.name, ROLE_WORDS.get(Role(seat.role), seat.role), seat.agency.name if seat.agency else "")
        for seat in rows
    ]


def state_stats(state: State) -> list[parts.Stat]:
    """What an administrator has to look at first."""
    jobs, outbox = reverse("front:jobs"), reverse("notices:outbox")
    return [
        parts.Stat(_("Background jobs waiting"), state.jobs.waiting, href=jobs),
        parts.Stat(_("Background jobs that failed"), state.jobs.failed, href=jobs, tone=_bad(state.jobs.failed)),
        parts.Stat(_("Mail waiting"), state.mail_waiting, href=f"{outbox}?state=waiting"),
        parts.Stat(_("Mail that could not be sent"), state.mail_dead, href=f"{outbox}?state=dead",
                   tone=_bad(state.mail_dead)),
    ]  # fmt: skip


def _bad(number: int) -> str:
    return "bad" if number else ""


def state_facts(state: State) -> list[parts.Fact]:
    """What runs here, and how fresh the search is."""
    return [
        parts.Fact(_("Free storage"), filesizeformat(state.free)),
        parts.Fact(_("Texts that the search knows"), str(state.documents)),
        parts.Fact(_("Search last compared"), _moment(state.searched_at), words=state.searched_at is None),
        parts.Fact(_("Newest text in the search"), _moment(state.newest), words=state.newest is None),
        parts.Fact(_("Versions"), ", ".join(f"{name} {number}" for name, number in state.versions)),
    ]


def _moment(at: datetime | None) -> Any:
    return date_format(timezone.localtime(at), "SHORT_DATETIME_FORMAT") if at else _("not yet")


def administrators_ways(actor: Actor) -> list[tuple[Any, Any, str]]:
    """Title, words and address of each thing that an administrator looks after, as far as the actor may."""
    ways = (
        (AccountsPermission.SEE_PEOPLE, _("People and seats"), _("Invite, give and end seats, close an account."),
         "accounts:people"),
        (AccountsPermission.SEE_ORGANISATIONS, _("Organisations"), _("Members, interested parties, agencies."),
         "accounts:organisations"),
        (IntakePermission.SEE, _("Enquiries"), _("What comes in, and what becomes of it."), "intake:queue"),
        (DefaultsPermission.SEE, _("Settings"), _("Labelled defaults: days, months, addresses."), "defaults:settings"),
        (NoticesPermission.SEE_OUTBOX, _("Outgoing mail"), _("What waits, went out or failed."), "notices:outbox"),
        (FrontPermission.HANDLE_JOBS, _("Background work"), _("What failed, to be tried again."), "front:jobs"),
        (AuditPermission.SEE, _("Audit"), _("Who did what and when, in a chain."), "audit:entries"),
    )  # fmt: skip
    found = [
        (title, text, reverse(page)) for permission, title, text, page in ways if decide(actor, permission).allowed
    ]
    return [*found, (_("Who may do what"), _("Every permission, with the roles that open it."), permissions_path())]


def permissions_path() -> str:
    return reverse("accounts:permissions")


@dataclass(frozen=True)
class Changed:
    """A fact that began or ended after the brochure. ``what`` (a name), ``of`` (whose, or a statement's words) and
    ``source`` are data."""

    what: str
    of: str
    since: date | None
    until: date | None
    source: str


def _changed(rows: Iterable[Dated], named: dict[int, tuple[str, str]]) -> list[Changed]:
    return [Changed(*named[row.pk], row.since, row.until, row.source) for row in rows]


def changed_members(day: date) -> list[Changed]:
    """Who joined or left after the brochure, as known on ``day``."""
    rows = list(directory.changed(Standing.objects.exclude(status=Standing.Status.OBSERVER), day))
    return _changed(rows, {row.pk: (row.display_name, "") for row in rows})


_LATEST: Final = 40


def changed_bodies(day: date) -> list[Changed]:
    """Bodies and their chairs that are not, or not only, the brochure's, and what is said otherwise since. Of chairs
    the latest alone: all that ever were stand on the page of posts."""
    bodies = list(directory.changed(Body.objects.all(), day))
    terms = list(directory.changed(Term.objects.select_related("post__body", "organisation"), day)[:_LATEST])
    said: QuerySet[Passage] = directory.changed(Passage.objects.all(), day)
    return [
        *_changed(terms, {row.pk: (row.organisation.name, f"{row.post.name}, {row.post.body.name}") for row in terms}),
        *_changed(bodies, {row.pk: (row.name, "") for row in bodies}),
        *_changed(said, {row.pk: ("", row.text) for row in said}),
    ]


def address(query: str, kind: str = "", language: str = "") -> str:
    """The address of a search: everything that was chosen stands in it."""
    asked = {"q": query, "kind": kind, "language": language}
    return reverse("front:search") + "?" + urlencode({name: value for name, value in asked.items() if value})
