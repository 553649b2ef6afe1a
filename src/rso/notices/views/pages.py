"""My notices and how I want to be told, and the administrator's view of the outbox."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from rso.accounts.actions import prefer
from rso.accounts.guards import needs, public, signed_in
from rso.accounts.middleware import ActorRequest
from rso.accounts.rules import ANONYMOUS
from rso.base.errors import RsoError
from rso.notices import actions, digests, presenters, queries
from rso.notices.forms import WishesForm
from rso.notices.kinds import groups
from rso.notices.models import Mail
from rso.notices.presenters import words
from rso.notices.rules import NoticesPermission
from rso.ui.parts import Crumb, Tab

_A_PAGE = 30


@require_safe
@signed_in
def notices(request: ActorRequest) -> HttpResponse:
    """All of them, or the unread, or one group; by day."""
    group, unread = request.GET.get("group", ""), request.GET.get("unread") == "1"
    group = group if group in {one.code for one in groups()} else ""
    found = queries.mine(request.actor)
    if group:
        found = found.filter(queries.of_group(group))
    if unread:
        found = found.filter(read_at__isnull=True)
    page = Paginator(found, _A_PAGE).get_page(request.GET.get("page"))
    numbers = queries.unread_by_group(request.actor)
    context = {
        "page": page,
        "days": presenters.by_day(page.object_list),
        "tabs": [
            Tab(_("All"), "?", not group and not unread),
            Tab(_("Unread"), "?unread=1", unread, sum(numbers.values())),
            *(Tab(one.words, f"?group={one.code}", one.code == group, numbers.get(one.code)) for one in groups()),
        ],
        "narrowed": bool(group) or unread,
        "crumbs": [Crumb(_("My notices"))],
    }
    return render(request, "notices/notices.html", context)


@require_POST
@signed_in
def open_notice(request: ActorRequest, pk: int) -> HttpResponse:
    """Marks a notice as read and goes to the page that it tells of."""
    notice = get_object_or_404(queries.mine(request.actor), pk=pk)
    actions.mark_read(request.actor, notices=queries.mine(request.actor).filter(pk=pk))
    return redirect(notice.path)


@require_POST
@signed_in
def read_one(request: ActorRequest, pk: int) -> HttpResponse:
    """Marks a notice as read without going anywhere."""
    actions.mark_read(request.actor, notices=queries.mine(request.actor).filter(pk=pk))
    return redirect("notices:notices")


@require_POST
@signed_in
def read_all(request: ActorRequest) -> HttpResponse:
    actions.mark_read(request.actor, notices=queries.mine(request.actor))
    return redirect("notices:notices")


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def wishes(request: ActorRequest) -> HttpResponse:
    """How I want to be told of what."""
    user = request.user
    held = {WishesForm.name_of(code): manner.value for code, manner in queries.wishes_of(request.actor).items()}
    form = WishesForm(
        request.POST if request.method == "POST" else None,
        initial={"language": user.language, "time_zone": user.time_zone, **held},
    )
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        digests.wish(request.actor, manners=form.manners())
        prefer(request.actor, user=user, language=said["language"], time_zone=said["time_zone"])
        messages.success(request, _("From now on you are told in this way."))
        return redirect("notices:wishes")
    crumbs = [Crumb(_("My notices"), reverse("notices:notices")), Crumb(_("How I am told"))]
    status = 422 if form.errors else 200
    return render(request, "notices/wishes.html", {"form": form, "crumbs": crumbs}, status=status)


@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
@public
def end_digest(request: HttpRequest, token: str) -> HttpResponse:
    """The link in each digest. A person presses the page's button; a mail program posts by itself (RFC 8058), which
    sends no token against forgery: the link is signed, and does no more than this."""
    try:
        if request.method == "POST":
            digests.end(ANONYMOUS, token=token)
        else:
            digests.whose(token)
    except RsoError as error:
        return render(request, "notices/end_digest.html", {"error": words(error)}, status=404)
    return render(request, "notices/end_digest.html", {"done": request.method == "POST"})


@require_safe
@needs(NoticesPermission.SEE_OUTBOX)
def outbox(request: ActorRequest) -> HttpResponse:
    state = request.GET.get("state", "")
    found = queries.outbox(request.actor)
    if state in Mail.State.values:
        found = found.filter(state=state)
    else:
        state = ""
    page = Paginator(found, _A_PAGE).get_page(request.GET.get("page"))
    choices = [("", _("All")), *Mail.State.choices]
    tabs = [Tab(label, f"?state={code}" if code else "?", code == state) for code, label in choices]
    return render(request, "notices/outbox.html", {"page": page, "tabs": tabs, "crumbs": [Crumb(_("Outgoing mail"))]})


@require_POST
@needs(NoticesPermission.RESEND)
def resend(request: ActorRequest, pk: UUID) -> HttpResponse:
    try:
        actions.resend(request.actor, mail=get_object_or_404(queries.outbox(request.actor), pk=pk))
    except RsoError as error:
        messages.error(request, words(error))
    else:
        messages.success(request, _("The mail will be tried again now."))
    return redirect("notices:outbox")
