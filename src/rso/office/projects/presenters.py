"""A proposal as the components show it."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _

from rso.base.errors import RsoError
from rso.files.errors import FileRefused
from rso.files.presenters import words as file_words
from rso.office.directory.models import Passage
from rso.office.directory.queries import passages
from rso.office.projects import rules
from rso.office.projects.errors import Incomplete
from rso.office.projects.models import OutcomeWords, Proposal, Signature, StateWords, Step
from rso.office.projects.queries import keys_of
from rso.office.projects.rules import Move, State
from rso.ui import parts
from rso.ui.parts import Progress

TONES = {
    State.DRAFT: "neutral",
    State.ASSESSMENT: "info",
    State.CONSULTATION: "info",
    State.DECISION: "wait",
    State.DISAGREEMENT: "wait",
    State.RETURNED: "wait",
    State.APPROVED: "good",
    State.DECLINED: "neutral",
    State.WITHDRAWN: "neutral",
}
OUTCOME_TONES = {"approve": "good", "return": "wait", "decline": "neutral"}


def words(error: RsoError) -> str:
    """A refusal in the reader's language: what is wrong, and what to do."""
    if isinstance(error, FileRefused):
        return file_words(error, limit=settings.RSO_FILE_LIMIT)
    if isinstance(error, Incomplete):
        return _("Before it can be submitted, the proposal needs: %(fields)s.") % {"fields": ", ".join(error.fields)}
    said = {
        "wrong-move": _("The proposal has moved on since this page was opened. Load it again."),
        "moved-on": _("The proposal has moved on since this page was opened. Load it again."),
        "one-seat-needed": _("For this you need exactly one seat in this role: ask an administrator."),
        "both-assess-first": _("Both Co-Managers assess before the Steering Group is consulted."),
        "signed-already": _("You have signed already. The second key is another's."),
        "same-organisation": _("The two keys belong to Co-Managers of two members. Yours has signed."),
        "window-too-short": _("A consultation lasts at least %(days)s days.")
        % {"days": rules.SHORTEST_CONSULTATION_DAYS},
        "not-editable": _("A proposal that was submitted is changed only after it was returned."),
    }
    return said.get(error.code, error.message)


def tone(proposal: Proposal) -> str:
    return TONES[State(proposal.state)]


def steps(proposal: Proposal) -> list[parts.Step]:
    """The way from draft to decision, and where this proposal stands on it."""
    way = [
        (_("Draft"), (State.DRAFT, State.RETURNED)),
        (_("Assessment by both Co-Managers"), (State.ASSESSMENT,)),
        (_("Consultation of the Steering Group"), (State.CONSULTATION,)),
        (_("Two signatures"), (State.DECISION, State.DISAGREEMENT)),
        (_("Decided"), rules.FINAL),
    ]
    state = State(proposal.state)
    here = next(number for number, (_words, states) in enumerate(way) if state in states)
    rows = []
    for number, (words, _states) in enumerate(way):
        progress = Progress.DONE if number < here else Progress.AHEAD
        if number == here:
            progress = Progress.DONE if state in rules.FINAL else Progress.CURRENT
        rows.append(parts.Step(words, progress))
    return rows


def _move_words(step: Step) -> str:
    words = {
        "draft": _("Draft begun"),
        Move.SUBMIT.value: _("Submitted to both Co-Managers"),
        Move.CONSULT.value: _("Steering Group consulted"),
        Move.CLOSE_CONSULTATION.value: _("Consultation closed"),
        Move.APPROVE.value: _("Approved by two signatures"),
        Move.DECLINE.value: _("Declined by two signatures"),
        Move.RETURN.value: _("Returned for changes by two signatures"),
        Move.DISAGREE.value: _("The two Co-Managers signed different outcomes"),
        Move.RECONSIDER.value: _("Both Co-Managers sign anew"),
        Move.CONSULT_AGAIN.value: _("Steering Group consulted once more"),
        Move.WITHDRAW.value: _("Withdrawn"),
    }
    return words[step.move]


def history(proposal: Proposal) -> list[parts.Happening]:
    return [
        parts.Happening(
            _move_words(step),
            step.at,
            who=step.by.name if step.by else "",
            said=step.note,
            tone=TONES[State(step.state)],
        )
        for step in proposal.steps.select_related("by")
    ]


