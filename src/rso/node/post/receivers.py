"""Messages about arrangements are the post's own business."""

from __future__ import annotations

from rso.node.post import handlers
from rso.node.post.actions import arrangements
from rso.node.post.actions.receiving import POST
from rso.wire.messages import ArrangementEnd, ArrangementProposal, ArrangementSignature

handlers.register(ArrangementProposal, lambda incoming: arrangements.take_proposal(POST, incoming))
handlers.register(ArrangementSignature, lambda incoming: arrangements.take_signature(POST, incoming))
handlers.register(ArrangementEnd, lambda incoming: arrangements.take_end(POST, incoming))
