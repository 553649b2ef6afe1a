"""Messages about arrangements are the post's own business."""

from __future__ import annotations

from rso.node.post import handlers
from rso.node.post.actions import arrangements
from rso.node.post.actions.receiving import POST
from rso.node.post.handlers import Incoming
from rso.wire.messages import ArrangementEnd, ArrangementProposal, ArrangementSignature


def _proposal(incoming: Incoming) -> None:
    arrangements.take_proposal(POST, incoming)


def _signature(incoming: Incoming) -> None:
    arrangements.take_signature(POST, incoming)


def _end(incoming: Incoming) -> None:
    arrangements.take_end(POST, incoming)


def register() -> None:
    """Enters the handlers."""
    handlers.register(ArrangementProposal, _proposal)
    handlers.register(ArrangementSignature, _signature)
    handlers.register(ArrangementEnd, _end)
