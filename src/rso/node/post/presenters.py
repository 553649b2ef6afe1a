"""Codes in words, and records as the components of ``ui`` show them."""

from __future__ import annotations

from typing import Any, Final

from django.utils.text import format_lazy
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from rso.base.clock import from_unix_seconds
from rso.base.errors import RsoError
from rso.node.post import queries
from rso.node.post.models import Arrangement, ArrangementSignature, Inbox, Outbox, RelayContact
from rso.ui.parts import Fact, Key
from rso.wire.arrangement import Arrangement as Document
from rso.wire.in_force import ForceStep
from rso.wire.steps import Step
from rso.wire.terms import LABELLED_DEFAULTS, ApprovalRule, OnwardRule

Words = Any  # str, or a lazy translation of one

PURPOSE_WORDS: Final[dict[str, Words]] = {
    "counter-smuggling": _("Action against migrant smuggling"),
    "counter-trafficking": _("Action against trafficking in persons"),
    "identity-fraud": _("Identity fraud"),
    "identity-verification": _("Verifying an identity"),
}
FIELD_WORDS: Final[dict[str, Words]] = {
    "birth-date": _("Date of birth"),
    "document-number": _("Number of a document"),
    "family-name": _("Family name"),
    "given-names": _("Given names"),
    "nationality": _("Nationality"),
    "sex": _("Sex"),
}
BASIS_WORDS: Final[dict[str, Words]] = {
    "domestic-law": _("A law of our own"),
    "treaty": _("A treaty"),
    "memorandum": _("A memorandum of understanding"),
}
END_WORDS: Final[dict[str, Words]] = {
    "no-longer-needed": _("It is no longer needed"),
    "replaced": _("Another arrangement takes its place"),
    "terms-not-acceptable": _("The terms are not acceptable"),
    "terms-not-kept": _("The terms were not kept"),
    "law-changed": _("The law has changed"),
    "security-incident": _("A security incident"),
}
KIND_WORDS: Final[dict[str, Words]] = {
    "answer": _("Answer"),
    "arrangement-end": _("End of an arrangement"),
    "arrangement-proposal": _("Proposal of an arrangement"),
    "arrangement-signature": _("Signature of an arrangement"),
    "cover": _("Empty message, as cover"),
    "deferred": _("Notice that the answer takes longer"),
    "destruction-receipt": _("Receipt of a destruction"),
    "disclosure": _("Disclosure"),
    "disclosure-request": _("Request for disclosure"),
    "probe": _("Question"),
    "receipt": _("Receipt"),
    "refusal": _("Refusal"),
    "written-reply": _("Reply to a letter"),
    "written-request": _("Letter"),
}
STATE_WORDS: Final[dict[str, tuple[Words, str]]] = {
    "draft": (_("Draft"), "neutral"),
    "queued": (_("Waiting to leave"), "wait"),
    "at-relay": (_("At the relay"), "info"),
    "fetched": (_("Fetched by the recipient"), "info"),
    "deferred": (_("Takes longer"), "wait"),
    "answered": (_("Answered"), "good"),
    "refused": (_("Refused"), "bad"),
    "expired": (_("Expired"), "bad"),
    "no-answer": (_("No answer"), "neutral"),
    "stopped": (_("Refused by the relay"), "bad"),
    "applied": (_("Taken"), "good"),
    "held": (_("Held"), "wait"),
    "sent": (_("Proposed, not signed by all"), "wait"),
    "signed": (_("Signed by all, not yet at the relay"), "wait"),
    "in-force": (_("In force"), "good"),
    "ended": (_("Ended"), "neutral"),
}
STEP_WORDS: Final[dict[Step, Words]] = {
    Step.SIZE: _("It is larger than any message may be."),
    Step.FORM: _("It is not a well-formed message: damaged on its way, or made up."),
    Step.SUITE: _("It uses cryptography that this node does not accept: one of the two nodes has to be updated."),
    Step.FRESHNESS: _("It has expired, or it is dated in the future: compare the clocks of both sides."),
    Step.ADDRESS: _("It is for somebody else: tell the relay's staff."),
    Step.OUTER_SIGNATURE: _("The sending node's signature does not hold, or its key is not in the directory."),
    Step.BODY_DIGEST: _("Its body is not the one that the sender signed for: it was damaged or changed on its way."),
    Step.RECIPIENT_KEY: _("It was sealed to a key that this node does not have any more: ask for it again."),
    Step.OPENING: _("It does not open: it was changed, or put under another header."),
    Step.CONTENT: _("What was inside is not well formed: the other node has a defect."),
    Step.INNER_SIGNATURE: _("The agency's signature does not hold, or its key is not in the directory."),
    Step.MESSAGE: _("It is not a message of a known kind: perhaps the other node is newer than this one."),
    Step.ARRANGEMENT: _("No arrangement in force covers it."),
    Step.PURPOSE: _("The arrangement does not allow its purpose."),
    Step.ORDER: _("It has no place in what was said before: a second answer, one never asked for, or too late."),
}
CODE_WORDS: Final[dict[str, Words]] = {
    "": _("Reached."),
    "relay-away": _("The relay is not reached. What waits here leaves by itself when it is back."),
    "answer-malformed": _("What answers at the relay's address is not understood: is it the relay?"),
    "answer-too-large": _("What answers at the relay's address does not answer as a relay: is it the relay?"),
    "answer-too-slow": _("The relay's answer did not come to its end: look at the line."),
    "not-ready": _("The relay is there and cannot work at present: tell its staff if this lasts."),
    "clock-off": _(
        "This node's clock is wrong. Nothing is sent or taken until it is right: set it, and see that NTP runs."
    ),
    "no-directory": _("This node has no directory yet."),
    "no-anchor": _("This node trusts nobody yet: the root keys are missing."),
    "no-agency": _("This node has no agency yet: set RSO_AGENCY."),
    "no-signing-key": _("This node has no signing keys yet."),
    "no-key-in-directory": _("The directory has no key of this agency that is good now: tell the office."),
    "unknown-key": _("The relay does not know this node's key: is it in the directory?"),
    "not-taking-part": _("The directory says that this agency does not take part at present."),
    "rollback": _("An older directory was offered and refused."),
    "too-few-roots": _("A directory without enough root signatures was offered and refused."),
    "expired": _("It has expired."),
    "two-of-one-version": _("Two different directories of one version exist: tell the office at once."),
    "arrangement-waiting": _("The other party has not registered the arrangement yet."),
    "arrangement-ended": _("The arrangement is ended."),
    "arrangement-over": _("The arrangement is over."),
    "arrangement-mismatch": _("Another party registered other terms under this arrangement: compare the documents."),
    "quota-used": _("The day's quota of the arrangement is used up; it leaves tomorrow."),
    "credit-used": _("The recipient has not fetched what is held for it; it leaves when that is done."),
    "second-answer": _("A second final answer: the first one stands."),
    "never-asked": _("An answer to something that was never asked."),
    "too-late": _("It came after the question had expired."),
    "replayed": _("Another message of this id was taken before."),
    "no-handler": _("This node does not take messages of this kind."),
    "defect": _("A defect of this node kept it from being applied. It is kept, sealed, and tried again."),
    "not-opened": _("It does not open."),
    "waiting": _("The other party has not registered it yet."),
}
ERROR_WORDS: Final[dict[str, Words]] = {
    "step-up-needed": _("Show your second factor again; then repeat what you were doing."),
    "signed-already": _("You have signed this arrangement: the other signatures are other people's."),
    "enough-signatures": _("Enough people of this agency have signed."),
    "wrong-state": _("Somebody was faster, or it is too late: look at it again."),
    "same-terms": _("There is an arrangement with exactly these terms already."),
    "no-recipient-key": _("The other side's key of this week is not known here yet. It comes with the next contact."),
    "not-in-force": _("The arrangement is not in force."),
    "no-arrangement": _("There is no such arrangement."),
    "purpose-not-allowed": _("The arrangement does not allow this purpose."),
    "not-a-party": _("This agency is not a party of it."),
    "party-not-active": _("A party does not take part in the exchange at present."),
    **{code: words for code, words in CODE_WORDS.items() if code.startswith("no-")},
}


