"""Properties of the rules of staleness, over any history of a source and its translation."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from rso.content.markup import clean, plain
from rso.content.rules import (
    Bar,
    Block,
    Form,
    Origin,
    Safety,
    Shown,
    bars,
    block_of,
    digest,
    next_meaning,
    read,
    standing,
)

KEYS = ("a", "b", "c")
words = st.sampled_from(["", "one", "two", "three"])
safeties = st.sampled_from(list(Safety))
#: What happens: the source's segment is changed (and published), or its translation is made.
events = st.lists(
    st.one_of(
        st.tuples(st.just("source"), st.sampled_from(KEYS), words, safeties, st.booleans()),
        st.tuples(st.just("translate"), st.sampled_from(KEYS), words, safeties, st.booleans()),
    ),
    max_size=30,
)


def _played(happened: list[tuple[str, str, str, Safety, bool]]) -> tuple[list[Block], list[Block], dict[str, Block]]:
    """The source, the translation, and the source's segment at the moment of each translation."""
    source = {key: Block(key, Form.PARAGRAPH, "first", 1, meaning=1) for key in KEYS}
    translation: dict[str, Block] = {}
    at: dict[str, Block] = {}
    for what, key, text, safety, keeps in happened:
        before = source[key]
        if what == "source":
            meaning = next_meaning(before, text=text, safety=safety, keeps_meaning=keeps)
            source[key] = replace(before, text=text, safety=safety, meaning=meaning, number=before.number + 1)
        else:
            translation[key] = Block(key, Form.PARAGRAPH, f"<{text}>" if text else "", 1, of=before.meaning)
            at[key] = before
    return list(source.values()), list(translation.values()), at


@given(events)
def test_an_old_translation_of_a_safety_critical_text_is_never_shown(
    happened: list[tuple[str, str, str, Safety, bool]],
) -> None:
    source, translation, at = _played(happened)
    for one, original in zip(read(source, translation), source, strict=True):
        if original.safety and one.is_translated:
            assert at[original.key].text == original.text
            assert one.shown == Shown.CURRENT
        if not one.is_translated:
            assert one.block == original


@given(events)
def test_current_means_that_no_change_of_meaning_lies_between(
    happened: list[tuple[str, str, str, Safety, bool]],
) -> None:
    source, translation, at = _played(happened)
    for one, original in zip(read(source, translation), source, strict=True):
        if one.is_translated:
            assert (one.shown == Shown.CURRENT) == (at[original.key].meaning == original.meaning)


@given(events)
def test_what_cannot_be_published_is_what_would_be_withheld_or_missing(
    happened: list[tuple[str, str, str, Safety, bool]],
) -> None:
    source, translation, _at = _played(happened)
    against = bars(translation, source, is_source=False)
    if Bar.NOTHING_THERE in against:
        assert not any(block.text for block in translation)
        return
    shown = {one.block.key: one.shown for one in read(source, translation)}
    critical = {block.key for block in source if block.safety and block.text}
    expected = {key for key in critical if shown[key] != Shown.CURRENT}
    assert {key for keys in against.values() for key in keys} == expected


@given(events)
def test_the_counts_say_the_same_as_the_reading(happened: list[tuple[str, str, str, Safety, bool]]) -> None:
    source, translation, _at = _played(happened)
    counts = standing(source, translation)
    assert counts.total == counts.current + counts.older + counts.missing + counts.withheld
    assert (counts.percent == 100) == counts.is_current


@given(words, words, safeties, safeties, st.booleans())
def test_a_meaning_never_goes_back(old: str, new: str, was: Safety, now: Safety, keeps: bool) -> None:
    before = Block("a", Form.PARAGRAPH, old, 1, safety=was, meaning=7)
    meaning = next_meaning(before, text=new, safety=now, keeps_meaning=keeps)
    assert meaning in (7, 8)
    if old != new and now:
        assert meaning == 8
    if old == new and was == now:
        assert meaning == 7


@given(st.sampled_from(list(Form)), st.text(max_size=20), safeties, st.sampled_from(list(Origin)), st.booleans())
def test_a_block_comes_back_as_it_was_kept(form: Form, text: str, safety: Safety, origin: Origin, yes: bool) -> None:
    block = Block("k", form, text, 3, safety=safety, meaning=2, of=1, origin=origin, checked=yes)
    assert block_of(block.plain()) == block
    assert digest([block]) == digest([block_of(block.plain())])
    assert digest([block]) != digest([replace(block, text=text + "x")])


@given(st.text(max_size=80))
def test_cleaning_twice_changes_nothing(text: str) -> None:
    once = clean(text)
    assert clean(once) == once
    assert "<script" not in once


def test_the_words_alone() -> None:
    assert (
        plain('Call <strong>1300</strong><br>or <a href="tel:1300">this</a> &amp; wait') == "Call 1300 or this & wait"
    )
