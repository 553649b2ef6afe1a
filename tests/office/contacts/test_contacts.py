"""Focal points with their pages, interface, reminders, cards and the sealed copy that a browser opens offline."""

from __future__ import annotations

import json
import re
import shutil
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from playwright.sync_api import sync_playwright
from tests.office.conftest import Browser

from rso.accounts.models import Agency, Organisation, Seat, User
from rso.accounts.queries import actor_of
from rso.accounts.rules import Actor, NotAllowed, Role, system_actor
from rso.audit.models import Entry
from rso.base.errors import RsoError
from rso.notices.models import Mail, Notice
from rso.office.contacts import presenters, queries, sealing, sources
from rso.office.contacts.actions import keeping, reminding
from rso.office.contacts.models import FocalPoint, Subject
from rso.office.directory.models import Revision
from rso.ui.pseudo import ACCENTED, MIRRORED, untranslated

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)
CHROMIUM = shutil.which("chromium")


@pytest.fixture
def keeper(people: dict[str, User]) -> User:
    """The administrator of the member XAV."""
    return _person("keeper", Role.MEMBER_ADMINISTRATOR, "XAV")


def _person(name: str, role: Role, code: str, subject: str = "") -> User:
    user = User.objects.create_user(email=f"{name}@synthetic.invalid", name=f"P. {name}", is_synthetic=True)
    organisation = Organisation.objects.get(code=code)
    Seat.objects.create(user=user, role=role, organisation=organisation, subject=subject, starts_on=date(2020, 1, 1))
    return user


def acting(user: User) -> Actor:
    return actor_of(user, NOW.date())


def values(subject: str = "general", **more: Any) -> dict[str, Any]:
    return {
        "subject_id": Subject.objects.get(code=subject).pk, "agency_id": None, "rank": 0, "name": "Quill Ash",
        "position": "Desk", "channels": [{"kind": "mail", "value": "q@synthetic.invalid", "note": ""}],
        "languages": ["en", "th"], "time_zone": "Asia/Bangkok", "hours": ["09:00-17:00"] * 5 + [""] * 2, "note": "",
        **more,
    }  # fmt: skip


def entered(actor: Actor, code: str = "XAV", now: datetime = NOW, **more: Any) -> FocalPoint:
    organisation = Organisation.objects.get(code=code)
    return keeping.enter(actor, organisation=organisation, values=values(**more), now=now)


@pytest.fixture
def signed_in(people: dict[str, User], keeper: User, browser: Browser) -> Client:
    people["keeper"] = keeper
    return browser("keeper")


