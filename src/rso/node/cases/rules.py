"""Who may see the chain of a case, and who may take its evidence out. Pure."""

from __future__ import annotations

from enum import StrEnum

from rso.accounts.rules import Role, enter


class CasesPermission(StrEnum):
    SEE_AUDIT = "node:audit:see"
    EXPORT_EVIDENCE = "node:evidence:export"


class CasesEvent(StrEnum):
    EVIDENCE_EXPORTED = "node:evidence:exported"


def enter_own() -> None:
    enter(CasesPermission.SEE_AUDIT, {Role.AUDITOR})
    enter(CasesPermission.EXPORT_EVIDENCE, {Role.AUDITOR, Role.OFFICER, Role.APPROVER})
