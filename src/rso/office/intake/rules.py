"""What an offer can be, how it moves through the queue, and how often one sender may write. Pure."""

from __future__ import annotations

from datetime import date
from enum import StrEnum

from rso.accounts.rules import Role, enter
from rso.base.errors import RsoError


class Way(StrEnum):
    """The six ways of working with the RSO; four are the brochure's options, two its current calls."""

    TAKE_PART = "take-part"
    PROPOSE = "propose"
    FUND = "fund"
    SECOND = "second"
    LIST_TRAINING = "list-training"
    PILOT = "pilot-exchange"


class State(StrEnum):
    UNCONFIRMED = "unconfirmed"
    NEW = "new"
    IN_HAND = "in-hand"
    ANSWERED = "answered"
    DECLINED = "declined"
    SET_ASIDE = "set-aside"


class Move(StrEnum):
    CONFIRM = "confirm"
    TAKE = "take"
    RELEASE = "release"
    ANSWER = "answer"
    DECLINE = "decline"
    SET_ASIDE = "set-aside"
    REOPEN = "reopen"


MOVES: dict[tuple[State, Move], State] = {
    (State.UNCONFIRMED, Move.CONFIRM): State.NEW,
    (State.NEW, Move.TAKE): State.IN_HAND,
    (State.IN_HAND, Move.TAKE): State.IN_HAND,
    (State.IN_HAND, Move.RELEASE): State.NEW,
    (State.IN_HAND, Move.ANSWER): State.ANSWERED,
    (State.IN_HAND, Move.DECLINE): State.DECLINED,
    # What asks for no answer: advertising, a test, the same thing twice. Nothing is mailed, and it can be opened again.
    (State.NEW, Move.SET_ASIDE): State.SET_ASIDE,
    (State.IN_HAND, Move.SET_ASIDE): State.SET_ASIDE,
    (State.SET_ASIDE, Move.REOPEN): State.IN_HAND,
    (State.ANSWERED, Move.REOPEN): State.IN_HAND,
    (State.DECLINED, Move.REOPEN): State.IN_HAND,
}

OPEN = (State.NEW, State.IN_HAND)
CLOSED = (State.ANSWERED, State.DECLINED, State.SET_ASIDE)
#: The step of a word among colleagues, by which nothing moves.
NOTE = "note"

#: Labelled defaults, not RSO policy: how long an answer may take, and how often one sender may write in a day.
DUE_DAYS = 10
PER_ADDRESS_A_DAY = 5
PER_PLACE_A_DAY = 30
CONFIRM_DAYS = 7


class WrongMove(RsoError):
    def __init__(self, state: State, move: Move) -> None:
        super().__init__("wrong-move", f"An enquiry that is {state} cannot {move}.")


class TooMany(RsoError):
    def __init__(self) -> None:
        super().__init__(
            "too-many-enquiries",
            "There were many enquiries from here today. What you wrote is kept on this page: send it tomorrow, "
            "or write to the RSO by mail.",
        )


def after(state: State, move: Move) -> State:
    """The state that ``move`` leads to; raises :class:`WrongMove` where it leads nowhere."""
    try:
        return MOVES[state, move]
    except KeyError:
        raise WrongMove(state, move) from None


def check_rate(from_address: int, from_place: int) -> None:
    """Raises :class:`TooMany` once the day's number from one mail address or one network place is reached."""
    if from_address >= PER_ADDRESS_A_DAY or from_place >= PER_PLACE_A_DAY:
        raise TooMany


# ---- what comes of an enquiry


class SecondmentState(StrEnum):
    """From an offer to a report: an official of a member, for some months, on a project of its own."""

    OFFERED = "offered"
    CONSIDERED = "under-consideration"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    PLACED = "placed"
    ENDED = "ended"


class SecondmentMove(StrEnum):
    CONSIDER = "consider"
    ACCEPT = "accept"
    DECLINE = "decline"
    PLACE = "place"
    END = "end"


