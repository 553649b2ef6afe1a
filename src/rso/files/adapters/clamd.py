"""ClamAV's daemon over its socket, with the command INSTREAM (clamd(8)): the daemon needs no access to our files."""

from __future__ import annotations

import socket
import struct
from contextlib import closing
from pathlib import Path

from django.conf import settings

from rso.files.errors import FileRefused
from rso.files.ports import Scanner

_CHUNK = 1 << 16


class ClamdScanner:
    """``address`` is the path of a Unix socket, or ``host:port``."""

    def __init__(self, address: str, *, timeout_s: float = 60.0) -> None:
        self._address = address
        self._timeout_s = timeout_s

    def scan(self, path: Path) -> str | None:
        try:
            answer = self._ask(path)
        except OSError as error:
            raise FileRefused("scanner-away", "The virus scanner does not answer. Try again later.") from error
        if answer == "stream: OK":
            return None
        if answer.endswith(" FOUND"):
            return answer.removeprefix("stream: ").removesuffix(" FOUND")
        raise FileRefused("scanner-away", "The virus scanner could not look into the file. Try again later.")

    def _ask(self, path: Path) -> str:
        with closing(self._connect()) as daemon, path.open("rb") as content:
            daemon.sendall(b"zINSTREAM\0")
            try:
                while chunk := content.read(_CHUNK):
                    daemon.sendall(struct.pack("!I", len(chunk)) + chunk)
                daemon.sendall(struct.pack("!I", 0))
            except BrokenPipeError:
                pass  # over the daemon's limit it answers and hangs up; the answer says so
            answer = b""
            while not answer.endswith(b"\0"):
                part = daemon.recv(4096)
                if not part:
                    break
                answer += part
        return answer.rstrip(b"\0").decode("utf-8", "replace").strip()

    def _connect(self) -> socket.socket:
        host, colon, port = self._address.rpartition(":")
        if colon and port.isdigit():
            return socket.create_connection((host.strip("[]"), int(port)), timeout=self._timeout_s)
        daemon = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        daemon.settimeout(self._timeout_s)
        daemon.connect(self._address)
        return daemon


def scanner() -> Scanner | None:
    """The scanner that the setting ``RSO_CLAMD`` names, or ``None``: then files are shown as not scanned."""
    address = getattr(settings, "RSO_CLAMD", "")
    return ClamdScanner(address) if address else None
