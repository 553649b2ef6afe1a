"""Notices of people with an account, and the outbox of mail."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _


class Notice(models.Model):
    """One thing that one person should know, with the page that it leads to.

    ``title`` is a msgid and ``context`` its values, so that the notice is read in the reader's language.
    """

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="notices")
    kind = models.CharField(max_length=100)
    title = models.CharField(max_length=300)
    context = models.JSONField(default=dict, blank=True)
    path = models.CharField(max_length=300)
    created_at = models.DateTimeField()
    read_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-created_at", "-pk"]
        indexes = [
            models.Index(fields=["user", "-created_at"], name="notice_of_user"),
            models.Index(fields=["user"], condition=Q(read_at__isnull=True), name="notice_unread"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} for {self.user_id}"

    @property
    def words(self) -> str:
        """The title in the language that is active."""
        return gettext(self.title) % self.context if self.context else gettext(self.title)


class Mail(models.Model):
    """A message on its way out. ``key`` names what it is about: there is never a second one of the same key.

    The text is erased once sent, since it may hold a link that works once. The row stays as proof of sending.
    """

    class State(models.TextChoices):
        WAITING = "waiting", _("Waiting")
        SENT = "sent", _("Sent")
        DEAD = "dead", _("Could not be sent")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    key = models.CharField(max_length=200, unique=True)
    to_address = models.EmailField()
    language = models.CharField(max_length=20)
    template = models.CharField(max_length=200)
    subject = models.CharField(max_length=300)
    body = models.TextField(blank=True)
    state = models.CharField(max_length=10, choices=State, default=State.WAITING)
    attempts = models.PositiveSmallIntegerField(default=0)
    created_at = models.DateTimeField()
    next_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True, blank=True)
    last_error = models.CharField(max_length=100, blank=True)

    class Meta:
        ordering = ["-created_at"]
        indexes = [
            models.Index(fields=["next_at"], condition=Q(state="waiting"), name="mail_waiting"),
            models.Index(fields=["state", "-created_at"], name="mail_by_state"),
        ]

    def __str__(self) -> str:
        return f"{self.template} ({self.state})"
