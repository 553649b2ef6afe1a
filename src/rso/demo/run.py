"""The demonstration from start to end: places up, both stories told, links printed, and then it stays."""

from __future__ import annotations

import signal
import sys
import time
import webbrowser
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from types import FrameType
from typing import Any

from rso.base.errors import RsoError
from rso.demo import exchange_story, office_story, setup
from rso.demo.telling import Teller
from rso.region.founding import found
from rso.region.places import Place, by_name, region
from rso.region.processes import Processes


@dataclass(frozen=True)
class Wishes:
    """What the command was asked for. ``prints`` is a folder of real prints to use instead of synthetic ones."""

    folder: Path
    first_port: int = 8000
    once: bool = False
    fresh: bool = False
    open_browser: bool = True
    prints: Path | None = None


def run(wishes: Wishes) -> dict[str, Any]:
    """Runs it and gives what happened as plain data; raises ``RsoError`` where something did not."""
    teller = Teller(sys.stderr if wishes.once else sys.stdout)
    # However it is told to stop, its processes are stopped first; a shell's background job ignores Ctrl-C else.
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, _interrupted)
    with setup.holding(wishes.folder):
        setup.check_room(wishes.folder)
        places = region(wishes.folder, wishes.first_port)
        with Processes(by_name(places)["relay"].url) as processes:
            links = _up(wishes, places, processes, teller)
            setup.remember(wishes.folder, places)
            told = _stories(wishes, places, links, teller)
            if not wishes.once:
                _stay(wishes, places, processes, teller)
    return told


def _interrupted(number: int, frame: FrameType | None) -> None:
    raise KeyboardInterrupt


def _up(wishes: Wishes, places: list[Place], processes: Processes, teller: Teller) -> dict[str, dict[str, str]]:
    """Prepares what is not there yet and starts everything, the office's front page first."""
    ready = setup.is_complete(wishes.folder) and not wishes.fresh
    office, others = places[0], places[1:]
    relay_url = processes.relay_url
    teller.chapter("The demonstration region: everybody and everything in it is invented")
    if not ready:
        if setup.clear(wishes.folder, places):
            teller.step("region", "what was here is removed; a new one is made")
        setup.office_first(office, relay_url)
    processes.start(office)
    processes.wait(office)
    teller.step("Regional Support Office", f"answers at {office.url}/")
    if wishes.open_browser and not wishes.once:
        webbrowser.open(f"{office.url}/")
    if not ready:
        teller.step("region", "makes keys for a relay and three nodes; two of three root keys sign the directory")
        found(wishes.folder, places, relay_url)
        setup.finish(wishes.folder)
    for place in others:
        processes.start(place)
    for place in others:
        processes.wait(place)
        teller.step(place.title, f"answers at {place.url}/")
    return setup.links(places, relay_url)


def _stories(wishes: Wishes, places: list[Place], links: dict[str, dict[str, str]], teller: Teller) -> dict[str, Any]:
    named = by_name(places)
    decided = office_story.tell(named["office"], links["office"], teller)
    exchanged = exchange_story.tell(named, links, teller, prints=wishes.prints, folder=wishes.folder)
    return {"project_decided": decided, **exchanged}


def _stay(wishes: Wishes, places: list[Place], processes: Processes, teller: Teller) -> None:
    """Prints fresh links and waits for Ctrl-C, or for the end of a process that should go on."""
    teller.chapter("Now do both again by hand: each link signs one invented person in, once")
    print_links(places, processes.relay_url, teller)
    teller.line("\nMore links at any time:  .venv/bin/rso demo links      Stop:  Ctrl-C")
    while True:
        try:
            time.sleep(1.0)
        except KeyboardInterrupt:
            teller.line("\nStopping.")
            return
        for name, process in processes.running.items():
            if process.poll() is not None:
                raise RsoError(
                    "place-ended",
                    f"{name} has ended by itself (status {process.returncode}); see {processes.logs[name]}",
                )


def print_links(places: list[Place], relay_url: str, teller: Teller) -> None:
    """Fresh one-time links of every place."""
    for line in _link_lines(places, relay_url):
        teller.line(line)


def _link_lines(places: list[Place], relay_url: str) -> Iterator[str]:
    links = setup.links(places, relay_url)
    for place in places:
        yield f"\n{place.title}  {place.url}/"
        for who, path in links[place.name].items():
            yield f"  {who:<28} {place.url}{path}"


def links_of_running(folder: Path) -> Iterator[str]:
    """The lines with fresh links of the region that runs in ``folder``; raises ``RsoError`` where none does."""
    places = setup.remembered(folder)
    return _link_lines(places, by_name(places)["relay"].url)
