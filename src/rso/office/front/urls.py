from __future__ import annotations

from django.urls import path

from rso.office.front.views import administration, finding, pages, standing

app_name = "front"
urlpatterns = [
    path("", pages.home, name="home"),
    path("about/", pages.about, name="about"),
    path("members/", pages.members, name="members"),
    path("resources/", pages.resources, name="resources"),
    path("desk/", standing.desk, name="desk"),
    path("contact/", standing.contact, name="contact"),
    path("help/", standing.help_page, name="help"),
    path("accessibility/", standing.accessibility, name="accessibility"),
    path("privacy/", standing.privacy, name="privacy"),
    path("software/", standing.software, name="software"),
    path("administration/", administration.administration, name="administration"),
    path("administration/jobs/", administration.jobs, name="jobs"),
    path("administration/jobs/<uuid:pk>/<slug:move>/", administration.act_on_job, name="act-on-job"),
    path("search/", finding.search, name="search"),
]
