"""The demonstration from start to end: places up, both stories told, links printed, and then it stays."""

from __future__ import annotations

import os
import signal
import sys
import time
import webbrowser
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import FrameType
from typing import Any

import httpx

from rso.base.errors import RsoError
from rso.demo import exchange_story, office_story, prints, setup
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
    # Before anything is started: a folder that will not do is said at once, and leaves no region behind.
    real = prints.real(wishes.prints) if wishes.prints else None
    with setup.holding(wishes.folder):
        setup.check_room(wishes.folder)
        places = region(wishes.folder, wishes.first_port)
        with Processes(by_name(places)["relay"].url) as processes, _deaf_while_stopping():
            try:
                links = _up(wishes, places, processes, teller)
                setup.remember(wishes.folder, places)
                processes.watch()
                told = _stories(wishes, places, links, teller, processes, real)
            except RsoError as error:
                raise _or_begin_anew(error, wishes) from error
            except KeyboardInterrupt:
                teller.line("\nStopping before the end; the next start goes on, or begins anew where it must.")
                raise SystemExit(130) from None
            if not wishes.once:
                _stay(wishes, places, processes, teller)
    return told


def _or_begin_anew(error: RsoError, wishes: Wishes) -> RsoError:
    """A region that was whole once and does not come up any more may have lost files: the way on is said."""
    if error.code not in {"preparation-failed", "place-did-not-start"} or not setup.is_complete(wishes.folder):
        return error
    way = f"\nIf the region in {wishes.folder} was damaged, begin anew with --fresh."
    return RsoError(error.code, error.message + way)


def _interrupted(number: int, frame: FrameType | None) -> None:
    raise KeyboardInterrupt


@contextmanager
def _deaf_while_stopping() -> Iterator[None]:
    """Somebody who presses Ctrl-C again while processes end must not leave one behind."""
    try:
        yield
    finally:
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, signal.SIG_IGN)


def _up(wishes: Wishes, places: list[Place], processes: Processes, teller: Teller) -> dict[str, dict[str, str]]:
    """Prepares what is not there yet and starts everything, the office's front page first."""
    ready = setup.is_complete(wishes.folder) and not wishes.fresh
    office, others = places[0], places[1:]
    relay_url = processes.relay_url
    teller.chapter("The demonstration region: everybody and everything in it is invented")
    if not ready:
        if setup.clear(wishes.folder, places):
            teller.step("The region", "begins anew: what was here is removed")
        setup.office_first(office, relay_url)
    processes.start(office)
    processes.wait(office)
    teller.step(_called(office), f"answers at {office.url}/")
    if wishes.open_browser and not wishes.once and _has_screen():
        webbrowser.open(f"{office.url}/")
    if not ready:
        teller.step("The region", "makes keys for a relay and three nodes; two of three root keys sign the directory")
        found(wishes.folder, places, relay_url)
        setup.finish(wishes.folder)
    for place in others:
        processes.start(place)
    for place in others:
        processes.wait(place)
        teller.step(_called(place), f"answers at {place.url}/")
    return setup.links(places, relay_url)


def _called(place: Place) -> str:
    return f"The {place.title}"


def _has_screen() -> bool:
    """Without one, Linux would put a text browser onto the terminal that the story is told on."""
    return not sys.platform.startswith("linux") or any(map(os.environ.get, ("DISPLAY", "WAYLAND_DISPLAY")))


def _stories(
    wishes: Wishes,
    places: list[Place],
    links: dict[str, dict[str, str]],
    teller: Teller,
    processes: Processes,
    real: prints.Cast | None,
) -> dict[str, Any]:
    """Tells both; where something does not come, the error says what the processes complained of."""
    named = by_name(places)
    try:
        decided = office_story.tell(named["office"], links["office"], teller)
        exchanged = exchange_story.tell(named, links, teller, real=real, folder=wishes.folder)
    except httpx.TransportError as error:
        raise RsoError("no-answer", f"A place does not answer ({error}).{processes.troubles()}") from error
    except RsoError as error:
        if error.code == "place-ended":
            raise
        raise RsoError(error.code, error.message + processes.troubles()) from error
    return {"project_decided": decided, **exchanged}


def _stay(wishes: Wishes, places: list[Place], processes: Processes, teller: Teller) -> None:
    """Prints fresh links and waits for Ctrl-C; the end of a process that should go on raises ``RsoError``."""
    try:
        teller.chapter("Now do both by hand. Each link signs one invented person in, once")
        print_links(places, processes.relay_url, teller)
        teller.line("\nWhat to do with them:  docs/tutorial/first-hour.md")
        teller.line(f"More links:  {_command(wishes.folder)} links")
        teller.line("Stop:  Ctrl-C")
        while True:
            time.sleep(60.0)
    except KeyboardInterrupt:
        teller.line("\nStopping. The region stays as it is; ./run goes on with it.")


def _command(folder: Path) -> str:
    usual = Path("var/demonstration").resolve()
    return ".venv/bin/rso demo" + ("" if folder == usual else f" --folder {folder}")


def print_links(places: list[Place], relay_url: str, teller: Teller) -> None:
    """Fresh one-time links of every place."""
    links = setup.links(places, relay_url)
    for place in places:
        teller.heading(place.title, f"{place.url}/")
        for who, path in links[place.name].items():
            teller.link(who, f"{place.url}{path}")


def links_of_running(folder: Path) -> None:
    """Prints fresh links of the region that runs in ``folder``; raises ``RsoError`` where none does."""
    places = setup.remembered(folder)
    print_links(places, by_name(places)["relay"].url, Teller(sys.stdout))
