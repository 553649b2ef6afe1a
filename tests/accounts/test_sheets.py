"""Spreadsheets out and in: formulas stay texts or are refused, and a table shows its fate before anything is done."""

from __future__ import annotations

import csv
import io
import zipfile
from datetime import date
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import Workbook, load_workbook
from tests.accounts.places import actor, client, holder, place

from rso.accounts import sheets
from rso.accounts.models import Agency, Seat, User
from rso.accounts.rules import Role
from rso.audit.models import Entry
from rso.base.errors import RsoError
from rso.notices.models import Mail
from rso.ui.pseudo import untranslated

CELLS = st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"]), max_size=20)


@given(st.lists(st.lists(CELLS, min_size=3, max_size=3), min_size=1, max_size=4))
def test_nothing_leaves_as_a_formula_and_both_forms_say_the_same(rows: list[list[str]]) -> None:
    for made in (sheets.as_csv("abc", rows), sheets.as_xlsx("abc", rows)):
        for row in sheets.read(made)[1:]:
            assert not any(cell.startswith(("=", "@", "\t", "\r")) for cell in row)
    book = load_workbook(io.BytesIO(sheets.as_xlsx("abc", rows)))
    assert all(cell.data_type != "f" for row in book.worksheets[0].iter_rows() for cell in row)


@pytest.mark.parametrize(
    ("text", "is_one"),
    [("=1+1", True), ("@SUM(A1)", True), ("+cmd|' /C calc'!A0", True), ("-2+3", True), ("+62 21 555", False),
     ("-5", False), ("Noor", False), ("", False)],
)  # fmt: skip
def test_what_is_a_formula(text: str, is_one: bool) -> None:
    assert sheets.is_formula(text) is is_one


def test_what_is_no_table_is_refused_with_a_reason() -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as bomb:
        bomb.writestr("xl/worksheets/sheet1.xml", b"0" * (sheets.MOST_UNPACKED + 1))
    for data, code in (
        (b"PK\x03\x04 not a workbook", "table-unreadable"),
        (b"\xff\xfe\x00bad", "table-unreadable"),
        (packed.getvalue(), "table-too-large"),
        (b"a" * (sheets.MOST_BYTES + 1), "table-too-large"),
        (b"name,email\n" + b"a,b\n" * (sheets.MOST_ROWS + 1), "table-too-large"),
    ):
        with pytest.raises(RsoError) as refused:
            sheets.read(data)
        assert refused.value.code == code


def test_a_table_with_semicolons_and_days() -> None:
    assert sheets.read(b"name;email\nNoor;n@x.example\n;\n") == [["name", "email"], ["Noor", "n@x.example"]]
    book = Workbook()
    book.active.append(["name", "from", "number"])
    book.active.append(["Noor", date(2027, 2, 1), 3.0])
    packed = io.BytesIO()
    book.save(packed)
    assert sheets.read(packed.getvalue())[1] == ["Noor", "2027-02-01", "3"]


HEAD = ["name", "email", "organisation", "role", "subject", "from"]


@pytest.fixture
def avaria() -> Client:
    return client("Ada", Role.MEMBER_ADMINISTRATOR)


def _look(browser: Client, rows: list[list[str]], head: list[str] | None = None, kind: str = "csv") -> Any:
    table = [head or HEAD, *rows]
    if kind == "csv":
        text = io.StringIO()
        csv.writer(text).writerows(table)
        data = text.getvalue().encode()
    else:
        data = sheets.as_xlsx(table[0], table[1:])
    return browser.post(reverse("accounts:bring"), {"file": SimpleUploadedFile(f"people.{kind}", data)})


