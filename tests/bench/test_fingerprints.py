from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner

from rso.cli.main import main


def test_without_prints_it_says_what_it_wants(tmp_path: Path) -> None:
    done = CliRunner().invoke(main, ["bench", "fingerprints", "--data", str(tmp_path)])
    assert done.exit_code == 1
    assert "resolutions.json" in done.stderr
    assert "no-prints" in done.stderr


@pytest.mark.prints
@pytest.mark.slow
def test_a_few_real_fingers_give_every_figure(prints: Path, tmp_path: Path) -> None:
    (tmp_path / "DB1_B").mkdir()
    (tmp_path / "resolutions.json").write_text(json.dumps({"DB1_B": 500}))
    for finger in (101, 104):
        for number in (1, 2):
            shutil.copy(prints / "DB1_B" / f"{finger}_{number}.tif", tmp_path / "DB1_B")
    done = CliRunner().invoke(main, ["bench", "fingerprints", "--json", "--data", str(tmp_path)])
    assert done.exit_code == 0, done.output
    told = json.loads(done.stdout.splitlines()[-1])
    assert (told["images"], told["genuine"], told["impostor"], told["failures"]) == (4, 2, 4, 0)
    assert told["databases"] == ["DB1_B"]
    assert set(told["eer"]) == {"value", "low", "high"}
