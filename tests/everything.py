"""Passes everything: style, types, floors, tests of each deployment on SQLite and PostgreSQL, browser journeys.

Run by ``./test``. With arguments it runs pytest on those folders only, each under its deployment's settings.
"""

from __future__ import annotations

import ctypes
import os
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

CHECKOUT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(CHECKOUT / "tests"))

import postgres  # noqa: E402 - beside this file

BIN = Path(sys.executable).parent

#: Which folders run under which deployment's settings; "" is pure Python without Django.
PARTS: dict[str, list[str]] = {
    "": ["base", "sheets", "wire", "policy", "ceremony", "biometrics", "cli", "bench", "days"],
    "office": [
        "ui",
        "rest",
        "jobs",
        "sql",
        "accounts",
        "audit",
        "defaults",
        "files",
        "notices",
        "search",
        "content",
        "office",
    ],
    "relay": ["relay"],
    "node": ["node"],
    "every": ["house"],
}

CHECKS = [
    ("style", ["ruff", "check", "src", "tests"]),
    ("format", ["ruff", "format", "--check", "-q", "src", "tests"]),
    ("templates", ["djlint", "--lint", "--quiet", "src"]),
    ("floors", ["lint-imports"]),
    ("types", ["mypy"]),
]


def _environment(deployment: str, extra: dict[str, str] | None = None) -> dict[str, str]:
    """Nothing of the caller's own settings reaches a test, but where the real data is."""
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("RSO_", "DJANGO_")) or k == "RSO_TEST_DATA"}
    kept["RSO_PSEUDO_LOCALES"] = "yes"
    kept["RSO_DATA"] = tempfile.mkdtemp(prefix="rso-test-")
    if deployment:
        kept["DJANGO_SETTINGS_MODULE"] = f"rso.config.settings.{deployment}"
    return {**kept, **(extra or {})}


_SAYING = threading.Lock()
_ASIDE = threading.local()
"""Whether this thread's parts run beside others: then what they say is kept, and said when each is over."""


def _run(title: str, command: list[str], environment: dict[str, str]) -> bool:
    aside = getattr(_ASIDE, "is_so", False)
    if not aside:
        print(f"\n=== {title}", flush=True)
    began = time.monotonic()
    kept: dict[str, Any] = {"stdout": subprocess.PIPE, "stderr": subprocess.STDOUT} if aside else {}
    done = subprocess.run([str(BIN / command[0]), *command[1:]], cwd=CHECKOUT, env=environment, check=False, **kept)
    shutil.rmtree(environment["RSO_DATA"], ignore_errors=True)
    took = f"=== {title}: {'passed' if done.returncode == 0 else 'FAILED'} in {time.monotonic() - began:.0f} s"
    with _SAYING:
        if aside:
            print(f"\n=== {title}\n{done.stdout.decode(errors='replace')}", end="")
        print(took, flush=True)
    return done.returncode == 0


def _aside(lane: Callable[[], bool]) -> bool:
    _ASIDE.is_so = True
    return lane()


def _side_by_side(*lanes: Callable[[], bool]) -> bool:
    """Runs lanes at the same time, for most of them wait: for pages, processes, a browser. All must pass."""
    with ThreadPoolExecutor(len(lanes)) as pool:
        begun = [pool.submit(_aside, lane) for lane in lanes]
        results = [one.result() for one in begun]
    return all(results)


def _pytest(deployment: str, folders: list[str], extra: dict[str, str] | None = None, note: str = "") -> bool:
    there = [f"tests/{f}" if not f.startswith("tests/") else f for f in folders]
    there = [f for f in there if (CHECKOUT / f.split("::")[0]).exists()]
    if not there:
        return True
    command = ["pytest", "-q", *there]
    command += [] if deployment else ["-p", "no:django"]
    command += ["-n", "2", "--dist", "loadfile"] if deployment != "every" else []
    return _run(f"tests of {deployment or 'the pure packages'}{note}", command, _environment(deployment, extra))


