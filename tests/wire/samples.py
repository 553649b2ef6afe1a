"""One valid message of every kind; all of it is synthetic."""

from __future__ import annotations

from dataclasses import replace

from tests.wire.simulator import AVARIA, BASIS, BORDUNA, PURPOSE, SERVICE

from rso.wire.messages import (
    Answer,
    ArrangementEnd,
    ArrangementProposal,
    ArrangementSignature,
    Cover,
    Deferred,
    DestructionReceipt,
    Disclosure,
    DisclosureRequest,
    Message,
    Meta,
    Outcome,
    Probe,
    Receipt,
    Refusal,
    WrittenReply,
    WrittenRequest,
)
from rso.wire.questions import PNG

NOW = 1_795_424_400
DIGEST = bytes(range(32))
HIT = bytes(range(16))
META = Meta(BORDUNA.service(SERVICE), AVARIA.service(SERVICE), bytes(range(100, 116)), PURPOSE, BASIS)
BACK = META.reply()
ABOUT = replace(META, purpose=None, legal_basis=None)

ANSWERS: tuple[Message, ...] = (
    Deferred(BACK, NOW + 3600),
    Answer(BACK, Outcome.HIT, hit_reference=HIT),
    Answer(BACK, Outcome.NO_HIT),
    Answer(BACK, Outcome.INSUFFICIENT_QUALITY, "no-ridges"),
    Answer(BACK, Outcome.REFUSED, "quota"),
    Disclosure(
        BACK,
        {"family-name": "Synthetic Example", "given-names": "ตัวอย่าง"},
        {"nationality": "not-necessary"},
        ("no-onward-use", "officer-only"),
        NOW + 86400,
    ),
    Refusal(BACK, "not-necessary", "Two lines\nof explanation."),
    Receipt(BACK, HIT, DIGEST, "accepted"),
    DestructionReceipt(BACK, HIT, DIGEST, NOW, "probe"),
    WrittenReply(BACK, "We know of nothing.", ("officer-only",)),
    Cover(BACK),
)
QUESTIONS: tuple[Message, ...] = (
    Probe(META, "fingerprint", 2, 500, PNG + bytes(range(256)) * 8),
    DisclosureRequest(META, HIT, ("family-name", "nationality"), "To return a lost document."),
    WrittenRequest(META, "A vessel", "Do you know of it?", NOW + 86400, ("officer-only",)),
)
ABOUT_ARRANGEMENTS: tuple[Message, ...] = (
    ArrangementProposal(ABOUT, b"a document"),
    ArrangementSignature(ABOUT, DIGEST, b"a signature"),
    ArrangementEnd(ABOUT, DIGEST, "by-notice"),
)
ALL_MESSAGES = ANSWERS + QUESTIONS + ABOUT_ARRANGEMENTS
