"""The reference page lists the interface as it is: every route of it, and nothing else."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

from django.urls import Resolver404, get_resolver

from rso.relay import rules
from rso.relay.api import urls

REFERENCE = (Path(__file__).resolve().parent.parent.parent / "docs/reference/relay.md").read_text()
EXAMPLES = {
    "hash": "0" * 64,
    "index": "7",
    "member": "XAV",
    "class": "GOV",
    "agency": "BORDER",
    "L": "0",
    "N": "000",
}
View = Callable[..., Any]


def documented() -> list[tuple[str, str]]:
    """Method and an example of the path of every route in the table."""
    rows = [line for line in REFERENCE.splitlines() if line.startswith("| `") and "/v1/" in line.split("|")[1]]
    named = [match for row in rows for match in re.findall(r"`([A-Z]+) /v1(/[^`?]+)[^`]*`", row.split("|")[1])]
    assert len(named) >= len(rows) > 0
    return [(method, _example(path)) for method, path in named]


def _example(path: str) -> str:
    return re.sub(r"<(\w+)>", lambda match: EXAMPLES[match[1]], re.sub(r"\[[^\]]*\]", "", path))


def served() -> set[tuple[str, View]]:
    return {(method, pattern.callback) for pattern in urls.urlpatterns for method in _methods(pattern.callback)}


def _methods(view: View) -> tuple[str, ...]:
    methods: tuple[str, ...] = getattr(view, "rso_methods")  # noqa: B009 - a view is a function to the type checker
    return methods


def _view(path: str) -> View | None:
    try:
        found: View = get_resolver("rso.relay.api.urls").resolve(path).func
    except Resolver404:
        return None
    return found


def test_every_documented_route_is_served() -> None:
    lost = [f"{method} {path}" for method, path in documented() if (method, _view(path)) not in served()]
    assert not lost


def test_every_route_is_documented() -> None:
    listed = {(method, _view(path)) for method, path in documented()}
    assert served() <= listed, [str(pattern.pattern) for pattern in urls.urlpatterns]


def test_the_limits_are_as_they_are_said() -> None:
    assert f"1 to {rules.BATCH} |" in REFERENCE
    assert f"1 to {rules.ACKNOWLEDGED_AT_ONCE} |" in REFERENCE
    assert f"1 to {rules.ASKED_AT_ONCE} ids" in REFERENCE
    assert f"`wait` is 0 to {rules.WAIT_SECONDS} seconds" in REFERENCE
    assert f"`limit` 1 to {rules.PAGE_MOST} ({rules.PAGE} where absent)" in REFERENCE
    assert f"about {rules.PAGE_BYTES >> 20} MiB" in REFERENCE
    assert f"16 MiB and {(rules.SUBMISSION >> 10) - (16 << 10)} KiB together" in REFERENCE
    assert f"anything else {rules.SMALL_BODY >> 10} KiB" in REFERENCE
    assert f"{rules.CLOSING_PER_DAY} messages a day and direction pass for {rules.CLOSING_DAYS} days more" in REFERENCE
    assert f"({rules.ARRANGEMENT_CLASS_PER_DAY} to each agency a day)" in REFERENCE
    assert f"at most {rules.KEYS_PER_AGENCY} keys" in REFERENCE
    assert f"may have {rules.REGISTRATIONS_ALONE} arrangements" in REFERENCE


def test_every_code_of_the_relay_is_listed() -> None:
    """The codes that the relay itself gives; those of ``wire`` are in its own reference."""
    folder = Path(rules.__file__).parent
    source = "".join(path.read_text() for path in folder.rglob("*.py"))
    codes = set(re.findall(r"RefusedError\(\s*\d{3}, \"([a-z-]+)\"", source))
    codes |= set(re.findall(r"RequestSignatureError\(\s*\"([a-z-]+)\"", source))
    codes |= set(re.findall(r"code = \"([a-z-]+)\" if .* else \"([a-z-]+)\"", source)[0])
    assert len(codes) > 20
    assert {code for code in codes if f"`{code}`" not in REFERENCE} == set()
