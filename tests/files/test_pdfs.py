"""A PDF that does something by itself is refused, however it hides it; one that only turns to a page is taken."""

from __future__ import annotations

import io
import zlib

import pytest

from rso.files.errors import FileRefused
from rso.files.rules import PDF, kind_of

PLAIN = b"%PDF-1.7\n1 0 obj\n<< /Type /Catalog /Pages 2 0 R >>\nendobj\n"


def packed(objects: bytes, *, head: bytes = b"/Type /ObjStm /N 1 /First 4 /Filter /FlateDecode") -> bytes:
    """A document that keeps ``objects`` in an object stream."""
    body = zlib.compress(b"7 0 " + objects)
    length = f"/Length {len(body)}".encode()
    return PLAIN + b"5 0 obj\n<< " + head + b" " + length + b" >>\nstream\n" + body + b"\nendstream\nendobj\n"


def judged(content: bytes) -> str:
    try:
        return kind_of(io.BytesIO(content), "plan.pdf").media_type
    except FileRefused as error:
        return error.code


@pytest.mark.parametrize(
    "inside",
    [
        b"<< /S /JavaScript /JS (app.alert(1)) >>",
        b"<< /S /Launch /F (cmd.exe) >>",
        b"<< /Names << /EmbeddedFiles 4 0 R >> >>",
        b"<< /Type /EmbeddedFile >>",
        b"<< /Subtype /RichMedia >>",
        b"<< /S /SubmitForm /F (x) >>",
        b"<< /S/J#61vaScript/JS 9 0 R>>",
        b"<< /S /#4a#61#76#61#53#63#72#69#70#74 >>",
        b"<</JS<6170>>>",
        b"<< /OpenAction << /S /URI /URI (https://synthetic.invalid) >> >>",
    ],
)
def test_what_acts_is_refused_in_the_open_and_in_an_object_stream(inside: bytes) -> None:
    assert judged(PLAIN + b"3 0 obj\n" + inside + b"\nendobj\n") == "file-active"
    assert judged(packed(inside)) == "file-active"
    # The same again where the stream's own dictionary is written to be overlooked.
    assert judged(packed(inside, head=b"/Ty#70e /Obj#53tm /#4e 1 /F#69rst 4 /Filter [/FlateD#65code]")) == "file-active"
    nested = b"/Type /ObjStm /DecodeParms << /Predictor 1 >> /N 1 /First 4 /Filter /FlateDecode"
    assert judged(packed(inside, head=nested)) == "file-active"


def test_an_action_on_opening_is_looked_up() -> None:
    acts = PLAIN + b"1 0 obj\n<< /OpenAction 9 0 R >>\nendobj\n9 0 obj\n<< /S /URI /URI (x) >>\nendobj\n"
    turns = PLAIN + b"1 0 obj\n<< /OpenAction 9 0 R >>\nendobj\n9 0 obj\n<< /S /GoTo /D [2 0 R /Fit] >>\nendobj\n"
    assert judged(acts) == "file-active"
    assert judged(turns) == PDF.media_type


@pytest.mark.parametrize(
    "inside",
    [
        b"<< /OpenAction [3 0 R /FitH null] >>",
        b"<< /OpenAction << /S /GoTo /D [3 0 R /Fit] >> >>",
        b"<< /Title (a word on JavaScript and JS) >>",
        b"<< /JSX 1 /Launching 2 /S /URI /URI (https://synthetic.invalid) >>",
    ],
)
def test_what_only_turns_pages_or_speaks_of_scripts_is_taken(inside: bytes) -> None:
    assert judged(PLAIN + b"3 0 obj\n" + inside + b"\nendobj\n") == PDF.media_type
    assert judged(packed(inside)) == PDF.media_type


def test_what_cannot_be_looked_into_is_refused() -> None:
    assert judged(PLAIN + b"trailer\n<< /Encrypt 8 0 R >>\n") == "file-encrypted"
    odd = b"/Type /ObjStm /N 1 /First 4 /Filter [/ASCIIHexDecode /FlateDecode]"
    assert judged(packed(b"<< >>", head=odd)) == "file-active"
    damaged = packed(b"<< /A 1 >>").replace(b"stream\nx", b"stream\n??")
    assert judged(damaged) == "file-unreadable"


def test_an_object_stream_is_not_unpacked_without_end() -> None:
    assert judged(packed(b"\0" * (65 * 1024 * 1024))) == "file-bomb"
