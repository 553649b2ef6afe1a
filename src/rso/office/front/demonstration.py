"""What a demonstration's office holds: invented members, synthetic people with seats, proposals and enquiries."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from rso.accounts.rules import Role
from rso.office.intake.rules import Way

#: Invented states; no real one appears in a made-up situation.
STATES = {"XAV": "Avaria (synthetic)", "XBD": "Borduna (synthetic)", "XCS": "Cestria (synthetic)"}
OFFICE = {"RSO": "Regional Support Office (synthetic)"}


@dataclass(frozen=True)
class Person:
    """A synthetic person with one seat."""

    key: str
    name: str
    role: Role
    organisation: str

    @property
    def email(self) -> str:
        return f"{self.key}@demonstration.invalid"


PEOPLE = tuple(
    Person(f"{role}-{organisation}".lower(), f"{name} (synthetic)", role, organisation)
    for name, role, organisation in (
        ("Mira Sol", Role.MEMBER_OFFICIAL, "XAV"),
        ("Teo Varda", Role.MEMBER_OFFICIAL, "XBD"),
        ("Lena Aru", Role.MEMBER_ADMINISTRATOR, "XAV"),
        ("Anneli Brandt", Role.CO_MANAGER, "XAV"),
        ("Ruben Okoro", Role.CO_MANAGER, "XBD"),
        ("Ines Falk", Role.STEERING_GROUP, "XCS"),
        ("Noor Lindqvist", Role.RSO_STAFF, "RSO"),
        ("Pavo Reyes", Role.OFFICE_ADMINISTRATOR, "RSO"),
    )
)


def link_key(person: Person) -> str:
    """How ``demonstrate_office --links`` names a person: the role's code and the organisation's."""
    return f"{person.role} {person.organisation}"


def texts(title: str, problem: str, approach: str, today: date) -> dict[str, object]:
    """The texts of a synthetic proposal, complete enough to be submitted."""
    return {
        "title": f"{title} (synthetic)",
        "problem": problem,
        "approach": approach,
        "results": "Officials who took part do the task without help three months later, as a visit shows.",
        "risks": "Examples come from invented cases only, so that nobody can be recognised.",
        "objectives": ["capacity-building"],
        "principles": ["life-and-dignity"],
        "starts_on": today + timedelta(days=60),
        "ends_on": today + timedelta(days=425),
    }


SEA = (
    "Joint exercise on landing places",
    "Officials of different agencies meet a boat's arrival for the first time together, and lose hours.",
    "One table-top exercise a year in each taking member, with a common checklist and a visit afterwards.",
)
GUIDES = (
    "Pocket guides for small border posts",
    "Small posts have the guides in a language that few of the officials read.",
    "Translate four guides with officials of the posts, print them and ask after six months what is used.",
)
DIRECTORS = (
    "A shared course for new shift leaders",
    "Each academy writes its course alone, and shift leaders learn different things about the same task.",
    "Three academies write one course together, teach it twice, and publish it for the other members.",
)

#: A way, who writes, what, and the way's own answers.
ENQUIRIES: tuple[tuple[Way, str, str, dict[str, str]], ...] = (
    (
        Way.LIST_TRAINING,
        "Institute of Border Studies (synthetic)",
        "We give a two-day course on talking with people in distress and would like to list it.",
        {"title": "Talking with people in distress", "audience": "Frontline officials", "languages": "English",
         "mode": "in-person"},
    ),
    (
        Way.FUND,
        "Harbour Foundation (synthetic)",
        "We would like to pay for the translation of two guides.",
        {"purpose": "Translation of two guides", "amount": "AUD 20,000"},
    ),
    (
        Way.PILOT,
        "Border Service of Cestria (synthetic)",
        "We would like to find out how long an answer takes between two nodes.",
        {"agency": "XCS/GOV/POLICE", "legal_basis": "", "impact_assessment": "planned"},
    ),
)  # fmt: skip
