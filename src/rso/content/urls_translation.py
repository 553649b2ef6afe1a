"""Where translators, national reviewers and keepers of glossaries work."""

from __future__ import annotations

from django.urls import path

from rso.content.views import exchange, glossary, reviewing, translating

app_name = "translation"
urlpatterns = [
    path("", translating.overview, name="overview"),
    path("matrix/", translating.matrix, name="matrix"),
    path("begin/<int:edition>/<str:language>/", translating.begin, name="begin"),
    path("<int:pk>/", translating.screen, name="screen"),
    path("<int:pk>/part/<slug:key>/", translating.save, name="save"),
    path("<int:pk>/part/<slug:key>/still-right/", translating.still_right, name="still-right"),
    path("<int:pk>/part/<slug:key>/comment/", translating.comment, name="comment"),
    path("<int:pk>/part/<slug:key>/recording/", translating.recording, name="recording"),
    path("<int:pk>/comment/<int:remark>/resolve/", translating.resolve, name="resolve"),
    path("<int:pk>/submit/", reviewing.submit, name="submit"),
    path("<int:pk>/review/", reviewing.review, name="review"),
    path("<int:pk>/publish/", reviewing.publish, name="publish"),
    path("<int:pk>/file/<str:form>/", exchange.export, name="export"),
    path("<int:pk>/import/", exchange.send, name="import"),
    path("<int:pk>/import/<uuid:arrival>/", exchange.look, name="look"),
    path("glossary/", glossary.languages, name="glossaries"),
    path("glossary/<str:language>/", glossary.terms, name="glossary"),
    path("glossary/<str:language>/add/", glossary.add, name="term-add"),
    path("glossary/<str:language>/load/", glossary.load, name="glossary-load"),
    path("glossary/<str:language>/table.<str:ending>", glossary.table, name="glossary-table"),
    path("glossary/<str:language>/<int:pk>/", glossary.change, name="term"),
    path("glossary/<str:language>/<int:pk>/remove/", glossary.remove, name="term-remove"),
]
