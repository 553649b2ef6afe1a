"""Tables in and out, the shipped list, and the interface for programs."""

from __future__ import annotations

import io
import json
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from openpyxl import Workbook, load_workbook
from tests.office.conftest import NOW, Browser
from tests.office.library.shelf import pdf, record

from rso.accounts.rules import ANONYMOUS, Actor, NotAllowed, system_actor
from rso.base.errors import RsoError
from rso.office.library import queries, tables
from rso.office.library.actions import loading
from rso.office.library.models import Import, Kind, Record, Theme

pytestmark = pytest.mark.django_db


def book(*rows: list[object]) -> bytes:
    made, out = Workbook(), io.BytesIO()
    for row in rows:
        made.active.append(row)
    made.save(out)
    return out.getvalue()


def bring(client: Client, content: bytes, name: str = "records.xlsx") -> str:
    """Hands in a table; gives the page that judges it, or the refusal."""
    answer = client.post(reverse("library:bring"), {"file": SimpleUploadedFile(name, content)}, follow=True)
    return answer.content.decode()


class TestOut:
    def test_no_cell_is_a_formula(self, actors: dict[str, Actor]) -> None:
        record(actors["staff"], "=HYPERLINK(1) (synthetic)", partners="@SUM(1)")
        (line,) = tables.written(Record.objects.all(), "csv").decode("utf-8-sig").splitlines()[1:]
        assert "'=HYPERLINK" in line
        assert "'@SUM" in line
        sheet = load_workbook(io.BytesIO(tables.written(Record.objects.all(), "xlsx"))).worksheets[0]
        assert {cell.data_type for row in sheet.iter_rows() for cell in row} <= {"s", "n", "inlineStr"}

    def test_what_is_written_can_be_read_and_changes_nothing(self, actors: dict[str, Actor], browser: Browser) -> None:
        record(actors["staff"], "-5 degrees (synthetic)")
        for form in ("csv", "xlsx"):
            sent = browser("staff").get(reverse("library:export", args=[form])).content
            assert "This table changes nothing" in bring(browser("staff"), sent, f"library.{form}")

    def test_json_and_only_what_one_may_read(self, actors: dict[str, Actor]) -> None:
        record(actors["staff"], "Open (synthetic)")
        record(actors["staff"], "Closed (synthetic)", access="members")
        told = json.loads(Client().get(reverse("library:export", args=["json"])).content)
        assert [one["title"] for one in told] == ["Open (synthetic)"]
        assert Client().get(reverse("library:export", args=["exe"])).status_code == 404


class TestIn:
    HEAD = ["address", "title", "kind", "published", "access"]

    def test_judged_first_and_written_when_said(self, actors: dict[str, Actor], browser: Browser) -> None:
        old = record(actors["staff"], "Old (synthetic)")
        staff = browser("staff")
        rows = [
            ["", "New (synthetic)", "report", 2020, "public"],
            [old.work.code, "Newer (synthetic)", "guide", "2024-05", ""],
        ]
        shown = bring(staff, book(self.HEAD, *rows))
        assert "New (synthetic)" in shown
        assert Record.objects.count() == 1, "nothing is written before somebody says so"
        table = Import.objects.get()
        staff.post(reverse("library:judged", args=[table.pk]), {"show": "1"})
        assert {one.work.title for one in queries.visible(ANONYMOUS)} == {"New (synthetic)", "Newer (synthetic)"}
        assert Record.objects.get(work__title="New (synthetic)").published == "2020"
        staff.post(reverse("library:judged", args=[table.pk]), {"show": "1"})
        assert Record.objects.count() == 2, "a second click does nothing"
        assert browser("administrator").get(reverse("library:judged", args=[table.pk])).status_code == 403

    @pytest.mark.parametrize(
        ("row", "words"),
        [
            (["", "", "guide", "", ""], "A title of at most"),
            (["", "X", "poem", "", ""], "not on the list"),
            (["", "X", "guide", "2020-30", ""], "Write a year"),
            (["unknown", "X", "guide", "", ""], "no record at this address"),
            (["", "X", "guide", "", "everyone"], "not on the list"),
            (["old-synthetic", "X", "guide", "", "members"], "changed on its own page"),
        ],
    )
    def test_a_fault_stops_all_of_it(
        self, row: list[object], words: str, actors: dict[str, Actor], browser: Browser
    ) -> None:
        record(actors["staff"], "Old (synthetic)")
        staff = browser("staff")
        shown = bring(staff, book(self.HEAD, ["", "Good (synthetic)", "guide", "", ""], row))
        assert words in shown
        assert "Nothing is written while rows have faults" in shown
        staff.post(reverse("library:judged", args=[Import.objects.get().pk]))
        assert Record.objects.count() == 1

    @pytest.mark.parametrize(
        ("content", "name", "words"),
        [
            (book(["title", "kind"], ['=HYPERLINK("https://x.invalid","a")', "guide"]), "a.xlsx", "A2"),
            (b"title,kind\n=1+1,guide\n", "a.csv", "A2"),
            (b"a,b\n1,2\n", "a.csv", "must name each column once"),
            (b"", "a.csv", "file is empty"),
            (b"title,kind\n" + b"X,guide\n" * 2001, "a.csv", "at most 2,000 rows"),
        ],
    )
    def test_a_table_that_is_none(self, content: bytes, name: str, words: str, browser: Browser) -> None:
        assert words in bring(browser("staff"), content, name)
        assert not Import.objects.exists()


