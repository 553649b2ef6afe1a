"""Loading the directory from a file of dated facts. What stands is brought up to date; nothing is deleted."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable
from enum import StrEnum
from pathlib import Path
from typing import Any

from django.db import models, transaction

from rso.accounts.models import Organisation
from rso.accounts.rules import Actor, require
from rso.audit.actions import record
from rso.base.errors import RsoError
from rso.office.directory.models import Body, Chair, Passage, Resource, Standing
from rso.office.directory.rules import DirectoryPermission

SHIPPED = Path(__file__).parent / "data" / "directory.toml"
BROCHURE = "RSO brochure (state of version 1)"


class DirectoryEvent(StrEnum):
    LOADED = "directory:facts:loaded"


def _terms(row: dict[str, Any]) -> dict[str, Any]:
    return {
        "since": row.get("since"),
        "until": row.get("until"),
        "version": row.get("version", 1),
        "source": row.get("source", BROCHURE),
    }


def _put(model: type[models.Model], key: dict[str, Any], values: dict[str, Any]) -> Any:
    return model._default_manager.update_or_create(**key, defaults=values)[0]


def _passages(rows: Iterable[dict[str, Any]]) -> None:
    order: dict[str, int] = {}
    for row in rows:
        order[row["kind"]] = order.get(row["kind"], 0) + 1
        terms = _terms(row)
        key = {"kind": row["kind"], "code": row["code"], "version": terms.pop("version")}
        _put(Passage, key, {**terms, "text": row["text"], "order": order[row["kind"]]})


def _members(groups: dict[str, list[list[str]]]) -> None:
    for group, rows in groups.items():
        for code, alpha2, display, official in rows:
            organisation = _put(Organisation, {"code": code}, {"name": display, "kind": Organisation.Kind.STATE})
            values = {"official_name": official, "display_name": display, "alpha2": alpha2, "group": group}
            key = {"organisation": organisation, "status": Standing.Status.MEMBER_STATE}
            _put(Standing, key, {**values, **_terms({})})


def _organisations(rows: Iterable[dict[str, Any]]) -> None:
    for row in rows:
        kind = Organisation.Kind.MEMBER_ORGANISATION
        organisation = _put(Organisation, {"code": row["code"]}, {"name": row["name"], "kind": kind})
        values = {"official_name": row["name"], "display_name": row["name"], "group": Standing.Group.ORGANISATIONS}
        key = {"organisation": organisation, "status": Standing.Status.MEMBER_ORGANISATION}
        _put(Standing, key, {**values, **_terms(row)})


def _bodies(rows: Iterable[dict[str, Any]]) -> None:
    for order, row in enumerate(rows, start=1):
        values = {"kind": row["kind"], "name": row["name"], "purpose": row["purpose"], "order": order}
        body = _put(Body, {"code": row["code"]}, {**values, **_terms(row)})
        for chair in row["chairs"]:
            organisation = Organisation.objects.get(code=chair["code"])
            terms = _terms(chair)
            key = {"body": body, "organisation": organisation, "since": terms.pop("since")}
            _put(Chair, key, terms)


def _resources(rows: Iterable[dict[str, Any]]) -> None:
    for order, row in enumerate(rows, start=1):
        values = {"kind": row["kind"], "title": row["title"], "about": row["about"], "order": order}
        _put(Resource, {"code": row["code"]}, {**values, "partner": row.get("partner", ""), **_terms(row)})


@transaction.atomic
def load(actor: Actor, *, path: Path = SHIPPED) -> None:
    """Loads the facts of ``path``; raises ``RsoError`` where the file is not readable or lacks a field."""
    require(actor, DirectoryPermission.LOAD)
    try:
        facts = tomllib.loads(path.read_text(encoding="utf-8"))
        _members(facts["members"])
        _organisations(facts["organisation"])
        _passages(facts["passage"])
        _bodies(facts["body"])
        _resources(facts["resource"])
    except (OSError, tomllib.TOMLDecodeError) as error:
        raise RsoError("unreadable-facts", f"The file of facts could not be read: {error}") from error
    except (KeyError, ValueError, TypeError, AttributeError, Organisation.DoesNotExist) as error:
        raise RsoError("incomplete-facts", f"The file of facts lacks something: {error}") from error
    record(actor, DirectoryEvent.LOADED, subject="directory", facts={"members": Standing.objects.count()})
