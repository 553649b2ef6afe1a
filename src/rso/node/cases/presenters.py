"""Steps of a case in words."""

from __future__ import annotations

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from rso.audit.models import Entry
from rso.base.clock import from_unix_seconds
from rso.node.cases.queries import Waiting
from rso.node.post.queries import peer_name
from rso.node.searches.models import Search
from rso.node.searches.presenters import OUTCOME_TONES, OUTCOME_WORDS, STATE_TONES, STATE_WORDS
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
    "node:conversation:destroyed": _("The contents were destroyed"),
    "node:probe:taken": _("A question was taken, and the policy was asked"),
    "node:probe:searched": _("The gallery was searched"),
    "node:probe:answered": _("The answer was scheduled on the tick"),
    "node:probe:destroyed": _("The print was destroyed, and the asker told"),
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


def recent(search: Search) -> dict[str, object]:
    """A question with its state and its answers so far, for the home page."""
    return {
        "search": search,
        "state": (STATE_WORDS[search.state], STATE_TONES[search.state]),
        "answers": [
            (
                peer_name(question.conversation.peer),
                OUTCOME_WORDS.get(question.outcome, ""),
                OUTCOME_TONES.get(question.outcome, "info"),
            )
            for question in search.questions.all()
        ],
    }


def stats(found: Waiting) -> list[Stat]:
    """What waits for somebody, as the home page shows it."""
    rows = (
        (found.answers, _("Hits to follow up"), "searches:searches"),
        (found.drafts, _("Drafts of yours"), "searches:searches"),
        (found.agree, _("Questions for the protection officer"), "searches:searches"),
        (found.examine, _("Prints to compare"), "searches:probes"),
        (found.disclose, _("Requests to decide"), "searches:requests"),
    )
    return [
        Stat(label, str(number), href=reverse(name), tone="wait" if number else "")
        for number, label, name in rows
        if number is not None
    ]
