"""What the front door guards: filling a demonstration, which the command line does and nobody else, and the pages of
the office's administrator."""

from __future__ import annotations

from enum import StrEnum

from rso.accounts.rules import Role, enter


class FrontPermission(StrEnum):
    DEMONSTRATE = "front:demonstration:fill"
    ADMINISTER = "front:administration:see"
    HANDLE_JOBS = "front:job:handle"


class FrontEvent(StrEnum):
    REQUEUED = "front:job:requeued"
    DISMISSED = "front:job:dismissed"


def enter_own() -> None:
    enter(FrontPermission.DEMONSTRATE, (), system=True)
    enter(FrontPermission.ADMINISTER, {Role.OFFICE_ADMINISTRATOR})
    enter(FrontPermission.HANDLE_JOBS, {Role.OFFICE_ADMINISTRATOR})
