"""What readers get: on the page, on paper, in the search and by the interface."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse
from tests.content.conftest import Desk, said

from rso.accounts.models import Organisation
from rso.content.actions import facts, publishing, writing
from rso.content.models import CountryFact, Work
from rso.content.rules import Form
from rso.search.queries import find
from rso.ui.pseudo import untranslated

pytestmark = pytest.mark.django_db
ARABIC = {"title": "الحديث مع ضحية", "s3": "تحدث على انفراد.", "s6": "اتصل بالخط الساخن."}


def page_of(path: str, status: int = 200, client: Client | None = None) -> str:
    answer = (client or Client()).get(path)
    assert answer.status_code == status, answer.content.decode()[:3000]
    return answer.content.decode()


def test_a_page_is_read_in_its_parts(published: Work) -> None:
    page = page_of("/pages/talking/")
    assert "<h1>" in page
    assert "Speak alone." in page
    assert page.count('<ul class="told-items">') == 1
    assert page.count("<li>", page.index("told-items"), page.index("told-steps")) == 2
    assert "Edition 1, publication 1" in page
    assert page_of("/pages/talking/en/")
    page_of("/pages/talking/th/", 404)
    page_of("/pages/nothing/", 404)
    assert "Talking with a victim" in page_of("/pages/")


def test_nothing_unpublished_is_read(desk: Desk) -> None:
    desk.begin()
    for path in (
        "/pages/talking/",
        "/pages/talking/en/print/",
        "/pages/talking/en/history/",
        "/api/content/works/talking/reading",
    ):
        assert Client().get(path).status_code == 404


def test_who_may_not_read_finds_nothing(desk: Desk, browser: Callable[[str], Client]) -> None:
    work = desk.begin("inner", audience="members")
    row = desk.publish(work.editions.get().versions.get())
    paths = ["/pages/inner/", "/pages/inner/en/print/", f"/check/{row.pk}/", "/api/content/works/inner/reading",
             f"/api/content/check/{row.pk}"]  # fmt: skip
    for path in paths:
        assert Client().get(path).status_code == 404, path
        assert browser("party").get(path).status_code == 404, path
        assert browser("official").get(path).status_code == 200, path
    assert "Talking" not in page_of("/pages/")
    assert find("hotline").count == 0
    assert find("hotline", audiences=("members",)).count == 1


def test_an_older_safety_critical_translation_is_withheld_everywhere(published: Work, desk: Desk) -> None:
    arabic = desk.translate(published, ARABIC)
    desk.publish(arabic, by="translator", over="reviewer")
    page = page_of("/pages/talking/ar/")
    assert ARABIC["s6"] in page
    assert 'dir="rtl"' in page
    assert find("الساخن", language="ar").count == 1
    source = published.editions.get().versions.get(is_source=True)
    said(desk.actors["editor"], source, "s6", "Call the new hotline first.", desk.tick())
    said(desk.actors["editor"], source, "s3", "Speak alone, and sit down.", desk.tick())
    desk.publish(source)
    for path in ("/pages/talking/ar/", "/pages/talking/ar/print/", "/pages/talking/ar/print/?look=card"):
        page = page_of(path)
        assert ARABIC["s6"] not in page
        assert "Call the new hotline first." in page
        assert "is withheld" in page
        assert ARABIC["s3"] in page
        assert "Older translation" in page
        assert "Changed on" in page
    parts = {
        part["key"]: part for part in Client().get("/api/content/works/talking/reading?language=ar").json()["parts"]
    }
    assert (parts["s6"]["text"], parts["s6"]["shown"], parts["s6"]["language"]) == (
        "Call the new hotline first.", "withheld", "en",
    )  # fmt: skip
    assert parts["s3"]["shown"] == "older"
    assert find("الساخن", language="ar").count == 0
    assert find("انفراد", language="ar").count == 1
    assert find("new hotline", language="en").count == 1


def test_a_comma_that_keeps_the_meaning_makes_no_translation_older(published: Work, desk: Desk) -> None:
    arabic = desk.translate(published, ARABIC)
    desk.publish(arabic, by="translator", over="reviewer")
    source = published.editions.get().versions.get(is_source=True)
    said(desk.actors["editor"], source, "s3", "Speak, alone.", desk.tick(), keeps_meaning=True)
    desk.publish(source)
    assert "Older translation" not in page_of("/pages/talking/ar/")


def test_a_print_says_whether_it_is_current(published: Work, desk: Desk) -> None:
    printed = page_of("/pages/talking/en/print/")
    row = published.editions.get().versions.get().publications.get()
    path = f"/check/{row.pk}/"
    assert path in printed
    assert "data:image/svg+xml" in printed
    assert "This is current" in page_of(path)
    source = published.editions.get().versions.get()
    said(desk.actors["editor"], source, "s6", "Call the new hotline.", desk.tick())
    said(desk.actors["editor"], source, "s3", "Speak alone first.", desk.tick())
    desk.publish(source)
    page = page_of(path)
    assert "This is out of date" in page
    assert "2 parts changed" in page
    assert "safety hangs on 1 of them" in page
    found = Client().get(f"/api/content/check/{row.pk}").json()
    assert (found["verdict"], found["parts"], found["safety"]) == ("out-of-date", 2, 1)
    publishing.withdraw(desk.actors["publisher"], version=source, reason="A mistake.", now=desk.tick())
    assert "This was withdrawn" in page_of(path)
    page_of("/pages/talking/", 404)
    assert find("hotline").count == 0


def test_a_print_of_a_translation_is_out_of_date_once_its_source_changes(published: Work, desk: Desk) -> None:
    arabic = desk.translate(published, ARABIC)
    row = desk.publish(arabic, by="translator", over="reviewer")
    first = published.editions.get().versions.get(is_source=True).publications.get()
    path = f"/check/{row.pk}/?with={first.pk}"
    assert "This is current" in page_of(path)
    source = published.editions.get().versions.get(is_source=True)
    said(
        desk.actors["editor"], source, "s4", "Debt bondage", desk.tick()
    )  # not translated: the print shows the source's
    desk.publish(source)
    assert "1 part changed" in page_of(path)
    assert "1 part changed" in page_of(f"/check/{row.pk}/")
    assert page_of(f"/check/{row.pk}/?with=nonsense&printed=x&country=%00")


def _with_facts(desk: Desk, work: Work) -> CountryFact:
    source = work.editions.get().versions.get(is_source=True)
    place = writing.add_segment(desk.actors["editor"], version=source, form=Form.FACTS, now=desk.tick())
    writing.change_segment(
        desk.actors["editor"], version=source, segment=place, form=Form.FACTS, facts="hotline", now=desk.tick()
    )
    desk.publish(source)
    organisation = Organisation.objects.get(code="XAV")
    words = {"name": "Avaria Helpline", "names": {"ar": "خط المساعدة"}, "telephone": "+0 555 0100"}
    kind = CountryFact.Kind.HOTLINE
    return facts.add_fact(desk.actors["keeper"], organisation=organisation, kind=kind, said=words, now=desk.tick())


def test_a_country_s_facts_stand_in_the_text(published: Work, desk: Desk) -> None:
    fact = _with_facts(desk, published)
    assert "Avaria Helpline" not in page_of("/pages/talking/")
    page = page_of("/pages/talking/?country=XAV")
    assert "Avaria Helpline" in page
    assert 'href="tel:+05550100"' in page
    assert "Confirmed by the member on" in page
    desk.publish(desk.translate(published, ARABIC), by="translator", over="reviewer")
    assert "خط المساعدة" in page_of("/pages/talking/ar/?country=XAV")
    changed = {"name": "Avaria Helpline", "telephone": "+0 555 0199"}
    facts.change_fact(desk.actors["keeper"], fact=fact, said=changed, now=desk.tick())
    for path in (
        "/pages/talking/?country=XAV",
        "/pages/talking/ar/?country=XAV",
        "/pages/talking/en/print/?country=XAV",
    ):
        page = page_of(path)
        assert "+0 555 0199" in page
        assert "0100" not in page


def test_a_print_with_a_changed_fact_is_out_of_date(published: Work, desk: Desk) -> None:
    fact = _with_facts(desk, published)
    row = published.editions.get().versions.get().publications.first()
    assert row
    path = f"/check/{row.pk}/?country=XAV&printed={int(desk.tick().timestamp())}"
    assert "This is current" in page_of(path)
    facts.change_fact(desk.actors["keeper"], fact=fact, said={"name": "Helpline", "telephone": "1"}, now=desk.tick())
    page = page_of(path)
    assert "This is out of date" in page
    assert "print it anew" in page


def test_what_nobody_confirmed_for_long_is_shown_as_old(published: Work, desk: Desk) -> None:
    fact = _with_facts(desk, published)
    fact.confirmed_on = fact.confirmed_on.replace(year=2025)  # type: ignore[union-attr]
    fact.save()
    assert "That is long ago" in page_of("/pages/talking/?country=XAV")


def test_publications_are_listed_without_names_and_compared(published: Work, desk: Desk) -> None:
    source = published.editions.get().versions.get()
    first = source.publications.get()
    said(desk.actors["editor"], source, "s3", "Speak alone first.", desk.tick())
    second = desk.publish(source)
    page = page_of("/pages/talking/en/history/")
    assert "A publisher of the office" in page
    assert "P. Publisher" not in page
    path = reverse("content:compare", args=["talking", "en", first.pk, second.pk])
    assert path in page
    assert "<ins>" in page_of(path)
    publishing.withdraw(desk.actors["publisher"], version=source, reason="A mistake.", now=desk.tick())
    page_of(path, 404)


@pytest.mark.parametrize("language", ["ar-xb", "en-xa"])
def test_no_string_of_the_readers_pages_is_missed(published: Work, desk: Desk, language: str) -> None:
    _with_facts(desk, published)
    row = published.editions.get().versions.get().publications.first()
    assert row
    client = Client()
    client.cookies["rso_language"] = language
    for path in ("/pages/", "/pages/talking/?country=XAV", "/pages/talking/en/print/", "/pages/talking/en/history/",
                 f"/check/{row.pk}/"):  # fmt: skip
        assert untranslated(page_of(path, client=client)) == [], path
