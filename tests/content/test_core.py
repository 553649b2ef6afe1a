"""Writing, review, publication, and how a translation stands to its source."""

from __future__ import annotations

import pytest
from django.urls import reverse
from tests.content.desk import NOW, Desk, desk, later, translated

from rso.accounts.rules import ANONYMOUS, NotAllowed
from rso.audit.models import Entry
from rso.base.errors import RsoError
from rso.content.actions import facts as fact_actions
from rso.content.actions import publishing, writing
from rso.content.models import CountryFact, LanguageVersion, Organisation, Publication, Review, Wording
from rso.content.presenters.waiting import waits
from rso.content.queries import draft, facts, heads, reading, waiting_for, works
from rso.content.queries_translation import not_begun, to_translate
from rso.content.rules import Bar, Form, Origin, Safety, Shown, State
from rso.notices.models import Notice

pytestmark = pytest.mark.django_db


@pytest.fixture
def made() -> Desk:
    return desk()


def shown(made: Desk, language: str = "ar") -> dict[str, tuple[Shown, str]]:
    """By segment: how it is shown to a visitor, and its words."""
    found = reading(ANONYMOUS, made.work, language)
    assert found is not None
    return {one.block.key: (one.shown, one.block.text) for one in found.readings}


# ---- the failure that must be impossible


def test_a_changed_hotline_is_never_shown_in_an_old_translation(made: Desk) -> None:
    arabic = translated(made)
    assert shown(made)["s3"] == (Shown.CURRENT, "اتصل بالرقم 1300.")
    made.write("editor", made.source, "s3", "Call 1400 at any hour.", at=later(hours=2))
    assert shown(made)["s3"][1] == "اتصل بالرقم 1300."  # nobody has published the new number yet
    made.publish(made.source, at=later(hours=2))
    assert shown(made)["s3"] == (Shown.WITHHELD, "Call 1400 at any hour.")
    assert shown(made)["s2"] == (Shown.CURRENT, "خذ وقتك.")
    arabic.refresh_from_db()
    assert (arabic.total, arabic.current, arabic.withheld) == (3, 2, 1)


def test_what_is_not_safety_critical_is_shown_and_marked_as_older(made: Desk) -> None:
    translated(made)
    made.write("editor", made.source, "s2", "Take all the time that is needed.", at=later(hours=2))
    made.publish(made.source, at=later(hours=2))
    assert shown(made)["s2"] == (Shown.OLDER, "خذ وقتك.")


def test_a_small_change_keeps_the_meaning_but_never_of_a_hotline(made: Desk) -> None:
    translated(made)
    made.write("editor", made.source, "s2", "Take your time.", at=later(hours=2), keeps_meaning=True)
    made.write("editor", made.source, "s3", "Call 1300, at any hour.", at=later(hours=2), keeps_meaning=True)
    made.publish(made.source, at=later(hours=2))
    assert shown(made)["s2"][0] == Shown.CURRENT
    assert shown(made)["s3"][0] == Shown.WITHHELD


def test_a_segment_that_becomes_safety_critical_withholds_what_nobody_checked_as_such(made: Desk) -> None:
    translated(made)
    writing.change_segment(
        made.actors["editor"], version=made.source, segment=made.segment("s2"), form=Form.PARAGRAPH,
        safety=Safety.INDICATORS, now=later(hours=2),
    )  # fmt: skip
    made.publish(made.source, at=later(hours=2))
    assert shown(made)["s2"] == (Shown.WITHHELD, "Take time.")


