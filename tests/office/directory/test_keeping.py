"""What an administrator does to the facts, and what loading leaves alone; pages, sheets and interface."""

from __future__ import annotations

import csv
import io
import json
from datetime import UTC, date, datetime
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import Workbook, load_workbook
from tests.office.conftest import Browser

from rso import sheets
from rso.accounts.models import Organisation
from rso.accounts.rules import Actor, NotAllowed, system_actor
from rso.audit.models import Entry
from rso.base.errors import RsoError
from rso.office.directory import queries
from rso.office.directory.actions import importing, keeping
from rso.office.directory.actions.loading import load
from rso.office.directory.models import Body, Group, Passage, Post, Revision, Standing, Term
from rso.office.directory.rules import holds, meet, runs_forward

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)
TODAY = NOW.date()
THEN = date(2018, 3, 1)
Actors = dict[str, Actor]


def standing(code: str) -> Standing:
    return Standing.objects.get(organisation__code=code)


def term(body: str, code: str, **more: Any) -> Term:
    return Term.objects.get(post__body__code=body, organisation__code=code, **more)


spans = st.tuples(
    st.none() | st.dates(date(2000, 1, 1), date(2004, 1, 1)), st.none() | st.dates(date(2000, 1, 2), date(2004, 1, 1))
).filter(runs_forward)


class TestTerms:
    @given(spans, spans)
    def test_two_spans_meet_exactly_where_a_day_lies_in_both(self, one: Any, other: Any) -> None:
        ends = [day for day in (*one, *other) if day is not None]
        # A common day, where there is one, is found at a beginning or just before an end.
        days = {d for day in ends for d in (day, date.fromordinal(day.toordinal() - 1))} | {date(2002, 1, 1)}
        assert meet(one, other) == any(holds(one, day) and holds(other, day) for day in days)
        assert meet(one, other) == meet(other, one)

    @given(spans)
    def test_a_span_never_meets_what_follows_it(self, one: Any) -> None:
        if one[1] is not None:
            assert not meet(one, (one[1], None))
            assert not holds(one, one[1])


