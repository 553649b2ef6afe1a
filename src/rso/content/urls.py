from __future__ import annotations

from django.urls import path

from rso.content.views import reading, revisions, versions, works, writing

app_name = "content"
_TEXT = "pages/<slug:code>/<slug:language>/"
_ONE = "texts/version/<int:pk>/"
urlpatterns = [
    # readers
    path("pages/", reading.pages, name="pages"),
    path("pages/<slug:code>/", reading.page, name="page"),
    path(_TEXT, reading.page, name="page-in"),
    path(_TEXT + "print/", reading.printed, name="print"),
    path(_TEXT + "history/", reading.history, name="history"),
    path(_TEXT + "compare/<uuid:old>/<uuid:new>/", reading.compare, name="compare"),
    path("check/<uuid:pk>/", reading.check, name="check"),
    path("texts/files/<uuid:pk>/", reading.file, name="file"),
    # those who write
    path("texts/", works.works, name="works"),
    path("texts/new/", works.begin, name="begin"),
    path("texts/about/<slug:code>/", works.work, name="work"),
    path("texts/about/<slug:code>/change/", works.change, name="change"),
    path("texts/about/<slug:code>/edition/", works.begin_edition, name="begin-edition"),
    path("texts/about/<slug:code>/language/", works.begin_language, name="begin-language"),
    path(_ONE, versions.version, name="version"),
    path(_ONE + "assign/", versions.assign, name="assign"),
    path(_ONE + "submit/", versions.submit, name="submit"),
    path(_ONE + "decide/", versions.decide_on, name="decide"),
    path(_ONE + "publish/", versions.publish, name="publish"),
    path(_ONE + "schedule/", versions.schedule, name="schedule"),
    path(_ONE + "withdraw/", versions.withdraw, name="withdraw"),
    path(_ONE + "write/", writing.write, name="write"),
    path(_ONE + "part/<int:segment>/", writing.part, name="part"),
    path(_ONE + "preview/", writing.preview, name="preview"),
    path(_ONE + "lock/", writing.lock, name="lock"),
    path(_ONE + "comment/", writing.comment, name="comment"),
    path(_ONE + "comment/<int:remark>/resolve/", writing.resolve, name="resolve"),
    path(_ONE + "revisions/", revisions.revisions, name="revisions"),
    path(_ONE + "revisions/back/", revisions.back, name="back"),
    path(_ONE + "part/<int:segment>/revisions/", revisions.part, name="part-revisions"),
    path(_ONE + "part/<int:segment>/restore/", revisions.restore, name="restore"),
]
