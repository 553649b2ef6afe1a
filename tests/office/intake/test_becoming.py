"""What an enquiry becomes, how that is taken back, who is told, and what is erased after its time."""

from __future__ import annotations

import csv
import io
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st
from tests.office.conftest import NOW, Browser
from tests.office.intake.test_intake import DETAILS, confirmed

from rso.accounts.models import Organisation, Seat, User
from rso.accounts.queries import actor_of
from rso.accounts.rules import ANONYMOUS, Actor, NotAllowed, Role, system_actor
from rso.audit.models import Entry, Note
from rso.base.errors import RsoError
from rso.base.months import months_after, months_before
from rso.defaults.actions import change
from rso.notices.actions import FORGOTTEN
from rso.notices.models import Mail, Notice
from rso.office.intake import actions, queries, rules
from rso.office.intake.actions import becoming, erasing, following
from rso.office.intake.making import code_for
from rso.office.intake.models import Enquiry, Listing, Outcome, Secondment
from rso.office.intake.rules import SecondmentMove, SecondmentState, Way
from rso.office.intake.settings import ANSWER_DAYS, KEEP_MONTHS
from rso.office.projects.actions import offered
from rso.office.projects.models import Proposal
from rso.ui.pseudo import ACCENTED, MIRRORED, untranslated

pytestmark = pytest.mark.django_db
RETENTION = system_actor("intake-retention")
PARTY: dict[str, Any] = {
    "code": "HARBOUR", "name": "Harbour Foundation (synthetic)", "kind": "ngo", "contact": "Lea Mond",
    "email": "lea@synthetic.invalid",
}  # fmt: skip
OFFER = {
    "offered_by": "Cestria (synthetic)",
    "discipline": "Training",
    "project": "",
    "starts_on": None,
    "ends_on": None,
}
COURSE = {"title": "Talking", "provider": "Institute", "audience": "Officials", "languages": "en", "mode": "online"}


def organisation(actor: Actor, enquiry: Enquiry, **changes: str) -> Organisation:
    return becoming.make_organisation(actor, enquiry=enquiry, now=NOW, **(PARTY | changes))


