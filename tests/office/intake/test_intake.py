"""An enquiry from the form to its answer."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from tests.office.conftest import NOW, Browser

from rso.accounts.models import User
from rso.accounts.rules import ANONYMOUS, Actor, NotAllowed
from rso.audit.models import Entry
from rso.base.errors import RsoError
from rso.notices.models import Mail, Notice
from rso.office.intake import actions, queries, rules
from rso.office.intake.forms import FORMS
from rso.office.intake.models import Enquiry
from rso.office.intake.rules import Move, State, TooMany, Way, WrongMove

pytestmark = pytest.mark.django_db
COMMON = {
    "organisation_name": "Harbour Foundation (synthetic)",
    "organisation_kind": "ngo",
    "contact_name": "Lea Mond",
    "email": "lea@synthetic.invalid",
    "message": "We would like to pay for translations.",
}
DETAILS: dict[Way, dict[str, str]] = {
    Way.TAKE_PART: {"initiative": "The working group"},
    Way.PROPOSE: {"problem": "Guides in another language", "partners": ""},
    Way.FUND: {"purpose": "Translations", "amount": "AUD 20,000"},
    Way.SECOND: {"expertise": "Training", "months": "6"},
    Way.LIST_TRAINING: {"title": "Talking", "audience": "Officials", "languages": "English", "mode": "online"},
    Way.PILOT: {"agency": "XCS/GOV/POLICE", "legal_basis": "", "impact_assessment": "planned"},
}


def receive(*, email: str = COMMON["email"], place: str = "192.0.2.1", now: Any = NOW) -> Enquiry:
    return actions.receive(
        ANONYMOUS, way=Way.FUND, fields=COMMON | {"email": email}, details={}, language="en", place=place, now=now
    )


def token_of(enquiry: Enquiry) -> str:
    mail = Mail.objects.get(key=f"intake-confirm:{enquiry.pk}")
    found = re.search(r"/confirm/([^/\s]+)/", mail.body)
    assert found
    return found.group(1)


def confirmed(**given: Any) -> Enquiry:
    return actions.confirm(ANONYMOUS, token=token_of(receive(**given)), now=NOW)


class TestRules:
    WAY = {
        State.UNCONFIRMED: {Move.CONFIRM: State.NEW},
        State.NEW: {Move.TAKE: State.IN_HAND, Move.SET_ASIDE: State.SET_ASIDE},
        State.IN_HAND: {
            Move.TAKE: State.IN_HAND,
            Move.RELEASE: State.NEW,
            Move.ANSWER: State.ANSWERED,
            Move.DECLINE: State.DECLINED,
            Move.SET_ASIDE: State.SET_ASIDE,
        },
        State.ANSWERED: {Move.REOPEN: State.IN_HAND},
        State.DECLINED: {Move.REOPEN: State.IN_HAND},
        State.SET_ASIDE: {Move.REOPEN: State.IN_HAND},
    }

    @pytest.mark.parametrize("move", Move)
    @pytest.mark.parametrize("state", State)
    def test_every_state_and_move(self, state: State, move: Move) -> None:
        if move in self.WAY[state]:
            assert rules.after(state, move) == self.WAY[state][move]
        else:
            with pytest.raises(WrongMove):
                rules.after(state, move)

    @pytest.mark.parametrize(
        ("from_address", "from_place", "many"),
        [(0, 0, False), (4, 29, False), (5, 0, True), (0, 30, True)],
    )
    def test_rates(self, from_address: int, from_place: int, many: bool) -> None:
        if many:
            with pytest.raises(TooMany):
                rules.check_rate(from_address, from_place)
        else:
            rules.check_rate(from_address, from_place)


class TestConfirming:
    def test_an_enquiry_waits_for_its_sender(self, actors: dict[str, Actor], people: dict[str, User]) -> None:
        enquiry = receive()
        assert not queries.queue(actors["staff"], state="all").exists()
        assert not Notice.objects.exists()
        now = NOW + timedelta(days=1)
        actions.confirm(ANONYMOUS, token=token_of(enquiry), now=now)
        found = queries.queue(actors["staff"]).get()
        assert (found.state, found.due_on) == ("new", now.date() + timedelta(days=10))
        assert [n.user for n in Notice.objects.all()] == [people["staff"]]
        events = list(Entry.objects.filter(subject=str(enquiry.pk)).values_list("event", flat=True))
        assert events == ["intake:enquiry:received", "intake:enquiry:moved"]

    def test_twice_is_no_harm(self, people: dict[str, User]) -> None:
        enquiry = confirmed()
        again = actions.confirm(ANONYMOUS, token=token_of(enquiry), now=NOW + timedelta(days=30))
        assert again.due_on == enquiry.due_on
        assert Notice.objects.count() == 1

    def test_out_of_date(self) -> None:
        token = token_of(receive())
        with pytest.raises(RsoError) as refused:
            actions.confirm(ANONYMOUS, token=token, now=NOW + timedelta(days=7, seconds=1))
        assert refused.value.code == "link-out-of-date"

    def test_unknown(self) -> None:
        receive()
        with pytest.raises(RsoError) as refused:
            actions.confirm(ANONYMOUS, token="x" * 32, now=NOW)
        assert refused.value.code == "unknown-link"

    def test_a_look_at_the_link_changes_nothing(self, client: Client) -> None:
        enquiry = actions.receive(
            ANONYMOUS, way=Way.FUND, fields=COMMON, details={}, language="en", place="x", now=timezone.now()
        )
        place = reverse("intake:confirm", args=[token_of(enquiry)])
        looked = client.get(place)
        assert looked.status_code == 200
        assert "Fund an initiative" in looked.content.decode(), "whoever presses knows for what"
        enquiry.refresh_from_db()
        assert enquiry.state == "unconfirmed"
        assert client.post(place).status_code == 200
        enquiry.refresh_from_db()
        assert enquiry.state == "new"
        assert "is in the queue" in client.get(place).content.decode(), "a second look asks for no second press"
        nowhere = reverse("intake:confirm", args=["nothing"])
        assert (client.get(nowhere).status_code, client.post(nowhere).status_code) == (410, 410)


class TestRates:
    def test_one_address(self) -> None:
        for _number in range(rules.PER_ADDRESS_A_DAY):
            receive(place=f"192.0.2.{_number}")
        with pytest.raises(TooMany):
            receive(email="LEA@synthetic.invalid", place="192.0.2.99")
        receive(email="another@synthetic.invalid")
        receive(now=NOW + timedelta(days=1, seconds=1))

    def test_one_place(self) -> None:
        for number in range(rules.PER_PLACE_A_DAY):
            receive(email=f"n{number}@synthetic.invalid")
        with pytest.raises(TooMany):
            receive(email="last@synthetic.invalid")
        receive(email="last@synthetic.invalid", place="2001:db8::1")

    def test_the_page_keeps_what_was_typed(self, client: Client) -> None:
        for number in range(rules.PER_ADDRESS_A_DAY):
            receive(place=f"192.0.2.{number}", now=timezone.now())
        answer = client.post(reverse("intake:write", args=["fund"]), COMMON | DETAILS[Way.FUND])
        assert answer.status_code == 429
        assert COMMON["message"] in answer.content.decode()


class TestSweep:
    def test_unconfirmed_ones_and_yesterdays_places_go(self) -> None:
        old, young = receive(now=NOW - timedelta(days=8)), receive()
        kept = confirmed(email="kept@synthetic.invalid", now=NOW - timedelta(days=2))
        assert actions.sweep(NOW) == {"erased": 1, "places": 1}
        assert set(Enquiry.objects.values_list("pk", flat=True)) == {young.pk, kept.pk}
        kept.refresh_from_db()
        young.refresh_from_db()
        assert (kept.place_digest, bool(young.place_digest)) == ("", True)
        assert Entry.objects.filter(subject=str(old.pk), facts__state="erased").exists()
        assert actions.sweep(NOW) == {"erased": 0, "places": 0}


class TestHandling:
    def test_taken_answered_and_opened_again(self, actors: dict[str, Actor], people: dict[str, User]) -> None:
        staff, enquiry = actors["staff"], confirmed()
        due = NOW.date() + timedelta(days=3)
        with pytest.raises(WrongMove):
            actions.answer(staff, enquiry=enquiry, text="Too early.", yes=True, now=NOW)
        taken = actions.take(staff, enquiry=enquiry, owner=people["staff"], due_on=due, now=NOW)
        assert (taken.owner, taken.due_on) == (people["staff"], due)
        assert actions.release(staff, enquiry=enquiry, now=NOW).owner is None
        actions.take(staff, enquiry=enquiry, owner=people["staff"], due_on=due, now=NOW)
        answered = actions.answer(staff, enquiry=enquiry, text="Gladly.", yes=True, now=NOW)
        assert (answered.state, answered.answered_at) == ("answered", NOW)
        assert actions.reopen(staff, enquiry=enquiry, now=NOW).state == "in-hand"
        assert actions.answer(staff, enquiry=enquiry, text="Sorry: no.", yes=False, now=NOW).state == "declined"
        mails = Mail.objects.filter(key__startswith="intake-answer")
        assert [mail.to_address for mail in mails] == [COMMON["email"]] * 2
        assert all(word in mails.latest("created_at").body for word in ("Sorry: no.", "Lea Mond"))

    def test_set_aside_without_a_mail_and_opened_again(self, actors: dict[str, Actor]) -> None:
        staff, enquiry = actors["staff"], confirmed()
        mails = Mail.objects.count()
        assert actions.set_aside(staff, enquiry=enquiry, reason="Advertising.", now=NOW).state == "set-aside"
        assert Mail.objects.count() == mails
        assert not queries.queue(staff).exists()
        assert queries.queue(staff, state="set-aside").get().steps.last().note == "Advertising."
        assert actions.reopen(staff, enquiry=enquiry, now=NOW).state == "in-hand"

    def test_a_due_day_in_the_past_is_refused(self, actors: dict[str, Actor], people: dict[str, User]) -> None:
        with pytest.raises(RsoError) as refused:
            actions.take(
                actors["staff"],
                enquiry=confirmed(),
                owner=people["staff"],
                due_on=NOW.date() - timedelta(days=1),
                now=NOW,
            )
        assert refused.value.code == "due-in-the-past"

    @pytest.mark.parametrize("name", ["official", "steering", "party"])
    def test_others_do_not(self, actors: dict[str, Actor], people: dict[str, User], name: str) -> None:
        actor, enquiry = actors[name], confirmed()
        with pytest.raises(NotAllowed):
            queries.queue(actor)
        for act in (
            lambda: actions.take(actor, enquiry=enquiry, owner=people[name], due_on=NOW.date(), now=NOW),
            lambda: actions.release(actor, enquiry=enquiry, now=NOW),
            lambda: actions.answer(actor, enquiry=enquiry, text="x", yes=True, now=NOW),
            lambda: actions.reopen(actor, enquiry=enquiry, now=NOW),
            lambda: actions.set_aside(actor, enquiry=enquiry, reason="x", now=NOW),
            lambda: actions.enter_queue(actor, enquiry=enquiry, now=NOW),
        ):
            with pytest.raises(NotAllowed):
                act()

    def test_the_queue_is_sorted_searched_and_counted(self, actors: dict[str, Actor]) -> None:
        staff = actors["staff"]
        one, two = confirmed(), confirmed(email="two@synthetic.invalid")
        Enquiry.objects.filter(pk=two.pk).update(due_on=NOW.date() - timedelta(days=1), organisation_name="Quay")
        assert list(queries.queue(staff)) == [two, one]
        assert list(queries.queue(staff, search="quay")) == [two]
        assert not queries.queue(staff, mine=True).exists()
        assert queries.counts(staff, NOW.date()) == {"new": 2, "in_hand": 0, "mine": 0, "late": 1, "open": 2}


class TestPages:
    @pytest.mark.parametrize("way", Way)
    def test_each_way_has_its_form(self, client: Client, way: Way) -> None:
        place = reverse("intake:write", args=[way.value])
        assert client.get(place).status_code == 200
        assert client.post(place, COMMON | DETAILS[way]).headers["Location"] == reverse("intake:sent")
        assert COMMON["email"] in client.get(reverse("intake:sent")).content.decode(), "a mistyped address is seen"
        enquiry = Enquiry.objects.get()
        assert (enquiry.way, enquiry.details) == (way.value, DETAILS[way])

    @pytest.mark.parametrize("way", Way)
    def test_errors_stand_in_the_order_of_the_page_and_nothing_is_chosen_for_anybody(
        self, client: Client, way: Way
    ) -> None:
        page = client.post(reverse("intake:write", args=[way.value]), {}).content.decode()
        linked = re.findall(r'<a href="#id_(\w+)"', page)
        placed = [page.index(f'id="id_{name}"') for name in linked]
        assert placed == sorted(placed)
        assert "organisation_kind" in linked
        assert "checked" not in page

    def test_an_unknown_way(self, client: Client) -> None:
        assert client.get(reverse("intake:write", args=["by-magic"])).status_code == 404

    @pytest.mark.parametrize(
        ("change", "field"),
        [
            ({"email": "no address"}, "email"),
            ({"message": "  "}, "message"),
            ({"message": "x" * 4001}, "message"),
            ({"organisation_kind": "office"}, "organisation_kind"),
            ({"organisation_kind": ""}, "organisation_kind"),
            ({"purpose": ""}, "purpose"),
            ({"website": "https://spam.invalid"}, "website"),
        ],
    )
    def test_what_the_form_refuses(self, client: Client, change: dict[str, str], field: str) -> None:
        sent = COMMON | DETAILS[Way.FUND] | change
        answer = client.post(reverse("intake:write", args=["fund"]), sent)
        assert answer.status_code == 422
        assert field in answer.context["form"].errors
        assert not Enquiry.objects.exists()

    def test_staff_do_it_in_the_browser(self, browser: Browser) -> None:
        enquiry = actions.confirm(ANONYMOUS, token=token_of(receive(now=timezone.now())), now=timezone.now())
        staff = browser("staff")
        assert COMMON["organisation_name"] in staff.get(reverse("intake:queue")).content.decode()
        assert staff.get(reverse("intake:queue") + "?state=garbage&page=none&mine=1").status_code == 200

        def act(move: str, status: int = 302, **fields: str) -> str:
            answer = staff.post(reverse("intake:act", args=[enquiry.pk, move]), fields)
            assert answer.status_code == status
            enquiry.refresh_from_db()
            return str(answer.content.decode())

        assert "kept text" in act("answer", 409, answer="kept text")
        assert "2020" in act("take", 409, due_on="2020-01-01")
        assert act("take", 422, due_on="soon")
        act("take", due_on=(timezone.now().date() + timedelta(days=2)).isoformat())
        act("release")
        act("take", due_on=timezone.now().date().isoformat())
        act("answer", 422, answer="")
        act("answer", answer="Gladly.")
        assert enquiry.state == "answered"
        assert "Gladly." in staff.get(reverse("intake:enquiry", args=[enquiry.pk])).content.decode()
        act("reopen")
        assert COMMON["organisation_name"] in staff.get(reverse("intake:queue") + "?mine=1").content.decode()
        act("decline", answer="Sorry.")
        assert enquiry.state == "declined"
        Enquiry.objects.update(due_on="2020-01-01")
        answered = staff.get(reverse("intake:queue") + "?state=declined").content.decode()
        assert COMMON["organisation_name"] in answered
        assert ">late<" not in re.sub(r"<svg.*?</svg>", "", answered), "what was answered is late no more"
        act("reopen")
        act("set-aside", 422, reason="")
        act("set-aside", reason="The same thing twice.")
        assert enquiry.state == "set-aside"
        assert staff.get(reverse("intake:act", args=[enquiry.pk, "take"])).status_code == 405

    def test_an_unconfirmed_one_is_nobodys_to_see(self, browser: Browser) -> None:
        enquiry = receive()
        assert browser("staff").get(reverse("intake:enquiry", args=[enquiry.pk])).status_code == 404

    def test_others_see_no_queue(self, browser: Browser) -> None:
        assert browser("official").get(reverse("intake:queue")).status_code == 403
        assert Client().get(reverse("intake:queue")).status_code == 302


class TestInterface:
    def test_anybody_writes(self, client: Client) -> None:
        ways = {row["way"]: row["fields"] for row in client.get("/api/ways").json()}
        assert set(ways) == {way.value for way in Way}
        assert set(ways["fund"]) == set(COMMON) | set(DETAILS[Way.FUND])
        answer = client.post("/api/ways/fund", COMMON | DETAILS[Way.FUND], content_type="application/json")
        assert (answer.status_code, answer.json()["state"]) == (202, "unconfirmed")
        wrong = client.post("/api/ways/fund", {"email": "x"}, content_type="application/json")
        assert wrong.status_code == 422
        assert {"email", "message", "purpose"} <= set(wrong.json()["errors"])
        assert client.post("/api/ways/by-magic", {}, content_type="application/json").status_code == 404

    def test_staff_work_on_the_queue(self, browser: Browser) -> None:
        enquiry = actions.confirm(ANONYMOUS, token=token_of(receive(now=timezone.now())), now=timezone.now())
        staff, place = browser("staff"), f"/api/enquiries/{enquiry.pk}"

        def act(move: str, **body: str) -> Any:
            return staff.post(f"{place}/{move}", body, content_type="application/json").json()

        assert staff.get("/api/enquiries").json()["items"][0]["id"] == str(enquiry.pk)
        due = (timezone.now().date() + timedelta(days=2)).isoformat()
        assert act("take", due_on=due)["due_on"] == due
        assert act("release")["state"] == "new"
        act("take", due_on=due)
        assert act("answer", answer="Gladly.")["state"] == "answered"
        assert act("reopen")["state"] == "in-hand"
        assert act("decline", answer="Sorry.")["history"][-1]["state"] == "declined"
        assert act("reopen")["state"] == "in-hand"
        assert act("set-aside", reason="Twice.")["history"][-1]["note"] == "Twice."
        assert staff.get(place).json()["answer"] == "Sorry."
        assert browser("official").get(place).status_code == 403


def test_every_way_has_its_words_and_its_form() -> None:
    assert set(FORMS) == set(Way)
