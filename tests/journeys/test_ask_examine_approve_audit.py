"""One member asks two others about a print: through the pages of an officer, an examiner, an approver, an auditor."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect
from tests.journeys.conftest import RSO
from tests.journeys.people import Arrive, Person, arriving
from tests.journeys.running import OF_BORDUNA, PERSON, Region

from rso.demo.prints import Print

BORDUNA, CESTRIA = "XBD/GOV/IMMIGRATION", "XCS/GOV/POLICE"
UNKNOWN_ORIGIN = OF_BORDUNA | {
    "asylum_seeker": "unknown",
    "nationality_countries": "",
    "nationality_standing": "unknown",
}


@pytest.fixture
def arrive(region: Region, new_page: Callable[..., Page]) -> Arrive:
    return arriving(region, new_page)


def write_question(officer: Person, found: Print, reference: str, protection: dict[str, str], folder: Path) -> str:
    """Fills the form of a question and goes on; gives the path of the page that follows."""
    image = folder / found.name
    image.write_bytes(found.data)
    page = officer.page
    page.locator("[name=image]").set_input_files(image)
    page.locator("[name=finger]").select_option(str(found.finger))
    page.locator("[name=resolution_ppi]").fill(str(found.resolution_ppi))
    page.locator("[name=purpose]").select_option("identity-verification")
    page.locator("[name=own_reference]").fill(reference)
    page.locator("[name=synthetic]").check()
    for name, value in protection.items():
        if name.endswith("_countries"):
            page.locator(f"[name={name}]").fill(value)
        else:
            page.locator(f"[name={name}][value={value}]").check()
    officer.press("Go on")
    expect(page.get_by_role("heading", level=1)).to_have_text(reference)
    return page.url.removeprefix(officer.base)


def send(officer: Person, *agencies: str) -> None:
    for agency in agencies:
        officer.page.locator(f"[name=to][value='{agency}']").check()
    officer.press("Send the question")
    expect(officer.page.get_by_role("heading", name="Answers")).to_be_visible()


def to_the_comparison(examiner: Person) -> None:
    """Opens the queue and from it the first question that waits."""
    examiner.open("/searches/probes/")
    examiner.comes_to_see("Questions that wait for you")
    examiner.page.locator("main tbody").get_by_role("link", name="Compare").first.click()
    expect(examiner.page.locator("[data-compare], .compare").first).to_be_visible()


def decide(examiner: Person, verdict: str) -> None:
    examiner.page.locator(f"[name=verdict][value={verdict}]").check()
    examiner.page.locator("[name=reason]").fill("The pairs agree in place and direction over the common area.")
    examiner.press("Decide")
    expect(examiner.page.locator("[name=verdict]")).to_have_count(0)


def request_fields(officer: Person, *fields: str) -> None:
    officer.follow("Request fields")
    for code in fields:
        officer.page.locator(f"[name=fields_wanted][value={code}]").check()
    officer.page.locator("[name=justification]").fill("To verify the holder of a lost document.")


def rule(approver: Person, rulings: dict[str, str]) -> None:
    """Opens the request that waits and decides each field."""
    approver.open("/searches/requests/")
    approver.comes_to_see("Waits for you")
    approver.page.locator("tr", has_text="Waits for you").get_by_role("link").click()
    for code, word in rulings.items():
        approver.page.locator(f"[name={code}][value={word}]").check()
    approver.page.locator("[name=reason]").fill("The name is enough for this purpose.")


def test_from_a_question_to_evidence(arrive: Arrive, region: Region, tmp_path: Path) -> None:
    officer = arrive("avaria", "officer XAV")
    officer.open("/")
    officer.looked_at("node-home")
    officer.follow("Ask about a print")
    officer.looked_at("question-new")
    path = write_question(officer, region.cast.probe, "HAND-1", OF_BORDUNA, tmp_path)
    officer.sees("Who may be asked, and why")
    for summary in officer.page.locator("main details.more > summary").all():
        summary.click()
    officer.looked_at("question-who-may-be-asked")
    officer.page.get_by_text("rules hold").first.click()
    officer.sees("The image is good enough for it")
    send(officer, BORDUNA, CESTRIA)
    officer.comes_to_see("No hit")  # Cestria's own, barred record never entered its search
    officer.looked_at("question-sent")

    examiner = arrive("borduna", "examiner XBD")
    to_the_comparison(examiner)
    examiner.looked_at("comparison")
    pairs = examiner.page.locator(".mark.paired")
    assert pairs.count() >= 12  # both sides
    expect(pairs.first).to_be_visible()
    examiner.page.locator(".show-pairs").uncheck()
    examiner.page.locator(".show-marks").uncheck()
    expect(pairs.first).to_be_hidden()
    examiner.page.locator(".show-marks").check()
    examiner.page.locator(".show-pairs").check()
    prints = examiner.page.locator(".compare svg[data-width]")
    whole = prints.first.get_attribute("viewBox")
    examiner.press("Closer")
    assert prints.first.get_attribute("viewBox") != whole
    assert prints.nth(1).get_attribute("viewBox") != prints.nth(1).get_attribute("data-width")
    examiner.press("Whole print")
    expect(prints.first).to_have_attribute("viewBox", whole or "")
    decide(examiner, "same")

    officer.open(path)
    officer.comes_to_see("Hit: an examiner found the same finger")
    officer.looked_at("question-hit")
    request_fields(officer, "family-name", "document-number")
    officer.looked_at("request-fields")
    request_fields_again = officer.page.locator("[name=justification]")
    if not request_fields_again.input_value():  # looking loaded the page anew
        for code in ("family-name", "document-number"):
            officer.page.locator(f"[name=fields_wanted][value={code}]").check()
        request_fields_again.fill("To verify the holder of a lost document.")
    officer.press("Send the request")

    approver = arrive("borduna", "approver XBD")
    approver.open("/searches/requests/")
    approver.comes_to_see("Waits for you")
    approver.looked_at("requests")
    approver.page.locator("tr", has_text="Waits for you").get_by_role("link").click()
    approver.looked_at("request-to-approve")
    rule(approver, {"family-name": "release", "document-number": "not-necessary"})
    approver.press("Decide")

    officer.open(path)
    officer.comes_to_see("See what was disclosed")
    officer.follow("See what was disclosed")
    officer.sees(PERSON["family_name"])
    expect(officer.page.get_by_text(PERSON["document_number"])).to_have_count(0)
    officer.looked_at("disclosed")

    audit(arrive("avaria", "auditor XAV"), region, tmp_path)


def audit(auditor: Person, region: Region, folder: Path) -> None:
    """The chain of the case holds and names no person; the evidence of its answer is verified offline."""
    auditor.open("/cases/")
    auditor.sees("The chain holds")
    auditor.looked_at("audit-cases")
    auditor.page.locator("tr", has_text="Bordun").first.get_by_role("link").click()
    auditor.sees("Messages and their evidence")
    auditor.looked_at("audit-case")
    said = auditor.page.inner_text("main")
    for secret in (PERSON["family_name"], PERSON["document_number"], "HAND-1", "Avarsen", "Bordunek"):
        assert secret not in said
    auditor.comes_to_see("Export")
    row = auditor.page.locator("tr", has_text="Export").first
    with auditor.page.expect_download() as coming:
        row.get_by_role("button", name="Export").click()
    file = folder / "evidence.cbor"
    coming.value.save_as(file)
    done = subprocess.run(
        [RSO, "evidence", "verify", str(file), "--anchor", str(region.anchor)],
        capture_output=True, text=True, check=False, timeout=60,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr


def test_it_works_without_scripts(arrive: Arrive, region: Region, tmp_path: Path) -> None:
    officer = arrive("avaria", "officer XAV", scripts=False)
    officer.open("/searches/new/")
    path = write_question(officer, region.cast.probe, "HAND-3", OF_BORDUNA, tmp_path)
    send(officer, BORDUNA)
    examiner = arrive("borduna", "examiner XBD 2", scripts=False)
    to_the_comparison(examiner)
    expect(examiner.page.locator(".mark.paired").first).to_be_visible()
    expect(examiner.page.locator(".compare-tools").first).to_be_hidden()
    decide(examiner, "same")
    officer.open(path)
    officer.comes_to_see("Hit: an examiner found the same finger")
    request_fields(officer, "family-name")
    officer.press("Send the request")
    approver = arrive("borduna", "approver XBD 2", scripts=False)
    rule(approver, {"family-name": "release"})
    approver.press("Decide")
    officer.open(path)
    officer.comes_to_see("See what was disclosed")
    officer.follow("See what was disclosed")
    officer.sees(PERSON["family_name"])


def give_seat(administrator: Person, to: str, role: str) -> None:
    """Gives a second seat to somebody at the administrator's own node."""
    administrator.open("/people/seats/new/")
    page = administrator.page
    page.locator("[name=user]").select_option(label=to)
    page.locator("[name=role]").select_option(role)
    for name in ("organisation", "agency"):
        page.locator(f"[name={name}]").select_option(index=1)
    administrator.press("Save")
    administrator.sees("The seat is given.")


