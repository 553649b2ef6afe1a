"""``rso bench exchange``: a probe and its automatic "no hit", through three real processes and a relay over HTTPS."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from itertools import pairwise
from pathlib import Path
from types import TracebackType
from typing import Any

from rso.base.errors import RsoError
from rso.bench import floors, machine
from rso.bench.figures import Counted, Meters, percentile
from rso.bench.machine import Spent, spent_by
from rso.bench.tls import make_certificate
from rso.region.founding import found
from rso.region.places import STATES, Place, free_ports, region
from rso.region.processes import Processes

Say = Callable[[str], None]
ASKER, HOLDER = STATES[0], STATES[1]
EXCHANGE = ("probe", "answer")
_PRINTS = 8
_SECONDS_EACH = 3.0
"""How long an exchange may take before the run is given up: extraction alone takes half a second."""
_GRACE_S = 120.0


@dataclass(frozen=True)
class Wishes:
    """``exchanges`` are asked at once and counted; ``alone`` are asked one after another, for the wall times.

    In the counted run, images are decoded, extracted and searched only where ``each_searched``; otherwise what was
    made of the same few prints in the first questions is handed out again. The questions one after another are
    always searched.
    """

    exchanges: int = 200
    gallery: int = 500
    alone: int = 10
    exchange_seconds: int = 10
    each_searched: bool = False
    profile: Path | None = None

    @property
    def warm(self) -> int:
        """How many questions go before those that are counted: one with each print."""
        return min(_PRINTS, max(self.exchanges, 1))

    def profiled(self, name: str) -> str:
        """The file of the profile called ``name``, or empty where none is wished."""
        return "" if self.profile is None else str(self.profile / f"{name}.prof")


@dataclass
class Member:
    """A node's process, obeying over its standard streams; in a process group of its own."""

    place: Place
    relay_url: str
    process: subprocess.Popen[str] = field(init=False)

    def __enter__(self) -> Member:
        with (self.place.folder / "node.log").open("w") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "rso.bench.member"],
                env=self.place.environment(self.relay_url),
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=log,
                text=True,
                start_new_session=True,
            )
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None) -> None:
        with suppress(OSError):
            self.process.communicate(timeout=15)
        self._kill()

    def _kill(self) -> None:
        with suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()

    def do(self, order: str, **parts: object) -> dict[str, Any]:
        """Gives an order and waits for its answer; raises ``RsoError`` with the end of the log where there is none."""
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        with suppress(BrokenPipeError):
            self.process.stdin.write(json.dumps({"do": order, "with": parts}) + "\n")
            self.process.stdin.flush()
        line = self.process.stdout.readline()
        if not line:
            end = (self.place.folder / "node.log").read_text(errors="replace").splitlines()[-12:]
            raise RsoError("member-failed", f"{self.place.title} failed at {order}:\n" + "\n".join(end))
        answer: dict[str, Any] = json.loads(line)
        return answer

    def spent(self) -> Spent:
        return spent_by(self.process.pid)


@dataclass(frozen=True)
class _Stage:
    """The three processes with everything agreed, ready to be measured."""

    folder: Path
    relay: Place
    processes: Processes
    asker: Member
    holder: Member
    reading_s: float
    """CPU of the limited process for each image that it decoded."""

    def spent(self) -> dict[str, Spent]:
        relay = spent_by(self.processes.running["relay"].pid)
        return {"asker": self.asker.spent(), "holder": self.holder.spent(), "relay": relay}


def measure(wishes: Wishes, say: Say) -> dict[str, Any]:
    """Sets a small region up in a folder that is removed afterwards, measures, and gives the figures as plain data."""
    with tempfile.TemporaryDirectory(prefix="rso-bench-") as name, _stage(Path(name), wishes, say) as stage:
        say(f"{wishes.exchanges} questions are drafted, then sent at once")
        counted, apart = _together(stage, wishes)
        say(f"{wishes.alone} questions one after another")
        walls = _alone(stage, wishes)
        sizes = _sizes(stage)
        say("floors: plain AES-GCM, bare HTTPS")
        [port] = free_ports(1, stage.relay.port + 10)
        assert stage.relay.tls is not None
        bodies = [round(sizes[kind]) for kind in EXCHANGE]
        floor = {
            "aes_gcm_ms": round(floors.aes_gcm_ms(bodies), 4),
            "https_ms": round(floors.https_ms(bodies, stage.relay.tls, port, stage.folder), 3),
        }
    return {
        "cpu_ms_per_exchange": counted.cpu_ms(),
        "p50_ms": round(1000 * percentile(walls, 0.5), 1),
        "p95_ms": round(1000 * percentile(walls, 0.95), 1),
        "steps": counted.steps(),
        "apart": apart,
        "floor": floor,
        "bytes_on_wire": 2 * sum(bodies),
        "gallery": wishes.gallery,
        "exchanges": wishes.exchanges,
        "alone": len(walls),
        "exchange_seconds": wishes.exchange_seconds,
        "each_searched": wishes.each_searched,
        "body_bytes": {kind: round(size) for kind, size in sizes.items()},
        "machine": machine.describe(),
    }


# ---------------------------------------------------------------- the stage


@contextmanager
def _stage(folder: Path, wishes: Wishes, say: Say) -> Iterator[_Stage]:
    say("keys, directory, people")
    relay, places = _places(folder, wishes)
    found(folder, [relay, *places], relay.url)
    with Processes(relay.url) as processes:
        processes.start(relay)
        processes.wait(relay)
        with Member(places[0], relay.url) as asker, Member(places[1], relay.url) as holder:
            say("an arrangement, signed by two persons on each side")
            _agree(asker, holder)
            say(f"a gallery of {wishes.gallery}, {wishes.warm} synthetic prints, a first question with each")
            read = _fill(asker, holder, wishes)
            yield _Stage(folder, relay, processes, asker, holder, read)


