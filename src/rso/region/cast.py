"""The invented people of the region. No name is that of a real official; every account is marked synthetic."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Person:
    name: str
    email: str
    role: str


_NODE_ROLES = (
    "officer",
    "officer",
    "protection-officer",
    "examiner",
    "examiner",
    "approver",
    "approver",
    "auditor",
    "node-administrator",
    "node-administrator",
)
_GIVEN = {
    "XAV": ("Arel", "Mira", "Tovin", "Sela", "Dario", "Nuria", "Ilan", "Petra", "Oren", "Lida"),
    "XBD": ("Bashe", "Kelu", "Rima", "Jonas", "Ada", "Tamsin", "Vero", "Edda", "Marek", "Suli"),
    "XCS": ("Cael", "Yara", "Finn", "Ines", "Hadi", "Lotte", "Ruben", "Zoya", "Amir", "Noor"),
}
_FAMILY = {"XAV": "Avarsen", "XBD": "Bordunek", "XCS": "Cestrani"}


def people_of(code: str) -> list[Person]:
    """Everybody at a node, by its member's code, or at the relay."""
    if code not in _GIVEN:
        return [Person("Rena Relayer (synthetic)", "relay-staff@rso.example", "relay-staff")]
    people = []
    for given, role in zip(_GIVEN[code], _NODE_ROLES, strict=True):
        address = f"{given}.{_FAMILY[code]}@{code}.example".lower()
        people.append(Person(f"{given} {_FAMILY[code]} (synthetic)", address, role))
    return people
