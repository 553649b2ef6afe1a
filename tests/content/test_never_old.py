"""Ways by which words of an earlier meaning could have come back as current ones. None of them may."""

from __future__ import annotations

import pytest
from tests.content.desk import NOW, Desk, desk, later, translated

from rso.accounts.models import User
from rso.accounts.rules import ANONYMOUS
from rso.base.errors import RsoError
from rso.content.actions import editing, publishing, translating, writing
from rso.content.models import LanguageVersion, Recording, Review
from rso.content.queries import draft, heads, reading
from rso.content.rules import Bar, Block, Form, Safety, Shown, next_meaning
from rso.files.models import StoredFile

pytestmark = pytest.mark.django_db
ARABIC = "اتصل بالرقم 1300."


@pytest.fixture
def made() -> Desk:
    return desk()


def hotline(made: Desk, key: str = "s3") -> tuple[Shown, str]:
    found = reading(ANONYMOUS, made.work, "ar")
    assert found is not None
    return next((one.shown, one.block.text) for one in found.readings if one.block.key == key)


def change_number(made: Desk, *, hours: int = 2) -> None:
    made.write("editor", made.source, "s3", "Call 1400 at any hour.", at=later(hours=hours))
    made.publish(made.source, at=later(hours=hours))


def test_a_restored_wording_translates_what_it_did_then(made: Desk) -> None:
    arabic = translated(made)
    change_number(made)
    made.write("translator-ar", arabic, "s3", "اتصل بالرقم 1400.", at=later(hours=3))
    segment = made.segment("s3")
    old = arabic.wordings.filter(segment=segment).order_by("number")[0]
    row = editing.restore(
        made.actors["translator-ar"], version=arabic, wording=old, base=heads(arabic)[segment.pk].number,
        now=later(hours=4),
    )  # fmt: skip
    assert (row.text, row.of_meaning, row.of_number) == (ARABIC, old.of_meaning, old.of_number)
    assert publishing.bars_of(arabic) == {Bar.SAFETY_STALE: ["s3"]}


def test_a_restored_publication_translates_what_it_did_then(made: Desk) -> None:
    arabic = translated(made)
    first = arabic.publications.get()
    change_number(made)
    made.write("translator-ar", arabic, "s3", "اتصل بالرقم 1400.", at=later(hours=3))
    made.publish(arabic, at=later(hours=3))
    assert hotline(made) == (Shown.CURRENT, "اتصل بالرقم 1400.")
    who = made.actors["translator-ar"]
    assert editing.restore_publication(who, version=arabic, publication=first, now=later(hours=4)) == 1
    assert publishing.bars_of(arabic) == {Bar.SAFETY_STALE: ["s3"]}


def test_a_hotline_that_is_put_back_goes_on_counting(made: Desk) -> None:
    """Its meanings do not begin at one again, where an old translation would be found to fit."""
    translated(made)
    change_number(made)
    for hours, removed in ((3, True), (4, False)):
        editor = made.actors["editor"]
        writing.set_removed(
            editor, version=made.source, segment=made.segment("s3"), removed=removed, now=later(hours=hours)
        )
        made.publish(made.source, at=later(hours=hours))
    assert hotline(made) == (Shown.WITHHELD, "Call 1400 at any hour.")


def test_what_was_a_hotline_does_not_keep_its_meaning_by_ceasing_to_be_one() -> None:
    before = Block("k", Form.PARAGRAPH, "Call 1300.", 1, safety=Safety.HOTLINE, meaning=4)
    assert next_meaning(before, text="Call 1400.", safety=Safety.NONE, keeps_meaning=True) == 5


def test_a_comma_after_a_change_does_not_hide_the_change(made: Desk) -> None:
    translated(made)
    made.write("editor", made.source, "s2", "Never take time.", at=later(hours=2))
    made.write("editor-b", made.source, "s2", "Never, take time.", at=later(hours=3), keeps_meaning=True)
    made.publish(made.source, at=later(hours=4))
    assert hotline(made, "s2")[0] == Shown.OLDER


def test_who_says_of_the_same_words_that_they_keep_the_meaning_is_believed(made: Desk) -> None:
    translated(made)
    made.write("editor", made.source, "s2", "Take your time.", at=later(hours=2))
    made.write("editor-b", made.source, "s2", "Take your time.", at=later(hours=3), keeps_meaning=True)
    made.publish(made.source, at=later(hours=4))
    assert hotline(made, "s2")[0] == Shown.CURRENT