def test_a_stale_or_missing_hotline_cannot_be_published(made: Desk) -> None:
    made.publish(made.source)
    arabic = made.translation()
    made.write("translator-ar", arabic, "title", "حديث")
    with pytest.raises(publishing.Barred) as missing:
        publishing.submit(made.actors["translator-ar"], version=arabic, now=NOW)
    assert missing.value.bars == {Bar.SAFETY_MISSING: ["s3"]}
    made.write("translator-ar", arabic, "s3", "اتصل بالرقم 1300.")
    publishing.submit(made.actors["translator-ar"], version=arabic, now=NOW)
    publishing.decide_review(made.actors["reviewer-ar"], version=arabic, outcome=Review.Outcome.APPROVED, now=NOW)
    made.write("editor", made.source, "s3", "Call 1400.", at=later(hours=2))
    made.publish(made.source, at=later(hours=2))
    with pytest.raises(publishing.Barred) as stale:
        publishing.publish(made.actors["publisher"], version=arabic, now=later(hours=3))
    assert stale.value.bars == {Bar.SAFETY_STALE: ["s3"]}
    assert not arabic.publications.exists()


def test_a_translated_anew_hotline_is_shown_again(made: Desk) -> None:
    arabic = translated(made)
    made.write("editor", made.source, "s3", "Call 1400.", at=later(hours=2))
    made.publish(made.source, at=later(hours=2))
    made.write("translator-ar", arabic, "s3", "اتصل بالرقم 1400.", at=later(hours=3))
    made.publish(arabic, at=later(hours=3))
    assert shown(made)["s3"] == (Shown.CURRENT, "اتصل بالرقم 1400.")


def test_a_change_back_is_a_change_too(made: Desk) -> None:
    """1300, 1400, 1300 again: the translation of the first 1300 was never checked against the third."""
    translated(made)
    for hours, text in ((2, "Call 1400 at any hour."), (3, "Call 1300 at any hour.")):
        made.write("editor", made.source, "s3", text, at=later(hours=hours))
        made.publish(made.source, at=later(hours=hours))
    assert shown(made)["s3"][0] == Shown.WITHHELD


def test_what_is_gone_from_the_source_is_gone_from_its_translations(made: Desk) -> None:
    translated(made)
    writing.set_removed(
        made.actors["editor"], version=made.source, segment=made.segment("s3"), removed=True, now=later(hours=2)
    )
    made.publish(made.source, at=later(hours=2))
    assert set(shown(made)) == {"title", "s2"}


def test_a_machine_made_hotline_needs_a_person_who_reads_it(made: Desk) -> None:
    made.publish(made.source)
    arabic = made.translation()
    writing.write(
        made.actors["translator-ar"], version=arabic, segment=made.segment("s3"), text="اتصل", base=0,
        origin=Origin.MACHINE, engine="engine 1", now=NOW,
    )  # fmt: skip
    assert publishing.bars_of(arabic) == {Bar.SAFETY_MACHINE: ["s3"]}
    made.publish(arabic)
    found = reading(ANONYMOUS, made.work, "ar")
    assert found is not None
    hotline = next(one for one in found.readings if one.block.key == "s3")
    assert hotline.is_machine_made  # read over by a person, and still not passed off as a person's
    assert hotline.block.checked


def test_without_a_source_there_is_nothing_to_read(made: Desk) -> None:
    arabic = translated(made)
    publishing.withdraw(made.actors["publisher"], version=made.source, reason="Wrong number.", now=later(hours=2))
    assert reading(ANONYMOUS, made.work, "ar") is None
    assert reading(ANONYMOUS, made.work) is None
    arabic.refresh_from_db()
    made.publish(made.source, at=later(hours=3))
    assert shown(made)["s3"][0] == Shown.CURRENT  # the same words, the same meaning


def test_a_new_edition_goes_on_where_the_last_one_stood(made: Desk) -> None:
    translated(made)
    edition = writing.begin_edition(made.actors["editor"], work=made.work, now=later(hours=2))
    source = edition.versions.get(is_source=True)
    made.write("editor", source, "s3", "Call 1500.", at=later(hours=2))
    made.publish(source, at=later(hours=2))
    assert shown(made) == {
        "title": (Shown.CURRENT, "Talking"), "s2": (Shown.CURRENT, "Take time."), "s3": (Shown.CURRENT, "Call 1500."),
    }  # fmt: skip  # in English, until the new edition is published in Arabic
    arabic = edition.versions.get(language="ar")
    assert publishing.bars_of(arabic) == {Bar.SAFETY_STALE: ["s3"]}
    made.write("translator-ar", arabic, "s3", "اتصل بالرقم 1500.", at=later(hours=3))
    made.publish(arabic, at=later(hours=3))
    assert shown(made)["s2"] == (Shown.CURRENT, "خذ وقتك.")


