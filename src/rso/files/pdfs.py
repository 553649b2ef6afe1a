"""What a PDF may not hold: scripts, programs to start, other files, and secrets that hide them. No Django.

A document is read as bytes, object streams unpacked, so that it is not opened to be judged. Names are compared with
their ``#xx`` escapes undone (ISO 32000-1, 7.3.5). It errs on the side of refusing: a word that looks like such a name
inside of a picture is far less likely than a document made to deceive.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterator
from typing import Final

from rso.files.errors import FileRefused

#: Unpacked bytes of object streams that are read; beyond it the document is a bomb.
_MOST: Final = 64 * 1024 * 1024
_END: Final = rb"(?=[\x00\t\n\x0c\r ()<>\[\]{}/%])"
_ESCAPE: Final = re.compile(rb"#([0-9A-Fa-f]{2})")
_ESCAPED_NAME: Final = re.compile(rb"/[!-~]*#[0-9A-Fa-f]{2}[!-~]*")
_FORBIDDEN: Final = re.compile(
    rb"/(?:JavaScript|Launch|EmbeddedFiles?|RichMedia|ImportData|SubmitForm)" + _END + rb"|/JS\s*(?:\(|<|\d+\s+\d+\s+R)"
)
_ENCRYPTED: Final = re.compile(rb"/Encrypt\s*(?:<<|\d+\s+\d+\s+R)")
_OPENING: Final = re.compile(rb"/OpenAction\s*(\[|<<|(\d+)\s+(\d+)\s+R)")
_GOES: Final = re.compile(rb"/S\s*/GoTo" + _END)
_PIECE: Final = 64 * 1024
_DICTIONARY: Final = 4_096  # bytes before "stream" in which its dictionary is looked for


def check(content: bytes) -> None:
    """Raises :class:`FileRefused` (``file-encrypted``, ``file-active``, ``file-bomb``) for what is not taken."""
    pieces = [_plain_names(content)]
    if _ENCRYPTED.search(pieces[0]):
        raise FileRefused("file-encrypted", "The document is encrypted. Save it without a password.")
    pieces += [_plain_names(piece) for piece in _object_streams(content)]
    for piece in pieces:
        if _FORBIDDEN.search(piece) or not all(_is_harmless(found, pieces) for found in _OPENING.finditer(piece)):
            raise FileRefused("file-active", "The document holds scripts, programs or other files.")


def _plain_names(piece: bytes) -> bytes:
    """Names without escapes, as a reader of PDF compares them."""

    def undone(found: re.Match[bytes]) -> bytes:
        return _ESCAPE.sub(lambda code: bytes([int(code[1], 16)]), found[0])

    return _ESCAPED_NAME.sub(undone, piece)


def _object_streams(content: bytes) -> Iterator[bytes]:
    """The unpacked streams that hold objects: those with both a number of objects and the place of the first.

    One that is packed otherwise than by Flate alone cannot be looked into, and is refused.
    """
    read = 0
    for found in re.finditer(rb"stream\r?\n", content):
        if content[max(0, found.start() - 3) : found.start()] == b"end":
            continue
        begin = content.rfind(b"<<", max(0, found.start() - _DICTIONARY), found.start())
        while begin > 0 and (outer := _opens_before(content, begin, found.start())) is not None:
            begin = outer
        head = _plain_names(content[max(begin, 0) : found.start()])
        if not (re.search(rb"/N\s*\d", head) and re.search(rb"/First\s*\d", head)):
            continue
        filters = re.findall(rb"/(ASCIIHexDecode|AHx|ASCII85Decode|A85|LZWDecode|LZW|RunLengthDecode|RL|Crypt)", head)
        if filters:
            raise FileRefused("file-active", "The document hides its objects in an unusual way.")
        is_packed = re.search(rb"/(?:FlateDecode|Fl)" + _END, head) is not None
        unpacked = (_inflated if is_packed else _until_end)(content, found.end(), _MOST - read)
        read += len(unpacked)
        if read >= _MOST:
            raise FileRefused("file-bomb", "The document would unpack to an unreasonable size.")
        yield unpacked


def _opens_before(content: bytes, begin: int, end: int) -> int | None:
    """The place of an outer ``<<`` of the same dictionary, where the nearest one is of a dictionary within it."""
    inner = content[begin:end]
    if inner.count(b">>") <= inner.count(b"<<"):
        return None
    outer = content.rfind(b"<<", max(0, end - _DICTIONARY), begin)
    return outer if outer >= 0 else None


def _inflated(content: bytes, begin: int, most: int) -> bytes:
    unpacker, parts, size = zlib.decompressobj(), [], 0
    try:
        # In pieces: what follows the stream would be copied as left over.
        while (
            not unpacker.eof and size < most and (piece := unpacker.unconsumed_tail or content[begin : begin + _PIECE])
        ):
            begin += 0 if unpacker.unconsumed_tail else len(piece)
            parts.append(unpacker.decompress(piece, most - size))
            size += len(parts[-1])
        return b"".join(parts)
    except zlib.error as error:
        raise FileRefused("file-unreadable", "The document is damaged: open it, and save it again.") from error


def _until_end(content: bytes, begin: int, most: int) -> bytes:
    end = content.find(b"endstream", begin)
    return content[begin : min(end if end >= 0 else len(content), begin + most)]


def _is_harmless(opening: re.Match[bytes], pieces: list[bytes]) -> bool:
    """An opening that only turns to a page, as many word processors write: a destination, or the action GoTo."""
    after = opening.string[opening.start(1) : opening.start(1) + 300]
    if opening[1] == b"[":
        return True
    if opening[1] == b"<<":
        return bool(_GOES.search(after.partition(b">>")[0]))
    number = opening[2]
    for piece in pieces:
        # Twice in a file that was changed: each of them must be harmless.
        for found in re.finditer(rb"(?<!\d)" + number + rb"\s+\d+\s+obj\s*", piece):
            said = piece[found.end() : found.end() + 300]
            if not (said.startswith(b"[") or _GOES.search(said.partition(b">>")[0])):
                return False
    # In an object stream it has no number beside it: whatever it could do is forbidden by its own name.
    return True
