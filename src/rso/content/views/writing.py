"""Writing: the whole text as one form that works without scripts, and each part by itself for those that have them."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Final

from django.contrib import messages
from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from rso.accounts.guards import needs
from rso.accounts.middleware import ActorRequest
from rso.accounts.rules import NotAllowed
from rso.base.errors import RsoError
from rso.content import queries
from rso.content.actions import editing as actions
from rso.content.actions import writing
from rso.content.actions.writing import Conflict
from rso.content.forms import RemarkForm
from rso.content.markup import fingerprint, plain
from rso.content.models import CountryFact, FormWords, LanguageVersion, Remark, SafetyWords, Segment
from rso.content.presenters import editing, reading
from rso.content.presenters.words import words
from rso.content.rules import ContentPermission, Form, State, read
from rso.content.views.sent import Sent, sent, typed
from rso.content.views.versions import find, frame, may_write
from rso.ui import parts
from rso.ui.changes import marked

#: How a text may be looked at while it is written.
LOOKS: Final = ("phone", "card", "poster", "mirror")


def _looks() -> dict[str, str]:
    return {"phone": _("Phone"), "card": _("Pocket card"), "poster": _("Poster"), "mirror": _("Right to left")}


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@needs(ContentPermission.SEE)
def write(request: ActorRequest, pk: int) -> HttpResponse:
    row = find(request.actor, pk)
    writing.may_write(request.actor, row)
    return _save(request, row) if request.method == "POST" else _page(request, row)


def _page(request: ActorRequest, row: LanguageVersion, status: int = 200, **more: Any) -> HttpResponse:
    look = request.GET.get("look", "")
    look = look if look in LOOKS else "phone"
    context = {
        **frame(request, row, "write"),
        "rows": editing.written(row),
        "removed": row.edition.segments.exclude(removed_at=None) if row.is_source else [],
        "removed_words": _said(row) if row.is_source else {},
        "look": look,
        "looks": [parts.Tab(name, f"?look={one}#preview", one == look) for one, name in _looks().items()],
        "page": _preview(row),
        "forms": [(code, name) for code, name in FormWords.choices if code != FormWords.TITLE],
        "safeties": SafetyWords.choices,
        "facts": CountryFact.Kind.choices,
        "in_review": row.state in (State.REVIEW, State.APPROVED),
        "general": row.remarks.filter(segment=None, resolved_at=None).select_related("by"),
        "remark_form": RemarkForm(),
        **more,
    }
    return render(request, "content/write.html", context, status=status)


def _said(row: LanguageVersion) -> dict[int, str]:
    return {segment: plain(head.text)[:80] for segment, head in queries.heads(row).items()}


def _preview(row: LanguageVersion) -> reading.Page:
    """The working copy as readers would get it now."""
    draft = queries.draft(row)
    original = None if row.is_source else queries.source_of(row.edition)
    source = row.edition.work.source_language
    readings = read(original.snapshot, draft) if original else read(draft, None)
    return reading.make(readings, row.language, source, reading.Country())


@require_safe
@never_cache
@needs(ContentPermission.SEE)
def preview(request: ActorRequest, pk: int) -> HttpResponse:
    """The preview alone, to be put in place of the one that is shown."""
    row = find(request.actor, pk)
    look = request.GET.get("look", "")
    context = {"page": _preview(row), "look": look if look in LOOKS else "phone", "language": row.language}
    return render(request, "content/parts/preview.html", context)


# ---- the whole form


def _save(request: ActorRequest, row: LanguageVersion) -> HttpResponse:
    """Stores all that was typed; then does what the pressed button says. What somebody else changed is shown beside."""
    found = sent(request, row)
    now = timezone.now()
    try:
        met = actions.write_all(request.actor, version=row, texts=found.texts, now=now)
        place = "" if met else _restructured(request, row, found)
    except NotAllowed:
        raise
    except RsoError as error:
        return _refused(request, row, found, words(error))
    if met:
        return _conflict(request, row, found, met)
    if found.faults:
        return _refused(request, row, found, " ".join(found.faults))
    if found.do == "save":
        messages.success(request, _("Saved."))
    return redirect(reverse("content:write", args=[row.pk]) + place)


def _restructured(request: ActorRequest, row: LanguageVersion, found: Sent) -> str:
    """Changes of the structure, of which there are some in a source only; gives where on the page one goes on."""
    now = timezone.now()
    for changed, what in found.whats.items():
        writing.change_segment(request.actor, version=row, segment=changed, now=now, **what)
    for place, upload in found.images.items():
        actions.set_image(request.actor, version=row, segment=place, content=upload, name=upload.name or "", now=now)
    do, segment = found.do, found.on
    if do == "add":
        made = writing.add_segment(request.actor, version=row, form=Form(found.what), after=segment, now=now)
        return f"#part-{made.key}"
    if segment is None:
        return ""
    if do in ("up", "down"):
        segment.refresh_from_db()
        writing.move_segment(request.actor, version=row, segment=segment, up=do == "up", now=now)
    elif do in ("remove", "back"):
        writing.set_removed(request.actor, version=row, segment=segment, removed=do == "remove", now=now)
        return "#taken-out" if do == "remove" else f"#part-{segment.key}"
    return f"#part-{segment.key}"


def _refused(request: ActorRequest, row: LanguageVersion, found: Sent, why: str) -> HttpResponse:
    """Nothing that was typed is lost: it stands in the fields again."""
    row.refresh_from_db()
    kept = {segment.pk: typed(segment, text) for segment, (text, *_rest) in found.texts.items()}
    rows = [replace(one, text=kept.get(one.pk, one.text)) for one in editing.written(row)]
    return _page(request, row, 409, refused=why, rows=rows)


def _conflict(request: ActorRequest, row: LanguageVersion, found: Sent, met: dict[Segment, Conflict]) -> HttpResponse:
    """Both texts of each part, the differences, and a field in which they can be brought together."""
    shown = []
    for segment, conflict in met.items():
        theirs = conflict.theirs.text if conflict.theirs else ""
        mine = found.texts[segment][0]
        shown.append({
            "segment": segment,
            "words": segment.get_form_display(),
            "mine": typed(segment, mine),
            "theirs": typed(segment, theirs),
            "by": conflict.theirs.by if conflict.theirs else None,
            "at": conflict.theirs.at if conflict.theirs else None,
            "base": conflict.theirs.number if conflict.theirs else 0,
            "seen": fingerprint(theirs),
            "diff": marked(plain(theirs), plain(mine)),
        })  # fmt: skip
    context = {**frame(request, row, "write"), "conflicts": shown}
    return render(request, "content/conflict.html", context, status=409)


# ---- one part, for scripts


@require_POST
@needs(ContentPermission.SEE)
def part(request: ActorRequest, pk: int, segment: int) -> JsonResponse:
    """Stores one part, and says in JSON how it went: ``saved``, ``conflict`` (with their words) or ``refused``."""
    row = find(request.actor, pk)
    place = get_object_or_404(Segment, pk=segment, edition=row.edition_id)
    found = sent(request, row, only=place)
    if place not in found.texts:
        raise Http404
    text, base, seen, keeps = found.texts[place]
    now = timezone.now()
    try:
        head = writing.write(
            request.actor, version=row, segment=place, text=text, base=base, seen=seen, keeps_meaning=keeps, now=now
        )
        for changed, what in found.whats.items():
            writing.change_segment(request.actor, version=row, segment=changed, now=now, **what)
    except NotAllowed:
        raise
    except Conflict as conflict:
        theirs = conflict.theirs
        said = theirs.text if theirs else ""
        return JsonResponse({
            "state": "conflict", "words": words(conflict), "theirs": typed(place, said),
            "by": str(theirs.by or "") if theirs else "",
            "base": theirs.number if theirs else 0, "seen": fingerprint(said),
            "diff": marked(plain(said), plain(text)),
        }, status=409)  # fmt: skip
    except RsoError as error:
        return JsonResponse({"state": "refused", "words": words(error)}, status=409)
    place.refresh_from_db()
    warned = editing.numbers(place, head.text)
    warning = render_to_string("content/parts/numbers.html", {"numbers": warned}) if warned else ""
    return JsonResponse({
        "state": "saved", "base": head.number, "seen": fingerprint(head.text), "warning": warning,
        "was": place_state(place), "faults": found.faults,
    })  # fmt: skip


def place_state(segment: Segment) -> str:
    """What a segment is, in one word, so that a form says of what it knew."""
    return f"{segment.form}|{segment.level}|{segment.safety}|{segment.facts}"


# ---- the lock, and comments


@require_POST
@needs(ContentPermission.SEE)
def lock(request: ActorRequest, pk: int) -> HttpResponse:
    """Takes or keeps the lock (``do=hold``), gives it back (``go``), or takes somebody else's (``take``)."""
    row, do, now = find(request.actor, pk), request.POST.get("do", "hold"), timezone.now()
    try:
        if do == "take":
            actions.take_over(request.actor, version=row, now=now)
        elif do == "go":
            writing.let_go(request.actor, version=row, now=now)
        else:
            writing.hold(request.actor, version=row, now=now)
    except NotAllowed:
        raise
    except RsoError as error:
        row.refresh_from_db()
        holder = row.locked_by.name if row.locked_by else ""
        if "quiet" in request.POST:
            return JsonResponse({"state": "held", "words": words(error), "by": holder}, status=409)
        messages.error(request, words(error))
    else:
        if "quiet" in request.POST:
            return JsonResponse({"state": "mine"})
        if do == "take":
            messages.success(request, _("You write here now. Whoever wrote before you is told."))
    return redirect("content:write", pk=pk)


