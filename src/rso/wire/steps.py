"""The numbered steps of verification, so that an error, a log line and a verifier can name the same place."""

from __future__ import annotations

from enum import IntEnum


class Step(IntEnum):
    """One step of verifying an envelope, in the order in which it is taken.

    Steps 1 to 7 need no secret: the relay takes them too. Steps 8 to 15 are the recipient's. Each cites the
    promise of the exchange's design that it keeps; ``docs/reference/wire.md`` has them in a table.
    """

    SIZE = 1
    """Promise: "every untrusted size and count has a named limit". Looked at before anything is parsed."""

    FORM = 2
    """Promise: "deterministic CBOR". Exactly the canonical bytes, exactly the known fields."""

    SUITE = 3
    """Promise: "outer header: suite". One is accepted; any other, lower or higher, is refused."""

    FRESHNESS = 4
    """Promise: "created, expires". Not from the future beyond the clock's tolerance, not expired, not too
    long-lived."""

    ADDRESS = 5
    """Promise: "from, to". The envelope is for whoever is looking, where that is one recipient."""

    OUTER_SIGNATURE = 6
    """Promise: "the outer signature covers header and digest". Both halves of the sending node's key."""

    BODY_DIGEST = 7
    """Promise: "beside it the SHA-256 of the sealed body". The body that was signed for, of its bucket's
    size."""

    RECIPIENT_KEY = 8
    """Promise: "recipient key id", with its epoch. The week's key is ours and not yet destroyed."""

    OPENING = 9
    """Promise: "the hash of the header is the HPKE info, so a header cannot be swapped"."""

    CONTENT = 10
    """Promise: "size bucket (padded)". The opened body is padded as it must be, and canonical."""

    INNER_SIGNATURE = 11
    """Promise: "inner signature over plaintext and recipient by the agency's key". Before the message is
    read."""

    MESSAGE = 12
    """Promise: "a coarse service class". A known kind, allowed in the class; services of the two parties."""

    ARRANGEMENT = 13
    """Promise: "its hash travels in every message". Known, between these two, and in force now."""

    PURPOSE = 14
    """Promise: "purposes ... fields that may be disclosed per purpose, retention". One that was agreed, and a
    disclosure within what was agreed for it."""

    ORDER = 15
    """Promise: "exactly one final answer". Neither seen before nor out of its place in the conversation."""
