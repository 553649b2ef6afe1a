from __future__ import annotations

import io
import os
import signal
import struct
import subprocess
import sys
import threading
import zlib
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from PIL import Image

from rso.biometrics import reader_worker
from rso.biometrics.errors import IMAGE_CODES, ImageError
from rso.biometrics.images import FingerImage, read_image, to_png
from rso.biometrics.reader import LimitedReader, ReaderLimits, shared_reader

SHAPE = (220, 180)
GREY: NDArray[np.uint8] = np.add.outer(np.arange(SHAPE[0]), np.arange(SHAPE[1])).astype(np.uint8)


@pytest.fixture
def reader() -> Iterator[LimitedReader]:
    made = LimitedReader()
    yield made
    made.close()


def saved(image: Image.Image, format_: str, **options: object) -> bytes:
    out = io.BytesIO()
    image.save(out, format_, **options)
    return out.getvalue()


def code_of(data: bytes, reader: LimitedReader | None = None) -> str:
    read = shared_reader().read if reader is None else reader.read
    with pytest.raises(ImageError) as caught:
        read(data)
    assert caught.value.code in IMAGE_CODES
    return caught.value.code


def chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def png_claiming(width: int, height: int) -> bytes:
    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(b"\0" * 99))


@pytest.mark.parametrize("format_", ["PNG", "BMP", "TIFF"])
@pytest.mark.parametrize("mode", ["L", "P", "RGB", "RGBA"])
def test_every_way_to_store_grey_gives_the_same_pixels(format_: str, mode: str) -> None:
    data = saved(Image.fromarray(GREY).convert(mode), format_)
    np.testing.assert_array_equal(read_image(data, resolution_ppi=500).pixels, GREY)


@pytest.mark.parametrize("format_", ["PNG", "TIFF"])
def test_sixteen_bits_become_the_upper_eight(format_: str) -> None:
    data = saved(Image.fromarray(GREY.astype(np.uint16) * 256 + 77), format_)
    np.testing.assert_array_equal(read_image(data, resolution_ppi=500).pixels, GREY)


def test_what_is_transparent_is_white() -> None:
    image = Image.fromarray(GREY).convert("LA")
    image.putalpha(0)
    assert (read_image(saved(image, "PNG"), resolution_ppi=500).pixels == 255).all()


def test_black_and_white_and_printers_colours() -> None:
    two = Image.fromarray(GREY > 127)
    np.testing.assert_array_equal(
        read_image(saved(two, "TIFF", compression="group4"), resolution_ppi=500).pixels, (GREY > 127) * 255
    )
    assert read_image(saved(Image.fromarray(GREY).convert("CMYK"), "TIFF"), resolution_ppi=500).width == 180


def test_a_blank_image_is_an_image() -> None:
    blank = Image.new("L", (300, 300), 255)
    assert (read_image(saved(blank, "PNG"), resolution_ppi=500).pixels == 255).all()


def test_a_text_named_png() -> None:
    assert code_of(b"name,nationality\nnobody,nowhere\n") == "not-an-image"
    assert code_of(b"") == "not-an-image"


@pytest.mark.parametrize("format_", ["JPEG", "GIF", "WEBP"])
def test_images_of_other_kinds(format_: str) -> None:
    assert code_of(saved(Image.fromarray(GREY), format_)) == "unsupported-format"


def test_numbers_of_unstated_meaning_and_several_pages() -> None:
    assert code_of(saved(Image.fromarray(GREY.astype(np.float32)), "TIFF")) == "unsupported-format"
    pages = saved(Image.fromarray(GREY), "TIFF", save_all=True, append_images=[Image.fromarray(GREY)])
    assert code_of(pages) == "unsupported-format"


def test_two_hundred_megapixels_are_refused_from_the_header() -> None:
    assert code_of(png_claiming(20_000, 10_000)) == "too-large"
    assert code_of(saved(Image.new("1", (20_000, 10_000)), "PNG")) == "too-large"
    assert code_of(saved(Image.new("1", (20_000, 10_000)), "TIFF", compression="group4")) == "too-large"
    assert code_of(b"\0" * 24_000_001) == "too-large"


def test_a_text_that_unpacks_to_very_much() -> None:
    bomb = chunk(b"zTXt", b"Comment\0\0" + zlib.compress(b"A" * 100_000_000))
    picture = saved(Image.fromarray(GREY), "PNG")
    assert code_of(picture[:33] + bomb + picture[33:]) == "bomb"


def test_memory_is_limited() -> None:
    reader = LimitedReader(ReaderLimits(memory_bytes=150_000_000, pixels=10**9))
    try:
        assert code_of(saved(Image.new("1", (20_000, 10_000)), "PNG"), reader) in {"bomb", "reader-failed"}
    finally:
        reader.close()


