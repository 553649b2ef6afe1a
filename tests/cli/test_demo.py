from __future__ import annotations

import json
import socket
from pathlib import Path

import pytest

from rso.base.errors import RsoError
from rso.demo import prints as story
from rso.demo import setup
from rso.region.places import free_ports, region


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
    (tmp_path / "kept.txt").write_text("somebody's own")
    assert setup.clear(tmp_path, places)
    assert not places[0].folder.exists()
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


def test_the_storys_prints_are_labelled_synthetic() -> None:
    cast = story.synthetic()
    assert all(p.synthetic for p in (cast.enrolled, cast.probe, cast.stranger, *cast.others))
    assert len({p.data for p in (cast.enrolled, cast.probe, cast.stranger)}) == 3


@pytest.mark.prints
def test_real_prints_are_read_with_their_resolution(prints: Path) -> None:
    cast = story.real(prints / "DB2_B")
    assert cast.probe.resolution_ppi == 569
    assert cast.enrolled.name != cast.probe.name