SECONDMENT_MOVES: dict[tuple[SecondmentState, SecondmentMove], SecondmentState] = {
    (SecondmentState.OFFERED, SecondmentMove.CONSIDER): SecondmentState.CONSIDERED,
    (SecondmentState.OFFERED, SecondmentMove.DECLINE): SecondmentState.DECLINED,
    (SecondmentState.CONSIDERED, SecondmentMove.ACCEPT): SecondmentState.ACCEPTED,
    (SecondmentState.CONSIDERED, SecondmentMove.DECLINE): SecondmentState.DECLINED,
    (SecondmentState.DECLINED, SecondmentMove.CONSIDER): SecondmentState.CONSIDERED,
    (SecondmentState.ACCEPTED, SecondmentMove.PLACE): SecondmentState.PLACED,
    (SecondmentState.ACCEPTED, SecondmentMove.DECLINE): SecondmentState.DECLINED,
    (SecondmentState.PLACED, SecondmentMove.END): SecondmentState.ENDED,
}

#: Public pages speak of four to six months, and of three to six. A length outside is shown, and refused by nobody.
USUAL_MONTHS = (3, 6)


def after_secondment(state: SecondmentState, move: SecondmentMove) -> SecondmentState:
    """The state that ``move`` leads to; raises ``RsoError`` where it leads nowhere."""
    try:
        return SECONDMENT_MOVES[state, move]
    except KeyError:
        raise RsoError("wrong-secondment-move", f"A secondment that is {state} cannot {move}.") from None


def moves_from(state: SecondmentState) -> list[SecondmentMove]:
    """The moves that a secondment in ``state`` can take."""
    return [move for at, move in SECONDMENT_MOVES if at is state]


def is_usual_length(starts_on: date, ends_on: date) -> bool:
    """Does the term last about as long as public pages say? A month is 30.4 days, and ten days are nobody's matter."""
    days, (least, most) = (ends_on - starts_on).days + 1, USUAL_MONTHS
    return least * 30.4 - 10 <= days <= most * 30.4 + 10


class ListingState(StrEnum):
    """A training that somebody wants listed. One that was confirmed too long ago lapses by its day alone."""

    DRAFT = "draft"
    CONFIRMED = "confirmed"
    WITHDRAWN = "withdrawn"


class IntakePermission(StrEnum):
    SEE = "intake:enquiry:see"
    HANDLE = "intake:enquiry:handle"
    CONVERT = "intake:enquiry:convert"
    ENTER = "intake:enquiry:enter"
    OWN = "intake:enquiry:own"
    ERASE = "intake:enquiry:erase"
    SEE_SECONDMENTS = "intake:secondment:see"
    HANDLE_SECONDMENTS = "intake:secondment:handle"
    SEE_LISTINGS = "intake:listing:see"
    HANDLE_LISTINGS = "intake:listing:handle"


class IntakeEvent(StrEnum):
    RECEIVED = "intake:enquiry:received"
    MOVED = "intake:enquiry:moved"
    NOTED = "intake:enquiry:noted"
    EXPORTED = "intake:enquiry:exported"
    ERASED = "intake:enquiry:erased"
    BECAME = "intake:enquiry:became"
    UNMADE = "intake:enquiry:became-undone"
    SECONDMENT_MADE = "intake:secondment:made"
    SECONDMENT_EDITED = "intake:secondment:edited"
    SECONDMENT_MOVED = "intake:secondment:moved"
    LISTING_MADE = "intake:listing:made"
    LISTING_EDITED = "intake:listing:edited"
    LISTING_MOVED = "intake:listing:moved"


#: Who works on what comes in.
STAFF = frozenset({Role.RSO_STAFF, Role.CO_MANAGER, Role.OFFICE_ADMINISTRATOR})


def enter_own() -> None:
    staff = STAFF
    for permission in (
        IntakePermission.SEE, IntakePermission.HANDLE, IntakePermission.CONVERT, IntakePermission.SEE_SECONDMENTS,
        IntakePermission.HANDLE_SECONDMENTS, IntakePermission.SEE_LISTINGS, IntakePermission.HANDLE_LISTINGS,
    ):  # fmt: skip
        enter(permission, staff)
    enter(IntakePermission.ERASE, (), system=True)
    enter(IntakePermission.ENTER, staff, system=True)
    # The small right of an interested party: what one wrote oneself, and what became of it.
    own = {Role.INTERESTED_PARTY, Role.PARTY_ADMINISTRATOR, Role.MEMBER_OFFICIAL, Role.STEERING_GROUP}
    enter(IntakePermission.OWN, own)