@pytest.mark.parametrize("format_", ["PNG", "BMP", "TIFF"])
def test_a_file_cut_short(format_: str) -> None:
    data = saved(Image.fromarray(GREY), format_)
    assert code_of(data[: len(data) // 2]) == "truncated"
    assert code_of(data[:12]) == "truncated"


@settings(max_examples=150, deadline=None)
@given(
    st.sampled_from(["PNG", "BMP", "TIFF"]),
    st.lists(st.tuples(st.floats(0, 1), st.integers(0, 255)), min_size=1, max_size=6),
)
def test_a_damaged_file_is_an_image_or_an_error_of_ours(format_: str, harm: list[tuple[float, int]]) -> None:
    data = bytearray(saved(Image.fromarray(GREY), format_))
    for place, value in harm:
        data[int(place * min(len(data) - 1, 400))] = value
    try:
        read_image(bytes(data), resolution_ppi=500)
    except ImageError as error:
        assert error.code in IMAGE_CODES  # noqa: PT017 - either end is right


def test_a_slow_reader_is_ended_and_the_next_one_works(reader: LimitedReader) -> None:
    data = saved(Image.fromarray(GREY), "PNG")
    slow = LimitedReader(ReaderLimits(wall_s=0.3))
    slow.read(saved(Image.new("L", (9, 9)), "PNG"))
    assert slow._process is not None
    os.kill(slow._process.pid, signal.SIGSTOP)
    assert code_of(data, slow) == "timed-out"
    assert slow._process is None
    np.testing.assert_array_equal(reader.read(data), GREY)


def test_a_reader_that_dies_is_replaced(reader: LimitedReader) -> None:
    data = saved(Image.fromarray(GREY), "PNG")
    reader.read(data)
    assert reader._process is not None
    os.kill(reader._process.pid, signal.SIGKILL)
    reader._process.wait()
    np.testing.assert_array_equal(reader.read(data), GREY)


def test_a_reader_is_replaced_after_enough_images() -> None:
    reader = LimitedReader(ReaderLimits(recycle_after=2))
    data = saved(Image.fromarray(GREY), "PNG")
    pids = []
    for _ in range(4):
        reader.read(data)
        assert reader._process is not None
        pids.append(reader._process.pid)
    reader.close()
    assert pids[0] == pids[1] != pids[2] == pids[3]


def test_threads_take_turns(reader: LimitedReader) -> None:
    shades = [saved(Image.new("L", (200, 200), shade), "PNG") for shade in range(0, 200, 10)]
    read: dict[int, int] = {}

    def ask(number: int) -> None:
        read[number] = int(reader.read(shades[number])[0, 0])

    threads = [threading.Thread(target=ask, args=(number,)) for number in range(len(shades))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert read == {number: 10 * number for number in range(len(shades))}


def test_the_limited_process_can_open_nothing_and_take_no_more_memory(tmp_path: Path) -> None:
    script = f"""
import importlib.util
spec = importlib.util.spec_from_file_location("w", {reader_worker.__file__!r})
worker = importlib.util.module_from_spec(spec)
spec.loader.exec_module(worker)
worker.give_up_rights(300_000_000)
for name, act in (("read", lambda: open({__file__!r})), ("write", lambda: open({str(tmp_path / "x")!r}, "w")),
                  ("memory", lambda: bytearray(400_000_000))):
    try:
        act()
        print(name, "done")
    except (OSError, MemoryError) as error:
        print(name, type(error).__name__)
"""
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines() == ["read OSError", "write OSError", "memory MemoryError"]


@pytest.mark.parametrize(
    ("ppi", "finger", "code"),
    [
        (0, 0, "wrong-resolution"),
        (96, 0, "wrong-resolution"),
        (5000, 0, "wrong-resolution"),
        (500, 11, "wrong-finger"),
        (500, -1, "wrong-finger"),
        (2000, 1, "too-small"),
    ],
)
def test_what_is_declared_must_be_possible(ppi: int, finger: int, code: str) -> None:
    with pytest.raises(ImageError) as caught:
        read_image(saved(Image.fromarray(GREY), "PNG"), resolution_ppi=ppi, finger=finger)
    assert caught.value.code == code


def test_an_image_longer_than_a_hand_has_a_wrong_resolution() -> None:
    with pytest.raises(ImageError) as caught:
        FingerImage(np.zeros((3000, 600), np.uint8), 500)
    assert caught.value.code == "wrong-resolution"


def test_what_travels_has_no_metadata_and_loses_nothing() -> None:
    tagged = saved(Image.fromarray(GREY), "PNG", dpi=(500, 500))
    image = read_image(tagged, resolution_ppi=500, finger=2)
    png = to_png(image)
    kinds, at = [], 8
    while at < len(png):
        kinds.append(png[at + 4 : at + 8])
        at += 12 + int.from_bytes(png[at : at + 4], "big")
    assert set(kinds) == {b"IHDR", b"IDAT", b"IEND"}
    np.testing.assert_array_equal(read_image(png, resolution_ppi=500).pixels, GREY)


def test_pixels_cannot_be_changed_afterwards() -> None:
    image = FingerImage(GREY.copy(), 500)
    with pytest.raises(ValueError, match="read-only"):
        image.pixels[0, 0] = 1
