"""Organisations and agencies as an administrator keeps them, and terms that have not begun."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from tests.node.people import client_of, person

from rso.accounts import actions
from rso.accounts.models import Organisation, Seat
from rso.accounts.rules import ANONYMOUS, NotAllowed, Role, system_actor
from rso.audit.models import Entry
from rso.base.errors import RsoError
from rso.ui.pseudo import untranslated

pytestmark = pytest.mark.django_db
SYSTEM = system_actor("command-line")
NEW = {"name": "Harbour Foundation (synthetic)", "code": "HARBOUR", "kind": "ngo"}


@pytest.fixture
def administrator() -> Client:
    return client_of(person(Role.OFFICE_ADMINISTRATOR, name="Ada"))


def _events() -> list[str]:
    return list(Entry.objects.filter(event__contains="organisation").values_list("event", flat=True)) + list(
        Entry.objects.filter(event__contains="agency").values_list("event", flat=True)
    )


def test_an_organisation_and_its_agency_from_the_pages(administrator: Client) -> None:
    assert administrator.post(reverse("accounts:add-organisation"), NEW).status_code == 302
    organisation = Organisation.objects.get(code="HARBOUR")
    here = reverse("accounts:organisation", args=[organisation.pk])
    agency = {"name": "Field office", "code": "HARBOUR/FIELD"}
    assert (
        administrator.post(reverse("accounts:add-agency", args=[organisation.pk]), agency).headers["Location"] == here
    )
    renamed = reverse("accounts:rename-agency", args=[organisation.pk, organisation.agencies.get().pk])
    administrator.post(renamed, {"name": "Coast office"})
    administrator.post(reverse("accounts:rename-organisation", args=[organisation.pk]), {"name": "Harbour Trust"})
    page = administrator.get(here).content.decode()
    assert "Harbour Trust" in page
    assert "Coast office" in page
    assert "HARBOUR/FIELD" in page
    assert _events() == [
        "accounts:organisation:added", "accounts:organisation:changed",
        "accounts:agency:added", "accounts:agency:changed",
    ]  # fmt: skip
    found = administrator.get(reverse("accounts:organisations") + "?q=harbour&kind=ngo").content.decode()
    assert "Harbour Trust" in found
    assert (
        "No organisation here fits" in administrator.get(reverse("accounts:organisations") + "?q=zz").content.decode()
    )


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"code": "XAV"}, "choose another code"),
        ({"code": "small"}, "Capital letters"),
        ({"name": ""}, "This field is required"),
        ({"kind": "empire"}, "valid choice"),
    ],
)
def test_what_is_refused_keeps_what_was_typed(administrator: Client, change: dict[str, str], told: str) -> None:
    answer = administrator.post(reverse("accounts:add-organisation"), NEW | change)
    assert answer.status_code == 422
    assert told in answer.content.decode()
    assert change.get("name", NEW["name"]) in answer.content.decode()
    assert not Organisation.objects.filter(name=NEW["name"]).exists()


def test_an_agency_of_another_organisation_is_not_found(administrator: Client) -> None:
    one, two = (actions.add_organisation(SYSTEM, code=code, name=code, kind="ngo") for code in ("ONE", "TWO"))
    agency = actions.add_agency(SYSTEM, organisation=one, code="ONE/A", name="A")
    assert administrator.get(reverse("accounts:rename-agency", args=[two.pk, agency.pk])).status_code == 404
    with pytest.raises(RsoError) as refused:
        actions.add_agency(SYSTEM, organisation=one, code="one/a", name="B")
    assert refused.value.code == "agency-code-in-use"


def test_only_administrators(client: Client) -> None:
    official = client_of(person(Role.MEMBER_OFFICIAL, name="Noor"))
    for name in ("organisations", "add-organisation"):
        assert official.get(reverse(f"accounts:{name}")).status_code == 403
        assert client.get(reverse(f"accounts:{name}")).status_code == 302
    with pytest.raises(NotAllowed):
        actions.add_organisation(ANONYMOUS, code="X", name="X", kind="ngo")


def test_one_seat_is_not_given_twice_in_the_same_days(administrator: Client) -> None:
    noor = actions.invite(SYSTEM, email="noor@rso.example", name="Noor", synthetic=True)
    organisation, today = Organisation.objects.get(code="XAV"), timezone.localdate()
    given: dict[str, Any] = {"user": noor.pk, "role": "member-official", "organisation": organisation.pk}
    given["starts_on"] = today.isoformat()
    assert administrator.post(reverse("accounts:give-seat"), given).status_code == 302
    again = administrator.post(reverse("accounts:give-seat"), given)
    assert "in these days already" in again.content.decode()
    actions.end_seat(SYSTEM, seat=Seat.objects.get(user=noor), on=today)
    later = given | {"starts_on": (today + timedelta(days=1)).isoformat()}
    assert administrator.post(reverse("accounts:give-seat"), later).status_code == 302
    assert Seat.objects.filter(user=noor).count() == 2


def test_a_term_that_has_not_begun_is_taken_back(administrator: Client) -> None:
    noor = actions.invite(SYSTEM, email="noor@rso.example", name="Noor", synthetic=True)
    organisation, today = Organisation.objects.get(code="XAV"), timezone.localdate()

    def give(days: int) -> Seat:
        starts = today + timedelta(days=days)
        return actions.give_seat(
            SYSTEM, user=noor, role=Role.MEMBER_OFFICIAL, organisation=organisation, starts_on=starts
        )

    coming = give(30)
    page = administrator.get(reverse("accounts:person", args=[noor.opaque])).content.decode()
    assert "Take back" in page
    administrator.post(reverse("accounts:cancel-seat", args=[coming.pk]))
    assert not Seat.objects.filter(user=noor).exists()
    assert Entry.objects.filter(event="accounts:seat:cancelled", subject=str(noor.opaque)).exists()
    begun = give(0)
    administrator.post(reverse("accounts:cancel-seat", args=[begun.pk]))
    assert Seat.objects.filter(pk=begun.pk).exists(), "what has begun is ended, never deleted"


@pytest.mark.parametrize("language", ["en-xa", "ar-xb"])
def test_every_word_is_translated(language: str) -> None:
    client = client_of(person(Role.OFFICE_ADMINISTRATOR), headers={"accept-language": language})
    organisation = Organisation.objects.get(code="XAV")
    empty = actions.add_organisation(SYSTEM, code="EMPTY", name="Empty", kind="academy")
    agency = actions.add_agency(SYSTEM, organisation=organisation, code="XAV/GOV/BORDER", name="Border Service")
    pages = [reverse("accounts:organisations"), reverse("accounts:organisations") + "?q=zz"]
    pages += [reverse("accounts:organisation", args=[row.pk]) for row in (organisation, empty)]
    pages += [reverse(f"accounts:{name}", args=[organisation.pk]) for name in ("rename-organisation", "add-agency")]
    pages += [
        reverse("accounts:rename-agency", args=[organisation.pk, agency.pk]),
        reverse("accounts:add-organisation"),
    ]
    for page in pages:
        answer = client.get(page)
        assert answer.status_code == 200, page
        assert untranslated(answer.content.decode()) == [], page
