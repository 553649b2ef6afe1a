from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from rso.base.errors import RsoError
from rso.bench.machine import Spent, Stat, describe, spent_by

TICKS = os.sysconf("SC_CLK_TCK")


def line(pid: int, group: int, *, own: int = 0, reaped: int = 0, name: str = "python") -> str:
    """A line of /proc/PID/stat; ``own`` and ``reaped`` are clock ticks, half of them user time."""
    before = f"{pid} ({name}) S 1 {group} {group} 0 -1 0 0 0 0 0"
    return f"{before} {own // 2} {own - own // 2} {reaped // 2} {reaped - reaped // 2} 20 0 1 0"


def proc(folder: Path, *lines: str) -> Path:
    for text in lines:
        place = folder / text.split()[0]
        place.mkdir()
        (place / "stat").write_text(text)
    (folder / "self").mkdir()
    return folder


@pytest.mark.parametrize("name", ["python", "a) b (c", "x 1 2 3)"])
def test_a_process_may_have_any_name(name: str) -> None:
    stat = Stat.parse(line(7, 5, own=2 * TICKS, reaped=TICKS, name=name))
    assert stat == Stat(pid=7, group=5, own=2.0, reaped=1.0)


def test_a_group_is_its_leader_and_its_children_whether_they_live_or_not(tmp_path: Path) -> None:
    folder = proc(
        tmp_path,
        line(5, 5, own=4 * TICKS, reaped=3 * TICKS),
        line(6, 5, own=2 * TICKS),
        line(9, 9, own=100 * TICKS),
    )
    assert spent_by(5, folder) == Spent(own=4.0, children=5.0)
    assert spent_by(5, folder).total == 9.0
    assert spent_by(5, folder).since(Spent(1.0, 2.0)) == Spent(3.0, 3.0)


def test_a_group_without_its_leader_is_an_error_and_not_a_nought(tmp_path: Path) -> None:
    with pytest.raises(RsoError) as caught:
        spent_by(5, proc(tmp_path, line(6, 5, own=TICKS)))
    assert caught.value.code == "process-gone"


def test_a_real_process_is_counted_with_its_children() -> None:
    burn = "import time\nwhile time.process_time() < 0.3: pass\n"
    code = f"import subprocess, sys\n{burn}subprocess.run([sys.executable, '-c', {burn!r}])\nprint(flush=True)\ninput()"
    with subprocess.Popen(
        [sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE, start_new_session=True
    ) as process:
        assert process.stdout is not None
        process.stdout.readline()
        time.sleep(0.05)
        spent = spent_by(process.pid)
        process.communicate(b"\n")
    assert spent.own > 0.2
    assert spent.children > 0.2


def test_the_machine_is_described() -> None:
    told = describe()
    assert {"cpu", "cores", "python", "date", "commit", "load_average", "memory_gb"} == set(told)
    assert told["cores"] == os.cpu_count()
