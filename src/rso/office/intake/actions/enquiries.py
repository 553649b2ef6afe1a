"""An enquiry comes in, is confirmed, taken, answered."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext_noop

from rso.accounts.models import User
from rso.accounts.queries import holders
from rso.accounts.rules import Actor, Role, require, system_actor
from rso.audit.actions import record
from rso.base.errors import RsoError
from rso.defaults.queries import value_of
from rso.notices.actions import notify, send_mail
from rso.office.intake import rules
from rso.office.intake.models import Enquiry, Step
from rso.office.intake.queries import colleagues, owner_key
from rso.office.intake.rules import NOTE, IntakeEvent, IntakePermission, Move, State, Way
from rso.office.intake.settings import ANSWER_DAYS


def _digest(text: str) -> str:
    return hmac.new(settings.SECRET_KEY.encode(), text.encode(), hashlib.sha256).hexdigest()


def _moved(actor: Actor, enquiry: Enquiry, move: Move, now: datetime, note: str = "") -> None:
    """Takes the move, leaves its step and its audit row. The caller has locked the row."""
    enquiry.state = rules.after(State(enquiry.state), move).value
    Step.objects.create(
        enquiry=enquiry, at=now, by_id=actor.user_id, state=enquiry.state, move=move.value, note=note
    )  # fmt: skip
    record(actor, IntakeEvent.MOVED, subject=enquiry.pk, facts={"move": str(move), "state": enquiry.state}, note=note)


def _sent_before(key: UUID | None, way: Way, fields: dict[str, Any], details: dict[str, str]) -> Enquiry | None:
    """The enquiry that this one repeats word for word under the sender's own ``key``: a double click, a lost answer."""
    known = Enquiry.objects.filter(pk=key, way=way.value, details=details, **fields) if key is not None else None
    return known.first() if known is not None else None


@transaction.atomic
def receive(
    actor: Actor,
    *,
    way: Way,
    fields: dict[str, Any],
    details: dict[str, str],
    language: str,
    place: str,
    now: datetime,
    key: UUID | None = None,
) -> Enquiry:
    """Stores an enquiry and mails its sender a link to confirm; until then nobody's queue shows it.

    ``place`` is the sender's network address: only a keyed digest is kept, to count by, for a day. Sent again
    under the same ``key`` in the same words, it is the same enquiry, with one mail.
    """
    if (known := _sent_before(key, way, fields, details)) is not None:
        return known
    day = now - timedelta(days=1)
    recent = Enquiry.objects.filter(created_at__gt=day)
    place_digest = _digest("place:" + place)
    rules.check_rate(
        recent.filter(email__iexact=fields["email"]).count(), recent.filter(place_digest=place_digest).count()
    )
    token = secrets.token_urlsafe(24)
    enquiry = Enquiry.objects.create(
        **_named(key),
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
        # Nothing that was typed goes to an address that nobody has confirmed: it may be a stranger's.
        context={"path": reverse("intake:confirm", args=[token])},
        key=f"intake-confirm:{enquiry.pk}",
        language=language,
    )
    record(actor, IntakeEvent.RECEIVED, subject=enquiry.pk, facts={"way": way.value})
    return enquiry


def _named(key: UUID | None) -> dict[str, UUID]:
    """The sender's name for a new row, unless it is in use: then these are other words, and another enquiry."""
    return {} if key is None or Enquiry.objects.filter(pk=key).exists() else {"id": key}


@transaction.atomic
def write_oneself(
    actor: Actor,
    *,
    way: Way,
    fields: dict[str, Any],
    details: dict[str, str],
    language: str,
    now: datetime,
    key: UUID | None = None,
) -> Enquiry:
    """An enquiry of somebody who is signed in: their address is known to be theirs, so it is in the queue at once."""
    require(actor, IntakePermission.OWN)
    fields = fields | {"email": User.objects.get(pk=actor.person).email}
    if (known := _sent_before(key, way, fields, details)) is not None:
        return known
    recent = Enquiry.objects.filter(created_at__gt=now - timedelta(days=1), email__iexact=fields["email"])
    rules.check_rate(recent.count(), 0)
    enquiry = Enquiry.objects.create(
        **_named(key),
        way=way.value,
        details=details,
        language=language,
        created_at=now,
        confirmation_digest=_digest("confirm:" + secrets.token_urlsafe(24)),
        **fields,
    )
    record(actor, IntakeEvent.RECEIVED, subject=enquiry.pk, facts={"way": way.value})
    return _enter_queue(actor, enquiry, now)


@transaction.atomic
def confirm(actor: Actor, *, token: str, now: datetime) -> Enquiry:
    """The sender's address is real: the enquiry enters the queue, with a due date; confirming twice is no harm."""
    digest = _digest("confirm:" + token)
    enquiry = Enquiry.objects.select_for_update().filter(confirmation_digest=digest).first()
    enquiry = _can_confirm(enquiry, now)
    return enquiry if enquiry.state != State.UNCONFIRMED else _enter_queue(actor, enquiry, now)


def to_confirm(*, token: str, now: datetime) -> Enquiry:
    """What the link would confirm, or the refusal that pressing would get: nobody presses for nothing."""
    return _can_confirm(Enquiry.objects.filter(confirmation_digest=_digest("confirm:" + token)).first(), now)


