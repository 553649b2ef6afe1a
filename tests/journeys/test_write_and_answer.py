"""A stranger searches, writes to the RSO and confirms by mail; staff take the enquiry, answer it, set another aside."""

from __future__ import annotations

import os
import re
import time
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect
from tests.journeys.conftest import axe_clean
from tests.journeys.people import Arrive, Person, arriving
from tests.journeys.running import Region

WAYS = ["take-part", "propose", "fund", "second", "list-training", "pilot-exchange"]


@pytest.fixture
def arrive(region: Region, new_page: Callable[..., Page]) -> Arrive:
    return arriving(region, new_page)


def mailed(region: Region, to: str) -> str:
    """The latest mail to an address: a demonstration writes it into the office's folder."""
    folder, until = region.places["office"].folder / "mail", time.monotonic() + 60
    while time.monotonic() < until:
        for file in sorted(folder.glob("*.log"), key=os.path.getmtime, reverse=True):
            text = file.read_text()
            if f"To: {to}" in text:
                return text
        time.sleep(0.2)
    raise AssertionError(f"no mail to {to}")


def write(stranger: Person, organisation: str, email: str) -> None:
    stranger.open("/work-with-us/fund/")
    for name, text in {
        "purpose": "Translations of the pocket guides",
        "message": "We would pay for two languages. (synthetic)",
        "organisation_name": organisation,
        "contact_name": "Lea Mond (synthetic)",
        "email": email,
    }.items():
        stranger.page.locator(f"[name={name}]").fill(text)
    stranger.page.locator("[name=organisation_kind]").select_option("ngo")
    stranger.press("Send")


def confirm(region: Region, stranger: Person, email: str) -> None:
    link = re.search(r"http\S+/confirm/\S+", mailed(region, email))
    assert link is not None
    stranger.page.goto(link.group())
    stranger.looked_at("enquiry-confirm")
    stranger.press("Confirm")
    stranger.sees("Thank you: your enquiry is in the queue")


def test_each_form_and_what_it_says_of_nothing(arrive: Arrive) -> None:
    stranger = arrive("office")
    stranger.page.set_viewport_size({"width": 360, "height": 800})
    for way in WAYS:
        stranger.open(f"/work-with-us/{way}/")
        axe_clean(stranger.page)
        stranger.sideways()
        stranger.press("Send")
        expect(stranger.page.locator(".error-summary a").first).to_be_visible()
        axe_clean(stranger.page)
        stranger.sideways()


def test_from_a_form_to_an_answer(region: Region, arrive: Arrive) -> None:
    stranger, staff = arrive("office"), arrive("office", "rso-staff RSO")
    email = "lea@foundation.invalid"
    write(stranger, "Journey Foundation (synthetic)", email)
    stranger.sees(f"A mail is on its way to {email}.")
    stranger.looked_at("enquiry-sent")
    confirm(region, stranger, email)

    staff.open("/")
    staff.sees("Enquiries that nobody has taken")
    staff.open("/enquiries/")
    staff.looked_at("enquiries")
    staff.follow("Journey Foundation (synthetic)")
    staff.looked_at("enquiry-new")
    staff.press("Take it")
    staff.page.locator("[name=answer]").fill("Gladly: we write to you next week.")
    staff.looked_at("enquiry-in-hand")
    staff.page.locator("[name=answer]").fill("Gladly: we write to you next week.")
    staff.press("Answer and close")
    staff.sees("The answer is on its way by mail.")
    staff.looked_at("enquiry-answered")
    for _look in range(120):
        if "Gladly" in mailed(region, email):
            break
        time.sleep(0.5)
    assert "Gladly: we write to you next week." in mailed(region, email)


def test_what_asks_for_no_answer_is_set_aside_and_can_be_opened_again(region: Region, arrive: Arrive) -> None:
    stranger, staff = arrive("office"), arrive("office", "rso-staff RSO")
    email = "win@advertising.invalid"
    write(stranger, "Advertising (synthetic)", email)
    confirm(region, stranger, email)
    staff.open("/enquiries/")
    staff.follow("Advertising (synthetic)")
    staff.page.get_by_text("Set it aside without an answer").click()
    staff.page.locator("[name=reason]").fill("Advertising.")
    staff.press("Set it aside")
    staff.sees("Its sender is written nothing.")
    staff.press("Open it again")
    staff.press("Put it back into the queue")
    staff.sees("The enquiry is back in the queue.")


def test_a_stranger_finds_what_the_office_shows(arrive: Arrive) -> None:
    stranger = arrive("office")
    stranger.open("/")
    stranger.page.get_by_role("navigation").get_by_role("link", name="Search").first.click()
    stranger.sees("What are you looking for?")
    stranger.page.locator("[name=q]").fill("TRAFFICKING victims")
    stranger.page.locator("[name=q]").press("Enter")
    stranger.looked_at("search-results")
    stranger.page.locator(".results a").first.click()
    expect(stranger.page.locator("main")).to_contain_text("Trafficking Victims")
    stranger.open("/search/?q=zeppelin")
    stranger.sees("Nothing has all of these words")
    stranger.looked_at("search-nothing")
