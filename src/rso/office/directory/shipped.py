"""The file of dated facts, read into rows that name what they point to by its code. Nothing is stored here."""

from __future__ import annotations

import tomllib
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from rso.base.errors import RsoError

SHIPPED: Final = Path(__file__).parent / "data" / "directory.toml"
BROCHURE: Final = "RSO brochure (state of version 1)"

#: The brochure's groups and, beside them, the organisations and the observers.
GROUPS: Final = {
    "asia": "Asia",
    "asean": "ASEAN",
    "oceania": "Oceania",
    "north-america": "North America",
    "organisations": "International organisations",
    "observers": "Observers",
}


@dataclass(frozen=True)
class Place:
    """An organisation that the facts speak of."""

    code: str
    name: str
    kind: str


@dataclass(frozen=True)
class Shipped:
    """One row. ``values`` are the model's fields; those of :data:`POINTERS` hold codes."""

    kind: str
    key: str
    values: dict[str, Any]


POINTERS: Final = ("organisation", "group", "body", "post")


@dataclass(frozen=True)
class Facts:
    places: tuple[Place, ...]
    rows: tuple[Shipped, ...]


def read(path: Path = SHIPPED) -> Facts:
    """Reads the file at ``path``; raises ``RsoError`` where it is not readable or lacks a field."""
    try:
        told = tomllib.loads(path.read_text(encoding="utf-8"))
        return Facts(tuple(_places(told)), tuple(_rows(told)))
    except (OSError, tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise RsoError("unreadable-facts", f"The file of facts could not be read: {error}") from error
    except (KeyError, ValueError, TypeError, AttributeError) as error:
        raise RsoError("incomplete-facts", f"The file of facts lacks something: {error}") from error


def _dates(row: dict[str, Any]) -> dict[str, Any]:
    return {
        "since": row.get("since"),
        "until": row.get("until"),
        "is_over": row.get("over", False),
        "version": row.get("version", 1),
        "source": row.get("source", BROCHURE),
    }


def _places(told: dict[str, Any]) -> Iterator[Place]:
    for rows in told["members"].values():
        for code, _alpha2, display, _official in rows:
            yield Place(code, display, "state")
    for row in told["organisation"]:
        yield Place(row["code"], row["name"], "member-organisation")
    for row in told.get("other", []):
        yield Place(row["code"], row["name"], row["kind"])


def _rows(told: dict[str, Any]) -> Iterator[Shipped]:
    yield from _standings(told)
    yield from _passages(told)
    yield from _bodies(told)
    for order, row in enumerate(told["resource"], start=1):
        values = {name: row[name] for name in ("code", "kind", "title", "about")}
        values |= {"partner": row.get("partner", ""), "order": order}
        yield Shipped("resource", f"resource/{row['code']}", values | _dates(row))


def _standing(
    code: str, status: str, group: str, names: tuple[str, str], alpha2: str, dates: dict[str, Any]
) -> Shipped:
    values = {
        "organisation": code, "status": status, "group": group, "display_name": names[0], "official_name": names[1],
        "alpha2": alpha2, "alpha3": code if alpha2 else "",
    }  # fmt: skip
    return Shipped("standing", f"standing/{code}/{status}", values | dates)


def _standings(told: dict[str, Any]) -> Iterator[Shipped]:
    for group, rows in told["members"].items():
        for code, alpha2, display, official in rows:
            yield _standing(code, "member-state", group, (display, official), alpha2, _dates({}))
    for row in told["organisation"]:
        names = (row["name"], row["name"])
        yield _standing(row["code"], "member-organisation", "organisations", names, "", _dates(row))
    for row in told.get("other", []):
        if "observer" in row:
            dates = _dates({"version": 2, "source": row["observer"]})
            names = (row["name"], row["name"])
            yield _standing(row["code"], "observer", "observers", names, row.get("alpha2", ""), dates)


def _passages(told: dict[str, Any]) -> Iterator[Shipped]:
    order: Counter[str] = Counter()
    for row in told["passage"]:
        order[row["kind"]] += 1
        dates = _dates(row)
        values = {"kind": row["kind"], "code": row["code"], "text": row["text"], "order": order[row["kind"]]}
        yield Shipped("passage", f"passage/{row['kind']}/{row['code']}/{dates['version']}", values | dates)


def _bodies(told: dict[str, Any]) -> Iterator[Shipped]:
    for order, row in enumerate(told["body"], start=1):
        code = row["code"]
        values = {name: row[name] for name in ("code", "kind", "name", "purpose")} | {"order": order}
        yield Shipped("body", f"body/{code}", values | _dates(row))
        for place, post in enumerate(row["posts"], start=1):
            said = {"body": code, "code": post["code"], "name": post["name"], "leads": post.get("leads", False)}
            yield Shipped("post", f"post/{code}/{post['code']}", said | {"order": place} | _dates({}))
            yield from _terms(code, post)


def _terms(body: str, post: dict[str, Any]) -> Iterator[Shipped]:
    met: Counter[str] = Counter()
    for term in post["terms"]:
        holder = term["code"]
        met[holder] += 1
        key = f"term/{body}/{post['code']}/{holder}/{met[holder]}"
        said = {"post": f"{body}/{post['code']}", "organisation": holder, "person": "", "person_is_public": False}
        yield Shipped("term", key, said | _dates(term))
