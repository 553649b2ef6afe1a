from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from rso.cli.main import main


def run(*words: str) -> tuple[int, str]:
    done = CliRunner().invoke(main, list(words))
    return done.exit_code, done.output


def test_help_names_every_command_and_where_to_begin() -> None:
    status, text = run("--help")
    assert status == 0
    for name in ("serve", "work", "manage", "demo", "evidence", "bench"):
        assert f"\n  {name}" in text
    assert "rso demo" in text


def test_help_is_quick_because_nothing_heavy_is_imported() -> None:
    heavy = "('django', 'numpy', 'onnxruntime', 'httpx')"
    code = f"import sys; import rso.cli.main; print([m for m in {heavy} if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


@pytest.mark.parametrize("content", [b"", b"not evidence", b"\xa0", os.urandom(2000)])
def test_what_is_no_evidence_is_refused_with_the_step(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "evidence"
    file.write_bytes(content)
    status, text = run("evidence", "verify", str(file), "--json")
    assert status == 1
    said = json.loads(text.splitlines()[-1])
    assert said["holds"] is False
    assert said["step"] in (1, 2)


def test_a_file_of_any_size_is_refused_without_being_read_whole(tmp_path: Path) -> None:
    file = tmp_path / "large"
    with file.open("wb") as out:
        out.truncate(2**40)
    status, text = run("evidence", "verify", str(file))
    assert status == 1
    assert "step  1 size: FAILED" in text


@pytest.mark.parametrize("name", ["missing", "."])
def test_what_is_no_file_is_said(tmp_path: Path, name: str) -> None:
    status, text = run("evidence", "verify", str(tmp_path / name))
    assert status == 2
    assert "Error: Invalid value for 'FILE'" in text


def test_an_unreadable_anchor_is_told_apart_from_bad_evidence(tmp_path: Path) -> None:
    file = tmp_path / "x"
    file.write_bytes(b"x")
    status, text = run("evidence", "verify", str(file), "--anchor", str(file))
    assert status == 1
    assert "root keys" in text


@pytest.mark.parametrize(
    ("words", "wrong", "said"),
    [
        (["manage", "office", "check"], {"RSO_FILE_LIMIT_MIB": "many"}, "RSO_FILE_LIMIT_MIB"),
        (["manage", "office", "check"], {"RSO_BASE_URL": "nonsense"}, "RSO_BASE_URL"),
        (["manage", "node", "check"], {"RSO_AGENCY": "nonsense"}, "RSO_AGENCY"),
        (["manage", "node", "check"], {"RSO_RELAY_URL": "nonsense"}, "RSO_RELAY_URL"),
        (["manage", "relay", "check"], {"RSO_DATA": "/dev/null/data"}, "RSO_DATA"),
        (["serve", "office", "--port", "1024"], {"RSO_BASE_URL": "nonsense"}, "RSO_BASE_URL"),
        (["work", "office", "--once"], {}, "rso manage office migrate"),
    ],
    ids=["a number", "an address", "an agency", "the relay", "a folder", "serving", "no database yet"],
)
def test_a_wrong_setting_is_one_clear_line_and_no_traceback(
    tmp_path: Path, words: list[str], wrong: dict[str, str], said: str
) -> None:
    environment = {k: v for k, v in os.environ.items() if not k.startswith(("RSO_", "DJANGO_"))}
    done = subprocess.run(
        [sys.executable, "-m", "rso.cli", *words],
        env=environment | {"RSO_DATA": str(tmp_path)} | wrong,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert said in done.stderr
    assert "Traceback" not in done.stderr


def commands(command: click.Command, path: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    yield path
    if isinstance(command, click.Group):
        for name, child in command.commands.items():
            yield from commands(child, (*path, name))


@pytest.mark.parametrize("path", list(commands(main)), ids=" ".join)
def test_every_command_helps_and_no_line_of_it_is_cut(path: tuple[str, ...]) -> None:
    status, text = run(*path, "--help")
    assert status == 0
    assert text.startswith("Usage: ")
    assert not [line for line in text.splitlines() if line.endswith("...") and "Usage" not in line]


def test_help_of_a_command_passed_on_is_that_command_s() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "rso.cli", "manage", "office", "migrate", "--help"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0
    assert "rso manage office migrate" in done.stdout


def test_an_address_on_which_nobody_can_listen_is_one_line(tmp_path: Path) -> None:
    with socket.socket() as busy:
        busy.bind(("127.0.0.1", 0))
        busy.listen()
        port = str(busy.getsockname()[1])
        status, text = run("serve", "office", "--port", port)
    assert (status, text.count("\n")) == (1, 1)
    assert f"Cannot listen on 127.0.0.1, port {port}: Address already in use" in text
    status, text = run("serve", "office", "--host", "localhost.example")
    assert (status, text.count("\n")) == (1, 1)
    assert "no IP address" in text


def test_files_that_are_no_certificate_are_one_line(tmp_path: Path) -> None:
    (tmp_path / "c").write_text("x")
    status, text = run("serve", "office", "--certificate", str(tmp_path / "c"), "--key", str(tmp_path / "c"))
    assert (status, text.count("\n")) == (1, 1)
    assert "are no certificate and its key" in text


def test_certificate_and_key_go_together(tmp_path: Path) -> None:
    (tmp_path / "c").write_text("x")
    status, text = run("serve", "office", "--certificate", str(tmp_path / "c"))
    assert status == 2
    assert "go together" in text
