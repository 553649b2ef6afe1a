from __future__ import annotations

from django.urls import path

from rso.office.front.views import administration, finding, kept, pages, standing, words

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
    path("search/saved/", kept.saved, name="saved"),
    path("search/saved/add/", kept.save, name="save"),
    path("search/saved/<int:pk>/", kept.change, name="saved-change"),
    path("search/recent/", kept.recent, name="recent"),
    path("search/words/", words.words, name="words"),
    path("search/words/add/", words.group, name="words-add"),
    path("search/words/<int:pk>/", words.group, name="words-group"),
    path("search/words/<int:pk>/remove/", words.remove, name="words-remove"),
]
