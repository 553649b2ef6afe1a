"""Which state answers for which member: a dated table that the signed directory carries.

Hong Kong SAR, Macao SAR and New Caledonia have seats of their own, and a state that is responsible for them.
What must not reach the state must not reach the seat, nor the other way round:
:meth:`ResponsibilityTable.family` says who stands and falls together. The table is data: it changes by a new
directory, never by a new release.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from rso.wire.cbor import Fields
from rso.wire.countries import country
from rso.wire.errors import MalformedError


@dataclass(frozen=True, slots=True, order=True)
class Responsibility:
    """``state`` answers for ``member`` from ``since`` (included) to ``until`` (not included; None: still).

    Times are Unix seconds.
    """

    member: str
    state: str
    since: int
    until: int | None = None

    def __post_init__(self) -> None:
        if country(self.member) != self.member or country(self.state) != self.state:
            raise MalformedError("a row of responsible states uses codes of ISO 3166-1")
        if self.member == self.state:
            raise MalformedError("a state needs no row to answer for itself")
        if self.until is not None and self.until <= self.since:
            raise MalformedError("a row of responsible states ends before it begins")

    def holds(self, at: int) -> bool:
        """Whether the row is in force at ``at``."""
        return self.since <= at and (self.until is None or at < self.until)

    def plain(self) -> dict[str, object]:
        """The row as the directory carries it."""
        return {"member": self.member, "state": self.state, "since": self.since, "until": self.until}

    @classmethod
    def parse(cls, value: object) -> Responsibility:
        """Reads what :meth:`plain` gives; raises ``MalformedError``."""
        read = Fields(value, "responsible state", ("member", "state", "since", "until"))
        return cls(
            member=country(read.raw("member")),
            state=country(read.raw("state")),
            since=read.integer("since"),
            until=None if read.absent("until") else read.integer("until"),
        )


class ResponsibilityTable:
    """The rows, asked by date."""

    def __init__(self, rows: Iterable[Responsibility] = ()) -> None:
        self.rows = tuple(rows)

    def responsible_states(self, member: str, at: int) -> frozenset[str]:
        """The states that answer for ``member`` at ``at``, without itself."""
        return frozenset(row.state for row in self.rows if row.member == member and row.holds(at))

    def family(self, code: str, at: int) -> frozenset[str]:
        """``code`` and all that stand and fall with it at ``at``.

        That is: the states answering for it, the members for which these answer, and so on until nothing is
        added. The whole family is taken on purpose: whoever answers for a seat can learn what it knows.
        """
        links = [(row.member, row.state) for row in self.rows if row.holds(at)]
        family = {code}
        while True:
            near = {name for link in links for name in link if family.intersection(link)}
            if near <= family:
                return frozenset(family)
            family |= near

    def families(self, codes: Iterable[str], at: int) -> frozenset[str]:
        """The families of all of ``codes`` together."""
        return frozenset[str]().union(*(self.family(code, at) for code in codes))

    def __eq__(self, other: object) -> bool:
        return isinstance(other, ResponsibilityTable) and frozenset(self.rows) == frozenset(other.rows)

    def __hash__(self) -> int:
        return hash(frozenset(self.rows))
