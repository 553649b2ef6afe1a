"""The search page, its interface and its command: what a visitor finds of what the office shows."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest
from click.testing import CliRunner
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from rso.cli.main import main
from rso.office.directory.models import Resource
from rso.office.projects.models import Project
from rso.search import actions
from rso.search.entries import Entry
from rso.search.models import Document
from rso.search.sources import sources
from rso.search.tasks import refresh

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 27, tzinfo=UTC)


@pytest.fixture
def indexed(directory: None) -> None:
    actions.refresh(now=NOW)


def words_of(client: Client, **asked: str) -> str:
    return client.get(reverse("front:search"), asked).content.decode()


@pytest.mark.usefixtures("indexed")
class TestPage:
    def test_everything_that_is_shown_is_found_by_its_title(self, client: Client) -> None:
        without = {"project", "proposal", "draft", "enquiry", "focal-point", "page", "country-fact", "library"}
        assert set(Document.objects.values_list("kind", flat=True)) == set(sources()) - without
        for document in Document.objects.exclude(kind="passage"):
            found = client.get("/api/search", {"q": document.title, "size": "50"}).json()["items"]
            assert document.path in [row["path"] for row in found], document

    def test_every_result_leads_to_a_page_and_its_place(self, client: Client) -> None:
        for path in set(Document.objects.values_list("path", flat=True)):
            address, _, place = path.partition("#")
            page = client.get(address)
            assert page.status_code == 200, path
            assert not place or f'id="{place}"' in page.content.decode(), path

    def test_what_was_looked_for_is_marked(self, client: Client) -> None:
        page = words_of(client, q="viet nam")
        assert "<mark>Viet</mark>" in page
        assert reverse("front:members") in page

    def test_kinds_narrow_and_say_how_many_there_are(self, client: Client) -> None:
        everything = client.get(reverse("front:search"), {"q": "trafficking"})
        assert {tab.amount for tab in everything.context["tabs"][1:]} <= set(range(1, 100))
        amount = next(tab.amount for tab in everything.context["tabs"] if tab.href.endswith("kind=resource"))
        only = client.get(reverse("front:search"), {"q": "trafficking", "kind": "resource"})
        assert only.context["count"] == amount < everything.context["count"]

    def test_nothing_asked_and_nothing_found_say_what_to_do(self, client: Client) -> None:
        assert "What are you looking for?" in words_of(client)
        assert "Nothing has all of these words" in words_of(client, q="zeppelin")
        assert "Nothing that you narrowed to has these words" in words_of(client, q="viet nam", kind="resource")

    def test_a_slip_is_corrected_and_the_page_says_to_what(self, client: Client) -> None:
        page = words_of(client, q="traficking victims")
        assert "<strong>trafficking victims</strong>" in page
        assert "<mark>Trafficking</mark>" in page

    @pytest.mark.parametrize(
        "asked",
        [
            {"q": '"*^:'}, {"q": "NEAR(a b)"}, {"q": "a" * 5_000}, {"q": "\x00"}, {"q": "x", "page": "-1"},
            {"q": "trafficking", "page": "99"}, {"q": "x", "kind": "none"}, {"q": "AND OR NOT"}, {"q": "'; DROP"},
        ],
    )  # fmt: skip
    def test_whatever_is_typed_gets_a_page(self, client: Client, asked: dict[str, str]) -> None:
        assert client.get(reverse("front:search"), asked).status_code == 200

    def test_what_somebody_types_is_no_markup(self, client: Client) -> None:
        assert "<b>x" not in words_of(client, q="<b>x")

    def test_a_page_takes_few_questions_to_the_database(self, client: Client) -> None:
        with CaptureQueriesContext(connection) as asked:
            words_of(client, q="trafficking")
        assert len(asked) <= 12

    def test_more_than_a_page_is_turned(self, client: Client) -> None:
        first = client.get(reverse("front:search"), {"q": "bali process"})
        assert first.context["count"] > 10
        second = client.get(reverse("front:search"), {"q": "bali process", "page": "2"})
        shown = [{row.snippet for row in page.context["page_obj"]} for page in (first, second)]
        assert all(shown)
        assert not shown[0] & shown[1]


@pytest.mark.usefixtures("indexed")
class TestFreshness:
    def test_what_changes_is_found_so_after_the_next_round(self, client: Client) -> None:
        resource = Resource.objects.first()
        assert resource is not None
        resource.title = "Zeppelin manual"
        resource.save()
        assert client.get("/api/search", {"q": "zeppelin"}).json()["total"] == 0
        refresh.call()
        assert client.get("/api/search", {"q": "zeppelin"}).json()["items"][0]["title"] == "Zeppelin manual"

    def test_what_is_gone_is_found_no_more(self, client: Client) -> None:
        project = Project.objects.create(code="z", title="Zeppelins", summary="None.", source="a test")
        refresh.call()
        assert client.get("/api/search", {"q": "zeppelins"}).json()["total"] == 1
        project.delete()
        refresh.call()
        assert client.get("/api/search", {"q": "zeppelins"}).json()["total"] == 0

    def test_what_has_not_changed_is_left_alone(self) -> None:
        assert actions.refresh(now=NOW) == 0
        before = dict(Document.objects.values_list("pk", "changed_at"))
        Resource.objects.filter(pk=Resource.objects.values("pk")[:1]).update(about="Another word.")
        assert actions.refresh(now=datetime(2026, 11, 28, tzinfo=UTC), kinds=["resource"]) == 1
        assert sum(before[pk] != at for pk, at in Document.objects.values_list("pk", "changed_at")) == 1


def test_the_interface_pages_and_never_shows_what_is_not_public(client: Client) -> None:
    open_ = [Entry("t", f"{n:02d}", "en", "Visa", "", "/") for n in range(7)]
    actions.put([*open_, Entry("t", "closed", "en", "Visa", "", "/closed", audience="steering")], now=NOW)
    told = client.get("/api/search", {"q": "visa", "size": "5", "page": "2"}).json()
    assert (told["total"], told["pages"], len(told["items"])) == (7, 2, 2)
    assert client.get("/api/search").status_code == 422


def test_the_command_says_what_an_anonymous_visitor_finds() -> None:
    actions.put([Entry("t", "a", "th", "ผู้เสียหาย", "", "/a"), Entry("t", "b", "en", "Victims", "", "/b")], now=NOW)
    done = CliRunner().invoke(main, ["search", "เสียหาย", "--language", "th", "--json"])
    assert done.exit_code == 0, done.output
    [result] = json.loads(done.stdout.splitlines()[-1])["results"]
    assert (result["title"], result["language"]) == ("ผู้เสียหาย", "th")
    assert result["url"].endswith("/a")
    none = CliRunner().invoke(main, ["search", "เสียหาย", "--language", "en"])
    assert "Nothing has all of these words" in none.output
