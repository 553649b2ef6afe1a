"""Codes in words, and the parts that pages are made of."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import cast

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.html import format_html
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from rso.base.errors import RsoError
from rso.node.gallery.presenters import FIELD_WORDS, FINGER_WORDS, QUESTION_WORDS
from rso.node.gallery.presenters import error_words as gallery_words
from rso.node.post import queries as post
from rso.node.post.presenters import BASIS_WORDS, PURPOSE_WORDS
from rso.node.searches.models import Candidate, DisclosureCase, Question, Search
from rso.node.searches.queries.answering import Compared, OpenedCase
from rso.node.searches.queries.asking import Member
from rso.node.searches.rules import SearchState
from rso.policy.codes import Clause
from rso.policy.rules import RuleResult
from rso.ui.parts import Fact, Happening, Mark, PrintSide
from rso.wire.messages import Disclosure

Words = str | Promise

OUTCOME_WORDS: dict[str, Words] = {
    "hit": _("Hit: an examiner found the same finger"),
    "no-hit": _("No hit"),
    "insufficient-quality": _("The print was not good enough"),
    "refused": _("Refused"),
}
OUTCOME_TONES = {"hit": "good", "no-hit": "neutral", "insufficient-quality": "wait", "refused": "bad"}
STATE_WORDS: dict[str, Words] = {
    "draft": _("Draft"),
    "waiting": _("Waits for the protection officer"),
    "sent": _("Sent"),
    "cancelled": _("Cancelled"),
}
STATE_TONES = {"draft": "neutral", "waiting": "wait", "sent": "info", "cancelled": "neutral"}
CONVERSATION_WORDS: dict[str, Words] = {
    "draft": _("Draft"),
    "queued": _("Waits to leave this node"),
    "at-relay": _("At the relay"),
    "fetched": _("Fetched by the member"),
    "deferred": _("The member needs more time"),
    "answered": _("Answered"),
    "refused": _("Refused"),
    "expired": _("Expired before it was fetched"),
    "no-answer": _("No answer"),
}
KIND_WORDS: dict[str, Words] = {
    "probe": _("Question"),
    "deferred": _("Notice: the answer takes longer"),
    "answer": _("Answer"),
    "disclosure-request": _("Request for disclosure"),
    "disclosure": _("Disclosure"),
    "refusal": _("Refusal"),
    "receipt": _("Receipt"),
    "destruction-receipt": _("Receipt of destruction"),
    "written-request": _("Letter"),
    "written-reply": _("Reply to a letter"),
}
VERDICT_WORDS: dict[str, Words] = {
    "same": _("The same finger"),
    "not-same": _("Not the same finger"),
    "cannot-tell": _("Cannot tell"),
}
CLAUSE_WORDS: dict[str, Words] = {
    "arrangement.absent": _("There is an arrangement with this member"),
    "arrangement.not-in-force": _("The arrangement is in force"),
    "arrangement.party": _("Both sides are parties to it"),
    "arrangement.service": _("It covers searches of fingerprints"),
    "arrangement.purpose": _("It allows this purpose"),
    "arrangement.modality": _("It covers fingerprints"),
    "arrangement.field": _("It lets these fields be disclosed for this purpose"),
    "arrangement.quality-floor": _("The image is good enough for it"),
    "exchange.no-hit": _("There was a hit"),
    "onward.never": _("Onward use is allowed at all"),
    "onward.no-consent": _("The originator agrees to it"),
    "protection.barred-state": _("The person is not protected from this state"),
    "protection.unknown-origin": _("The origin is known, or the arrangement lets us ask here all the same"),
    "protection.officer": _("The protection officer has agreed"),
    "quota.exceeded": _("Today's questions are not used up"),
    "person.examiner": _("An examiner has compared"),
    "person.own-request": _("Nobody approves their own request"),
    "person.approval": _("Enough other persons have approved"),
}
#: The same rules where they do not hold: said outright, so that nobody has to read a sign to tell.
FAILED_WORDS: dict[str, Words] = {
    "arrangement.absent": _("There is no arrangement with this member"),
    "arrangement.not-in-force": _("The arrangement is not in force"),
    "arrangement.party": _("One of the two sides is not a party to it"),
    "arrangement.service": _("It does not cover searches of fingerprints"),
    "arrangement.purpose": _("It does not allow this purpose"),
    "arrangement.modality": _("It does not cover fingerprints"),
    "arrangement.field": _("It does not let these fields be disclosed for this purpose"),
    "arrangement.quality-floor": _("The image is not good enough for it"),
    "exchange.no-hit": _("There was no hit"),
    "onward.never": _("Onward use is not allowed at all"),
    "onward.no-consent": _("The originator has not agreed to it"),
    "protection.barred-state": _("The person is, or may be, protected from this state"),
    "protection.unknown-origin": _("The origin is not known, and the arrangement does not let us ask here even so"),
    "protection.officer": _("The protection officer has not agreed"),
    "quota.exceeded": _("Today's questions are used up"),
    "person.examiner": _("No examiner has compared"),
    "person.own-request": _("Nobody may approve their own request"),
    "person.approval": _("Not enough other persons have approved"),
}
DETAIL_WORDS: dict[str, Words] = {
    **QUESTION_WORDS,
    "responsible-state": _("a state that answers for this member"),
    "not-signed": _("not signed by enough persons"),
    "not-begun": _("it has not begun"),
    "over": _("it is over"),
    "ended": _("it was ended"),
    "party-not-active": _("a party does not take part at present"),
    "another-person": _("it must be another person"),
}
POLICY_VERDICT_WORDS: dict[str, Words] = {
    "allowed": _("May be asked"),
    "needs-approval": _("Needs another person"),
    "needs-examiner": _("Needs an examiner"),
    "needs-protection-officer": _("Needs the protection officer"),
    "refused": _("May not be asked"),
    "barred": _("Barred: protection comes first"),
}
POLICY_TONES = {
    "allowed": "good",
    "needs-approval": "wait",
    "needs-examiner": "wait",
    "needs-protection-officer": "wait",
    "refused": "neutral",
    "barred": "bad",
}
RULING_WORDS: dict[str, Words] = {
    "release": _("Release"),
    "declined": _("Withhold: no reason given"),
    "not-necessary": _("Withhold: not necessary"),
    "law-forbids": _("Withhold: our law forbids it"),
    "not-held": _("Withhold: we do not hold it"),
}
WITHHELD_WORDS: dict[str, Words] = {
    "declined": _("withheld, no reason given"),
    "not-necessary": _("withheld: not necessary for this purpose"),
    "law-forbids": _("withheld: their law forbids it"),
    "not-held": _("withheld: they do not hold it"),
    "field-not-agreed": _("withheld: the arrangement does not allow it"),
}
HANDLING_WORDS: dict[str, Words] = {
    "for-this-purpose-only": _("For this purpose only"),
    "lead-only": _("A lead, not evidence by itself"),
    "no-onward-use": _("Never to a third party"),
    "onward-with-consent": _("To a third party only with the originator's consent"),
}
ERROR_WORDS: dict[str, Words] = {
    "step-up-needed": _("Show your second factor again; then repeat what you were doing."),
    "no-directory": _("This node has no directory yet. It comes with the first contact to the relay."),
    "no-recipient-key": _("No key of this member for this week is known here yet. Try again in a minute."),
    "nobody-chosen": _("Choose at least one member to ask."),
    "wrong-state": _("This question has moved on meanwhile. Load the page again."),
    "answered-already": _("Somebody has answered this already."),
    "lapsed": _("The time of this request is over, and it was destroyed: nothing can be sent."),
    "no-candidate": _("This is no candidate any more: what is to be compared has changed."),
    "unreadable": _("This image could not be read within the limits: it is not shown."),
    "not-your-turn": _("You have looked at this candidate: it waits for another examiner."),
    "ruled-already": _("You have decided: this request waits for a second person."),
    "requested-already": _("The reference of a hit is good for one request. Ask a new question."),
    "own-request": _("Nobody agrees to a question of their own."),
    "no-reason": _("Write down the reason."),
    "key-destroyed": _("This was destroyed, as was agreed: nobody can read it any more."),
    "not-allowed": _("Your seats do not open this."),
}


#: As the holder sees a question that came in.
HOLDER_WORDS: dict[str, Words] = {**CONVERSATION_WORDS, "fetched": _("Waits for our answer")}


def state_words(side: str, state: str) -> Words:
    """The state of a conversation, as this side sees it."""
    return (HOLDER_WORDS if side == "holder" else CONVERSATION_WORDS).get(state, state)


def error_words(error: RsoError) -> Words:
    """An error in the reader's language, or as it was raised where there are no words for its code."""
    return ERROR_WORDS.get(error.code) or gallery_words(error)


