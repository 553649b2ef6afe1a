"""Reading the directory as it was on a day, which is public; and its history, for those who keep it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any, TypeVar

from django.db.models import F, Prefetch, Q, QuerySet

from rso.accounts.rules import Actor, decide, require
from rso.office.directory.kinds import KINDS, Pointers
from rso.office.directory.models import Body, Dated, Group, Passage, Post, Resource, Revision, Standing, Term
from rso.office.directory.rules import DirectoryPermission
from rso.office.directory.shipped import read

T = TypeVar("T", bound=Dated)


def holding(rows: QuerySet[T], day: date) -> QuerySet[T]:
    """The rows that hold on ``day``: ``since`` belongs to the term, ``until`` no longer does. What is over, on a day
    that is not known, holds on no day that could be asked for."""
    return rows.filter(is_withdrawn=False, is_over=False).filter(
        Q(since__isnull=True) | Q(since__lte=day), Q(until__isnull=True) | Q(until__gt=day)
    )


def changed(rows: QuerySet[T], day: date) -> QuerySet[T]:
    """The rows that are no longer, or not only, the brochure's: begun later than it, or ended by ``day``."""
    newer = Q(version__gt=1, since__lte=day)
    return rows.filter(newer | Q(until__lte=day), is_withdrawn=False).order_by("-until", "-since", "pk")


def members(day: date) -> QuerySet[Standing]:
    """Members and member organisations on ``day``, alphabetical; observers stand elsewhere."""
    rows = holding(Standing.objects.select_related("organisation", "group"), day)
    return rows.exclude(status=Standing.Status.OBSERVER).order_by("display_name")


def observers(day: date) -> QuerySet[Standing]:
    """Observers on ``day``, as far as they are recorded, alphabetical."""
    rows = holding(Standing.objects.select_related("organisation", "group"), day)
    return rows.filter(status=Standing.Status.OBSERVER).order_by("display_name")


def members_by_group(day: date) -> list[tuple[Group, list[Standing]]]:
    """The groups in their order, each with its members in alphabetical order."""
    found: dict[Group, list[Standing]] = {group: [] for group in Group.objects.all()}
    for standing in members(day):
        found[standing.group].append(standing)
    return [(group, rows) for group, rows in found.items() if rows]


def passages(kind: str, day: date) -> QuerySet[Passage]:
    """Statements of one kind that hold on ``day``, in their order."""
    return holding(Passage.objects.filter(kind=kind), day).order_by("order")


def terms(day: date) -> QuerySet[Term]:
    """Who holds which post on ``day``, by body and post, then by the holder's name."""
    rows = holding(Term.objects.select_related("organisation", "post__body"), day)
    return rows.filter(post__is_withdrawn=False).order_by(
        "post__body__order", "post__order", "organisation__name", "pk"
    )


def past_terms(day: date) -> QuerySet[Term]:
    """Terms that were over by ``day``, the latest first; those of which no day is known stand last."""
    rows = Term.objects.filter(Q(until__lte=day) | Q(is_over=True), is_withdrawn=False)
    rows = rows.select_related("organisation", "post__body")
    return rows.order_by(F("until").desc(nulls_last=True), "organisation__name", "pk")


def held(actor: Actor, day: date, words: str = "", *, past: bool = False) -> QuerySet[Term]:
    """Terms on ``day`` (or those over by then) whose body, post or holder has ``words``. A person's name is looked
    through for those alone who may read it: others would learn it from what is found."""
    rows = past_terms(day) if past else terms(day)
    sees = decide(actor, DirectoryPermission.SEE_PERSONS).allowed
    for word in words.split():
        person = Q(person__icontains=word) if sees else Q(person__icontains=word, person_is_public=True)
        named = (
            Q(organisation__name__icontains=word) | Q(post__name__icontains=word) | Q(post__body__name__icontains=word)
        )
        rows = rows.filter(named | Q(organisation__code__iexact=word) | Q(post__body__code__iexact=word) | person)
    return rows


