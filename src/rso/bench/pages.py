"""``rso bench pages``: bytes of the first page, time and statements of every page, requests a second.

A real office is served from a folder of its own, filled with as many records of each kind as wished. Pages are found by
walking its routes; who may open one is tried out.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from http.client import HTTPConnection, HTTPResponse, RemoteDisconnected
from pathlib import Path
from typing import Any, Final

from rso.base.errors import RsoError
from rso.bench import browsing, machine
from rso.bench.counted import HEADER
from rso.bench.figures import percentile
from rso.region.places import Place, free_ports
from rso.region.visitor import Visitor

Say = Callable[[str], None]
AIMS: Final = {"first_page_bytes": 100_000, "queries": 12, "p95_ms": 100}
ANONYMOUS: Final = "anonymous"
#: Pages that need a question to show anything.
ASKED: Final = ("/search/?q=workshop", "/search/?q=trafficking+victims", "/search/?q=traficking", "/projects/?q=coast")
_FIRST_PORT: Final = 8700
_START_S: Final = 60.0
_WARM: Final = 3
_FILL_S: Final = 3600.0
_PAGINATED: Final = re.compile(rb'<nav class="pages"')
_LAST: Final = re.compile(rb'href="\?page=(\d+)')


@dataclass(frozen=True)
class Wishes:
    """``records`` of each kind; each page is asked for ``requests`` times, one after another; each number of visitors
    at once for ``seconds``."""

    records: int = 10_000
    requests: int = 40
    seconds: float = 4.0
    database: str = ""
    at_once: tuple[int, ...] = (1, 4, 16)


@dataclass(frozen=True)
class Answer:
    status: int
    html: bool
    body: bytes
    statements: int
    ms: float


class Reader:
    """A kept connection of somebody, signed in or not. Not for two threads at once."""

    def __init__(self, port: int, cookies: str = "") -> None:
        self._connection = HTTPConnection("localhost", port, timeout=60)
        self._headers = {"Cookie": cookies} if cookies else {}

    def get(self, path: str) -> Answer:
        begun = time.perf_counter()
        try:
            answer = self._asked(path)
        except (RemoteDisconnected, ConnectionError):  # the server closes what was idle for a while
            self._connection.close()
            begun = time.perf_counter()
            answer = self._asked(path)
        body = answer.read()
        taken = 1000 * (time.perf_counter() - begun)
        html = (answer.getheader("Content-Type") or "").startswith("text/html")
        return Answer(answer.status, html, body, int(answer.getheader(HEADER) or 0), taken)

    def _asked(self, path: str) -> HTTPResponse:
        self._connection.request("GET", path, headers=self._headers)
        return self._connection.getresponse()

    def close(self) -> None:
        self._connection.close()


def measure(wishes: Wishes, say: Say) -> dict[str, Any]:
    """All figures, as plain data. The folder is removed afterwards; a ``database`` is left as it is."""
    browsing.chromium()  # before minutes of filling
    with tempfile.TemporaryDirectory(prefix="rso-bench-") as folder:
        (port,) = free_ports(1, _FIRST_PORT)
        settings = [("RSO_WORKER_IN_SERVER", "no"), ("RSO_PSEUDO_LOCALES", "no"), ("RSO_LOG_LEVEL", "ERROR")]
        if wishes.database:
            settings.append(("RSO_DATABASE_URL", wishes.database))
        place = replace(Place("office", "office", "Bench", Path(folder), port), settings=tuple(settings))
        say(f"making {wishes.records} records of each kind")
        filled = _fill(place, wishes.records, say)
        with _serving(place):
            return _measure(place, filled, wishes, say)


def _fill(place: Place, records: int, say: Say) -> dict[str, Any]:
    command = [sys.executable, "-m", "rso.bench.filling", str(records)]
    begun = time.monotonic()
    done = subprocess.run(
        command, env=place.environment(""), capture_output=True, text=True, check=False, timeout=_FILL_S
    )
    if done.returncode:
        raise RsoError("bench-failed", f"The office could not be filled: {done.stderr.strip().splitlines()[-1:]}")
    say(f"filled in {time.monotonic() - begun:.0f} s")
    told: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return told


@contextmanager
def _serving(place: Place) -> Iterator[None]:
    command = [sys.executable, "-m", "rso.bench.counted", str(place.port)]
    with (place.folder / "server.log").open("wb") as log:
        process = subprocess.Popen(
            command, env=place.environment(""), stdout=log, stderr=subprocess.STDOUT, start_new_session=True
        )
    try:
        _wait(place, process)
        yield
    finally:
        os.killpg(process.pid, 15)
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, 9)
            process.wait()


def _wait(place: Place, process: subprocess.Popen[bytes]) -> None:
    until = time.monotonic() + _START_S
    while time.monotonic() < until and process.poll() is None:
        reader = Reader(place.port)
        try:
            if reader.get("/").status == 200:
                return
        except OSError:
            time.sleep(0.1)
        finally:
            reader.close()
    log = (place.folder / "server.log").read_text(errors="replace")
    raise RsoError("bench-failed", f"The office did not start: {log[-800:]}")


def _measure(place: Place, filled: dict[str, Any], wishes: Wishes, say: Say) -> dict[str, Any]:
    first = browsing.fetch(place.url + "/")
    cookies = {ANONYMOUS: ""} | {role: _signed_in(place, link) for role, link in filled["links"].items()}
    readers = {name: Reader(place.port, cookie) for name, cookie in cookies.items()}
    pages: dict[str, dict[str, Any]] = {}
    for path in [*filled["paths"], *ASKED]:
        for address, name in _opened(path, readers):
            pages[address] = _page(readers[name], address, wishes.requests) | {"as": name}
            if name == ANONYMOUS:
                pages[address]["as_staff"] = _page(readers["rso-staff"], address, wishes.requests)
            say(f"measured {address}")
    for reader in readers.values():
        reader.close()
    lists = {path: found for path, found in pages.items() if found["list"]}
    rates = {path: _rates(place.port, path, wishes) for path in ("/", ASKED[0], "/projects/")}
    return {
        "first_page_bytes": first.bytes,
        "first_page_requests": len(first.urls),
        "other_hosts": first.others(f"localhost:{place.port}"),
        "pages": pages,
        "lists": sorted(lists),
        "missed": _missed(first.bytes, lists),
        "requests_per_second": rates,
        "records": wishes.records,
        "requests": wishes.requests,
        "database": filled["database"],
        "machine": machine.describe(),
    }


def _signed_in(place: Place, link: str) -> str:
    with Visitor(place.url, "Bench") as visitor:
        visitor.sign_in(link)
        return visitor.cookies


def _opened(path: str, readers: dict[str, Reader]) -> Iterator[tuple[str, str]]:
    """The page and, of a list, one from its middle, with the first to whom it is open; nothing if it is no page."""
    for name, reader in readers.items():
        answer = reader.get(path)
        if answer.status == 200 and answer.html:
            yield path, name
            numbers = [int(number) for number in _LAST.findall(answer.body)]
            if numbers and "?" not in path:
                yield f"{path}?page={max(numbers) // 2 + 1}", name
            return


def _page(reader: Reader, path: str, requests: int) -> dict[str, Any]:
    for _number in range(_WARM):
        answer = reader.get(path)
    answers = [reader.get(path) for _number in range(requests)]
    taken = [one.ms for one in answers]
    if any(one.status != answer.status for one in answers):
        raise RsoError("bench-failed", f"{path} does not answer each time as it did the first time.")
    return {
        "p50_ms": round(percentile(taken, 0.5), 2),
        "p95_ms": round(percentile(taken, 0.95), 2),
        "queries": max(one.statements for one in answers),
        "bytes": len(answer.body),
        "list": bool(_PAGINATED.search(answer.body)),
    }


def _missed(first_page: int, lists: dict[str, dict[str, Any]]) -> list[str]:
    """What is not as it should be, in words."""
    found = [f"the first page has {first_page} bytes"] if first_page >= AIMS["first_page_bytes"] else []
    for path, figures in lists.items():
        for one in (figures, figures.get("as_staff", figures)):
            found += [
                f"{path}: {name} {one[name]}" for name in ("queries", "p95_ms") if one[name] > AIMS[name]
            ]  # fmt: skip
    return list(dict.fromkeys(found))


def _rates(port: int, path: str, wishes: Wishes) -> dict[str, float]:
    """Answers a second by how many ask at once, anonymously. Those who ask share the machine with the office."""
    return {str(count): _rate(port, path, count, wishes.seconds) for count in wishes.at_once}


def _rate(port: int, path: str, count: int, seconds: float) -> float:
    done = [0] * count
    until = time.monotonic() + seconds

    def ask(at: int) -> None:
        reader = Reader(port)
        while time.monotonic() < until:
            if reader.get(path).status != 200:
                break
            done[at] += 1
        reader.close()

    threads = [threading.Thread(target=ask, args=(at,)) for at in range(count)]
    begun = time.monotonic()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return round(sum(done) / (time.monotonic() - begun), 1)


def _line(path: str, found: dict[str, Any]) -> str:
    shown = f"{path:44s} {found['as']:22s} {found['p50_ms']:7.1f} {found['p95_ms']:7.1f} ms {found['queries']:3d}"
    return shown + (f"  list, {found['bytes']} bytes" if found["list"] else "")


def lines(told: dict[str, Any]) -> list[str]:
    """The figures for people to read."""
    shown = [
        f"{told['first_page_bytes']} bytes of the first page in {told['first_page_requests']} requests, "
        f"{told['other_hosts']} other hosts",
        "page, as whom, median, 95 %, statements:",
        *(_line(path, found) for path, found in told["pages"].items()),
    ]
    for path, rates in told["requests_per_second"].items():
        shown.append(f"{path}: " + ", ".join(f"{rate} a second by {count}" for count, rate in rates.items()))
    shown.append(f"{told['records']} records of each kind, {told['database']}")
    return shown + [f"MISSED: {one}" for one in told["missed"]]