def test_a_person_of_unknown_origin_waits_for_the_protection_officer(
    arrive: Arrive, region: Region, tmp_path: Path
) -> None:
    officer = arrive("avaria", "officer XAV 2")
    officer.open("/searches/new/")
    path = write_question(officer, region.cast.probe, "HAND-5", UNKNOWN_ORIGIN, tmp_path)
    borduna = officer.page.locator("main tr", has_text=BORDUNA)
    expect(borduna).to_contain_text("Barred: protection comes first")
    expect(borduna).to_contain_text("The person is, or may be, protected from this state (Habitual residence)")
    expect(officer.page.locator("main tr", has_text=CESTRIA)).to_contain_text("Needs the protection officer")
    expect(officer.page.locator("[name=to]")).to_have_count(0)
    officer.looked_at("unknown-origin-draft")
    officer.press("Ask the protection officer")
    officer.sees("A protection officer decides next")
    expect(officer.page.get_by_role("button", name="Send the question")).to_have_count(0)

    # Whoever asks may be a protection officer as well, and has no word on this question all the same.
    give_seat(arrive("avaria", "node-administrator XAV"), "Mira Avarsen (synthetic)", "protection-officer")
    officer.open(path)
    officer.sees("A protection officer decides next")
    expect(officer.page.get_by_role("link", name="Decide")).to_have_count(0)
    refused = officer.page.goto(f"{officer.base}{path}agree/")
    assert refused is not None
    assert refused.status == 404

    protection = arrive("avaria", "protection-officer XAV")
    protection.open("/searches/")
    protection.page.locator("tr", has_text="HAND-5").get_by_role("link", name="Decide").click()
    protection.sees("Members that could be asked")
    expect(protection.page.locator("main li", has_text="Cestrian")).to_be_visible()
    expect(protection.page.locator("main li", has_text="Bordunan")).to_have_count(0)
    protection.looked_at("unknown-origin-to-decide")
    protection.page.locator("[name=agreed][value=yes]").check()
    protection.press("Decide")
    protection.sees("This field is required.")
    protection.page.locator("[name=reason]").fill("A parent is in Cestria and is not feared.")
    protection.press("Decide")
    protection.sees("The officer has been told what you decided.")

    officer.open(path)
    officer.sees("The protection officer has agreed")
    expect(borduna).to_contain_text("Barred: protection comes first")
    expect(officer.page.locator("[name=to]")).to_have_count(1)
    send(officer, CESTRIA)
    officer.comes_to_see("No hit")  # the record there is barred from us, and never enters the search
    officer.looked_at("unknown-origin-answered")
