"""Facts of countries: kept by the member, shown everywhere at once, asked about until somebody confirms them."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st
from pytest_django import DjangoAssertNumQueries, Settings
from tests.content.desk import NOW, Desk, desk, later
from tests.content.translation.room import browser

from rso.accounts.models import Organisation, Seat, User
from rso.accounts.queries import actor_of
from rso.accounts.rules import ANONYMOUS, Role
from rso.base.months import months_between
from rso.content.actions import facts as actions
from rso.content.actions import writing
from rso.content.models import CountryFact
from rso.content.queries import facts, reading
from rso.content.queries_facts import next_confirmation
from rso.content.rules import Form
from rso.content.sources import country_facts
from rso.notices.models import Mail, Notice
from rso.ui.pseudo import untranslated

pytestmark = pytest.mark.django_db
SAID = {
    "name": "National hotline", "telephone": "+99 100 1300", "web": "", "hours": "every day", "note": "",
    "languages": ["ar"], "names": {"ar": "الخط الساخن"},
}  # fmt: skip


@pytest.fixture
def made(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Desk:
    settings.RSO_DEMONSTRATION = True
    monkeypatch.setattr("django.utils.timezone.now", lambda: later(hours=6))
    return desk()


def add(made: Desk, who: str = "keeper", code: str = "XAV", **said: Any) -> CountryFact:
    return actions.add_fact(
        made.actors[who], organisation=Organisation.objects.get(code=code), kind=CountryFact.Kind.HOTLINE,
        said=SAID | said, now=NOW,
    )  # fmt: skip


def url(name: str, *args: Any) -> str:
    return reverse(f"facts:{name}", args=args)


def form(**said: Any) -> dict[str, Any]:
    given = {"kind": "hotline", "name": "National hotline", "telephone": "1300", "web": "", "hours": "", "note": ""}
    return given | said


# ---- keeping


def test_a_keeper_states_changes_confirms_and_retires_with_history(made: Desk) -> None:
    client = browser(made, "keeper")
    assert "No facts yet" in client.get(url("keep")).content.decode()
    answer = client.post(url("add", "XAV"), form(name_ar="الخط الساخن", languages=["ar", "en"]))
    assert answer.status_code == 302
    fact = CountryFact.objects.get()
    client.post(url("change", fact.pk), form(telephone="1400"))
    page = client.get(url("one", fact.pk)).content.decode()
    assert "1300" in page  # what it said before stays readable
    assert "P. keeper" in page
    assert [state.telephone for state in fact.states.order_by("number")] == ["1300", "1400"]
    client.post(url("retire", fact.pk))
    assert Client().get(url("country", "XAV")).status_code == 404
    client.post(url("retire", fact.pk))
    assert "1400" in Client().get(url("country", "XAV")).content.decode()


def test_a_fact_without_anything_to_call_or_read_is_refused(made: Desk) -> None:
    client = browser(made, "keeper")
    assert client.post(url("add", "XAV"), form(telephone="")).status_code == 422
    assert client.post(url("add", "XAV"), form(telephone="call us")).status_code == 422
    assert client.post(url("add", "XAV"), form(web="javascript:alert(1)")).status_code == 422
    assert client.post(url("add", "XAV"), form(telephone="+٩٦٦ ١٣٠٠")).status_code == 302


def test_a_members_facts_are_the_members(made: Desk) -> None:
    fact = add(made)
    stranger = browser(made, "stranger")
    assert stranger.get(url("one", fact.pk)).status_code == 404
    assert stranger.post(url("confirm", fact.pk)).status_code == 404
    assert stranger.get(url("add", "XAV")).status_code == 404
    for who in ("staff", "editor"):
        client = browser(made, who)
        assert "National hotline" in client.get(url("all")).content.decode()
        assert "Take it out of all texts" not in client.get(url("one", fact.pk)).content.decode()
        assert client.post(url("change", fact.pk), form()).status_code == 403
    official = browser(made, "official")
    assert official.get(url("one", fact.pk)).status_code == 200
    assert official.post(url("confirm", fact.pk)).status_code == 403
    assert browser(made, "party").get(url("all")).status_code == 403


def test_staff_find_facts_by_member_and_kind_in_few_queries(
    made: Desk, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    for number in range(20):
        add(made, telephone=str(1000 + number))
    add(made, "stranger", "XBD")
    client = browser(made, "staff")
    with django_assert_max_num_queries(12):
        page = client.get(url("all")).content.decode()
    assert page.count("National hotline") == 21
    assert client.get(url("all") + "?q=XBD").content.decode().count("National hotline") == 1
    assert "No facts here" in client.get(url("all") + "?kind=legal-reference").content.decode()


# ---- reading


def test_anybody_reads_them_in_their_language_with_the_day_of_confirmation(made: Desk) -> None:
    add(made)
    page = Client().get(url("country", "XAV") + "?language=ar").content.decode()
    assert "الخط الساخن" in page
    assert 'href="tel:+991001300"' in page
    assert 'datetime="2026-11-28"' in page
    assert "National hotline" in Client().get(url("country", "XAV")).content.decode()
    assert "XAV (synthetic)" in Client().get(url("countries")).content.decode()
    assert "P. keeper" not in page


def test_the_search_has_them_for_everybody_by_each_name(made: Desk) -> None:
    fact = add(made)
    found = {entry.language: entry for entry in country_facts()}
    assert set(found) == {"en", "ar"}
    assert found["ar"].title.startswith("الخط الساخن")
    assert found["en"].audience == "public"
    assert found["en"].path == f"/facts/XAV/#fact-{fact.pk}"
    actions.set_retired(made.actors["keeper"], fact=fact, retired=True, now=NOW)
    assert list(country_facts()) == []


def test_programs_read_them_too(made: Desk) -> None:
    add(made)
    said = Client().get("/api/facts?organisation=XAV").json()
    assert said["items"][0]["telephone"] == "+99 100 1300"
    assert said["items"][0]["confirmed_on"] == "2026-11-28"
    assert Client().get("/api/facts?organisation=XBD").json()["items"] == []


@pytest.mark.parametrize("who", ["keeper", "staff"])
def test_no_string_is_missed(made: Desk, who: str) -> None:
    fact = add(made)
    actions.change_fact(made.actors["keeper"], fact=fact, said=SAID | {"telephone": "1400"}, now=later(hours=1))
    client = browser(made, who)
    paths = [url("countries"), url("country", "XAV"), url("one", fact.pk)]
    paths += [url("keep"), url("add", "XAV"), url("change", fact.pk)] if who == "keeper" else [url("all")]
    for path in paths:
        answer = client.get(path, headers={"accept-language": "ar-xb"})
        assert answer.status_code == 200, path
        assert untranslated(answer.content.decode()) == [], path


def test_one_change_shows_in_a_text_in_three_languages_at_once(made: Desk) -> None:
    fact = add(made)
    segment = writing.add_segment(made.actors["editor"], version=made.source, form=Form.FACTS, now=NOW)
    writing.change_segment(
        made.actors["editor"], version=made.source, segment=segment, form=Form.FACTS, facts="hotline", now=NOW
    )
    made.write("editor", made.source, segment.key, "Whom to call:")
    made.publish(made.source)
    for language, words in (("ar", "بمن تتصل: 1300"), ("km", "ហៅទៅ 1300")):
        version = made.translation(language)
        for key in ("title", "s2", "s3", segment.key):
            made.write(f"translator-{language}", version, key, words)
        if language == "ar":
            made.publish(version, at=later(hours=1))
        else:
            Seat.objects.create(
                user=User.objects.get(name="P. reviewer-ar"), role=Role.NATIONAL_REVIEWER, language="km",
                organisation=Organisation.objects.get(code="XBD"), starts_on=date(2020, 1, 1),
            )  # fmt: skip
            made.actors["reviewer-km"] = actor_of(User.objects.get(name="P. reviewer-ar"), NOW.date())
            made.publish(version, at=later(hours=1))

    def called() -> set[str]:
        shown = set()
        for language in ("en", "ar", "km"):
            found = reading(ANONYMOUS, made.work, language)
            assert found is not None
            assert found.language == language
            kinds = [one.block.facts for one in found.readings if one.block.form == Form.FACTS]
            shown |= {one.state.telephone for kind in kinds for one in facts("XAV", kind)}
        return shown

    assert called() == {"+99 100 1300"}
    actions.change_fact(made.actors["keeper"], fact=fact, said=SAID | {"telephone": "+99 100 1400"}, now=later(hours=2))
    assert called() == {"+99 100 1400"}


# ---- reminders


def notices(kind: str) -> set[str]:
    return set(Notice.objects.filter(kind=kind).values_list("user__email", flat=True))


def test_keepers_are_asked_until_they_confirm_and_then_staff_are_told(made: Desk) -> None:
    first, second = add(made), add(made)
    assert actions.remind(on=date(2027, 5, 27)) == 0
    assert actions.remind(on=date(2027, 5, 28)) == 2  # six months to the day
    assert notices("facts:confirm") == {"keeper@synthetic.invalid"}
    assert Notice.objects.count() == 1  # one for both
    assert Mail.objects.count() == 1
    assert actions.remind(on=date(2027, 5, 29)) == 0  # not every day
    assert actions.remind(on=date(2027, 6, 11)) == 2
    assert notices("facts:unconfirmed") == set()
    actions.confirm_fact(made.actors["keeper"], fact=first, on=date(2027, 6, 13))
    assert actions.remind(on=date(2027, 6, 26)) == 1
    assert notices("facts:unconfirmed") == {"staff@synthetic.invalid"}
    assert actions.remind(on=date(2027, 7, 10)) == 1
    assert Notice.objects.filter(kind="facts:unconfirmed").count() == 1  # told once
    actions.set_retired(made.actors["keeper"], fact=second, retired=True, now=later(days=240))
    assert actions.remind(on=date(2027, 8, 10)) == 0
    first.refresh_from_db()
    assert (first.asked, first.reminded_on) == (0, None)


def test_where_nobody_keeps_them_staff_learn_it_at_once(made: Desk) -> None:
    add(made)
    Seat.objects.filter(role=Role.MEMBER_ADMINISTRATOR).update(ends_on=date(2027, 1, 1))
    actions.remind(on=date(2027, 6, 1))
    assert notices("facts:unconfirmed") == {"staff@synthetic.invalid"}
    assert User.objects.filter(email="keeper@synthetic.invalid").exists()


@given(st.dates(date(2020, 1, 1), date(2060, 1, 1)), st.integers(1, 60))
def test_the_next_confirmation_is_the_first_day_on_which_it_is_stale(day: date, months: int) -> None:
    fact = CountryFact(confirmed_on=day)
    due = next_confirmation(fact, months=months)
    assert due is not None
    assert months_between(day, due) >= months
    assert all(months_between(day, date.fromordinal(due.toordinal() - back)) < months for back in range(1, 4))
