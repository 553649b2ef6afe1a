"""Messages about arrangements are the post's own business."""

from __future__ import annotations

from django.db.models.signals import post_delete, post_save

from rso.node.post import handlers, queries
from rso.node.post.actions import arrangements
from rso.node.post.actions.receiving import POST
from rso.node.post.handlers import Incoming
from rso.node.post.models import Arrangement
from rso.node.post.models import ArrangementSignature as SignatureRow
from rso.wire.messages import ArrangementEnd, ArrangementProposal, ArrangementSignature


def _proposal(incoming: Incoming) -> None:
    arrangements.take_proposal(POST, incoming)


def _signature(incoming: Incoming) -> None:
    arrangements.take_signature(POST, incoming)


def _end(incoming: Incoming) -> None:
    arrangements.take_end(POST, incoming)


def _changed(**_: object) -> None:
    queries.forget_arrangements()


def register() -> None:
    """Enters the handlers, and lets go of what was looked up when an arrangement changes."""
    for model in (Arrangement, SignatureRow):
        for signal in (post_save, post_delete):
            signal.connect(_changed, sender=model, dispatch_uid=f"post-looked-up-{model.__name__}")
    handlers.register(ArrangementProposal, _proposal)
    handlers.register(ArrangementSignature, _signature)
    handlers.register(ArrangementEnd, _end)