class TestAnOrganisation:
    def test_it_is_entered_and_its_first_administrator_invited(self, actors: dict[str, Actor]) -> None:
        enquiry = confirmed()
        made = organisation(actors["staff"], enquiry)
        seat = Seat.objects.get(organisation=made)
        assert (seat.role, seat.user.email, seat.starts_on) == ("party-administrator", PARTY["email"], NOW.date())
        assert Mail.objects.get(key=f"invitation:{seat.user.opaque}").to_address == PARTY["email"]
        row = Entry.objects.get(event="intake:enquiry:became")
        assert (row.actor, row.facts) == (actors["staff"].opaque, {"kind": "organisation", "key": str(made.pk)})
        assert "Lea" not in str(Entry.objects.values_list("facts", flat=True))

    def test_the_administrator_sees_what_came_of_it(self, actors: dict[str, Actor], browser: Browser) -> None:
        enquiry = confirmed(email="party@synthetic.invalid")
        organisation(actors["staff"], enquiry, email="party@synthetic.invalid")
        assert User.objects.filter(email="party@synthetic.invalid").count() == 1, "no second account"
        page = browser("party").get(reverse("intake:mine-one", args=[enquiry.pk])).content.decode()
        assert ("What came of it" in page, PARTY["name"] in page) == (True, True)
        assert PARTY["name"] not in browser("official").get(reverse("intake:mine")).content.decode()

    def test_it_is_taken_back_with_the_account_that_nobody_used(self, actors: dict[str, Actor]) -> None:
        enquiry = confirmed()
        organisation(actors["staff"], enquiry)
        becoming.undo(actors["staff"], outcome=Outcome.objects.get(), now=NOW)
        assert not Organisation.objects.filter(code="HARBOUR").exists()
        assert not User.objects.filter(email=PARTY["email"]).exists()
        assert not Outcome.objects.exists()
        assert Mail.objects.get(key__startswith="invitation:").to_address == FORGOTTEN
        assert Entry.objects.filter(event="intake:enquiry:became-undone", subject=str(enquiry.pk)).exists()
        assert Entry.objects.filter(event="accounts:organisation:removed", subject="HARBOUR").exists()
        organisation(actors["staff"], enquiry)  # and may be made again

    @pytest.mark.parametrize("use", ["signed-in", "agency", "another-seat"])
    def test_it_stays_once_something_depends_on_it(self, actors: dict[str, Actor], use: str) -> None:
        made = organisation(actors["staff"], confirmed())
        if use == "signed-in":
            User.objects.filter(email=PARTY["email"]).update(last_login=NOW + timedelta(hours=1))
        elif use == "agency":
            made.agencies.create(code="HARBOUR/A", name="A")
        else:
            user = User.objects.get(email="official@synthetic.invalid")
            User.objects.filter(pk=user.pk).update(last_login=NOW)
            Seat.objects.create(user=user, role=Role.INTERESTED_PARTY, organisation=made, starts_on=NOW.date())
        with pytest.raises(RsoError) as refused:
            becoming.undo(actors["staff"], outcome=Outcome.objects.get(), now=NOW)
        assert refused.value.code == "organisation-in-use"
        assert Organisation.objects.filter(code="HARBOUR").exists()
        assert Seat.objects.filter(organisation=made).exists(), "nothing is half taken back"

    @pytest.mark.parametrize("kind", ["state", "observer", "member-organisation", "office", "nonsense"])
    def test_no_member_comes_in_by_a_form(self, actors: dict[str, Actor], kind: str) -> None:
        with pytest.raises(RsoError, match="administrator"):
            organisation(actors["staff"], confirmed(), kind=kind)

    @pytest.mark.parametrize("name", ["official", "steering", "party"])
    def test_only_staff_make_something_of_an_enquiry(self, actors: dict[str, Actor], name: str) -> None:
        enquiry = confirmed()
        for act in (
            lambda: organisation(actors[name], enquiry),
            lambda: becoming.make_secondment(actors[name], enquiry=enquiry, fields=OFFER, now=NOW),
            lambda: becoming.make_listing(actors[name], enquiry=enquiry, fields=COURSE, now=NOW),
            lambda: becoming.came_of(ANONYMOUS, enquiry=enquiry, kind="listing", key="x", now=NOW),
        ):
            with pytest.raises(NotAllowed):
                act()
        assert not Outcome.objects.exists()

    @given(st.text(max_size=60))
    def test_a_code_is_of_the_letters_that_codes_have(self, name: str) -> None:
        code = code_for(name)
        assert set(code) <= set("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-")
        assert len(code) <= 20
        assert not code.startswith("-")

    def test_a_code_that_is_taken_gets_a_number(self) -> None:
        Organisation.objects.create(code="HARBOUR", name="x", kind="ngo")
        assert code_for("Harbour (synthetic)") == "HARBOUR-2"
        assert code_for("港") == ""