@require_POST
@needs(ContentPermission.COMMENT)
def comment(request: ActorRequest, pk: int) -> HttpResponse:
    row = find(request.actor, pk)
    form = RemarkForm(request.POST)
    number = request.POST.get("segment", "")
    on = get_object_or_404(Segment, pk=number, edition=row.edition_id) if number.isdecimal() else None
    if form.is_valid():
        writing.remark(request.actor, version=row, segment=on, text=form.cleaned_data["text"], now=timezone.now())
        messages.success(request, _("The comment is kept."))
    else:
        messages.error(request, _("A comment needs words."))
    return _back(request, row, on)


@require_POST
@needs(ContentPermission.COMMENT)
def resolve(request: ActorRequest, pk: int, remark: int) -> HttpResponse:
    row = find(request.actor, pk)
    said = get_object_or_404(Remark.objects.select_related("segment"), pk=remark, version=row, resolved_at=None)
    writing.resolve(request.actor, remark=said, now=timezone.now())
    messages.success(request, _("The comment is resolved."))
    return _back(request, row, said.segment)


def _back(request: ActorRequest, row: LanguageVersion, on: Segment | None) -> HttpResponse:
    """To the part in the editor for those who write, to the version for those who read over."""
    to_write = may_write(request.actor, row) and request.POST.get("from") != "version"
    place = reverse("content:write" if to_write else "content:version", args=[row.pk])
    return redirect(place + (f"#part-{on.key}" if on and to_write else "#comments"))