def error_words(error: RsoError) -> Words:
    """What went wrong, for the person who tried."""
    return ERROR_WORDS.get(error.code) or CODE_WORDS.get(error.code) or error.message


def code_words(code: str) -> Words:
    """A code in words; one that has none yet is shown as it is."""
    return CODE_WORDS.get(code, code)


def default_words(term: str) -> Words:
    """Where a term's default comes from, as every page that shows it says."""
    default = LABELLED_DEFAULTS[term]
    label = _("Product default") if default.label == "product-default" else _("Taken from another scheme")
    return format_lazy("{label}: {source}.", label=label, source=_(default.source))


def state_of(code: str) -> tuple[Words, str]:
    """A state's words and tone."""
    return STATE_WORDS.get(code, (code, "neutral"))


def failure_words(row: Inbox | Outbox) -> Words:
    """Why a message did not arrive, or was not taken; empty where nothing is wrong."""
    if isinstance(row, Inbox) and row.step is not None:
        return CODE_WORDS.get(row.code) or STEP_WORDS[Step(row.step)]
    if row.code:
        return code_words(row.code)
    return _("Not yet notarised: the relay's receipt did not hold.") if row.receipt_error else ""


# ---------------------------------------------------------------- an arrangement in words


def _days(number: int) -> str:
    return ngettext("%(n)d day", "%(n)d days", number) % {"n": number}