class TestKeeping:
    def test_a_members_own_hand_confirms_and_the_offices_does_not(self, keeper: User, actors: dict[str, Actor]) -> None:
        own = entered(acting(keeper))
        theirs = entered(actors["staff"], subject="sea")
        assert (own.confirmed_at, own.confirmed_by, own.is_by_office) == (NOW, keeper, False)
        assert (theirs.confirmed_at, theirs.is_by_office) == (None, True)
        keeping.change(actors["staff"], row=own, values=values(name="Else"), now=NOW + timedelta(days=1))
        own.refresh_from_db()
        assert (own.confirmed_at, own.is_by_office) == (None, True), "the office's change waits for the member's word"
        assert keeping.confirm(acting(keeper), rows=[own, theirs], now=NOW) == 2
        own.refresh_from_db()
        assert (own.confirmed_by, own.is_by_office) == (keeper, False)

    def test_nobody_confirms_what_was_changed_since_they_read_it(
        self, keeper: User, actors: dict[str, Actor], signed_in: Client
    ) -> None:
        row = entered(acting(keeper))
        shown = signed_in.get(reverse("contacts:focal-point", args=[row.pk])).content.decode()
        seen = row.changed_at.isoformat()
        assert f'name="seen" value="{seen}"' in shown
        keeping.change(actors["staff"], row=row, values=values(name="Else"), now=NOW + timedelta(days=1))
        with pytest.raises(RsoError) as refused:
            keeping.confirm(acting(keeper), rows=[row], now=NOW + timedelta(days=2))
        assert refused.value.code == "changed-meanwhile"
        path = reverse("contacts:move", args=[row.pk, "confirm"])
        assert signed_in.post(path, {"seen": seen}).status_code == 409
        row.refresh_from_db()
        assert row.confirmed_at is None
        assert signed_in.post(path, {"seen": row.changed_at.isoformat()}).status_code == 302

    def test_nobody_keeps_or_confirms_another_members(self, keeper: User, actors: dict[str, Actor]) -> None:
        row = entered(actors["staff"], code="XBD")
        for act in (
            lambda: entered(acting(keeper), code="XBD", rank=1),
            lambda: keeping.change(acting(keeper), row=row, values=values(), now=NOW),
            lambda: keeping.end(acting(keeper), row=row, now=NOW),
            lambda: keeping.confirm(acting(keeper), rows=[row], now=NOW),
            lambda: keeping.confirm(actors["staff"], rows=[row], now=NOW),
            lambda: entered(actors["official"]),
            lambda: queries.focal_points(actors["party"], NOW.date()),
        ):
            with pytest.raises(NotAllowed):
                act()

    def test_a_focal_point_keeps_its_own_subject_and_cannot_move_an_entry_out_of_it(self, people: Any) -> None:
        person = acting(_person("sea", Role.FOCAL_POINT, "XAV", "sea"))
        row = entered(person, subject="sea")
        with pytest.raises(NotAllowed):
            entered(person, subject="training")
        with pytest.raises(NotAllowed):
            keeping.change(person, row=row, values=values(subject="training"), now=NOW)

    def test_one_principal_and_the_rank_is_free_again_when_the_entry_has_ended(self, keeper: User) -> None:
        row = entered(acting(keeper))
        with pytest.raises(RsoError) as refused:
            entered(acting(keeper))
        assert refused.value.code == "rank-taken"
        entered(acting(keeper), rank=1)
        keeping.end(acting(keeper), row=row, now=NOW)
        row.refresh_from_db()
        with pytest.raises(RsoError, match="ended"):
            keeping.confirm(acting(keeper), rows=[row], now=NOW)
        tomorrow = NOW + timedelta(days=1)
        entered(acting(keeper), now=tomorrow)
        with pytest.raises(RsoError, match="rank"):
            keeping.resume(acting(keeper), row=row, now=tomorrow)
        assert FocalPoint.objects.get(pk=row.pk).until == NOW.date(), "what has ended stays"

    def test_an_agency_of_another_is_refused_and_a_stale_page_overwrites_nothing(self, keeper: User) -> None:
        elsewhere = Agency.objects.create(organisation=Organisation.objects.get(code="XBD"), code="B", name="B")
        with pytest.raises(RsoError, match="another"):
            entered(acting(keeper), agency_id=elsewhere.pk)
        row = entered(acting(keeper))
        later = NOW + timedelta(hours=1)
        keeping.change(acting(keeper), row=row, values=values(name="First"), now=later, seen=NOW)
        with pytest.raises(RsoError, match="meanwhile"):
            keeping.change(acting(keeper), row=row, values=values(name="Second"), now=later, seen=NOW)
        assert FocalPoint.objects.get(pk=row.pk).name == "First"
        assert Revision.objects.filter(kind="focalpoint", ref=row.pk).first().before["name"] == "Quill Ash"

    def test_the_audit_holds_no_name(self, keeper: User) -> None:
        row = entered(acting(keeper))
        facts = [entry.facts for entry in Entry.objects.filter(subject=f"focalpoint:{row.pk}")]
        assert facts
        assert "Quill" not in json.dumps(facts)


