"""Taking evidence out: a file that anybody can check without this node."""

from __future__ import annotations

from django.db import transaction

from rso.accounts.rules import Actor, require
from rso.audit.actions import record
from rso.node.cases.rules import CasesEvent, CasesPermission
from rso.node.post import actions as post
from rso.node.post.models import Inbox, Outbox


def export_evidence(actor: Actor, *, row: Outbox | Inbox) -> bytes:
    """The evidence of one message, without what it says. Raises ``PostError`` (``not-notarised`` and others)."""
    require(actor, CasesPermission.EXPORT_EVIDENCE)
    data = post.evidence(row).encode()
    with transaction.atomic():
        facts: dict[str, str | int | bool] = {"message": str(row.pk), "kind": row.kind}
        record(actor, CasesEvent.EVIDENCE_EXPORTED, subject=row.conversation_id or row.pk, facts=facts)
    return data
