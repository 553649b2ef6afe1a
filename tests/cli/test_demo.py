from __future__ import annotations

import io
import json
import os
import re
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest

from rso.base.errors import RsoError
from rso.demo import prints as story
from rso.demo import setup
from rso.demo.run import Wishes, _or_begin_anew, run
from rso.demo.telling import Teller
from rso.region.places import free_ports, region
from rso.region.processes import Processes, run_all


def test_ports_in_use_are_passed_over() -> None:
    with socket.socket() as busy:
        busy.bind(("127.0.0.1", 0))
        busy.listen()
        taken = busy.getsockname()[1]
        assert taken not in free_ports(3, taken)


def test_a_half_made_region_is_not_taken_for_a_whole_one(tmp_path: Path) -> None:
    places = region(tmp_path, 8000)
    assert not setup.is_complete(tmp_path)
    places[0].folder.mkdir(parents=True)
    (places[0].folder / "office.sqlite3").write_bytes(b"half")
    assert not setup.is_complete(tmp_path)
    (tmp_path / "evidence").mkdir()
    (tmp_path / "evidence" / "of-the-former.cbor").write_bytes(b"")
    (tmp_path / "kept.txt").write_text("somebody's own")
    assert setup.clear(tmp_path, places)
    assert not places[0].folder.exists()
    assert not (tmp_path / "evidence").exists()
    assert (tmp_path / "kept.txt").exists()
    setup.finish(tmp_path)
    assert setup.is_complete(tmp_path)
    (tmp_path / "region.json").write_text("{broken")
    assert not setup.is_complete(tmp_path)


def test_a_second_demonstration_in_the_folder_is_told_so(tmp_path: Path) -> None:
    with setup.holding(tmp_path), pytest.raises(RsoError, match="runs in"), setup.holding(tmp_path):
        pass


def test_a_folder_that_cannot_be_used_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(RsoError, match="--folder"), setup.holding(tmp_path / "file"):
        pass


def test_a_disk_without_room_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(setup, "NEEDED_MB", 10**9)
    with pytest.raises(RsoError, match="MB are free"):
        setup.check_room(tmp_path)


def test_links_without_a_region_say_how_to_start_one(tmp_path: Path) -> None:
    with pytest.raises(RsoError, match=r"\./run"):
        setup.remembered(tmp_path)


def test_a_folder_of_prints_must_say_its_resolution(tmp_path: Path) -> None:
    with pytest.raises(RsoError, match="resolution"):
        story.real(tmp_path)
    (tmp_path / "resolutions.json").write_text(json.dumps({tmp_path.name: 500}))
    with pytest.raises(RsoError, match="four fingers"):
        story.real(tmp_path)


@pytest.mark.parametrize("content", ["{", "[]", "5", '"500"', "{}", '{"ppi": "many"}', '{"ppi": null}'])
def test_resolutions_that_say_nothing_are_our_error(tmp_path: Path, content: str) -> None:
    (tmp_path / "resolutions.json").write_text(content)
    with pytest.raises(RsoError, match=r"resolutions\.json"):
        story.real(tmp_path)


def test_of_a_folder_of_databases_the_first_with_prints_is_taken(tmp_path: Path) -> None:
    (tmp_path / "resolutions.json").write_text(json.dumps({"A": 300, "B": 500}))
    (tmp_path / "A").mkdir()
    (tmp_path / "B").mkdir()
    for name in (f"{finger}_{impression}.tif" for finger in range(4) for impression in (1, 2)):
        (tmp_path / "B" / name).write_bytes(b"synthetic")
    cast = story.real(tmp_path)
    assert (cast.label, cast.probe.resolution_ppi) == ("B", 500)


def test_prints_that_will_not_do_are_said_before_anything_is_made(tmp_path: Path) -> None:
    (tmp_path / "prints").mkdir()
    with pytest.raises(RsoError, match="resolutions"):
        run(Wishes(tmp_path / "region", prints=tmp_path / "prints"))
    assert not (tmp_path / "region").exists()