class TestReminders:
    SYSTEM = system_actor("reminders")

    def told(self, user: User) -> int:
        return Notice.objects.filter(user=user, kind="contacts.confirm").count()

    def test_they_repeat_and_go_up_from_the_keepers_to_the_staff(self, keeper: User, people: dict[str, User]) -> None:
        person = _person("sea", Role.FOCAL_POINT, "XAV", "sea")
        row = entered(acting(person), subject="sea", now=NOW - timedelta(days=200))
        seen = []
        for round_ in range(6):
            now = NOW + timedelta(days=14 * round_)
            assert reminding.remind(self.SYSTEM, now=now) == 1
            assert reminding.remind(self.SYSTEM, now=now + timedelta(days=1)) == 0, "not again within the days"
            seen.append((self.told(person), self.told(keeper), self.told(people["staff"])))
        assert seen == [(1, 0, 0), (2, 0, 0), (2, 1, 0), (2, 2, 0), (2, 2, 1), (2, 2, 2)]
        assert Mail.objects.filter(to_address=keeper.email).count() == 2
        keeping.confirm(acting(person), rows=[row], now=NOW + timedelta(days=90))
        assert reminding.remind(self.SYSTEM, now=NOW + timedelta(days=120)) == 0

    def test_fresh_and_ended_entries_are_left_alone_and_a_step_with_nobody_goes_on(
        self, keeper: User, people: dict[str, User], actors: dict[str, Actor]
    ) -> None:
        entered(acting(keeper))
        ended = entered(acting(keeper), rank=1, now=NOW - timedelta(days=300))
        keeping.end(acting(keeper), row=ended, now=NOW - timedelta(days=1))
        assert reminding.remind(self.SYSTEM, now=NOW) == 0
        entered(actors["staff"], code="XBD")  # a member that has neither a focal point nor an administrator here
        assert reminding.remind(self.SYSTEM, now=NOW + timedelta(days=1)) == 1
        assert self.told(people["staff"]) == 1

    def test_only_the_schedule_sends_them(self, actors: dict[str, Actor]) -> None:
        with pytest.raises(NotAllowed):
            reminding.remind(actors["administrator"], now=NOW)

    def test_the_words_name_no_person(self, keeper: User) -> None:
        entered(acting(keeper), now=NOW - timedelta(days=300))
        reminding.remind(self.SYSTEM, now=NOW)
        mail = Mail.objects.get(to_address=keeper.email)
        assert "XAV (synthetic)" in mail.subject
        assert "Quill" not in mail.subject + mail.body


def _form(**more: str) -> dict[str, str]:
    form = {
        "subject": str(Subject.objects.get(code="sea").pk), "rank": "0", "name": "Typed Hand", "position": "",
        "time_zone": "Asia/Dili", "languages": "en", "note": "", "ways-TOTAL_FORMS": "3", "ways-INITIAL_FORMS": "0",
        "ways-0-kind": "telephone", "ways-0-value": "+670 331 0000", "ways-0-note": "day and night",
    }  # fmt: skip
    return form | {f"hours_{day}": "08:30-16:30" for day in range(7)} | more