@pytest.mark.usefixtures("directory")
class TestKeeping:
    def test_who_held_the_seat_on_a_day(self, actors: Actors) -> None:
        def held(day: date) -> list[str]:
            return [row.organisation.code for row in queries.held(actors["official"], day, "wg-disruption")]

        assert held(THEN) == ["MYS", "NZL"]
        keeping.follow(
            actors["administrator"], row=term("wg-disruption", "NZL"), reason="Handed over",
            values={"since": date(2026, 6, 1), "organisation_id": Organisation.objects.get(code="FJI").pk,
                    "source": "Letter"}, now=NOW,
        )  # fmt: skip
        assert held(TODAY) == ["FJI", "VNM"]
        assert held(date(2026, 5, 31)) == ["NZL", "VNM"]
        assert held(THEN) == ["MYS", "NZL"]

    def test_what_ended_on_a_day_nobody_knows_holds_on_no_day(self, actors: Actors) -> None:
        codes = [row.organisation.code for row in queries.held(actors["official"], date(2019, 3, 1), "teg-rr")]
        past = [row.organisation.code for row in queries.held(actors["official"], TODAY, "teg-rr", past=True)]
        assert (codes, set(past)) == ([], {"LKA", "IOM"})

    def test_a_correction_leaves_the_old_values_the_reason_and_an_audit_row(self, actors: Actors) -> None:
        row = standing("AUS")
        keeping.correct(actors["administrator"], row=row, values={"display_name": "Aus"}, reason="Typing", now=NOW)
        revision = Revision.objects.get(kind="standing", ref=row.pk)
        assert (revision.before, revision.after) == ({"display_name": "Australia"}, {"display_name": "Aus"})
        assert (revision.reason, revision.by_id) == ("Typing", actors["administrator"].user_id)
        entry = Entry.objects.get(event="directory:facts:changed", subject=f"standing:{row.pk}")
        assert entry.facts == {"deed": "corrected", "fields": "display_name"}

    def test_undo_gives_the_old_values_back_and_undoing_an_entry_withdraws_it(self, actors: Actors) -> None:
        boss, row = actors["administrator"], term("wg-disruption", "NZL")
        keeping.close(boss, row=row, until=date(2026, 1, 1), reason="Ended", now=NOW)
        assert term("wg-disruption", "NZL").until == date(2026, 1, 1)
        keeping.undo(boss, row=row, reason="It had not", now=NOW)
        assert term("wg-disruption", "NZL").until is None
        values = {
            "post_id": row.post_id,
            "organisation_id": standing("FJI").organisation_id,
            "source": "x",
            "version": 2,
        }
        entered = keeping.enter(boss, model=Term, values=values, reason="New", now=NOW)
        keeping.undo(boss, row=entered, reason="Wrong", now=NOW)
        assert term("wg-disruption", "FJI").is_withdrawn
        assert "FJI" not in [one.organisation.code for one in queries.held(boss, TODAY, "wg-disruption")]
        keeping.restore(boss, row=entered, reason="Right after all", now=NOW)
        assert "FJI" in [one.organisation.code for one in queries.held(boss, TODAY, "wg-disruption")]

    @pytest.mark.parametrize(
        ("values", "code"),
        [
            ({"since": date(2020, 1, 1), "until": date(2020, 1, 1)}, "term-runs-backward"),
            ({"since": date(2020, 1, 1), "until": None}, "term-held"),
        ],
    )
    def test_what_cannot_be_is_refused(self, actors: Actors, values: dict[str, Any], code: str) -> None:
        row = term("wg-disruption", "NZL")
        said = {"post_id": row.post_id, "organisation_id": row.organisation_id, "source": "x", "version": 2, **values}
        with pytest.raises(RsoError) as refused:
            keeping.enter(actors["administrator"], model=Term, values=said, reason="why", now=NOW)
        assert refused.value.code == code
        assert not Revision.objects.exists()

    def test_no_reason_no_change_and_a_page_left_open_overwrites_nothing(self, actors: Actors) -> None:
        boss, row = actors["administrator"], standing("AUS")
        with pytest.raises(RsoError, match="why"):
            keeping.correct(boss, row=row, values={"display_name": "A"}, reason=" ", now=NOW)
        keeping.correct(boss, row=row, values={"display_name": "First"}, reason="a", now=NOW, seen=0)
        with pytest.raises(RsoError, match="meanwhile"):
            keeping.correct(boss, row=row, values={"display_name": "Second"}, reason="b", now=NOW, seen=0)
        assert standing("AUS").display_name == "First"

    @pytest.mark.parametrize("name", ["official", "staff", "manager-a", "party"])
    def test_others_change_nothing(self, actors: Actors, name: str) -> None:
        with pytest.raises(NotAllowed):
            keeping.withdraw(actors[name], row=standing("AUS"), reason="x", now=NOW)

    def test_a_statement_is_followed_by_its_next_version_wherever_it_stands(self, actors: Actors) -> None:
        boss = actors["administrator"]
        first, second = Passage.objects.filter(code="bali-process").order_by("version")
        values = {"since": date(2019, 1, 1), "until": date(2019, 7, 1), "text": "Between", "source": "x"}
        between = keeping.follow(boss, row=first, values=values, reason="x", now=NOW)
        texts = [queries.passages("background", day).get(code="bali-process").version
                 for day in (THEN, date(2019, 3, 1), TODAY)]  # fmt: skip
        assert texts == [1, 3, 2]
        assert between.version == 3
        with pytest.raises(RsoError, match="recorded"):
            keeping.reopen(boss, row=first, reason="x", now=NOW)
        said = {"kind": "background", "code": "bali-process", "text": "t", "order": 1, "source": "x", "version": 2}
        with pytest.raises(RsoError, match="recorded"):
            keeping.enter(boss, model=Passage, values={**said, "since": second.since}, reason="x", now=NOW)

    def test_a_members_new_name_is_shown_everywhere_unless_it_has_one_of_its_own(self, actors: Actors) -> None:
        boss = actors["administrator"]
        keeping.follow(
            boss,
            row=standing("AUS"),
            values={"since": date(2026, 1, 1), "display_name": "New name"},
            reason="x",
            now=NOW,
        )
        assert Organisation.objects.get(code="AUS").name == "New name"
        Organisation.objects.filter(code="FJI").update(name="Own name")
        keeping.correct(boss, row=standing("FJI"), values={"display_name": "Fi"}, reason="x", now=NOW)
        assert Organisation.objects.get(code="FJI").name == "Own name"
        later = {"since": date(2027, 1, 1), "display_name": "Future"}
        keeping.follow(boss, row=standing("NZL"), values=later, reason="x", now=NOW)
        assert Organisation.objects.get(code="NZL").name == "New Zealand", "not before its day"

    def test_groups_are_merged_and_each_member_remembers_it(self, actors: Actors) -> None:
        asean, asia = Group.objects.get(code="asean"), Group.objects.get(code="asia")
        moved = keeping.merge_groups(actors["administrator"], group=asean, into=asia, reason="One list", now=NOW)
        assert (moved, asean.standings.count(), asia.standings.count()) == (10, 0, 32)
        assert Revision.objects.filter(kind="standing", reason="One list").count() == 10
        with pytest.raises(RsoError, match="another"):
            keeping.merge_groups(actors["administrator"], group=asia, into=asia, reason="x", now=NOW)