# ---- writing


def test_two_editors_at_once_lose_nothing(made: Desk) -> None:
    segment = made.segment("s2")
    base = heads(made.source)[segment.pk].number
    made_by_b = writing.write(
        made.actors["editor-b"], version=made.source, segment=segment, text="Theirs.", base=base, now=later(hours=1)
    )
    with pytest.raises(writing.Conflict) as found:
        writing.write(
            made.actors["editor"], version=made.source, segment=segment, text="Mine.", base=base, now=later(hours=1)
        )
    assert found.value.theirs == made_by_b
    assert heads(made.source)[segment.pk].text == "Theirs."


def test_keystrokes_of_one_sitting_are_one_wording_until_something_refers_to_it(made: Desk) -> None:
    segment = made.segment("s2")

    def say(text: str, minutes: float) -> Wording:
        base = heads(made.source)[segment.pk].number
        return writing.write(
            made.actors["editor"],
            version=made.source,
            segment=segment,
            text=text,
            base=base,
            now=later(minutes=minutes),
        )

    first = say("One", 1)
    assert say("One two", 2).number == first.number
    assert say("One two three", 40).number == first.number + 1  # another sitting
    made.publish(made.source, at=later(minutes=41))
    published = Publication.objects.get()
    assert say("Else", 42).number == first.number + 2
    assert next(block for block in published.snapshot if block.key == "s2").text == "One two three"


def test_writing_is_refused_while_somebody_else_holds_the_text(made: Desk) -> None:
    writing.hold(made.actors["editor-b"], version=made.source, now=NOW)
    with pytest.raises(RsoError, match="Somebody else"):
        made.write("editor", made.source, "s2", "Mine.", at=later(minutes=4))
    made.write("editor", made.source, "s2", "Mine.", at=later(minutes=6))  # without a sign of life it lapses
    writing.hold(made.actors["editor-b"], version=made.source, now=later(minutes=7))
    writing.let_go(made.actors["editor"], version=made.source, now=later(minutes=8))
    with pytest.raises(RsoError):
        made.write("editor", made.source, "s2", "Again.", at=later(minutes=8))
    writing.let_go(made.actors["editor"], version=made.source, now=later(minutes=8), by_force=True)
    made.write("editor", made.source, "s2", "Again.", at=later(minutes=8))
    assert Entry.objects.filter(event="content:lock:broken").count() == 1


def test_nobody_translates_what_is_not_published_nor_into_a_language_that_is_not_theirs(made: Desk) -> None:
    arabic = made.translation()
    with pytest.raises(RsoError, match="not published"):
        made.write("translator-ar", arabic, "s2", "خذ")
    made.publish(made.source)
    for who in ("translator-km", "editor", "publisher", "official"):
        with pytest.raises(NotAllowed):
            made.write(who, arabic, "s2", "خذ")
    with pytest.raises(NotAllowed):
        made.write("translator-ar", made.source, "s2", "Mine.")


def test_markup_that_could_do_harm_does_not_get_in(made: Desk) -> None:
    made.write(
        "editor", made.source, "s2", '<b onclick="x()">Stay</b> <script>x()</script><a href="javascript:x()">a</a>'
    )
    text = heads(made.source)[made.segment("s2").pk].text
    assert text.startswith("<strong>Stay</strong>")
    assert "x()" not in text


# ---- review


def test_nobody_approves_their_own_words(made: Desk) -> None:
    from rso.accounts.models import Seat, User
    from rso.accounts.queries import actor_of

    user = User.objects.get(pk=made.actors["editor"].user_id)
    office = Organisation.objects.get(code="RSO")
    Seat.objects.create(user=user, role="publisher", organisation=office, starts_on=NOW.date())
    both = actor_of(user, NOW.date())
    publishing.submit(both, version=made.source, now=NOW)
    with pytest.raises(RsoError, match="own words"):
        publishing.decide_review(both, version=made.source, outcome=Review.Outcome.APPROVED, now=NOW)


