"""An editor writes a page, somebody else approves and publishes it, and readers have it; two write at once."""

from __future__ import annotations

import json
import re
from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, Page, expect
from tests.journeys.conftest import Serve, Served
from tests.journeys.people import PATIENCE_MS, Person

NewPage = Callable[..., Page]


@pytest.fixture(scope="module")
def office(serve: Serve) -> Served:
    """A demonstration's office with its synthetic people and texts."""
    office = serve("office", RSO_DEMONSTRATION="yes")
    office.manage("demonstrate_office")
    return office


def arrive(office: Served, new_page: NewPage, who: str = "") -> Person:
    page = new_page()
    page.set_default_timeout(PATIENCE_MS)
    expect.set_options(timeout=PATIENCE_MS)
    person = Person(page, "office", office.url)
    if who:
        links = json.loads(office.manage("demonstrate_office", "--links").strip().splitlines()[-1])["links"]
        page.goto(office.url + links[who])
        page.get_by_role("button", name=re.compile("^Sign in$")).click()
        expect(page.locator(".menu-user")).to_be_visible()
    return person


def write_in(person: Person, form: str, words: str) -> None:
    """Types into the first part of a kind."""
    person.page.locator(f".part[data-form={form}] [role=textbox]").first.fill(words)


def saved(person: Person) -> None:
    expect(person.page.locator("[data-state]")).to_contain_text("Saved at")


def test_a_page_is_written_read_over_and_published(office: Served, new_page: NewPage) -> None:
    editor = arrive(office, new_page, "editor RSO")
    editor.open("/texts/")
    editor.looked_at("texts")
    editor.follow("Begin a text")
    editor.page.get_by_label("Working title").fill("Lost documents (synthetic)")
    editor.page.get_by_label("Address").fill("lost-documents")
    editor.press("Begin")
    write_in(editor, "summary", "What to say to somebody who has lost a passport.")
    write_in(editor, "paragraph", "Stay calm, and write down what they remember.")
    saved(editor)
    expect(editor.page.locator(".sheet")).to_contain_text("Stay calm")
    for look in ("Pocket card", "Poster", "Right to left"):
        editor.page.get_by_role("link", name=look, exact=True).click()
        expect(editor.page.locator(".sheet .told")).to_contain_text("Stay calm")
    expect(editor.page.locator(".sheet .told")).to_have_attribute("dir", "rtl")
    paragraph = editor.page.locator(".part[data-form=paragraph]").first
    paragraph.locator("select[name^=new-]").select_option("step")
    paragraph.get_by_role("button", name="Add below").click()
    step = editor.page.locator(".part[data-form=step]")
    step.locator("[role=textbox]").fill("Call 0123 456 789")
    saved(editor)
    step.get_by_label("Safety").select_option("hotline")
    expect(step).to_contain_text("This looks like a telephone number")
    step.locator("[role=textbox]").fill("Call the hotline of the country.")
    expect(step.get_by_text("This looks like a telephone number")).to_have_count(0)
    step.get_by_role("button", name="Up", exact=True).focus()
    editor.page.keyboard.press("Enter")
    expect(editor.page.locator(".part").nth(2)).to_have_attribute("data-form", "step")
    editor.looked_at("texts-write")
    editor.page.set_viewport_size({"width": 390, "height": 844})
    editor.sideways()
    editor.page.set_viewport_size({"width": 1280, "height": 900})
    editor.follow("Review and publish")
    editor.looked_at("texts-submit")
    editor.press("Submit")
    editor.sees("Submitted: somebody else reads it over now.")
    path = editor.page.url.removeprefix(editor.base)

    publisher = arrive(office, new_page, "publisher RSO")
    publisher.open(path)
    publisher.looked_at("texts-review")
    publisher.page.get_by_label("Approved").check()
    publisher.press("Decide")
    publisher.press("Publish")
    publisher.sees("Published: readers have it now.")

    reader = arrive(office, new_page)
    reader.open("/pages/lost-documents/")
    reader.sees("Call the hotline of the country.")
    reader.looked_at("texts-read")
    reader.page.set_viewport_size({"width": 390, "height": 844})
    reader.sideways()
    reader.open("/pages/talking-with-a-victim/ar/?country=XAV")
    reader.looked_at("texts-read-arabic")
    reader.sideways()
    reader.page.set_viewport_size({"width": 1280, "height": 900})
    reader.open("/pages/lost-documents/en/print/")
    reader.looked_at("texts-print")
    address = reader.page.locator(".print-address").inner_text()
    reader.page.goto(address)
    reader.sees("This is current")
    reader.looked_at("texts-check")


def test_two_editors_at_once_and_a_lost_connection(office: Served, new_page: NewPage) -> None:
    editor = arrive(office, new_page, "editor RSO")
    second = arrive(office, new_page, "rso-staff RSO")
    editor.open("/texts/about/when-a-boat-arrives/")
    editor.follow("English")
    editor.follow("Write")
    path = editor.page.url.removeprefix(editor.base)
    write_in(editor, "paragraph", "Words of the first.")
    saved(editor)
    second.open(path)
    second.sees("Somebody else is writing here")
    second.looked_at("texts-held")
    second.page.get_by_text("Take over", exact=True).click()
    second.press("Take over and write")
    second.sees("You write here now.")
    write_in(second, "paragraph", "Words of the second.")
    saved(second)

    # The first goes on typing: refused, and kept in the browser.
    write_in(editor, "paragraph", "Words of the first, and more.")
    expect(editor.page.locator("[data-state]")).to_contain_text("Somebody else is writing here")
    second.open("/texts/")  # leaving gives the lock back
    second.page.wait_for_timeout(1000)
    write_in(editor, "paragraph", "Words of the first, and still more.")
    box = editor.page.locator(".part[data-form=paragraph]").first
    expect(box.get_by_role("alert")).to_contain_text("Somebody else changed this while you wrote")
    expect(box.locator("ins").first).to_be_visible()
    box.get_by_role("button", name="Put theirs under mine").click()
    saved(editor)
    expect(editor.page.locator(".sheet")).to_contain_text("Words of the second.")
    expect(editor.page.locator(".sheet")).to_contain_text("and still more.")

    context: BrowserContext = editor.page.context
    context.set_offline(True)
    write_in(editor, "paragraph", "Typed without a connection.")
    expect(editor.page.locator("[data-state]")).to_contain_text("No connection")
    context.set_offline(False)
    saved(editor)
    context.set_offline(True)
    write_in(editor, "paragraph", "Typed, and the window closed.")
    expect(editor.page.locator("[data-state]")).to_contain_text("No connection")
    again = context.new_page()
    editor.page.close()
    context.set_offline(False)
    again.goto(editor.base + path)
    again.get_by_role("button", name="Put them in").click()
    expect(again.locator("[data-state]")).to_contain_text("Saved at")
    expect(again.locator(".sheet")).to_contain_text("Typed, and the window closed.")
