"""PostgreSQL's full text. Vectors and queries are written out: no parser and no dictionary touches a term."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from itertools import chain
from typing import Final

from rso import sql
from rso.search.ports import Terms, Wanted
from rso.search.terms import Group, Phrase

CREATE: Final = (
    "CREATE TABLE search_terms (document_id bigint PRIMARY KEY, vector tsvector NOT NULL)",
    "CREATE INDEX search_terms_vector ON search_terms USING gin (vector)",
)
DROP: Final = ("DROP TABLE search_terms",)
_FORGET: Final = "DELETE FROM search_terms WHERE document_id = %s"
_KEEP: Final = "INSERT INTO search_terms (document_id, vector) VALUES (%s, %s::tsvector)"
_MATCHING: Final = (
    "FROM search_terms AS t JOIN search_document AS d ON d.id = t.document_id WHERE t.vector @@ %s::tsquery"
)
_BEST: Final = "ts_rank('{0.1, 0.2, 0.2, 1.0}', t.vector, %s::tsquery, 1) DESC, d.id"
_FIND: Final = "SELECT d.id {matching} ORDER BY {by} LIMIT %s OFFSET %s"
_COUNT: Final = "SELECT COUNT(*) FROM (SELECT 1 {matching} LIMIT %s) AS found"
_KINDS: Final = "SELECT d.kind, COUNT(*) {matching} GROUP BY d.kind"
_FIRST: Final = "(t.vector @@ %s::tsquery) DESC, "
#: PostgreSQL's own limits: a position is no greater than this, and a term has no more positions than that.
_LAST_POSITION: Final = 16_383
_POSITIONS_OF_ONE: Final = 255
_BETWEEN: Final = 2


class TsVector:
    """Implements :class:`rso.search.ports.Engine`."""

    def keep(self, kept: Sequence[Terms]) -> None:
        self.drop([one.document for one in kept])
        sql.change_all(_KEEP, [(one.document, _vector(one)) for one in kept])

    def drop(self, documents: Sequence[int]) -> None:
        sql.change_all(_FORGET, [(document,) for document in documents])

    def find(self, wanted: Wanted, *, limit: int, offset: int) -> list[int]:
        matching, values = _matching(wanted)
        order: list[sql.Value] = []
        if wanted.first:
            order.append(_expression(wanted.first, wanted.letters))
        order.append(_expression(wanted.groups, wanted.letters))
        by = (_FIRST if wanted.first else "") + _BEST
        statement = _FIND.format(matching=matching, by=by)
        return [pk for (pk,) in sql.rows(statement, *values, *order, limit, offset)]

    def count(self, wanted: Wanted, *, most: int) -> int:
        matching, values = _matching(wanted)
        return int(sql.value(_COUNT.format(matching=matching), *values, most))

    def kinds(self, wanted: Wanted) -> dict[str, int]:
        matching, values = _matching(wanted)
        return dict(sql.rows(_KINDS.format(matching=matching), *values))


def _vector(terms: Terms) -> str:
    """The text form of a ``tsvector``: each term with its positions, those of the title with weight A."""
    places: defaultdict[str, list[str]] = defaultdict(list)
    titles = ((term, f"{at}A") for at, term in enumerate(terms.title, 1))
    bodies = ((term, str(at)) for at, term in enumerate(terms.body, len(terms.title) + _BETWEEN))
    for at, (term, place) in enumerate(chain(titles, bodies)):
        if at >= _LAST_POSITION - _BETWEEN:
            break
        if len(places[term]) < _POSITIONS_OF_ONE:
            places[term].append(place)
    return " ".join(f"'{term}':{','.join(found)}" for term, found in places.items())


def _matching(wanted: Wanted) -> tuple[str, list[sql.Value]]:
    statement, values = _MATCHING, [_expression(wanted.groups, wanted.letters)]
    for column, value in (("language", wanted.language), ("kind", wanted.kind)):
        if value:
            statement += f" AND d.{column} = %s"
            values.append(value)
    return statement, [*values]


def _expression(groups: Sequence[Group], letters: Sequence[str]) -> str:
    return " & ".join(
        "(" + " | ".join(_phrase(phrase, letter) for phrase in group for letter in letters) + ")" for group in groups
    )


def _phrase(phrase: Phrase, letter: str) -> str:
    """Terms hold letters, marks and digits only, so nothing in them needs an escape."""
    *before, last = (f"'{letter}{term}'" for term in phrase.terms)
    return "(" + " <-> ".join([*before, last + (":*" if phrase.prefix else "")]) + ")"
