"""Steps of a case in words."""

from __future__ import annotations

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from rso.audit.models import Entry
from rso.base.clock import from_unix_seconds
from rso.node.cases.queries import Waiting
from rso.ui.parts import Stat

Words = str | Promise

EVENT_WORDS: dict[str, Words] = {
    "node:search:created": _("A question was drafted"),
    "node:search:changed": _("The draft was changed"),
    "node:search:agreement-asked": _("The protection officer was asked"),
    "node:search:agreed": _("The protection officer agreed"),
    "node:search:declined": _("The protection officer did not agree"),
    "node:search:asked": _("The question was put to a member"),
    "node:search:answer-came": _("The answer was taken"),
    "node:search:cancelled": _("The question was cancelled"),
    "node:search:destroyed": _("The question's image and answers were destroyed"),
    "node:message:sent": _("A message was signed and sealed"),
    "node:message:received": _("A message was verified and taken"),
    "node:message:notarised": _("The relay's receipt was verified"),
    "node:message:expired": _("The conversation ended without an answer"),
    "node:message:stopped": _("The relay refused a message"),
    "node:message:carried": _("A message was written to a file, to be carried by hand"),
    "node:message:refused": _("A message was refused on arrival"),
    "node:conversation:destroyed": _("The contents were destroyed"),
    "node:probe:taken": _("A question was taken, and the policy was asked"),
    "node:probe:searched": _("The gallery was searched"),
    "node:probe:answered": _("The answer was scheduled on the tick"),
    "node:probe:closed": _("The question was closed: nobody can answer it any more"),
    "node:probe:destroyed": _("The print was destroyed, and the asker told"),
    "node:candidate:viewed": _("An examiner opened a comparison"),
    "node:candidate:examined": _("An examiner compared and decided"),
    "node:disclosure:requested": _("Fields were requested"),
    "node:disclosure:taken": _("A request for fields was taken, and the policy was asked"),
    "node:disclosure:request-viewed": _("An approver opened the request"),
    "node:disclosure:ruled": _("An approver decided on each field"),
    "node:disclosure:given": _("The disclosure was scheduled on the tick"),
    "node:disclosure:came": _("A disclosure was taken"),
    "node:disclosure:viewed": _("The disclosure was opened"),
    "node:disclosure:destroyed": _("The disclosure was destroyed, and a receipt sent"),
    "node:receipt:came": _("A receipt of destruction came"),
    "node:request:asked": _("A letter was sent"),
    "node:request:came": _("A letter was taken"),
    "node:request:refused-by-rule": _("The policy refused the letter"),
    "node:request:viewed": _("The letter was opened"),
    "node:request:reply-drafted": _("A reply was drafted, and waits for a second person"),
    "node:request:reply-returned": _("The draft of the reply was taken back"),
    "node:request:replied": _("The letter was replied to"),
    "node:request:refused": _("The letter was refused"),
    "node:request:reply-came": _("The reply was taken"),
    "node:request:destroyed": _("The letter was destroyed, and a receipt sent"),
    "node:request:destruction-came": _("A receipt of destruction came"),
    "node:evidence:exported": _("Evidence was exported"),
}


def step(entry: Entry) -> dict[str, object]:
    """A row of the chain: number, time, event, opaque actor, codes. Notes are never shown here."""
    return {
        "sequence": entry.sequence,
        "at": from_unix_seconds(entry.at_ms // 1000),
        "words": EVENT_WORDS.get(entry.event, entry.event),
        "event": entry.event,
        "actor": entry.system or str(entry.actor),
        "is_system": bool(entry.system),
        "facts": [(key, value) for key, value in sorted(entry.facts.items()) if value != ""],
        "digest": bytes(entry.digest).hex(),
    }


def stats(found: Waiting) -> list[Stat]:
    """What waits for somebody, as the home page shows it."""
    rows = (
        (found.answers, _("Hits to follow up"), "searches:searches"),
        (found.drafts, _("Drafts of yours"), "searches:searches"),
        (found.agree, _("Questions for the protection officer"), "searches:searches"),
        (found.examine, _("Prints to compare"), "searches:probes"),
        (found.disclose, _("Requests to decide"), "searches:requests"),
        (found.letters, _("Letters to reply to"), "requests:letters"),
        (found.sign, _("Arrangements to sign"), "post:arrangements"),
    )
    return [
        Stat(label, str(number), href=reverse(name), tone="wait" if number else "")
        for number, label, name in rows
        if number is not None
    ]
