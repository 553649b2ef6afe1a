"""Officials, organisations, agencies and seats. A seat has a term, so that its history can be asked for."""

from __future__ import annotations

import uuid
from typing import Any, ClassVar

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from rso.accounts.rules import Role


class UserManager(BaseUserManager["User"]):
    """Makes people; an address is compared without regard to case."""

    def create_user(self, email: str, password: str | None = None, **fields: Any) -> User:
        if not email:
            raise ValueError("a person needs an address")
        user = self.model(email=self.normalize_email(email).lower(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def get_by_natural_key(self, username: str | None) -> User:
        return self.get(email__iexact=username)


class User(AbstractBaseUser):
    """A person who signs in. What they may do hangs on their seats, not on this record."""

    email = models.EmailField(_("e-mail address"), unique=True)
    name = models.CharField(_("name"), max_length=200)
    opaque = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    language = models.CharField(_("language"), max_length=20, blank=True)
    time_zone = models.CharField(_("time zone"), max_length=64, blank=True)
    is_active = models.BooleanField(_("may sign in"), default=True)
    is_synthetic = models.BooleanField(_("synthetic"), default=False)
    created_at = models.DateTimeField(auto_now_add=True)

    objects: ClassVar[UserManager] = UserManager()

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS = ["name"]

    def __str__(self) -> str:
        return self.name or self.email

    def get_full_name(self) -> str:
        return self.name


class Organisation(models.Model):
    """A member, an observer or an interested party. Its official history stands in the office's directory."""

    class Kind(models.TextChoices):
        STATE = "state", _("Member State or territory")
        MEMBER_ORGANISATION = "member-organisation", _("Member organisation")
        OBSERVER = "observer", _("Observer")
        NGO = "ngo", _("Non-governmental organisation")
        ACADEMY = "academy", _("Academy or university")
        COMPANY = "company", _("Company")
        PROVIDER = "provider", _("Training provider")
        OFFICE = "office", _("Regional Support Office")

    code = models.CharField(_("code"), max_length=20, unique=True)
    name = models.CharField(_("name"), max_length=200)
    kind = models.CharField(_("kind"), max_length=30, choices=Kind)

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class Agency(models.Model):
    """A part of an organisation that acts in its own name, as a border agency or a police."""

    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="agencies")
    code = models.CharField(_("code"), max_length=40)
    name = models.CharField(_("name"), max_length=200)

    class Meta:
        ordering = ["name"]
        constraints = [models.UniqueConstraint(fields=["organisation", "code"], name="agency_code_once")]

    def __str__(self) -> str:
        return self.name


class Seat(models.Model):
    """A role held by a person at an organisation from one day to another; ended, never deleted."""

    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="seats")
    role = models.CharField(_("role"), max_length=40, choices=[(r.value, r.value) for r in Role])
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="seats")
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="seats", null=True, blank=True)
    language = models.CharField(_("language"), max_length=20, blank=True)
    subject = models.SlugField(_("subject"), max_length=60, blank=True)
    starts_on = models.DateField(_("from"))
    ends_on = models.DateField(_("to"), null=True, blank=True)

    class Meta:
        ordering = ["starts_on", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_on__isnull=True) | Q(ends_on__gte=F("starts_on")),
                name="seat_term_runs_forward",
            )
        ]

    def __str__(self) -> str:
        return f"{self.role} ({self.organisation_id})"


class Invitation(models.Model):
    """Who was invited, for which organisation, and until when the link that was sent works."""

    user = models.OneToOneField(User, on_delete=models.CASCADE, related_name="invitation")
    organisation = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, related_name="invitations", null=True, blank=True
    )
    invited_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", null=True, blank=True)
    sent_at = models.DateTimeField(_("sent"))
    expires_at = models.DateTimeField(_("works until"))
    withdrawn_at = models.DateTimeField(_("withdrawn"), null=True, blank=True)

    class Meta:
        ordering = ["-sent_at", "-pk"]

    def __str__(self) -> str:
        return f"invitation {self.pk}"


class Leave(models.Model):
    """Days on which a person is away, both ends included. Deputies act for some of their seats in these days."""

    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="leaves")
    starts_on = models.DateField(_("from"))
    ends_on = models.DateField(_("to"))

    class Meta:
        ordering = ["starts_on", "pk"]
        constraints = [
            models.CheckConstraint(condition=Q(ends_on__gte=F("starts_on")), name="leave_runs_forward"),
        ]

    def __str__(self) -> str:
        return f"{self.starts_on} to {self.ends_on}"


class Delegation(models.Model):
    """A deputy for one seat during one leave. It counts once ``agreed_on`` is set; declined, it stays on record."""

    leave = models.ForeignKey(Leave, on_delete=models.PROTECT, related_name="delegations")
    seat = models.ForeignKey(Seat, on_delete=models.PROTECT, related_name="delegations")
    deputy = models.ForeignKey(User, on_delete=models.PROTECT, related_name="deputy_for")
    agreed_on = models.DateField(_("agreed"), null=True, blank=True)
    declined_on = models.DateField(_("declined"), null=True, blank=True)

    class Meta:
        ordering = ["leave__starts_on", "pk"]

    def __str__(self) -> str:
        return f"delegation {self.pk}"


class SignInLink(models.Model):
    """A one-time link of a demonstration database. It cannot be made outside of one (see ``actions``)."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    digest = models.CharField(max_length=64, unique=True)
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)