class TestASecondment:
    @pytest.fixture
    def made(self, actors: dict[str, Actor]) -> Secondment:
        return becoming.make_secondment(actors["staff"], enquiry=confirmed(), fields=OFFER, now=NOW)

    @pytest.mark.parametrize("move", SecondmentMove)
    @pytest.mark.parametrize("state", SecondmentState)
    def test_every_state_and_move(self, state: SecondmentState, move: SecondmentMove) -> None:
        if move in rules.moves_from(state):
            assert rules.after_secondment(state, move) == rules.SECONDMENT_MOVES[state, move]
        else:
            with pytest.raises(RsoError, match="cannot"):
                rules.after_secondment(state, move)

    def test_from_offer_to_report(self, actors: dict[str, Actor], made: Secondment) -> None:
        staff = actors["staff"]

        def move(*moves: str, note: str = "") -> Secondment:
            for one in moves:
                row = following.move_secondment(staff, secondment=made, move=SecondmentMove(one), note=note, now=NOW)
            return row

        move("consider", "accept")
        with pytest.raises(RsoError) as lacking:
            move("place")
        assert lacking.value.code == "placement-incomplete"
        term = {"starts_on": date(2027, 1, 1), "ends_on": date(2027, 5, 31), "project": "Pocket guides"}
        following.edit_secondment(staff, secondment=made, fields=OFFER | term, now=NOW)
        move("place")
        with pytest.raises(RsoError) as silent:
            move("end", note="  ")
        assert silent.value.code == "report-wanted"
        done = move("end", note="Four guides were translated.")
        assert (done.state, done.report) == ("ended", "Four guides were translated.")
        with pytest.raises(RsoError, match="ended"):
            following.edit_secondment(staff, secondment=made, fields=OFFER, now=NOW)
        facts = str(list(Entry.objects.filter(event="intake:secondment:moved").values_list("facts", flat=True)))
        assert "guides" not in facts, "words are beside the chain, not in it"

    def test_it_is_taken_back_only_while_nobody_has_considered_it(
        self, actors: dict[str, Actor], made: Secondment
    ) -> None:
        following.move_secondment(actors["staff"], secondment=made, move=SecondmentMove.CONSIDER, now=NOW)
        with pytest.raises(RsoError) as refused:
            becoming.undo(actors["staff"], outcome=Outcome.objects.get(), now=NOW)
        assert refused.value.code == "secondment-moved-on"

    @pytest.mark.parametrize(
        ("ends", "usual"), [("2027-01-31", False), ("2027-03-31", True), ("2027-06-30", True), ("2027-12-31", False)]
    )
    def test_its_usual_length(self, ends: str, usual: bool) -> None:
        assert rules.is_usual_length(date(2027, 1, 1), date.fromisoformat(ends)) is usual


class TestAListing:
    def test_it_holds_from_its_confirmation_and_lapses(self, actors: dict[str, Actor]) -> None:
        staff = actors["staff"]
        made = becoming.make_listing(staff, enquiry=confirmed(), fields=COURSE, now=NOW)
        held = following.confirm_listing(staff, listing=made, now=NOW)
        assert (held.last_confirmed_on, held.expires_on) == (NOW.date(), date(2027, 11, 23))
        assert not queries.listings(staff, lapsed_on=date(2027, 11, 23)).exists()
        assert queries.listings(staff, lapsed_on=date(2027, 11, 24)).get() == made
        with pytest.raises(RsoError, match="confirmed already"):
            becoming.undo(staff, outcome=Outcome.objects.get(), now=NOW)
        changed = following.edit_listing(staff, listing=made, fields=COURSE | {"title": "Else"}, now=NOW)
        assert (changed.state, changed.expires_on) == ("draft", None), "what is new has yet to be confirmed"
        following.withdraw_listing(staff, listing=made, now=NOW)
        for act in (following.withdraw_listing, following.confirm_listing):
            with pytest.raises(RsoError, match="withdrawn"):
                act(staff, listing=made, now=NOW)

    def test_a_cell_is_no_formula(self, actors: dict[str, Actor], browser: Browser) -> None:
        title = '=HYPERLINK("http://evil.example")'
        becoming.make_listing(actors["staff"], enquiry=confirmed(), fields=COURSE | {"title": title}, now=NOW)
        answer = browser("staff").get(reverse("intake:listings-table"))
        rows = list(csv.DictReader(io.StringIO(answer.getvalue().decode("utf-8-sig"))))
        assert rows[0]["title"] == f"'{title}"