def _on_postgres() -> bool:
    with postgres.server() as address:
        if address is None:
            print("\nSKIPPED: no PostgreSQL here. On Debian or Ubuntu: sudo apt-get install postgresql")
            return "CI" not in os.environ
        results = []
        for deployment in ("office", "relay", "node"):
            extra = {
                "RSO_DATABASE_URL": f"{address}rso_{deployment}?pool=no",
                "RSO_VAULT_DATABASE_URL": f"{address}rso_vault?pool=no",
            }
            results.append(_pytest(deployment, PARTS[deployment], extra, " on PostgreSQL"))
        return all(results)


def _lacking_for_a_browser() -> list[str]:
    """Debian's packages that tests in a browser need and that are not here."""
    lacking = [] if shutil.which("chromium") else ["chromium"]
    try:
        ctypes.CDLL("libatomic.so.1")  # Playwright's driver loads it, and a small Debian has none
    except OSError:
        lacking.append("libatomic1")
    return lacking


def _browser() -> bool:
    """Debian's own browser; installed where we are root. Otherwise the line to run is said."""
    lacking = _lacking_for_a_browser()
    if lacking and os.geteuid() == 0 and shutil.which("apt-get"):
        print(f"\nInstalling Debian's {' and '.join(lacking)} for the tests in a browser", flush=True)
        environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
        for arguments in (["update", "-q"], ["install", "-y", "-q", "--no-install-recommends", *lacking]):
            subprocess.run(["apt-get", *arguments], check=False, env=environment, stdout=subprocess.DEVNULL)
        lacking = _lacking_for_a_browser()
    if lacking:
        print(f"\nSKIPPED: tests in a browser. On Debian: sudo apt-get install {' '.join(lacking)}", flush=True)
    return not lacking


def _journeys(paths: list[str] | None = None) -> bool:
    if not (CHECKOUT / "tests/journeys").exists():
        return True
    if not _browser():
        return "CI" not in os.environ
    # Each of the two has a region of its own; a journey mostly waits for pages.
    command = ["pytest", "-q", "-p", "no:django", "-n", "2", "--dist", "loadfile", *(paths or ["tests/journeys"])]
    return _run("journeys", command, _environment(""))


def _some(wanted: list[str]) -> bool:
    results = []
    for path in wanted:
        parts = Path(path).parts
        folder = parts[1] if parts[0] == "tests" else parts[0]
        if folder == "journeys":
            results.append(_journeys([path if parts[0] == "tests" else f"tests/{path}"]))
            continue
        deployment = next((d for d, folders in PARTS.items() if folder.split("::")[0] in folders), "every")
        results.append(_pytest(deployment, [path]))
    return all(results)


def _forgotten() -> list[str]:
    """Folders of tests that no part runs: there must be none."""
    known = {folder for folders in PARTS.values() for folder in folders} | {"journeys"}
    there = {path.name for path in (CHECKOUT / "tests").iterdir() if path.is_dir() and any(path.rglob("test_*.py"))}
    return sorted(there - known)


def _first_lane() -> bool:
    """Every part on SQLite."""
    results = [_pytest(deployment, folders) for deployment, folders in PARTS.items()]
    return all(results)


def _second_lane() -> bool:
    """The journeys, which mostly wait; then the checks and PostgreSQL."""
    results = [_journeys(), _on_postgres()]
    results += [_run(title, command, _environment("every")) for title, command in CHECKS]
    return all(results)


def main() -> int:
    if _forgotten():
        print(f"These folders are run by nothing: {', '.join(_forgotten())}. Enter them in PARTS.")
        return 1
    if len(sys.argv) > 1:
        return 0 if _some(sys.argv[1:]) else 1
    results = [_browser() or "CI" not in os.environ]  # first: the office's own tests look for it too
    # The longest of each lane comes first, so that both end at about the same time.
    results.append(_side_by_side(_first_lane, _second_lane))
    print("\nEverything passed." if all(results) else "\nSomething failed: look for FAILED above.")
    return 0 if all(results) else 1


if __name__ == "__main__":
    sys.exit(main())