def bodies(day: date, *, governance: bool = False) -> QuerySet[Body]:
    """Working groups, task forces and forums (or the organs of governance) with their posts and holders on ``day``."""
    held = holding(Term.objects.select_related("organisation"), day)
    posts = holding(Post.objects.prefetch_related(Prefetch("terms", queryset=held, to_attr="terms_now")), day)
    rows = holding(Body.objects.prefetch_related(Prefetch("posts", queryset=posts, to_attr="posts_now")), day)
    wanted = Q(kind=Body.Kind.GOVERNANCE)
    return rows.filter(wanted if governance else ~wanted)


def resources(day: date, *kinds: str) -> QuerySet[Resource]:
    """Resources by official title that hold on ``day``, perhaps of some kinds only."""
    rows = holding(Resource.objects.all(), day)
    return rows.filter(kind__in=kinds) if kinds else rows


# ---------------------------------------------------------------- for those who keep it
@dataclass(frozen=True)
class Difference:
    """A field in which the shipped facts and what the office has made of them differ."""

    kind: str
    row: Dated
    field: str
    shipped: Any
    ours: Any


def differences(actor: Actor) -> list[Difference]:
    """What loading the shipped file again would change, were the office's own changes not kept."""
    require(actor, DirectoryPermission.SEE_HISTORY)
    pointers = Pointers()
    ours = {(kind, row.key): row for kind, model in KINDS.items() for row in model.objects.filter(is_ours=True)}
    found = []
    for shipped in read().rows if ours else ():
        row = ours.get((shipped.kind, shipped.key))
        if row is None:
            continue
        for name, value in pointers.resolved(shipped).items():
            if getattr(row, name) != value:
                found.append(Difference(shipped.kind, row, name, value, getattr(row, name)))
        if row.is_withdrawn:
            found.append(Difference(shipped.kind, row, "is_withdrawn", False, True))
    return found


def facts(actor: Actor, kind: str, words: str = "") -> QuerySet[Any]:
    """All rows of a kind, also those that are closed or withdrawn, that hold ``words``; for those who keep them."""
    require(actor, DirectoryPermission.SEE_HISTORY)
    model: Any = {**KINDS, "group": Group}[kind]
    rows = model.objects.select_related(*_WITH.get(kind, ()))
    for word in words.split():
        asked = Q()
        for name in _SEARCHED[kind]:
            asked |= Q(**{f"{name}__icontains": word})
        rows = rows.filter(asked)
    found: QuerySet[Any] = rows.order_by(*_ORDER.get(kind, ("order", "pk")))
    return found


_WITH = {"standing": ("organisation", "group"), "post": ("body",), "term": ("post__body", "organisation")}
_SEARCHED = {
    "standing": ("display_name", "official_name", "organisation__code"),
    "body": ("name", "code"),
    "post": ("name", "body__name"),
    "term": ("organisation__name", "post__name", "post__body__name", "person"),
    "passage": ("text", "code"),
    "resource": ("title", "about"),
    "group": ("name", "code"),
}
_ORDER = {
    "standing": ("display_name", "since", "pk"),
    "post": ("body__order", "order", "pk"),
    "term": ("post__body__order", "post__order", "organisation__name", "since", "pk"),
    "passage": ("kind", "order", "version", "pk"),
}


def history(actor: Actor, kind: str, ref: int) -> QuerySet[Revision]:
    """What was done to a row, the latest first."""
    require(actor, DirectoryPermission.SEE_HISTORY)
    return Revision.objects.filter(kind=kind, ref=ref).select_related("by")


def latest_revisions(actor: Actor) -> QuerySet[Revision]:
    """What was done last, to whatever row."""
    require(actor, DirectoryPermission.SEE_HISTORY)
    return Revision.objects.filter(kind__in=[*KINDS, "group"]).select_related("by")


def body_codes() -> list[str]:
    """The codes of all bodies, those that have ended among them."""
    return list(Body.objects.order_by().values_list("code", flat=True))
