"""What a written request has beside its conversation. Its words are the post's, under the conversation's key."""

from __future__ import annotations

from django.conf import settings
from django.db import models

from rso.node.post.models import Conversation


class Letter(models.Model):
    """One written request, on either side. ``private`` and ``draft`` are sealed, and stay on this node.

    ``private`` holds the asker's answers to the protection questions; ``draft`` a reply that a second person has yet
    to agree to, with the holder's own answers.
    """

    conversation = models.OneToOneField(Conversation, on_delete=models.PROTECT, primary_key=True, related_name="letter")
    reply_by = models.DateTimeField()
    written_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    private = models.BinaryField(default=b"")
    draft = models.BinaryField(default=b"")
    drafted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    drafted_at = models.DateTimeField(null=True, blank=True)
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    their_destruction_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-conversation__started_at", "pk"]

    def __str__(self) -> str:
        return str(self.conversation_id)