def purpose_words(code: str) -> Words:
    words: Words = PURPOSE_WORDS.get(code, code)
    return words


def search_state(search: Search, questions: Sequence[Question]) -> tuple[Words, str]:
    """Where a question stands, in words with their tone: one that all have answered is not just sent."""
    if search.state == SearchState.SENT and questions and all(question.outcome for question in questions):
        return _("Answered"), "neutral"
    return STATE_WORDS[search.state], STATE_TONES[search.state]


def question_row(search: Search, *, may_agree: bool = False) -> dict[str, object]:
    """A question with its state and how it stands with each member, for a list."""
    questions = list(search.questions.all())
    answers = []
    for question in questions:
        state = question.conversation.state
        words = OUTCOME_WORDS.get(question.outcome) or CONVERSATION_WORDS.get(state, state)
        answers.append((post.peer_name(question.conversation.peer), words, OUTCOME_TONES.get(question.outcome, "wait")))
    return {
        "search": search,
        "state": search_state(search, questions),
        "answers": answers,
        "may_agree": may_agree,
    }


def search_facts(search: Search) -> list[Fact]:
    """What a question is about."""
    quality = gettext("%(quality)d of 100, at %(ppi)d pixels an inch") % {
        "quality": search.quality,
        "ppi": search.resolution_ppi,
    }
    return [
        Fact(_("Own reference"), search.own_reference),
        Fact(_("Purpose"), purpose_words(search.purpose), words=True),
        Fact(_("Legal basis"), BASIS_WORDS.get(search.legal_basis, search.legal_basis), words=True),
        Fact(_("Finger"), FINGER_WORDS[search.finger], words=True),
        Fact(_("Quality of the image"), quality, words=True),
    ]


