"""What a demonstration's office holds: invented members, synthetic people with seats, proposals and enquiries."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from rso.accounts.rules import Role
from rso.office.intake.rules import Way

#: Invented states; no real one appears in a made-up situation.
STATES = {"XAV": "Avaria (synthetic)", "XBD": "Borduna (synthetic)", "XCS": "Cestria (synthetic)"}
#: The office is real, and so are the publications that it owns; whoever acts for it here is invented, and says so.
OFFICE = {"RSO": "Regional Support Office"}
PARTIES = {"LANTERN": "Lantern Network (synthetic)"}


@dataclass(frozen=True)
class Person:
    """A synthetic person with one seat, from and to so many days ago; without ``ends`` it has no end set."""

    key: str
    name: str
    role: Role
    organisation: str
    language: str = ""
    subject: str = ""
    begins: int = 30
    ends: int | None = None

    @property
    def email(self) -> str:
        return f"{self.key}@demonstration.invalid"


def _person(name: str, role: Role, organisation: str, language: str = "", subject: str = "") -> Person:
    return Person(f"{role}-{organisation}".lower(), f"{name} (synthetic)", role, organisation, language, subject)


PEOPLE = (
    _person("Mira Sol", Role.MEMBER_OFFICIAL, "XAV"),
    _person("Teo Varda", Role.MEMBER_OFFICIAL, "XBD"),
    _person("Lena Aru", Role.MEMBER_ADMINISTRATOR, "XAV"),
    _person("Oren Tal", Role.MEMBER_ADMINISTRATOR, "XBD"),
    _person("Yara Lund", Role.MEMBER_ADMINISTRATOR, "XCS"),
    _person("Anneli Brandt", Role.CO_MANAGER, "XAV"),
    _person("Ruben Okoro", Role.CO_MANAGER, "XBD"),
    _person("Ines Falk", Role.STEERING_GROUP, "XCS"),
    _person("Noor Lindqvist", Role.RSO_STAFF, "RSO"),
    _person("Pavo Reyes", Role.OFFICE_ADMINISTRATOR, "RSO"),
    _person("Ida Moreau", Role.EDITOR, "RSO"),
    _person("Samir Vance", Role.PUBLISHER, "RSO"),
    _person("Layla Haddad", Role.TRANSLATOR, "XAV", "ar"),
    _person("Niran Suda", Role.TRANSLATOR, "XBD", "th"),
    _person("Omar Nasser", Role.NATIONAL_REVIEWER, "XAV", "ar"),
    _person("Malee Chan", Role.NATIONAL_REVIEWER, "XBD", "th"),
    _person("Kira Holm", Role.FOCAL_POINT, "XAV", "", "general"),
    _person("Jon Arden", Role.FOCAL_POINT, "XBD", "", "general"),
    _person("Vera Lund", Role.FOCAL_POINT, "XCS", "", "general"),
    _person("Maja Brook", Role.PARTY_ADMINISTRATOR, "LANTERN"),
    _person("Tomas Reyn", Role.INTERESTED_PARTY, "LANTERN"),
)
#: Who held a seat before: found by the day. They have no seat now, and so no link.
FORMER = (Person("former-co-manager-xav", "Hedda Roos (synthetic)", Role.CO_MANAGER, "XAV", begins=1100, ends=31),)


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

#: A document of the library that members may read and the public may not.
LANDING = {
    "code": "landing-places-synthetic",
    "title": "Landing places: who meets whom (synthetic)",
    "about": "For members only. Who comes to a landing place first, whom to call next, and what is written down.",
    "file": "landing-places.pdf",
    "kind": "guide",
    "themes": ["irregular-migration"],
}

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


@dataclass(frozen=True)
class Contact:
    """A synthetic focal point; the month in which it was confirmed lies ``months`` back (None: entered by the office,
    and not confirmed)."""

    organisation: str
    subject: str
    rank: int
    name: str
    position: str
    languages: tuple[str, ...]
    time_zone: str
    months: int | None

    @property
    def ways(self) -> list[dict[str, str]]:
        """Ways that lead nowhere: addresses of a domain that cannot exist, numbers with no country."""
        address = self.name.split(" (")[0].lower().replace(" ", ".") + "@demonstration.invalid"
        return [
            {"kind": "mail", "value": address, "note": ""},
            {"kind": "telephone", "value": f"000 000 0{self.rank}0", "note": "synthetic number"},
        ]


#: Time zones are borrowed from real places, since a clock needs one; the states are invented.
CONTACTS = tuple(
    Contact(organisation, subject, rank, f"{name} (synthetic)", position, languages, zone, months)
    for organisation, subject, rank, name, position, languages, zone, months in (
        ("XAV", "general", 0, "Mira Sol", "Head of the international desk", ("en", "id"), "Asia/Jakarta", 1),
        ("XAV", "general", 1, "Dana Pell", "International desk", ("en",), "Asia/Jakarta", 1),
        ("XAV", "trafficking", 0, "Luis Arden", "Investigator", ("en", "th"), "Asia/Bangkok", 8),
        ("XAV", "trafficking", 1, "Rae Holm", "Victim liaison", ("en", "my", "th"), "Asia/Bangkok", None),
        ("XAV", "sea", 0, "Duty room of Avaria", "Coordination centre", ("en",), "Asia/Jakarta", 2),
        ("XBD", "general", 0, "Teo Varda", "Liaison officer", ("en", "fr"), "Pacific/Noumea", 3),
        ("XBD", "smuggling", 0, "Nils Okafor", "Border service", ("en",), "Pacific/Auckland", 7),
        ("XCS", "general", 0, "Ines Falk", "Counsellor", ("en", "ar"), "Asia/Dubai", 0),
        ("XCS", "training", 0, "Amal Reed", "Academy", ("ar", "en"), "Asia/Dubai", 5),
    )
)
