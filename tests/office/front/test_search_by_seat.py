"""What each person finds of proposals and enquiries: what their own pages would show them, and nothing else."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from tests.office.conftest import Browser
from tests.office.proposals import drafted

from rso.accounts.models import Seat, User
from rso.accounts.rules import Actor
from rso.office.intake.models import Enquiry
from rso.office.projects.actions import drafting
from rso.search import actions
from rso.search.entries import Entry

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)


def found(client: Client, words: str) -> list[str]:
    """The kinds that the page and the interface tell, which must agree."""
    items = client.get("/api/search", {"q": words, "size": "50"}).json()["items"]
    page = client.get(reverse("front:search"), {"q": words})
    assert page.context["count"] == len(items)
    assert [row.path for row in page.context["page_obj"]] == [row["path"] for row in items][:10]
    return sorted(row["kind"] for row in items)


@pytest.mark.usefixtures("directory")
def test_a_draft_is_found_by_its_own_members_officials_alone(actors: dict[str, Actor], browser: Browser) -> None:
    proposal = drafted(browser("official"), title="Zeppelin watch")
    actions.refresh(now=NOW)
    assert found(browser("official"), "zeppelin") == found(browser("colleague"), "zeppelin") == ["draft"]
    for other in ("stranger", "manager-a", "steering", "staff", "administrator", "party"):
        assert found(browser(other), "zeppelin") == [], other
    assert found(Client(), "zeppelin") == []
    drafting.submit(actors["official"], proposal=proposal, now=NOW)
    actions.refresh(now=NOW)
    for reader in ("official", "stranger", "manager-a", "steering", "staff"):
        assert found(browser(reader), "zeppelin") == ["proposal"], reader
    for other in ("administrator", "party"):
        assert found(browser(other), "zeppelin") == [], other


def test_an_enquiry_is_found_by_those_who_see_the_queue(browser: Browser) -> None:
    Enquiry.objects.create(
        way="fund", state="new", organisation_name="Zeppelin Fund", organisation_kind="ngo", contact_name="Lea Mond",
        email="a@synthetic.invalid", message="We offer airships.", created_at=NOW, confirmation_digest="a",
    )  # fmt: skip
    Enquiry.objects.create(
        way="fund", state="unconfirmed", organisation_name="Zeppelin Two", organisation_kind="ngo", contact_name="L",
        email="b@synthetic.invalid", message="Airships.", created_at=NOW, confirmation_digest="b",
    )  # fmt: skip
    actions.refresh(now=NOW)
    for reader in ("staff", "manager-a", "administrator"):
        assert found(browser(reader), "zeppelin airships") == ["enquiry"], reader
    for other in ("official", "steering", "party"):
        assert found(browser(other), "zeppelin") == [], other
    assert found(browser("staff"), "mond") == []  # a sender's name is not copied into the index


def test_a_seat_that_ends_closes_the_search_at_the_next_request(people: dict[str, User], browser: Browser) -> None:
    actions.put([Entry("text", "a", "en", "Zeppelin", "", "/a", audience="staff")], now=NOW)
    client = browser("staff")
    assert found(client, "zeppelin") == ["text"]
    yesterday = datetime.now(UTC).date() - timedelta(days=1)
    Seat.objects.filter(user=people["staff"]).update(ends_on=yesterday)
    assert found(client, "zeppelin") == []


def test_what_was_chosen_stands_in_the_address_and_can_be_taken_away(client: Client) -> None:
    texts = [("a", "en"), ("b", "th"), ("c", "th")]
    actions.put([Entry("project", ref, language, "Zeppelin", "", "/") for ref, language in texts], now=NOW)
    page = client.get(reverse("front:search"), {"q": "zeppelin"})
    assert [(one.language, one.amount, one.label) for one in page.context["languages"]] == [
        ("th", 2, "ไทย"), ("en", 1, "English"),
    ]  # fmt: skip
    narrowed = client.get(page.context["languages"][0].href)
    assert narrowed.context["count"] == 2
    assert [one.href for one in narrowed.context["chosen"]] == ["/search/?q=zeppelin"]
    both = client.get(reverse("front:search"), {"q": "zeppelin", "language": "th", "kind": "project"})
    assert [one.href for one in both.context["chosen"]] == [
        "/search/?q=zeppelin&language=th",
        "/search/?q=zeppelin&kind=project",
    ]
    nothing = client.get(reverse("front:search"), {"q": "zeppelin", "language": "km"})
    assert nothing.context["count"] == 0
    assert "Take away what narrows" in nothing.content.decode()


@pytest.mark.parametrize("words", ["zeppelin", "zepelin", "zepelin wach", "zeppelinwatch"])
def test_with_a_seat_a_page_takes_few_questions_to_the_database_too(browser: Browser, words: str) -> None:
    actions.put([Entry("project", "a", "en", "Zeppelin watch", "", "/", audience="staff")], now=NOW)
    client = browser("staff")
    client.get(reverse("front:search"), {"q": words})  # what is remembered is written once
    with CaptureQueriesContext(connection) as asked:
        page = client.get(reverse("front:search"), {"q": words})
    assert page.context["count"] == 1
    assert len(asked) <= 13