class TestPages:
    def test_a_member_enters_changes_confirms_and_ends(self, signed_in: Client) -> None:
        answer = signed_in.post(reverse("contacts:enter") + "?organisation=XAV", _form())
        row = FocalPoint.objects.get()
        assert answer.url == reverse("contacts:focal-point", args=[row.pk])
        assert row.channels == [{"kind": "telephone", "value": "+670 331 0000", "note": "day and night"}]
        page = signed_in.get(answer.url).content.decode()
        for words in ("Typed Hand", "tel:+6703310000", "there", "08:30-16:30", "Asia/Dili"):
            assert words in page, words
        form = signed_in.get(reverse("contacts:change", args=[row.pk])).context["form"]
        assert form.initial["name"] == "Typed Hand"
        signed_in.post(
            reverse("contacts:change", args=[row.pk]), _form(name="Other Hand") | {"ways-INITIAL_FORMS": "1"}
        )
        assert FocalPoint.objects.get().name == "Other Hand"
        for move in ("confirm", "end", "resume"):
            assert signed_in.post(reverse("contacts:move", args=[row.pk, move])).status_code == 302
        assert signed_in.post(reverse("contacts:move", args=[row.pk, "resume"])).status_code == 409
        assert signed_in.post(reverse("contacts:move", args=[row.pk, "sing"])).status_code == 404

    @pytest.mark.parametrize(
        "wrong",
        [{"hours_0": "nine to five"}, {"ways-0-value": "call me"}, {"ways-0-kind": "mail"}, {"ways-0-value": ""},
         {"time_zone": "Moon/Base"}, {"name": ""}, {"subject": "77"}],
    )  # fmt: skip
    def test_what_is_wrong_is_said_and_nothing_typed_is_lost(self, signed_in: Client, wrong: dict[str, str]) -> None:
        answer = signed_in.post(reverse("contacts:enter"), _form(position="Kept words") | wrong)
        assert (answer.status_code, FocalPoint.objects.count()) == (422, 0)
        assert "Kept words" in answer.content.decode()

    def test_one_press_confirms_what_was_shown_and_nothing_that_came_since(
        self, signed_in: Client, keeper: User, actors: dict[str, Actor]
    ) -> None:
        rows = [entered(actors["staff"], subject=subject) for subject in ("general", "sea", "training")]
        page = signed_in.get(reverse("contacts:member")).content.decode()
        assert "Confirm 3 entries" in page
        keeping.change(
            actors["staff"], row=rows[2], values=values("training", name="New"), now=NOW + timedelta(hours=1)
        )
        said = {
            "organisation": "XAV",
            "entry": re.findall(r'name="entry" value="(\d+)"', page),
            "seen": re.findall(r'name="seen" value="([^"]+)"', page),
        }
        signed_in.post(reverse("contacts:confirm-all"), said)
        assert set(FocalPoint.objects.filter(confirmed_by=keeper)) == set(rows[:2])

    def test_another_members_page_is_closed_and_the_staff_open_every(
        self, signed_in: Client, browser: Browser, actors: dict[str, Actor]
    ) -> None:
        row = entered(actors["staff"], code="XBD")
        assert signed_in.get(reverse("contacts:member") + "?organisation=XBD").status_code == 404
        assert signed_in.get(reverse("contacts:focal-point", args=[row.pk])).status_code == 200
        assert signed_in.get(reverse("contacts:change", args=[row.pk])).status_code == 403
        assert signed_in.post(reverse("contacts:move", args=[row.pk, "end"])).status_code == 403
        staff = browser("staff")
        assert staff.get(reverse("contacts:member") + "?organisation=XBD").status_code == 200
        assert "Confirm" not in staff.get(reverse("contacts:focal-point", args=[row.pk])).content.decode()

    @pytest.mark.parametrize("page", ["contacts:focal-points", "contacts:member", "contacts:copy"])
    def test_not_for_the_public_nor_for_interested_parties(self, client: Client, browser: Browser, page: str) -> None:
        assert client.get(reverse(page)).status_code == 302
        assert browser("party").get(reverse(page)).status_code == 403

    def test_the_list_is_found_in_and_takes_few_queries(
        self, signed_in: Client, keeper: User, django_assert_max_num_queries: Any
    ) -> None:
        for number, subject in enumerate(Subject.objects.all()):
            for rank in range(3):
                entered(acting(keeper), subject=subject.code, rank=rank, name=f"Person {number}{rank}")
        url = reverse("contacts:focal-points")
        signed_in.get(url)
        with django_assert_max_num_queries(12):
            assert len(signed_in.get(url).context["shown"]) == 18
        with django_assert_max_num_queries(16):
            signed_in.get(reverse("contacts:member"))
        assert [one.row.name for one in signed_in.get(url, {"q": "person 21"}).context["shown"]] == ["Person 21"]
        assert len(signed_in.get(url, {"subject": "sea"}).context["shown"]) == 3
        assert len(signed_in.get(url, {"q": "nobody"}).context["shown"]) == 0

    def test_subjects_are_the_offices_and_their_codes_stay(self, browser: Browser, signed_in: Client) -> None:
        boss = browser("administrator")
        boss.post(reverse("contacts:enter-subject"), {"code": "visa", "name": "Visa", "order": "9", "is_active": "on"})
        row = Subject.objects.get(code="visa")
        boss.post(reverse("contacts:change-subject", args=[row.pk]), {"code": "x", "name": "Visas", "order": "9"})
        row.refresh_from_db()
        assert (row.code, row.name, row.is_active) == ("visa", "Visas", False)
        assert signed_in.get(reverse("contacts:subjects")).status_code == 403

    @pytest.mark.parametrize("language", [ACCENTED, MIRRORED])
    def test_every_word_is_translated(
        self, signed_in: Client, browser: Browser, actors: dict[str, Actor], keeper: User, language: str
    ) -> None:
        row = entered(acting(keeper))
        entered(actors["staff"], subject="sea")
        boss = browser("administrator")
        pages = [(signed_in, reverse(f"contacts:{name}")) for name in ("focal-points", "member", "enter", "copy")] + [
            (boss, reverse(f"contacts:{name}")) for name in ("subjects", "enter-subject")
        ]
        pages += [(signed_in, reverse(f"contacts:{name}", args=[row.pk])) for name in ("focal-point", "change")]
        pages += [(boss, reverse("directory:start")), (boss, reverse("directory:shipped")), (boss, "/posts/")]
        for kind in ("standing", "group"):
            pages += [(boss, reverse(f"directory:{name}", args=[kind])) for name in ("rows", "enter", "import")]
        found = {}
        for client, page in pages:
            client.cookies["rso_language"] = language
            found[page] = untranslated(client.get(page).content.decode())
        assert {page: left for page, left in found.items() if left} == {}


