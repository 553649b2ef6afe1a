"""A proposal as the components show it."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.utils.formats import date_format
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from rso.accounts.models import Organisation
from rso.base.errors import RsoError
from rso.files.errors import FileRefused
from rso.files.presenters import words as file_words
from rso.office.directory.models import Passage
from rso.office.directory.queries import passages
from rso.office.projects import rules
from rso.office.projects.errors import Incomplete
from rso.office.projects.models import OutcomeWords, Proposal, Signature, Step
from rso.office.projects.queries import keys_of
from rso.office.projects.rules import Move, State
from rso.ui import parts
from rso.ui.parts import Progress

#: A proposal's content as ``queries.content`` gives it and a submission keeps it.
Content = dict[str, Any]

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
        "assessed-by-colleague": _("Another Co-Manager of your member has assessed this round: talk to each other."),
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


#: What the two Co-Managers and the group say to each other on the way is theirs; the public sees the way itself.
_PUBLIC = (Move.SUBMIT, Move.CONSULT, Move.CLOSE_CONSULTATION, Move.RETURN, Move.APPROVE)


def public_history(proposal: Proposal) -> list[parts.Happening]:
    """What the public sees of a project's way: what happened and when, without names and without reasons."""
    return [
        parts.Happening(_move_words(step), step.at, tone=TONES[State(step.state)])
        for step in proposal.steps.filter(move__in=[move.value for move in _PUBLIC])
    ]


def public_facts(proposal: Proposal, content: Content) -> list[parts.Fact]:
    """Whose project it is, for how long, and which two members' keys decided."""
    proposing = _("%(name)s (the proposing member)")
    signers = [
        proposing % {"name": key.organisation.name}
        if rules.signer_is_partial(key.organisation.code, proposal.member.code)
        else key.organisation.name
        for key in keys_of(proposal)
    ]
    return [*facts(proposal, content), parts.Fact(_("Signed by the Co-Managers from"), ", ".join(signers))]


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


def _member_names(codes: list[str]) -> list[str]:
    found = dict(Organisation.objects.filter(code__in=codes).values_list("code", "name"))
    return sorted(found.get(code, code) for code in codes)


def sections(content: Content) -> list[tuple[str, str]]:
    """The long texts with their labels."""
    return [(_label(name), content[name]) for name in ("problem", "approach", "results", "risks")]


def _label(name: str) -> str:
    return capfirst(str(getattr(Proposal._meta.get_field(name), "verbose_name", name)))


def _day(day: date) -> str:
    return date_format(day, "DATE_FORMAT")


def facts(proposal: Proposal, content: Content) -> list[parts.Fact]:
    period = " – ".join(_day(date.fromisoformat(day)) for day in (content["starts_on"], content["ends_on"]) if day)
    rows = [
        parts.Fact(_("Proposed by"), proposal.member.name),
        parts.Fact(_("Partners"), ", ".join(_member_names(content["partners"])) or "–"),
        parts.Fact(_("Period"), period or "–"),
    ]
    if proposal.state == State.CONSULTATION and proposal.consultation_closes_on:
        day = _day(proposal.consultation_closes_on)
        rows.append(parts.Fact(_("Steering Group is consulted until"), f"{day}, 24:00 UTC"))
    return rows


def tied_to(proposal: Proposal, content: Content) -> dict[str, list[str]]:
    return {
        "objectives": _passage_texts(Passage.Kind.OBJECTIVE, content["objectives"], proposal),
        "principles": _passage_texts(Passage.Kind.PRINCIPLE, content["principles"], proposal),
    }


def body(proposal: Proposal, content: Content) -> dict[str, Any]:
    """What page and print show of the text itself."""
    return {
        "facts": facts(proposal, content),
        "tied": tied_to(proposal, content),
        "sections": sections(content),
        "budget": [{**line, "amount": Decimal(line["amount"])} for line in content["budget"]],
        "totals": totals(content),
    }


def changes(proposal: Proposal, content: Content) -> list[parts.Change]:
    """What ``content`` changed against the submission before it; empty where there is none."""
    kept = list(proposal.submissions.order_by("-round")[:2])
    if proposal.state == State.RETURNED and kept and content != kept[0].content:
        return compare(kept[0].content, content, proposal)
    return compare(kept[1].content, kept[0].content, proposal) if len(kept) == 2 else []


def compare(old: Content, new: Content, proposal: Proposal) -> list[parts.Change]:
    """Two states of a proposal's content, field by field, as text; codes are told in words."""
    before, after = _told(old, proposal), _told(new, proposal)
    return [
        parts.Change(_label(name) if name in _FIELDS else _other_label(name), before.get(name, ""), after[name])
        for name in after
        if before.get(name, "") != after[name]
    ]


def _told(content: Content, proposal: Proposal) -> dict[str, str]:
    in_words = {**content, **tied_to(proposal, content), "partners": _member_names(content["partners"])}
    return {name: _text(value) for name, value in in_words.items()}


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


def totals(content: Content) -> list[tuple[str, str]]:
    """Sums by currency, never over currencies."""
    sums: dict[str, Decimal] = {}
    for line in content["budget"]:
        sums[line["currency"]] = sums.get(line["currency"], Decimal(0)) + Decimal(line["amount"])
    return [(currency, f"{amount:,.2f}") for currency, amount in sorted(sums.items())]


def whole_record(proposal: Proposal, content: Content) -> dict[str, Any]:
    """A proposal with all that was said and signed about it, as plain data for a file that leaves the site."""
    said = {
        name: [
            {"round": row.round, "who": row.by.name, "organisation": row.organisation.code, "at": _at(row.at)}
            | {key: getattr(row, key) for key in keys}
            for row in getattr(proposal, name).select_related("by", "organisation")
        ]
        for name, keys in {
            "assessments": ("leaning", "text"),
            "comments": ("text",),
            "signatures": ("attempt", "outcome", "reason"),
        }.items()
    }
    return {
        "id": str(proposal.pk),
        "state": proposal.state,
        "round": proposal.round,
        **content,
        "submissions": [
            {"round": row.round, "at": _at(row.at), "who": row.by.name, "content": row.content}
            for row in proposal.submissions.select_related("by")
        ],
        **said,
        "history": [
            {"move": step.move, "state": step.state, "at": _at(step.at), "who": step.by.name if step.by else "",
             "note": step.note}
            for step in proposal.steps.select_related("by")
        ],
    }  # fmt: skip


def _at(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="seconds")
