"""Who takes which kind of message. Apps above the post register here, from ``AppConfig.ready``.

::

    handlers.register(Probe, take_probe)

    def take_probe(incoming: Incoming) -> None: ...

A handler runs inside the transaction that stores the message: both happen or neither. It may read and write the
main database and send answers with ``post.actions.send``; it must not talk to the outside. What is better done once
for a whole page of the mailbox it leaves with :meth:`Incoming.afterwards`. Refusing is raising an
``RsoError``: the message is then kept as refused with that code, and its effect is undone. Any other exception is a
defect: the message is held and tried again, and the rest of the mailbox goes on.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
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
    page: Page = field(default_factory=lambda: Page())

    def afterwards(self, do: Together) -> None:
        """Calls ``do`` once, with all messages of this page that were left to it, in the same transaction."""
        self.page.left.append((do, self))


@dataclass
class Page:
    """What the messages of one transaction leave to be done together, in their order."""

    left: list[tuple[Together, Incoming]] = field(default_factory=list)

    def finish(self) -> None:
        """Does it."""
        together: dict[Together, list[Incoming]] = {}
        for do, incoming in self.left:
            together.setdefault(do, []).append(incoming)
        self.left.clear()
        for do, messages in together.items():
            do(messages)


Together = Callable[[list[Incoming]], None]
Handler = Callable[[Incoming], None]
_HANDLERS: dict[str, Handler] = {}


def _name(kind: str, question: str | None) -> str:
    return kind if question is None else f"{kind} to {question}"


def register(kind: type[Message], handler: Handler, *, question: type[Message] | None = None) -> None:
    """Makes ``handler`` the one that takes messages of ``kind``; a second one is a defect.

    With ``question`` it takes only those that belong to a conversation begun by such a question, before the one
    that takes the kind in general: a refusal of a written request is another app's than that of a disclosure.
    """
    name = _name(kind.kind, None if question is None else question.kind)
    if _HANDLERS.get(name, handler) is not handler:
        raise ValueError(f"two handlers for {name}")
    _HANDLERS[name] = handler


def handler_of(kind: str, question: str | None = None) -> Handler | None:
    """The handler of a kind of message in a conversation begun by ``question``, or ``None``."""
    return _HANDLERS.get(_name(kind, question)) or _HANDLERS.get(kind)
