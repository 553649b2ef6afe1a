"""What the site's navigation shows to whom: public places for everybody; behind sign-in one's desk, one's work, and
what an administrator looks after."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from rso.accounts.rules import ANONYMOUS, AccountsPermission, Actor, decide
from rso.audit.rules import AuditPermission
from rso.content.rules import ContentPermission
from rso.defaults.rules import DefaultsPermission
from rso.notices.rules import NoticesPermission
from rso.office.contacts.rules import ContactsPermission
from rso.office.directory.rules import DirectoryPermission
from rso.office.front.rules import FrontPermission
from rso.office.intake.rules import IntakePermission
from rso.office.library.rules import LibraryPermission
from rso.office.projects.rules import ProjectsPermission
from rso.ui.parts import Place


def _public() -> Iterator[Place]:
    """What everybody may see. The letter after each leads there with ``g``."""
    yield Place(_("About"), reverse("front:about"), key="a")
    yield Place(_("Members"), reverse("front:members"), key="m")
    yield Place(_("Library"), reverse("library:home"), key="b")
    yield Place(_("Texts to read"), reverse("content:pages"))
    yield Place(_("Projects"), reverse("projects:projects"), key="p")
    yield Place(_("Facts by country"), reverse("facts:countries"))
    yield Place(_("Work with us"), reverse("intake:ways"), key="w")


def _work(actor: Actor) -> Iterator[Place]:
    """What the actor's seats open."""
    if decide(actor, ContactsPermission.CONFIRM).allowed:
        yield Place(_("My member"), reverse("contacts:member"))
    if decide(actor, ContactsPermission.SEE).allowed:
        yield Place(_("Focal points"), reverse("contacts:focal-points"), key="f")
    if decide(actor, ProjectsPermission.SEE_PROPOSALS).allowed:
        yield Place(_("Proposals"), reverse("projects:proposals"), key="o")
    if decide(actor, ContentPermission.SEE).allowed:
        yield Place(_("Texts"), reverse("content:works"), key="t")
        yield Place(_("Translation"), reverse("translation:overview"))
    if decide(actor, ContentPermission.CHANGE_FACTS).allowed:
        yield Place(_("Facts of your country"), reverse("facts:keep"))
    if decide(actor, LibraryPermission.CHANGE).allowed:
        yield Place(_("Keep the library"), reverse("library:keep"))
    if decide(actor, IntakePermission.SEE).allowed:
        yield Place(_("Enquiries"), reverse("intake:queue"), key="e")
    if decide(actor, IntakePermission.SEE_SECONDMENTS).allowed:
        yield Place(_("Secondments"), reverse("intake:secondments"))
    if decide(actor, IntakePermission.SEE_LISTINGS).allowed:
        yield Place(_("Training listings"), reverse("intake:listings"))
    if decide(actor, IntakePermission.OWN).allowed:
        yield Place(_("My enquiries"), reverse("intake:mine"))


def _care(actor: Actor) -> Iterator[Place]:
    """What an administrator looks after."""
    if decide(actor, FrontPermission.ADMINISTER).allowed:
        yield Place(_("Overview"), reverse("front:administration"))
    if decide(actor, AccountsPermission.SEE_PEOPLE).allowed:
        yield Place(_("People"), reverse("accounts:people"))
    if decide(actor, AccountsPermission.SEE_ORGANISATIONS).allowed:
        yield Place(_("Organisations"), reverse("accounts:organisations"))
    if decide(actor, DirectoryPermission.SEE_HISTORY).allowed:
        yield Place(_("Directory"), reverse("directory:start"))
    if decide(actor, DefaultsPermission.CHANGE).allowed:
        yield Place(_("Settings"), reverse("defaults:settings"))
    if decide(actor, NoticesPermission.SEE_OUTBOX).allowed:
        yield Place(_("Outgoing mail"), reverse("notices:outbox"))
    if decide(actor, FrontPermission.ADMINISTER).allowed:
        yield Place(_("Background work"), reverse("front:jobs"))
    if decide(actor, AuditPermission.SEE).allowed:
        yield Place(_("Audit"), reverse("audit:entries"))


#: Pages that stand under another address than the section they are reached from.
_ELSEWHERE = {
    "accounts:people": ("accounts:permissions",),
    "front:members": ("directory:posts",),
    "library:home": ("front:resources",),
}


def _marked(places: Sequence[Place], path: str) -> list[Place]:
    """The same places, the section that ``path`` lies in marked: the longest address that the path begins with."""
    within: list[tuple[str, str]] = []
    for place in places:
        within.append((place.href, place.href))
        within += [
            (reverse(page), place.href)
            for at, pages in _ELSEWHERE.items()
            if reverse(at) == place.href
            for page in pages
        ]
    around = [(start, href) for start, href in within if path.startswith(start)]
    section = max(around, key=lambda pair: len(pair[0]), default=("", ""))[1]
    return [Place(one.label, one.href, one.href == section, one.key) for one in places]


def _group(label: object, places: Sequence[Place]) -> list[Place]:
    """Places under one heading; a single one needs none, and none at all leave nothing."""
    if len(places) < 2:
        return list(places)
    return [Place(label, current=any(one.current for one in places), inside=tuple(places))]


def items(request: HttpRequest) -> list[Place]:
    """The navigation for whoever asks; the page being shown, or the section it lies in, is marked."""
    actor: Actor = getattr(request, "actor", ANONYMOUS)
    search = Place(_("Search"), reverse("front:search"), key="s")
    if not actor.signed_in:
        return _marked([*_public(), search], request.path)
    desk = Place(_("My desk"), reverse("front:desk"), key="d")
    public, work, care = list(_public()), list(_work(actor)), list(_care(actor))
    marked = {one.href: one for one in _marked([desk, *public, *work, *care, search], request.path)}

    def those(places: Sequence[Place]) -> list[Place]:
        return [marked[place.href] for place in places]

    return [
        marked[desk.href], *_group(_("Work"), those(work)), *_group(_("Administration"), those(care)),
        *_group(_("The RSO"), those(public)), marked[search.href],
    ]  # fmt: skip


def foot(request: HttpRequest) -> list[Place]:
    """The places of the footer."""
    places = [
        Place(_("Contact"), reverse("front:contact")),
        Place(_("Help"), reverse("front:help")),
        Place(_("Accessibility"), reverse("front:accessibility")),
        Place(_("Privacy"), reverse("front:privacy")),
        Place(_("About this software"), reverse("front:software")),
    ]
    return _marked(places, request.path)
