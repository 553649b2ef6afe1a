"""A real relay process: it cannot read what it carries, waits without starving anybody, and appends in order."""

from __future__ import annotations

import base64
import json
import re
import secrets
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path

import pytest
from tests.relay import region, served
from tests.relay.region import AVARIA, BORDUNA, CESTRIA, RELAY, sealed
from tests.relay.served import Dialler, Served, content

from rso.wire import log
from rso.wire.checkpoint import open_checkpoint
from rso.wire.receipt import LogReceipt, log_origin

CHECKOUT = Path(__file__).resolve().parent.parent.parent


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with served.serve(tmp_path_factory.mktemp("served")) as found:
        for agency in (AVARIA, BORDUNA):
            assert Dialler(agency, found.url).register().status_code == 200
        yield found


# ---------------------------------------------------------------- it cannot read


def _forms(canary: str) -> list[bytes]:
    """The canary as it stands, in hexadecimal, and in base64 at each of its three offsets."""
    raw = canary.encode()
    shifted = [base64.b64encode(b"." * shift + raw)[4:-4] for shift in range(3)]
    return [raw, raw.hex().encode(), *shifted, canary.encode("utf-16-le")]


def _in_memory(process: int, needles: list[bytes]) -> bool:
    """Whether any readable and writable memory of the process holds any of the needles."""
    with open(f"/proc/{process}/maps") as maps, open(f"/proc/{process}/mem", "rb", buffering=0) as memory:
        for line in maps:
            match = re.match(r"([0-9a-f]+)-([0-9a-f]+) rw", line)
            if match is None:
                continue
            start, end = int(match[1], 16), int(match[2], 16)
            try:
                memory.seek(start)
                data = memory.read(end - start)
            except (OSError, ValueError, OverflowError):
                continue  # pages that no process may read, such as vvar
            if any(needle in data for needle in needles):
                return True
    return False


def _in_files(folder: Path, needles: list[bytes]) -> list[str]:
    found = []
    for path in folder.rglob("*"):
        if path.is_file():
            data = path.read_bytes()
            found += [path.name for needle in needles if needle in data]
    return found


def _relay_holds(running: Served, needles: list[bytes]) -> tuple[list[str], list[int]]:
    """Files of the relay's folder (database, write-ahead log, output), and processes, that hold a needle."""
    processes = running.processes()
    assert processes
    return _in_files(running.folder, needles), [pid for pid in processes if _in_memory(pid, needles)]


