"""Labelled defaults: read, changed by whoever may, kept from nonsense, and in the audit as numbers alone."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st
from tests.node.people import client_of, person

from rso.accounts.models import User
from rso.accounts.queries import actor_of
from rso.accounts.rules import NotAllowed, Role
from rso.audit.models import Entry
from rso.defaults import actions, queries, rules
from rso.defaults.models import Setting
from rso.defaults.rules import Default, WrongValue, table

NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)
HOUR = "notices.digest-hour"
NUMBER = Default("tests.number", 7, "Number", "Help", least=2, most=30)
MAIL = Default("tests.mail", "", "Mail", "Help", mail=True)


@pytest.mark.parametrize(
    ("default", "text", "code"),
    [
        (NUMBER, "seven", "not-a-whole-number"),
        (NUMBER, "-7", "not-a-whole-number"),
        (NUMBER, "7.5", "not-a-whole-number"),
        (NUMBER, "٧", "not-a-whole-number"),
        (NUMBER, "", "not-a-whole-number"),
        (NUMBER, "1", "out-of-range"),
        (NUMBER, "31", "out-of-range"),
        (MAIL, "nobody", "no-mail-address"),
        (MAIL, "a@b.example\nBcc: c@d.example", "too-long"),
        (MAIL, "<a@b.example>", "no-mail-address"),
        (MAIL, "a" * 201, "too-long"),
    ],
)
def test_nonsense_is_refused_with_its_code(default: Default[Any], text: str, code: str) -> None:
    with pytest.raises(WrongValue) as caught:
        default.read(text)
    assert caught.value.code == code


@given(st.integers(2, 30))
def test_what_lies_between_is_read_as_it_is(number: int) -> None:
    assert NUMBER.read(f" {number} ") == number


@given(st.text(max_size=40))
def test_any_text_is_a_number_in_range_or_refused(text: str) -> None:
    try:
        assert 2 <= NUMBER.read(text) <= 30
    except WrongValue:
        return


@pytest.mark.parametrize("name", ["Number", "tests", "tests.Number", "a.b.c", HOUR])
def test_a_name_has_a_form_and_is_entered_once(name: str) -> None:
    with pytest.raises(ValueError, match=r"is not of the form|entered twice"):
        rules.whole(name, 1, least=0, most=2, label="x", help="x")


@pytest.mark.django_db
class TestChanging:
    @pytest.fixture
    def administrator(self) -> User:
        return person(Role.OFFICE_ADMINISTRATOR)

    def test_a_change_holds_at_once_and_leaves_its_numbers_in_the_audit(self, administrator: User) -> None:
        hour, actor = table()[HOUR], actor_of(administrator, NOW.date())
        assert queries.value_of(hour) == 7
        actions.change(actor, default=hour, text="9", now=NOW)
        assert queries.value_of(hour) == 9
        actions.change(actor, default=hour, text="9", now=NOW)
        assert [e.facts for e in Entry.objects.filter(event="defaults:setting:changed")] == [{"from": 7, "to": 9}]
        actions.restore(actor, default=hour)
        actions.restore(actor, default=hour)
        assert queries.value_of(hour) == 7
        assert Entry.objects.filter(event="defaults:setting:restored").count() == 1

    def test_a_stored_value_that_is_no_longer_taken_is_the_default_again(self, administrator: User) -> None:
        Setting.objects.create(name=HOUR, value="99", changed_at=NOW, changed_by=administrator)
        assert queries.value_of(table()[HOUR]) == 7

    def test_staff_read_and_do_not_change(self) -> None:
        staff = person(Role.RSO_STAFF)
        client = client_of(staff)
        page = client.get(reverse("defaults:settings")).content.decode()
        assert "labelled default, to be agreed by members" in page
        assert reverse("defaults:setting", args=[HOUR]) not in page
        assert client.post(reverse("defaults:setting", args=[HOUR]), {"value": "9"}).status_code == 403
        with pytest.raises(NotAllowed):
            actions.change(actor_of(staff, NOW.date()), default=table()[HOUR], text="9", now=NOW)

    def test_an_administrator_changes_it_on_the_page(self, administrator: User) -> None:
        client: Client = client_of(administrator)
        page = reverse("defaults:setting", args=[HOUR])
        wrong = client.post(page, {"value": "24"})
        assert (wrong.status_code, "a number from 0 to 23" in wrong.content.decode()) == (422, True)
        assert client.post(page, {"value": "6"}).status_code == 302
        assert "Set by" in client.get(reverse("defaults:settings")).content.decode()
        client.post(reverse("defaults:restore", args=[HOUR]))
        assert not Setting.objects.exists()
        assert client.get(reverse("defaults:setting", args=["no.such"])).status_code == 404
