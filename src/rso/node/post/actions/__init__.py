"""What the post does. Apps above it call these and nothing beneath."""

from __future__ import annotations

from rso.node.post.actions.conversations import destroy_contents, lapse
from rso.node.post.actions.sending import send, terms_of

__all__ = ["destroy_contents", "lapse", "send", "terms_of"]
