"""The living page in a real browser: axe in both directions and themes, and the small scripts.

The server runs in a thread and touches no database, so the browser's event loop and Django do not meet.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.contrib.staticfiles.handlers import StaticFilesHandler
from django.db import connection
from django.test.testcases import LiveServerThread
from playwright.sync_api import Browser, Page, expect, sync_playwright

CHROMIUM = shutil.which("chromium")
pytestmark = [
    pytest.mark.skipif(CHROMIUM is None, reason="no browser: on Debian, apt-get install chromium"),
    pytest.mark.skipif(connection.vendor != "sqlite", reason="touches no database: passed with SQLite already"),
]


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    was = django_settings.RSO_DEMONSTRATION, django_settings.ALLOWED_HOSTS
    django_settings.RSO_DEMONSTRATION, django_settings.ALLOWED_HOSTS = True, ["localhost"]
    thread = LiveServerThread("localhost", StaticFilesHandler)
    thread.start()
    thread.is_ready.wait()
    assert thread.error is None
    yield f"http://localhost:{thread.port}"
    thread.terminate()
    django_settings.RSO_DEMONSTRATION, django_settings.ALLOWED_HOSTS = was


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture
def page(browser: Browser, address: str) -> Iterator[Page]:
    context = browser.new_context(base_url=address)
    page = context.new_page()
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: said.append(str(error)))
    yield page
    context.close()
    # Among others, what the content policy refused; but pages that are missing on purpose are.
    assert [line for line in said if not line.startswith("Failed to load resource")] == []


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("direction", ["ltr", "rtl"])
@pytest.mark.parametrize("path", ["/ui/", "/sign-in/login/", "/no/such/page/"])
def test_axe_finds_nothing(browser: Browser, address: str, path: str, direction: str, theme: Any) -> None:
    from axe_playwright_python.sync_playwright import Axe

    context = browser.new_context(base_url=address, color_scheme=theme, bypass_csp=True)  # axe injects itself
    language = "ar-xb" if direction == "rtl" else "en"
    context.add_cookies([{"name": django_settings.LANGUAGE_COOKIE_NAME, "value": language, "url": address}])
    page = context.new_page()
    page.goto(f"{path}?dir={direction}")
    expect(page.locator("html")).to_have_attribute("dir", direction)
    found = Axe().run(page).response
    context.close()
    assert [(v["id"], v["nodes"][0]["html"]) for v in found["violations"]] == []
    assert len(found["passes"]) > 15


@pytest.mark.parametrize("direction", ["ltr", "rtl"])
def test_nothing_runs_off_a_phone(browser: Browser, address: str, direction: str) -> None:
    context = browser.new_context(base_url=address, viewport={"width": 320, "height": 640})
    page = context.new_page()
    page.goto(f"/ui/?dir={direction}")
    width = page.evaluate("[document.documentElement.scrollWidth, document.documentElement.clientWidth]")
    context.close()
    assert width[0] == width[1]


def test_targets_are_large_enough(page: Page) -> None:
    """WCAG 2.2 asks for 24 pixels; our buttons, switches and inputs have 44."""
    page.goto("/ui/")
    small = page.evaluate(
        """() => [...document.querySelectorAll("button, select, .choice, .button, .nav a, .tabs a")]
            .filter((e) => e.checkVisibility() && e.getBoundingClientRect().height < 43.5).map((e) => e.outerHTML)"""
    )
    assert small == []


def test_a_lost_connection_loses_nothing_that_was_typed(page: Page) -> None:
    page.goto("/ui/")
    page.locator("#blank_title").fill("Safer crossings")
    page.locator("#blank_objectives_1").check()
    page.locator("#blank_currency").select_option("THB")
    page.context.set_offline(True)
    page.locator("form[data-autosave]").get_by_role("button", name="Continue").click()
    page.wait_for_url("chrome-error://**")
    page.context.set_offline(False)
    page.goto("/ui/")
    expect(page.locator("#blank_title")).to_have_value("")
    page.get_by_role("button", name="Restore it").click()
    expect(page.locator("#blank_title")).to_have_value("Safer crossings")
    expect(page.locator("#blank_objectives_1")).to_be_checked()
    expect(page.locator("#blank_objectives_0")).not_to_be_checked()
    expect(page.locator("#blank_currency")).to_have_value("THB")
    expect(page.locator(".draft")).to_have_count(0)


def test_a_draft_can_be_thrown_away(page: Page) -> None:
    page.goto("/ui/")
    page.locator("#blank_title").fill("Mistake")
    page.wait_for_timeout(600)
    page.on("dialog", lambda dialog: dialog.accept())
    page.reload()
    page.get_by_role("button", name="Throw it away").click()
    page.reload()
    expect(page.locator("main h1")).to_be_visible()
    expect(page.locator(".draft")).to_have_count(0)


def test_a_draft_is_done_when_its_form_was_taken(page: Page, address: str) -> None:
    """Only arriving elsewhere from the form, and not at an error or at sign-in, ends a draft."""
    kept = "() => Object.keys(localStorage).filter((key) => key.startsWith('rso-draft:')).length"
    page.goto("/ui/")
    page.evaluate("document.querySelector('form[data-autosave]').removeAttribute('data-confirm-leave')")
    page.evaluate("document.querySelector('form[data-autosave]').action = '/no/such/page/'")
    page.evaluate("document.querySelector('form[data-autosave]').method = 'get'")
    page.locator("#blank_title").fill("Kept")
    form = page.locator("form[data-autosave]")
    form.get_by_role("button", name="Continue").click()
    page.wait_for_url("**/no/such/page/**")
    assert page.evaluate(kept) == 1  # an error page took nothing
    page.goto("/ui/")
    page.get_by_role("button", name="Restore it").click()
    page.evaluate("document.querySelector('form[data-autosave]').action = '/ui/taken/'")
    page.evaluate("document.querySelector('form[data-autosave]').method = 'get'")
    page.route("**/ui/taken/**", lambda route: route.fulfill(
        content_type="text/html",
        body="<main><h1>Taken</h1></main><script type=module src=/static/ui/js/forms.js></script>",
    ))  # fmt: skip
    page.locator("form[data-autosave]").get_by_role("button", name="Continue").click()
    expect(page.locator("h1")).to_have_text("Taken")
    page.wait_for_timeout(200)
    assert page.evaluate(kept) == 0


def test_private_forms_leave_nothing_behind(page: Page) -> None:
    page.goto("/sign-in/login/")
    assert page.locator("form.form").get_attribute("data-private") is not None
    page.locator("input[type=password]").fill("not to be kept")
    page.wait_for_timeout(600)
    assert page.evaluate("localStorage.length") == 0


def test_characters_are_counted(page: Page) -> None:
    page.goto("/ui/")
    page.locator("#blank_problem").fill("Twelve signs")
    expect(page.locator("#blank_problem + .count")).to_have_text("12 / 600")


def test_prints_move_and_grow_together(page: Page) -> None:
    page.goto("/ui/")
    prints = page.locator(".compare svg[data-width]")
    page.get_by_role("button", name="Closer").click()
    first, second = (prints.nth(n).get_attribute("viewBox") for n in (0, 1))
    assert first == second
    assert first != "0 0 260 300"
    prints.first.focus()
    page.keyboard.press("ArrowRight")
    assert prints.nth(1).get_attribute("viewBox") != second
    page.get_by_role("button", name="Whole print").click()
    expect(prints.first).to_have_attribute("viewBox", "0 0 260 300")


def test_without_scripts_marks_can_still_be_switched_off(browser: Browser, address: str) -> None:
    context = browser.new_context(base_url=address, java_script_enabled=False)
    page = context.new_page()
    page.goto("/ui/")
    lone = page.locator(".compare figure").first.locator(".mark:not(.paired)").first
    expect(lone).to_be_visible()
    page.get_by_role("checkbox", name="Minutiae").uncheck()
    expect(lone).to_be_hidden()
    expect(page.locator(".mark.paired").first).to_be_visible()
    expect(page.get_by_role("button", name="Closer")).to_be_hidden()
    page.get_by_label("Appearance").select_option("dark")
    page.get_by_role("button", name="Change appearance").click()
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")
    context.close()
