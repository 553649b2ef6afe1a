"""Words that are spelt nearly as a known one, and what stands in two words or in one."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from rso.search import actions
from rso.search.entries import Entry
from rso.search.models import Vocable
from rso.search.queries import find, look
from rso.search.spelling import nearest, split

NOW = datetime(2026, 11, 27, tzinfo=UTC)
KNOWN = ["izin", "utang", "organisation", "organisations", "passport", "port", "bank"]


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("ijin", ["izin"]),
        ("hutang", ["utang"]),
        ("organization", ["organisation", "organisations"]),
        ("pasport", ["passport"]),
        ("passpotr", ["passport"]),
        ("zeppelin", []),
    ],
)
def test_the_nearest_known_words(typed: str, found: list[str]) -> None:
    assert nearest(typed, KNOWN) == found


def test_nothing_is_near_nothing() -> None:
    assert nearest("word", []) == []


def test_two_words_that_were_typed_as_one() -> None:
    assert split("temubual", {"temu", "bual", "te", "mubual"}) == ("temu", "bual")
    assert split("temubual", {"temu"}) is None


@pytest.mark.django_db
class TestSearch:
    @pytest.fixture(autouse=True)
    def texts(self) -> None:
        texts = [
            Entry("t", "izin", "id", "Izin tinggal", "", "/"),
            Entry("t", "temu", "ms", "Temu bual", "", "/"),
            Entry("t", "one", "en", "Landline", "", "/"),
            Entry("t", "closed", "en", "Zeppelin", "", "/", audience="steering"),
        ]
        actions.put(texts, now=NOW)

    def refs(self, query: str) -> list[str]:
        return [one.ref for one in find(query).documents]

    def test_a_slip_is_corrected_where_nothing_has_the_word_and_says_so(self) -> None:
        found = find("ijin tinggal")
        assert [one.ref for one in found.documents] == ["izin"]
        assert found.instead == ("izin", "tinggal")
        assert look("ijin tinggal").facets.kinds() == {"t": 1}
        assert find("izin").instead == ()

    def test_a_long_query_is_not_corrected_for_it_would_cost_too_much(self) -> None:
        many = " ".join(["izin", "tinggal"] * 4)
        assert self.refs(many + " ijin") == []
        with CaptureQueriesContext(connection) as asked:
            find(" ".join(f"wrong{n}" for n in range(60)))
        assert len(asked) <= 6

    def test_words_that_were_joined_or_parted(self) -> None:
        assert self.refs("temubual") == ["temu"]
        assert self.refs("land line") == ["one"]

    def test_what_one_may_not_see_corrects_nobody(self) -> None:
        assert self.refs("zepelin") == []
        assert find("zepelin").instead == ()
        assert [one.ref for one in find("zepelin", audiences=("public", "steering")).documents] == ["closed"]

    def test_a_word_whose_texts_are_gone_is_no_answer(self) -> None:
        actions.drop("t", ["izin"])
        found = find("ijin")
        assert (found.documents, found.instead) == ((), ())
        actions.rebuild()
        assert not Vocable.objects.filter(word="izin").exists()

    def test_words_of_closed_texts_that_are_gone_are_forgotten(self) -> None:
        assert actions.prune_words() == 0
        actions.drop("t", ["closed", "izin"])
        assert actions.prune_words() == 1
        assert not Vocable.objects.filter(word="zeppelin").exists()
        assert Vocable.objects.filter(word="izin").exists()
