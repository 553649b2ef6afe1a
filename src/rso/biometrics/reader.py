"""The near side of the limited process: start it, ask it, stop it when it takes too long."""

from __future__ import annotations

import atexit
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from rso.biometrics.errors import ImageError, ReaderUnavailableError

_WORKER = Path(__file__).with_name("reader_worker.py")
READY = b"\x02"
"""What the process says once, before its first answer."""
_MESSAGES = {
    "not-an-image": "The file is not an image. Choose a PNG, BMP or TIFF file.",
    "unsupported-format": "This kind of image is not read. Save it as PNG, BMP or TIFF with one page.",
    "too-large": "The image is larger than a finger print can be. Send one finger only.",
    "truncated": "The image is damaged or cut short. Send it again from the original.",
    "bomb": "The image unpacks to more than it may. Save it again without extra data.",
    "timed-out": "Reading the image took too long. Save it again as a plain PNG.",
    "reader-failed": "The image could not be read safely. Save it again as a plain PNG.",
}


def image_error(code: str) -> ImageError:
    """The error of ``code``, with its sentence; an unknown code is a failure of the process."""
    known = code if code in _MESSAGES else "reader-failed"
    return ImageError(known, _MESSAGES[known])


@dataclass(frozen=True, slots=True)
class ReaderLimits:
    """What one image may cost: bytes of the file, pixels, memory, CPU and wall seconds; how long the process may
    take to start; and after how many images it is replaced by a fresh one."""

    file_bytes: int = 24_000_000
    pixels: int = 12_000_000
    memory_bytes: int = 512_000_000
    cpu_s: int = 3
    wall_s: float = 10.0
    start_s: float = 30.0
    recycle_after: int = 200


class LimitedReader:
    """Decodes image files in a limited process, which starts at first use and is kept for the next image.

    Threads take turns. A process that dies, is too slow or has served enough is replaced. ``close`` ends it;
    it also ends when its standard input does, so that no caller can leave it behind.
    """

    def __init__(self, limits: ReaderLimits | None = None) -> None:
        self.limits = limits or ReaderLimits()
        self._lock = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._owner = 0
        self._served = 0

    def read(self, data: bytes) -> NDArray[np.uint8]:
        """The grey pixels, shape (height, width), of the image in ``data``.

        Raises :class:`ImageError`, or :class:`ReaderUnavailableError` where the process does not start: then the
        machine has too little memory or too many processes, and the image has not been looked at.
        """
        if not data:
            raise image_error("not-an-image")
        if len(data) > self.limits.file_bytes:
            raise image_error("too-large")
        with self._lock:
            return self._ask(self._ready(), data)

    def close(self) -> None:
        with self._lock:
            self._stop()

    def _ready(self) -> subprocess.Popen[bytes]:
        if self._process is not None and self._owner != os.getpid():
            self._process = None  # the parent's, from before a fork: not ours to use or to end
        if self._process is not None and (
            self._served >= self.limits.recycle_after or self._process.poll() is not None
        ):
            self._stop()
        if self._process is None:
            self._start()
        assert self._process is not None
        return self._process

    def _start(self) -> None:
        """Starts the process and waits until it has given up its rights and says so."""
        limits = (self.limits.pixels, self.limits.memory_bytes, self.limits.cpu_s)
        self._owner, self._served = os.getpid(), 0
        try:
            self._process = subprocess.Popen(  # noqa: S603 - our own file, by our own interpreter
                [sys.executable, "-I", str(_WORKER), *map(str, limits)],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                env={},
                cwd="/",
            )
            with _ended_after(self.limits.start_s, self._process):
                ready = _exactly(self._process, 1) == READY
        except (OSError, EOFError) as error:
            self._stop()
            raise ReaderUnavailableError from error
        if not ready:
            self._stop()
            raise ReaderUnavailableError

    def _stop(self) -> int | None:
        process, self._process = self._process, None
        if process is None or self._owner != os.getpid():
            return None
        process.kill()
        for pipe in (process.stdin, process.stdout):
            if pipe is not None:
                with suppress(OSError):
                    pipe.close()
        return process.wait()

    def _ask(self, process: subprocess.Popen[bytes], data: bytes) -> NDArray[np.uint8]:
        with _ended_after(self.limits.wall_s, process) as late:
            try:
                pixels = self._exchange(process, data)
            except (OSError, EOFError):
                code = process.wait()
                self._stop()
                slow = late.is_set() or code == -signal.SIGXCPU
                raise image_error("timed-out" if slow else "reader-failed") from None
        self._served += 1
        return pixels

    def _exchange(self, process: subprocess.Popen[bytes], data: bytes) -> NDArray[np.uint8]:
        assert process.stdin is not None
        process.stdin.write(len(data).to_bytes(4, "big") + data)
        process.stdin.flush()
        if _exactly(process, 1) == b"\x01":
            length = _exactly(process, 1)[0]
            raise image_error(_exactly(process, length).decode("ascii", "replace"))
        width, height = (int.from_bytes(_exactly(process, 4), "big") for _ in range(2))
        if width * height > self.limits.pixels:
            raise EOFError
        flat = np.frombuffer(bytearray(_exactly(process, width * height)), np.uint8)
        return flat.reshape(height, width)


@contextmanager
def _ended_after(seconds: float, process: subprocess.Popen[bytes]) -> Iterator[threading.Event]:
    """Ends the process if the block takes longer, and then sets the event."""
    late = threading.Event()

    def give_up() -> None:
        late.set()
        process.kill()

    timer = threading.Timer(seconds, give_up)
    timer.daemon = True
    timer.start()
    try:
        yield late
    finally:
        timer.cancel()


def _exactly(process: subprocess.Popen[bytes], count: int) -> bytes:
    assert process.stdout is not None
    data = process.stdout.read(count)
    if len(data) != count:
        raise EOFError
    return data


_shared = LimitedReader()
atexit.register(_shared.close)


def shared_reader() -> LimitedReader:
    """The reader of this process."""
    return _shared
