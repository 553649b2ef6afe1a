"""The way of a proposal, as decisions that need only their arguments: states, moves, two keys, likeness."""

from __future__ import annotations

import hashlib
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Any

from rso.accounts.rules import Actor, Role, enter
from rso.base.errors import RsoError


class State(StrEnum):
    DRAFT = "draft"
    ASSESSMENT = "assessment"
    CONSULTATION = "consultation"
    DECISION = "decision"
    DISAGREEMENT = "disagreement"
    RETURNED = "returned"
    APPROVED = "approved"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"


class Move(StrEnum):
    SUBMIT = "submit"
    CONSULT = "consult"
    CLOSE_CONSULTATION = "close-consultation"
    APPROVE = "approve"
    DECLINE = "decline"
    RETURN = "return"
    DISAGREE = "disagree"
    RECONSIDER = "reconsider"
    CONSULT_AGAIN = "consult-again"
    WITHDRAW = "withdraw"


class Outcome(StrEnum):
    """What two keys can sign."""

    APPROVE = "approve"
    DECLINE = "decline"
    RETURN = "return"


class Doing(StrEnum):
    """What a person does with a proposal, as pages and the JSON interface name it."""

    EDIT = "edit"
    SUBMIT = "submit"
    WITHDRAW = "withdraw"
    ASSESS = "assess"
    CONSULT = "consult"
    CLOSE = "close"
    COMMENT = "comment"
    SIGN = "sign"
    RECONSIDER = "reconsider"


MOVES: dict[tuple[State, Move], State] = {
    (State.DRAFT, Move.SUBMIT): State.ASSESSMENT,
    (State.RETURNED, Move.SUBMIT): State.ASSESSMENT,
    (State.ASSESSMENT, Move.CONSULT): State.CONSULTATION,
    (State.CONSULTATION, Move.CLOSE_CONSULTATION): State.DECISION,
    (State.DECISION, Move.APPROVE): State.APPROVED,
    (State.DECISION, Move.DECLINE): State.DECLINED,
    (State.DECISION, Move.RETURN): State.RETURNED,
    (State.DECISION, Move.DISAGREE): State.DISAGREEMENT,
    # The way on from a disagreement: both think again, or the Steering Group is asked once more.
    (State.DISAGREEMENT, Move.RECONSIDER): State.DECISION,
    (State.DISAGREEMENT, Move.CONSULT_AGAIN): State.CONSULTATION,
    **{
        (state, Move.WITHDRAW): State.WITHDRAWN
        for state in (
            State.DRAFT,
            State.ASSESSMENT,
            State.CONSULTATION,
            State.DECISION,
            State.DISAGREEMENT,
            State.RETURNED,
        )
    },
}

EDITABLE = (State.DRAFT, State.RETURNED)
#: Ends without a project: its member may begin a new proposal with the same words.
BEGUN_ANEW = (State.DECLINED, State.WITHDRAWN)
FINAL = (State.APPROVED, State.DECLINED, State.WITHDRAWN)

#: A labelled default, not RSO policy: how long the Steering Group is consulted, and the shortest window.
CONSULTATION_DAYS = 14
SHORTEST_CONSULTATION_DAYS = 3


class WrongMove(RsoError):
    """The proposal does not stand where this move begins."""

    def __init__(self, state: State, move: Move) -> None:
        super().__init__("wrong-move", f"A proposal in the state {state} does not take the move {move}.")


def after(state: State, move: Move) -> State:
    """The state that ``move`` leads to; raises :class:`WrongMove` where it leads nowhere."""
    try:
        return MOVES[state, move]
    except KeyError:
        raise WrongMove(state, move) from None


# ---- the two keys


def same_words(text: str) -> str:
    """``text`` as it is kept and compared: one kind of line end, no margins, one way to write a letter.

    A browser sends other line ends than a program; that must not make a disagreement.
    """
    lines = unicodedata.normalize("NFC", text).strip().splitlines()
    return "\n".join(line.rstrip() for line in lines)


def digest_of(reason: str) -> str:
    """SHA-256 (hexadecimal) of the words of a reason."""
    return hashlib.sha256(same_words(reason).encode()).hexdigest()


@dataclass(frozen=True)
class SignedKey:
    """One Co-Manager's signature: who (opaque), for which organisation, which outcome, over which reason."""

    person: str
    organisation: str
    outcome: Outcome
    reason_digest: str


class KeyRefused(RsoError):
    """This signature cannot stand beside those that are there."""


@dataclass(frozen=True)
class TwoKeys:
    """What the signatures of a round amount to: ``move`` is ``None`` while a key is missing."""

    move: Move | None
    missing: int


