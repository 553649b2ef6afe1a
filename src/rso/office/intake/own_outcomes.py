"""The kinds of outcome that the queue itself knows."""

from __future__ import annotations

from collections.abc import Collection

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from rso.accounts.models import Organisation
from rso.office.intake.actions import becoming
from rso.office.intake.models import Listing, Secondment
from rso.office.intake.outcomes import Kind, Look, enter_kind
from rso.office.intake.rules import IntakePermission, Way


def _organisations(keys: Collection[str]) -> dict[str, Look]:
    rows = Organisation.objects.filter(pk__in=[int(key) for key in keys])
    return {
        str(row.pk): Look(row.name, reverse("accounts:organisation", args=[row.pk]), row.get_kind_display())
        for row in rows
    }  # fmt: skip


def _secondments(keys: Collection[str]) -> dict[str, Look]:
    rows = Secondment.objects.filter(pk__in=keys)
    return {
        str(row.pk): Look(row.discipline, reverse("intake:secondment", args=[row.pk]), row.get_state_display())
        for row in rows
    }  # fmt: skip


def _listings(keys: Collection[str]) -> dict[str, Look]:
    rows = Listing.objects.filter(pk__in=keys)
    return {
        str(row.pk): Look(row.title, reverse("intake:listing", args=[row.pk]), row.get_state_display()) for row in rows
    }


def enter_own() -> None:
    """Enters them; called once."""
    enter_kind(
        Kind(
            "organisation", _("Interested party"), _("Enter the organisation"), "intake:make-organisation",
            frozenset({Way.TAKE_PART, Way.FUND, Way.LIST_TRAINING}), IntakePermission.CONVERT,
            _organisations, becoming.remove_organisation,
        )
    )  # fmt: skip
    enter_kind(
        Kind(
            "secondment", _("Secondment"), _("Record a secondment"), "intake:make-secondment",
            frozenset({Way.SECOND}), IntakePermission.HANDLE_SECONDMENTS, _secondments, becoming.remove_secondment,
        )
    )  # fmt: skip
    enter_kind(
        Kind(
            "listing", _("Training listing"), _("Begin a listing"), "intake:make-listing",
            frozenset({Way.LIST_TRAINING}), IntakePermission.HANDLE_LISTINGS, _listings, becoming.remove_listing,
        )
    )  # fmt: skip
