"""Who takes which kind of message. Apps above the post register here, from ``AppConfig.ready``.

::

    handlers.register(Probe, take_probe)

    def take_probe(incoming: Incoming) -> None: ...

A handler runs inside the transaction that stores the message: both happen or neither. It may read and write the
main database and send answers with ``post.actions.send``; it must not talk to the outside. Refusing is raising an
``RsoError``: the message is then kept as refused with that code, and its effect is undone. Any other exception is a
defect: the message is held and tried again, and the rest of the mailbox goes on.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from rso.node.post.models import Conversation, Inbox
from rso.wire.identifiers import AgencyId
from rso.wire.in_force import CheckedArrangement
from rso.wire.message import Message


@dataclass(frozen=True)
class Incoming:
    """A verified message (steps 1 to 15) on its way to its effect.

    ``conversation`` is already what the message makes of it: new for a question (side holder), answered for an
    answer (side asker). It is ``None`` for messages about arrangements. ``arrangement`` likewise.
    """

    row: Inbox
    message: Message
    sender: AgencyId
    conversation: Conversation | None
    arrangement: CheckedArrangement | None
    now: datetime


Handler = Callable[[Incoming], None]
_HANDLERS: dict[str, Handler] = {}


def register(kind: type[Message], handler: Handler) -> None:
    """Makes ``handler`` the one that takes messages of ``kind``; a second one for a kind is a defect."""
    if _HANDLERS.get(kind.kind, handler) is not handler:
        raise ValueError(f"two handlers for {kind.kind}")
    _HANDLERS[kind.kind] = handler


def handler_of(kind: str) -> Handler | None:
    """The handler of a kind of message, or ``None``."""
    return _HANDLERS.get(kind)