def _list(codes: tuple[str, ...], words: dict[str, Words]) -> str:
    return "\n".join(str(words.get(code, code)) for code in codes)


def term_facts(terms: Document) -> list[Fact]:
    """The terms, in the order in which somebody who has to sign wants to know them."""
    yes, no = _("Yes"), _("No")
    approval = {
        ApprovalRule.ONE_OFFICER: _("One person, never the one who asks"),
        ApprovalRule.TWO_PERSONS: _("Two persons"),
    }
    onward = {OnwardRule.NEVER: _("Never"), OnwardRule.CONSENT: _("Only with the discloser's consent")}
    return [
        Fact(_("From"), from_unix_seconds(terms.starts).date().isoformat()),
        Fact(_("Looked at again"), from_unix_seconds(terms.review).date().isoformat()),
        Fact(_("Until"), from_unix_seconds(terms.ends).date().isoformat()),
        Fact(_("Purposes"), _list(tuple(t.purpose for t in terms.purposes), PURPOSE_WORDS), words=True),
        *_fields_facts(terms),
        Fact(_("Agrees to a disclosure"), approval[terms.disclosure_approval], words=True),
        Fact(_("Handing on to a third party"), onward[terms.onward], words=True),
        Fact(_("“No hit” without a person"), yes if terms.automatic_no_hit else no, words=True),
        Fact(_("“Insufficient quality” without a person"), yes if terms.automatic_low_quality else no, words=True),
        Fact(_("“Hit” without a person"), _("Never: there is no such term"), words=True),
        Fact(_("A probe is destroyed after"), _days(terms.probe_days), words=True),
        Fact(_("What was disclosed is destroyed after"), _days(terms.disclosure_days), words=True),
        Fact(_("Answer aimed at within"), _hours(terms.response_hours), words=True),
        Fact(_("Least image quality"), str(terms.quality_floor)),
        Fact(_("Answers leave every"), _seconds(terms.answer_tick_s), words=True),
        Fact(_("Cover messages a day"), str(terms.cover_per_day)),
        Fact(_("Impact assessment"), terms.dpia or _("None is named"), words=not terms.dpia),
    ]


def _hours(number: int) -> str:
    return ngettext("%(n)d hour", "%(n)d hours", number) % {"n": number}


def _seconds(number: int) -> str:
    return ngettext("%(n)d second", "%(n)d seconds", number) % {"n": number}