class TestCards:
    def test_one_and_all_that_one_may_see_with_an_audit_row(self, signed_in: Client, keeper: User) -> None:
        row = entered(acting(keeper), name="Quill; Ash")
        entered(acting(keeper), rank=1)
        one = signed_in.post(reverse("contacts:card", args=[row.pk]))
        assert one["Content-Type"].startswith("text/vcard")
        assert "FN:Quill\\; Ash\r\n" in one.content.decode()
        every = signed_in.post(reverse("contacts:cards"), {"q": "", "subject": "", "organisation": "XAV"})
        assert every.content.decode().count("BEGIN:VCARD") == 2
        assert list(Entry.objects.filter(event="contacts:focal-point:exported").values_list("facts", flat=True)) == [
            {"entries": 1, "form": "vcard"}, {"entries": 2, "form": "vcard"},
        ]  # fmt: skip

    def test_not_for_strangers(self, client: Client, browser: Browser) -> None:
        assert client.post(reverse("contacts:cards")).status_code == 302
        assert browser("party").post(reverse("contacts:cards")).status_code == 403


@pytest.fixture
def taken(signed_in: Client, keeper: User, tmp_path: Path) -> tuple[str, Path]:
    """A passphrase and the file that it opens."""
    entered(acting(keeper), name="<img src=x onerror=alert(1)> Quill")
    page = signed_in.post(reverse("contacts:copy"))
    assert page["Cache-Control"] == "no-store"
    answer = signed_in.post(reverse("contacts:copy-file"), {"signed": page.context["signed"]})
    path = tmp_path / "copy.html"
    path.write_bytes(answer.content)
    return page.context["passphrase"], path


