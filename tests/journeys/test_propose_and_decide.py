"""A member proposes a project and the two Co-Managers decide, by hand, in the office's pages."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect
from tests.journeys.people import Arrive, Person, arriving
from tests.journeys.running import Region

PROBLEM = "Officers of three invented states learn of new forgeries months late."


@pytest.fixture
def arrive(region: Region, new_page: Callable[..., Page]) -> Arrive:
    return arriving(region, new_page)


def write(person: Person, title: str) -> None:
    """Fills the whole form of a new proposal."""
    page = person.page
    page.get_by_label("Title").fill(title)
    for name, text in {
        "problem": PROBLEM,
        "approach": "One training each half-year, held in turn, with a shared set of specimens.",
        "results": "Each state trains its own trainers.",
        "risks": "A traveller in need of protection may hold a forged document: the guide begins with referral.",
        "starts_on": "2027-03-01",
        "ends_on": "2028-02-29",
    }.items():
        page.locator(f"[name={name}]").fill(text)
    for name in ("objectives", "principles"):
        page.locator(f"[name={name}]").first.check()
    for name, text in {"year": "2027", "currency": "aud", "amount": "40000", "purpose": "Two trainings"}.items():
        page.locator(f"[name=budget-0-{name}]").fill(text)


def draft_and_submit(official: Person, title: str) -> str:
    """Writes, saves and submits; gives the proposal's path."""
    official.open("/proposals/new/")
    write(official, title)
    official.press("Save the draft")
    expect(official.page.get_by_role("heading", level=1)).to_have_text(title)
    official.press("Submit")
    expect(official.page.get_by_role("button", name="Submit", exact=True)).to_have_count(0)
    return official.page.url.removeprefix(official.base)


def assess(manager: Person, path: str) -> None:
    manager.open(path)
    form = manager.page.locator("form[action$='/assess/']")
    form.locator("[name=leaning][value=approve]").check()
    form.locator("[name=text]").fill("Sound, cheap, and others can join.")
    manager.press("Keep the assessment")
    manager.sees("Sound, cheap, and others can join.")


def close(manager: Person, path: str) -> None:
    manager.open(path)
    manager.page.locator("form[action$='/close/'] [name=reason]").fill("All have spoken.")
    manager.press("Close it")
    expect(manager.page.locator("form[action$='/sign/']")).to_be_visible()


def sign(manager: Person, path: str, outcome: str, reason: str) -> None:
    manager.open(path)
    form = manager.page.locator("form[action$='/sign/']")
    form.locator(f"[name=outcome][value={outcome}]").check()
    form.locator("[name=reason]").fill(reason)
    form.get_by_role("button", name="Sign", exact=True).click()
    expect(manager.page.locator("form[action$='/sign/']")).to_have_count(0)


def to_decision(official: Person, first: Person, second: Person, title: str) -> str:
    """The short way to two signatures."""
    path = draft_and_submit(official, title)
    assess(first, path)
    assess(second, path)
    second.press("Open the consultation")
    expect(second.page.locator("form[action$='/close/']")).to_be_visible()
    close(second, path)
    return path


