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
    # Which of several alike: a short code or a title, and never a person. It stands beside the words.
    reference = models.CharField(max_length=200, blank=True, default="")
    # ``daily`` or ``weekly`` until that digest has told of it.
    digest = models.CharField(max_length=10, blank=True, default="")

    class Meta:
        ordering = ["-created_at", "-pk"]
        indexes = [
            models.Index(fields=["user", "-created_at"], name="notice_of_user"),
            models.Index(fields=["user"], condition=Q(read_at__isnull=True), name="notice_unread"),
            models.Index(fields=["digest", "user"], condition=~Q(digest=""), name="notice_for_digest"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} for {self.user_id}"

    @property
    def words(self) -> str:
        """The title in the language that is active."""
        return gettext(self.title) % self.context if self.context else gettext(self.title)


class Wish(models.Model):
    """How one person wants to be told of one group of notices; without a row, at once by mail."""

    class Manner(models.TextChoices):
        NOW = "now", _("By mail at once")
        DAILY = "daily", _("In one mail a day")
        WEEKLY = "weekly", _("In one mail a week")
        SITE = "site", _("On this site only")

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    group = models.CharField(max_length=40)
    manner = models.CharField(max_length=10, choices=Manner)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "group"], name="one_wish_a_group")]

    def __str__(self) -> str:
        return f"{self.group}: {self.manner}"


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
    # The path by which one press of the mail program ends such mail (RFC 8058); most mail has none.
    unsubscribe = models.CharField(max_length=300, blank=True, default="")
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
