"""What the front door guards: filling a demonstration, which the command line does and nobody else."""

from __future__ import annotations

from enum import StrEnum

from rso.accounts.rules import enter


class FrontPermission(StrEnum):
    DEMONSTRATE = "front:demonstration:fill"


def enter_own() -> None:
    enter(FrontPermission.DEMONSTRATE, (), system=True)