def check_key(signed: Iterable[SignedKey], key: SignedKey) -> None:
    """Raises :class:`KeyRefused` if the same person or the same organisation has signed this round already."""
    for other in signed:
        if other.person == key.person:
            raise KeyRefused("signed-already", "You have signed this round already; a second key is another's.")
        if other.organisation == key.organisation:
            raise KeyRefused(
                "same-organisation", "The two keys belong to two Co-Managers of two members; yours has signed."
            )


def turn(signed: Iterable[SignedKey]) -> TwoKeys:
    """Two keys on one outcome and one reason decide; two that differ are a disagreement, a state of its own."""
    keys = list(signed)
    if len(keys) < 2:
        return TwoKeys(None, 2 - len(keys))
    first, second = keys[:2]
    if (first.outcome, first.reason_digest) == (second.outcome, second.reason_digest):
        return TwoKeys(Move(first.outcome.value), 0)
    return TwoKeys(Move.DISAGREE, 0)


def attempt(signatures: int, state: State) -> int:
    """Which attempt at signing a round is in, after so many signatures of it: each disagreement spends two.

    While the proposal stands at a disagreement, or was decided, it is the attempt that led there.
    """
    spent, begun = divmod(signatures, 2)
    signs_on = begun or not spent or state in (State.DECISION, State.CONSULTATION)
    return spent + 1 if signs_on else spent


def signer_is_partial(signer_organisation: str, proposing_member: str) -> bool:
    """One Co-Manager may come from the proposing member; that is allowed, and always shown."""
    return signer_organisation == proposing_member


def consultation_closes(opened: date, days: int = CONSULTATION_DAYS) -> date:
    """The last day of the window; raises ``RsoError`` for one that is too short to be a consultation."""
    if days < SHORTEST_CONSULTATION_DAYS:
        raise RsoError("window-too-short", f"A consultation lasts at least {SHORTEST_CONSULTATION_DAYS} days.")
    return opened + timedelta(days=days)


# ---- who may


class ProjectsPermission(StrEnum):
    SEE_PROPOSALS = "projects:proposal:see"
    DRAFT = "projects:proposal:draft"
    EDIT = "projects:proposal:edit"
    WITHDRAW = "projects:proposal:withdraw"
    ASSESS = "projects:proposal:assess"
    COMMENT = "projects:proposal:comment"
    SIGN = "projects:proposal:sign"
    DRAFT_OF_OFFER = "projects:proposal:draft-of-offer"
    LOAD = "projects:project:load"


class ProjectsEvent(StrEnum):
    DRAFTED = "projects:proposal:drafted"
    UNDRAFTED = "projects:proposal:undrafted"
    EDITED = "projects:proposal:edited"
    MOVED = "projects:proposal:moved"
    ASSESSED = "projects:proposal:assessed"
    COMMENTED = "projects:proposal:commented"
    SIGNED = "projects:proposal:signed"
    ATTACHED = "projects:proposal:attached"
    DETACHED = "projects:proposal:detached"
    STARTED = "projects:project:started"
    LOADED = "projects:project:loaded"


def _of_own_member(actor: Actor, subject: Any) -> str | None:
    """A member's draft is that member's: its officials work on it, nobody else's."""
    return None if subject.member.code in actor.organisations(Role.MEMBER_OFFICIAL) else "another-members-proposal"


def _visible(actor: Actor, subject: Any) -> str | None:
    """What was submitted once stays to be seen in every later state, as it was submitted."""
    return None if subject.round > 0 else _of_own_member(actor, subject)


def enter_own() -> None:
    official = {Role.MEMBER_OFFICIAL}
    enter(ProjectsPermission.SEE_PROPOSALS,
          {Role.MEMBER_OFFICIAL, Role.CO_MANAGER, Role.STEERING_GROUP, Role.RSO_STAFF}, _visible)  # fmt: skip
    enter(ProjectsPermission.DRAFT, official)
    enter(ProjectsPermission.DRAFT_OF_OFFER, {Role.RSO_STAFF, Role.CO_MANAGER, Role.OFFICE_ADMINISTRATOR})
    enter(ProjectsPermission.EDIT, official, _of_own_member)
    enter(ProjectsPermission.WITHDRAW, official, _of_own_member)
    enter(ProjectsPermission.ASSESS, {Role.CO_MANAGER})
    enter(ProjectsPermission.COMMENT, {Role.STEERING_GROUP})
    enter(ProjectsPermission.SIGN, {Role.CO_MANAGER})
    enter(ProjectsPermission.LOAD, {Role.OFFICE_ADMINISTRATOR}, system=True)
