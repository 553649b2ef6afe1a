"""How much more a sender may hand in: the arrangement's messages a day, and what is held for one recipient."""

from __future__ import annotations

from dataclasses import dataclass

from django.conf import settings

from rso import sql
from rso.relay.queries import mailbox
from rso.relay.rules import Credit, RefusedError, Registered, allowance, until_tomorrow
from rso.wire import limits
from rso.wire.header import Header, ServiceClass
from rso.wire.identifiers import AgencyId

_USED = "SELECT used FROM relay_quotause WHERE arrangement = %s AND sender = %s AND recipient = %s AND day = %s"
_COUNT_ON = "UPDATE relay_quotause SET used = %s WHERE arrangement = %s AND sender = %s AND recipient = %s AND day = %s"
_BEGIN_DAY = "INSERT INTO relay_quotause (used, arrangement, sender, recipient, day) VALUES (%s, %s, %s, %s, %s)"


@dataclass
class _Day:
    """The day's count for one arrangement and recipient; ``stored`` is what the table has, None without a row."""

    stored: int | None
    used: int


class Allowances:
    """The counts for one batch of ``sender``, read once and written once.

    Good within one transaction that holds the locked log, which keeps two from counting at once.
    """

    def __init__(self, sender: AgencyId, now: int) -> None:
        self._sender = str(sender)
        self._now = now
        self._registered: dict[bytes, Registered | None] = {}
        self._days: dict[tuple[str, str], _Day] = {}
        self._held: dict[str, tuple[int, int]] = {}

    def use(self, header: Header, size: int) -> None:
        """Counts a message of ``size`` bytes. What is too much is not counted: raises :class:`RefusedError`."""
        named = header.arrangement if header.service_class is ServiceClass.EXCHANGE else None
        most = allowance(header, None if named is None else self._arrangement(named), self._now)
        recipient = str(header.recipient)
        day = self._day("" if named is None else named.hex(), recipient)
        if day.used >= most:
            wait = until_tomorrow(self._now)
            raise RefusedError(429, "quota-used", "The arrangement allows no more messages today.", wait)
        messages, octets = self._holds(recipient)
        Credit(
            messages,
            octets,
            settings.RSO_RELAY_HOLD_MESSAGES,
            settings.RSO_RELAY_HOLD_MIB * limits.MIB,
        ).check(size)
        day.used += 1
        self._held[recipient] = messages + 1, octets + size

    def keep(self) -> None:
        """Writes what was counted."""
        for (arrangement, recipient), day in self._days.items():
            place = self._place(arrangement, recipient)
            if day.stored is None and day.used:
                sql.change(_BEGIN_DAY, day.used, *place)
            elif day.stored != day.used:
                sql.change(_COUNT_ON, day.used, *place)

    def _arrangement(self, digest: bytes) -> Registered | None:
        if digest not in self._registered:
            self._registered[digest] = mailbox.arrangement(digest)
        return self._registered[digest]

    def _day(self, arrangement: str, recipient: str) -> _Day:
        key = arrangement, recipient
        if key not in self._days:
            found = sql.rows(_USED, *self._place(*key))
            stored = found[0][0] if found else None
            self._days[key] = _Day(stored, stored or 0)
        return self._days[key]

    def _holds(self, recipient: str) -> tuple[int, int]:
        if recipient not in self._held:
            self._held[recipient] = mailbox.held(self._sender, recipient, self._now)
        return self._held[recipient]

    def _place(self, arrangement: str, recipient: str) -> tuple[str, str, str, int]:
        return arrangement, self._sender, recipient, self._now // limits.DAY
