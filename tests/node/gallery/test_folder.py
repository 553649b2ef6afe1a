"""Enrolling a folder: what is taken, what is refused line by line, and twice is once."""

from __future__ import annotations

import contextlib
import json
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st
from tests.node.prints import png

from rso.accounts.rules import system_actor
from rso.base.errors import RsoError
from rso.node.gallery.actions import Report, enrol_folder
from rso.node.gallery.adapters.folder import Folder
from rso.node.gallery.models import FingerRecord, Subject
from rso.node.gallery.rules import read_table

HEADING = "reference,file,finger,resolution_ppi,family_name,asylum_seeker,nationality_countries,nationality_standing\n"
database = pytest.mark.django_db(databases=["default", "vault"])


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "one.png").write_bytes(png(1))
    (tmp_path / "two.png").write_bytes(png(2))
    (tmp_path / "bad.png").write_bytes(b"no image")
    return tmp_path


def run(folder: Path, table: str) -> Report:
    (folder / "subjects.csv").write_text(HEADING + table)
    return enrol_folder(system_actor("test"), folder=Folder(folder), now=timezone.now())


@database
def test_good_rows_are_enrolled_and_every_bad_one_is_said(folder: Path) -> None:
    report = run(
        folder,
        "A,one.png,2,500,Canary,no,XAV,known\n"
        "A,two.png,3,500,Canary,,,\n"
        "A,two.png,3,500,,,,\n"
        "A,two.png,4,500,Other,,,\n"
        "B,bad.png,2,500,,,,\n"
        "C,../one.png,2,500,,,,\n"
        "D,none.png,2,500,,,,\n"
        "E,one.png,two,500,,,,\n"
        "F,one.png,2,9999,,,,\n"
        ",one.png,2,500,,,,\n"
        "G,one.png,2,500,,perhaps,,\n",
    )
    assert (report.subjects, report.fingers) == (1, 2)
    assert {(said.line, said.error.code) for said in report.refused} == {
        (4, "row-twice"),
        (5, "rows-differ"),
        (6, "not-an-image"),
        (7, "outside"),
        (8, "no-file"),
        (9, "not-a-number"),
        (10, "wrong-resolution"),
        (11, "bad-reference"),
        (12, "bad-protection-answer"),
    }
    assert [s.reference for s in Subject.objects.all()] == ["A"]


@database
def test_running_twice_changes_nothing_and_says_so_and_a_new_finger_is_added(folder: Path) -> None:
    run(folder, "A,one.png,2,500,Canary,,,\n")
    again = run(folder, "A,one.png,2,500,Canary,,,\nA,two.png,3,500,Canary,,,\n")
    assert (again.subjects, again.fingers) == (0, 1)
    assert [said.line for said in again.skipped] == [2]
    assert FingerRecord.objects.count() == 2


@database
def test_the_command_tells_and_fails_where_rows_were_refused(folder: Path) -> None:
    (folder / "subjects.csv").write_text(HEADING + "A,one.png,2,500,,,,\nB,bad.png,2,500,,,,\n")
    out, err = StringIO(), StringIO()
    with pytest.raises(CommandError, match="1 rows were refused"):
        call_command("enrol", str(folder), "--json", "--synthetic", stdout=out, stderr=err)
    said = json.loads(out.getvalue().splitlines()[-1])
    assert (said["subjects"], said["refused"][0]["code"]) == (1, "not-an-image")
    assert "line 3" in err.getvalue()
    assert Subject.objects.get().is_synthetic


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "empty-table"),
        (b" \n", "empty-table"),
        (b"\xef\xbb\xbf", "empty-table"),
        (b"\xef\xbb\xbf\r\n", "empty-table"),
        (b"reference,file,finger,resolution_ppi\n", "empty-table"),
        ("reference,file,finger,resolution_ppi\nJosé,a,2,500\n".encode("latin-1"), "wrong-encoding"),
        ("reference,file,finger,resolution_ppi\n".encode("utf-16"), "wrong-encoding"),
        (b"reference,file,finger\nA,a.png,2\n", "missing-column"),
        (b"reference,file,finger,resolution_ppi,shoe\nA,a,2,500,1\n", "unknown-column"),
        (b"reference,file,finger,resolution_ppi,file\nA,a,2,500,b\n", "double-column"),
        (b"reference,file,finger,resolution_ppi\nA,a\n", "uneven-table"),
        (b'reference,file,finger,resolution_ppi\n"A,a,2,500\n', "unreadable-table"),
    ],
)
def test_a_table_that_cannot_be_used_is_refused_whole(data: bytes, code: str) -> None:
    with pytest.raises(RsoError) as caught:
        read_table(data)
    assert caught.value.code == code


def test_a_spreadsheet_with_semicolons_and_a_byte_order_mark_is_read() -> None:
    rows = read_table("\ufeffreference;file;finger;resolution_ppi\nÅ;a.png;2;500\n".encode())
    assert [(row.line, row.cell("reference"), row.cell("file")) for row in rows] == [(2, "Å", "a.png")]


@database
@pytest.mark.parametrize(
    "second", ["A,two.png,3,500,,yes,,", "A,two.png,3,500,,,XBD,known", "A,two.png,3,500,,no,XAV,claimed"]
)
def test_a_later_line_that_answers_otherwise_about_protection_is_never_passed_over(folder: Path, second: str) -> None:
    report = run(folder, f"A,one.png,2,500,Canary,no,XAV,known\n{second}\n")
    assert [(said.line, said.error.code) for said in report.refused] == [(3, "rows-differ")]
    assert report.fingers == 1


@given(st.binary(max_size=300) | st.text(max_size=300).map(str.encode))
def test_no_table_escapes_our_errors(data: bytes) -> None:
    for table in (data, HEADING.encode() + data):
        with contextlib.suppress(RsoError):
            read_table(table)