def test_a_recording_is_silent_once_its_words_change_in_the_same_sitting(made: Desk) -> None:
    made.publish(made.source)
    arabic = made.translation()
    made.write("translator-ar", arabic, "s3", "اتصل بالرقم 1200.", at=later(minutes=1))
    segment = made.segment("s3")
    head = heads(arabic)[segment.pk]
    who = User.objects.get(pk=made.actors["translator-ar"].person)
    stored = StoredFile.objects.create(
        name="said.mp3", media_type="audio/mpeg", size=3, sha256="0" * 64, scope="content", subject=made.work.code,
        at=NOW,
    )  # fmt: skip
    Recording.objects.create(version=arabic, segment=segment, number=head.number, file=stored, by=who, at=NOW)
    assert [one.audio for one in draft(arabic) if one.key == "s3"] == [str(stored.pk)]
    made.write("translator-ar", arabic, "s3", ARABIC, at=later(minutes=3))
    assert [one.audio for one in draft(arabic) if one.key == "s3"] == [""]


def test_the_same_hotline_kept_once_more_is_no_translation_of_the_new_one(made: Desk) -> None:
    arabic = translated(made)
    change_number(made)
    segment = made.segment("s3")
    base = heads(arabic)[segment.pk].number
    with pytest.raises(translating.Differs):
        translating.translate(
            made.actors["translator-ar"], version=arabic, segment=segment, text=ARABIC, base=base, now=later(hours=3)
        )
    assert publishing.bars_of(arabic) == {Bar.SAFETY_STALE: ["s3"]}


def test_a_withdrawn_edition_does_not_bring_the_one_before_it_back(made: Desk) -> None:
    """Its readers would be told the number of years ago as today's."""
    translated(made)
    edition = writing.begin_edition(made.actors["editor"], work=made.work, now=later(hours=2))
    source = edition.versions.get(is_source=True)
    made.write("editor", source, "s3", "Call 1500.", at=later(hours=2))
    made.publish(source, at=later(hours=2))
    publishing.withdraw(made.actors["publisher"], version=source, reason="Wrong.", now=later(hours=3))
    assert reading(ANONYMOUS, made.work) is None
    assert reading(ANONYMOUS, made.work, "ar") is None
    first = LanguageVersion.objects.get(pk=made.source.pk)
    assert (first.state, first.published_at) == ("writing", None)
    made.source = first
    made.publish(first, at=later(hours=4))  # who wants it back says so, and somebody else reads it over
    assert reading(ANONYMOUS, made.work) is not None


# ---- who approves


def test_whoever_asked_for_a_review_does_not_give_it(made: Desk) -> None:
    """Structure leaves no words: who took a hotline out and asked for the review cannot approve it in another seat."""
    made.publish(made.source)
    both = made.actors["editor"]
    writing.set_removed(both, version=made.source, segment=made.segment("s3"), removed=True, now=later(hours=1))
    publishing.submit(both, version=made.source, now=later(hours=1))
    too = type(both)(both.opaque, both.user_id, both.seats | made.actors["publisher"].seats)
    with pytest.raises(RsoError, match="own words"):
        publishing.decide_review(too, version=made.source, outcome=Review.Outcome.APPROVED, now=later(hours=2))


def test_whoever_took_a_part_out_does_not_approve_that_it_is_out(made: Desk) -> None:
    made.publish(made.source)
    both = made.actors["editor"]
    writing.set_removed(both, version=made.source, segment=made.segment("s3"), removed=True, now=later(hours=1))
    publishing.submit(made.actors["editor-b"], version=made.source, now=later(hours=1))
    too = type(both)(both.opaque, both.user_id, both.seats | made.actors["publisher"].seats)
    with pytest.raises(RsoError, match="own words"):
        publishing.decide_review(too, version=made.source, outcome=Review.Outcome.APPROVED, now=later(hours=2))


def test_a_form_that_sends_back_what_it_showed_confirms_nothing(made: Desk) -> None:
    """The page of a whole text sends all its parts when one is changed."""
    arabic = translated(made)
    made.write("editor", made.source, "s2", "Take all the time that is needed.", at=later(hours=2))
    change_number(made)
    said = heads(arabic)
    texts = {row.segment: (row.text, row.number, "", False) for row in said.values()}
    title = made.segment("title")
    texts[title] = ("حديث آخر", said[title.pk].number, "", False)
    assert not editing.write_all(made.actors["translator-ar"], version=arabic, texts=texts, now=later(hours=3))
    assert publishing.bars_of(arabic) == {Bar.SAFETY_STALE: ["s3"]}
    assert heads(arabic)[title.pk].text == "حديث آخر"
    assert heads(arabic)[made.segment("s2").pk].of_meaning == 1
    row = translating.confirm_unchanged(
        made.actors["translator-ar"], version=arabic, segment=made.segment("s2"), base=1, now=later(hours=4)
    )
    assert row.of_meaning == 2
