"""An offer becomes an organisation: its administrator is invited by mail, signs in and sees what came of it. On the way
the desk, the help and the keyboard are looked at."""

from __future__ import annotations

import re
import time
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect
from tests.journeys.conftest import Serve, Served, axe_clean, axe_clean_both_ways, picture
from tests.journeys.test_sign_in import invite, one_time_code, set_password, sign_in


@pytest.fixture(scope="module")
def office(serve: Serve) -> Served:
    return serve("office")


def link(office: Served, to: str, path: str) -> str:
    """The path of the link in the latest mail to an address."""
    mail = office.mail(to).replace("=\n", "")
    found = re.search(rf"/{path}/\S+", mail)
    assert found is not None, mail
    return found.group()


def sets_up_an_app(page: Page, office: Served, email: str) -> None:
    sign_in(page, office, email)
    expect(page).to_have_url(office.url + "/sign-in/2fa/")
    page.get_by_role("link", name="Set up an app").click()
    secret = page.locator("#authenticator_secret").input_value()
    page.locator("input[name=code]").fill(one_time_code(secret, time.time()))
    page.get_by_role("button", name="Activate").click()
    expect(page.locator("#recovery_codes")).to_be_visible()


def offers(page: Page, office: Served, email: str) -> None:
    page.goto(office.url + "/work-with-us/fund/")
    for name, text in {
        "purpose": "Translations",
        "message": "We would pay for two languages. (synthetic)",
        "organisation_name": "Quay Foundation (synthetic)",
        "contact_name": "Lea Mond (synthetic)",
        "email": email,
    }.items():
        page.locator(f"[name={name}]").fill(text)
    page.locator("[name=organisation_kind]").select_option("ngo")
    page.get_by_role("button", name="Send", exact=True).click()
    page.goto(office.url + link(office, email, "work-with-us/confirm"))
    page.get_by_role("button", name="Confirm", exact=True).click()
    expect(page.get_by_text("Thank you: your enquiry is in the queue")).to_be_visible()


def test_from_an_offer_to_an_administrator_who_signs_in(office: Served, new_page: Callable[..., Page]) -> None:
    lea, staff, email = new_page(), new_page(), "lea@quay.example"
    offers(lea, office, email)

    set_password(staff, office, invite(office, "pavo@rso.example"))
    sets_up_an_app(staff, office, "pavo@rso.example")
    staff.goto(office.url + "/desk/")
    expect(staff.get_by_role("heading", name="Enquiries that nobody has taken")).to_be_visible()
    axe_clean_both_ways(staff)
    picture(staff, "desk")
    staff.get_by_role("link", name="Quay Foundation (synthetic)", exact=True).first.click()
    axe_clean_both_ways(staff)
    staff.get_by_role("link", name="Enter the organisation", exact=True).click()
    expect(staff.locator("[name=email]")).to_have_value(email)
    expect(staff.locator("[name=code]")).to_have_value("QUAY-FOUNDATION")
    axe_clean_both_ways(staff)
    picture(staff, "enter-the-organisation")
    staff.get_by_role("button", name="Enter the organisation").click()
    expect(staff.get_by_text("The organisation is entered, and its administrator is invited.")).to_be_visible()
    picture(staff, "enquiry-became")

    until = time.monotonic() + 30
    while "password/reset" not in office.mail(email) and time.monotonic() < until:
        time.sleep(0.2)
    set_password(lea, office, link(office, email, "sign-in/password/reset/key"))
    sets_up_an_app(lea, office, email)
    lea.goto(office.url + "/desk/")
    expect(lea.get_by_text("Administrator of an interested party")).to_be_visible()
    axe_clean_both_ways(lea)
    picture(lea, "desk-of-a-party")
    lea.get_by_role("link", name="Fund an initiative", exact=True).click()
    expect(lea.get_by_text("Interested party: Quay Foundation (synthetic)")).to_be_visible()

    staff.reload()
    staff.get_by_role("button", name="Take it back").click()
    expect(staff.get_by_text("its administrator has signed in: it stays")).to_be_visible()
    for path in ("/administration/", "/administration/settings/", "/administration/jobs/", "/notices/",
                 "/notices/wishes/", "/enquiries/", "/enquiries/erased/", "/secondments/", "/listings/"):  # fmt: skip
        staff.goto(office.url + path)
        axe_clean_both_ways(staff)


def test_keys_lead_on_do_nothing_while_one_writes_and_can_be_turned_off(office: Served, browser_page: Page) -> None:
    page = browser_page
    page.goto(office.url + "/about/")
    page.keyboard.press("?")
    dialog = page.locator("dialog[open]")
    expect(dialog).to_be_visible()
    axe_clean(page)
    page.keyboard.press("Escape")
    expect(dialog).to_have_count(0)
    page.keyboard.press("g")
    page.keyboard.press("m")
    expect(page).to_have_url(office.url + "/members/")
    page.keyboard.press("/")
    expect(page).to_have_url(office.url + "/search/")
    page.keyboard.press("/")
    field = page.locator("main input[type=search]")
    expect(field).to_be_focused()
    page.keyboard.type("g m/?")
    expect(field).to_have_value("g m/?")
    expect(page).to_have_url(office.url + "/search/")

    page.goto(office.url + "/help/")
    page.get_by_role("button", name="Turn shortcuts off").click()
    page.reload()
    page.keyboard.press("?")
    expect(page.locator("dialog[open]")).to_have_count(0)
    expect(page.get_by_role("button", name="Turn shortcuts on")).to_be_visible()
    axe_clean_both_ways(page)


def test_help_and_menus_open_without_scripts(office: Served, new_page: Callable[..., Page]) -> None:
    page = new_page(scripts=False)
    page.set_viewport_size({"width": 390, "height": 800})
    for path in ("/members/", "/contact/", "/accessibility/", "/privacy/", "/software/"):
        page.goto(office.url + path)
        wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert wide <= 0, path
    page.goto(office.url + "/members/")
    page.locator(".menu-help summary").click()
    expect(page.get_by_role("link", name="More help")).to_be_visible()
    box = page.locator(".menu-help > div").bounding_box()
    assert box is not None
    assert (box["x"] >= 0, box["x"] + box["width"] <= 390) == (True, True), "help lies inside of a phone's window"
    page.locator(".menu-nav summary").first.click()
    expect(page.locator(".menu-nav").get_by_role("link", name="Projects")).to_be_visible()
