"""What anybody sees: six ways, a short form each, and the confirmation by mail."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import get_language
from django.views.decorators.http import require_http_methods, require_safe

from rso.accounts.guards import public
from rso.accounts.rules import ANONYMOUS
from rso.base.errors import RsoError
from rso.office.intake import actions
from rso.office.intake.forms import FORMS
from rso.office.intake.presenters import WAYS, way_words, words
from rso.office.intake.rules import Way


@require_safe
@public
def ways(request: HttpRequest) -> HttpResponse:
    return render(request, "intake/ways.html", {"ways": WAYS})


@require_http_methods(["GET", "HEAD", "POST"])
@public
def write(request: HttpRequest, way: str) -> HttpResponse:
    if way not in list(Way):
        raise Http404
    chosen = Way(way)
    form = FORMS[chosen](request.POST if request.method == "POST" else None)
    status = 422 if form.errors else 200
    if request.method == "POST" and form.is_valid():
        try:
            actions.receive(
                ANONYMOUS,
                way=chosen,
                fields=form.common_values(),
                details=form.detail_values(),
                language=get_language() or "",
                place=request.META.get("REMOTE_ADDR", ""),
                now=timezone.now(),
            )
        except RsoError as error:
            form.add_error(None, words(error))
            status = 429
        else:
            return redirect("intake:sent")
    context = {"form": form, "way": way_words(chosen)}
    return render(request, "intake/write.html", context, status=status)


@require_safe
@public
def sent(request: HttpRequest) -> HttpResponse:
    return render(request, "intake/sent.html")


@require_http_methods(["GET", "HEAD", "POST"])
@public
def confirm(request: HttpRequest, token: str) -> HttpResponse:
    """The link in the mail shows a button: mail programs fetch links by themselves, and a GET changes nothing."""
    if request.method != "POST":
        return render(request, "intake/confirm.html")
    try:
        enquiry = actions.confirm(ANONYMOUS, token=token, now=timezone.now())
    except RsoError as error:
        return render(request, "intake/confirm.html", {"error": words(error)}, status=410)
    return render(request, "intake/confirm.html", {"enquiry": enquiry})
