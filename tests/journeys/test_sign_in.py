"""From an invitation to a second factor, and back in with each of the three kinds."""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
import struct
import time
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect
from tests.journeys.conftest import Serve, Served, axe_clean, axe_clean_both_ways, picture

PASSWORD = "a long sentence that nobody guesses 71"


@pytest.fixture(scope="module")
def office(serve: Serve) -> Served:
    return serve("office")


def one_time_code(secret: str, at: float) -> str:
    """RFC 6238 with its defaults: SHA-1, 30 seconds, six digits."""
    key = base64.b32decode(secret + "=" * (-len(secret) % 8))
    digest = hmac.new(key, struct.pack(">Q", int(at) // 30), hashlib.sha1).digest()
    start = digest[-1] & 15
    return f"{(int.from_bytes(digest[start : start + 4], 'big') & 0x7FFFFFFF) % 1_000_000:06d}"


def invite(office: Served, email: str) -> str:
    """Has the command make an administrator; gives the path of the link that went out by mail."""
    office.manage(
        "invite_administrator",
        "--email",
        email,
        "--name",
        "Rani Synthetic",
        "--organisation",
        "RSO",
        "--kind",
        "office",
    )
    mail = office.mail(email).replace("=\n", "")
    found = re.search(r"/sign-in/password/reset/key/\S+", mail)
    assert found is not None, mail
    return found.group()


def set_password(page: Page, office: Served, path: str) -> None:
    page.goto(office.url + path)
    axe_clean_both_ways(page)
    page.locator("input[name=password1]").fill(PASSWORD)
    page.locator("input[name=password2]").fill(PASSWORD)
    page.locator("main button[type=submit]").first.click()
    expect(page.locator("h1")).to_be_visible()
    page.goto(office.url + path)  # the link is spent
    expect(page.locator("input[name=password1]")).to_have_count(0)


def sign_in(page: Page, office: Served, email: str) -> None:
    page.goto(office.url + "/sign-in/login/")
    page.locator("input[name=login]").fill(email)
    page.locator("input[name=password]").fill(PASSWORD)
    page.get_by_role("button", name=re.compile("^sign in$", re.IGNORECASE)).click()


def sign_out(page: Page) -> None:
    page.locator(".menu-user summary").click()
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_role("link", name="Sign in")).to_be_visible()


def test_an_app_and_recovery_codes(office: Served, browser_page: Page) -> None:
    page, email = browser_page, "app@rso.example"
    set_password(page, office, invite(office, email))
    sign_in(page, office, email)
    expect(page).to_have_url(office.url + "/sign-in/2fa/")  # nothing else opens yet
    page.goto(office.url + "/people/")
    expect(page).to_have_url(office.url + "/sign-in/2fa/")
    axe_clean_both_ways(page)
    picture(page, "second-factor")

    page.get_by_role("link", name="Set up an app").click()
    axe_clean(page)
    picture(page, "app")
    secret = page.locator("#authenticator_secret").input_value()
    began = time.time()
    page.locator("input[name=code]").fill(one_time_code(secret, began))
    page.get_by_role("button", name="Activate").click()
    expect(page.locator("#recovery_codes")).to_be_visible()
    axe_clean(page)
    picture(page, "recovery-codes")
    codes = page.locator("#recovery_codes").input_value().split()
    assert len(codes) == 10
    page.goto(office.url + "/people/")  # the app was shown by setting it up
    expect(page.get_by_role("heading", name="People and seats")).to_be_visible()
    axe_clean_both_ways(page)
    picture(page, "people")
    sign_out(page)

    sign_in(page, office, email)
    axe_clean_both_ways(page)
    picture(page, "code")
    page.locator("input[name=code]").fill("000000")
    page.get_by_role("button", name=re.compile("^sign in$", re.IGNORECASE)).click()
    expect(page.locator("input[name=code]")).to_be_visible()  # a wrong code opens nothing
    page.locator("input[name=code]").fill(codes[0])
    page.get_by_role("button", name=re.compile("^sign in$", re.IGNORECASE)).click()
    expect(page.locator(".menu-user")).to_be_visible()
    sign_out(page)

    sign_in(page, office, email)
    page.locator("input[name=code]").fill(codes[0])  # a recovery code works once
    page.get_by_role("button", name=re.compile("^sign in$", re.IGNORECASE)).click()
    expect(page.locator("input[name=code]")).to_be_visible()
    page.locator("input[name=code]").fill(one_time_code(secret, max(time.time(), began + 30)))
    page.get_by_role("button", name=re.compile("^sign in$", re.IGNORECASE)).click()
    expect(page.locator(".menu-user")).to_be_visible()


def test_a_passkey_is_both_factors(office: Served, browser_page: Page) -> None:
    page, email = browser_page, "passkey@rso.example"
    device = page.context.new_cdp_session(page)
    device.send("WebAuthn.enable")
    device.send(
        "WebAuthn.addVirtualAuthenticator",
        {"options": {"protocol": "ctap2", "transport": "internal", "hasResidentKey": True,
                     "hasUserVerification": True, "isUserVerified": True, "automaticPresenceSimulation": True}},
    )  # fmt: skip
    set_password(page, office, invite(office, email))
    sign_in(page, office, email)
    page.get_by_role("link", name="Set up a passkey").click()
    axe_clean(page)
    page.locator("input[name=name]").fill("This telephone")
    passwordless = page.locator("input[name=passwordless]")
    if not passwordless.is_checked():
        passwordless.check()
    page.locator("#mfa_webauthn_add").click()
    expect(page.locator("#recovery_codes")).to_be_visible()
    page.goto(office.url + "/sign-in/2fa/webauthn/")
    expect(page.get_by_text("This telephone")).to_be_visible()
    axe_clean_both_ways(page)
    picture(page, "passkeys")
    sign_out(page)

    page.goto(office.url + "/sign-in/login/")
    page.locator("#passkey_login").click()
    expect(page.locator(".menu-user")).to_be_visible()
    page.goto(office.url + "/people/")
    expect(page.get_by_role("heading", name="People and seats")).to_be_visible()


def test_a_session_from_before_the_factor_must_show_it(office: Served, new_page: Callable[[], Page]) -> None:
    """Somebody who knew the password, and was there first, gains nothing when the holder sets up a factor."""
    early, holder, email = new_page(), new_page(), "early@rso.example"
    set_password(holder, office, invite(office, email))
    sign_in(early, office, email)
    expect(early).to_have_url(office.url + "/sign-in/2fa/")
    sign_in(holder, office, email)
    holder.get_by_role("link", name="Set up an app").click()
    secret = holder.locator("#authenticator_secret").input_value()
    holder.locator("input[name=code]").fill(one_time_code(secret, time.time()))
    holder.get_by_role("button", name="Activate").click()
    expect(holder.locator("#recovery_codes")).to_be_visible()
    for path in ("/sign-in/2fa/recovery-codes/", "/sign-in/2fa/webauthn/add/", "/people/", "/sign-in/email/"):
        early.goto(office.url + path)
        expect(early).to_have_url(office.url + "/sign-in/2fa/reauthenticate/")
    axe_clean(early)
