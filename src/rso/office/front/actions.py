"""Filling a demonstration's office, through the same actions as people use; safe to run twice."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import transaction
from django.urls import reverse

from rso.accounts.actions import give_seat, invite, make_sign_in_link
from rso.accounts.models import Organisation, User
from rso.accounts.queries import actor_of
from rso.accounts.rules import ANONYMOUS, Actor, Role, require, system_actor
from rso.base.errors import RsoError
from rso.content.actions import demonstrating as texts
from rso.content.models import Work
from rso.office.contacts.actions import keeping as contacts
from rso.office.contacts.models import FocalPoint, Subject
from rso.office.directory.actions.loading import load as load_directory
from rso.office.front import demonstration as told
from rso.office.front.rules import FrontPermission
from rso.office.intake import actions as intake
from rso.office.intake.models import Enquiry
from rso.office.intake.rules import Way
from rso.office.library.actions import documents, records
from rso.office.library.actions.loading import load as load_library
from rso.office.library.models import Record
from rso.office.projects.actions import deciding, drafting
from rso.office.projects.actions.loading import load as load_projects
from rso.office.projects.models import Proposal
from rso.office.projects.rules import Outcome
from rso.search.actions import refresh

_DATA = Path(__file__).parent / "data"


def _only_in_a_demonstration() -> None:
    if not settings.RSO_DEMONSTRATION:
        raise RsoError("not-a-demonstration", "Synthetic people and proposals are made in a demonstration only.")


@transaction.atomic
def demonstrate(actor: Actor, *, now: datetime) -> None:
    """Loads directory and projects, and adds synthetic organisations, people, proposals and enquiries."""
    require(actor, FrontPermission.DEMONSTRATE)
    _only_in_a_demonstration()
    load_directory(actor)
    load_projects(actor)
    load_library(actor, now=now)
    refresh(now=now)  # a visitor need not wait for the worker's round
    kinds = Organisation.Kind
    for kind, names in ((kinds.STATE, told.STATES), (kinds.OFFICE, told.OFFICE), (kinds.NGO, told.PARTIES)):
        for code, name in names.items():
            Organisation.objects.update_or_create(code=code, defaults={"name": name, "kind": kind})
    for person in (*told.PEOPLE, *told.FORMER):
        _seat(actor, person, now)
    if not FocalPoint.objects.exists():
        _contacts(now)
    if not Proposal.objects.exists():
        _propose(now)
    if not Enquiry.objects.exists():
        _enquire(now)
    if not Work.objects.filter(kind="page").exists():
        _write_texts(now)
    if not Record.objects.filter(work__code=told.LANDING["code"]).exists():
        _restrict(now)


def _restrict(now: datetime) -> None:
    """A document that members find and the public does not, entered by the editor."""
    editor, one = _acting(Role.EDITOR, "RSO", now), told.LANDING
    said = {"kind": one["kind"], "themes": one["themes"], "published": str(now.year)}
    record = records.add(
        editor, code=str(one["code"]), title=str(one["title"]), about=str(one["about"]), language="en", said=said,
        owner=Organisation.objects.get(code="RSO"), access="members", now=now,
    )  # fmt: skip
    with (_DATA / str(one["file"])).open("rb") as file:
        documents.attach(editor, record=record, content=file, name=str(one["file"]), language="en", now=now)
    records.publish(editor, record=record, now=now)


def _contacts(now: datetime) -> None:
    """Focal points: a member's administrator enters and so confirms its own, the office's staff those that nobody has
    confirmed yet."""
    contacts.begin_subjects(system_actor("demonstration"), now=now)
    for one in told.CONTACTS:
        organisation = Organisation.objects.get(code=one.organisation)
        hours = ["00:00-24:00"] * 7 if one.subject == "sea" else ["09:00-17:00"] * 5 + [""] * 2
        values = {
            "subject_id": Subject.objects.get(code=one.subject).pk, "agency_id": None, "rank": one.rank,
            "name": one.name, "position": one.position, "channels": one.ways, "languages": list(one.languages),
            "time_zone": one.time_zone, "hours": hours, "note": "",
        }  # fmt: skip
        by_office = one.months is None
        keeper = (
            _acting(Role.RSO_STAFF, "RSO", now)
            if by_office
            else _acting(Role.MEMBER_ADMINISTRATOR, one.organisation, now)
        )
        at = now - timedelta(days=31 * (one.months or 0) + 1)
        contacts.enter(keeper, organisation=organisation, values=values, now=at, synthetic=True)


def _seat(actor: Actor, person: told.Person, now: datetime) -> None:
    user = User.objects.filter(email=person.email).first()
    user = user or invite(actor, email=person.email, name=person.name, synthetic=True)
    if not user.seats.exists():
        organisation = Organisation.objects.get(code=person.organisation)
        starts_on = now.date() - timedelta(days=person.begins)
        ends_on = None if person.ends is None else now.date() - timedelta(days=person.ends)
        give_seat(
            actor, user=user, role=person.role, organisation=organisation, language=person.language,
            subject=person.subject, starts_on=starts_on, ends_on=ends_on,
        )  # fmt: skip


def _acting(role: Role, organisation: str, now: datetime) -> Actor:
    person = next(p for p in told.PEOPLE if (p.role, p.organisation) == (role, organisation))
    return actor_of(User.objects.get(email=person.email), now.date())


def _draft(organisation: str, words: tuple[str, str, str], now: datetime) -> Proposal:
    """A draft of a member, with one other member as its partner."""
    texts: dict[str, Any] = told.texts(*words, today=now.date())
    line = {"year": texts["starts_on"].year, "currency": "USD", "amount": "38000.00", "purpose": "Two workshops"}
    return drafting.draft(
        _acting(Role.MEMBER_OFFICIAL, organisation, now),
        member=Organisation.objects.get(code=organisation),
        texts=texts,
        partners=[Organisation.objects.get(code="XCS")],
        budget=[line],
        now=now,
    )


def _submit(organisation: str, proposal: Proposal, now: datetime) -> None:
    drafting.submit(_acting(Role.MEMBER_OFFICIAL, organisation, now), proposal=proposal, now=now)


def _consult(proposal: Proposal, now: datetime) -> None:
    managers = [_acting(Role.CO_MANAGER, code, now) for code in ("XAV", "XBD")]
    for manager, text in zip(managers, ("Clear and small enough to begin.", "Useful; the visit matters."), strict=True):
        deciding.assess(manager, proposal=proposal, leaning=Outcome.APPROVE, text=text, now=now)
    deciding.consult(managers[0], proposal=proposal, now=now)
    steering = _acting(Role.STEERING_GROUP, "XCS", now)
    deciding.comment(steering, proposal=proposal, text="Cestria would host the first exercise.", now=now)


def _propose(now: datetime) -> None:
    """One draft, one to be assessed, one before its second key, one decided."""
    _draft("XAV", told.GUIDES, now - timedelta(days=2))
    _submit("XBD", _draft("XBD", told.DIRECTORS, now - timedelta(days=6)), now - timedelta(days=5))
    waiting = _draft("XAV", told.SEA, now - timedelta(days=20))
    _submit("XAV", waiting, now - timedelta(days=19))
    _consult(waiting, now - timedelta(days=17))
    manager = _acting(Role.CO_MANAGER, "XBD", now)
    reason = "The members have spoken before the day was over."
    deciding.close_consultation(manager, proposal=waiting, reason=reason, now=now - timedelta(days=4))
    deciding.sign(
        manager, proposal=waiting, outcome=Outcome.APPROVE, reason="Small, wanted by three members, and measured.",
        now=now - timedelta(days=3),
    )  # fmt: skip


def _write_texts(now: datetime) -> None:
    """Example texts, by the editor, the publisher, and the people of two languages and three members."""
    cast = texts.Cast(
        editor=_acting(Role.EDITOR, "RSO", now),
        publisher=_acting(Role.PUBLISHER, "RSO", now),
        translators={"ar": _acting(Role.TRANSLATOR, "XAV", now), "th": _acting(Role.TRANSLATOR, "XBD", now)},
        reviewers={
            "ar": _acting(Role.NATIONAL_REVIEWER, "XAV", now),
            "th": _acting(Role.NATIONAL_REVIEWER, "XBD", now),
        },
        keepers={code: _acting(Role.FOCAL_POINT, code, now) for code in told.STATES},
    )
    texts.demonstrate(cast, owner=Organisation.objects.get(code="RSO"), now=now)


def _enquire(now: datetime) -> None:
    """Enquiries whose addresses count as confirmed: nobody could open a mail to an invented address."""
    for days, (way, organisation, message, details) in enumerate(told.ENQUIRIES, start=1):
        fields = {
            "organisation_name": organisation,
            "organisation_kind": (Organisation.Kind.STATE if way == Way.PILOT else Organisation.Kind.NGO).value,
            "contact_name": "Lea Mond (synthetic)",
            "email": f"lea.mond+{way}@demonstration.invalid",
            "message": f"{message} (synthetic)",
        }
        at = now - timedelta(days=days)
        enquiry = intake.receive(
            ANONYMOUS, way=way, fields=fields, details=details, language="en", place=f"demonstration-{days}", now=at
        )
        intake.enter_queue(system_actor("demonstration"), enquiry=enquiry, now=at)


def make_links(actor: Actor, *, now: datetime) -> dict[str, str]:
    """A fresh one-time sign-in path for each synthetic person, by role and organisation."""
    require(actor, FrontPermission.DEMONSTRATE)
    _only_in_a_demonstration()
    links = {}
    for person in told.PEOPLE:
        token = make_sign_in_link(actor, user=User.objects.get(email=person.email), now=now)
        links[told.link_key(person)] = reverse("accounts:demonstration-sign-in", args=[token])
    return links
