"""Facts of countries for programs; anybody may read them."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.http import HttpRequest
from ninja import Query, Schema

from rso.accounts.guards import public
from rso.content import queries_facts as queries
from rso.content.models import CountryFact
from rso.rest.api import Router
from rso.rest.paging import Page, Paging, page_of

router = Router()


class FactRow(Schema):
    """A fact as its member states it now. ``names`` are its names in other languages, by code."""

    id: int
    organisation: str
    kind: str
    name: str
    names: dict[str, str]
    telephone: str
    web: str
    hours: str
    languages: list[str]
    note: str
    confirmed_on: date | None


@router.get("/facts", response=Page[FactRow])
@public
def list_facts(
    request: HttpRequest, paging: Query[Paging], organisation: str = "", kind: CountryFact.Kind | None = None
) -> dict[str, Any]:
    """What members state of themselves: hotlines, referral bodies, laws, whom to call."""
    found = queries.public(organisation=organisation, kind=kind or "")
    return page_of(found, paging, queries.plain)
