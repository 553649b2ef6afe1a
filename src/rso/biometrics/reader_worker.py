"""The limited process that decodes image files. It imports nothing of ours and is started by its path.

Arguments: most pixels, memory in bytes, CPU seconds an image. It says byte 2 once it is ready. Each request on
standard input is a length (4 bytes, big-endian) and that many bytes; each answer on standard output is a status
byte and then

* status 0: width and height (4 bytes each) and width x height grey bytes;
* status 1: a length byte and an error code in ASCII.

Before the first request it gives up what decoding does not need: to open files, to write any, to start
processes, to dump core, and to have more memory than its share.
"""

from __future__ import annotations

import io
import resource
import struct
import sys
from typing import BinaryIO

from PIL import BmpImagePlugin, Image, PngImagePlugin, TiffImagePlugin, UnidentifiedImageError

FORMATS = ("PNG", "BMP", "TIFF")
OURS = (b"\x89PNG\r\n\x1a\n", b"BM", b"II*\x00", b"MM\x00*")
OTHERS = (b"\xff\xd8\xff", b"GIF8", b"\xff\xa0", b"\x00\x00\x00\x0cjP", b"\xff\x4f\xff\x51", b"%PDF", b"RIFF")
"""JPEG, GIF, WSQ, JPEG 2000 (file and stream), PDF, WebP: images, but none that we read."""
PHOTOMETRIC = 262
PLUGINS = (BmpImagePlugin, PngImagePlugin, TiffImagePlugin)  # imported now: later no file can be opened


class RefusedError(Exception):
    """The image is not decoded; the only argument is the code."""


def give_up_rights(memory: int) -> None:
    limits = {
        resource.RLIMIT_AS: memory,
        resource.RLIMIT_FSIZE: 0,
        resource.RLIMIT_CORE: 0,
        resource.RLIMIT_NPROC: 0,
        resource.RLIMIT_NOFILE: 3,
    }
    for which, most in limits.items():
        hard = resource.getrlimit(which)[1]
        least = most if hard == resource.RLIM_INFINITY else min(most, hard)
        resource.setrlimit(which, (least, least))


def allow_cpu(seconds: int) -> None:
    """Moves the end of this process's CPU time to ``seconds`` from now; past it the kernel ends it."""
    usage = resource.getrusage(resource.RUSAGE_SELF)
    end = int(usage.ru_utime + usage.ru_stime) + 1 + seconds
    resource.setrlimit(resource.RLIMIT_CPU, (end, resource.getrlimit(resource.RLIMIT_CPU)[1]))


def decode(data: bytes, most_pixels: int) -> Image.Image:
    """The 8-bit grey image in ``data``."""
    try:
        with Image.open(io.BytesIO(data), formats=FORMATS) as image:
            if image.width * image.height > most_pixels:
                raise RefusedError("too-large")
            if getattr(image, "n_frames", 1) != 1:
                raise RefusedError("unsupported-format")
            image.load()
            return to_grey(image)
    except UnidentifiedImageError:
        raise RefusedError(kind_of_unknown(data)) from None
    except MemoryError:
        raise RefusedError("bomb") from None
    except ValueError as error:
        raise RefusedError("bomb" if "too large" in str(error).lower() else "truncated") from None
    except NotImplementedError:
        raise RefusedError("unsupported-format") from None
    except OSError as error:
        missing = "not available" in str(error) or "unsupported" in str(error).lower()
        raise RefusedError("unsupported-format" if missing else "truncated") from None


def kind_of_unknown(data: bytes) -> str:
    if data.startswith(OURS):
        return "truncated"
    return "unsupported-format" if data.startswith(OTHERS) else "not-an-image"


def to_grey(image: Image.Image) -> Image.Image:
    if image.mode in {"F", "I", "LAB"}:  # what their numbers mean as brightness is not stated in the file
        raise RefusedError("unsupported-format")
    if image.mode.startswith("I;16"):
        return from_sixteen_bits(image)
    if image.mode in {"RGBA", "LA", "PA", "RGBa", "La"} or "transparency" in image.info:
        coloured = image.convert("RGBA")
        ground = Image.new("RGBA", image.size, (255, 255, 255, 255))
        return Image.alpha_composite(ground, coloured).convert("L")
    return image.convert("L")


def from_sixteen_bits(image: Image.Image) -> Image.Image:
    """The upper eight of sixteen bits; Pillow itself would cut everything above 255 off."""
    grey = image.convert("I").point(lambda value: value * (1 / 256)).convert("L")
    tags = getattr(image, "tag_v2", {})
    if tags.get(PHOTOMETRIC) == 0:  # white is zero: Pillow turns 8-bit images, but not these
        return grey.point([255 - value for value in range(256)])
    return grey


def answer(data: bytes, most_pixels: int) -> bytes:
    try:
        image = decode(data, most_pixels)
        return b"\x00" + struct.pack(">II", image.width, image.height) + image.tobytes()
    except RefusedError as refusal:
        code = str(refusal)
    except Exception:  # noqa: BLE001 - whatever a decoder throws at a damaged file, this process must answer
        code = "truncated"
    return b"\x01" + bytes((len(code),)) + code.encode("ascii")


def serve(source: BinaryIO, sink: BinaryIO, most_pixels: int, cpu_s: int) -> None:
    while len(head := source.read(4)) == 4:
        data = source.read(int.from_bytes(head, "big"))
        allow_cpu(cpu_s)
        sink.write(answer(data, most_pixels))
        sink.flush()


def main() -> None:
    most_pixels, memory, cpu_s = (int(word) for word in sys.argv[1:4])
    Image.preinit()  # Pillow would import more of itself at the first image
    Image.MAX_IMAGE_PIXELS = None  # our own limit is lower, and is an error and not a warning
    give_up_rights(memory)
    sys.stdout.buffer.write(b"\x02")
    sys.stdout.buffer.flush()
    serve(sys.stdin.buffer, sys.stdout.buffer, most_pixels, cpu_s)


if __name__ == "__main__":
    main()
