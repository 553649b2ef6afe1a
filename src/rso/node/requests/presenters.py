"""Written requests as the components of ``ui`` show them."""

from __future__ import annotations

from typing import Any, Final

from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from rso.base.errors import RsoError
from rso.node.post import presenters as post
from rso.node.post import queries as known
from rso.node.post.models import Conversation, Inbox
from rso.node.requests.models import Letter
from rso.policy.codes import OutwardReason
from rso.ui.parts import Fact, Happening
from rso.wire.conversation import Side

Words = Any  # str, or a lazy translation of one

REASON_WORDS: Final[dict[str, Words]] = {
    "declined": _("We do not answer this"),
    "no-competence": _("It is not for us to answer"),
    "not-enough-to-go-by": _("There is not enough to go by"),
    "no-information": _("We have no information"),
}
RULE_WORDS: Final[dict[str, Words]] = {
    OutwardReason.ARRANGEMENT.value: _("No arrangement in force covers it"),
    OutwardReason.SERVICE.value: _("The arrangement does not cover written requests"),
    OutwardReason.PURPOSE.value: _("The arrangement does not allow this purpose"),
    OutwardReason.QUOTA.value: _("The day's quota is used up"),
}
ERROR_WORDS: Final[dict[str, Words]] = {
    "barred": _("The person is protected, and this member answers for a state that they come from or fear."),
    "origin-unknown": _("The person may be protected and the origin is not known: this cannot be sent here."),
    "may-not-be-sent": _("A rule of the arrangement stands against it."),
    "answered-already": _("This request was answered, or has expired."),
    "own-words": _("You wrote this reply: another person has to agree to it."),
    "no-draft": _("There is no reply that waits for a second person."),
}


def error_words(error: RsoError) -> Words:
    """What went wrong, for the person who tried."""
    return ERROR_WORDS.get(error.code) or post.error_words(error)


def letter_state(letter: Letter) -> tuple[Words, str]:
    """How a letter stands, as this side sees it: what has come to us waits for us, and was not just fetched."""
    conversation = letter.conversation
    if conversation.side == Side.HOLDER and conversation.ended_at is None:
        return _("Waits for our reply"), "wait"
    return post.state_of(conversation.state)


def reason_words(code: str) -> Words:
    """A reason of refusal."""
    return REASON_WORDS.get(code) or RULE_WORDS.get(code) or code


def facts(letter: Letter, subject: str) -> list[Fact]:
    """What stands around the words."""
    row = letter.conversation
    asked = row.side == Side.ASKER
    return [
        Fact(_("Subject"), subject or _("Destroyed"), words=not subject),
        Fact(_("Asked of") if asked else _("Asked by"), known.peer_name(row.peer)),
        Fact(_("Purpose"), post.PURPOSE_WORDS.get(row.purpose, row.purpose), words=True),
        Fact(_("Legal basis"), post.BASIS_WORDS.get(row.legal_basis, row.legal_basis), words=True),
        Fact(_("A reply is hoped for by"), letter.reply_by.date().isoformat()),
        Fact(_("Can be answered until"), row.expires_at.date().isoformat()),
    ]


def timeline(row: Conversation) -> list[Happening]:
    """What went out and came in."""
    return [_happening(row, event) for event in known.timeline(row)]


def _happening(row: Conversation, event: known.Event) -> Happening:
    words, tone = post.state_of(event.state)
    notarised = _("Notarised") if event.row.notarised_at else _("Not yet notarised")
    return Happening(
        title=post.KIND_WORDS.get(event.kind, event.kind),
        when=event.at,
        who=known.peer_name(str(known.own_agency()) if event.outgoing else row.peer),
        text=notarised if isinstance(event.row, Inbox) else format_lazy("{} · {}", words, notarised),
        tone=tone,
    )
