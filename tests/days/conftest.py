"""An office of its own, as a process, whose disk, database or network can be taken away."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

import httpx
import pytest

RSO = Path(sys.executable).with_name("rso")
START_S = 90.0


@dataclass
class Office:
    """A served office: where its pages are, its folder, its settings."""

    url: str
    folder: Path
    environment: dict[str, str]
    process: subprocess.Popen[bytes] | None = field(default=None, repr=False)

    @property
    def port(self) -> int:
        return int(self.url.rpartition(":")[2])

    def start(self) -> None:
        command = [RSO, "serve", "office", "--port", str(self.port), "--migrate"]
        with (self.folder / "server.log").open("wb") as log:
            self.process = subprocess.Popen(
                command, env=self.environment, stdout=log, stderr=subprocess.STDOUT, start_new_session=True
            )
        self.until(lambda: self.get("/ui/theme/") is not None)

    def until(self, is_so: object, within_s: float = START_S) -> None:
        """Waits until something is so; the office's log says why not."""
        assert callable(is_so)
        end = time.monotonic() + within_s
        while time.monotonic() < end:
            if is_so():
                return
            time.sleep(0.1)
        pytest.fail(f"it never came: {self.said()[-3000:]}")

    def get(self, path: str) -> httpx.Response | None:
        try:
            return httpx.get(self.url + path, timeout=30)
        except httpx.TransportError:
            return None

    def said(self) -> str:
        return (self.folder / "server.log").read_text(errors="replace")

    def manage(self, *arguments: str) -> str:
        done = subprocess.run(
            [RSO, "manage", "office", *arguments], env=self.environment, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    def run(self, code: str) -> str:
        """Runs lines inside the office's settings, in a process of its own."""
        begin = "import django; django.setup()\n"
        done = subprocess.run(
            [sys.executable, "-c", begin + code], env=self.environment, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stderr
        return done.stdout.strip()

    def memory_mib(self) -> float:
        """Resident memory of the server and its children together."""
        assert self.process is not None
        total = 0
        for status in Path("/proc").glob("[0-9]*/status"):
            try:
                if os.getpgid(int(status.parent.name)) != self.process.pid:
                    continue
                fields = dict(line.split(":", 1) for line in status.read_text().splitlines() if ":" in line)
                total += int(fields.get("VmRSS", "0 kB").split()[0])
            except (ProcessLookupError, FileNotFoundError):
                continue
        return total / 1024

    def stop(self) -> None:
        if self.process is None:
            return
        os.killpg(self.process.pid, signal.SIGTERM)
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()


class Opening(Protocol):
    def __call__(self, folder: Path | None = None, **settings: str) -> Office: ...


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Opening]:
    """Makes and starts offices; they end with the test."""
    made: list[Office] = []

    def make(folder: Path | None = None, **settings: str) -> Office:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        data = folder or tmp_path / "data"
        data.mkdir(exist_ok=True)
        kept = {k: v for k, v in os.environ.items() if not k.startswith(("RSO_", "DJANGO_"))}
        url = f"http://localhost:{port}"
        own = {
            "RSO_DATA": str(data), "RSO_BASE_URL": url, "DJANGO_SETTINGS_MODULE": "rso.config.settings.office",
            "RSO_DEMONSTRATION": "yes", **settings,
        }  # fmt: skip
        logs = tmp_path / f"log-{len(made)}"
        logs.mkdir()
        made.append(Office(url, logs, kept | own))
        made[-1].start()
        return made[-1]

    yield make
    for one in made:
        one.stop()
