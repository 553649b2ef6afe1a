"""Workers as processes of their own: killed with -9, told to stop, and several at once."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit
from uuid import uuid4

import psycopg
import pytest

HERE = Path(__file__).resolve().parent
PATIENCE_S = 60.0


class Lone:
    """A database of its own, and workers on it."""

    def __init__(self, folder: Path, database: str) -> None:
        self.folder = folder
        self.environment = {k: v for k, v in os.environ.items() if not k.startswith(("RSO_", "DJANGO_"))} | {
            "DJANGO_SETTINGS_MODULE": "lone_settings",
            "PYTHONPATH": str(HERE),
            "LONE_DATABASE": database,
            "LONE_FOLDER": str(folder),
        }
        self.processes: list[subprocess.Popen[bytes]] = []
        self.manage("migrate", "-v0")

    def manage(self, *arguments: str) -> str:
        command = [sys.executable, "-m", "django", *arguments]
        done = subprocess.run(command, env=self.environment, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        return done.stdout.strip()

    def ask(self, code: str) -> str:
        """What ``code`` prints in a process that knows the queue as ``T``."""
        known = "from django_tasks_db.models import DBTaskResult\n"
        known += "T = DBTaskResult.objects.filter(task_path__startswith='lone')\n"
        return self.manage("shell", "-v0", "-c", known + code)

    def enqueue(self, name: str, *numbers: int) -> None:
        self.ask(f"import lone_tasks\nfor n in {numbers!r}: lone_tasks.{name}.enqueue(n)")

    def worker(self) -> subprocess.Popen[bytes]:
        made = subprocess.Popen([sys.executable, "-m", "django", "work"], env=self.environment)
        self.processes.append(made)
        return made

    def effects(self) -> list[str]:
        path = self.folder / "effects"
        return sorted(path.read_text().split()) if path.exists() else []


@contextmanager
def on_server(address: str) -> Iterator[str]:
    """The address of a new database on the server of ``address``, dropped at the end."""
    name = f"rso_lone_{uuid4().hex}"
    with psycopg.connect(urlunsplit(urlsplit(address)._replace(path="/postgres", query="")), autocommit=True) as server:
        server.execute(f'CREATE DATABASE "{name}"')
        try:
            yield urlunsplit(urlsplit(address)._replace(path=f"/{name}"))
        finally:
            server.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


@pytest.fixture
def database(tmp_path: Path) -> Iterator[str]:
    """SQLite in a file, or where the tests run on PostgreSQL a database of that server."""
    address = os.environ.get("RSO_DATABASE_URL", "")
    if not address.startswith("postgresql:"):
        yield f"sqlite://{tmp_path / 'lone.sqlite3'}"
        return
    with on_server(address) as made:
        yield made


@pytest.fixture
def lone(tmp_path: Path, database: str) -> Iterator[Lone]:
    made = Lone(tmp_path, database)
    yield made
    for process in made.processes:
        if process.poll() is None:
            process.kill()
            process.wait()


def listens(process: subprocess.Popen[bytes], number: signal.Signals) -> bool:
    """Whether a process handles a signal by itself (proc(5), ``SigCgt``)."""
    status = Path(f"/proc/{process.pid}/status").read_text()
    (caught,) = (line.split()[1] for line in status.splitlines() if line.startswith("SigCgt:"))
    return bool(int(caught, 16) >> (number - 1) & 1)


def until(holds: Callable[[], bool]) -> None:
    limit = time.monotonic() + PATIENCE_S
    while not holds():
        assert time.monotonic() < limit, "it did not come to pass"
        time.sleep(0.05)


def test_a_worker_killed_in_the_middle_loses_nothing_and_the_effect_happens_once(lone: Lone) -> None:
    lone.enqueue("slow_once", 1)
    first = lone.worker()
    until((lone.folder / "begun-1").exists)
    first.kill()
    first.wait()
    assert lone.ask("print(T.get().status)") == "RUNNING"
    assert lone.effects() == []

    second = lone.worker()
    until((lone.folder / "done-1").exists)
    second.send_signal(signal.SIGTERM)
    assert second.wait(PATIENCE_S) == 0
    assert lone.effects() == ["1"]
    told = lone.ask("t = T.get(); print(t.status, len(t.worker_ids))")
    assert told == "SUCCESSFUL 2"


def test_a_worker_told_to_stop_finishes_what_it_has_in_hand_and_takes_no_more(lone: Lone) -> None:
    lone.enqueue("unhurried", 1, 2)
    worker = lone.worker()
    until((lone.folder / "begun-1").exists)
    worker.send_signal(signal.SIGTERM)
    assert worker.wait(PATIENCE_S) == 0
    assert (lone.folder / "done-1").exists()
    assert not (lone.folder / "begun-2").exists()
    assert lone.ask("print(*sorted(T.values_list('status', flat=True)))") == "READY SUCCESSFUL"


def test_three_workers_share_a_queue_and_run_every_task_once(lone: Lone) -> None:
    numbers = range(10, 40)
    lone.enqueue("quick", *numbers)
    for _ in range(3):
        lone.worker()
    until(lambda: len(lone.effects()) >= len(numbers))
    # One that the others left nothing to do may still be at its start.
    until(lambda: all(listens(worker, signal.SIGTERM) for worker in lone.processes))
    for worker in lone.processes:
        worker.send_signal(signal.SIGTERM)
    assert [worker.wait(PATIENCE_S) for worker in lone.processes] == [0, 0, 0]
    assert lone.effects() == [str(n) for n in numbers]


def test_once_runs_what_is_due_and_ends(lone: Lone) -> None:
    lone.enqueue("quick", 7, 8)
    assert "attempts" in lone.manage("work", "--once")
    assert lone.effects() == ["7", "8"]
