from __future__ import annotations

from django.urls import path

from rso.node.searches.views import answering, asking

app_name = "searches"
urlpatterns = [
    path("", asking.searches, name="searches"),
    path("new/", asking.new, name="new"),
    path("<uuid:pk>/", asking.search, name="search"),
    path("<uuid:pk>/change/", asking.change, name="change"),
    path("<uuid:pk>/image.png", asking.image, name="image"),
    path("<uuid:pk>/send/", asking.send, name="send"),
    path("<uuid:pk>/agreement/", asking.ask_agreement, name="ask-agreement"),
    path("<uuid:pk>/agree/", asking.agree, name="agree"),
    path("<uuid:pk>/cancel/", asking.cancel, name="cancel"),
    path("questions/<uuid:pk>/disclosure/", asking.request_disclosure, name="request-disclosure"),
    path("disclosures/<uuid:pk>/", asking.disclosed, name="disclosed"),
    path("probes/", answering.probes, name="probes"),
    path("probes/<uuid:pk>/", answering.probe, name="probe"),
    path("probes/<uuid:pk>/image.png", answering.probe_image, name="probe-image"),
    path("candidates/<uuid:pk>/", answering.candidate, name="candidate"),
    path("candidates/<uuid:pk>/image.png", answering.candidate_image, name="candidate-image"),
    path("requests/", answering.requests, name="requests"),
    path("requests/<uuid:pk>/", answering.disclosure_request, name="request"),
]
