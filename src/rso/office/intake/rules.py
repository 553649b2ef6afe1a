"""What an offer can be, how it moves through the queue, and how often one sender may write. Pure."""

from __future__ import annotations

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


class IntakePermission(StrEnum):
    SEE = "intake:enquiry:see"
    HANDLE = "intake:enquiry:handle"
    ENTER = "intake:enquiry:enter"
    OWN = "intake:enquiry:own"


class IntakeEvent(StrEnum):
    RECEIVED = "intake:enquiry:received"
    MOVED = "intake:enquiry:moved"


def enter_own() -> None:
    staff = {Role.RSO_STAFF, Role.CO_MANAGER, Role.OFFICE_ADMINISTRATOR}
    enter(IntakePermission.SEE, staff)
    enter(IntakePermission.HANDLE, staff)
    enter(IntakePermission.ENTER, staff, system=True)
    # The small right of an interested party: what one wrote oneself, and what became of it.
    enter(IntakePermission.OWN, {Role.INTERESTED_PARTY, Role.MEMBER_OFFICIAL, Role.STEERING_GROUP})
