"""The translators' overview and their screen: source and translation side by side, kept part by part."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from rso.accounts.guards import needs
from rso.accounts.middleware import ActorRequest
from rso.accounts.rules import decide
from rso.base.errors import RsoError
from rso.content import presenters_translation as presenters
from rso.content import queries_translation as queries
from rso.content.actions import translating, writing
from rso.content.actions.publishing import bars_of
from rso.content.checks import is_grave
from rso.content.forms_translation import RecordingForm, RemarkForm, SubmitForm, WordingForm
from rso.content.markup import fingerprint
from rso.content.models import Edition, LanguageVersion, Remark, Segment
from rso.content.rules import ContentPermission, State
from rso.ui import parts
from rso.ui.languages import LANGUAGES, language_of


def find(request: ActorRequest, pk: int) -> LanguageVersion:
    """The translation, or 404."""
    try:
        return queries.version(request.actor, pk)
    except LanguageVersion.DoesNotExist:
        raise Http404 from None


@require_safe
@needs(ContentPermission.SEE)
def overview(request: ActorRequest) -> HttpResponse:
    """What there is to translate into a language, and how far each text is."""
    own = queries.languages_of(request.actor)
    wanted = request.GET.get("language", own[0] if own else "ar")
    language = wanted if wanted in LANGUAGES else "ar"
    show = request.GET.get("show", "")
    shows = {"": _("All"), "mine": _("Mine"), "stale": _("Older than the source"), "review": _("In review"),
             "begin": _("Not begun")}  # fmt: skip
    show = show if show in shows else ""
    words = request.GET.get("q", "")
    context: dict[str, Any] = {
        "language": language_of(language),
        "tabs": [parts.Tab(label, f"?language={language}&show={code}", code == show) for code, label in shows.items()],
        "language_tabs": presenters.language_tabs(own or [], language) if len(own) > 1 else [],
        "languages": [] if own else LANGUAGES.values(),
        "show": show,
        "tones": presenters.STATE_TONES,
        "may_begin": language in own or decide(request.actor, ContentPermission.BEGIN).allowed,
    }
    if show == "begin":
        found = queries.not_begun(request.actor, language)
        for word in words.split():
            found = found.filter(title__icontains=word)
        page = Paginator(found.prefetch_related("editions"), 25).get_page(request.GET.get("page"))
        context |= {"page_obj": page, "works": [(one, one.editions.all()[0]) for one in page]}
    else:
        rows = queries.to_translate(request.actor, language, show=show, words=words)
        page_of = Paginator(rows, 25).get_page(request.GET.get("page"))
        made = queries.rows(list(page_of), timezone.localdate())
        context |= {"page_obj": page_of, "rows": [(row, presenters.progress(row.stands)) for row in made]}
    return render(request, "translation/overview.html", context)


@require_safe
@needs(ContentPermission.SEE)
def matrix(request: ActorRequest) -> HttpResponse:
    """Works and languages: where a translation is current, older or missing. Of texts; nobody is ranked."""
    works = queries.matrix(request.actor, words=request.GET.get("q", ""))
    page = Paginator(works, 25).get_page(request.GET.get("page"))
    codes, rows = queries.matrix_of(list(page))
    context = {"page_obj": page, "rows": rows, "languages": [language_of(code) for code in codes]}
    return render(request, "translation/matrix.html", context)


@require_POST
@needs(ContentPermission.SEE)
def begin(request: ActorRequest, edition: int, language: str) -> HttpResponse:
    if language not in LANGUAGES:
        raise Http404
    row = get_object_or_404(Edition.objects.select_related("work"), pk=edition)
    if row.work.source_language == language:
        raise Http404
    version = writing.begin_version(request.actor, edition=row, language=language, now=timezone.now())
    return redirect("translation:screen", pk=version.pk)


@require_safe
@needs(ContentPermission.SEE)
def screen(request: ActorRequest, pk: int) -> HttpResponse:
    return show_screen(request, find(request, pk))


def show_screen(
    request: ActorRequest, version: LanguageVersion, status: int = 200, *, at: str = "", **more: Any
) -> HttpResponse:
    """The screen; ``at`` is the key of the part that the answer is about, whose page is shown. ``more``: ``refused``
    words, what was ``typed`` there, ``theirs`` after a conflict, ``base`` to go on with, bound forms."""
    show = request.GET.get("show", "all")
    show = show if show in queries.FILTERS else "all"
    both = queries.sides(version)
    left = queries.chosen(both.places, show)
    if at and all(one.block.key != at for one in left):
        left, show = both.places, "all"
    paginator = Paginator(left, queries.MOST_ON_A_PAGE)
    number: Any = request.GET.get("page")
    if at:
        number = next(place for place, one in enumerate(left) if one.block.key == at) // queries.MOST_ON_A_PAGE + 1
    page = paginator.get_page(number)
    helped = queries.helped(version, list(page))
    may = queries.may_translate(request.actor, version)
    may_write = may and version.state != State.REVIEW.value
    context = {
        "version": version,
        "work": version.edition.work,
        "language": language_of(version.language),
        "source_language": language_of(version.edition.work.source_language),
        "source": both.source,
        "stands": both.stands,
        "progress": presenters.progress(both.stands),
        "page_obj": page,
        "places": [_shown(request, one, at, more) for one in helped],
        "tabs": [parts.Tab(words, f"?show={code}", code == show, len(queries.chosen(both.places, code)))
                 for code, words in presenters.FILTERS.items()],
        "show": show,
        "crumbs": [parts.Crumb(_("Translation"), f"{reverse('translation:overview')}?language={version.language}"),
                   parts.Crumb(version.edition.work.title, data=True)],
        "may_write": may_write and both.source is not None,
        "is_reviewer": queries.may_sign(request.actor, version),
        "may_publish": decide(request.actor, ContentPermission.PUBLISH).allowed,
        "may_comment": decide(request.actor, ContentPermission.COMMENT).allowed,
        "bars": [presenters.BARS[bar] for bar in _bars(version)] if both.source else [],
        "returned": version.reviews.exclude(outcome="").order_by("-decided_at").first(),
        "submit_form": more.get("submit_form") or SubmitForm(),
        "held_by": _holder(request, version),
        "tone": presenters.STATE_TONES[version.state],
        "refused": more.get("refused", "") if not at else "",
    }  # fmt: skip
    return render(request, "translation/screen.html", context, status=status)


def _bars(version: LanguageVersion) -> list[Any]:
    return sorted(bars_of(version))


def _holder(request: ActorRequest, version: LanguageVersion) -> str:
    held = version.locked_until is not None and version.locked_until > timezone.now()
    mine = version.locked_by_id == request.actor.user_id
    return version.locked_by.name if held and not mine and version.locked_by else ""


def _shown(request: ActorRequest, place: queries.Place, at: str, more: dict[str, Any]) -> dict[str, Any]:
    """A place with its words for people."""
    here = place.block.key == at
    words, tone = presenters.SHOWN[place.shown]
    return {
        "place": place,
        "key": place.block.key,
        "source": presenters.html(place.block.text),
        "words": words,
        "tone": tone,
        "text": more.get("typed", place.text) if here else place.text,
        "base": more.get("base", place.base) if here else place.base,
        "seen": more.get("seen", fingerprint(place.text)) if here else fingerprint(place.text),
        "refused": more.get("refused", "") if here else "",
        "theirs": more.get("theirs", "") if here else "",
        "findings": presenters.findings(place.findings),
        "may_confirm": place.text and place.is_open and not (place.block.safety and is_grave(place.findings)),
        "matches": [(match, presenters.html(match.target)) for match in place.matches],
        "rows": max(2, min(12, len(place.block.text) // 45 + 1)),
        "remarks": place.remarks,
        "open_remarks": sum(1 for one in place.remarks if one.resolved_at is None),
        "remark_form": more.get("remark_form") if here and more.get("remark_form") else RemarkForm(prefix=""),
        "recording_form": more.get("recording_form") if here and more.get("recording_form") else RecordingForm(),
    }


def _segment(version: LanguageVersion, key: str) -> Segment:
    return get_object_or_404(Segment, edition=version.edition_id, key=key)


def _back(version: LanguageVersion, key: str, request: ActorRequest) -> HttpResponse:
    """Back to the part, with the filter and page that were shown."""
    kept = request.GET.urlencode()
    return redirect(f"{reverse('translation:screen', args=[version.pk])}?{kept}#part-{key}")


def _wants_json(request: ActorRequest) -> bool:
    return request.headers.get("Accept", "") == "application/json"


@require_POST
@needs(ContentPermission.TRANSLATE)
def save(request: ActorRequest, pk: int, key: str) -> HttpResponse:
    """Keeps one part. For the script of the page it answers in JSON; what was typed survives a refusal either way."""
    version = find(request, pk)
    segment = _segment(version, key)
    form = WordingForm(request.POST)
    if not form.is_valid():
        said = " ".join(str(error) for errors in form.errors.values() for error in errors)
        return _refused(request, version, key, 422, refused=said, typed=request.POST.get("text", ""))
    text, base = form.cleaned_data["text"], form.cleaned_data["base"]
    try:
        row = translating.translate(
            request.actor, version=version, segment=segment, text=text, base=base, seen=form.cleaned_data["seen"],
            now=timezone.now(),
        )  # fmt: skip
    except writing.Conflict as error:
        theirs = error.theirs.text if error.theirs else ""
        number = error.theirs.number if error.theirs else 0
        return _refused(request, version, key, 409, refused=presenters.words(error), typed=text, theirs=theirs,
                        base=number, seen=fingerprint(theirs))  # fmt: skip
    except RsoError as error:
        return _refused(request, version, key, 409, refused=presenters.words(error), typed=text)
    if not _wants_json(request):
        return _back(version, key, request)
    return JsonResponse(_answer(version, key, row.number))


def _answer(version: LanguageVersion, key: str, number: int) -> dict[str, Any]:
    both = queries.sides(version)
    places = [one for one in both.places if one.block.key == key]
    (place,) = queries.helped(version, places)
    words, tone = presenters.SHOWN[place.shown]
    context = {"part": {"findings": presenters.findings(place.findings), "place": place, "words": words, "tone": tone}}
    return {
        "base": number,
        "seen": fingerprint(place.text),
        "state": render_to_string("translation/state.html", context),
        "checks": render_to_string("translation/checks.html", context),
        "progress": presenters.progress(both.stands),
        "saved": _("Saved."),
        "open": "yes" if place.is_open else "no",
    }


def _refused(request: ActorRequest, version: LanguageVersion, key: str, status: int, **more: Any) -> HttpResponse:
    if _wants_json(request):
        return JsonResponse({name: str(more.get(name, "")) for name in ("refused", "theirs", "seen")} |
                            {"base": more.get("base")}, status=status)  # fmt: skip
    return show_screen(request, version, status, at=key, **more)


@require_POST
@needs(ContentPermission.TRANSLATE)
def still_right(request: ActorRequest, pk: int, key: str) -> HttpResponse:
    """The words are right for what the source says now."""
    version = find(request, pk)
    form = WordingForm(request.POST)
    base = form.cleaned_data["base"] if form.is_valid() else 0
    try:
        translating.confirm_unchanged(
            request.actor, version=version, segment=_segment(version, key), base=base, now=timezone.now()
        )
    except RsoError as error:
        return show_screen(request, version, 409, at=key, refused=presenters.words(error))
    messages.success(request, _("Kept as it stands."))
    return _back(version, key, request)


@require_POST
@needs(ContentPermission.COMMENT)
def comment(request: ActorRequest, pk: int, key: str) -> HttpResponse:
    version = find(request, pk)
    segment = _segment(version, key)
    form = RemarkForm(request.POST)
    if not form.is_valid():
        return show_screen(request, version, 422, at=key, remark_form=form)
    writing.remark(request.actor, version=version, segment=segment, text=form.cleaned_data["text"], now=timezone.now())
    messages.success(request, _("Your comment is kept."))
    return _back(version, key, request)


@require_POST
@needs(ContentPermission.COMMENT)
def resolve(request: ActorRequest, pk: int, remark: int) -> HttpResponse:
    version = find(request, pk)
    row = get_object_or_404(Remark.objects.select_related("version__edition__work"), pk=remark, version=version)
    writing.resolve(request.actor, remark=row, now=timezone.now())
    return _back(version, row.segment.key if row.segment else "", request)


@require_POST
@needs(ContentPermission.TRANSLATE)
def recording(request: ActorRequest, pk: int, key: str) -> HttpResponse:
    """Keeps a recording of the words as they stand."""
    version = find(request, pk)
    segment = _segment(version, key)
    form = RecordingForm(request.POST, request.FILES)
    if not form.is_valid():
        return show_screen(request, version, 422, at=key, recording_form=form)
    upload = form.cleaned_data["file"]
    try:
        translating.record_aloud(
            request.actor, version=version, segment=segment, content=upload.file, name=upload.name,
            now=timezone.now(),
        )  # fmt: skip
    except RsoError as error:
        return show_screen(request, version, 409, at=key, refused=presenters.words(error))
    messages.success(request, _("The recording is kept."))
    return _back(version, key, request)