@pytest.mark.parametrize(("code", "is_told"), [("preparation-failed", True), ("no-answer", False)])
def test_a_region_that_was_whole_and_does_not_come_up_is_begun_anew(tmp_path: Path, code: str, is_told: bool) -> None:
    wishes, error = Wishes(tmp_path), RsoError(code, "no such table")
    assert "--fresh" not in _or_begin_anew(error, wishes).message
    setup.finish(tmp_path)
    assert ("--fresh" in _or_begin_anew(error, wishes).message) is is_told


def test_the_storys_prints_are_labelled_synthetic() -> None:
    cast = story.synthetic()
    assert all(p.synthetic for p in (cast.enrolled, cast.probe, cast.stranger, *cast.others))
    assert len({p.data for p in (cast.enrolled, cast.probe, cast.stranger)}) == 3


@pytest.mark.prints
def test_real_prints_are_read_with_their_resolution(prints: Path) -> None:
    cast = story.real(prints / "DB2_B")
    assert cast.probe.resolution_ppi == 569
    assert cast.enrolled.name != cast.probe.name


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


LONG = "receives “hit” on the clock's tick, with a reference that works once, and keeps it until it is used"


def test_steps_are_folded_on_a_terminal_and_whole_in_a_pipe(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.delenv("NO_COLOR", raising=False)
    screen, pipe = Terminal(), io.StringIO()
    for out in (screen, pipe):
        Teller(out).step("The node of Avaria", LONG)
    assert "\x1b[" in screen.getvalue()
    shown = re.sub(r"\x1b\[[0-9;]*m", "", screen.getvalue()).splitlines()
    assert len(shown) == 2
    assert max(map(len, shown)) <= 80
    assert shown[1].startswith(" " * 11)
    (line,) = pipe.getvalue().splitlines()
    assert line.endswith(f"s   The node of Avaria {LONG}")


def test_no_color_means_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    screen = Terminal()
    teller = Teller(screen)
    teller.chapter("The office")
    teller.step("The public", "finds it")
    teller.heading("Office", "http://localhost:8000/")
    teller.link("officer XAV", "http://localhost:8000/a/")
    assert "\x1b" not in screen.getvalue()


def test_a_process_that_ends_is_told_at_once_with_the_end_of_its_log(tmp_path: Path) -> None:
    log = tmp_path / "server.log"
    log.write_text("2026-01-01 00:00:00,000 ERROR django.request it broke\nTypeError: no such thing\n")
    child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"], start_new_session=True)
    processes = Processes(
        "http://localhost:1", running={"relay": child}, logs={"relay": log}, titles={"relay": "relay"}
    )
    assert "relay says: TypeError: no such thing" in processes.troubles()

    def wait_for_its_end() -> None:
        with processes:
            processes.watch()
            child.kill()
            time.sleep(60)

    with pytest.raises(RsoError, match="process of the relay was ended by SIGKILL") as caught:
        wait_for_its_end()
    assert "it broke" in caught.value.message
    assert processes.running == {}


@pytest.mark.parametrize(
    ("script", "said"),
    [
        ("raise OSError(28, 'No space left on device')", "the disk is full. Free some room"),
        (
            "import sqlite3\nraise sqlite3.OperationalError('database or disk is full')",
            "the disk is full. Free some room",
        ),
        ("raise ValueError('a key is missing')", "Preparing office failed: ValueError: a key is missing"),
        ("raise SystemExit('set RSO_AGENCY')", "Preparing office failed: set RSO_AGENCY"),
    ],
)
def test_a_step_that_fails_says_why_in_a_line_and_shows_no_traceback(script: str, said: str) -> None:
    with pytest.raises(RsoError) as caught:
        run_all({"office": ([sys.executable, "-c", script], dict(os.environ))})
    assert said in caught.value.message
    assert "Traceback" not in caught.value.message