class TestAProposal:
    @pytest.fixture
    def made(self, actors: dict[str, Actor]) -> Proposal:
        member = Organisation.objects.get(code="XAV")
        return offered.draft_of(
            actors["staff"], enquiry=confirmed(), member=member, title="A course", problem="None is there.", now=NOW
        )

    def test_it_is_the_members_draft_and_linked_both_ways(
        self, actors: dict[str, Actor], browser: Browser, made: Proposal
    ) -> None:
        enquiry = Enquiry.objects.get()
        assert Notice.objects.filter(user__email="official@synthetic.invalid", reference="A course").exists()
        assert browser("official").get(reverse("projects:proposal", args=[made.pk])).status_code == 200
        assert browser("stranger").get(reverse("projects:proposal", args=[made.pk])).status_code == 404
        page = browser("staff").get(reverse("intake:enquiry", args=[enquiry.pk])).content.decode()
        assert reverse("projects:proposal", args=[made.pk]) in page
        assert queries.origin("proposal", str(made.pk)) == enquiry

    def test_it_is_taken_back_until_its_member_works_on_it(self, actors: dict[str, Actor], made: Proposal) -> None:
        Proposal.objects.filter(pk=made.pk).update(revision=2)
        with pytest.raises(RsoError) as refused:
            becoming.undo(actors["staff"], outcome=Outcome.objects.get(), now=NOW)
        assert refused.value.code == "proposal-moved-on"
        Proposal.objects.filter(pk=made.pk).update(revision=1)
        becoming.undo(actors["staff"], outcome=Outcome.objects.get(), now=NOW)
        assert not Proposal.objects.exists()

    def test_proposals_are_members(self, actors: dict[str, Actor]) -> None:
        with pytest.raises(RsoError, match="members"):
            offered.draft_of(
                actors["staff"], enquiry=confirmed(), member=Organisation.objects.get(code="NGO"), title="x",
                problem="x", now=NOW,
            )  # fmt: skip
        assert not Proposal.objects.exists()


class TestColleagues:
    def test_it_is_given_to_a_colleague_who_is_told(self, actors: dict[str, Actor], people: dict[str, User]) -> None:
        enquiry, day = confirmed(), NOW.date() + timedelta(days=3)
        Notice.objects.all().delete()
        actions.assign(actors["staff"], enquiry=enquiry, owner=people["administrator"], due_on=day, now=NOW)
        notice = Notice.objects.get()
        assert (notice.user, notice.reference) == (people["administrator"], enquiry.reference)
        with pytest.raises(RsoError, match="does not answer"):
            actions.assign(actors["staff"], enquiry=enquiry, owner=people["official"], due_on=day, now=NOW)
        with pytest.raises(RsoError, match="Somebody else"):
            actions.assign(
                actors["staff"], enquiry=enquiry, owner=people["manager-a"], due_on=day, now=NOW, seen_owner="nobody"
            )

    def test_a_note_moves_nothing_and_its_sender_never_sees_it(
        self, actors: dict[str, Actor], browser: Browser
    ) -> None:
        enquiry = confirmed(email="party@synthetic.invalid")
        actions.note(actors["staff"], enquiry=enquiry, text="Ask Ana first.", now=NOW)
        assert Enquiry.objects.get().state == "new"
        assert "Ask Ana" in browser("staff").get(reverse("intake:enquiry", args=[enquiry.pk])).content.decode()
        assert "Ask Ana" not in browser("party").get(reverse("intake:mine-one", args=[enquiry.pk])).content.decode()
        assert (
            "Note for colleagues"
            not in browser("party").get(reverse("intake:mine-one", args=[enquiry.pk])).content.decode()
        )

    def test_the_tabs_narrow_and_the_table_names_nobody(self, browser: Browser, people: dict[str, User]) -> None:
        late, mine, new = (confirmed(email=f"{name}@synthetic.invalid") for name in ("late", "mine", "new"))
        yesterday = timezone.localdate() - timedelta(days=1)
        for row, name in ((late, "Late Org"), (mine, "Mine Org"), (new, "=New Org")):
            Enquiry.objects.filter(pk=row.pk).update(organisation_name=name, due_on=timezone.localdate())
        Enquiry.objects.filter(pk=late.pk).update(due_on=yesterday)
        Enquiry.objects.filter(pk=mine.pk).update(state="in-hand", owner=people["staff"])
        staff = browser("staff")

        def shown(query: str) -> set[str]:
            page = staff.get(reverse("intake:queue") + query).content.decode()
            return {name for name in ("Late Org", "Mine Org", "=New Org") if name in page}

        assert shown("?mine=1") == {"Mine Org"}
        assert shown("?nobody=1") == {"Late Org", "=New Org"}
        assert shown("?late=1") == {"Late Org"}
        assert shown("") == {"Late Org", "Mine Org", "=New Org"}
        assert staff.get(reverse("intake:table")).status_code == 405
        table = staff.post(reverse("intake:table"), {"late": "1"}).getvalue().decode()
        assert (late.reference in table, mine.reference in table) == (True, False)
        assert not any(words in table for words in ("Org", "synthetic.invalid", "Lea"))
        assert Entry.objects.get(event="intake:enquiry:exported").facts == {"rows": 1}

    def test_the_days_until_an_answer_are_a_default_that_can_be_changed(self, actors: dict[str, Actor]) -> None:
        change(actors["administrator"], default=ANSWER_DAYS, text="3", now=NOW)
        assert confirmed().due_on == NOW.date() + timedelta(days=3)


