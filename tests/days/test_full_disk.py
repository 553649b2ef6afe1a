"""A disk with no room left: said in words, nothing half-stored, and all well once there is room."""

from __future__ import annotations

import errno
import os
import re
import sqlite3
import subprocess
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import httpx
import pytest
from tests.days.conftest import Office, Opening
from tests.days.forms import OFFER, PATH


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of sixteen megabytes, where we may mount one."""
    disk = tmp_path / "disk"
    disk.mkdir()
    done = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=16m", "tmpfs", disk], capture_output=True, check=False)
    if done.returncode:
        pytest.skip("only root, where it is allowed, can mount a small disk")
    yield disk
    subprocess.run(["umount", "-l", disk], check=True)


def _fill(disk: Path) -> Path:
    """Takes all the room that is left."""
    filler = disk / "filler"
    with filler.open("wb", buffering=0) as file:
        for size in (1 << 20, 1 << 12, 1):
            try:
                while True:
                    file.write(b"x" * size)
            except OSError as error:
                if error.errno != errno.ENOSPC:
                    raise
    return filler


def _form(office: Office, client: httpx.Client) -> dict[str, str]:
    page = client.get(office.url + PATH)
    assert page.status_code == 200, page.text
    token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page.text)
    assert token is not None
    return {"csrfmiddlewaretoken": token.group(1)}


def _sent(office: Office) -> int:
    return int(office.run("from rso.office.intake.models import Enquiry; print(Enquiry.objects.count())"))


@pytest.mark.slow
def test_a_form_on_a_full_disk_says_so_stores_nothing_and_goes_through_later(small_disk: Path, office: Opening) -> None:
    here = office(small_disk / "data", RSO_LOG_LEVEL="ERROR")
    database = sqlite3.connect(small_disk / "data/office.sqlite3")
    with httpx.Client(headers={"Referer": here.url + "/"}) as client, closing(database):
        form = _form(here, client) | OFFER
        database.execute("PRAGMA wal_checkpoint(TRUNCATE)")  # else the log of setting up has room for much
        filler = _fill(small_disk)
        for number in range(25):
            answer = client.post(here.url + PATH, data=form | {"email": f"lea{number}@synthetic.invalid"})
            if answer.status_code != 302:
                break
        assert answer.status_code == 507, answer.text[:3000]
        assert "There is no room left on the server" in answer.text
        assert "What you typed is not lost" in answer.text
        assert answer.headers["Retry-After"] == "300"
        assert client.get(here.url + "/about/").status_code == 200  # reading goes on
        filler.unlink()
        before = _sent(here)
        again = client.post(here.url + PATH, data=form)
        assert again.status_code == 302, again.text[:3000]
        assert _sent(here) == before + 1
    assert "disk-full" in here.said()


def test_a_file_for_which_there_is_no_room_leaves_nothing_behind(small_disk: Path) -> None:
    environment = {k: v for k, v in os.environ.items() if not k.startswith(("RSO_", "DJANGO_"))}
    here = Office("http://localhost:1", small_disk, environment | {
        "RSO_DATA": str(small_disk / "data"), "DJANGO_SETTINGS_MODULE": "rso.config.settings.office",
    })  # fmt: skip
    (small_disk / "data").mkdir()
    here.manage("migrate", "-v", "0")
    _fill(small_disk)
    said = here.run(
        "import io\n"
        "from rso.files.actions import arriving\n"
        "from rso.files.errors import FileRefused\n"
        "from rso.files.presenters import words\n"
        "try:\n"
        "    with arriving(content=io.BytesIO(b'%PDF-' + b'x' * 3_000_000), name='a.pdf'): print('arrived')\n"
        "except FileRefused as error: print(error.code, words(error, limit=1))\n"
    )
    assert said.startswith("disk-full There is no room left on the server")
    assert not [path for path in (small_disk / "data/files").rglob("*") if path.is_file()]
