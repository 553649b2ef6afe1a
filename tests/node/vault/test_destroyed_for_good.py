"""A destroyed key is in no byte of any file: a node's own process with its real files, looked at from outside."""

from __future__ import annotations

import json
import os
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

NODE = """
import json, sys
import django
django.setup()
from django.core.management import call_command
from django.utils import timezone
for name in ("vault", "default"):
    call_command("migrate", database=name, verbosity=0)
from rso.accounts.rules import system_actor
from rso.node.vault import actions, queries
from rso.node.vault.models import WrappedKey
from rso.node.vault.rules import VaultError
from rso.wire.epochs import Epoch
from rso.wire.keys import OpeningKey

ME, now = system_actor("test"), timezone.now

def make(subjects):
    actions.subject_keys(subjects, now=now())
    rows = WrappedKey.objects.filter(name__in=subjects)
    return {row.name: [bytes(row.wrapped).hex(), queries.data_key(row.name).secret.hex()] for row in rows}

def make_weekly():
    key = OpeningKey.generate(Epoch.of(now()))
    actions.store_opening_key(key, now=now(), destroy_after=now())
    row = WrappedKey.objects.get(name=key.key_id.hex())
    return {row.name: [bytes(row.wrapped).hex(), key.to_bytes().hex()]}

def destroy(subjects):
    return actions.destroy_subjects(ME, subjects=subjects, reason="erased", now=now())

def destroy_weekly():
    return actions.destroy_due(ME, now=now())

def turn():
    return actions.turn(ME, now=now())

def opens(subject):
    try:
        return queries.data_key(subject).secret.hex()
    except VaultError as error:
        return error.code

print("null", flush=True)
for line in sys.stdin:
    verb, *given = json.loads(line)
    print(json.dumps(globals()[verb](*given)), flush=True)
"""


class Node:
    """The process, its folder, and what is found in the bytes of its files."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        plain = {"DJANGO_SETTINGS_MODULE": "rso.config.settings.node", "RSO_DATA": str(folder)}
        kept = {name: value for name, value in os.environ.items() if not name.startswith("RSO_")}
        self.process = subprocess.Popen(
            [sys.executable, "-c", NODE],
            env=kept | plain,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        assert self._told() is None

    def _told(self) -> Any:
        assert self.process.stdout is not None
        return json.loads(self.process.stdout.readline())

    def __call__(self, verb: str, *given: Any) -> Any:
        assert self.process.stdin is not None
        self.process.stdin.write(json.dumps([verb, *given]) + "\n")
        self.process.stdin.flush()
        return self._told()

    def end(self) -> None:
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.close()
        self.process.wait(60)
        self.process.stdout.close()

    def holding(self, secret: str) -> list[str]:
        """The files, of every kind, that hold these bytes or their hexadecimal."""
        forms = (bytes.fromhex(secret), secret.encode())
        files = [path for path in self.folder.rglob("*") if path.is_file()]
        return sorted(path.name for path in files if any(form in path.read_bytes() for form in forms))


@pytest.fixture(scope="module")
def node(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Node]:
    made = Node(tmp_path_factory.mktemp("node"))
    yield made
    made.end()


def test_what_is_destroyed_is_in_no_file_and_what_is_kept_still_opens(node: Node) -> None:
    names = [f"subject-{number}" for number in range(300)]
    made = node("make", names)
    gone, kept = names[:200], names[200:]
    for name in names:  # the scanner sees each one while it is there, and no key ever stands open in a file
        assert any(file.startswith("vault.sqlite3") for file in node.holding(made[name][0]))
    assert not any(node.holding(made[name][1]) for name in names)
    assert node("destroy", gone) == 200
    assert not any(node.holding(made[name][0]) for name in gone)
    assert {node("opens", name) for name in gone} == {"key-destroyed"}
    assert all(node.holding(made[name][0]) for name in kept)
    assert node("opens", kept[0]) == made[kept[0]][1]


def test_the_private_part_of_a_week_is_gone_at_its_time(node: Node) -> None:
    ((wrapped, plain),) = node("make_weekly").values()
    assert node.holding(wrapped)
    assert node("destroy_weekly") == 1
    assert not node.holding(wrapped)
    assert not node.holding(plain)


def test_a_reader_at_work_keeps_the_log_but_not_for_long(node: Node) -> None:
    """The write-ahead log cannot be emptied under somebody who reads; the next turn of the key ring does it."""
    made = node("make", ["read-meanwhile"])
    (wrapped, _plain) = made["read-meanwhile"]
    reader = sqlite3.connect(node.folder / "vault.sqlite3")
    try:
        reader.execute("BEGIN")
        assert reader.execute("SELECT count(*) FROM vault_wrappedkey").fetchone()[0] > 0
        assert node("destroy", ["read-meanwhile"]) == 1
        assert node("opens", "read-meanwhile") == "key-destroyed"
        assert node.holding(wrapped), "the control: it is the reader who keeps the old page"
    finally:
        reader.close()
    node("turn")
    assert not node.holding(wrapped)


def test_after_the_process_has_ended_too(node: Node) -> None:
    made = node("make", ["last"])
    assert node("destroy", ["last"]) == 1
    node.end()
    assert not node.holding(made["last"][0])
    with sqlite3.connect(node.folder / "vault.sqlite3") as file:
        assert file.execute("SELECT length(wrapped) FROM vault_wrappedkey WHERE name = 'last'").fetchone() == (0,)
    file.close()
