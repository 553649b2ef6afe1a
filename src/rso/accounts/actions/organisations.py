"""Organisations and their agencies, as administrators keep them."""

from __future__ import annotations

from django.db import transaction
from django.db.models import ProtectedError

from rso.accounts.models import Agency, Organisation
from rso.accounts.rules import AccountsPermission, Actor, require
from rso.accounts.signals import AccountsEvent, account_changed
from rso.base.errors import RsoError


@transaction.atomic
def add_organisation(actor: Actor, *, code: str, name: str, kind: str) -> Organisation:
    """Enters an organisation under a code that stays. What it is in the Bali Process stands in the directory."""
    require(actor, AccountsPermission.CHANGE_ORGANISATIONS)
    if Organisation.objects.filter(code__iexact=code).exists():
        raise RsoError("code-in-use", "There is already an organisation with this code.")
    organisation = Organisation.objects.create(code=code, name=name, kind=kind)
    event = AccountsEvent.ORGANISATION_ADDED
    account_changed.send(Organisation, actor=actor, event=event, subject=code, facts={"kind": str(kind)})
    return organisation


@transaction.atomic
def rename_organisation(actor: Actor, *, organisation: Organisation, name: str) -> Organisation:
    """Changes the name that is shown; the code, to which history and rights are tied, never changes."""
    require(actor, AccountsPermission.CHANGE_ORGANISATIONS)
    organisation.name = name
    organisation.save(update_fields=["name"])
    event = AccountsEvent.ORGANISATION_CHANGED
    account_changed.send(Organisation, actor=actor, event=event, subject=organisation.code, facts={})
    return organisation


@transaction.atomic
def add_agency(actor: Actor, *, organisation: Organisation, code: str, name: str) -> Agency:
    """Enters a part of an organisation that acts in its own name; its own administrator may do so too."""
    require(actor, AccountsPermission.CHANGE_AGENCIES, organisation.code)
    if organisation.agencies.filter(code__iexact=code).exists():
        raise RsoError("agency-code-in-use", "This organisation has an agency with this code already.")
    agency = Agency.objects.create(organisation=organisation, code=code, name=name)
    event = AccountsEvent.AGENCY_ADDED
    account_changed.send(Agency, actor=actor, event=event, subject=organisation.code, facts={"agency": code})
    return agency


@transaction.atomic
def rename_agency(actor: Actor, *, agency: Agency, name: str) -> Agency:
    """Changes the name of an agency that is shown; its code stays."""
    require(actor, AccountsPermission.CHANGE_AGENCIES, agency.organisation.code)
    agency.name = name
    agency.save(update_fields=["name"])
    facts = {"agency": agency.code}
    event = AccountsEvent.AGENCY_CHANGED
    account_changed.send(Agency, actor=actor, event=event, subject=agency.organisation.code, facts=facts)
    return agency


@transaction.atomic
def remove_organisation(actor: Actor, *, organisation: Organisation) -> list[str]:
    """Takes back an organisation on which nothing depends: its seats, and the accounts of those who were invited for
    it and never signed in, whose opaque ids are returned. Raises ``RsoError`` where something depends on it."""
    require(actor, AccountsPermission.CHANGE_ORGANISATIONS)
    in_use = RsoError("organisation-in-use", "Something depends on this organisation already: it stays.")
    gone: list[str] = []
    try:
        for seat in organisation.seats.select_related("user"):
            last = seat.user.last_login
            if last is not None and last.date() >= seat.starts_on:
                raise in_use
            seat.delete()
            if last is None and not seat.user.has_usable_password() and not seat.user.seats.exists():
                gone.append(str(seat.user.opaque))
                seat.user.delete()
        code = organisation.code
        organisation.delete()
    except ProtectedError:
        raise in_use from None
    event = AccountsEvent.ORGANISATION_REMOVED
    facts = {"people": len(gone)}
    account_changed.send(Organisation, actor=actor, event=event, subject=code, facts=facts)
    return gone
