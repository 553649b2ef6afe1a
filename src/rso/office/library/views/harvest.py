"""The library for programs that come by themselves: OAI-PMH, feeds, citations, data of schema.org. Open records alone,
but for citations, which whoever may read a record may take."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.contrib.syndication.views import Feed
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.feedgenerator import Atom1Feed, Rss201rev2Feed
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe

from rso.accounts.guards import public
from rso.accounts.rules import ANONYMOUS
from rso.office.library import citing, metadata, oai, presenters, queries
from rso.office.library.models import Kind, Record
from rso.office.library.views.public import find, reader_of


@csrf_exempt  # it answers to POST too (3.1.1.2), changes nothing, and asks nobody who they are
@require_http_methods(["GET", "HEAD", "POST"])
@public
def harvest(request: HttpRequest) -> HttpResponse:
    """OAI-PMH 2.0."""
    sent = request.POST if request.method == "POST" else request.GET
    base = oai.base_url(reverse("library:oai"))
    said = oai.answer(dict(sent.lists()), base=base, now=timezone.now())
    return HttpResponse(said, content_type="text/xml; charset=utf-8")


@require_safe
@public
def cite(request: HttpRequest, code: str, form: str) -> HttpResponse:
    """A citation as a file."""
    if form not in citing.FORMS:
        raise Http404
    of = metadata.card(find(request, code), (), language=reader_of(request))
    response = HttpResponse(citing.cited(of, form, read_on=timezone.localdate()), content_type=citing.FORMS[form])
    response["Content-Disposition"] = f'attachment; filename="{code}.{form}"'
    return response


@require_safe
@public
def structured(request: HttpRequest, code: str) -> HttpResponse:
    """The record in the words of schema.org, for an open one."""
    found = queries.record(ANONYMOUS, code)
    if found is None or not queries.is_open(found):
        raise Http404
    said = metadata.json_ld(metadata.card(found, queries.documents(ANONYMOUS, found)))
    return HttpResponse(json.dumps(said, ensure_ascii=False, indent=2), content_type="application/ld+json")


class NewRecords(Feed[Record, None]):
    """What became open last; perhaps of one kind."""

    feed_type: Any = Rss201rev2Feed

    def title(self) -> str:
        return _("The library of the RSO: what is new")

    def description(self) -> str:
        return _("Records that everybody may read, the newest first.")

    def link(self) -> str:
        return reverse("library:home")

    def items(self) -> list[Record]:
        return queries.newest_open()

    def item_title(self, item: Any) -> str:
        return presenters.row(item, "").title

    def item_description(self, item: Any) -> str:
        return presenters.row(item, "").about

    def item_link(self, item: Any) -> str:
        return reverse("library:record", args=[item.work.code])

    def item_guid(self, item: Any) -> str:
        return oai.identifier(item.work.code)

    def item_categories(self, item: Any) -> list[str]:
        return [str(Kind(item.kind).label)]

    def item_pubdate(self, item: Any) -> datetime:
        opened: datetime = item.open_since
        return opened

    def item_updateddate(self, item: Any) -> datetime:
        changed: datetime = item.open_changed_at
        return changed

    item_guid_is_permalink = False


class NewRecordsAtom(NewRecords):
    feed_type = Atom1Feed

    def subtitle(self) -> str:
        return self.description()


def _feed(made: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    @require_safe
    @public
    def view(request: HttpRequest) -> HttpResponse:
        return made(request)

    return view


rss = _feed(NewRecords())
atom = _feed(NewRecordsAtom())