@pytest.mark.usefixtures("directory")
class TestLoadingAgain:
    def test_what_the_office_changed_is_kept_and_shown_beside_the_shipped_value(self, actors: Actors) -> None:
        boss = actors["administrator"]
        keeping.correct(boss, row=standing("AUS"), values={"display_name": "Commonwealth"}, reason="x", now=NOW)
        keeping.close(boss, row=term("gabf", "EMTEK"), until=date(2025, 1, 1), reason="x", now=NOW)
        Organisation.objects.filter(code="FJI").update(name="Fiji renamed")
        loaded = load(system_actor("command-line"), now=NOW)
        assert (loaded.new, loaded.updated, loaded.kept) == (0, 0, 2)
        assert standing("AUS").display_name == "Commonwealth"
        assert term("gabf", "EMTEK").until == date(2025, 1, 1)
        assert Organisation.objects.get(code="FJI").name == "Fiji renamed"
        told = {(row.field, row.shipped, row.ours) for row in queries.differences(boss)}
        assert told == {("display_name", "Australia", "Commonwealth"), ("until", None, date(2025, 1, 1))}

    def test_an_untouched_row_follows_the_file_and_its_name_elsewhere_too(self) -> None:
        Standing.objects.filter(organisation__code="AUS").update(display_name="Old name")
        Organisation.objects.filter(code="AUS").update(name="Old name")
        assert load(system_actor("command-line"), now=NOW).updated == 1
        assert standing("AUS").display_name == "Australia"
        assert Organisation.objects.get(code="AUS").name == "Australia"

    def test_observers_seen_are_observers_and_no_members(self) -> None:
        codes = {row.organisation.code for row in queries.observers(TODAY)}
        assert codes == {"CAN", "GBR", "ICMPD", "UN-ACT", "ADFM"}
        assert not codes & {row.organisation.code for row in queries.members(TODAY)}

    def test_no_day_is_invented(self) -> None:
        assert term("steering-group", "THA").since is None
        assert Body.objects.get(code="ad-hoc-group").since is None
        assert not Post.objects.filter(body__code="ad-hoc-group").exists()


@pytest.mark.usefixtures("directory")
class TestPersons:
    @pytest.fixture
    def named(self, directory: None) -> Term:
        row = term("co-managers", "AUS")
        row.person = "Quillon Ashgrove"
        row.save()
        return row

    def test_a_name_is_for_officials_unless_it_is_public(self, named: Term, client: Client, browser: Browser) -> None:
        url = reverse("directory:posts")
        assert "Quillon" not in client.get(url).content.decode()
        assert "Quillon" not in browser("party").get(url).content.decode()
        assert "Quillon" in browser("official").get(url).content.decode()
        assert client.get("/api/directory/posts?q=co-managers").json()[0]["person"] == ""
        named.person_is_public = True
        named.save()
        assert "Quillon" in client.get(url).content.decode()

    @pytest.mark.usefixtures("named")
    def test_nobody_learns_a_name_by_searching_for_it(self, client: Client, browser: Browser) -> None:
        url = reverse("directory:posts")
        assert list(client.get(url, {"q": "Quillon"}).context["page"]) == []
        assert len(browser("official").get(url, {"q": "Quillon"}).context["page"]) == 1
        assert "Quillon" not in client.get(url, {"as": "csv"}).content.decode()


