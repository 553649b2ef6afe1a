"""A member's own page: what is recorded of it, and what waits to be confirmed, at one glance."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from rso.accounts.guards import needs
from rso.accounts.middleware import ActorRequest
from rso.accounts.models import Organisation
from rso.accounts.queries import seats_on
from rso.accounts.rules import decide
from rso.office.contacts import presenters, queries
from rso.office.contacts.actions import keeping as actions
from rso.office.contacts.rules import ContactsPermission, Entry
from rso.office.contacts.sections import sections
from rso.office.directory import queries as directory
from rso.office.directory.models import Standing, Term
from rso.office.directory.presenters import group_words, person_of
from rso.ui import parts


def _member(request: ActorRequest) -> Organisation:
    found = queries.members_of(request.actor)
    asked = request.POST.get("organisation") or request.GET.get("organisation")
    if asked:
        return get_object_or_404(found, code=asked)
    at_home = found.filter(code__in=request.actor.organisations())
    return at_home.first() or get_object_or_404(found[:1])


@require_safe
@needs(ContactsPermission.SEE_MEMBER)
def member(request: ActorRequest) -> HttpResponse:
    organisation, day, now = _member(request), timezone.localdate(), timezone.now()
    every = presenters.shown(queries.of_member(request.actor, organisation), request.actor, now)
    present = [one for one in every if one.row.until is None or one.row.until >= day]
    standing = directory.holding(Standing.objects.select_related("group"), day).filter(organisation=organisation)
    terms = directory.holding(Term.objects.select_related("post__body", "organisation"), day)
    subjects = [
        (subject, presenters.subject_words(subject), [one for one in present if one.row.subject_id == subject.pk],
         decide(request.actor, ContactsPermission.KEEP, Entry(organisation.code, subject.code)).allowed)
        for subject in queries.subjects()
    ]  # fmt: skip
    more = sections(request.actor, organisation, day)
    to_confirm = [one for one in present if one.is_due and one.may_confirm]
    context = {
        "organisation": organisation,
        "facts": _facts(organisation, standing.first()),
        "subjects": subjects,
        "past": [one for one in every if one not in present],
        "to_confirm": to_confirm,
        "stats": [
            parts.Stat(_("Entries to confirm"), sum(one.is_due for one in present)),
            parts.Stat(_("Focal points"), len(present)),
            *(parts.Stat(section.title, section.waits) for section in more if section.waits),
        ],
        "terms": [
            (term, person_of(request.actor, term))
            for term in terms.filter(organisation=organisation).order_by("post__body__order", "post__order", "pk")
        ],
        "seats": seats_on(day).filter(organisation=organisation).select_related("user", "agency")
        .order_by("role", "user__name", "pk"),
        "agencies": organisation.agencies.all(),
        "sections": more,
        "others": queries.members_of(request.actor),
    }  # fmt: skip
    return render(request, "contacts/member.html", context)


def _facts(organisation: Organisation, standing: Standing | None) -> list[parts.Fact]:
    found = [parts.Fact(_("Code"), organisation.code)]
    if standing is not None:
        found += [
            parts.Fact(_("Official name"), standing.official_name),
            parts.Fact(_("Status"), standing.get_status_display(), words=True),
            parts.Fact(_("Group"), group_words(standing.group), words=True),
        ]
    return found


@require_POST
@needs(ContactsPermission.CONFIRM)
def confirm(request: ActorRequest) -> HttpResponse:
    """Confirms what the page showed: an entry that has come or changed since is not among them."""
    organisation = _member(request)
    asked = {int(key) for key in request.POST.getlist("entry") if key.isdecimal()}
    rows = [
        row for row in queries.of_member(request.actor, organisation)
        if row.pk in asked and decide(request.actor, ContactsPermission.CONFIRM, row.entry).allowed
        and row.changed_at.isoformat() in request.POST.getlist("seen")
    ]  # fmt: skip
    number = actions.confirm(request.actor, rows=rows, now=timezone.now())
    words = ngettext(
        "%(number)s entry is confirmed. Thank you.", "%(number)s entries are confirmed. Thank you.", number
    )
    messages.success(request, words % {"number": number})
    return redirect(f"{reverse('contacts:member')}?organisation={organisation.code}")
