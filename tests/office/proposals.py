"""A complete proposal as a browser sends it."""

from __future__ import annotations

from typing import Any

from django.test import Client
from django.urls import reverse

from rso.office.projects.models import Proposal

FORM: dict[str, Any] = {
    "title": "A shared course for shift leaders (synthetic)",
    "problem": "Each academy writes its own course.",
    "approach": "Three academies write one course together.",
    "results": "One course, taught twice.",
    "risks": "None of the examples shows a real person.",
    "objectives": ["capacity-building"],
    "principles": ["life-and-dignity"],
    "partners": ["XCS"],
    "starts_on": "2027-02-01",
    "ends_on": "2027-11-30",
    "budget-TOTAL_FORMS": "2",
    "budget-INITIAL_FORMS": "0",
    "budget-0-year": "2027",
    "budget-0-currency": "aud",
    "budget-0-amount": "1200.50",
    "budget-0-purpose": "Two workshops",
    "budget-1-year": "2027",
    "budget-1-currency": "USD",
    "budget-1-amount": "300",
    "budget-1-purpose": "Travel",
}


def drafted(client: Client, **changes: Any) -> Proposal:
    """A draft of the browser's member, through the page."""
    answer = client.post(reverse("projects:draft"), FORM | changes)
    assert answer.status_code == 302, answer.content.decode()
    return Proposal.objects.latest("created_at")


def page_of(client: Client, proposal: Proposal) -> str:
    answer = client.get(reverse("projects:proposal", args=[proposal.pk]))
    assert answer.status_code == 200
    return answer.content.decode()
