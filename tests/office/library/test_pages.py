"""The library's pages: every one in both directions without a missed string, within the budget of queries."""

from __future__ import annotations

from typing import Any

import pytest
from django.conf import settings as django_settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from tests.office.conftest import NOW, Browser
from tests.office.library.shelf import file, pdf, record

from rso.accounts.rules import Actor
from rso.office.library.actions import records
from rso.office.library.actions.access import set_access
from rso.office.library.models import Document, Label, Record
from rso.ui import pseudo

pytestmark = pytest.mark.django_db


def addresses(made: Record, held: Document) -> list[str]:
    """The library's pages, for its keepers."""
    one = [made.work.code]
    return [
        *(reverse(f"library:{name}") for name in ("home", "keep", "new", "wishes", "bring", "counts")),
        *(reverse(f"library:{name}", args=one) for name in ("record", "desk", "edit", "papers")),
        reverse("library:paper", args=[*one, held.pk]),
        reverse("library:home") + "?q=nothing-at-all", reverse("library:home") + "?kind=guide&order=title",
    ]  # fmt: skip


@pytest.mark.parametrize("language", ["en-xa", "ar-xb"])
def test_no_string_is_missed(language: str, actors: dict[str, Actor], browser: Browser) -> None:
    staff = actors["staff"]
    old = record(staff, "Older (synthetic)")
    made = record(staff, "Talking (synthetic)", supersedes=old, partners="Harbour Foundation", rights="The RSO")
    held = file(staff, made, accessibility="A scan", access="members")
    removed = file(staff, made, name="old.pdf")
    from rso.office.library.actions.documents import set_removed

    set_removed(staff, document=removed, removed=True, now=NOW)
    set_access(staff, record=made, document=held, after="", reason="Released", now=NOW)
    hidden = record(staff, "Hidden (synthetic)", shown=False)
    gone = record(staff, "Gone (synthetic)")
    records.set_withdrawn(staff, record=gone, withdrawn=True, reason="Wrong", now=NOW)
    client = browser("staff")
    client.cookies[django_settings.LANGUAGE_COOKIE_NAME] = language
    more = [
        reverse(f"library:{name}", args=[one.work.code]) for one in (hidden, gone, old) for name in ("desk", "record")
    ]
    for address in [*addresses(made, held), *more]:
        answer = client.get(address)
        assert answer.status_code == 200, address
        assert pseudo.untranslated(answer.content.decode()) == [], address


def test_the_list_keeps_its_budget_of_queries(actors: dict[str, Actor], browser: Browser) -> None:
    for number in range(25):
        made = record(actors["staff"], f"Talking {number} (synthetic)", access="members" if number % 2 else "public")
        file(actors["staff"], made, read=False)
    for client in (Client(), browser("official"), browser("staff")):
        for query in ("", "?kind=guide&theme=border-management", "?q=talking", "?page=2&order=title"):
            client.get(reverse("library:home") + query)
            with CaptureQueriesContext(connection) as asked:
                assert client.get(reverse("library:home") + query).status_code == 200
            assert len(asked) <= 12, [one["sql"][:120] for one in asked]


def form_of(**said: Any) -> dict[str, Any]:
    return {
        "title": "Reading a passport (synthetic)", "about": "What <b>one</b> looks at.", "kind": "guide",
        "owner": "RSO",
        "language": "en", "access": "members", "published": "2023", "themes": ["border-management"], **said,
    }  # fmt: skip


def filled(values: dict[str, Any]) -> dict[str, Any]:
    """As a browser sends a form: what is empty is not there."""
    return {name: value for name, value in values.items() if value not in (None, "", [])}


