"""Memory, origin of words, confirmation, machines, recordings."""

from __future__ import annotations

import io
from dataclasses import replace

import pytest
from tests.content.desk import NOW, Desk, desk, later, translated
from tests.content.translation.room import base_of

from rso.accounts.rules import NotAllowed
from rso.audit.models import Entry
from rso.base.errors import RsoError
from rso.content import memory
from rso.content import queries_translation as queries
from rso.content.actions import publishing, translating, writing
from rso.content.actions.writing import Conflict
from rso.content.models import LanguageVersion, Pair, Review, Wording
from rso.content.queries import draft, reading
from rso.content.rules import ContentEvent, Form, Origin, Shown
from rso.files.errors import FileRefused

pytestmark = pytest.mark.django_db
OPUS = b"OggS\x00\x02" + b"\x00" * 22 + b"OpusHead\x01" + b"\x00" * 60


@pytest.fixture
def made() -> Desk:
    return desk()


def say(made: Desk, version: LanguageVersion, key: str, text: str, hours: float = 3) -> Wording:
    return translating.translate(
        made.actors["translator-ar"], version=version, segment=made.segment(key), text=text,
        base=base_of(made, version, key), now=later(hours=hours),
    )  # fmt: skip


def by_machine(made: Desk, version: LanguageVersion, key: str, text: str) -> Wording:
    return writing.write(
        made.actors["translator-ar"], version=version, segment=made.segment(key), text=text,
        base=base_of(made, version, key), origin=Origin.MACHINE, engine="engine 3", now=NOW,
    )  # fmt: skip


# ---- memory


def test_the_memory_learns_what_was_published_and_nothing_else(made: Desk) -> None:
    made.publish(made.source)
    arabic = made.translation()
    say(made, arabic, "s2", "خذ وقتك.")
    assert not Pair.objects.exists()
    translated(made)
    assert {(row.source, row.target) for row in Pair.objects.all()} == {
        ("Talking", "حديث"), ("Take time.", "خذ وقتك."), ("Call 1300 at any hour.", "اتصل بالرقم 1300."),
    }  # fmt: skip


def test_like_sentences_are_found_with_a_score_and_where_they_were_published(made: Desk) -> None:
    translated(made)
    found = memory.matches(
        ["Call 1400 at any hour.", "Take time.", "Nothing like it whatsoever, by far."], source_language="en",
        language="ar",
    )  # fmt: skip
    (near,) = found["Call 1400 at any hour."]
    assert near.target == "اتصل بالرقم 1300."
    assert 70 <= near.score < 100
    assert near.work == "Talking"
    assert [one.score for one in found["Take time."]] == [100]
    assert found["Nothing like it whatsoever, by far."] == []
    assert memory.matches(["Take time."], source_language="en", language="km") == {"Take time.": []}


def test_words_of_the_memory_are_marked_so_until_they_are_changed(made: Desk) -> None:
    translated(made)
    segment = writing.add_segment(made.actors["editor"], version=made.source, form=Form.PARAGRAPH, now=later(hours=2))
    made.write("editor", made.source, segment.key, "Take time.", at=later(hours=2))
    made.publish(made.source, at=later(hours=2))
    arabic = made.translation()
    assert say(made, arabic, segment.key, "خذ وقتك.").origin == Origin.MEMORY
    assert say(made, arabic, segment.key, "خذ وقتك دائما.").origin == Origin.PERSON


# ---- machines


def test_a_machines_words_stay_a_machines_until_a_person_made_them_their_own(made: Desk) -> None:
    made.publish(made.source)
    arabic = made.translation()
    first = by_machine(made, arabic, "s2", "خذ الوقت الكافي من أجلك.")
    assert first.checked_by is None
    slightly = say(made, arabic, "s2", "خذ الوقت الكافي من أجلك!")
    assert (slightly.origin, slightly.engine) == (Origin.MACHINE, "engine 3")
    assert slightly.checked_by_id == made.actors["translator-ar"].user_id
    assert say(made, arabic, "s2", "لا داعي إلى العجلة، على مهلك").origin == Origin.PERSON