class TestOfflineCopy:
    def test_it_opens_in_python_with_its_passphrase_alone(self, taken: tuple[str, Path], keeper: User) -> None:
        passphrase, path = taken
        held = json.loads(re.search(r'type="application/json">(.*?)</script>', path.read_text(), re.S)[1])
        copy = sealing.unseal(held["file"], passphrase)
        assert copy["members"][0]["entries"][0]["name"].endswith("Quill, Desk")
        assert copy["expires"] > copy["taken"]
        with pytest.raises(RsoError):
            sealing.unseal(held["file"], sealing.make_passphrase())
        entry = Entry.objects.get(event="contacts:copy:taken")
        assert (entry.actor, entry.facts["entries"]) == (keeper.opaque, 1)
        for secret in (passphrase, "Quill", "synthetic.invalid"):
            assert secret not in path.read_text()

    @pytest.mark.skipif(CHROMIUM is None, reason="no browser: on Debian, apt-get install chromium")
    def test_a_browser_without_a_network_opens_it(self, taken: tuple[str, Path]) -> None:
        passphrase, path = taken
        wrong: list[str] = []
        asked: list[str] = []
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
            context = browser.new_context(offline=True)
            page = context.new_page()
            page.on("console", lambda said: wrong.append(said.text) if said.type == "error" else None)
            page.on("pageerror", lambda error: wrong.append(str(error)))
            page.on("request", lambda request: asked.append(request.url))
            page.goto(path.as_uri())
            page.get_by_label("Passphrase").fill("bada-bada-bada-bada-bada-bada")
            page.get_by_role("button", name="Open").click()
            page.get_by_text("the passphrase is wrong").wait_for(timeout=20_000)
            page.get_by_label("Passphrase").fill(passphrase.upper().replace("-", " "))
            page.get_by_role("button", name="Open").click()
            page.get_by_role("heading", name="XAV (synthetic)").wait_for(timeout=20_000)
            text = page.inner_text("main")
            images = page.locator("img").count()
            browser.close()
        assert "<img src=x onerror=alert(1)> Quill" in text, "what an entry says is text, and never markup"
        assert (images, wrong, asked) == (0, [], [path.as_uri()])
        assert "Good until" in text

    def test_the_passphrase_is_made_here_for_this_person_and_not_for_long(
        self, signed_in: Client, browser: Browser, taken: tuple[str, Path]
    ) -> None:
        page = browser("official").post(reverse("contacts:copy"))
        for signed in ("", "forged", page.context["signed"]):
            answer = signed_in.post(reverse("contacts:copy-file"), {"signed": signed})
            assert answer.status_code == 302
        assert Entry.objects.filter(event="contacts:copy:taken").count() == 1

    def test_without_a_fresh_factor_there_is_none(self, signed_in: Client, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("rso.office.contacts.views.copies.is_fresh", lambda _session: False)
        for name in ("copy", "copy-file"):
            answer = signed_in.post(reverse(f"contacts:{name}"))
            assert answer.url.startswith(reverse("account_reauthenticate"))
        assert not Entry.objects.filter(event="contacts:copy:taken").exists()


class TestSearch:
    def test_found_by_members_and_by_nobody_else(self, keeper: User, client: Client) -> None:
        entered(acting(keeper))
        (entry,) = sources.focal_points()
        assert (entry.audience, entry.title) == ("members", "Quill Ash")
        assert "synthetic.invalid" not in entry.body
        assert client.get("/api/search", {"q": "Quill"}).json()["total"] == 0


class TestInterface:
    def send(self, client: Client, method: str, path: str, body: dict[str, Any]) -> Any:
        client.get("/")
        token = client.cookies["rso_csrf"].value if "rso_csrf" in client.cookies else ""
        call = getattr(client, method)
        return call(f"/api/focal-points{path}", json.dumps(body), content_type="application/json",
                    headers={"X-CSRFToken": token})  # fmt: skip

    BODY: dict[str, Any] = {
        "subject": "sea", "name": "By Program", "time_zone": "Asia/Dili", "hours": ["09:00-17:00"] * 7,
        "channels": [{"kind": "mail", "value": "a@synthetic.invalid"}],
    }  # fmt: skip

    def test_it_does_what_the_pages_do(self, signed_in: Client, browser: Browser) -> None:
        made = self.send(signed_in, "post", "/members/XAV", self.BODY)
        assert made.status_code == 201, made.content
        pk = made.json()["id"]
        assert self.send(signed_in, "post", "/members/XAV", self.BODY).status_code == 409
        assert self.send(signed_in, "post", "/members/XBD", self.BODY).status_code == 404
        for wrong in ({"hours": ["9"] * 7}, {"hours": []}, {"channels": []}, {"subject": "moon"}):
            assert self.send(signed_in, "put", f"/{pk}", {**self.BODY, **wrong}).status_code == 422, wrong
        assert self.send(signed_in, "put", f"/{pk}", {**self.BODY, "name": "Anew"}).json()["name"] == "Anew"
        assert [row["name"] for row in signed_in.get("/api/focal-points?subject=sea").json()["items"]] == ["Anew"]
        assert self.send(signed_in, "post", "/confirm", {"ids": [pk]}).json() == {"number": 1}
        assert self.send(browser("staff"), "post", "/confirm", {"ids": [pk]}).status_code == 403
        assert self.send(signed_in, "post", f"/{pk}/end", {}).json()["until"]
        assert self.send(signed_in, "post", f"/{pk}/resume", {}).json()["until"] is None
        assert browser("party").get("/api/focal-points").status_code == 403
        assert Client().get("/api/focal-points").status_code == 401


class TestWords:
    @pytest.mark.parametrize(
        ("days", "words"),
        [(0, "confirmed this month"), (40, "confirmed 1 month ago"), (95, "confirmed 3 months ago"),
         (200, "not confirmed since 2026-05-07")],
    )  # fmt: skip
    def test_freshness(self, keeper: User, days: int, words: str) -> None:
        row = entered(acting(keeper), now=NOW - timedelta(days=days))
        assert presenters.freshness_words(row, NOW.date())[1] == words

    def test_the_clock(self, keeper: User) -> None:
        row = entered(acting(keeper))
        at = [presenters.clock_words(row, NOW.replace(hour=hour)) for hour in (7, 1, 12)]
        assert at == ["14:00 there, open until 17:00", "08:00 there, opens at 09:00",
                      "19:00 there, opens on Tuesday at 09:00"]  # fmt: skip
