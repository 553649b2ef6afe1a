"""The floor's server: what is PUT under a path is held until it is fetched by GET. No logic, nothing is checked."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

_HELD: dict[str, bytes] = {}


def application(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    """WSGI."""
    path = environ["PATH_INFO"]
    if environ["REQUEST_METHOD"] == "PUT":
        _HELD[path] = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
        start_response("201 Created", [("Content-Length", "0")])
        return [b""]
    body = _HELD.pop(path, b"")
    start_response("200 OK", [("Content-Length", str(len(body))), ("Content-Type", "application/cbor")])
    return [body]


def main() -> None:
    """``python -m rso.bench.bare PORT CHAIN KEY``: the same server as ``rso serve``."""
    from granian.constants import Interfaces
    from granian.log import LogLevels
    from granian.server import Server

    port, chain, key = sys.argv[1:4]
    Server(
        "rso.bench.bare:application",
        address="127.0.0.1",
        port=int(port),
        interface=Interfaces.WSGI,
        blocking_threads=16,
        log_access=False,
        log_level=LogLevels.warning,
        ssl_cert=Path(chain),
        ssl_key=Path(key),
    ).serve()


if __name__ == "__main__":
    main()