class TestErasing:
    @pytest.fixture
    def closed(self, actors: dict[str, Actor], people: dict[str, User]) -> Enquiry:
        enquiry = confirmed()
        staff = actors["staff"]
        actions.note(staff, enquiry=enquiry, text="She seems kind.", now=NOW)
        due = NOW.date() + timedelta(days=2)
        actions.take(staff, enquiry=enquiry, owner=people["staff"], due_on=due, now=NOW)
        return actions.answer(staff, enquiry=enquiry, text="Thank you, Lea.", yes=True, now=NOW)

    def test_after_its_time_nothing_says_who_it_was(self, actors: dict[str, Actor], closed: Enquiry) -> None:
        organisation(actors["staff"], closed)
        at = datetime(2028, 11, 24, 1, tzinfo=UTC)
        assert erasing.erase_old(RETENTION, now=at - timedelta(days=1)) == 0
        assert erasing.erase_old(RETENTION, now=at) == 1
        assert erasing.erase_old(RETENTION, now=at) == 0
        row = Enquiry.objects.get()
        assert not any((row.organisation_name, row.contact_name, row.email, row.message, row.answer, row.details))
        assert (row.state, row.way, row.erased_at) == ("answered", "fund", at)
        assert not row.steps.exclude(note="").exists()
        assert not Note.objects.filter(entry__subject=str(row.pk)).exists()
        about = Mail.objects.filter(key__startswith="intake-")
        assert set(about.values_list("to_address", "body", "subject")) == {(FORGOTTEN, "", "")}
        assert Organisation.objects.filter(code="HARBOUR").exists(), "what came of it stays"
        with pytest.raises(RsoError, match="erased"):
            becoming.make_listing(actors["staff"], enquiry=row, fields=COURSE, now=at)

    def test_the_page_shows_it_before_it_happens(
        self, actors: dict[str, Actor], browser: Browser, closed: Enquiry
    ) -> None:
        page = reverse("intake:retention")
        assert "Nothing is erased soon" in browser("staff").get(page).content.decode()
        change(actors["administrator"], default=KEEP_MONTHS, text="1", now=NOW)
        closed.steps.update(at=timezone.now() - timedelta(days=20))
        text = browser("staff").get(page).content.decode()
        assert closed.organisation_name in text
        assert "1 month later" in text

    def test_what_was_opened_again_is_kept(self, actors: dict[str, Actor], closed: Enquiry) -> None:
        actions.reopen(actors["staff"], enquiry=closed, now=NOW)
        assert erasing.erase_old(RETENTION, now=datetime(2030, 1, 1, tzinfo=UTC)) == 0

    def test_nobody_erases_by_hand(self, actors: dict[str, Actor]) -> None:
        with pytest.raises(NotAllowed):
            erasing.erase_old(actors["administrator"], now=NOW)

    @given(st.dates(date(2001, 1, 1), date(2090, 1, 1)), st.integers(0, 240))
    def test_months_are_counted_on_the_calendar(self, day: date, months: int) -> None:
        before, after = months_before(day, months), months_after(day, months)
        assert (after.year * 12 + after.month) - (day.year * 12 + day.month) == months
        assert (day.year * 12 + day.month) - (before.year * 12 + before.month) == months
        assert before.day <= day.day >= after.day