def test_what_changed_after_it_was_approved_is_not_published(made: Desk) -> None:
    publishing.submit(made.actors["editor"], version=made.source, now=NOW)
    publishing.decide_review(made.actors["publisher"], version=made.source, outcome=Review.Outcome.APPROVED, now=NOW)
    made.write("editor", made.source, "s2", "Something else.", at=later(minutes=1))
    with pytest.raises(RsoError, match="approve"):
        publishing.publish(made.actors["publisher"], version=made.source, now=later(minutes=2))
    # Even a change that went past the state is seen by its digest.
    LanguageVersion.objects.filter(pk=made.source.pk).update(state=State.APPROVED.value)
    with pytest.raises(RsoError, match="read over again"):
        publishing.publish(made.actors["publisher"], version=made.source, now=later(minutes=2))


def test_a_text_is_returned_with_a_reason(made: Desk) -> None:
    publishing.submit(made.actors["editor"], version=made.source, now=NOW)
    with pytest.raises(RsoError, match="what should be changed"):
        publishing.decide_review(
            made.actors["publisher"], version=made.source, outcome=Review.Outcome.RETURNED, reason=" ", now=NOW
        )
    publishing.decide_review(
        made.actors["publisher"], version=made.source, outcome=Review.Outcome.RETURNED, reason="Shorter.", now=NOW
    )
    made.source.refresh_from_db()
    assert made.source.state == State.WRITING.value
    with pytest.raises(RsoError, match="approve"):
        publishing.publish(made.actors["publisher"], version=made.source, now=NOW)


def test_a_translation_is_signed_by_a_reviewer_of_its_language_only(made: Desk) -> None:
    made.publish(made.source)
    arabic = made.translation()
    made.write("translator-ar", arabic, "s3", "اتصل")
    publishing.submit(made.actors["translator-ar"], version=arabic, now=NOW)
    for who in ("publisher", "translator-ar", "editor"):
        with pytest.raises(NotAllowed):
            publishing.decide_review(made.actors[who], version=arabic, outcome=Review.Outcome.APPROVED, now=NOW)


# ---- schedule


def test_an_approved_text_is_published_when_its_moment_comes(made: Desk) -> None:
    publishing.submit(made.actors["editor"], version=made.source, now=NOW)
    publishing.decide_review(made.actors["publisher"], version=made.source, outcome=Review.Outcome.APPROVED, now=NOW)
    publishing.schedule(made.actors["publisher"], version=made.source, at=later(hours=5), now=NOW)
    publishing.publish_due(now=later(hours=4))
    assert reading(ANONYMOUS, made.work) is None
    publishing.publish_due(now=later(hours=5))
    assert reading(ANONYMOUS, made.work) is not None


def test_a_scheduled_translation_whose_hotline_went_stale_goes_back_to_its_writers(made: Desk) -> None:
    made.publish(made.source)
    arabic = made.translation()
    made.write("translator-ar", arabic, "s3", "اتصل")
    publishing.submit(made.actors["translator-ar"], version=arabic, now=NOW)
    publishing.decide_review(made.actors["reviewer-ar"], version=arabic, outcome=Review.Outcome.APPROVED, now=NOW)
    publishing.schedule(made.actors["publisher"], version=arabic, at=later(hours=5), now=NOW)
    made.write("editor", made.source, "s3", "Call 1400.", at=later(hours=2))
    made.publish(made.source, at=later(hours=2))
    assert publishing.publish_due(now=later(hours=5)) == [arabic]
    arabic.refresh_from_db()
    assert (arabic.state, arabic.publish_at) == (State.WRITING.value, None)
    assert not arabic.publications.exists()


# ---- who reads, what waits


