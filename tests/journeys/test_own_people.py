"""A member's administrator invites an official, who sets a password from the mail, signs in and sets up a passkey."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect
from tests.journeys.conftest import Serve, Served, axe_clean, axe_clean_both_ways, picture
from tests.journeys.test_sign_in import invite, sign_in


@pytest.fixture(scope="module")
def office(serve: Serve) -> Served:
    return serve("office")


def with_passkey(page: Page) -> Page:
    """Gives the browser a device that can hold passkeys."""
    device = page.context.new_cdp_session(page)
    device.send("WebAuthn.enable")
    device.send(
        "WebAuthn.addVirtualAuthenticator",
        {"options": {"protocol": "ctap2", "transport": "internal", "hasResidentKey": True,
                     "hasUserVerification": True, "isUserVerified": True, "automaticPresenceSimulation": True}},
    )  # fmt: skip
    return page


def arrive(page: Page, office: Served, email: str, path: str) -> None:
    """From the link of the mail to a session with both factors."""
    page.goto(office.url + path)
    page.locator("input[name=password1]").fill("a long sentence that nobody guesses 71")
    page.locator("input[name=password2]").fill("a long sentence that nobody guesses 71")
    page.locator("main button[type=submit]").first.click()
    expect(page.locator("h1")).to_be_visible()
    sign_in(page, office, email)
    page.get_by_role("link", name="Set up a passkey").click()
    page.locator("input[name=name]").fill("This telephone")
    passwordless = page.locator("input[name=passwordless]")
    if not passwordless.is_checked():
        passwordless.check()
    page.locator("#mfa_webauthn_add").click()
    expect(page.locator("#recovery_codes")).to_be_visible()


def link_in_mail(office: Served, email: str) -> str:
    found = re.search(r"/sign-in/password/reset/key/\S+", office.mail(email).replace("=\n", ""))
    assert found is not None
    return found.group()


def fill_in(page: Page, **fields: str) -> None:
    for name, value in fields.items():
        field = page.locator(f"main [name={name}]")
        if field.evaluate("field => field.tagName") == "SELECT":
            field.select_option(label=value)
        else:
            field.fill(value)
    page.locator("main .actions button[type=submit]").first.click()


def invite_and_seat(page: Page, office: Served, *, name: str, email: str, role: str) -> None:
    page.goto(office.url + "/people/invite/")
    axe_clean_both_ways(page)
    fill_in(page, name=name, email=email, organisation="Avaria")
    expect(page.get_by_text("The invitation is on its way")).to_be_visible()
    axe_clean_both_ways(page)
    fill_in(page, role=role, organisation="Avaria")
    expect(page.get_by_text("The seat is given")).to_be_visible()


def test_from_the_office_to_an_official(office: Served, new_page: Callable[..., Page]) -> None:
    olga, ada, noor = (with_passkey(new_page()) for _person in range(3))
    arrive(olga, office, "olga@rso.example", invite(office, "olga@rso.example"))
    olga.goto(office.url + "/organisations/new/")
    fill_in(olga, name="Avaria", kind="Member State or territory", code="XAV")
    invite_and_seat(olga, office, name="Ada", email="ada@avaria.example", role="Administrator of a member")

    arrive(ada, office, "ada@avaria.example", link_in_mail(office, "ada@avaria.example"))
    ada.goto(office.url + "/people/")
    expect(ada.get_by_role("heading", name="People of Avaria")).to_be_visible()
    expect(ada.get_by_text("olga@rso.example")).to_have_count(0)
    axe_clean_both_ways(ada)
    picture(ada, "own-people")
    invite_and_seat(ada, office, name="Noor", email="noor@avaria.example", role="Official of a member")
    axe_clean_both_ways(ada)
    for path in ("/people/invitations/", "/people/seats/", "/people/import/", "/permissions/"):
        ada.goto(office.url + path)
        axe_clean_both_ways(ada)
        picture(ada, "own" + path.replace("/", "-").rstrip("-"))

    arrive(noor, office, "noor@avaria.example", link_in_mail(office, "noor@avaria.example"))
    noor.goto(office.url + "/you/")
    expect(noor.get_by_text("Official of a member")).to_be_visible()
    axe_clean_both_ways(noor)
    noor.goto(office.url + "/people/")
    expect(noor.get_by_role("heading", name="People of Avaria")).to_have_count(0)
    noor.goto(office.url + "/sign-in/sessions/")
    expect(noor.get_by_text("this browser")).to_be_visible()
    axe_clean_both_ways(noor)
    noor.goto(office.url + "/you/leave/")
    days = noor.evaluate("[0, 7].map(days => new Date(Date.now() + days * 864e5).toISOString().slice(0, 10))")
    fill_in(noor, starts_on=days[0], ends_on=days[1])
    noor.get_by_role("link", name="Name a deputy").click()
    axe_clean(noor)
    fill_in(noor, deputy="Ada")
    expect(noor.get_by_text("asked", exact=True)).to_be_visible()
    axe_clean_both_ways(noor)
    picture(noor, "leave")

    ada.goto(office.url + "/you/")
    ada.get_by_role("button", name="Agree").click()
    expect(ada.get_by_text("You act in these days")).to_be_visible()
    axe_clean_both_ways(ada)
