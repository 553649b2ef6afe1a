"""What the site's navigation shows to whom."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from rso.accounts.rules import ANONYMOUS, AccountsPermission, Actor, decide
from rso.audit.rules import AuditPermission
from rso.office.contacts.rules import ContactsPermission
from rso.office.directory.rules import DirectoryPermission
from rso.office.intake.rules import IntakePermission
from rso.office.projects.rules import ProjectsPermission

Item = tuple[Any, str, bool]


def _items(actor: Actor) -> Iterator[tuple[Any, str]]:
    yield _("About"), reverse("front:about")
    yield _("Members"), reverse("front:members")
    yield _("Resources"), reverse("front:resources")
    yield _("Projects"), reverse("projects:projects")
    yield _("Search"), reverse("front:search")
    if decide(actor, ContactsPermission.SEE).allowed:
        yield _("Focal points"), reverse("contacts:focal-points")
    if decide(actor, ContactsPermission.CONFIRM).allowed:
        yield _("My member"), reverse("contacts:member")
    if decide(actor, ProjectsPermission.SEE_PROPOSALS).allowed:
        yield _("Proposals"), reverse("projects:proposals")
    if decide(actor, IntakePermission.SEE).allowed:
        yield _("Enquiries"), reverse("intake:queue")
    if decide(actor, IntakePermission.OWN).allowed:
        yield _("My enquiries"), reverse("intake:mine")
    if decide(actor, DirectoryPermission.SEE_HISTORY).allowed:
        yield _("Directory"), reverse("directory:start")
    if decide(actor, AccountsPermission.SEE_PEOPLE).allowed:
        yield _("People"), reverse("accounts:people")
    if decide(actor, AuditPermission.SEE).allowed:
        yield _("Audit"), reverse("audit:entries")
    if not actor.signed_in:
        yield _("Work with us"), reverse("intake:ways")


#: Pages that stand under another address than the section they are reached from.
_ELSEWHERE = {
    "accounts:people": ("accounts:organisations", "accounts:permissions"),
    "front:members": ("directory:posts",),
    "intake:mine": ("intake:ways",),
}


def _is_current(path: str, url: str) -> bool:
    within = [url, *(reverse(page) for at, pages in _ELSEWHERE.items() if reverse(at) == url for page in pages)]
    return any(path.startswith(start) for start in within)


def items(request: HttpRequest) -> list[Item]:
    """The navigation for whoever asks; the page being shown, or the section it lies in, is marked."""
    actor: Actor = getattr(request, "actor", ANONYMOUS)
    return [(label, url, _is_current(request.path, url)) for label, url in _items(actor)]
