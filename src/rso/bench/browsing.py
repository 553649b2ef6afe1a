"""What a browser with an empty cache fetches for a page: bytes over the wire, and from which hosts.

Chromium is spoken to over a pair of pipes, in its own protocol (CDP, one JSON object before each NUL), so that no
driver has to be installed.
"""

from __future__ import annotations

import fcntl
import json
import os
import select
import shutil
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass, field
from typing import Any, Final
from urllib.parse import urlsplit

from rso.base.errors import RsoError

_NAMES: Final = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
_PATIENCE_S: Final = 40.0
_QUIET_S: Final = 0.7
"""Nothing more is fetched for as long as this: then the page is there."""
_LOWEST: Final = 10
#: Puts the two pipes where they are wanted, then becomes the browser.
_BEGIN: Final = (
    "import os, sys; a, b, *rest = sys.argv[1:]; os.dup2(int(a), 3); os.dup2(int(b), 4); os.execv(rest[0], rest)"
)
_OPTIONS: Final = (
    "--headless=new", "--remote-debugging-pipe", "--no-sandbox", "--disable-gpu", "--disable-background-networking",
    "--disable-component-update", "--disable-default-apps", "--disable-extensions", "--disable-sync",
    "--disable-dev-shm-usage", "--no-first-run", "--no-default-browser-check",
)  # fmt: skip


@dataclass
class Fetched:
    """What was asked for and came. ``bytes`` are encoded, as they went over the wire, with headers."""

    bytes: int = 0
    urls: dict[str, str] = field(default_factory=dict)
    open: set[str] = field(default_factory=set)
    loaded: bool = False

    def hear(self, method: str, told: dict[str, Any]) -> None:
        """Takes one event of the browser in."""
        if method == "Network.requestWillBeSent":
            # What stands in the page itself goes over no wire.
            if not told["request"]["url"].startswith(("data:", "blob:")):
                self.urls[told["requestId"]] = told["request"]["url"]
                self.open.add(told["requestId"])
        elif method == "Network.loadingFinished":
            self.bytes += int(told["encodedDataLength"])
            self.open.discard(told["requestId"])
        elif method == "Network.loadingFailed":
            self.open.discard(told["requestId"])
        elif method == "Page.loadEventFired":
            self.loaded = True

    def others(self, host: str) -> int:
        """How many hosts but ``host`` were asked for anything."""
        return len({urlsplit(url).netloc for url in self.urls.values()} - {host})


def chromium() -> str:
    """The browser's program; raises ``RsoError`` where there is none."""
    found = next(filter(None, map(shutil.which, _NAMES)), None)
    if found is None:
        raise RsoError(
            "no-chromium", "The bytes of the first page are counted in Chromium. On Debian: apt-get install chromium."
        )
    return found


class _Pipes:
    """Both ends of a conversation with one browser."""

    def __init__(self, program: str, folder: str) -> None:
        to_read, self._write = os.pipe()
        self._read, to_write = os.pipe()
        # The browser wants exactly 3 and 4; ours stand well above, so that neither is overwritten on the way.
        given = [fcntl.fcntl(handle, fcntl.F_DUPFD, _LOWEST) for handle in (to_read, to_write)]
        begin = [sys.executable, "-c", _BEGIN, *map(str, given), program]
        self.process = subprocess.Popen(
            [*begin, *_OPTIONS, f"--user-data-dir={folder}", "about:blank"],
            pass_fds=given, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        for handle in (to_read, to_write, *given):
            os.close(handle)
        self._rest = b""
        self._count = 0

    def say(self, method: str, session: str = "", **params: Any) -> int:
        self._count += 1
        told = {"id": self._count, "method": method, "params": params} | ({"sessionId": session} if session else {})
        os.write(self._write, json.dumps(told).encode() + b"\0")
        return self._count

    def hear(self, within_s: float) -> dict[str, Any] | None:
        """The next thing that the browser says; ``None`` where it says nothing."""
        until = time.monotonic() + within_s
        while b"\0" not in self._rest:
            left = until - time.monotonic()
            if left <= 0 or not select.select([self._read], [], [], left)[0]:
                return None
            part = os.read(self._read, 1 << 16)
            if not part:
                raise RsoError("chromium-ended", "Chromium ended before the page was there.")
            self._rest += part
        said, _, self._rest = self._rest.partition(b"\0")
        told: dict[str, Any] = json.loads(said)
        return told

    def answer(self, number: int) -> dict[str, Any]:
        until = time.monotonic() + _PATIENCE_S
        while time.monotonic() < until:
            told = self.hear(until - time.monotonic())
            if told is not None and told.get("id") == number:
                if "error" in told:
                    raise RsoError("chromium-refused", f"Chromium says: {told['error'].get('message')}")
                result: dict[str, Any] = told["result"]
                return result
        raise RsoError("chromium-silent", "Chromium does not answer.")

    def close(self) -> None:
        self.process.terminate()
        try:
            self.process.wait(5)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        os.close(self._read)
        os.close(self._write)


def fetch(url: str) -> Fetched:
    """Opens ``url`` in a new browser whose cache is empty, until nothing more is fetched."""
    program = chromium()
    with tempfile.TemporaryDirectory(prefix="rso-bench-", ignore_cleanup_errors=True) as folder:
        pipes = _Pipes(program, folder)
        try:
            return _fetch(pipes, url)
        finally:
            pipes.close()


def _fetch(pipes: _Pipes, url: str) -> Fetched:
    target = pipes.answer(pipes.say("Target.createTarget", url="about:blank"))["targetId"]
    session = pipes.answer(pipes.say("Target.attachToTarget", targetId=target, flatten=True))["sessionId"]
    for method in ("Network.enable", "Page.enable"):
        pipes.answer(pipes.say(method, session))
    found = Fetched()
    pipes.say("Page.navigate", session, url=url)
    until = time.monotonic() + _PATIENCE_S
    while time.monotonic() < until:
        told = pipes.hear(_QUIET_S)
        if told is not None:
            found.hear(told.get("method", ""), told.get("params", {}))
        elif found.loaded and not found.open:
            return found
    raise RsoError("page-never-there", f"{url} was not there after {_PATIENCE_S:.0f} seconds.")
