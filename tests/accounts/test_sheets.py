"""Spreadsheets out and in: people leave and enter as a table, which shows its fate before anything is done."""

from __future__ import annotations

import csv
import io
from datetime import date
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from tests.accounts.places import actor, client, holder, place

from rso import sheets
from rso.accounts.models import Agency, Seat, User
from rso.accounts.rules import Role
from rso.audit.models import Entry
from rso.notices.models import Mail
from rso.ui.pseudo import untranslated

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
            rows = sheets.read(io.BytesIO(answer.content), most_rows=500)
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
