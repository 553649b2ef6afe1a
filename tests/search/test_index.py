"""The index on the database in use: put, found, changed, taken out, and never shown to whom it is not for."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from rso.search import actions
from rso.search.entries import Entry
from rso.search.models import Audience, Document
from rso.search.queries import COUNTED, find

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 27, tzinfo=UTC)


def entry(ref: str, title: str, body: str = "", **other: str) -> Entry:
    return Entry(other.get("kind", "text"), ref, other.get("language", "en"), title, body, "/", **_audience(other))


def _audience(other: dict[str, str]) -> dict[str, str]:
    return {"audience": other["audience"]} if "audience" in other else {}


def refs(query: str, **how: object) -> list[str]:
    return [document.ref for document in find(query, **how).documents]  # type: ignore[arg-type] # of the tests below


def test_what_is_put_is_found_by_a_word_of_its_title_or_text() -> None:
    actions.put([entry("a", "Forged passports", "Look at the watermark."), entry("b", "Boats at sea")], now=NOW)
    assert refs("watermark") == ["a"]
    assert refs("PASSPORTS look") == ["a"]
    assert refs("boat") == ["b"]
    assert refs("aeroplane") == []


def test_a_word_of_the_title_counts_for_more() -> None:
    actions.put([entry("text", "Something else", "About visas."), entry("title", "Visas", "About it.")], now=NOW)
    assert refs("visas") == ["title", "text"]


def test_a_run_of_a_script_without_spaces_is_found_inside_of_another() -> None:
    actions.put([entry("th", "ความช่วยเหลือผู้เสียหายจากการค้ามนุษย์", language="th")], now=NOW)
    assert refs("ผู้เสียหาย") == ["th"]
    assert refs("ค้ามนุษย์ ช่วยเหลือ") == ["th"]
    assert refs("ตำรวจ") == []


def test_other_forms_come_after_what_has_the_very_words() -> None:
    actions.put([entry("form", "Investigating"), entry("word", "Investigators and investigation")], now=NOW)
    assert refs("investigator") == ["word", "form"]
    assert refs("investigating") == ["form", "word"]


def test_what_is_put_again_is_found_by_its_new_words_only() -> None:
    actions.put([entry("a", "Old words")], now=NOW)
    actions.put([entry("a", "New thoughts")], now=NOW)
    assert refs("old") == []
    assert refs("thoughts") == ["a"]
    assert Document.objects.count() == 1


def test_what_is_dropped_is_found_no_more_in_any_language() -> None:
    actions.put([entry("a", "Word"), entry("a", "Word", language="fr"), entry("b", "Word")], now=NOW)
    assert actions.drop("text", ["a"]) == 2
    assert refs("word") == ["b"]


def test_language_and_kind_narrow() -> None:
    actions.put([entry("a", "Visa"), entry("b", "Visa", language="fr"), entry("c", "Visa", kind="other")], now=NOW)
    assert refs("visa", language="fr") == ["b"]
    assert refs("visa", kind="other") == ["c"]


def test_pages_follow_one_another_and_what_is_counted_has_an_end() -> None:
    actions.put_new([entry(f"{n:04d}", "Visa") for n in range(COUNTED + 5)], now=NOW)
    first, second = find("visa", limit=7), find("visa", limit=7, offset=7)
    assert first.count == second.count == COUNTED
    assert not {d.pk for d in first.documents} & {d.pk for d in second.documents}


def test_whoever_may_not_see_a_text_does_not_find_it_nor_is_it_counted_nor_are_its_words_read() -> None:
    actions.put([entry("open", "Visa"), entry("closed", "Visa visa", audience="steering")], now=NOW)
    assert refs("visa") == ["open"]
    assert find("visa").count == 1
    assert set(refs("visa", audiences=("public", "steering"))) == {"open", "closed"}
    assert refs("visa", audiences=()) == []
    letter = Audience.objects.get(key="steering").letter
    with CaptureQueriesContext(connection) as asked:
        find("visa")
    assert all(letter not in statement["sql"] for statement in asked)
    with CaptureQueriesContext(connection) as asked:
        find("visa", audiences=("steering",))
    assert any(letter in statement["sql"] for statement in asked)  # one would see it there


def test_no_two_audiences_share_a_letter() -> None:
    letters = {Audience(pk=pk, key=str(pk)).letter for pk in range(1, 6_400)}
    assert len(letters) == 6_399
    with pytest.raises(ValueError, match="more audiences than letters"):
        _ = Audience(pk=6_400, key="one too many").letter


def test_a_text_that_becomes_closed_is_found_no_more() -> None:
    actions.put([entry("a", "Visa")], now=NOW)
    actions.put([entry("a", "Visa", audience="steering")], now=NOW)
    assert refs("visa") == []


def test_all_terms_can_be_made_anew() -> None:
    actions.put([entry("a", "Visa"), entry("b", "Boat")], now=NOW)
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM search_terms")
    assert refs("visa") == []
    assert actions.rebuild(batch=1) == 2
    assert refs("visa") == ["a"]


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text(max_size=60))
def test_whatever_is_typed_is_no_error(text: str) -> None:
    find(text)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text(alphabet=st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), max_size=200))
def test_whatever_is_written_can_be_put(text: str) -> None:
    actions.put([entry("any", "Any", text)], now=NOW)
