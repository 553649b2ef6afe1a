"""One rule, looked at: what it is called, whether it passed, and what failing it means."""

from __future__ import annotations

from dataclasses import dataclass

from rso.policy.codes import Clause, Verdict


@dataclass(frozen=True, slots=True)
class RuleResult:
    """``detail`` is a code that says more to the acting side's own people; it never travels."""

    clause: Clause
    passed: bool
    detail: str = ""
    otherwise: Verdict = Verdict.REFUSED
    """The verdict of failing this rule."""