def test_small_steps_do_not_launder_a_machines_words(made: Desk) -> None:
    made.publish(made.source)
    arabic = made.translation()
    by_machine(made, arabic, "s2", "abcdefghij klmnopqrst")
    words = "abcdefghij klmnopqrst"
    for step, letter in enumerate("ZYXW"):
        words = words[:step] + letter + words[step + 1 :]
        row = say(made, arabic, "s2", words, hours=1 + step)
    assert row.origin == Origin.MACHINE  # 4 of 21 letters: measured from what the machine said, not from the last step
    assert say(made, arabic, "s2", "abcdefghij klmnopqrst", hours=9).origin == Origin.MACHINE


def test_a_machines_hotline_is_barred_until_somebody_has_read_it_over(made: Desk) -> None:
    made.publish(made.source)
    arabic = made.translation()
    say(made, arabic, "title", "حديث")
    by_machine(made, arabic, "s3", "اتصل بالرقم 1300.")
    assert not next(block for block in draft(arabic) if block.key == "s3").checked
    assert list(publishing.bars_of(arabic)) == ["safety-machine"]
    translating.confirm_unchanged(
        made.actors["translator-ar"], version=arabic, segment=made.segment("s3"), base=1, now=NOW
    )
    assert publishing.bars_of(arabic) == {}
    made.publish(arabic, at=later(hours=1))
    found = reading(made.actors["party"], made.work, "ar")
    assert found is not None
    assert [one.block.key for one in found.readings if one.is_machine_made] == ["s3"]


# ---- still right


def changed(made: Desk, key: str, text: str) -> LanguageVersion:
    arabic = translated(made)
    made.write("editor", made.source, key, text, at=later(hours=2))
    made.publish(made.source, at=later(hours=2))
    return arabic


def still_right(made: Desk, arabic: LanguageVersion, key: str, base: int = 1) -> Wording:
    return translating.confirm_unchanged(
        made.actors["translator-ar"], version=arabic, segment=made.segment(key), base=base, now=later(hours=3)
    )


def test_words_that_are_still_right_become_current_without_being_typed_again(made: Desk) -> None:
    arabic = changed(made, "s2", "Take your time.")
    assert queries.working_copies([arabic])[arabic.pk].older == 1
    row = still_right(made, arabic, "s2")
    assert (row.text, row.of_meaning, row.number) == ("خذ وقتك.", 2, 2)
    assert queries.working_copies([arabic])[arabic.pk].is_current


def test_a_hotline_with_another_number_cannot_be_still_right(made: Desk) -> None:
    arabic = changed(made, "s3", "Call 1400 at any hour.")
    with pytest.raises(translating.Differs):
        still_right(made, arabic, "s3")
    assert queries.working_copies([arabic])[arabic.pk].withheld == 1


def test_a_hotline_with_the_same_number_can(made: Desk) -> None:
    arabic = changed(made, "s3", "Call 1300 at every hour.")
    assert still_right(made, arabic, "s3").of_meaning == 2


def test_confirming_what_somebody_has_changed_meanwhile_is_a_conflict(made: Desk) -> None:
    arabic = changed(made, "s2", "Take your time.")
    say(made, arabic, "s2", "على مهلك.")
    with pytest.raises(Conflict):
        still_right(made, arabic, "s2")


def test_only_a_translator_of_the_language_confirms(made: Desk) -> None:
    arabic = changed(made, "s2", "Take your time.")
    for who in ("translator-km", "reviewer-ar", "editor"):
        with pytest.raises(NotAllowed):
            translating.confirm_unchanged(
                made.actors[who], version=arabic, segment=made.segment("s2"), base=1, now=later(hours=3)
            )


