"""A member's administrator confirms its focal points; last year's holder of a seat is found; a copy is taken along."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect
from tests.journeys.people import Arrive, arriving
from tests.journeys.running import Region


@pytest.fixture
def arrive(region: Region, new_page: Callable[..., Page]) -> Arrive:
    return arriving(region, new_page)


def test_a_members_administrator_confirms_with_one_press(arrive: Arrive) -> None:
    keeper = arrive("office", "member-administrator XAV")
    keeper.open("/my-member/")
    keeper.sees("These wait for your word")
    keeper.looked_at("my-member-waiting")
    keeper.press("Confirm 2 entries")
    keeper.sees("2 entries are confirmed. Thank you.")
    expect(keeper.page.get_by_text("These wait for your word")).to_have_count(0)
    keeper.page.set_viewport_size({"width": 360, "height": 800})
    keeper.sideways()


def test_an_entry_is_made_by_hand_and_found_by_another_member(arrive: Arrive) -> None:
    keeper = arrive("office", "member-administrator XBD", scripts=False)
    keeper.open("/focal-points/new/?organisation=XBD&subject=training")
    page = keeper.page
    page.get_by_label("Name").fill("Ada Ferro (synthetic)")
    page.locator("[name=ways-0-kind]").select_option("mail")
    page.locator("[name=ways-0-value]").fill("ada.ferro@demonstration.invalid")
    page.get_by_label("Time zone").select_option("Pacific/Noumea")
    keeper.press("Save")
    keeper.sees("The entry is saved.")
    reader = arrive("office", "member-official XAV")
    reader.open("/focal-points/?q=ferro")
    reader.sees("Ada Ferro (synthetic)")
    reader.looked_at("focal-points")
    reader.follow("Ada Ferro (synthetic)")
    expect(reader.page.get_by_role("link", name="Change the entry")).to_have_count(0)
    reader.looked_at("focal-point")


def test_the_form_of_an_entry_is_accessible_in_both_directions(arrive: Arrive) -> None:
    keeper = arrive("office", "member-administrator XCS")
    keeper.open("/focal-points/new/?organisation=XCS")
    keeper.looked_at("focal-point-form")
    keeper.page.set_viewport_size({"width": 360, "height": 800})
    keeper.sideways()


def test_the_copy_that_was_taken_opens_without_a_network(arrive: Arrive, tmp_path: Path) -> None:
    reader = arrive("office", "member-official XBD")
    reader.open("/focal-points/copy/")
    reader.looked_at("offline-copy")
    reader.press("Make a passphrase")
    passphrase = reader.page.locator(".passphrase").inner_text()
    with reader.page.expect_download() as download:
        reader.press("Take the sealed file")
    path = tmp_path / "copy.html"
    download.value.save_as(path)
    assert "Mira Sol" not in path.read_text()
    browser = reader.page.context.browser
    assert browser is not None
    away = browser.new_context(offline=True)
    page = away.new_page()
    page.goto(path.as_uri())
    page.get_by_label("Passphrase").fill(passphrase)
    page.get_by_role("button", name="Open").click()
    expect(page.get_by_text("Mira Sol (synthetic)").first).to_be_visible(timeout=20_000)
    away.close()


def test_last_years_holder_of_a_seat_is_found(arrive: Arrive) -> None:
    anybody = arrive("office")
    anybody.open("/posts/")
    anybody.page.get_by_label("Body, post or holder").fill("Disruption")
    anybody.page.get_by_label("On the day").fill("2022-11-28")
    anybody.press("Show")
    expect(anybody.page.get_by_role("rowheader", name="Malaysia")).to_be_visible()
    anybody.looked_at("posts-of-a-day")
    anybody.open("/search/?q=co-chair+Malaysia")
    anybody.page.locator(".results a").first.click()
    expect(anybody.page.get_by_role("rowheader", name="Malaysia")).to_be_visible()
    anybody.page.set_viewport_size({"width": 360, "height": 800})
    anybody.sideways()


def test_the_administrators_pages_of_the_directory(arrive: Arrive) -> None:
    boss = arrive("office", "office-administrator RSO")
    for path, name in (
        ("/directory/", "directory"),
        ("/directory/term/", "directory-terms"),
        ("/directory/standing/import/", "directory-import"),
        ("/directory/term/new/", "directory-enter"),
    ):
        boss.open(path)
        boss.looked_at(name)
    boss.open("/directory/resource/")
    boss.follow("Quick Reference Guides")
    boss.follow("Correct what is wrong")
    boss.page.get_by_label("Reason").fill("As the cover says")
    boss.page.locator("[name=partner]").fill("Synthetic partner")
    boss.press("Save")
    boss.sees("It is corrected")
    boss.looked_at("directory-row")
    boss.page.get_by_text("Undo, open again, withdraw or restore").click()
    boss.page.locator("form[action$='/undo/'] [name=reason]").fill("There was none")
    boss.press("Undo the latest change")
    boss.sees("It is done, and stands in the history.")
