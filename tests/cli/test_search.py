"""Which office `rso search` searches."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from rso.cli.search import _or_the_demonstrations


@pytest.fixture(autouse=True)
def _alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """In an empty folder, without settings; what is set here is forgotten again."""
    monkeypatch.chdir(tmp_path)
    for name in ("RSO_DATA", "RSO_DATABASE_URL"):
        monkeypatch.setenv(name, "")
        monkeypatch.delenv(name)


def found(folder: Path) -> Path:
    office = folder / "var" / "demonstration" / "office"
    office.mkdir(parents=True)
    (office / "office.sqlite3").touch()
    return office


def test_without_settings_the_demonstrations_office_is_searched(tmp_path: Path) -> None:
    office = found(tmp_path)
    _or_the_demonstrations()
    assert Path(os.environ["RSO_DATA"]) == office.resolve()


@pytest.mark.parametrize("name", ["RSO_DATA", "RSO_DATABASE_URL"])
def test_a_setting_is_obeyed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    found(tmp_path)
    monkeypatch.setenv(name, "elsewhere")
    _or_the_demonstrations()
    assert os.environ[name] == "elsewhere"
    assert {"RSO_DATA", "RSO_DATABASE_URL"} & set(os.environ) == {name}


def test_where_there_is_none_nothing_is_chosen() -> None:
    _or_the_demonstrations()
    assert "RSO_DATA" not in os.environ