@pytest.mark.usefixtures("directory")
class TestPages:
    def test_the_administrator_enters_follows_closes_and_undoes(self, browser: Browser) -> None:
        boss = browser("administrator")
        form = {"kind": "purpose", "code": "new-purpose", "text": "To be useful.", "order": "9", "since": "2026-01-01",
                "until": "", "source": "Minutes", "reason": "Decided"}  # fmt: skip
        answer = boss.post(reverse("directory:enter", args=["passage"]), form)
        row = Passage.objects.get(code="new-purpose")
        assert answer.url == reverse("directory:row", args=["passage", row.pk])
        follow = reverse("directory:follow", args=["passage", row.pk])
        boss.post(follow, {**form, "text": "To be very useful.", "since": "2026-07-01"})
        texts = [(one.version, one.text, one.since, one.until) for one in Passage.objects.filter(code="new-purpose")]
        assert sorted(texts) == [
            (2, "To be useful.", date(2026, 1, 1), date(2026, 7, 1)),
            (3, "To be very useful.", date(2026, 7, 1), None),
        ]
        page = boss.get(reverse("directory:row", args=["passage", row.pk])).content.decode()
        assert "Decided" in page
        undo = {pk: reverse("directory:move", args=["passage", pk, "undo"]) for pk in (row.pk, row.pk + 1)}
        assert boss.post(undo[row.pk], {"reason": "Too early"}).status_code == 422, "the newer one still holds"
        for pk in (row.pk + 1, row.pk):
            assert boss.post(undo[pk], {"reason": "Too early"}).status_code == 302
        row.refresh_from_db()
        assert row.until is None

    @pytest.mark.parametrize("kind", ["standing", "group", "body", "post", "term", "passage", "resource"])
    def test_every_kind_has_its_pages_and_both_sheets(self, browser: Browser, kind: str) -> None:
        boss = browser("administrator")
        listed = boss.get(reverse("directory:rows", args=[kind]))
        first = listed.context["rows"][0][0]
        assert boss.get(reverse("directory:row", args=[kind, first.pk])).status_code == 200
        for page in ("enter", "import"):
            assert boss.get(reverse(f"directory:{page}", args=[kind])).status_code == 200
        assert boss.get(reverse("directory:correct", args=[kind, first.pk])).status_code == 200
        for ending in ("csv", "xlsx"):
            out = boss.get(reverse("directory:export", args=[kind, ending]))
            rows = importing.rows_of(io.BytesIO(out.content), kind)
            assert len(rows) == listed.context["page"].paginator.count
            fates = {one.fate.value for one in importing.judge(listed.wsgi_request.actor, kind=kind, rows=rows)}
            assert fates == {"same"}, "what goes out comes in as it was"

    def test_refusals_keep_what_was_typed(self, browser: Browser) -> None:
        boss, row = browser("administrator"), standing("AUS")
        url = reverse("directory:correct", args=["standing", row.pk])
        answer = boss.post(url, {"display_name": "Typed by hand", "reason": ""})
        assert (answer.status_code, "Typed by hand" in answer.content.decode()) == (422, True)
        assert standing("AUS").display_name == "Australia"
        assert boss.post(reverse("directory:move", args=["standing", row.pk, "explode"])).status_code == 404
        assert boss.get("/directory/rumour/").status_code == 404

    def test_staff_look_and_do_not_change_and_officials_do_not_look(self, browser: Browser) -> None:
        staff, row = browser("staff"), standing("AUS")
        page = staff.get(reverse("directory:row", args=["standing", row.pk])).content.decode()
        assert "Withdraw" not in page
        assert staff.post(reverse("directory:move", args=["standing", row.pk, "withdraw"])).status_code == 403
        assert browser("official").get(reverse("directory:start")).status_code == 403

    def test_loading_from_the_page_says_what_it_kept(self, browser: Browser, actors: Actors) -> None:
        keeping.correct(
            actors["administrator"], row=standing("AUS"), values={"display_name": "Aus"}, reason="x", now=NOW
        )
        answer = browser("administrator").post(reverse("directory:load"), follow=True).content.decode()
        assert "1 kept as the office has them" in answer
        assert "Aus" in answer

    def test_lists_take_few_queries(self, browser: Browser, django_assert_max_num_queries: Any) -> None:
        boss = browser("administrator")
        for url in (reverse("directory:rows", args=["term"]), reverse("directory:posts"), reverse("front:members")):
            boss.get(url)
            with django_assert_max_num_queries(12):
                assert boss.get(url).status_code == 200


