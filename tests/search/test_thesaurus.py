"""Words that mean the same: found by either, after the words themselves, in every script; and who may change them."""

from __future__ import annotations

from datetime import UTC, datetime
from importlib import import_module
from uuid import UUID

import pytest
from django.apps import apps
from hypothesis import given
from hypothesis import strategies as st

from rso.accounts.rules import Actor, NotAllowed, Role, SeatFacts, system_actor
from rso.audit.models import Entry as Row
from rso.search import actions
from rso.search.breaking import words
from rso.search.entries import Entry
from rso.search.models import Alike
from rso.search.queries import find, look
from rso.search.rules import SearchRefused, lines_of, recent_with
from rso.search.thesaurus import NOTHING, thesaurus

NOW = datetime(2026, 11, 28, tzinfo=UTC)
SYSTEM = system_actor("test")
TEXT = st.text(alphabet="abc déثไทยค人口 -", max_size=12)


@given(st.lists(st.lists(TEXT, max_size=4).map(tuple), max_size=4).map(tuple), st.text(max_size=30))
def test_whatever_is_entered_gives_something_for_each_word(groups: tuple[tuple[str, ...], ...], query: str) -> None:
    found = words(query)
    instead = thesaurus(groups).of(found)
    assert len(instead) == len(found)
    assert all(phrase.terms for group in instead for phrase in group)
    assert NOTHING.of(found) == [()] * len(found)


def test_the_longest_form_counts_and_others_of_its_group_stand_for_all_of_its_words() -> None:
    these = thesaurus((("TIP", "trafficking in persons"), ("persons", "people")))
    one, two, three, four = these.of(words("trafficking in persons people"))
    assert one == two == three
    assert [phrase.terms for phrase in one] == [("tip",)]
    assert [phrase.terms for phrase in four] == [("persons",)]


def test_lines_are_words_each_once() -> None:
    assert lines_of(" TIP \n\ntrafficking   in persons\nTIP\n") == ("TIP", "trafficking in persons")


def test_recent_searches_are_few_the_latest_first_each_once() -> None:
    recent: list[list[str]] = []
    for n in range(12):
        recent = recent_with(recent, f"q{n}", "", "")
    assert [one[0] for one in recent] == ["q11", "q10", "q9", "q8", "q7", "q6", "q5", "q4"]
    assert recent_with(recent, "q5", "", "")[:2] == [["q5", "", ""], ["q11", "", ""]]


@pytest.mark.django_db
class TestSearch:
    @pytest.fixture(autouse=True)
    def texts(self) -> None:
        Alike.objects.all().delete()
        rows = [
            ("short", "en", "The TIP course"), ("long", "en", "A course on trafficking in persons"),
            ("apart", "en", "Persons in ports, trafficking"), ("other", "en", "A course on boats"),
            ("zh", "zh", "打击人口贩运课程"), ("zh-short", "zh", "反拐课程"),
        ]  # fmt: skip
        actions.put([Entry("t", ref, language, title, "", "/") for ref, language, title in rows], now=NOW)

    def refs(self, query: str, **how: str) -> list[str]:
        found = [one.ref for one in find(query, **how).documents]
        assert found == [one.ref for one in look(query, **how).documents]
        return found

    def test_either_finds_both_and_the_words_themselves_come_first(self) -> None:
        assert self.refs("tip course") == ["short"]
        actions.keep_words(SYSTEM, words="TIP\ntrafficking in persons", language="en")
        assert self.refs("tip course") == ["short", "long"]
        assert self.refs("trafficking in persons course") == ["long", "short"]
        assert "apart" not in self.refs("tip")  # a phrase, not its words anywhere

    def test_in_a_script_without_spaces_too(self) -> None:
        actions.keep_words(SYSTEM, words="反拐\n人口贩运", language="zh")
        assert self.refs("反拐课程") == ["zh-short", "zh"]
        assert self.refs("人口贩运") == ["zh", "zh-short"]

    def test_words_of_one_language_stand_for_none_where_another_is_chosen(self) -> None:
        actions.keep_words(SYSTEM, words="TIP\nboats", language="en")
        actions.put([Entry("t", "id", "id", "Boats", "", "/")], now=NOW)
        assert self.refs("tip", language="en") == ["short", "other"]
        assert find("tip", language="id").count == 0

    def test_what_is_taken_out_is_used_no_more(self) -> None:
        row = actions.keep_words(SYSTEM, words="TIP\nboats")
        assert "other" in self.refs("tip")
        actions.keep_words(SYSTEM, words="TIP\nships", alike=row)
        assert "other" not in self.refs("tip")
        actions.remove_words(SYSTEM, alike=row)
        assert list(Row.objects.order_by("sequence").values_list("event", flat=True)) == [
            "search:words:changed", "search:words:changed", "search:words:removed",
        ]  # fmt: skip

    def test_only_an_administrator_changes_them_and_one_word_is_no_group(self) -> None:
        staff = Actor(UUID(int=3), 3, frozenset({SeatFacts(Role.RSO_STAFF, "RSO")}))
        with pytest.raises(NotAllowed):
            actions.keep_words(staff, words="a\nb")
        with pytest.raises(SearchRefused):
            actions.keep_words(SYSTEM, words="alone\n alone ")


@pytest.mark.django_db
def test_an_office_begins_with_the_abbreviations_of_the_brochure() -> None:
    # What the migration enters; a test that empties all tables may have come before this one.
    Alike.objects.all().delete()
    import_module("rso.search.migrations.0003_words").enter(apps, None)
    known = {line for row in Alike.objects.all() for line in lines_of(row.words)}
    assert {"TIP", "RSO", "RCF", "QRG", "TFPP", "JPoA", "SAR", "search and rescue"} <= known
