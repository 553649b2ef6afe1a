"""The demonstration as one command: from nothing, after a violent end, and again in the same folder."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from tests.journeys.conftest import RSO
from tests.journeys.running import FIRST_PORT

PATIENCE = 300.0
EXPECTED = {
    "project_decided": True,
    "hit": True,
    "stranger_hit": False,
    "barred_answer": "no hit",
    "disclosed": True,
}


def command(folder: Path) -> list[str]:
    return [str(RSO), "demo", "--once", "--json", "--no-browser", "--folder", str(folder), "--port", str(FIRST_PORT)]


def environment() -> dict[str, str]:
    return {k: v for k, v in os.environ.items() if not k.startswith(("RSO_", "DJANGO_"))}


def processes_of(folder: Path) -> list[int]:
    """Processes that work in ``folder`` or beneath, told by the settings that they were started with."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):  # it ended while we looked, or is another person's
            if f"RSO_DATA={folder}".encode() in (process / "environ").read_bytes():
                found.append(int(process.name))
    return found


def left_behind(folder: Path) -> list[str]:
    """Their command lines."""
    found = []
    for number in processes_of(folder):
        with suppress(OSError):
            found.append(Path(f"/proc/{number}/cmdline").read_bytes().replace(b"\0", b" ").decode())
    return found


def none_left(folder: Path) -> bool:
    until = time.monotonic() + 60.0
    while left_behind(folder) and time.monotonic() < until:
        time.sleep(0.2)
    return left_behind(folder) == []


def verify(file: Path, *options: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [RSO, "evidence", "verify", str(file), *options], capture_output=True, text=True, check=False, timeout=60
    )


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A region's folder, in which a set-up was killed half-way: the office is made, nodes are not yet complete."""
    folder = tmp_path_factory.mktemp("demonstration")
    process = subprocess.Popen(
        command(folder), env=environment(), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True
    )
    until = time.monotonic() + PATIENCE
    while not (folder / "avaria").exists():
        assert process.poll() is None
        assert time.monotonic() < until
        time.sleep(0.05)
    process.send_signal(signal.SIGKILL)
    process.wait()
    assert not (folder / "region.json").exists()
    yield folder
    for number in processes_of(folder):  # should a test have failed half-way
        with suppress(OSError):
            os.kill(number, signal.SIGKILL)


@pytest.fixture(scope="module")
def first(folder: Path) -> subprocess.CompletedProcess[str]:
    """The first whole run."""
    return subprocess.run(
        command(folder), env=environment(), capture_output=True, text=True, check=False, timeout=PATIENCE
    )


@pytest.fixture(scope="module")
def told(first: subprocess.CompletedProcess[str]) -> dict[str, Any]:
    """What the first run says in its last line."""
    assert first.returncode == 0, first.stderr[-3000:]
    found: dict[str, Any] = json.loads(first.stdout.strip().splitlines()[-1])
    return found


def test_a_killed_set_up_leaves_no_process(folder: Path) -> None:
    assert none_left(folder), left_behind(folder)


def test_a_half_made_region_is_made_anew_and_says_so(first: subprocess.CompletedProcess[str]) -> None:
    assert "what was here is removed" in first.stderr


def test_both_processes_happened(told: dict[str, Any]) -> None:
    assert {key: told[key] for key in EXPECTED} == EXPECTED


def test_nothing_is_left_running(told: dict[str, Any], folder: Path) -> None:
    assert none_left(folder), left_behind(folder)


def test_the_evidence_holds_from_the_root_keys_alone(told: dict[str, Any], folder: Path) -> None:
    done = verify(Path(told["evidence_file"]), "--anchor", str(folder / "trust" / "anchor.cbor"))
    assert done.returncode == 0, done.stdout + done.stderr
    assert "FAILED" not in done.stdout


def test_the_evidence_holds_by_itself_too(told: dict[str, Any]) -> None:
    done = verify(Path(told["evidence_file"]))
    assert done.returncode == 0, done.stdout + done.stderr
    assert "WARNING: anchor-from-file" in done.stdout


def test_any_changed_byte_fails_and_names_the_step(told: dict[str, Any], folder: Path, tmp_path: Path) -> None:
    whole = Path(told["evidence_file"]).read_bytes()
    anchor = str(folder / "trust" / "anchor.cbor")
    steps = set()
    for at in (len(whole) // 7, len(whole) // 2, len(whole) - 40):
        changed = tmp_path / f"{at}.cbor"
        changed.write_bytes(whole[:at] + bytes([whole[at] ^ 1]) + whole[at + 1 :])
        assert verify(changed).returncode == 1
        done = verify(changed, "--anchor", anchor, "--json")
        assert done.returncode == 1
        said = json.loads(done.stdout.strip().splitlines()[-1])
        assert said["holds"] is False
        assert f"step {said['step']:2d}" in done.stdout
        steps.add(said["step"])
    assert min(steps) >= 1


@pytest.fixture(scope="module")
def cut_short(told: dict[str, Any], folder: Path) -> tuple[int, str]:
    """A second run in which one node is killed while a question is on its way: its status, and what it said."""
    errors = folder / "second-run.txt"
    with errors.open("w") as out:
        process = subprocess.Popen(command(folder), env=environment(), stdout=subprocess.DEVNULL, stderr=out)
    until = time.monotonic() + PATIENCE
    while "An officer of Avaria asks both" not in errors.read_text():
        assert process.poll() is None, errors.read_text()
        assert time.monotonic() < until
        time.sleep(0.1)
    os.kill(min(processes_of(folder / "borduna")), signal.SIGKILL)
    return process.wait(PATIENCE), errors.read_text()


def test_a_process_that_ends_ends_the_demonstration_and_is_named(cut_short: tuple[int, str], folder: Path) -> None:
    status, said = cut_short
    assert status == 1
    assert "The process of the Bordunan Immigration Office was ended by SIGKILL" in said
    assert "Traceback" not in said
    assert none_left(folder), left_behind(folder)


def test_the_next_run_uses_the_region_again_and_all_happens_once_more(
    cut_short: tuple[int, str], told: dict[str, Any], folder: Path
) -> None:
    """What the run before left on desks is not taken for this one's."""
    key = (folder / "trust" / "anchor.cbor").read_bytes()
    done = subprocess.run(
        command(folder), env=environment(), capture_output=True, text=True, check=False, timeout=PATIENCE
    )
    assert done.returncode == 0, done.stderr[-3000:]
    again = json.loads(done.stdout.strip().splitlines()[-1])
    assert {key: again[key] for key in EXPECTED} == EXPECTED
    assert again["evidence_file"] != told["evidence_file"]
    assert "what was here is removed" not in done.stderr
    assert "makes keys" not in done.stderr
    assert (folder / "trust" / "anchor.cbor").read_bytes() == key
    assert none_left(folder), left_behind(folder)