def _sheet(kind: str, *rows: dict[str, object]) -> bytes:
    columns = importing.sheet_columns(kind)
    return sheets.as_csv(columns, [[row.get(name, "") for name in columns] for row in rows])


@pytest.mark.usefixtures("directory")
class TestSheets:
    NEW = {"post": "gabf/business-co-chair", "organisation": "FJI", "source": "Minutes", "since": "2026-01-01",
           "person_is_public": "no", "is_over": "no"}  # fmt: skip

    def upload(self, boss: Client, content: bytes, name: str = "terms.csv") -> Any:
        return boss.post(reverse("directory:import", args=["term"]), {"file": SimpleUploadedFile(name, content)})

    def test_a_sheet_is_looked_at_first_and_taken_in_whole(self, browser: Browser) -> None:
        boss = browser("administrator")
        old = term("gabf", "EMTEK")
        changed = dict(zip(importing.sheet_columns("term"), importing.sheet_rows("term", [old])[0], strict=True))
        looked = self.upload(boss, _sheet("term", self.NEW, {**changed, "until": "2025-01-01"}))
        assert [one.words for one in looked.context["fates"]] == ["New", "Changes"]
        assert not Term.objects.filter(organisation__code="FJI").exists()
        said = {"rows": looked.context["signed"], "reason": "Yearly list"}
        assert boss.post(reverse("directory:import", args=["term"]), said).status_code == 302
        assert term("gabf", "FJI").since == date(2026, 1, 1)
        assert term("gabf", "EMTEK").until == date(2025, 1, 1)
        assert Revision.objects.filter(reason="Yearly list").count() == 2

    @pytest.mark.parametrize(
        ("change", "word"),
        [
            ({"source": '=HYPERLINK("http://x.invalid")'}, "formula"),
            ({"person": "@SUM(A1)"}, "formula"),
            ({"organisation": "ZZZ"}, "organisation"),
            ({"since": "yesterday"}, "since"),
            ({"until": "2025-01-01"}, "until"),
            ({"id": "99999"}, "no row with this id"),
        ],
    )
    def test_a_row_that_is_wrong_refuses_and_says_why(
        self, browser: Browser, change: dict[str, str], word: str
    ) -> None:
        looked = self.upload(browser("administrator"), _raw({**self.NEW, **change}))
        (fate,) = looked.context["fates"]
        assert fate.words == "Refused"
        assert word in " ".join(fate.why)
        with pytest.raises(RsoError, match="refused"):
            importing.take_in(
                looked.wsgi_request.actor, kind="term", reason="x", now=NOW,
                rows=importing.rows_of(io.BytesIO(_raw({**self.NEW, **change})), "term"),
            )  # fmt: skip

    def test_formulas_leave_as_texts(self, actors: Actors, browser: Browser) -> None:
        keeping.correct(
            actors["administrator"], row=standing("AUS"), values={"official_name": "=1+1"}, reason="x", now=NOW
        )
        out = browser("administrator").get(reverse("directory:export", args=["standing", "xlsx"]))
        cells = [cell for row in load_workbook(io.BytesIO(out.content)).active.iter_rows() for cell in row]
        assert "'=1+1" in [cell.value for cell in cells]
        assert "f" not in {cell.data_type for cell in cells}

    def test_a_formula_in_a_workbook_is_seen_as_one(self, browser: Browser) -> None:
        book, columns = Workbook(), importing.sheet_columns("term")
        book.active.append(columns)
        book.active.append(["=1+1" if name == "source" else self.NEW.get(name, "") for name in columns])
        out = io.BytesIO()
        book.save(out)
        (fate,) = self.upload(browser("administrator"), out.getvalue(), "t.xlsx").context["fates"]
        assert fate.words == "Refused"

    @pytest.mark.parametrize(
        ("name", "content"),
        [
            ("a.csv", b"\xff\xfe\x00"),
            ("a.csv", b""),
            ("a.csv", b"one,two\n1,2\n"),
            ("a.xlsx", b"no workbook"),
            ("a.xlsx", b"PK\x03\x04"),
            ("a.csv", b"id\n" + b"1\n" * 3000),
        ],
    )
    def test_what_is_no_sheet_gets_words(self, browser: Browser, name: str, content: bytes) -> None:
        answer = self.upload(browser("administrator"), content, name)
        assert answer.status_code == 422
        assert answer.context["form"].errors["file"]

    def test_rows_from_elsewhere_are_not_taken_for_those_looked_at(self, browser: Browser) -> None:
        boss = browser("administrator")
        answer = boss.post(reverse("directory:import", args=["term"]), {"rows": "forged", "reason": "x"})
        assert answer.status_code == 422
        looked = self.upload(boss, _sheet("term", self.NEW))
        said = {"rows": looked.context["signed"], "reason": "x"}
        assert boss.post(reverse("directory:import", args=["standing"]), said).status_code == 422