class TestStepByStep:
    def test_a_record_is_added_filled_and_shown(self, browser: Browser) -> None:
        staff = browser("staff")
        answer = staff.post(reverse("library:new"), form_of())
        made = Record.objects.get()
        assert answer["Location"] == reverse("library:papers", args=[made.work.code])
        assert browser("official").get(reverse("library:record", args=[made.work.code])).status_code == 404
        sent = {"file": SimpleUploadedFile("guide.pdf", pdf("Look")), "language": "th", "role": "main", "access": ""}
        assert staff.post(answer["Location"], sent).status_code == 302
        assert staff.post(reverse("library:show", args=[made.work.code])).status_code == 302
        shown = browser("official").get(reverse("library:record", args=[made.work.code])).content.decode()
        assert "What &lt;b&gt;one&lt;/b&gt; looks at." in shown
        assert "guide.pdf" in shown
        assert "ไทย" in shown
        assert Client().get(reverse("library:record", args=[made.work.code])).status_code == 404

    @pytest.mark.parametrize(
        ("said", "words"),
        [
            ({"title": ""}, "required"),
            ({"published": "2023-13"}, "Write a year"),
            ({"isbn": "978-3-16-148410-1"}, "no ISBN"),
            ({"doi": "11.1/x"}, "A DOI begins"),
            ({"supersedes": "nothing"}, "no record at this address"),
            ({"access": "everyone"}, "Select a valid choice"),
        ],
    )
    def test_a_fault_is_said_beside_its_field_and_nothing_is_kept(
        self, said: dict[str, str], words: str, browser: Browser
    ) -> None:
        answer = browser("staff").post(reverse("library:new"), form_of(**said))
        assert answer.status_code == 422
        assert words in answer.content.decode()
        assert not Record.objects.exists()

    def test_two_at_once_lose_nothing(self, actors: dict[str, Actor], browser: Browser) -> None:
        made = record(actors["staff"])
        staff, address = browser("staff"), reverse("library:edit", args=[made.work.code])
        initial = filled(staff.get(address).context["form"].initial)
        assert staff.post(address, {**initial, "title": "First (synthetic)"}).status_code == 302
        answer = staff.post(address, {**initial, "title": "Second (synthetic)"})
        assert answer.status_code == 409
        assert "Second (synthetic)" in answer.content.decode()
        assert Record.objects.get().work.title == "First (synthetic)"
        # What comes back can be saved: it is based on what is there now.
        again = filled({field.name: field.value() for field in answer.context["form"]})
        assert staff.post(address, again).status_code == 302
        assert Record.objects.get().work.title == "Second (synthetic)"

    def test_withdrawn_with_a_reason_that_its_page_says(self, actors: dict[str, Actor], browser: Browser) -> None:
        made = record(actors["staff"])
        file(actors["staff"], made)
        code, staff = made.work.code, browser("staff")
        assert staff.post(reverse("library:withdraw", args=[code]), {"reason": ""}).status_code == 422
        assert staff.post(reverse("library:withdraw", args=[code]), {"reason": "A wrong number."}).status_code == 302
        gone = Client().get(reverse("library:record", args=[code]))
        assert gone.status_code == 410
        assert "A wrong number." in gone.content.decode()
        assert "guide.pdf" not in gone.content.decode()
        assert Client().get(reverse("library:everything", args=[code])).status_code == 404
        assert "0 records" in Client().get(reverse("library:home")).content.decode()
        assert staff.post(reverse("library:restore", args=[code])).status_code == 302
        assert Client().get(reverse("library:record", args=[code])).status_code == 200

    def test_nobody_else_keeps_it(self, actors: dict[str, Actor], browser: Browser) -> None:
        made = record(actors["staff"])
        held = file(actors["staff"], made)
        for name in ("official", "party", "steering"):
            for address in (a for a in addresses(made, held) if "/keep/" in a):
                assert browser(name).get(address).status_code == 403, address
        posts = [
            reverse(f"library:{name}", args=[made.work.code]) for name in ("show", "withdraw", "restore", "access")
        ]
        assert all(browser("official").post(address).status_code == 403 for address in posts)

    def test_nothing_replaces_itself(self, actors: dict[str, Actor], browser: Browser) -> None:
        first = record(actors["staff"], "First (synthetic)")
        second = record(actors["staff"], "Second (synthetic)", supersedes=first)
        address = reverse("library:edit", args=[first.work.code])
        staff = browser("staff")
        initial = filled(staff.get(address).context["form"].initial)
        answer = staff.post(address, {**initial, "supersedes": second.work.code})
        assert "cannot replace itself" in answer.content.decode()
        shown = Client().get(reverse("library:record", args=[first.work.code])).content.decode()
        assert "There is a newer one" in shown
        assert "Second (synthetic)" in shown


def test_facets_count_and_narrow(actors: dict[str, Actor]) -> None:
    staff = actors["staff"]
    record(staff, "One (synthetic)", kind="guide", published="2020")
    record(staff, "Two (synthetic)", kind="report", published="2021", themes=["people-smuggling"])
    shown = Client().get(reverse("library:home") + "?kind=report").content.decode()
    assert "Two (synthetic)" in shown
    assert "One (synthetic)" not in shown
    assert "1 record<" in shown
    assert Label.objects.filter(facet="kind").count() == 2
    assert "Nothing fits" in Client().get(reverse("library:home") + "?kind=report&year=2020").content.decode()
    assert Client().get(reverse("library:home") + "?kind=no-such-kind&page=zzz").status_code == 200


def test_a_script_in_a_title_stays_a_title(actors: dict[str, Actor]) -> None:
    title = "</script><script>alert(1)</script> & 'x' (synthetic)"
    made = record(actors["staff"], title, about="</script>")
    shown = Client().get(reverse("library:record", args=[made.work.code])).content.decode()
    assert "<script>alert" not in shown
    assert shown.count("</script>") == shown.count("<script")
    assert '"@type": "DigitalDocument"' in shown