def _fields_facts(terms: Document) -> list[Fact]:
    """The fields, once where they are the same for every purpose."""
    if len({term.fields for term in terms.purposes}) == 1:
        return [Fact(_("Fields that may be disclosed"), _list(terms.purposes[0].fields, FIELD_WORDS), words=True)]
    return [
        Fact(PURPOSE_WORDS.get(term.purpose, term.purpose), _list(term.fields, FIELD_WORDS), words=True)
        for term in terms.purposes
    ]


def party_facts(terms: Document) -> list[tuple[str, list[Fact]]]:
    """Each party's name with its own clauses."""
    return [
        (
            queries.peer_name(str(party.agency)),
            [
                Fact(_("Identifier"), str(party.agency)),
                Fact(_("Legal basis"), BASIS_WORDS.get(party.basis, party.basis), words=True),
                Fact(_("In words"), party.basis_text),
                Fact(_("Questions a day"), str(party.asks_per_day)),
                Fact(
                    _("May be asked about protected persons of unknown origin"),
                    _("Yes") if party.unknown_origin else _("No"),
                    words=True,
                ),
            ],
        )
        for party in terms.parties
    ]


def signature_keys(row: Arrangement, terms: Document) -> list[tuple[str, list[Key]]]:
    """For each party its keys: who signed, and how many have yet to."""
    found = []
    for party in terms.parties:
        rows = ArrangementSignature.objects.filter(digest=row.digest, agency=str(party.agency)).select_related(
            "signed_by"
        )
        keys = [_key(number, signed) for number, signed in enumerate(rows, start=1)]
        missing = [Key(role=_role(number)) for number in range(len(keys) + 1, party.signers + 1)]
        found.append((queries.peer_name(str(party.agency)), [*keys, *missing]))
    return found


def _role(number: int) -> str:
    return _now("Signature %(number)d") % {"number": number}


def _key(number: int, signed: ArrangementSignature) -> Key:
    """The other party's people are seats to us and have no names."""
    who = str(signed.signed_by) if signed.signed_by is not None else f"…{signed.seat[-6:]}"
    return Key(role=_role(number), who=who, signed_at=signed.signed_at, verdict=_("Signed"))


FORCE_WORDS: Final[dict[ForceStep, tuple[Words, Words]]] = {
    ForceStep.PARTIES: (_("Every party takes part in the exchange"), _("A party does not take part in the exchange")),
    ForceStep.SIGNATURES: (
        _("Signed by enough people of every party"),
        _("Not signed by enough people of every party"),
    ),
    ForceStep.BEGUN: (_("It has begun"), _("It has not begun yet")),
    ForceStep.NOT_OVER: (_("Its end has not come"), _("Its end has come")),
    ForceStep.NOT_ENDED: (_("Nobody has ended it"), _("It was ended")),
}


def _clock_words(off_s: int) -> str:
    """The difference between the two clocks; ``off_s`` is positive where this node's is ahead."""
    if off_s > 0:
        return ngettext("%(s)d second ahead", "%(s)d seconds ahead", off_s) % {"s": off_s}
    return ngettext("%(s)d second behind", "%(s)d seconds behind", -off_s) % {"s": -off_s}


def contact_facts(contact: RelayContact) -> list[Fact]:
    """How it stands with the relay."""
    facts = [
        Fact(
            _("Relay"), code_words(contact.code) if contact.last_at or contact.code else _("No contact yet"), words=True
        )
    ]
    if contact.last_at is not None:
        facts.append(Fact(_("Last reached"), contact.last_at.strftime("%Y-%m-%d %H:%M:%S UTC")))
    if contact.away_since is not None:
        facts.append(Fact(_("Out of reach since"), contact.away_since.strftime("%Y-%m-%d %H:%M:%S UTC")))
    if contact.next_at is not None:
        facts.append(Fact(_("Tried again"), contact.next_at.strftime("%Y-%m-%d %H:%M:%S UTC")))
    if contact.clock_off_s:
        facts.append(Fact(_("Clock, against the relay's"), _clock_words(contact.clock_off_s), words=True))
    if contact.directory_code:
        facts.append(Fact(_("Directory"), code_words(contact.directory_code), words=True))
    return facts