def _raw(row: dict[str, str]) -> bytes:
    """A sheet as somebody else's program writes it: nothing is made safe."""
    columns = importing.sheet_columns("term")
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(columns)
    writer.writerow([row.get(name, "") for name in columns])
    return out.getvalue().encode()


@pytest.mark.usefixtures("directory")
class TestInterface:
    def send(self, client: Client, method: str, path: str, body: dict[str, Any]) -> Any:
        client.get("/")
        token = client.cookies["rso_csrf"].value if "rso_csrf" in client.cookies else ""
        call = getattr(client, method)
        return call(
            f"/api/directory/{path}", json.dumps(body), content_type="application/json", headers={"X-CSRFToken": token}
        )

    def test_it_changes_what_the_pages_change(self, browser: Browser) -> None:
        boss, row = browser("administrator"), standing("AUS")
        body = {"values": {"display_name": "Aus"}, "reason": "short", "seen": 0}
        answer = self.send(boss, "put", f"facts/standing/{row.pk}", body)
        assert (answer.status_code, answer.json()["values"]["display_name"]) == (200, "Aus")
        assert self.send(boss, "put", f"facts/standing/{row.pk}", body).status_code == 409
        wrong = self.send(boss, "put", f"facts/standing/{row.pk}", {"values": {"status": "king"}, "reason": "x"})
        assert (wrong.status_code, "status" in wrong.json()["errors"]) == (422, True)
        listed = boss.get("/api/directory/facts/standing?q=australia&size=5").json()["items"]
        assert [one["values"]["display_name"] for one in listed] == ["Aus"]
        undone = self.send(boss, "post", f"facts/standing/{row.pk}/undo", {"reason": "long"})
        assert undone.json()["values"]["display_name"] == "Australia"
        assert len(boss.get(f"/api/directory/facts/standing/{row.pk}/history").json()) == 2
        follow = {"values": {"since": "2026-01-01", "group": "asia"}, "reason": "moved"}
        assert self.send(boss, "post", f"facts/standing/{row.pk}/follow", follow).status_code == 201
        members = {one["code"]: one["group"] for one in boss.get("/api/directory/members?on=2026-02-01").json()}
        assert members["AUS"] == "asia"
        assert self.send(browser("official"), "put", f"facts/standing/{row.pk}", body).status_code == 403

    def test_posts_of_a_day_and_observers(self, client: Client) -> None:
        rows = client.get("/api/directory/posts?on=2018-03-01&q=wg-disruption").json()
        assert [row["code"] for row in rows] == ["MYS", "NZL"]
        assert {row["code"] for row in client.get("/api/directory/observers").json()} >= {"CAN", "GBR"}
        assert client.get("/api/directory/posts?past=true&q=teg-rr").json()[0]["is_over"]
