"""A translator translates, a national reviewer signs, a publisher publishes; then the hotline changes."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect
from tests.journeys.conftest import Serve, Served, axe_clean, axe_clean_both_ways

CHECKOUT = Path(__file__).resolve().parent.parent.parent


@pytest.fixture(scope="module")
def office(serve: Serve) -> Served:
    return serve("office", RSO_DEMONSTRATION="yes")


def seeding(office: Served, *arguments: str) -> str:
    done = subprocess.run(
        [sys.executable, "-m", "tests.content.translation.seeding", *arguments], cwd=CHECKOUT, check=False,
        env=office.environment | {"DJANGO_SETTINGS_MODULE": "rso.config.settings.office"}, capture_output=True,
        text=True,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def sessions(office: Served) -> dict[str, str]:
    return dict(line.split() for line in seeding(office).splitlines())


Open = Callable[..., Page]


@pytest.fixture
def opened(office: Served, sessions: dict[str, str], new_page: Callable[..., Page]) -> Open:
    def make(who: str, path: str, *, scripts: bool = True) -> Page:
        page = new_page(scripts=scripts)
        page.context.add_cookies([{"name": "rso_office_session", "value": sessions[who], "url": office.url}])
        page.goto(office.url + path)
        return page

    return make


def test_from_a_text_to_its_readers_and_back_when_the_hotline_changes(
    office: Served, opened: Open, new_page: Open
) -> None:
    # The translator begins, and types; nothing needs a button.
    page = opened("translator-ar", "/translation/?show=begin")
    page.get_by_role("button", name="Begin Talking").click()
    screen = page.url.removeprefix(office.url)
    page.locator("#text-title").fill("حديث")
    page.locator("#text-title").press("Control+Enter")
    expect(page.locator("#text-s2")).to_be_focused()
    page.locator("#text-s2").fill("خذ وقتك.")
    page.locator("#text-s2").press("Control+Enter")
    expect(page.locator("#text-s3")).to_be_focused()
    page.locator("#text-s3").fill("اتصل بالرقم 1301.")
    page.locator("#text-s3").blur()
    expect(page.locator("#part-s3 [data-checks]")).to_contain_text("1300, 1301")
    page.locator("#text-s3").fill("اتصل بالرقم ١٣٠٠.")
    expect(page.locator("#part-s3 [data-checks]")).not_to_contain_text("1301")  # kept by itself, a moment later
    expect(page.locator("[data-progress]")).to_have_text("3 of 3 current")
    axe_clean(page)

    # Another browser of theirs is behind: what it typed is not lost, and what stands here is shown.
    other = opened("translator-ar", screen)
    page.locator("#text-s2").fill("على مهلك.")
    page.locator("#text-s2").blur()
    expect(page.locator("#part-s2 [data-said]")).to_have_text("Saved.")
    other.locator("#text-s2").fill("تمهل.")
    other.locator("#text-s2").blur()
    expect(other.locator("#part-s2 [data-said]")).to_contain_text("على مهلك.")
    expect(other.locator("#text-s2")).to_have_value("تمهل.")
    other.close(run_before_unload=False)

    # Without scripts too: a save is a page.
    plain = opened("translator-ar", screen, scripts=False)
    plain.locator("#text-s2").fill("على مهلك دائما.")
    plain.locator("#part-s2").get_by_role("button", name="Save").click()
    expect(plain.locator("#text-s2")).to_have_value("على مهلك دائما.")
    plain.get_by_label("A word to the reviewer").fill("All of it is new.")
    plain.get_by_role("button", name="Send to the national reviewers").click()
    expect(plain.get_by_text("With the national reviewers", exact=True)).to_be_visible()

    review = opened("reviewer-ar", screen + "review/")
    expect(review.get_by_text("All of it is new.")).to_be_visible()
    review.get_by_label("Approved").check()
    review.get_by_role("button", name="Decide").click()
    axe_clean(review)
    publisher = opened("publisher", screen + "review/")
    publisher.get_by_role("button", name="Publish").click()
    expect(publisher.get_by_text("The translation is public.")).to_be_visible()

    reader = new_page()
    reader.goto(office.url + "/pages/talking/ar/")
    expect(reader.locator("main")).to_contain_text("اتصل بالرقم ١٣٠٠.")

    # The source's hotline changes: readers lack it in Arabic until somebody has translated it anew.
    seeding(office, "hotline", "Call 1400 at any hour.")
    reader.reload()
    expect(reader.locator("main")).to_contain_text("Call 1400 at any hour.")
    expect(reader.locator("main")).not_to_contain_text("١٣٠٠")
    expect(reader.locator("main")).to_contain_text("على مهلك دائما.")
    overview = opened("translator-ar", "/translation/")
    expect(overview.get_by_text("readers lack a safety-critical part")).to_be_visible()
    axe_clean_both_ways(overview)
    again = opened("translator-ar", screen + "?show=open")
    expect(again.locator("#part-s3")).to_contain_text("older: withheld from readers")
    expect(again.locator("#part-s3 .diff")).to_contain_text("1400")
    expect(again.locator("#part-s3").get_by_role("button", name="Still right as it stands")).to_have_count(0)
    axe_clean_both_ways(again)


def test_a_lost_connection_loses_no_word(office: Served, opened: Open) -> None:
    page = opened("translator-ar", "/translation/")
    page.get_by_role("link", name="Talking").click()
    expect(page.locator("html")).to_have_attribute("data-scripted", "")
    page.context.set_offline(True)
    page.locator("#text-title").fill("حديث طويل")
    page.locator("#text-title").blur()
    expect(page.locator("#part-title [data-said]")).to_contain_text("no connection")
    expect(page.locator("#text-title")).to_have_value("حديث طويل")
    page.context.set_offline(False)
    expect(page.locator("#part-title [data-said]")).to_have_text("Saved.", timeout=20_000)


def test_a_keeper_states_a_fact_and_everybody_reads_it(office: Served, opened: Open, new_page: Open) -> None:
    page = opened("keeper", "/facts/keep/")
    page.get_by_role("link", name="Add a fact").first.click()
    page.get_by_label("Hotline").check()
    page.get_by_label("Name in English").fill("National hotline (synthetic)")
    page.get_by_label("Telephone").fill("+99 100 1300")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("link", name="National hotline (synthetic)")).to_be_visible()
    axe_clean_both_ways(page)
    stranger = new_page()
    stranger.goto(office.url + "/facts/XAV/")
    expect(stranger.get_by_role("link", name="+99 100 1300")).to_be_visible()
    axe_clean_both_ways(stranger)
