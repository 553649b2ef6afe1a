"""A PostgreSQL of the tests' own: made in a temporary folder, gone at the end. It never touches one that runs."""

from __future__ import annotations

import os
import pwd
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path


def _binaries() -> Path | None:
    """The folder of initdb and pg_ctl: the newest that Debian has installed, or what is on the path."""
    folders = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda p: int(p.parent.name), reverse=True)
    on_path = shutil.which("initdb")
    for folder in [*folders, *([Path(on_path).parent] if on_path else [])]:
        if (folder / "initdb").exists() and (folder / "pg_ctl").exists():
            return folder
    return None


def _install() -> Path | None:
    """Debian's PostgreSQL, where we are root; otherwise the line to run is said by the caller."""
    if os.geteuid() != 0 or shutil.which("apt-get") is None:
        return None
    quiet = {"stdout": subprocess.DEVNULL, "env": {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}}
    subprocess.run(["apt-get", "update", "-q"], check=False, **quiet)  # type: ignore[call-overload]
    subprocess.run(["apt-get", "install", "-y", "-q", "postgresql"], check=False, **quiet)  # type: ignore[call-overload]
    return _binaries()


@dataclass(frozen=True)
class Server:
    """A server of our own, by its commands; ``address`` is ``postgresql://user@127.0.0.1:PORT/``."""

    address: str
    folder: Path
    starting: Sequence[str | Path]
    stopping: Sequence[str | Path]

    def start(self) -> None:
        subprocess.run(self.starting, check=True, stdout=subprocess.DEVNULL, cwd=self.folder)

    def stop(self) -> None:
        """As if its power were cut: every connection is gone at once."""
        subprocess.run(self.stopping, check=False, stdout=subprocess.DEVNULL, cwd=self.folder)


@contextmanager
def server() -> Iterator[str | None]:
    """Starts a server and gives ``postgresql://user@127.0.0.1:PORT/``; gives ``None`` where none can be had."""
    with running() as found:
        yield None if found is None else found.address


@contextmanager
def running() -> Iterator[Server | None]:
    """As :func:`server`, with a server that can be stopped and started meanwhile."""
    binaries = _binaries() or _install()
    if binaries is None:
        yield None
        return
    # The server refuses to run as root, so root hands it to Debian's postgres user.
    user = "postgres" if os.geteuid() == 0 else pwd.getpwuid(os.geteuid()).pw_name
    before = ["runuser", "-u", user, "--"] if os.geteuid() == 0 else []
    folder = Path(tempfile.mkdtemp(prefix="rso-pg-"))
    try:
        if before:
            shutil.chown(folder, user)
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        data = folder / "data"
        options = f"-p {port} -c listen_addresses=127.0.0.1 -c unix_socket_directories={folder} -c fsync=off"
        make = [*before, binaries / "initdb", "-D", data, "-U", "rso", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8"]
        start = [*before, binaries / "pg_ctl", "-D", data, "-w", "-l", folder / "log", "-o", options, "start"]
        stop = [*before, binaries / "pg_ctl", "-D", data, "-m", "immediate", "stop"]
        subprocess.run(make, check=True, stdout=subprocess.DEVNULL, cwd=folder)
        found = Server(f"postgresql://rso@127.0.0.1:{port}/", folder, start, stop)
        found.start()
        try:
            yield found
        finally:
            found.stop()
    finally:
        shutil.rmtree(folder, ignore_errors=True)