@pytest.mark.django_db
class TestBringingIn:
    @pytest.mark.parametrize("kind", ["csv", "xlsx"])
    def test_a_look_does_nothing_and_then_the_good_rows_are_taken(self, avaria: Client, kind: str) -> None:
        holder("Kelu", Role.MEMBER_OFFICIAL, "XBD")
        before, audited = User.objects.count(), Entry.objects.count()
        answer = _look(avaria, [
            ["Noor", "noor@avaria.example", "XAV", "focal-point", "trafficking", "2027-02-01"],
            ["Mira", "mira@avaria.example", "", "", "", ""],
            ["", "nobody@avaria.example", "", "", "", ""],
            ["Again", "NOOR@avaria.example", "", "", "", ""],
            ["Boss", "boss@avaria.example", "XAV", "office-administrator", "", ""],
            ["Far", "far@borduna.example", "XBD", "", "", ""],
            ["Taken", "kelu@xbd.example", "", "", "", ""],
            ["Late", "late@avaria.example", "XAV", "member-official", "", "tomorrow"],
            ["No subject", "ns@avaria.example", "XAV", "focal-point", "", ""],
        ], kind=kind)  # fmt: skip
        fates = answer.context["fates"]
        assert [bool(fate.errors) for fate in fates] == [False, False, True, True, True, True, True, True, True]
        assert (User.objects.count(), Entry.objects.count(), Mail.objects.count()) == (before, audited, 0)
        done = avaria.post(reverse("accounts:bring"), {"packed": answer.context["packed"]})
        assert [fate.done for fate in done.context["fates"]] == [True, True, *[False] * 7]
        noor = User.objects.get(email="noor@avaria.example")
        seat = Seat.objects.get(user=noor)
        assert (seat.role, seat.subject, seat.starts_on) == ("focal-point", "trafficking", date(2027, 2, 1))
        assert Mail.objects.count() == 2
        assert noor.invitation.organisation == place("XAV")
        again = avaria.post(reverse("accounts:bring"), {"packed": answer.context["packed"]})
        assert not any(fate.done for fate in again.context["fates"]), "sent twice it does nothing more"

    def test_a_formula_is_refused(self, avaria: Client) -> None:
        answer = _look(avaria, [['=HYPERLINK("http://x.example")', "a@avaria.example", "", "", "", ""]])
        (fate,) = answer.context["fates"]
        assert "formula" in str(fate.errors[0])

    @pytest.mark.parametrize(
        ("head", "told"),
        [(["name", "organisation"], "lacks: email"), (["name", "email", "nationality"], "not known: nationality"),
         (["name", "email", "email"], "twice")],
    )  # fmt: skip
    def test_the_columns_are_checked(self, avaria: Client, head: list[str], told: str) -> None:
        answer = _look(avaria, [["a"] * len(head)], head=head)
        assert answer.status_code == 422
        assert told in answer.content.decode()

    def test_a_table_that_was_changed_on_the_way_or_is_anothers_is_not_taken(self, avaria: Client) -> None:
        packed = _look(avaria, [["Noor", "noor@avaria.example", "", "", "", ""]]).context["packed"]
        other = client("Olga", Role.OFFICE_ADMINISTRATOR, "RSO")
        for browser, sent in ((avaria, packed + "x"), (other, packed)):
            assert browser.post(reverse("accounts:bring"), {"packed": sent}).status_code == 422
        assert not User.objects.filter(name="Noor").exists()

    def test_no_file_no_table(self, avaria: Client) -> None:
        assert avaria.post(reverse("accounts:bring")).status_code == 422
        empty = SimpleUploadedFile("people.csv", b"name,email\n")
        assert avaria.post(reverse("accounts:bring"), {"file": empty}).status_code == 422

    @pytest.mark.parametrize("language", ["en-xa", "ar-xb"])
    def test_every_word_is_translated(self, avaria: Client, language: str) -> None:
        avaria.defaults["HTTP_ACCEPT_LANGUAGE"] = language
        answer = _look(avaria, [["Noor", "n@x.example", "", "", "", ""], ["", "bad", "XBD", "king", "", "soon"]])
        assert untranslated(answer.content.decode()) == []


@pytest.mark.django_db
class TestTakingAway:
    def test_people_with_their_seats_in_both_forms(self, avaria: Client) -> None:
        holder("Kelu", Role.MEMBER_OFFICIAL, "XBD")
        noor = holder("=Noor", Role.MEMBER_OFFICIAL)
        Agency.objects.create(organisation=place("XAV"), code="XAV/B", name="Border")
        for kind in ("csv", "xlsx"):
            answer = avaria.post(reverse("accounts:export-people"), {"format": kind})
            rows = sheets.read(answer.content)
            assert [row[0] for row in rows] == ["name", "'=Noor", "Ada"]
            assert answer["Cache-Control"] == "no-store"
        assert Entry.objects.filter(event="accounts:person:exported").count() == 2
        assert actor(noor).roles == {Role.MEMBER_OFFICIAL}

    def test_officials_take_nothing_away(self) -> None:
        noor = client("Noor", Role.MEMBER_OFFICIAL)
        assert noor.post(reverse("accounts:export-people")).status_code == 403
        assert noor.get(reverse("accounts:bring")).status_code == 403
        assert noor.get(reverse("accounts:export-people")).status_code == 405
        assert timezone.now()
