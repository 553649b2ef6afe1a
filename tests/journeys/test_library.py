"""A restricted document goes into the library by hand: a member's official finds it, and the public does not."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect
from tests.journeys.people import Arrive, Person, arriving
from tests.journeys.running import Region

TITLE = "Signs of a forged passport (synthetic)"


@pytest.fixture
def arrive(region: Region, new_page: Callable[..., Page]) -> Arrive:
    return arriving(region, new_page)


def document(folder: Path) -> Path:
    """A PDF with a word that nothing else has."""
    stream = b"BT /F1 14 Tf 40 700 Td (Look for the kingfisher on page two.) Tj ET"
    made = folder / "signs.pdf"
    made.write_bytes(
        b"%PDF-1.4\n1 0 obj\n<< /Type /Catalog /Pages 2 0 R >>\nendobj\n"
        b"2 0 obj\n<< /Type /Pages /Kids [3 0 R] /Count 1 >>\nendobj\n"
        b"3 0 obj\n<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources << /Font << /F1 "
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >> >> >> >>\nendobj\n"
        b"4 0 obj\n<< /Length " + str(len(stream)).encode() + b" >>\nstream\n" + stream + b"\nendstream\nendobj\n"
        b"trailer\n<< /Size 5 /Root 1 0 R >>\n%%EOF\n"
    )
    return made


def add(staff: Person, paper: Path) -> None:
    page = staff.page
    staff.open("/library/")
    staff.follow("Add a record")
    staff.looked_at("library-new")
    page.locator("[name=title]").fill(TITLE)
    page.locator("[name=about]").fill("What one looks at, and in which order.")
    page.locator("[name=kind]").select_option("guide")
    page.locator("[name=owner]").select_option("RSO")
    page.locator("[name=access]").select_option("members")
    page.locator("[name=themes][value=border-management]").check()
    staff.press("Save and add files")
    page.locator("[name=file]").set_input_files(paper)
    staff.press("Add the file")
    staff.sees("signs.pdf")
    staff.looked_at("library-files")
    staff.follow("Go on: check and show")
    staff.looked_at("library-check")
    staff.press("Show the record")
    staff.sees("The record is shown to those who may read it.")


def test_a_restricted_document_is_found_by_those_who_may(
    arrive: Arrive, region: Region, new_page: Callable[..., Page], tmp_path: Path
) -> None:
    staff = arrive("office", "rso-staff RSO")
    add(staff, document(tmp_path))

    official = arrive("office", "member-official XAV")
    official.open("/library/?q=kingfisher")
    official.comes_to_see(TITLE)  # its words are read in a moment
    official.looked_at("library-found")
    official.follow(TITLE)
    official.looked_at("library-record")
    with official.page.expect_download() as taken:
        official.follow("signs.pdf")
    assert taken.value.suggested_filename == "signs.pdf"
    path = official.page.url

    visitor = new_page()
    visitor.goto(f"{official.base}/library/?q=kingfisher")
    expect(visitor.get_by_text("Nothing fits")).to_be_visible()
    visitor.goto(f"{official.base}/search/?q=kingfisher")
    expect(visitor.get_by_text(TITLE)).to_have_count(0)
    answer = visitor.goto(path)
    assert answer is not None
    assert answer.status == 404
    visitor.goto(f"{official.base}/library/")
    expect(visitor.get_by_text("Trapped in Deceit")).to_be_visible()
    expect(visitor.get_by_text(TITLE)).to_have_count(0)
