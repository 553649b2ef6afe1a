"""The limited process that does not start: our machine's fault, and never said of the image."""

from __future__ import annotations

import os
import resource
import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from tests.biometrics.test_images import GREY, code_of, saved

from rso.biometrics import reader as module
from rso.biometrics.errors import IMAGE_CODES, ImageError, ReaderUnavailableError
from rso.biometrics.reader import LimitedReader, ReaderLimits

DATA = saved(Image.fromarray(GREY), "PNG")


def away(reader: LimitedReader) -> None:
    """The reader cannot be had, says so, and leaves neither process nor open pipe behind."""
    before = set(os.listdir("/proc/self/fd"))
    with pytest.raises(ReaderUnavailableError) as caught:
        reader.read(DATA)
    assert not isinstance(caught.value, ImageError)
    assert caught.value.code == "reader-unavailable"
    assert caught.value.code not in IMAGE_CODES
    assert reader._process is None
    assert set(os.listdir("/proc/self/fd")) == before


def reads(reader: LimitedReader) -> None:
    np.testing.assert_array_equal(reader.read(DATA), GREY)
    reader.close()


def test_no_interpreter(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    reader = LimitedReader()
    with monkeypatch.context() as broken:
        broken.setattr(sys, "executable", str(tmp_path / "gone"))
        away(reader)
    reads(reader)


@pytest.mark.parametrize(
    "script",
    ["raise SystemExit(1)", "import no_such_module", "print('something else', flush=True); input()"],
    ids=["ends at once", "lacks what it needs", "is another program"],
)
def test_a_process_that_never_gets_ready(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, script: str) -> None:
    (tmp_path / "worker.py").write_text(script)
    reader = LimitedReader()
    with monkeypatch.context() as broken:
        broken.setattr(module, "_WORKER", tmp_path / "worker.py")
        away(reader)
    reads(reader)


def test_a_process_that_hangs_at_its_start_is_ended(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "worker.py").write_text("import time\ntime.sleep(600)\n")
    monkeypatch.setattr(module, "_WORKER", tmp_path / "worker.py")
    away(LimitedReader(ReaderLimits(start_s=0.2)))


def test_no_file_can_be_opened_here_any_more() -> None:
    """As on a node whose processes have used all that they may open: the machine's trouble, told as such."""
    reader = LimitedReader()
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    free = os.open("/", os.O_RDONLY)
    os.close(free)
    resource.setrlimit(resource.RLIMIT_NOFILE, (free, hard))
    try:
        with pytest.raises(ReaderUnavailableError):
            reader.read(DATA)
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
    reads(reader)


def test_a_bad_image_is_still_the_images_fault() -> None:
    reader = LimitedReader()
    assert code_of(DATA[:60], reader) == "truncated"
    reader.close()