def _can_confirm(enquiry: Enquiry | None, now: datetime) -> Enquiry:
    if enquiry is None:
        raise RsoError("unknown-link", "This link leads nowhere: it is incomplete, or its enquiry was erased.")
    if enquiry.state == State.UNCONFIRMED and enquiry.created_at < now - timedelta(days=rules.CONFIRM_DAYS):
        raise RsoError("link-out-of-date", "This link is out of date. Please send the form again.")
    return enquiry


@transaction.atomic
def enter_queue(actor: Actor, *, enquiry: Enquiry, now: datetime) -> Enquiry:
    """Lets an enquiry in whose address is known to be real, as one that staff took down on the telephone."""
    require(actor, IntakePermission.ENTER)
    return _enter_queue(actor, Enquiry.objects.select_for_update().get(pk=enquiry.pk), now)


def _enter_queue(actor: Actor, enquiry: Enquiry, now: datetime) -> Enquiry:
    enquiry.confirmed_at = now
    enquiry.due_on = now.date() + timedelta(days=value_of(ANSWER_DAYS))
    _moved(actor, enquiry, Move.CONFIRM, now)
    enquiry.save()
    notify(
        actor,
        recipients=holders(Role.RSO_STAFF, now.date()),
        kind=IntakeEvent.RECEIVED,
        title=gettext_noop("A new enquiry is in the queue"),
        path=reverse("intake:enquiry", args=[enquiry.pk]),
        reference=enquiry.reference,
    )
    return enquiry


@transaction.atomic
def take(actor: Actor, *, enquiry: Enquiry, owner: User, due_on: date, now: datetime, seen_owner: str = "") -> Enquiry:
    """Gives the enquiry an owner and a due date.

    ``seen_owner`` is who had it when the actor looked (``owner_key``; empty asks nothing): of two who take it at
    once, the second learns that it is taken.
    """
    require(actor, IntakePermission.HANDLE)
    enquiry = _given(actor, enquiry, owner, due_on, now, seen_owner)
    enquiry.save()
    return enquiry


def _given(actor: Actor, enquiry: Enquiry, owner: User, due_on: date, now: datetime, seen_owner: str) -> Enquiry:
    enquiry = Enquiry.objects.select_for_update(of=("self",)).select_related("owner").get(pk=enquiry.pk)
    if seen_owner and seen_owner != owner_key(enquiry):
        raise RsoError("taken-by-another", "Somebody else has taken this enquiry meanwhile.")
    if due_on < now.date():
        raise RsoError("due-in-the-past", "The day by which it is answered lies in the past.")
    enquiry.owner, enquiry.due_on = owner, due_on
    _moved(actor, enquiry, Move.TAKE, now)
    return enquiry


@transaction.atomic
def assign(
    actor: Actor, *, enquiry: Enquiry, owner: User, due_on: date, now: datetime, seen_owner: str = ""
) -> Enquiry:
    """Gives the enquiry to a colleague who may answer enquiries, and tells them; ``seen_owner`` as for ``take``."""
    require(actor, IntakePermission.HANDLE)
    if not colleagues(actor, now.date()).filter(pk=owner.pk).exists():
        raise RsoError("no-colleague", "This person does not answer enquiries today.")
    enquiry = _given(actor, enquiry, owner, due_on, now, seen_owner)
    enquiry.save()
    notify(
        actor,
        recipients=[owner],
        kind=IntakeEvent.MOVED,
        title=gettext_noop("An enquiry was given to you"),
        path=reverse("intake:enquiry", args=[enquiry.pk]),
        reference=enquiry.reference,
    )
    return enquiry


@transaction.atomic
def note(actor: Actor, *, enquiry: Enquiry, text: str, now: datetime) -> Step:
    """A word for colleagues beside an enquiry; nothing moves by it, and its sender never sees it."""
    require(actor, IntakePermission.HANDLE)
    step = Step.objects.create(
        enquiry=enquiry, at=now, by_id=actor.user_id, state=enquiry.state, move=NOTE, note=text
    )  # fmt: skip
    record(actor, IntakeEvent.NOTED, subject=enquiry.pk, note=text)
    return step


@transaction.atomic
def note_export(actor: Actor, *, rows: int) -> None:
    """Writes down that somebody took rows of the queue away."""
    require(actor, IntakePermission.SEE)
    record(actor, IntakeEvent.EXPORTED, subject=actor.opaque, facts={"rows": rows})


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
    _moved(actor, enquiry, Move.ANSWER if yes else Move.DECLINE, now, note=text)
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
    notify(
        actor,
        recipients=User.objects.filter(email__iexact=enquiry.email, is_active=True),
        kind=IntakeEvent.MOVED,
        title=gettext_noop("The RSO has answered your enquiry"),
        path=reverse("intake:mine-one", args=[enquiry.pk]),
        reference=enquiry.reference,
        by_mail=False,  # the answer itself has gone by mail
    )
    return enquiry


@transaction.atomic
def set_aside(actor: Actor, *, enquiry: Enquiry, reason: str, now: datetime) -> Enquiry:
    """Closes what asks for no answer, with a reason for colleagues; its sender is written nothing."""
    require(actor, IntakePermission.HANDLE)
    enquiry = Enquiry.objects.select_for_update().get(pk=enquiry.pk)
    _moved(actor, enquiry, Move.SET_ASIDE, now, note=reason)
    enquiry.save()
    return enquiry


@transaction.atomic
def reopen(actor: Actor, *, enquiry: Enquiry, now: datetime) -> Enquiry:
    """Undoes an answer that came too soon, or a setting aside; what was mailed was mailed, and the history says so."""
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
