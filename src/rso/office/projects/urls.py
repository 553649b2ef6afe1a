from __future__ import annotations

from django.urls import path

from rso.office.projects.views import moves, offered, proposals, public

app_name = "projects"
_ONE = "proposals/<uuid:pk>/"
urlpatterns = [
    path("projects/", public.projects, name="projects"),
    path("projects/<uuid:pk>/", public.project, name="project"),
    path("proposals/", proposals.proposals, name="proposals"),
    path("proposals/new/", proposals.draft, name="draft"),
    path("proposals/from-offer/<uuid:pk>/", offered.draft_of_offer, name="draft-of-offer"),
    path(_ONE, proposals.proposal, name="proposal"),
    path(_ONE + "edit/", proposals.edit, name="edit"),
    path(_ONE + "print/", proposals.printed, name="print"),
    path(_ONE + "export.json", proposals.export, name="export"),
    path(_ONE + "files/", proposals.attach, name="attach"),
    path(_ONE + "files/<int:attachment>/remove/", proposals.detach, name="detach"),
    path(_ONE + "submit/", moves.submit, name="submit"),
    path(_ONE + "withdraw/", moves.withdraw, name="withdraw"),
    path(_ONE + "assess/", moves.assess, name="assess"),
    path(_ONE + "consult/", moves.consult, name="consult"),
    path(_ONE + "close/", moves.close, name="close"),
    path(_ONE + "comment/", moves.comment, name="comment"),
    path(_ONE + "sign/", moves.sign, name="sign"),
    path(_ONE + "reconsider/", moves.reconsider, name="reconsider"),
]
