"""What the queue has to show to the search: enquiries, to whoever may see the queue."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from rso.office.intake.models import Enquiry
from rso.office.intake.rules import IntakePermission, State
from rso.search.audiences import of_permission
from rso.search.entries import Entry
from rso.search.sources import register

#: Where a sender's language was not kept.
_LANGUAGE: Final = "en"


def enquiries() -> Iterator[Entry]:
    """What was confirmed. Neither the sender's name nor address is copied: the queue itself finds those."""
    audience = of_permission(IntakePermission.SEE)
    for row in Enquiry.objects.exclude(state=State.UNCONFIRMED.value).iterator():
        path = reverse("intake:enquiry", args=[row.pk])
        language = row.language or _LANGUAGE
        yield Entry("enquiry", str(row.pk), language, row.organisation_name, row.message, path, audience)


def enter() -> None:
    """Enters them with the search."""
    register("enquiry", _("Enquiry"), enquiries)