def rule_words(rule: RuleResult) -> str:
    """A rule with what it found, for our own people."""
    details = [str(DETAIL_WORDS.get(part, part)) for part in rule.detail.split(",") if part]
    said = str((CLAUSE_WORDS if rule.passed else FAILED_WORDS).get(rule.clause.value, rule.clause.value))
    return f"{said} ({', '.join(details)})" if details and not rule.passed else said


@dataclass(frozen=True)
class MemberRow:
    """A member with the policy's decision in words; ``tick`` numbers those that may be asked, from 0."""

    name: str
    agency: str
    was_asked: bool
    words: Words
    tone: str
    failed: list[str]
    passed: list[str]
    tick: int | None


def member_rows(members: Sequence[Member]) -> list[MemberRow]:
    """All other members, in the order given."""
    rows: list[MemberRow] = []
    ticks = 0
    for member in members:
        verdict = member.decision.verdict.value
        rows.append(
            MemberRow(
                name=member.name,
                agency=str(member.agency),
                was_asked=member.question is not None,
                words=POLICY_VERDICT_WORDS[verdict],
                tone=POLICY_TONES[verdict],
                failed=[rule_words(rule) for rule in member.decision.rules if not rule.passed],
                passed=[rule_words(rule) for rule in member.decision.rules if rule.passed],
                tick=ticks if member.may_be_asked else None,
            )
        )
        ticks += member.may_be_asked
    return rows


