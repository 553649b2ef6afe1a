"""The demonstration region, running once for all journeys that need it: the office, the relay and three nodes.

It is founded, started and filled with the demonstration's own functions, so a journey begins where a newcomer's
does: arrangements are in force, galleries hold people, and everybody has a one-time link.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

from rso.demo import acts, prints, setup
from rso.demo.acts import UNPROTECTED, Staff
from rso.region.founding import found, run_step
from rso.region.places import STATES, Place, by_name, region
from rso.region.processes import Processes

#: Two test processes look for free ports at the same time: each begins elsewhere.
FIRST_PORT = 8300 + 100 * int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw"))
PERSON = {
    "family_name": "Synthetica",
    "given_names": "Ilse",
    "birth_date": "1991-04-17",
    "sex": "F",
    "nationality": "XBD",
    "document_number": "SYN0000017",
}
OF_BORDUNA = UNPROTECTED | {"nationality_countries": "XBD", "residence_countries": "XBD"}
FLED_FROM_AVARIA = UNPROTECTED | {
    "asylum_seeker": "yes",
    "nationality_countries": "XBD",
    "residence_countries": "XAV",
    "feared_countries": "XAV",
}


class Links(dict[str, str]):
    """One-time links of a place by who they are for. Each is given once; after that new ones are made."""

    def __init__(self, place: Place, relay_url: str) -> None:
        super().__init__()
        self.place, self.relay_url = place, relay_url

    def __getitem__(self, who: str) -> str:
        if who not in self:
            self.update(json.loads(run_step("links", [self.place], self.relay_url)[self.place.name]))
        return self.pop(who)


@dataclass
class Region:
    """The running region: its places by name, its prints, and people who act through the nodes' interfaces."""

    folder: Path
    places: dict[str, Place]
    links: dict[str, Links]
    cast: prints.Cast
    staff: dict[str, Staff] = field(default_factory=dict)

    @property
    def anchor(self) -> Path:
        """The root keys that the region trusts."""
        return self.folder / "trust" / "anchor.cbor"

    def link(self, place: str, who: str) -> str:
        """The whole address of a fresh one-time link."""
        return self.places[place].url + self.links[place][who]


@contextmanager
def running_region(folder: Path) -> Iterator[Region]:
    """Founds and starts a region in ``folder``; ends all of its processes whatever happens."""
    pseudo = (("RSO_PSEUDO_LOCALES", "yes"),)
    places = [replace(place, settings=pseudo) for place in region(folder, FIRST_PORT)]
    named = by_name(places)
    relay_url = named["relay"].url
    with Processes(relay_url) as processes, ExitStack() as stack:
        setup.office_first(named["office"], relay_url)
        found(folder, places, relay_url)
        for place in places:
            processes.start(place)
        for place in places:
            processes.wait(place)
        links = {place.name: Links(place, relay_url) for place in places}
        running = Region(folder, named, links, prints.synthetic())
        for state in STATES:
            name = state.name.lower()
            running.staff[name] = Staff(named[name], state.code, links[name], stack)
        _fill(running)
        yield running


def _fill(running: Region) -> None:
    """Arrangements of Avaria with both others, the same person in both galleries (barred in one), and others.

    Only the one with Cestria lets a protection officer agree to questions about people of unknown origin.
    """
    avaria, borduna, cestria = running.staff["avaria"], running.staff["borduna"], running.staff["cestria"]
    for holder, name, is_open in ((borduna, "Borduna", False), (cestria, "Cestria", True)):
        terms = acts.terms() | {"unknown_origin": is_open, "peer_unknown_origin": is_open}
        acts.arrange(avaria, holder, f"Avaria and {name}: fingerprints (synthetic)", terms)
    cast = running.cast
    acts.enrol(borduna, "BOR-1", cast.enrolled, PERSON, OF_BORDUNA)
    acts.enrol(borduna, "BOR-2", cast.others[0], {"family_name": "Otherman"}, OF_BORDUNA)
    acts.enrol(cestria, "CES-1", cast.enrolled, PERSON, FLED_FROM_AVARIA)
    acts.enrol(cestria, "CES-2", cast.others[1], {"family_name": "Elsewhere"}, OF_BORDUNA)