def _places(folder: Path, wishes: Wishes) -> tuple[Place, list[Place]]:
    """The relay with HTTPS and the two nodes; no pages are served, so theirs are ports that nobody opens."""
    tls = make_certificate(folder / "tls")
    by_agency = {place.agency: place for place in region(folder, 8500)}
    [relay] = [replace(place, tls=tls) for place in by_agency.values() if place.deployment == "relay"]
    own = (
        ("RSO_RELAY_CA", str(tls.chain)),
        ("RSO_EXCHANGE_SECONDS", str(wishes.exchange_seconds)),
        ("RSO_DESTRUCTION_SECONDS", "3600"),  # measured apart, by an order
    )
    return relay, [replace(by_agency[state.agency], settings=own) for state in (ASKER, HOLDER)]


def _agree(asker: Member, holder: Member) -> None:
    holder.do("contact")  # its weekly key must be at the relay before anything can be sealed to it
    asker.do("contact")
    asker.do("propose", peer=HOLDER.agency)
    holder.do("sign")
    for member in (asker, holder, asker, holder):
        ready = member.do("in_force")
    if not ready["in_force"]:
        raise RsoError("not-in-force", "The arrangement did not come into force: see the logs of the two nodes.")


def _fill(asker: Member, holder: Member, wishes: Wishes) -> float:
    """Makes everything ready, and asks once with each print; returns the reader's seconds of CPU an image."""
    holder.do("enrol", count=wishes.gallery)
    holder.do("install_meters")
    asker.do("prints", count=wishes.warm)
    for name, member in (("asker", asker), ("holder", holder)):
        member.do("work", profile=wishes.profiled(name))
    asker.do("draft", count=wishes.warm)
    before = holder.spent()
    asker.do("ask", peer=HOLDER.agency)
    _wait(asker, wishes.warm, wishes.warm)
    return holder.spent().since(before).children / wishes.warm


# ---------------------------------------------------------------- the two runs


def _wait(asker: Member, settled: int, fresh: int, *, alone: bool = False, receipts: bool = False) -> None:
    within = _GRACE_S + _SECONDS_EACH * fresh
    look = 0.1 if alone else 1.0
    done = asker.do("answered", count=settled, within_s=within, look_every_s=look, receipts=receipts)
    if done["settled"] < settled:
        raise RsoError("not-answered", f"Only {done['settled']} of {settled} questions were answered in time.")


def _together(stage: _Stage, wishes: Wishes) -> tuple[Counted, dict[str, float]]:
    """All questions at once: what they cost; and what drafting and destroying cost, before and after."""
    stage.holder.do("remember", yes=not wishes.each_searched)
    moments = [stage.spent()]
    stage.asker.do("draft", count=wishes.exchanges)
    before = _metered(stage)
    moments.append(stage.spent())
    asked = stage.asker.do("ask", peer=HOLDER.agency, profile=wishes.profiled("officer"))
    _wait(stage.asker, wishes.warm + wishes.exchanges, wishes.exchanges)
    moments.append(stage.spent())
    meters = _metered(stage)
    during = meters.since(before)
    if during.calls["extract"] != (wishes.exchanges if wishes.each_searched else 0):
        raise RsoError("miscounted", f"{during.calls['extract']} extractions in {wishes.exchanges} questions.")
    outcomes = {outcome for outcome, _asked, _answered in stage.asker.do("asked_times")["times"].values()}
    if outcomes != {"no-hit"}:
        raise RsoError("not-no-hit", f"The answers were {sorted(outcomes)}: this measures automatic no hits only.")
    stage.holder.do("destroy")
    _wait(stage.asker, wishes.warm + wishes.exchanges, wishes.exchanges, receipts=True)
    moments.append(stage.spent())
    waits = _tick_waits(stage)
    drafting, exchanging, destroying = (
        {name: after[name].since(before[name]) for name in before} for before, after in pairwise(moments)
    )
    counted = Counted(
        wishes.exchanges, exchanging, during.total, meters, stage.reading_s, list(waits.values()), asked["cpu_s"]
    )
    stage.holder.do("remember", yes=False)
    apart = {
        "draft_cpu_ms": counted.per_exchange(drafting["asker"].total),
        "destruction_cpu_ms": counted.per_exchange(sum(spent.total for spent in destroying.values())),
    }
    return counted, apart


def _metered(stage: _Stage) -> Meters:
    told = stage.holder.do("metered")
    return Meters(told["seconds"], told["calls"])


def _tick_waits(stage: _Stage) -> dict[str, float]:
    """Seconds that each answer waited for its tick, by reference."""
    times: Mapping[str, tuple[float, float]] = stage.holder.do("answer_times")["times"]
    return {reference: leaves - ready for reference, (ready, leaves) in times.items()}


def _alone(stage: _Stage, wishes: Wishes) -> list[float]:
    """One question after another: seconds from putting it to having its answer, without the wait for the tick."""
    known = set(stage.asker.do("asked_times")["times"])
    for number in range(1, wishes.alone + 1):
        stage.asker.do("draft", count=1)
        stage.asker.do("ask", peer=HOLDER.agency)
        _wait(stage.asker, len(known) + number, 1, alone=True)
    waits = _tick_waits(stage)
    times = stage.asker.do("asked_times")["times"]
    return [
        answered - put - waits[reference]
        for reference, (_outcome, put, answered) in times.items()
        if reference not in known
    ]


def _sizes(stage: _Stage) -> dict[str, float]:
    """Bytes of the padded bodies of one exchange, by kind of message."""
    sizes: dict[str, float] = {}
    for member in (stage.asker, stage.holder):
        sizes |= member.do("sizes")["buckets"]
    return sizes
