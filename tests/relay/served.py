"""A real relay: the command that an operator starts, in a process group and a folder of its own."""

from __future__ import annotations

import os
import secrets
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
from tests.relay import region

from rso.relay.adapters import identity
from rso.wire import cbor, httpsig
from rso.wire.httpsig import Request
from rso.wire.identifiers import AgencyId

RSO = Path(sys.executable).with_name("rso")
THREADS = 16
WAITERS = 10


@dataclass(frozen=True)
class Served:
    """Where the relay listens, its folder, and the process that leads its group."""

    url: str
    folder: Path
    process: subprocess.Popen[bytes]

    def processes(self) -> list[int]:
        """Every process of the relay's session."""
        found = []
        for entry in Path("/proc").iterdir():
            if not entry.name.isdigit():
                continue
            try:
                fields = (entry / "stat").read_text().rpartition(")")[2].split()
            except OSError:
                continue
            if int(fields[3]) == self.process.pid:
                found.append(int(entry.name))
        return found


def environment(folder: Path, url: str) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("RSO_", "DJANGO_"))}
    return kept | {
        "RSO_DATA": str(folder),
        "RSO_DATABASE_URL": f"sqlite://{folder / 'relay.sqlite3'}",
        "RSO_BASE_URL": url,
        "RSO_RELAY_WAITERS": str(WAITERS),
        "RSO_LOG_LEVEL": "DEBUG",
    }


@contextmanager
def serve(folder: Path) -> Iterator[Served]:
    """Starts a relay with keys, anchor and directory, and stops its whole group afterwards."""
    port = _free_port()
    url = f"http://127.0.0.1:{port}"
    settings = environment(folder, url)
    own = identity.create(folder / "relay-key.cbor", region.RELAY)
    region.write_anchor(folder / "anchor.cbor")
    (folder / "directory.cbor").write_bytes(region.directory_file(own.log.verifier, own.key))
    for command in (["migrate", "-v", "0"], ["load_directory", str(folder / "directory.cbor")]):
        subprocess.run([RSO, "manage", "relay", *command], env=settings, check=True, stdout=subprocess.DEVNULL)
    with (folder / "output.log").open("wb") as output:
        command = [RSO, "serve", "relay", "--port", str(port), "--threads", str(THREADS)]
        process = subprocess.Popen(
            command, env=settings, stdout=output, stderr=output, stdin=subprocess.DEVNULL, start_new_session=True
        )
        try:
            _wait_until_up(url, process)
            yield Served(url, folder, process)
        finally:
            os.killpg(process.pid, signal.SIGTERM)
            try:
                process.wait(20)
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()


def _free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


def _wait_until_up(url: str, process: subprocess.Popen[bytes]) -> None:
    until = time.monotonic() + 60
    while time.monotonic() < until:
        assert process.poll() is None, "the relay stopped at once"
        try:
            if httpx.get(f"{url}/v1/directory").status_code == 200:
                return
        except httpx.HTTPError:
            time.sleep(0.1)
    raise AssertionError("the relay does not answer")


@dataclass
class Dialler:
    """A node at the end of a real connection."""

    agency: AgencyId
    url: str

    def __post_init__(self) -> None:
        self._client = httpx.Client(base_url=self.url, timeout=40)
        self._key = region.key(f"{self.agency} node")

    def send(self, method: str, address: str, body: bytes = b"") -> httpx.Response:
        path, _, query = address.partition("?")
        request = Request(method, self.url.removeprefix("http://"), path, query, body)
        headers = httpsig.sign(request, self.agency, self._key, now=region.now(), random=secrets.token_bytes)
        if body:
            headers["Content-Type"] = "application/cbor"
        return self._client.request(method, address, content=body, headers=headers)

    def hand_in(self, sealed: region.Sealed) -> dict[str, Any]:
        items = {"items": [{"blind": sealed.blind, "envelope": sealed.envelope}]}
        (told,) = content(self.send("POST", "/v1/submissions", cbor.encode(items)))["items"]  # type: ignore[misc, has-type]
        return told  # type: ignore[no-any-return, has-type]

    def acknowledge(self, *ids: bytes) -> list[bytes]:
        """The ids that the relay does not know."""
        answer = self.send("POST", "/v1/acknowledgements", cbor.encode({"ids": list(ids)}))
        return content(answer)["unknown"]  # type: ignore[return-value]

    def register(self) -> httpx.Response:
        content = region.registration(per_day={region.AVARIA: 10_000, region.BORDUNA: 10_000})
        return self.send("PUT", f"/v1/arrangements/{region.ARRANGEMENT.hex()}", content.encode())


def content(response: httpx.Response) -> dict[str, object]:
    value = cbor.decode(response.content, limit=64 * 1024 * 1024)
    assert isinstance(value, dict)
    return value
