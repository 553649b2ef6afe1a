"""An office that says in a header of every answer how many statements it took. Served by ``rso bench pages`` alone.

Run as ``python -m rso.bench.counted PORT`` inside an office's settings.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable
from contextlib import ExitStack
from typing import Any, Final

HEADER: Final = "X-Statements"
THREADS: Final = 16

Environ = dict[str, Any]
Start = Callable[..., Any]


class Count:
    """Counts what goes through a connection."""

    def __init__(self) -> None:
        self.statements = 0

    def __call__(self, execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:
        self.statements += 1
        return execute(sql, params, many, context)


def application(environ: Environ, start_response: Start) -> Iterable[bytes]:
    """The office's own application between two counts."""
    from django.db import connections

    from rso.config.wsgi import application as office

    count = Count()

    def start(status: str, headers: list[tuple[str, str]], *rest: Any) -> Any:
        return start_response(status, [*headers, (HEADER, str(count.statements))], *rest)

    with ExitStack() as stack:
        for connection in connections.all():
            stack.enter_context(connection.execute_wrapper(count))
        answer: Iterable[bytes] = office(environ, start)
        return answer


def main() -> None:
    from granian.constants import Interfaces
    from granian.log import LogLevels
    from granian.server import Server

    Server(
        "rso.bench.counted:application", address="127.0.0.1", port=int(sys.argv[1]), interface=Interfaces.WSGI,
        workers=1, blocking_threads=THREADS, log_access=False, log_level=LogLevels.warning,
    ).serve()  # fmt: skip


if __name__ == "__main__":
    main()
