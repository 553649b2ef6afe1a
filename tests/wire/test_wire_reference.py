"""The reference page names every step, kind, limit and code that the code has, and no other step or kind."""

from __future__ import annotations

import re
from pathlib import Path

from rso.wire import limits
from rso.wire.conversation import Fault, State
from rso.wire.messages import KINDS
from rso.wire.steps import Step

PAGE = (Path(__file__).parents[2] / "docs" / "reference" / "wire.md").read_text()
UNITS = {"KIB", "MIB", "HOUR", "DAY", "WEEK"}


def test_every_limit_is_named() -> None:
    names = {name for name in vars(limits) if name.isupper()} - UNITS
    assert {name for name in names if f"`{name}`" not in PAGE} == set()


def test_the_steps_are_those_of_the_code() -> None:
    rows = re.findall(r"^\| (\d+) \| ([a-z ]+) \|", PAGE, re.MULTILINE)
    assert [(int(number), name) for number, name in rows] == [
        (step.value, step.name.lower().replace("_", " ")) for step in Step
    ]


def test_the_kinds_are_those_of_the_registry() -> None:
    rows = re.findall(r"^\| `([a-z-]+)` \| (?:exchange|arrangement|both) \|", PAGE, re.MULTILINE)
    assert sorted(rows) == sorted(KINDS)


def test_every_fault_and_state_is_named() -> None:
    assert {fault.value for fault in Fault if f"`{fault.value}`" not in PAGE} == set()
    assert {state.value for state in State if state.value.replace("-", " ") not in PAGE} == set()
