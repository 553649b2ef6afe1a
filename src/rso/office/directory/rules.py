"""What the directory guards. Reading it needs no permission: all of it is public."""

from __future__ import annotations

from enum import StrEnum

from rso.accounts.rules import Role, enter


class DirectoryPermission(StrEnum):
    LOAD = "directory:facts:load"


def enter_own() -> None:
    enter(DirectoryPermission.LOAD, {Role.OFFICE_ADMINISTRATOR}, system=True)
