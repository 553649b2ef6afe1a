"""FTS5. Terms are cut already, so the tokenizer only has to leave them whole: letters, marks, digits, private use."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from rso import sql
from rso.search.ports import Terms, Wanted
from rso.search.terms import Group, Phrase

CREATE: Final = (
    "CREATE VIRTUAL TABLE search_terms USING fts5(title, body, prefix='4 5', "
    "tokenize=\"unicode61 remove_diacritics 0 categories 'L* M* N* Co'\")"
)
DROP: Final = "DROP TABLE search_terms"
_FORGET: Final = "DELETE FROM search_terms WHERE rowid = %s"
_KEEP: Final = "INSERT INTO search_terms (rowid, title, body) VALUES (%s, %s, %s)"
_MATCHING: Final = (
    "FROM search_terms JOIN search_document AS d ON d.id = search_terms.rowid WHERE search_terms MATCH %s"
)
_FIND: Final = "SELECT d.id {matching} ORDER BY {by} LIMIT %s OFFSET %s"
_COUNT: Final = "SELECT COUNT(*) FROM (SELECT 1 {matching} LIMIT %s) AS found"
_KINDS: Final = "SELECT d.kind, COUNT(*) {matching} GROUP BY d.kind"
_FIRST: Final = "d.id NOT IN (SELECT rowid FROM search_terms WHERE search_terms MATCH %s), "
#: How much a word of the title counts, against one of the body.
_BEST: Final = "bm25(search_terms, 5.0, 1.0), d.id"


class Fts5:
    """Implements :class:`rso.search.ports.Engine`."""

    def keep(self, kept: Sequence[Terms]) -> None:
        self.drop([one.document for one in kept])
        sql.change_all(_KEEP, [(one.document, " ".join(one.title), " ".join(one.body)) for one in kept])

    def drop(self, documents: Sequence[int]) -> None:
        sql.change_all(_FORGET, [(document,) for document in documents])

    def find(self, wanted: Wanted, *, limit: int, offset: int) -> list[int]:
        matching, values = _matching(wanted)
        order: list[sql.Value] = []
        if wanted.first:
            order.append(_expression(wanted.first, wanted.letters))
        by = (_FIRST if wanted.first else "") + _BEST
        statement = _FIND.format(matching=matching, by=by)
        return [pk for (pk,) in sql.rows(statement, *values, *order, limit, offset)]

    def count(self, wanted: Wanted, *, most: int) -> int:
        matching, values = _matching(wanted)
        return int(sql.value(_COUNT.format(matching=matching), *values, most))

    def kinds(self, wanted: Wanted) -> dict[str, int]:
        matching, values = _matching(wanted)
        return dict(sql.rows(_KINDS.format(matching=matching), *values))


def _matching(wanted: Wanted) -> tuple[str, list[sql.Value]]:
    statement, values = _MATCHING, [_expression(wanted.groups, wanted.letters)]
    for column, value in (("language", wanted.language), ("kind", wanted.kind)):
        if value:
            statement += f" AND d.{column} = %s"
            values.append(value)
    return statement, [*values]


def _expression(groups: Sequence[Group], letters: Sequence[str]) -> str:
    return " AND ".join(
        "(" + " OR ".join(_phrase(phrase, letter) for phrase in group for letter in letters) + ")" for group in groups
    )


def _phrase(phrase: Phrase, letter: str) -> str:
    terms = " ".join(letter + term for term in phrase.terms)
    return f'"{terms}"' + ("*" if phrase.prefix else "")