class TestPages:
    @pytest.mark.parametrize("language", ["en", ACCENTED, MIRRORED])
    def test_from_each_form_to_its_page_and_every_word_is_translated(self, browser: Browser, language: str) -> None:
        staff = browser("staff")
        staff.cookies["rso_language"] = language
        enquiry = confirmed()
        Enquiry.objects.filter(pk=enquiry.pk).update(way=Way.LIST_TRAINING, details=DETAILS[Way.LIST_TRAINING])

        def look(client: Client, page: str, *args: Any, status: int = 200) -> str:
            answer = client.get(reverse(page, args=args))
            assert answer.status_code == status, page
            text = answer.content.decode()
            assert language == "en" or untranslated(text) == [], page
            return text

        wanted = {
            "organisation": PARTY, "listing": COURSE,
            "secondment": {"offered_by": "Cestria", "discipline": "Training", "starts_on": "2027-01-01",
                           "ends_on": "2027-02-01"},
        }  # fmt: skip
        for kind, said in wanted.items():
            look(staff, f"intake:make-{kind}", enquiry.pk)
            address = reverse(f"intake:make-{kind}", args=[enquiry.pk])
            wrong = staff.post(address, {"name": ""})
            assert (wrong.status_code, language == "en" or untranslated(wrong.content.decode()) == []) == (422, True)
            assert staff.post(address, said).status_code == 302, kind
        look(staff, "projects:draft-of-offer", enquiry.pk)
        page = look(staff, "intake:enquiry", enquiry.pk)
        assert all(words in page for words in ("Harbour", "Talking", "Training"))
        for name, model in (("secondment", Secondment), ("listing", Listing)):
            pk = model.objects.get().pk
            for one in (name, f"edit-{name}"):
                look(staff, f"intake:{one}", pk)
            look(staff, f"intake:{name}s")
            assert staff.get(reverse(f"intake:{name}s-table")).status_code == 200
        moving = reverse("intake:move-secondment", args=[Secondment.objects.get().pk])
        assert staff.post(moving, {"move": "place"}).status_code == 409
        assert staff.post(moving, {"move": "nonsense"}).status_code == 422
        assert staff.post(moving, {"move": "consider", "note": "Good."}).status_code == 302
        confirming = reverse("intake:act-on-listing", args=[Listing.objects.get().pk, "confirm"])
        assert staff.post(confirming).status_code == 302
        assert staff.post(confirming.replace("confirm", "eat")).status_code == 404
        outcome = Outcome.objects.get(kind="organisation")
        assert staff.post(reverse("intake:undo", args=[enquiry.pk, outcome.pk])).status_code == 302
        assert not Outcome.objects.filter(kind="organisation").exists()
        look(staff, "intake:retention")
        look(staff, "intake:queue")

    def test_a_list_takes_few_queries(
        self, browser: Browser, actors: dict[str, Actor], django_assert_max_num_queries: Any
    ) -> None:
        for number in range(30):
            Secondment.objects.create(**(OFFER | {"discipline": f"Field {number}"}), created_at=NOW, changed_at=NOW)
            Listing.objects.create(**COURSE, created_at=NOW, changed_at=NOW)
        staff = browser("staff")
        # The desk is no list: it asks each of the apps that have something for this person.
        most = {"front:desk": 20}
        for page in ("intake:queue", "intake:secondments", "intake:listings", "intake:retention", "front:desk"):
            with django_assert_max_num_queries(most.get(page, 12)):
                staff.get(reverse(page))

    def test_the_desk_shows_what_waits_with_its_day(self, browser: Browser, people: dict[str, User]) -> None:
        enquiry = confirmed()
        yesterday = timezone.localdate() - timedelta(days=1)
        Enquiry.objects.update(state="in-hand", owner=people["staff"], due_on=yesterday)
        page = browser("staff").get(reverse("front:desk")).content.decode()
        assert all(words in page for words in (enquiry.organisation_name, "late", "Enquiries in my hands", "RSO staff"))
        empty = browser("party").get(reverse("front:desk")).content.decode()
        assert "Nothing waits for you" in empty
        assert enquiry.organisation_name not in empty


def test_an_administrator_of_a_party_sees_their_own_enquiries(people: dict[str, User]) -> None:
    Seat.objects.filter(user=people["party"]).update(role=Role.PARTY_ADMINISTRATOR)
    enquiry = confirmed(email=people["party"].email)
    assert list(queries.mine(actor_of(people["party"], NOW.date()))) == [enquiry]
