"""From an enquiry to a draft of a proposal."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from rso.accounts.guards import needs
from rso.accounts.middleware import ActorRequest
from rso.accounts.models import Organisation
from rso.office.intake import queries as intake
from rso.office.intake.views.making import filled_in
from rso.office.projects.actions import offered
from rso.office.projects.rules import ProjectsPermission

_MEMBERS = (Organisation.Kind.STATE, Organisation.Kind.MEMBER_ORGANISATION)


class OfferForm(forms.Form):
    """Whose draft it becomes, and its first words."""

    member = forms.ModelChoiceField(
        label=gettext_lazy("Member"), queryset=Organisation.objects.filter(kind__in=_MEMBERS),
        widget=forms.Select(attrs={"translate": "no"}),
        help_text=gettext_lazy("Proposals are members': its officials are told, and work on the draft."),
    )  # fmt: skip
    title = forms.CharField(label=gettext_lazy("Title"), max_length=200)
    problem = forms.CharField(
        label=gettext_lazy("Problem to be met"),
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 5, "translate": "no"}),
    )


@require_http_methods(["GET", "HEAD", "POST"])
@needs(ProjectsPermission.DRAFT_OF_OFFER)
def draft_of_offer(request: ActorRequest, pk: UUID) -> HttpResponse:
    row = get_object_or_404(intake.queue(request.actor, state="all").filter(erased_at=None), pk=pk)
    said = {"problem": row.details.get("problem") or row.message, "title": _title(row.message)}

    def act(fields: dict[str, Any]) -> object:
        return offered.draft_of(request.actor, enquiry=row, now=timezone.now(), **fields)

    return filled_in(
        request, row, OfferForm(request.POST or None, initial=said), act,
        title=_("Begin a project proposal"),
        lead=_("A draft of one member, with what its officials need to go on. Only they see it until it is submitted."),
        done=_("The draft is begun, and the member's officials are told."),
    )  # fmt: skip


def _title(message: str) -> str:
    """The first words of the message, as a title that is there to be changed."""
    first = message.strip().splitlines()[0] if message.strip() else ""
    return first if len(first) <= 80 else first[:80].rsplit(" ", 1)[0] + "…"
