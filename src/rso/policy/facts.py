"""What is decided about: one step of one exchange, as facts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from rso.policy.codes import Kind, Role, Side
from rso.policy.protection import PolicyError
from rso.wire.identifiers import AgencyId
from rso.wire.questions import Outcome


@dataclass(frozen=True, slots=True)
class Agreement:
    """A person has agreed to this step. ``person`` is an opaque seat, not a name.

    ``reasoned`` says that a reason was written down; without one, nobody agrees for protection or examines.
    """

    role: Role
    person: str
    reasoned: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """One step. Raises ``PolicyError`` (``bad-facts``) where the parts do not fit together.

    ``asker`` and ``holder`` stay the same through a whole exchange, whoever is acting now. There is nothing here
    that could lift a bar: a role is only ever one of the agreements that a rule may ask for.
    """

    side: Side
    kind: Kind
    asker: AgencyId
    holder: AgencyId
    at: datetime
    purpose: str
    service: str
    """The last part of the service's identifier, such as ``fingerprint-search``."""
    modality: str | None = None
    """Only of a probe."""
    outcome: Outcome | None = None
    """The answer that is about to go; only when answering a probe. None: it has just arrived."""
    fields: tuple[str, ...] = ()
    """What is asked for, or about to be disclosed."""
    hit_confirmed: bool = False
    """Whether the probe behind this request for disclosure was answered with a hit."""
    image_quality: int | None = None
    """0 to 100, where the asker's own image has been measured."""
    asked_today: int = 0
    """Questions that the asker has already put to this holder within 24 hours, this one not counted."""
    third_party: AgencyId | None = None
    """To whom it would be passed on; only for ONWARD and CONSENTING."""
    originator_consents: bool = False
    """Whether the holder's consent to this third party has arrived; only for ONWARD."""
    concerns_person: bool = True
    """A written request may be about nobody. Of a probe or a disclosure it is never believed."""
    requester: str = ""
    """The seat of the person on the acting side who wants this step; empty where the other side
    does. Whoever asks or passes on is always a person."""
    agreements: tuple[Agreement, ...] = ()

    def __post_init__(self) -> None:
        if self.at.tzinfo is None:
            raise PolicyError("bad-facts", "the instant of a decision needs a zone")
        if not self.requester and self.side in {Side.ASKING, Side.ONWARD}:
            raise PolicyError("bad-facts", "a person asks and passes on: their seat is missing")
        passing_on = self.side in {Side.ONWARD, Side.CONSENTING}
        if passing_on != (self.third_party is not None):
            raise PolicyError("bad-facts", "a third party belongs to passing on, and only there")
        answered = self.side is Side.ANSWERING and self.kind is Kind.PROBE
        if self.outcome is not None and not answered:
            raise PolicyError("bad-facts", "an outcome belongs to answering a probe")
        if self.side is Side.DISCLOSING and self.kind is Kind.PROBE:
            raise PolicyError("bad-facts", "a probe is answered; to disclose needs a request for it")
        if (self.kind is Kind.PROBE) != (self.modality is not None):
            raise PolicyError("bad-facts", "a modality belongs to a probe, and only to a probe")

    @property
    def acting(self) -> AgencyId:
        """The agency that is about to act."""
        return self.asker if self.side in {Side.ASKING, Side.ONWARD} else self.holder

    @property
    def recipient(self) -> AgencyId:
        """The agency that would learn something."""
        if self.third_party is not None:
            return self.third_party
        return self.holder if self.side is Side.ASKING else self.asker

    @property
    def arriving(self) -> bool:
        """Whether a question has just arrived, and nothing is about to leave."""
        return self.side is Side.ANSWERING and self.outcome is None

    @property
    def about_person(self) -> bool:
        """Whether this step could tell the recipient something about a person."""
        if self.side is Side.ANSWERING:
            return self.outcome is Outcome.HIT
        return self.concerns_person or self.kind is not Kind.WRITTEN_REQUEST
