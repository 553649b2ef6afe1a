"""What both databases do alike: the statements, in the words of a dialect."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from rso import sql
from rso.search.ports import Terms, Wanted
from rso.search.terms import Group, Phrase

_FIND: Final = "SELECT d.id {matching} ORDER BY {by} LIMIT %s OFFSET %s"
_HAS: Final = "SELECT {number}, EXISTS (SELECT 1 {matching})"
_COUNT: Final = "SELECT COUNT(*) FROM (SELECT 1 {matching} LIMIT %s) AS found"
_FACETS: Final = "SELECT d.kind, d.language, COUNT(*) {matching} GROUP BY d.kind, d.language"
#: Of texts that are equally good, those in the reader's own language.
_OF_EQUALS: Final = ", CASE WHEN d.language = %s THEN 0 ELSE 1 END, d.id"


@dataclass(frozen=True)
class Dialect:
    """How one database says it.

    ``matching`` is FROM and WHERE with ``d`` for the documents and a place for what is looked for; ``first`` the order
    by what comes first, with a place for that; ``best`` the order by rank, with a place if ``best_asks``.
    """

    keep: str
    forget: str
    matching: str
    first: str
    best: str
    best_asks: bool
    both: str
    either: str
    row: Callable[[Terms], tuple[sql.Value, ...]]
    phrase: Callable[[Phrase, str], str]

    def expression(self, groups: Sequence[Group], letters: Sequence[str]) -> str:
        """What is looked for: of each group one phrase, of one of the audiences."""
        parts = ([self.phrase(phrase, letter) for phrase in group for letter in letters] for group in groups)
        return self.both.join("(" + self.either.join(part) + ")" for part in parts)


@dataclass(frozen=True)
class FullText:
    """Implements :class:`rso.search.ports.Engine`."""

    dialect: Dialect

    def keep(self, kept: Sequence[Terms]) -> None:
        self.drop([one.document for one in kept])
        sql.change_all(self.dialect.keep, [self.dialect.row(one) for one in kept])

    def drop(self, documents: Sequence[int]) -> None:
        sql.change_all(self.dialect.forget, [(document,) for document in documents])

    def find(self, wanted: Wanted, *, limit: int, offset: int) -> list[int]:
        dialect = self.dialect
        matching, values = self._matching(wanted)
        by = dialect.best
        if wanted.first:
            by = dialect.first + by
            values.append(dialect.expression(wanted.first, wanted.letters))
        if dialect.best_asks:
            values.append(dialect.expression(wanted.groups, wanted.letters))
        by += _OF_EQUALS
        values.append(wanted.reader)
        rows = sql.rows(_FIND.format(matching=matching, by=by), *values, limit, offset)
        return [pk for (pk,) in rows]

    def has(self, each: Sequence[Wanted]) -> list[bool]:
        parts, values = [], []
        for number, wanted in enumerate(each):
            matching, of_it = self._matching(wanted)
            parts.append(_HAS.format(number=number, matching=matching))
            values += of_it
        found = dict(sql.rows(" UNION ALL ".join(parts), *values)) if parts else {}
        return [bool(found[number]) for number in range(len(parts))]

    def count(self, wanted: Wanted, *, most: int) -> int:
        matching, values = self._matching(wanted)
        return int(sql.value(_COUNT.format(matching=matching), *values, most))

    def facets(self, wanted: Wanted) -> dict[tuple[str, str], int]:
        matching, values = self._matching(wanted)
        found = sql.rows(_FACETS.format(matching=matching), *values)
        return {(kind, language): amount for kind, language, amount in found}

    def _matching(self, wanted: Wanted) -> tuple[str, list[sql.Value]]:
        statement = self.dialect.matching
        values: list[sql.Value] = [self.dialect.expression(wanted.groups, wanted.letters)]
        for column, value in (("language", wanted.language), ("kind", wanted.kind)):
            if value:
                statement += f" AND d.{column} = %s"
                values.append(value)
        if wanted.after:
            statement += " AND d.id > %s"
            values.append(wanted.after)
        return statement, values
