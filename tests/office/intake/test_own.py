"""What a sender sees again, what is sent twice, and two members of staff who reach for the same enquiry."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client, RequestFactory
from django.urls import reverse
from django.utils import timezone
from tests.office.conftest import NOW, Browser
from tests.office.intake.test_intake import COMMON, DETAILS, confirmed, token_of

from rso.accounts.models import User
from rso.accounts.rules import ANONYMOUS, Actor, NotAllowed
from rso.base.errors import RsoError
from rso.notices.models import Mail, Notice
from rso.office.intake import actions, presenters, queries, rules
from rso.office.intake.adapters import place_of
from rso.office.intake.models import Enquiry
from rso.office.intake.rules import TooMany, Way
from rso.ui.pseudo import untranslated

pytestmark = pytest.mark.django_db
SENT = COMMON | DETAILS[Way.FUND]
WRITE = "/work-with-us/fund/"


class TestSentTwice:
    def test_is_one_enquiry_with_one_mail(self, client: Client) -> None:
        key = str(client.get(WRITE).context["form"]["key"].value())
        for _ in range(2):
            assert client.post(WRITE, SENT | {"key": key}).status_code == 302
        assert Enquiry.objects.count() == Mail.objects.count() == 1
        assert client.post(WRITE, SENT | {"key": key, "message": "Other words."}).status_code == 302
        assert set(Enquiry.objects.values_list("message", flat=True)) == {COMMON["message"], "Other words."}

    def test_a_key_gives_nothing_away(self, client: Client) -> None:
        enquiry = confirmed()
        answer = client.post("/api/ways/fund", SENT | {"key": str(enquiry.pk)}, content_type="application/json")
        assert answer.json()["id"] != str(enquiry.pk)


def test_nothing_that_was_typed_is_mailed_to_an_unconfirmed_address() -> None:
    typed = COMMON | {"contact_name": "Win at https://spam.invalid", "message": "Win at https://spam.invalid"}
    enquiry = actions.receive(ANONYMOUS, way=Way.FUND, fields=typed, details={}, language="en", place="x", now=NOW)
    assert "spam" not in Mail.objects.get().body + Mail.objects.get().subject
    assert actions.confirm(ANONYMOUS, token=token_of(enquiry), now=NOW).state == "new"


@pytest.mark.parametrize("language", ["en-xa", "ar-xb"])
def test_the_way_of_the_link_is_translated(client: Client, language: str) -> None:
    enquiry = actions.receive(
        ANONYMOUS, way=Way.FUND, fields=COMMON, details={}, language="en", place="x", now=timezone.now()
    )
    place = reverse("intake:confirm", args=[token_of(enquiry)])
    speaks = {"accept-language": language}
    assert untranslated(client.get(place, headers=speaks).content.decode()) == []
    assert untranslated(client.post(place, headers=speaks).content.decode()) == []
    Enquiry.objects.update(state="answered", answered_at=timezone.now())
    assert untranslated(client.get(place, headers=speaks).content.decode()) == []


class TestOwnEnquiries:
    def test_a_party_writes_without_confirming_and_reads_the_answer(
        self, browser: Browser, people: dict[str, User], actors: dict[str, Actor]
    ) -> None:
        party = browser("party")
        form = party.get(WRITE).content.decode()
        assert 'value="P. Party"' in form
        assert "We send a link there" not in form, "nobody is told of a mail that never comes"
        assert 'value="NGO (synthetic)"' in form
        sent = SENT | {"email": "somebody.else@synthetic.invalid"}
        page = party.post(WRITE, sent, follow=True).content.decode()
        enquiry = Enquiry.objects.get()
        assert (enquiry.state, enquiry.email) == ("new", people["party"].email), "an address of one's own, no other"
        assert "A person answers it by" in page
        now = timezone.now()
        actions.take(actors["staff"], enquiry=enquiry, owner=people["staff"], due_on=now.date(), now=now)
        actions.answer(actors["staff"], enquiry=enquiry, text="Gladly.", yes=True, now=now)
        page = party.get(reverse("intake:mine-one", args=[enquiry.pk])).content.decode()
        assert "Gladly." in page
        assert "P. Staff" not in page
        assert Notice.objects.filter(user=people["party"]).count() == 1
        assert "Fund an initiative" in party.get(reverse("intake:mine")).content.decode()

    def test_of_others_nothing(self, browser: Browser, actors: dict[str, Actor]) -> None:
        enquiry = confirmed()
        for name in ("party", "official", "steering"):
            assert browser(name).get(reverse("intake:mine-one", args=[enquiry.pk])).status_code == 404
            assert not queries.mine(actors[name]).exists()
        assert browser("staff").get(reverse("intake:mine")).status_code == 403
        assert Client().get(reverse("intake:mine")).status_code == 302
        with pytest.raises(NotAllowed):
            queries.mine(ANONYMOUS)

    def test_rates_hold_for_them_too(self, actors: dict[str, Actor]) -> None:
        def write() -> Enquiry:
            return actions.write_oneself(
                actors["party"], way=Way.FUND, fields=dict(COMMON), details={}, language="en", now=NOW
            )

        for _ in range(rules.PER_ADDRESS_A_DAY):
            write()
        with pytest.raises(TooMany):
            write()
        with pytest.raises(NotAllowed):
            actions.write_oneself(
                actors["staff"], way=Way.FUND, fields=dict(COMMON), details={}, language="en", now=NOW
            )

    @pytest.mark.parametrize("language", ["en-xa", "ar-xb"])
    def test_every_word_is_translated(self, browser: Browser, language: str) -> None:
        party = browser("party")
        party.cookies["rso_language"] = language
        pages = [reverse("intake:mine"), WRITE]
        party.post(WRITE, SENT)
        pages += [reverse("intake:mine"), reverse("intake:mine-one", args=[Enquiry.objects.get().pk])]
        for page in pages:
            answer = party.get(page)
            assert answer.status_code == 200
            assert untranslated(answer.content.decode()) == [], page


class TestTwoOfStaff:
    def test_the_second_learns_that_it_is_taken(self, browser: Browser, people: dict[str, User]) -> None:
        enquiry = confirmed()
        staff, manager = browser("staff"), browser("manager-a")
        here = reverse("intake:enquiry", args=[enquiry.pk])
        seen = [client.get(here).context["due"]["seen_owner"].value() for client in (staff, manager)]
        assert seen == ["nobody", "nobody"]
        assert 'name="seen_owner" value="nobody"' in staff.get(here).content.decode()
        due = (timezone.now().date() + timedelta(days=2)).isoformat()
        take = reverse("intake:act", args=[enquiry.pk, "take"])
        assert staff.post(take, {"due_on": due, "seen_owner": seen[0]}).status_code == 302
        late = manager.post(take, {"due_on": due, "seen_owner": seen[1]})
        assert late.status_code == 409
        assert "has taken this enquiry meanwhile" in late.content.decode()
        enquiry.refresh_from_db()
        assert enquiry.owner == people["staff"]
        again = manager.get(here).context["due"]["seen_owner"].value()
        assert manager.post(take, {"due_on": due, "seen_owner": again}).status_code == 302, (
            "on purpose, it changes hands"
        )

    def test_earlier_answers_stay_in_the_history(self, actors: dict[str, Actor], people: dict[str, User]) -> None:
        enquiry, staff = confirmed(), actors["staff"]
        actions.take(staff, enquiry=enquiry, owner=people["staff"], due_on=NOW.date(), now=NOW)
        actions.answer(staff, enquiry=enquiry, text="The first answer.", yes=True, now=NOW)
        actions.reopen(staff, enquiry=enquiry, now=NOW)
        enquiry = actions.answer(staff, enquiry=enquiry, text="The second answer.", yes=False, now=NOW)
        said = [happening.said for happening in presenters.happenings(enquiry)]
        assert [words for words in said if words] == ["The first answer.", "The second answer."]

    def test_an_address_that_is_none(self, browser: Browser) -> None:
        staff = browser("staff")
        assert staff.post(f"/enquiries/{'-' * 36}/take/").status_code == 404
        assert staff.post(reverse("intake:act", args=[confirmed().pk, "burn"])).status_code == 404

    def test_unknown_reasons_are_told_in_words(self) -> None:
        assert "talk to them" in presenters.words(RsoError("taken-by-another", "x"))


@pytest.mark.parametrize(
    ("peer", "forwarded", "place"),
    [
        ("192.0.2.7", "", "192.0.2.7"),
        ("192.0.2.7", "203.0.113.1", "192.0.2.7"),  # whoever is no proxy of ours may write what they like
        ("127.0.0.1", "203.0.113.1", "203.0.113.1"),
        ("::1", "10.0.0.1, 2001:db8::1", "2001:db8::1"),  # the last one was added by the proxy
        ("127.0.0.1", "203.0.113.1, somewhere", "127.0.0.1"),
        ("127.0.0.1", "", "127.0.0.1"),
        ("", "203.0.113.1", ""),
    ],
)
def test_the_place_of_a_sender(rf: RequestFactory, peer: str, forwarded: str, place: str) -> None:
    request = rf.get("/", headers={"x-forwarded-for": forwarded})
    request.META["REMOTE_ADDR"] = peer
    assert place_of(request) == place


def test_behind_a_proxy_the_world_does_not_share_one_days_number(client: Client) -> None:
    for number in range(rules.PER_PLACE_A_DAY + 1):
        sent = SENT | {"email": f"n{number}@synthetic.invalid"}
        assert client.post(WRITE, sent, headers={"x-forwarded-for": f"203.0.113.{number}"}).status_code == 302


def test_the_number_of_queries_does_not_grow_with_the_queue(
    browser: Browser, django_assert_max_num_queries: Any
) -> None:
    staff = browser("staff")
    for number in range(12):
        confirmed(email=f"n{number}@synthetic.invalid", place=str(uuid4()))
    with django_assert_max_num_queries(13):
        assert staff.get(reverse("intake:queue")).status_code == 200
