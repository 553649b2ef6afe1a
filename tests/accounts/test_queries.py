"""Lists stay cheap however long they are, and a session bound to one organisation acts there alone."""

from __future__ import annotations

from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from tests.accounts.places import actor, client, holder, place
from tests.node.people import client_of

from rso.accounts import actions
from rso.accounts.factors import PROVIDER_ORGANISATION
from rso.accounts.models import Seat
from rso.accounts.rules import Role, system_actor

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("path", ["people", "seats", "organisations", "invitations", "you", "permissions"])
def test_a_list_asks_the_database_at_most_twelve_times(path: str) -> None:
    office = client("Olga", Role.OFFICE_ADMINISTRATOR, "RSO")
    for number in range(25):
        holder(f"Person{number:02}", Role.MEMBER_OFFICIAL)
        actions.invite(system_actor("t"), email=f"i{number}@x.example", name="I", organisation=place("XAV"))
    office.get(reverse(f"accounts:{path}"))
    with CaptureQueriesContext(
        connection,
    ) as asked:
        assert office.get(reverse(f"accounts:{path}")).status_code == 200
    assert len(asked) <= 12, "\n".join(row["sql"][:150] for row in asked)


def test_a_session_that_a_provider_opened_acts_at_its_organisation_alone() -> None:
    noor = holder("Noor", Role.MEMBER_OFFICIAL)
    Seat.objects.create(
        user=noor, role=Role.OFFICE_ADMINISTRATOR, organisation=place("RSO"), starts_on=date(2020, 1, 1)
    )
    browser = client_of(noor)
    assert browser.get(reverse("accounts:people")).status_code == 200
    session = browser.session
    session[PROVIDER_ORGANISATION] = "XAV"
    session.save()
    assert browser.get(reverse("accounts:people")).status_code == 403
    assert browser.get(reverse("accounts:you")).status_code == 200
    assert actor(noor).only_at("XAV").roles == {Role.MEMBER_OFFICIAL}
