"""What a translation is held to by arithmetic."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rso.content.checks import Fault, TermFacts, check, is_grave, numbers, terms_in

DIGITS = {
    "ar": "٠١٢٣٤٥٦٧٨٩",
    "fa": "۰۱۲۳۴۵۶۷۸۹",
    "km": "០១២៣៤៥៦៧៨៩",
    "my": "၀၁၂၃၄၅၆၇၈၉",
    "th": "๐๑๒๓๔๕๖๗๘๙",
    "bn": "০১২৩৪৫৬৭৮৯",
}


def faults(source: str, target: str, *terms: TermFacts) -> set[Fault]:
    return {finding.fault for finding in check(source, target, terms)}


@pytest.mark.parametrize("script", sorted(DIGITS))
def test_a_number_is_the_same_number_in_every_script(script: str) -> None:
    there = "1300".translate(str.maketrans("0123456789", DIGITS[script]))
    assert faults("Call 1300 at any hour.", f"… {there} …") == set()
    wrong = "1301".translate(str.maketrans("0123456789", DIGITS[script]))
    assert faults("Call 1300 at any hour.", f"… {wrong} …") == {Fault.NUMBERS}


@given(st.integers(0, 10**6), st.sampled_from(sorted(DIGITS)))
def test_any_number_survives_a_change_of_digits(number: int, script: str) -> None:
    there = str(number).translate(str.maketrans("0123456789", DIGITS[script]))
    assert numbers(f"a {number} b") == numbers(f"ا {there} ب")


def test_telephone_numbers_are_kept_with_their_plus_whatever_separates_their_digits() -> None:
    source = "Call +62 21 555-0100."
    assert faults(source, "اتصل على ⁦+62 (21) 5550100⁩.") == set()
    assert faults(source, "اتصل على 62 21 555 0100.") == {Fault.TELEPHONE}
    assert faults(source, "اتصل على +62 21 555 0101.") == {Fault.TELEPHONE}


def test_grouping_of_thousands_belongs_to_the_language() -> None:
    assert faults("1,000 people", "1.000 orang") == set()
    assert faults("1,000 people", "100 orang") == {Fault.NUMBERS}


def test_links_tags_and_places_stay() -> None:
    source = '<strong>Ask</strong> <a href="https://example.org/a">here</a>, %(name)s {count}.'
    assert faults(source, '<strong>Tanya</strong> <a href="https://example.org/a">sini</a>, {count} %(name)s.') == set()
    assert Fault.LINKS in faults(source, '<strong>T</strong> <a href="https://example.org/b">s</a> %(name)s {count}')
    assert Fault.TAGS in faults(source, 'Tanya <a href="https://example.org/a">sini</a> %(name)s {count}')
    assert Fault.PLACES in faults(source, '<strong>T</strong> <a href="https://example.org/a">s</a> %(nama)s {count}')


def test_a_translation_that_is_the_source_is_noticed_but_a_name_is_not() -> None:
    assert faults("Take your time.", "Take your time.") == {Fault.SAME}
    assert faults("1300", "1300") == set()


def test_the_glossary_asks_for_its_word_and_against_another() -> None:
    term = TermFacts("trafficking in persons", "perdagangan orang", "penyelundupan")
    source = "Trafficking in persons is a crime."
    assert faults(source, "Perdagangan orang adalah kejahatan.", term) == set()
    assert faults(source, "Penyelundupan adalah kejahatan.", term) == {Fault.TERM, Fault.AVOIDED}
    assert faults("Time is short.", "Waktu singkat.", term) == set()


def test_a_term_begins_a_word_and_the_longest_comes_first() -> None:
    terms = [TermFacts("port", "pelabuhan"), TermFacts("port of entry", "pelabuhan masuk")]
    assert [term.source for term in terms_in("The port of entry", terms)] == ["port of entry", "port"]
    assert terms_in("Support them", terms) == []


def test_an_empty_translation_has_no_findings() -> None:
    assert check("Call 1300.", " ") == []


def test_only_what_leads_elsewhere_is_grave() -> None:
    assert is_grave(check("Call 1300.", "اتصل 1400."))
    assert not is_grave(check("<strong>Call</strong>.", "اتصل."))
