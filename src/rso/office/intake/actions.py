"""An enquiry comes in, is confirmed, taken, answered."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from datetime import date, datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext_noop

from rso.accounts.models import User
from rso.accounts.queries import holders
from rso.accounts.rules import Actor, Role, require, system_actor
from rso.audit.actions import record
from rso.base.errors import RsoError
from rso.notices.actions import notify, send_mail
from rso.office.intake import rules
from rso.office.intake.models import Enquiry, Step
from rso.office.intake.rules import IntakeEvent, IntakePermission, Move, State, Way


def _digest(text: str) -> str:
    return hmac.new(settings.SECRET_KEY.encode(), text.encode(), hashlib.sha256).hexdigest()


def _moved(actor: Actor, enquiry: Enquiry, move: Move, now: datetime, note: str = "") -> None:
    """Takes the move, leaves its step and its audit row. The caller has locked the row."""
    enquiry.state = rules.after(State(enquiry.state), move).value
    Step.objects.create(enquiry=enquiry, at=now, by_id=actor.user_id, state=enquiry.state, note=note)
    record(actor, IntakeEvent.MOVED, subject=enquiry.pk, facts={"move": str(move), "state": enquiry.state}, note=note)


@transaction.atomic
def receive(
    actor: Actor, *, way: Way, fields: dict[str, Any], details: dict[str, str], language: str, place: str, now: datetime
) -> Enquiry:
    """Stores an enquiry and mails its sender a link to confirm; until then nobody's queue shows it.

    ``place`` is the sender's network address: only a keyed digest is kept, to count by, for a day.
    """
    day = now - timedelta(days=1)
    recent = Enquiry.objects.filter(created_at__gt=day)
    place_digest = _digest("place:" + place)
    rules.check_rate(
        recent.filter(email__iexact=fields["email"]).count(), recent.filter(place_digest=place_digest).count()
    )
    token = secrets.token_urlsafe(24)
    enquiry = Enquiry.objects.create(
        way=way.value,
        details=details,
        language=language,
        created_at=now,
        confirmation_digest=_digest("confirm:" + token),
        place_digest=place_digest,
        **fields,
    )
    send_mail(
        actor,
        to_address=enquiry.email,
        template="intake/mail/confirm.txt",
        context={"name": enquiry.contact_name, "path": reverse("intake:confirm", args=[token])},
        key=f"intake-confirm:{enquiry.pk}",
        language=language,
    )
    record(actor, IntakeEvent.RECEIVED, subject=enquiry.pk, facts={"way": way.value})
    return enquiry


@transaction.atomic
def confirm(actor: Actor, *, token: str, now: datetime) -> Enquiry:
    """The sender's address is real: the enquiry enters the queue, with a due date; confirming twice is no harm."""
    digest = _digest("confirm:" + token)
    enquiry = Enquiry.objects.select_for_update().filter(confirmation_digest=digest).first()
    if enquiry is None:
        raise RsoError("unknown-link", "This link leads nowhere: it is incomplete, or its enquiry was erased.")
    if enquiry.state != State.UNCONFIRMED:
        return enquiry
    if enquiry.created_at < now - timedelta(days=rules.CONFIRM_DAYS):
        raise RsoError("link-out-of-date", "This link is out of date. Please send the form again.")
    return _enter_queue(actor, enquiry, now)


@transaction.atomic
def enter_queue(actor: Actor, *, enquiry: Enquiry, now: datetime) -> Enquiry:
    """Lets an enquiry in whose address is known to be real, as one that staff took down on the telephone."""
    require(actor, IntakePermission.ENTER)
    return _enter_queue(actor, Enquiry.objects.select_for_update().get(pk=enquiry.pk), now)


def _enter_queue(actor: Actor, enquiry: Enquiry, now: datetime) -> Enquiry:
    enquiry.confirmed_at = now
    enquiry.due_on = now.date() + timedelta(days=rules.DUE_DAYS)
    _moved(actor, enquiry, Move.CONFIRM, now)
    enquiry.save()
    notify(
        actor,
        recipients=holders(Role.RSO_STAFF, now.date()),
        kind=IntakeEvent.RECEIVED,
        title=gettext_noop("A new enquiry is in the queue"),
        path=reverse("intake:enquiry", args=[enquiry.pk]),
    )
    return enquiry


@transaction.atomic
def take(actor: Actor, *, enquiry: Enquiry, owner: User, due_on: date, now: datetime) -> Enquiry:
    """Gives the enquiry an owner and a due date."""
    require(actor, IntakePermission.HANDLE)
    enquiry = Enquiry.objects.select_for_update().get(pk=enquiry.pk)
    if due_on < now.date():
        raise RsoError("due-in-the-past", "The day by which it is answered lies in the past.")
    enquiry.owner, enquiry.due_on = owner, due_on
    _moved(actor, enquiry, Move.TAKE, now)
    enquiry.save()
    return enquiry


@transaction.atomic
def release(actor: Actor, *, enquiry: Enquiry, now: datetime) -> Enquiry:
    """Puts it back into the queue for somebody else."""
    require(actor, IntakePermission.HANDLE)
    enquiry = Enquiry.objects.select_for_update().get(pk=enquiry.pk)
    enquiry.owner = None
    _moved(actor, enquiry, Move.RELEASE, now)
    enquiry.save()
    return enquiry


@transaction.atomic
def answer(actor: Actor, *, enquiry: Enquiry, text: str, yes: bool, now: datetime) -> Enquiry:
    """Answers by mail and closes the enquiry; a no is a normal answer and has its words too."""
    require(actor, IntakePermission.HANDLE)
    enquiry = Enquiry.objects.select_for_update().get(pk=enquiry.pk)
    _moved(actor, enquiry, Move.ANSWER if yes else Move.DECLINE, now)
    enquiry.answer, enquiry.answered_at = text, now
    enquiry.save()
    count = enquiry.steps.count()
    send_mail(
        actor,
        to_address=enquiry.email,
        template="intake/mail/answer.txt",
        context={"name": enquiry.contact_name, "answer": text},
        key=f"intake-answer:{enquiry.pk}:{count}",
        language=enquiry.language,
    )
    return enquiry


@transaction.atomic
def reopen(actor: Actor, *, enquiry: Enquiry, now: datetime) -> Enquiry:
    """Undoes an answer that came too soon; what was mailed was mailed, and the history says so."""
    require(actor, IntakePermission.HANDLE)
    enquiry = Enquiry.objects.select_for_update().get(pk=enquiry.pk)
    enquiry.owner_id = enquiry.owner_id or actor.user_id
    _moved(actor, enquiry, Move.REOPEN, now)
    enquiry.save()
    return enquiry


@transaction.atomic
def sweep(now: datetime) -> dict[str, int]:
    """Erases what was never confirmed, and the counted places of yesterday."""
    stale = Enquiry.objects.filter(
        state=State.UNCONFIRMED.value, created_at__lt=now - timedelta(days=rules.CONFIRM_DAYS)
    )
    erased = stale.count()
    for enquiry in stale:
        record(system_actor("intake-sweep"), IntakeEvent.MOVED, subject=enquiry.pk, facts={"state": "erased"})
    stale.delete()
    places = Enquiry.objects.filter(created_at__lt=now - timedelta(days=1)).exclude(place_digest="")
    return {"erased": erased, "places": places.update(place_digest="")}