def public_history(proposal: Proposal) -> list[parts.Happening]:
    """What the public sees of a project's way: what happened and when, without names and without reasons."""
    return [
        parts.Happening(_move_words(step), step.at, tone=TONES[State(step.state)])
        for step in proposal.steps.exclude(move="draft")
    ]


def _key(proposal: Proposal, row: Signature) -> parts.Key:
    partial = rules.signer_is_partial(row.organisation.code, proposal.member.code)
    return parts.Key(
        role=_("Co-Manager"),
        who=f"{row.by.name}, {row.organisation.name}",
        signed_at=row.at,
        verdict=OutcomeWords(row.outcome).label,
        tone=OUTCOME_TONES[row.outcome],
        reason=row.reason,
        remark=_("This Co-Manager comes from the proposing member.") if partial else "",
    )


def keys(proposal: Proposal) -> list[parts.Key]:
    """The two keys of the present attempt, turned or not."""
    signed = [_key(proposal, row) for row in keys_of(proposal)]
    return signed + [parts.Key(role=_("Co-Manager"))] * (2 - len(signed))


def earlier_keys(proposal: Proposal) -> list[parts.Key]:
    """Signatures of earlier rounds and attempts, which stay to be seen."""
    now = {row.pk for row in keys_of(proposal)}
    rows = proposal.signatures.select_related("by", "organisation")
    return [_key(proposal, row) for row in rows if row.pk not in now]


def _passage_texts(kind: str, codes: list[str], proposal: Proposal) -> list[str]:
    found = {row.code: row.text for row in passages(kind, proposal.created_at.date())}
    return [found.get(code, code) for code in codes]


def sections(proposal: Proposal) -> list[tuple[str, str]]:
    """The long texts with their labels."""
    names = ("problem", "approach", "results", "risks")
    return [(_label(name), getattr(proposal, name)) for name in names]


def _label(name: str) -> str:
    return str(getattr(Proposal._meta.get_field(name), "verbose_name", name)).capitalize()


def facts(proposal: Proposal) -> list[parts.Fact]:
    period = " – ".join(day.isoformat() for day in (proposal.starts_on, proposal.ends_on) if day)
    partners = ", ".join(partner.name for partner in proposal.partners.all())
    rows = [
        parts.Fact(_("Proposed by"), proposal.member.name),
        parts.Fact(_("Partners"), partners or "–"),
        parts.Fact(_("Period"), period or "–"),
    ]
    if proposal.state == State.CONSULTATION and proposal.consultation_closes_on:
        rows.append(parts.Fact(_("Steering Group is consulted until"), proposal.consultation_closes_on.isoformat()))
    return rows


def tied_to(proposal: Proposal) -> dict[str, list[str]]:
    return {
        "objectives": _passage_texts(Passage.Kind.OBJECTIVE, proposal.objectives, proposal),
        "principles": _passage_texts(Passage.Kind.PRINCIPLE, proposal.principles, proposal),
    }


def changes(proposal: Proposal) -> list[parts.Change]:
    """What the last submission changed against the one before it; empty where there is only one."""
    rows = list(proposal.submissions.order_by("-round")[:2])
    if len(rows) < 2:
        return []
    return compare(rows[1].content, rows[0].content)


def compare(old: dict[str, Any], new: dict[str, Any]) -> list[parts.Change]:
    """Two states of a proposal's content, field by field, as text."""
    return [
        parts.Change(
            _label(name) if name in _FIELDS else _other_label(name), _text(old.get(name)), _text(new.get(name))
        )
        for name in new
        if _text(old.get(name)) != _text(new.get(name))
    ]


_FIELDS = {"title", "problem", "approach", "results", "risks", "objectives", "principles", "starts_on", "ends_on"}


def _other_label(name: str) -> str:
    labels = {
        "member": _("Proposed by"),
        "partners": _("Partners"),
        "budget": _("Budget"),
        "attachments": _("Attachments"),
    }
    return labels[name]


def _text(value: Any) -> str:
    if isinstance(value, list):
        return "\n".join(
            " · ".join(str(part) for part in item.values()) if isinstance(item, dict) else str(item) for item in value
        )
    return str(value or "")


def totals(proposal: Proposal) -> list[tuple[str, str]]:
    """Sums by currency, never over currencies."""
    sums: dict[str, Any] = {}
    for line in proposal.budget.all():
        sums[line.currency] = sums.get(line.currency, 0) + line.amount
    return [(currency, f"{amount:,.2f}") for currency, amount in sorted(sums.items())]


def state_words(state: str) -> str:
    return str(StateWords(state).label)