def happenings(question: Question) -> list[Happening]:
    """The timeline of a question to one member: what went out and what came in."""
    found = []
    # A receipt of destruction follows what was destroyed, also where both came in at the same moment.
    events = sorted(post.timeline(question.conversation), key=lambda event: event.kind == "destruction-receipt")
    for event in events:
        going = gettext("signed and sealed") if event.outgoing else gettext("came in")
        found.append(Happening(KIND_WORDS.get(event.kind, event.kind), event.at, text=going, tone="info"))
    state = question.conversation.state
    if not question.answered_at:
        found.append(Happening(CONVERSATION_WORDS.get(state, state), None, ahead=True))
    return found


def sides(compared: Compared) -> tuple[PrintSide, PrintSide]:
    """Both prints of a comparison with the finger each is said to be, for the component that draws them."""
    candidate: Candidate = compared.candidate
    left, right = compared.sheet.left, compared.sheet.right
    asked, ours = FINGER_WORDS[candidate.probe.finger], FINGER_WORDS[candidate.finger.position]
    return (
        PrintSide(
            gettext("Question: %(finger)s") % {"finger": asked},
            reverse("searches:probe-image", args=[candidate.probe_id]),
            left.width,
            left.height,
            _("The print that was sent"),
            cast(Sequence[Mark], left.marks),
        ),
        PrintSide(
            gettext("Our print: %(finger)s") % {"finger": ours},
            reverse("searches:candidate-image", args=[candidate.pk]),
            right.width,
            right.height,
            _("The print of the candidate"),
            cast(Sequence[Mark], right.marks),
        ),
    )


def in_order(codes: Iterable[str]) -> list[str]:
    """Codes of fields as forms and records have them: a name before a date."""
    places = {code: place for place, code in enumerate(FIELD_WORDS)}
    return sorted(codes, key=lambda code: (places.get(code, len(places)), code))


def field_choices(codes: Sequence[str]) -> list[tuple[str, Words]]:
    return [(code, FIELD_WORDS.get(code, code)) for code in in_order(codes)]


def member_choice(member: Member) -> tuple[str, str]:
    """A member to tick. Its name is data, and is not translated."""
    return str(member.agency), format_html('<span translate="no">{}</span>', member.name)


def disclosed_facts(message: Disclosure) -> list[Fact]:
    """What was given, and what was withheld and why."""
    given = [Fact(FIELD_WORDS.get(code, code), message.fields[code]) for code in in_order(message.fields)]
    withheld = [
        Fact(FIELD_WORDS.get(code, code), WITHHELD_WORDS.get(reason := message.withheld[code], reason), words=True)
        for code in in_order(message.withheld)
    ]
    return [*given, *withheld]


def case_facts(case: DisclosureCase) -> list[Fact]:
    """Who asks for fields, under what."""
    conversation = case.conversation
    checked = post.checked(bytes.fromhex(conversation.arrangement))
    return [
        Fact(_("Asked by"), conversation.peer),
        Fact(_("Arrangement"), "" if checked is None else checked.arrangement.title),
        Fact(_("Purpose"), purpose_words(conversation.purpose), words=True),
        Fact(_("Legal basis"), BASIS_WORDS.get(conversation.legal_basis, conversation.legal_basis), words=True),
    ]


def against(opened: OpenedCase) -> list[tuple[Words, list[str]]]:
    """The fields that the policy does not let go, with the rules that do not hold; approval itself left out."""
    found = []
    for code, decision in opened.decisions.items():
        failed = [r for r in decision.rules if not r.passed and r.clause is not Clause.APPROVAL]
        if failed:
            found.append((FIELD_WORDS.get(code, code), [rule_words(rule) for rule in failed]))
    return found