@pytest.mark.parametrize(
    ("audience", "who"),
    [
        ("public", {"nobody", "official", "party", "stranger", "staff"}),
        ("signed-in", {"official", "party", "stranger", "staff"}),
        ("members", {"official", "stranger", "staff"}),
        ("staff", {"staff"}),
        ("org:XAV", {"official"}),
        ("unheard-of", set()),
    ],
)
def test_a_text_is_read_by_its_audience(made: Desk, audience: str, who: set[str]) -> None:
    made.publish(made.source)
    writing.change_work(made.actors["editor"], work=made.work, title="Talking", audience=audience, now=NOW)
    asked = {"nobody": ANONYMOUS, **{name: made.actors[name] for name in ("official", "party", "stranger", "staff")}}
    assert {name for name, actor in asked.items() if reading(actor, made.work) is not None} == who


def test_what_waits_is_shown_to_whoever_can_go_on(made: Desk) -> None:
    arabic = translated(made)
    assert not waiting_for(made.actors["translator-ar"])
    made.write("editor", made.source, "s2", "Longer.", at=later(hours=2))
    publishing.submit(made.actors["editor"], version=made.source, now=later(hours=2))
    assert list(waiting_for(made.actors["publisher"])) == [made.source]
    publishing.decide_review(
        made.actors["publisher"], version=made.source, outcome=Review.Outcome.APPROVED, now=later(hours=2)
    )
    publishing.publish(made.actors["publisher"], version=made.source, now=later(hours=2))
    assert list(waiting_for(made.actors["translator-ar"])) == [arabic]
    (waiting,) = waits(made.actors["translator-ar"], NOW.date())
    assert waiting.path == reverse("translation:screen", args=[arabic.pk])  # beside its source, not in an editor
    assert Notice.objects.filter(path=waiting.path).exists()
    assert not waiting_for(made.actors["translator-km"])
    assert not waiting_for(ANONYMOUS)


# ---- facts


def test_a_members_facts_are_the_members(made: Desk) -> None:
    avaria = Organisation.objects.get(code="XAV")
    said = {"name": "National hotline", "telephone": "1300"}
    for who in ("stranger", "editor", "staff", "official"):
        with pytest.raises(NotAllowed):
            fact_actions.add_fact(
                made.actors[who], organisation=avaria, kind=CountryFact.Kind.HOTLINE, said=said, now=NOW
            )
    fact = fact_actions.add_fact(
        made.actors["keeper"], organisation=avaria, kind=CountryFact.Kind.HOTLINE, said=said, now=NOW
    )
    fact_actions.change_fact(made.actors["keeper"], fact=fact, said={**said, "telephone": "1400"}, now=later(days=1))
    (stated,) = facts("XAV", "hotline")
    assert stated.state.telephone == "1400"
    assert [row.telephone for row in fact.states.order_by("number")] == ["1300", "1400"]
    assert stated.fact.confirmed_on == later(days=1).date()
    fact_actions.set_retired(made.actors["keeper"], fact=fact, retired=True, now=later(days=2))
    assert facts("XAV") == []


def test_the_draft_says_what_would_be_published(made: Desk) -> None:
    assert [(block.key, block.meaning, block.safety) for block in draft(made.source)] == [
        ("title", 1, Safety.NONE), ("s2", 1, Safety.NONE), ("s3", 1, Safety.HOTLINE),
    ]  # fmt: skip


def test_people_of_a_language_see_what_they_may_read_and_what_was_begun_in_their_language(made: Desk) -> None:
    arabic = translated(made)
    writing.change_work(made.actors["editor"], work=made.work, title="Talking", audience="staff", now=NOW)
    seen = {name for name in ("editor", "publisher", "translator-ar", "reviewer-ar", "translator-km")
            if works(made.actors[name]).exists()}  # fmt: skip
    assert seen == {"editor", "publisher", "translator-ar", "reviewer-ar"}
    assert list(to_translate(made.actors["translator-ar"], "ar")) == [arabic]
    assert not to_translate(made.actors["translator-km"], "ar").exists()
    assert not not_begun(made.actors["translator-km"], "km").exists()
    with pytest.raises(NotAllowed):
        made.translation("km")
    writing.begin_version(made.actors["editor"], edition=arabic.edition, language="km", now=NOW)
    assert works(made.actors["translator-km"]).exists()  # the office has given it to them