class TestTheShippedList:
    def test_every_record_is_whole_and_says_who_states_it(self) -> None:
        added, _changed = loading.load(system_actor("command-line"), now=NOW)
        assert added == Record.objects.count() >= 30
        for one in Record.objects.select_related("work"):
            assert one.stated_by
            assert one.kind in Kind.values
            assert set(one.themes) <= set(Theme.values)
            assert queries.is_open(one)
            assert not one.documents.exists()

    def test_a_second_time_changes_nothing_and_what_people_changed_stays(
        self, actors: dict[str, Actor], tmp_path: Path
    ) -> None:
        from rso.office.library.actions import records

        loading.load(system_actor("command-line"), now=NOW)
        assert loading.load(system_actor("command-line"), now=NOW) == (0, 0)
        mine = Record.objects.get(work__code="trapped-in-deceit")
        records.change(
            actors["staff"], record=mine, revision=mine.revision, title="Trapped", about="Mine", owner=mine.work.owner,
            said={}, now=NOW,
        )  # fmt: skip
        newer = tmp_path / "list.toml"
        newer.write_text(loading.SHIPPED.read_text().replace('published = "2023-04"', 'published = "2023-05"').replace(
            'published = "2018-06"', 'published = "2018-07"'
        ))  # fmt: skip
        assert loading.load(system_actor("command-line"), path=newer, now=NOW) == (0, 1)
        mine.refresh_from_db()
        assert (mine.published, mine.work.title) == ("2023-04", "Trapped")
        assert Record.objects.get(work__code="guidelines-for-information-sharing").published == "2018-07"

    def test_a_bad_list_changes_nothing(self, actors: dict[str, Actor], tmp_path: Path) -> None:
        bad = tmp_path / "list.toml"
        bad.write_text(loading.SHIPPED.read_text() + '\n[[record]]\ncode = "x"\n')
        with pytest.raises(RsoError, match="incomplete-list"):
            loading.load(system_actor("command-line"), path=bad, now=NOW)
        assert not Record.objects.exists()
        with pytest.raises(NotAllowed):
            loading.load(actors["official"], now=NOW)


class TestInterface:
    def test_from_a_program(self, browser: Browser) -> None:
        staff = browser("staff")
        body = {"title": "Talking (synthetic)", "kind": "guide", "owner": "RSO", "language": "en", "access": "members"}
        made = staff.post("/api/library/records", body, content_type="application/json")
        assert made.status_code == 201, made.content
        at = f"/api/library/records/{made.json()['code']}"
        assert browser("official").get(at).status_code == 404
        sent = staff.post(f"{at}/files?language=th&role=slides", {"file": SimpleUploadedFile("a.pdf", pdf("x"))})
        assert sent.status_code == 201, sent.content
        assert staff.post(f"{at}/show").json()["is_shown"] is True
        told = browser("official").get(at).json()
        assert (told["documents"][0]["role"], told["languages"]) == ("slides", ["en", "th"])
        changed = staff.patch(at, {"published": "2020", "revision": told["revision"]}, content_type="application/json")
        assert changed.json()["published"] == "2020"
        assert changed.json()["title"] == "Talking (synthetic)"
        stale = staff.patch(at, {"published": "2021", "revision": told["revision"]}, content_type="application/json")
        assert stale.status_code == 409
        wish = staff.post(f"{at}/access", {"access": "public", "reason": "Released"}, content_type="application/json")
        assert wish.json() == {"access": "members", "waits": True}
        assert Client().get(at).status_code == 404
        gone = staff.delete(f"{at}/files/{told['documents'][0]['id']}")
        assert gone.json()["documents"] == []
        assert (
            browser("official").post("/api/library/records", body, content_type="application/json").status_code == 403
        )
