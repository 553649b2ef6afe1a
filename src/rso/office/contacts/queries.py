"""Reading focal points, for those who may: officials of the members, and the office."""

from __future__ import annotations

from datetime import date

from django.db.models import Q, QuerySet

from rso.accounts.models import Organisation
from rso.accounts.rules import Actor, require
from rso.office.contacts.models import FocalPoint, Subject
from rso.office.contacts.rules import STAFF, ContactsPermission
from rso.office.directory.models import Revision
from rso.office.directory.rules import MEMBERS

#: Those whose focal points are kept here.
KINDS = (Organisation.Kind.STATE, Organisation.Kind.MEMBER_ORGANISATION, Organisation.Kind.OBSERVER,
         Organisation.Kind.OFFICE)  # fmt: skip


def on_day(day: date) -> QuerySet[FocalPoint]:
    """Focal points on ``day``; both ends count."""
    rows = FocalPoint.objects.select_related("organisation", "agency", "subject", "confirmed_by")
    return rows.filter(Q(until__isnull=True) | Q(until__gte=day), since__lte=day)


def focal_points(
    actor: Actor, day: date, *, words: str = "", subject: str = "", organisation: str = ""
) -> QuerySet[FocalPoint]:
    """Focal points on ``day`` whose name, agency or member has ``words``, by member, subject and rank."""
    require(actor, ContactsPermission.SEE)
    rows = on_day(day)
    if subject:
        rows = rows.filter(subject__code=subject)
    if organisation:
        rows = rows.filter(organisation__code=organisation)
    for word in words.split():
        named = Q(name__icontains=word) | Q(position__icontains=word) | Q(organisation__name__icontains=word)
        rows = rows.filter(named | Q(agency__name__icontains=word) | Q(subject__name__icontains=word))
    return rows.order_by("organisation__name", "subject__order", "agency__name", "rank", "pk")


def one(actor: Actor, pk: int) -> FocalPoint | None:
    """A focal point, also one that has ended."""
    require(actor, ContactsPermission.SEE)
    rows = FocalPoint.objects.select_related("organisation", "agency", "subject", "confirmed_by")
    return rows.filter(pk=pk).first()


def of_member(actor: Actor, organisation: Organisation) -> QuerySet[FocalPoint]:
    """All focal points that a member has, and had."""
    require(actor, ContactsPermission.SEE_MEMBER, organisation.code)
    rows = FocalPoint.objects.select_related("organisation", "agency", "subject", "confirmed_by")
    return rows.filter(organisation=organisation).order_by("subject__order", "agency__name", "rank", "-since", "pk")


def members_of(actor: Actor) -> QuerySet[Organisation]:
    """The organisations whose own page an actor may open: those of its seats; all of them for the office's staff."""
    require(actor, ContactsPermission.SEE_MEMBER)
    rows = Organisation.objects.filter(kind__in=KINDS).order_by("name")
    return rows if actor.holds(*STAFF) else rows.filter(code__in=actor.organisations(*MEMBERS))


def subjects(*, active: bool = True) -> QuerySet[Subject]:
    """What focal points can be for."""
    return Subject.objects.filter(is_active=True) if active else Subject.objects.all()


def revisions(actor: Actor, row: FocalPoint) -> QuerySet[Revision]:
    """What was done to an entry, the latest first; for those who keep it."""
    require(actor, ContactsPermission.KEEP, row.entry)
    return Revision.objects.filter(kind="focalpoint", ref=row.pk).select_related("by")
