"""What the index holds of a text, and what a query looks for."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rso.search.breaking import clusters, words
from rso.search.terms import Phrase, sought, terms_of


def test_words_between_spaces_are_held_as_they_are_and_hyphens_both_ways() -> None:
    assert terms_of("Passports: look-alike!") == ["passports", "look", "alike", "lookalike"]


def test_scripts_without_spaces_are_held_in_overlapping_pairs() -> None:
    assert terms_of("ผู้เสีย") == ["ผู้เ", "เสี", "สีย", "ย"]
    assert terms_of("人口贩运") == ["人口", "口贩", "贩运", "运"]


def test_a_space_between_running_words_is_a_matter_of_taste() -> None:
    assert terms_of("강제 노동") == terms_of("강제노동")


def test_what_clings_to_an_arabic_word_is_held_with_and_without() -> None:
    assert "ضحايا" in terms_of("والضحايا")
    assert "دولتي" in terms_of("غیردولتی")
    assert {"ماشين", "خوان"} <= set(terms_of("ماشین‌خوان"))


def test_a_word_is_looked_for_by_its_beginning_and_a_short_one_whole() -> None:
    assert sought("passport").groups == ((Phrase(("passport",), prefix=True),),)
    assert sought("of").groups == ((Phrase(("of",)),),)


def test_a_particle_is_let_go_where_there_is_more_to_look_for() -> None:
    assert len(sought("旅券の偽造").groups) == 2
    assert len(sought("の").groups) == 1


@pytest.mark.parametrize("nothing", ["", "   ", "…", "\u200b", "-", "😀"])
def test_nothing_is_looked_for_where_there_is_no_word(nothing: str) -> None:
    assert not sought(nothing)
    assert terms_of(nothing) == []


def test_places_are_those_of_the_text_even_behind_what_icu_counts_twice() -> None:
    text = "😀 ship"
    [word] = words(text)
    assert text[word.start : word.end] == "ship"


@given(st.text(max_size=200))
def test_any_text_has_terms_of_letters_marks_and_digits(text: str) -> None:
    for term in terms_of(text):
        assert term
        assert " " not in term
        assert '"' not in term
        assert "'" not in term
        assert "\\" not in term


@given(st.text(max_size=80))
def test_characters_make_the_word_again(text: str) -> None:
    assert "".join(clusters(text)) == text