def test_what_changed_since_is_shown_across_editions(made: Desk) -> None:
    arabic = changed(made, "s2", "Take your time.")
    (place,) = [one for one in queries.helped(arabic, queries.sides(arabic).places) if one.block.key == "s2"]
    assert (place.before, place.block.text, place.shown) == ("Take time.", "Take your time.", "older")
    edition = writing.begin_edition(made.actors["editor"], work=made.work, now=later(hours=4))
    source = edition.versions.get(is_source=True)
    made.write("editor", source, "s2", "Take all your time.", at=later(hours=4))
    made.publish(source, at=later(hours=4))
    newer = edition.versions.get(language="ar")
    (place,) = [one for one in queries.helped(newer, queries.sides(newer).places) if one.block.key == "s2"]
    assert (place.before, place.block.text, place.shown) == ("Take time.", "Take all your time.", "older")


# ---- recordings


def speak(made: Desk, arabic: LanguageVersion, key: str = "s2", content: bytes = OPUS) -> None:
    translating.record_aloud(
        made.actors["translator-ar"], version=arabic, segment=made.segment(key), content=io.BytesIO(content),
        name="words.opus", now=later(hours=3),
    )  # fmt: skip


def test_a_recording_speaks_until_the_words_change_and_says_who_spoke(made: Desk) -> None:
    arabic = translated(made)
    speak(made, arabic)
    assert Entry.objects.filter(event=ContentEvent.RECORDED).count() == 1
    (place,) = [one for one in queries.sides(arabic).places if one.block.key == "s2"]
    assert place.recording is not None
    assert place.recording.by_id == made.actors["translator-ar"].user_id
    assert not place.is_recording_silent
    assert next(block for block in draft(arabic) if block.key == "s2").audio
    say(made, arabic, "s2", "على مهلك.", hours=4)
    (place,) = [one for one in queries.sides(arabic).places if one.block.key == "s2"]
    assert place.is_recording_silent
    assert not next(block for block in draft(arabic) if block.key == "s2").audio


def test_nothing_is_read_aloud_where_there_are_no_words_and_no_picture_is_a_recording(made: Desk) -> None:
    made.publish(made.source)
    arabic = made.translation()
    with pytest.raises(RsoError) as nothing:
        speak(made, arabic)
    assert nothing.value.code == "nothing-to-speak"
    say(made, arabic, "s2", "خذ وقتك.")
    with pytest.raises(FileRefused):
        speak(made, arabic, content=b"\x89PNG\r\n\x1a\n" + b"\x00" * 60)


# ---- sign-off


def test_nobody_signs_their_own_words_even_with_both_seats(made: Desk) -> None:
    arabic = translated(made)
    say(made, arabic, "s2", "على مهلك.")
    publishing.submit(made.actors["translator-ar"], version=arabic, now=later(hours=4))
    both = replace(
        made.actors["translator-ar"], seats=made.actors["translator-ar"].seats | made.actors["reviewer-ar"].seats
    )
    with pytest.raises(RsoError) as own:
        publishing.decide_review(both, version=arabic, outcome=Review.Outcome.APPROVED, now=later(hours=4))
    assert own.value.code == "own-words"


def test_the_whole_way_of_a_changed_hotline(made: Desk) -> None:
    arabic = changed(made, "s3", "Call 1400 at any hour.")
    found = reading(made.actors["party"], made.work, "ar")
    assert found is not None
    assert {one.block.key: one.shown for one in found.readings}["s3"] == Shown.WITHHELD
    say(made, arabic, "s3", "اتصل بالرقم ١٤٠٠.")
    made.publish(arabic, at=later(hours=5))
    found = reading(made.actors["party"], made.work, "ar")
    assert found is not None
    last = {one.block.key: one for one in found.readings}["s3"]
    assert (last.shown, last.block.text) == (Shown.CURRENT, "اتصل بالرقم ١٤٠٠.")
