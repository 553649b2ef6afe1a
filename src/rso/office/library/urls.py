from __future__ import annotations

from django.urls import path

from rso.office.library.views import harvest, keeping, papers, public, tables

app_name = "library"
_KEPT = "keep/<slug:code>/"
_PAPER = _KEPT + "files/<uuid:pk>/"
_ONE = "<slug:code>/"
_FILE = _ONE + "files/<uuid:pk>/"
urlpatterns = [
    path("", public.home, name="home"),
    path("oai/", harvest.harvest, name="oai"),
    path("feed.rss", harvest.rss, name="rss"),
    path("feed.atom", harvest.atom, name="atom"),
    path("export.<str:form>", tables.export, name="export"),
    path("keep/", keeping.keep, name="keep"),
    path("keep/new/", keeping.new, name="new"),
    path("keep/openings/", papers.wishes, name="wishes"),
    path("keep/openings/<int:pk>/", papers.decide_wish, name="decide"),
    path("keep/tables/", tables.bring, name="bring"),
    path("keep/tables/<uuid:pk>/", tables.judged, name="judged"),
    path("keep/taken/", tables.counts, name="counts"),
    path("keep/taken.csv", tables.counts_table, name="counts-table"),
    path(_KEPT, keeping.desk, name="desk"),
    path(_KEPT + "edit/", keeping.edit, name="edit"),
    path(_KEPT + "show/", keeping.show, name="show"),
    path(_KEPT + "withdraw/", keeping.withdraw, name="withdraw"),
    path(_KEPT + "restore/", keeping.restore, name="restore"),
    path(_KEPT + "access/", papers.set_access, name="access"),
    path(_KEPT + "files/", papers.papers, name="papers"),
    path(_PAPER, papers.paper, name="paper"),
    path(_PAPER + "replace/", papers.replace, name="replace"),
    path(_PAPER + "alter/", papers.alter, name="alter"),
    path(_PAPER + "access/", papers.set_part_access, name="part-access"),
    path(_ONE, public.record, name="record"),
    path(_ONE + "cite.<str:form>", harvest.cite, name="cite"),
    path(_ONE + "record.jsonld", harvest.structured, name="structured"),
    path(_ONE + "all.zip", public.everything, name="everything"),
    path(_FILE, public.fetch, name="fetch"),
    path(_FILE + "page.png", public.preview, name="preview"),
]