def test_from_a_draft_to_a_public_project(arrive: Arrive, tmp_path: Path) -> None:
    title = "Shared training on travel documents, by hand"
    official = arrive("office", "member-official XAV")
    official.looked_at("office-home")
    official.open("/proposals/")
    official.looked_at("proposals-none")
    official.follow("Start a proposal")
    official.looked_at("proposal-new")
    write(official, title)
    official.press("Look for similar ones")
    expect(official.page.get_by_label("Title")).to_have_value(title)
    expect(official.page.locator("[name=problem]")).to_have_value(PROBLEM)
    official.press("Save the draft")
    expect(official.page.get_by_role("heading", level=1)).to_have_text(title)
    paper = tmp_path / "concept.txt"
    paper.write_text("A concept note, synthetic.\n")
    official.page.locator("[name=file]").set_input_files(paper)
    official.press("Attach")
    official.sees("concept.txt")
    official.looked_at("proposal-draft")
    path = official.page.url.removeprefix(official.base)
    official.press("Submit")
    expect(official.page.get_by_role("button", name="Submit", exact=True)).to_have_count(0)

    first, second = arrive("office", "co-manager XAV"), arrive("office", "co-manager XBD")
    first.open("/proposals/")
    first.looked_at("proposals-waiting")
    first.follow(title)
    first.looked_at("proposal-to-assess")
    assess(first, path)
    assess(second, path)
    second.press("Open the consultation")

    steering = arrive("office", "steering-group XCS")
    steering.open(path)
    steering.page.locator("form[action$='/comment/'] [name=text]").fill("No objection; please invite observers.")
    steering.press("Keep the comment")
    steering.sees("No objection; please invite observers.")
    steering.looked_at("proposal-consultation")

    close(second, path)
    sign(first, path, "approve", "It meets an objective and costs little.")
    first.looked_at("proposal-one-key")
    second.open(path)
    second.looked_at("proposal-second-key")
    sign(second, path, "approve", "It meets an objective and costs little.")
    second.sees("Approved")
    second.looked_at("proposal-approved")
    second.open(f"{path}print/")
    second.looked_at("proposal-print")

    anybody = arrive("office")
    anybody.open("/projects/")
    anybody.looked_at("projects")
    anybody.follow(title)
    expect(anybody.page.get_by_role("heading", name="How it was decided")).to_be_visible()
    anybody.looked_at("project")
    assert anybody.page.goto(anybody.base + path).url != anybody.base + path  # type: ignore[union-attr]


def test_a_similar_one_is_shown_while_writing(arrive: Arrive) -> None:
    title = "A shared reference set of forged stamps"
    official = arrive("office", "member-official XBD")
    draft_and_submit(official, title)
    official.open("/proposals/new/")
    write(official, "Shared reference set of forged stamps")
    official.press("Look for similar ones")
    expect(official.page.locator("aside").get_by_role("link", name=title)).to_be_visible()


def test_two_outcomes_are_a_disagreement_with_its_way_on(arrive: Arrive) -> None:
    official = arrive("office", "member-official XBD")
    first, second = arrive("office", "co-manager XAV"), arrive("office", "co-manager XBD")
    path = to_decision(official, first, second, "A project on which opinions differ")
    sign(first, path, "approve", "Worth it.")
    sign(second, path, "decline", "Too dear this year.")
    first.open(path)
    first.sees("The two Co-Managers signed different outcomes")
    first.looked_at("proposal-disagreement")
    first.page.locator("form[action$='/reconsider/'] [name=reason]").fill("We have talked.")
    first.press("Ask for two signatures anew")
    expect(first.page.locator("form[action$='/sign/']")).to_be_visible()
    sign(first, path, "decline", "Too dear this year; ask again next year.")
    sign(second, path, "decline", "Too dear this year; ask again next year.")
    second.sees("Declined")
    second.looked_at("proposal-declined")


def test_the_language_switch_turns_the_page_round_and_stays_on_it(arrive: Arrive) -> None:
    anybody = arrive("office")
    anybody.open("/projects/")
    anybody.page.locator("#ui-language").select_option("ar-xb")
    anybody.page.locator("form[action$='/ui/language/'] button").click()
    expect(anybody.page.locator("html")).to_have_attribute("dir", "rtl")
    expect(anybody.page).to_have_url(anybody.base + "/projects/")


@pytest.mark.parametrize("path", ["/", "/about/", "/members/", "/resources/"])
def test_the_front_door(arrive: Arrive, path: str) -> None:
    anybody = arrive("office")
    anybody.open(path)
    anybody.looked_at(f"front{path.replace('/', '-').rstrip('-')}")
    anybody.page.set_viewport_size({"width": 360, "height": 800})
    anybody.sideways()


def test_it_works_without_scripts(arrive: Arrive) -> None:
    title = "Written without scripts"
    official = arrive("office", "member-official XAV", scripts=False)
    first = arrive("office", "co-manager XAV", scripts=False)
    second = arrive("office", "co-manager XBD", scripts=False)
    path = to_decision(official, first, second, title)
    sign(first, path, "approve", "Yes.")
    sign(second, path, "approve", "Yes.")
    official.open("/projects/")
    expect(official.page.get_by_role("link", name=title)).to_be_visible()
