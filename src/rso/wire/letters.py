"""A written request and its reply: the second kind of exchange, which is about no print at all."""

from __future__ import annotations

from dataclasses import dataclass

from rso.wire import limits
from rso.wire.message import Message, codes, instant, text


@dataclass(frozen=True)
class WrittenRequest(Message):
    """A question in words, with the date by which a reply is hoped for (Unix seconds) and handling codes."""

    kind = "written-request"
    shape = {
        "subject": text(limits.LINE),
        "text": text(limits.LETTER, lines=True),
        "reply_by": instant(),
        "handling": codes(limits.HANDLING_CODES),
    }

    subject: str
    text: str
    reply_by: int
    handling: tuple[str, ...]


@dataclass(frozen=True)
class WrittenReply(Message):
    """The reply in words, with handling codes of its own."""

    kind = "written-reply"
    shape = {"text": text(limits.LETTER, lines=True), "handling": codes(limits.HANDLING_CODES)}

    text: str
    handling: tuple[str, ...]
