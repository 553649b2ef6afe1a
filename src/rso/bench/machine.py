"""The machine that is measured on, and the CPU that groups of processes have used, from ``/proc`` (Linux)."""

from __future__ import annotations

import os
import platform
import subprocess
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from rso.base.errors import RsoError

PROC = Path("/proc")
_TICKS = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True)
class Spent:
    """CPU seconds of one process group: its leader's own, and those of its children, ended or not."""

    own: float = 0.0
    children: float = 0.0

    @property
    def total(self) -> float:
        return self.own + self.children

    def since(self, before: Spent) -> Spent:
        return Spent(self.own - before.own, self.children - before.children)


@dataclass(frozen=True)
class Stat:
    """The fields of ``/proc/PID/stat`` that matter here (proc(5)): seconds of CPU, user and system together."""

    pid: int
    group: int
    own: float
    reaped: float

    @classmethod
    def parse(cls, text: str) -> Stat:
        """The name in brackets may hold anything, brackets and spaces too: what follows the last one counts."""
        before, _, after = text.rpartition(")")
        fields = after.split()
        user, system, child_user, child_system = (int(fields[i]) for i in range(11, 15))
        return cls(
            int(before.partition(" ")[0]),
            int(fields[2]),
            (user + system) / _TICKS,
            (child_user + child_system) / _TICKS,
        )


def stats(proc: Path = PROC) -> list[Stat]:
    """Every process that runs now; one that ends meanwhile is left out."""
    found = []
    for folder in proc.iterdir():
        if folder.name.isdigit():
            try:
                found.append(Stat.parse((folder / "stat").read_text()))
            except (FileNotFoundError, ProcessLookupError):
                continue
    return found


def spent_by(group: int, proc: Path = PROC) -> Spent:
    """What the process group led by ``group`` has used; raises ``RsoError`` (``process-gone``) without its leader.

    A live child counts itself; one that ended and was waited for counts with whoever waited.
    """
    members = [stat for stat in stats(proc) if stat.group == group]
    leader = next((stat for stat in members if stat.pid == group), None)
    if leader is None:
        raise RsoError("process-gone", "A process that is measured has ended; its log says why.")
    others = sum(stat.own + stat.reaped for stat in members if stat.pid != group)
    return Spent(leader.own, leader.reaped + others)


def describe() -> dict[str, object]:
    """Processor, cores, memory, Python, date and commit, as they stand beside every figure."""
    return {
        "cpu": _processor(),
        "cores": os.cpu_count() or 1,
        "memory_gb": round(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30, 1),
        "load_average": round(os.getloadavg()[0], 1),
        "python": platform.python_version(),
        "date": datetime.now(UTC).strftime("%Y-%m-%dT%H:%MZ"),
        "commit": _commit(),
    }


def _processor() -> str:
    try:
        lines = (PROC / "cpuinfo").read_text().splitlines()
    except OSError:
        return platform.machine()
    return next((line.partition(":")[2].strip() for line in lines if line.startswith("model name")), platform.machine())


def _commit() -> str:
    command = ["git", "rev-parse", "--short", "HEAD"]
    try:
        told = subprocess.run(command, cwd=Path(__file__).parent, capture_output=True, text=True, check=True)
    except (OSError, subprocess.CalledProcessError):
        return ""
    return told.stdout.strip()