def test_the_relay_cannot_read_what_it_carries(running: Served) -> None:
    probe, answer = (f"canary{secrets.token_hex(12)}" for _ in range(2))
    needles = _forms(probe) + _forms(answer)
    sender = subprocess.Popen(
        [sys.executable, "-m", "tests.relay.sender"],
        cwd=CHECKOUT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert sender.stdin is not None
    assert sender.stdout is not None
    try:
        told = {"url": running.url, "probe": probe, "answer": answer}
        sender.stdin.write(json.dumps(told) + "\n")
        sender.stdin.flush()
        assert sender.stdout.readline().strip() == "done"

        # The positive control: the same scanner finds each canary in the sender, and the header in the relay.
        assert _in_memory(sender.pid, [probe.encode()])
        assert _in_memory(sender.pid, [answer.encode()])
        files, processes = _relay_holds(running, [b"XBD/GOV/IMMIGRATION"])
        assert any(name.startswith("relay.sqlite3") for name in files)
        assert processes

        assert _relay_holds(running, needles) == ([], [])
        for agency in (AVARIA, BORDUNA):
            node = Dialler(agency, running.url)
            items = content(node.send("GET", "/v1/mailbox"))["items"]
            assert len(items) == 1  # type: ignore[arg-type]
            assert node.acknowledge(items[0]["id"]) == []  # type: ignore[index]
        assert _relay_holds(running, needles) == ([], [])
    finally:
        sender.stdin.close()
        sender.wait(30)
        sender.stdout.close()


def test_the_ciphertext_is_gone_after_acknowledgement(running: Served) -> None:
    message = sealed()
    piece = [message.envelope[-200:-100]]
    Dialler(AVARIA, running.url).hand_in(message)
    files, _ = _relay_holds(running, piece)
    assert files
    recipient = Dialler(BORDUNA, running.url)
    assert recipient.acknowledge(message.header.id.bytes) == []
    subprocess.run(
        [served.RSO, "manage", "relay", "shell", "-v", "0", "-c", _CHECKPOINT],
        env=served.environment(running.folder, running.url),
        check=True,
    )
    assert _in_files(running.folder, piece) == []


_CHECKPOINT = "from django.db import connection as c; c.cursor().execute('PRAGMA wal_checkpoint(TRUNCATE)')"


# ---------------------------------------------------------------- it waits


def test_mail_ends_a_wait(running: Served) -> None:
    answers = []
    recipient = Dialler(BORDUNA, running.url)
    waiting = threading.Thread(target=lambda: answers.append(content(recipient.send("GET", "/v1/mailbox?wait=25"))))
    waiting.start()
    message = sealed()
    Dialler(AVARIA, running.url).hand_in(message)
    waiting.join(60)
    assert [item["id"] for item in answers[0]["items"]] == [message.header.id.bytes]
    assert recipient.acknowledge(message.header.id.bytes) == []


def test_mail_ends_the_wait_of_its_recipient_and_of_nobody_else(running: Served) -> None:
    """Told by the order in which they end: who waits shorter, and has no mail, is still waiting."""
    recipient, other = Dialler(BORDUNA, running.url), Dialler(CESTRIA, running.url)
    with ThreadPoolExecutor(2) as pool:
        without = pool.submit(other.send, "GET", "/v1/bell?wait=8")
        waiting = pool.submit(recipient.send, "GET", "/v1/bell?wait=25")
        message = sealed()
        Dialler(AVARIA, running.url).hand_in(message)
        assert content(waiting.result(60))["waiting"] == 1
        assert not without.done()
        assert content(without.result(60)) == {"retry_after": 0, "waiting": 0}
    assert recipient.acknowledge(message.header.id.bytes) == []


def test_the_bell_tells_of_mail_and_carries_none(running: Served) -> None:
    rung = []
    recipient = Dialler(BORDUNA, running.url)
    waiting = threading.Thread(target=lambda: rung.append(content(recipient.send("GET", "/v1/bell?wait=25"))))
    waiting.start()
    message = sealed()
    Dialler(AVARIA, running.url).hand_in(message)
    waiting.join(60)
    assert rung == [{"retry_after": 0, "waiting": 1}]
    assert recipient.acknowledge(message.header.id.bytes) == []
    assert content(recipient.send("GET", "/v1/bell")) == {"retry_after": 0, "waiting": 0}


def test_waiting_nodes_leave_threads_for_everybody_else(running: Served) -> None:
    """More waiting requests than the server has threads: most are told to come back, and others are served."""
    count = 3 * served.THREADS
    with ThreadPoolExecutor(count) as pool:
        waiting = [
            pool.submit(Dialler(agency, running.url).send, "GET", "/v1/mailbox?wait=8")
            for agency in (AVARIA, BORDUNA, CESTRIA)
            for _ in range(count // 3)
        ]
        assert Dialler(AVARIA, running.url).send("POST", "/v1/contact").status_code == 200
        still_waiting = any(not future.done() for future in waiting)
        pauses = [content(future.result())["retry_after"] for future in waiting]
    assert still_waiting, "contact had to wait until the waiting requests were over"
    assert pauses.count(0) <= served.WAITERS
    assert pauses.count(2) >= count - served.WAITERS


def test_whoever_is_not_known_and_sends_slowly_holds_no_thread(running: Served) -> None:
    """More stalled bodies than the server has threads; a body is read of a node alone."""
    host, _, port = running.url.removeprefix("http://").partition(":")
    head = f"POST /v1/submissions HTTP/1.1\r\nHost: {host}:{port}\r\nContent-Type: application/cbor\r\n"
    with ExitStack() as stalled:
        for _ in range(2 * served.THREADS):
            connection = stalled.enter_context(socket.create_connection((host, int(port))))
            connection.sendall(f"{head}Content-Length: 1000000\r\n\r\nxx".encode())
        assert Dialler(AVARIA, running.url).send("POST", "/v1/contact").status_code == 200


# ---------------------------------------------------------------- it appends


def test_concurrent_senders_get_distinct_places_in_one_log(running: Served) -> None:
    messages = [sealed() for _ in range(24)]
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda message: Dialler(AVARIA, running.url).hand_in(message), messages))
    assert {answer["code"] for answer in answers} == {""}
    places = [answer["index"] for answer in answers]
    assert sorted(places) == list(range(min(places), min(places) + len(messages)))

    node = Dialler(CESTRIA, running.url)
    note = node.send("GET", "/v1/log/checkpoint").text
    verifier = region.directory_logs(running.folder / "directory.cbor")
    head = open_checkpoint(note, log_origin(RELAY), verifier)
    bundle = node.send("GET", "/v1/" + f"log/{log.tile_path('entries', 0, head.size)}")
    entries = log.parse_entry_bundle(bundle.content)
    rebuilt = log.MemoryLog(entries)
    assert rebuilt.root() == head.root
    for message, one, place in zip(messages, answers, places, strict=True):
        assert entries[place] == log.blinded_leaf(message.commitment, message.blind)
        own = open_checkpoint(LogReceipt.parse(one["receipt"]).checkpoint, log_origin(RELAY), verifier)
        assert rebuilt.root(own.size) == own.root, "an earlier checkpoint is of another log"
