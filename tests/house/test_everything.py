"""Parts that run side by side: what each says stays together, and a failure of either is one."""

from __future__ import annotations

import sys
import tempfile
from importlib import util
from pathlib import Path

import pytest

CHECKOUT = Path(__file__).resolve().parent.parent.parent


@pytest.fixture(scope="module")
def everything() -> object:
    spec = util.spec_from_file_location("everything", CHECKOUT / "tests/everything.py")
    assert spec is not None
    assert spec.loader is not None
    module = util.module_from_spec(spec)
    before = list(sys.path)
    spec.loader.exec_module(module)
    sys.path[:] = before
    return module


def _part(everything: object, name: str, code: str) -> bool:
    environment = {"RSO_DATA": tempfile.mkdtemp(prefix="rso-test-")}
    return bool(everything._run(name, ["python", "-c", code], environment))  # type: ignore[attr-defined]


SLOW = "import time\nfor n in range(3): print('{0}', n, flush=True); time.sleep(0.1)\n"


def test_what_two_parts_say_does_not_mingle(everything: object, capsys: pytest.CaptureFixture[str]) -> None:
    lanes = [lambda name=name: _part(everything, name, SLOW.format(name)) for name in ("one", "two")]
    assert everything._side_by_side(*lanes) is True  # type: ignore[attr-defined]
    said = [line for line in capsys.readouterr().out.splitlines() if line and not line.startswith("===")]
    assert sorted(said) == ["one 0", "one 1", "one 2", "two 0", "two 1", "two 2"]
    assert said[0][:3] == said[1][:3] == said[2][:3]


def test_a_failure_of_either_fails_and_the_other_still_runs(
    everything: object, capsys: pytest.CaptureFixture[str]
) -> None:
    lanes = [
        lambda: _part(everything, "bad", "raise SystemExit(1)"),
        lambda: _part(everything, "good", "print('done')"),
    ]
    assert everything._side_by_side(*lanes) is False  # type: ignore[attr-defined]
    said = capsys.readouterr().out
    assert "=== bad: FAILED" in said
    assert "done" in said
    assert "=== good: passed" in said
