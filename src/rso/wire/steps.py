"""The numbered steps of verification, so that an error, a log line and a verifier can name the same place."""

from __future__ import annotations

from enum import IntEnum


class Step(IntEnum):
    """One step of verifying an envelope, in the order in which it is taken.

    Steps 1 to 6 need no secret: the relay takes them, and so does anybody with a piece of evidence. Steps 7
    to 14 are the recipient's. Each cites the promise of the exchange's design (``docs/reference/wire.md``)
    that it keeps.
    """

    SIZE = 1
    """"Every untrusted size and count has a named limit": looked at before anything is parsed."""

    FORM = 2
    """"Deterministic CBOR": exactly the canonical bytes, exactly the known fields."""

    SUITE = 3
    """One suite, by number; an unknown or lower one is refused, never negotiated."""

    FRESHNESS = 4
    """"Created, expires": neither from the future beyond the clock's tolerance, nor expired, nor too
    long-lived."""

    ADDRESS = 5
    """"From, to": the envelope is for whoever is looking, where that is known."""

    OUTER_SIGNATURE = 6
    """"The outer signature covers header and digest", by both halves of the sending node's key."""

    BODY_DIGEST = 7
    """"Beside it the SHA-256 of the sealed body": the body is the one that was signed for, of its declared
    size."""

    RECIPIENT_KEY = 8
    """"Recipient key id": the week's key is ours and not yet destroyed."""

    OPENING = 9
    """"The hash of the header is the HPKE info, so a header cannot be swapped"."""

    INNER_FORM = 10
    """The opened body is padded as it should be, canonical, and a message of a known kind."""

    INNER_SIGNATURE = 11
    """"Inner signature over plaintext and recipient by the agency's key"."""

    KIND = 12
    """The kind belongs to the service class of the header, and services belong to sender and recipient."""

    ARRANGEMENT = 13
    """"Its hash travels in every message": an arrangement that we know, between these two, in force now."""

    PURPOSE = 14
    """The purpose that the message names is one that the arrangement allows."""

    ORDER = 15
    """"Exactly one final answer": the message has its place in a conversation, and only once."""
