"""Tables for spreadsheets: what leaves is no formula and can be read again; what is no table is refused with a code."""

from __future__ import annotations

import io
import zipfile
from datetime import date, datetime, time
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import Workbook, load_workbook

from rso import sheets
from rso.sheets import SheetError

CELLS = st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"]), max_size=20)
MOST = 5


def _read(data: bytes, **more: Any) -> list[list[str]]:
    return sheets.read(io.BytesIO(data), most_rows=MOST, **more)


def _book(*rows: list[Any]) -> bytes:
    book = Workbook()
    for row in rows:
        book.active.append(row)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


@given(st.lists(st.lists(CELLS, min_size=3, max_size=3), min_size=1, max_size=MOST))
def test_nothing_leaves_as_a_formula_and_both_forms_come_back_as_they_were(rows: list[list[str]]) -> None:
    wanted = [[cell.strip() for cell in row] for row in rows]
    for made in (sheets.as_csv("abc", rows), sheets.as_xlsx("abc", rows)):
        found = _read(made, refuse_formulas=True)
        for row, want in zip(found[1:], [row for row in wanted if any(row)], strict=True):
            padded = [*row, "", "", ""][:3]
            # An apostrophe that somebody typed before such a sign cannot be told from ours.
            assert [sheets.bare(cell) for cell in padded] == [sheets.bare(cell) for cell in want]
    book = load_workbook(io.BytesIO(sheets.as_xlsx("abc", rows)))
    assert all(cell.data_type in ("s", "n", "inlineStr") for row in book.worksheets[0].iter_rows() for cell in row)


@given(st.text(max_size=20))
def test_a_safe_cell_begins_no_formula_and_gives_its_text_back(text: str) -> None:
    assert not sheets.safe(text).startswith(("=", "+", "-", "@", "\t", "\r"))
    assert sheets.bare(sheets.safe(text)) == text or text.startswith("'")


@pytest.mark.parametrize(
    ("text", "is_one"),
    [("=1+1", True), ("@SUM(A1)", True), ("+cmd|' /C calc'!A0", True), ("-2+3", True), ("+", True), ("-", True),
     ("+62 (21) 555-1", False), ("-5", False), ("Noor", False), ("", False), ("'=1", False)],
)  # fmt: skip
def test_what_is_a_formula(text: str, is_one: bool) -> None:
    assert sheets.is_formula(text) is is_one


def test_heads_errors_and_signs_that_no_workbook_holds_leave_as_texts() -> None:
    assert sheets.as_csv(["=a"], []) == b"\xef\xbb\xbf'=a\r\n"
    cells = load_workbook(io.BytesIO(sheets.as_xlsx(["=a"], [["#N/A"], ["x\x00y\x0bz"]]))).worksheets[0]
    assert [(row[0].value, row[0].data_type) for row in cells.iter_rows()] == [
        ("'=a", "s"), ("#N/A", "s"), ("x y z", "s"),
    ]  # fmt: skip


def test_cells_become_texts() -> None:
    row = [" Noor ", date(2027, 2, 1), datetime.combine(date(2027, 2, 1), time(12)), 3.0, 2.5, True, None, "last", None]
    assert _read(_book(["a"], row))[1] == ["Noor", "2027-02-01", "2027-02-01", "3", "2.5", "yes", "", "last"]


@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_what_stands_between_the_cells_is_seen_and_empty_rows_are_left_out(separator: str) -> None:
    text = "name,email\nNoor,n@x.example\n,\n\nMira,\n".replace(",", separator)
    assert _read(text.encode()) == [["name", "email"], ["Noor", "n@x.example"], ["Mira"]]


def test_rows_after_many_empty_ones_are_not_lost() -> None:
    assert _read(b"name\n" + b"\n" * 50 + b"Noor\n") == [["name"], ["Noor"]]
    assert _read(_book(["name"], *[[None]] * 50, ["Noor"])) == [["name"], ["Noor"]]


def _bomb() -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as bomb:
        bomb.writestr("xl/worksheets/sheet1.xml", b"0" * (sheets.MOST_UNPACKED + 1))
    return packed.getvalue()


def _changed(part: str, content: bytes) -> bytes:
    """A workbook one part of which says something else."""
    packed, out = zipfile.ZipFile(io.BytesIO(_book(["name"], ["Noor"]))), io.BytesIO()
    with zipfile.ZipFile(out, "w") as made:
        for one in packed.namelist():
            made.writestr(one, content if one == part else packed.read(one))
    return out.getvalue()


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "table-empty"),
        (b"PK\x03\x04 not a workbook", "table-unreadable"),
        (b"\xff\xfe\x00bad", "table-unreadable"),
        ("name\nNoor".encode("utf-16"), "table-unreadable"),
        (b"name\x00\n", "table-unreadable"),
        (b'name\n"Noor', "table-unreadable"),
        (_changed("xl/worksheets/sheet1.xml", b"<worksheet><sheetData><row>"), "table-unreadable"),
        (_changed("xl/workbook.xml", b"<workbook"), "table-unreadable"),
        (_bomb(), "table-too-large"),
        (b"a" * (sheets.MOST_BYTES + 1), "table-too-large"),
        (b"name\n" + b"a\n" * (MOST + 1), "table-too-large"),
        (_book(*[["a"]] * (MOST + 2)), "table-too-large"),
    ],
    ids=range(12),
)
def test_what_is_no_table_is_refused_with_a_code(data: bytes, code: str) -> None:
    with pytest.raises(SheetError) as refused:
        _read(data)
    assert refused.value.code == code


def test_a_table_as_large_as_it_may_be_is_taken() -> None:
    assert len(_read(b"name\n" + b"a\n" * MOST)) == MOST + 1


@pytest.mark.parametrize("data", [b"a,b\n\nx,=1+1\n@y,z\n", _book(["a", "b"], [], ["x", "=1+1"], ["@y", "z"])])
def test_formulas_are_given_as_they_stand_or_named_as_the_spreadsheet_names_them(data: bytes) -> None:
    assert _read(data)[1:] == [["x", "=1+1"], ["@y", "z"]]
    with pytest.raises(SheetError) as refused:
        _read(data, refuse_formulas=True)
    assert (refused.value.code, refused.value.about) == ("table-formulas", "B3, A4")


def test_rows_by_column() -> None:
    table = [["Title ", "KIND", "extra"], ["One"], ["Two", "guide", "x"], ["", "", "only here"]]
    assert sheets.by_column(table, ("title", "kind", "owner"), needed=("title",)) == [
        {"title": "One", "kind": ""}, {"title": "Two", "kind": "guide"},
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("table", "about"),
    [([], "title, kind"), ([["title"]], "kind"), ([["title", "kind", "Kind"]], "kind")],
)
def test_columns_that_lack_or_stand_twice_are_named(table: list[list[str]], about: str) -> None:
    with pytest.raises(SheetError) as refused:
        sheets.by_column(table, ("title", "kind"), needed=("title", "kind"))
    assert (refused.value.code, refused.value.about) == ("table-columns", about)
