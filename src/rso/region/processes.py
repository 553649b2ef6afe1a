"""Starting the region's processes, waiting until they answer, and stopping all of them whatever happens."""

from __future__ import annotations

import os
import re
import shutil
import signal
import ssl
import subprocess
import sys
import time
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType, TracebackType

import httpx

from rso.base.errors import RsoError
from rso.region.places import Place

START_SECONDS = 90.0
#: The last line of a traceback: ``TypeError: ...``, ``django.db.utils.OperationalError: ...``.
_EXCEPTION = re.compile(r"[A-Za-z_][\w.]*(?:Error|Exception)\b")


#: How SQLite and the system say that there is no room.
_FULL = ("database or disk is full", "No space left on device")


def _last_lines(log: Path, count: int = 12) -> str:
    try:
        return "\n".join(log.read_text(errors="replace").splitlines()[-count:])
    except FileNotFoundError:
        return ""


def _last_error(log: Path) -> str:
    """The last line that begins as an exception does, or the last that was logged as an error."""
    lines = _last_lines(log, 400).splitlines()
    found = [line for line in lines if " ERROR " in line or _EXCEPTION.match(line)]
    return found[-1] if found else ""


def _why(said: str) -> str:
    """What a program that failed said last, in words: its last error, not the traceback above it."""
    lines = said.strip().splitlines()
    if any(mark in said for mark in _FULL):
        return "the disk is full. Free some room, and start again."
    errors = [line for line in lines if _EXCEPTION.match(line)]
    return errors[-1] if errors else "\n".join(lines[-8:])


@dataclass
class Processes:
    """The region's processes, each in a session of its own, so that none outlives the region."""

    relay_url: str
    _is_watched: bool = False
    running: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)
    logs: dict[str, Path] = field(default_factory=dict)
    titles: dict[str, str] = field(default_factory=dict)

    def __enter__(self) -> Processes:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None) -> None:
        self.stop()

    def start(self, place: Place) -> None:
        """Starts serving a place; :meth:`wait` says when it answers."""
        place.folder.mkdir(parents=True, exist_ok=True)
        log = place.folder / "server.log"
        command = [sys.executable, "-m", "rso.cli", "serve", place.deployment, "--port", str(place.port)]
        if place.tls is not None:
            command += ["--certificate", str(place.tls.chain), "--key", str(place.tls.key)]
        with log.open("wb") as out:
            self.running[place.name] = subprocess.Popen(
                [*_ends_with_us(), *command],
                env=place.environment(self.relay_url),
                stdout=out,
                stderr=subprocess.STDOUT,
                stdin=subprocess.DEVNULL,
                start_new_session=True,
            )
        self.logs[place.name] = log
        self.titles[place.name] = place.title

    def wait(self, place: Place) -> None:
        """Waits until the place answers; raises ``RsoError`` with the end of its log if it does not."""
        until = time.monotonic() + START_SECONDS
        process = self.running[place.name]
        trusted = ssl.create_default_context(cafile=place.tls.chain if place.tls else None)
        while time.monotonic() < until:
            if process.poll() is not None:
                break
            try:
                httpx.get(f"{place.url}/ui/theme/", timeout=2.0, verify=trusted)
            except httpx.TransportError:
                time.sleep(0.1)
            else:
                return
        log = self.logs[place.name]
        ended = process.poll() is not None
        what = "did not start" if ended else f"did not answer at {place.url} in {START_SECONDS:.0f} seconds"
        raise RsoError("place-did-not-start", f"{place.title} {what}: {_why(_last_lines(log, 400))}\nAll of it: {log}.")

    def watch(self) -> None:
        """From now on the end of any of them raises ``RsoError`` in the main thread, whatever that waits for."""
        self._is_watched = True
        signal.signal(signal.SIGCHLD, self._one_has_ended)
        self._one_has_ended()

    def _one_has_ended(self, number: int = 0, frame: FrameType | None = None) -> None:
        for name, process in self.running.items():
            status = process.poll()
            if status is None:
                continue
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)  # once is enough
            how = f"was ended by {signal.Signals(-status).name}" if status < 0 else f"ended with status {status}"
            raise RsoError(
                "place-ended",
                f"The process of the {self.titles[name]} {how}, and the others are stopped. The end of its log:\n"
                f"{_last_lines(self.logs[name], 4)}\nAll of it: {self.logs[name]}. Then start again.",
            )

    def troubles(self) -> str:
        """The last error in each process's log, a line each; empty where there is none."""
        found = []
        for name, log in self.logs.items():
            error = _last_error(log)
            if error:
                found.append(f"\n{self.titles[name]} says: {error}\n  (in {log})")
        return "".join(found)

    def stop(self) -> None:
        """Ends every process group: politely, then for good."""
        if self._is_watched:
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            self._is_watched = False
        for process in self.running.values():
            _signal(process, signal.SIGTERM)
        until = time.monotonic() + 8.0
        for process in self.running.values():
            try:
                process.wait(max(0.1, until - time.monotonic()))
            except subprocess.TimeoutExpired:
                _signal(process, signal.SIGKILL)
                process.wait()
            _signal(process, signal.SIGKILL)  # what is left of a group whose leader was killed
        self.running.clear()


def _ends_with_us() -> list[str]:
    """What Linux needs to end a process when the one that started it is killed and can end nothing itself."""
    setpriv = shutil.which("setpriv")
    return [setpriv, "--pdeathsig", "TERM"] if setpriv else []


def _signal(process: subprocess.Popen[bytes], number: signal.Signals) -> None:
    with suppress(ProcessLookupError):  # it has ended by itself
        os.killpg(process.pid, number)


def run_all(commands: dict[str, tuple[list[str], dict[str, str]]]) -> dict[str, str]:
    """Runs short commands side by side and gives each one's last line of output; raises where one fails."""
    started = {
        name: subprocess.Popen(
            [*_ends_with_us(), *command], env=env, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )
        for name, (command, env) in commands.items()
    }
    last: dict[str, str] = {}
    failed = ""
    for name, process in started.items():
        out, err = process.communicate()
        if process.returncode != 0 and not failed:
            failed = f"Preparing {name} failed: {_why(out + err)}"
        lines = out.strip().splitlines()
        last[name] = lines[-1] if lines else ""
    if failed:
        raise RsoError("preparation-failed", failed)
    return last
