"""What a file is, by its content, and what it may be called."""

from __future__ import annotations

import contextlib
import io
import unicodedata
import zipfile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rso.files import rules
from rso.files.errors import FileRefused
from rso.files.rules import clean_name, kind_of

PDF = b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj\n<<>>\nendobj\n%%EOF\n"
PNG = b"\x89PNG\r\n\x1a\n" + bytes(32)
JPEG = b"\xff\xd8\xff\xe0" + bytes(32)
ELF = b"\x7fELF\x02\x01\x01" + bytes(64)
WINDOWS = b"MZ\x90\x00" + bytes(64)


def package(parts: dict[str, bytes], packing: int = zipfile.ZIP_DEFLATED) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", packing) as file:
        for name, content in parts.items():
            file.writestr(zipfile.ZipInfo(name) if name == "mimetype" else name, content)
    return made.getvalue()


def docx(**more: bytes) -> bytes:
    return package({"[Content_Types].xml": b"<Types/>", "word/document.xml": b"<w/>", **more})


XLSX = package({"[Content_Types].xml": b"<Types/>", "xl/workbook.xml": b"<w/>"})
ODT = package({"mimetype": b"application/vnd.oasis.opendocument.text", "content.xml": b"<o/>"})
BOMB = docx(**{"word/media/zeros.bin": bytes(64 * 2**20)})


@pytest.mark.parametrize(
    ("content", "name", "kind"),
    [
        (PDF, "plan.pdf", rules.PDF),
        (PDF, "PLAN.PDF", rules.PDF),
        (PNG, "map.png", rules.PNG),
        (JPEG, "photo.jpeg", rules.JPEG),
        (ODT, "plan.odt", rules.ODT),
        (docx(), "plan.docx", rules.DOCX),
        (XLSX, "budget.xlsx", rules.XLSX),
        ("Größe, ขนาด, 尺寸\n".encode(), "note.txt", rules.TEXT),
        (b"a,b\r\n1,2\r\n", "list.csv", rules.CSV),
        (b"\xef\xbb\xbfa,b\n", "list.csv", rules.CSV),
    ],
)
def test_what_is_taken(content: bytes, name: str, kind: rules.Kind) -> None:
    assert kind_of(io.BytesIO(content), name) == kind


@pytest.mark.parametrize(
    ("content", "name", "code"),
    [
        (b"", "plan.pdf", "file-empty"),
        (ELF, "plan.pdf", "file-wrong-type"),
        (WINDOWS, "plan.pdf", "file-wrong-type"),
        (WINDOWS, "plan.txt", "file-wrong-type"),
        (b"plain words", "print.png", "file-wrong-type"),
        (b"#!/bin/sh\nrm -rf /\n", "run.sh", "file-wrong-type"),
        (b"<html><script>alert(1)</script>", "page.html", "file-wrong-type"),
        (b"<svg xmlns='x'/>", "drawing.svg", "file-wrong-type"),
        (PDF, "plan.docx", "file-misnamed"),
        (PNG, "photo.jpg", "file-misnamed"),
        (docx(), "plan.xlsx", "file-misnamed"),
        (PDF, "plan", "file-misnamed"),
        (package({"a.txt": b"x"}), "a.docx", "file-wrong-type"),
        (package({"mimetype": b"application/epub+zip"}), "book.odt", "file-wrong-type"),
        (docx(**{"word/vbaProject.bin": b"macro"}), "plan.docx", "file-macros"),
        (docx()[:-30], "plan.docx", "file-unreadable"),
        (b"PK\x03\x04 and nothing more", "plan.docx", "file-unreadable"),
        (BOMB, "plan.docx", "file-bomb"),
        ("Größe".encode("latin-1"), "note.txt", "file-unreadable"),
        ("a;b".encode("utf-16"), "list.csv", "file-unreadable"),
    ],
)
def test_what_is_refused_and_why(content: bytes, name: str, code: str) -> None:
    with pytest.raises(FileRefused) as refused:
        kind_of(io.BytesIO(content), name)
    assert refused.value.code == code


def test_the_bomb_is_small_before_it_is_unpacked() -> None:
    assert len(BOMB) < 100_000


@given(st.binary(max_size=300), st.sampled_from(["", "PK\x03\x04", "%PDF-"]), st.sampled_from(rules.ENDINGS))
def test_no_content_makes_another_error_than_ours(noise: bytes, start: str, ending: str) -> None:
    with contextlib.suppress(FileRefused):
        assert kind_of(io.BytesIO(start.encode() + noise), f"x{ending}") in rules.KINDS


@given(st.integers(0, 400), st.binary(min_size=1, max_size=6))
def test_no_damaged_document_makes_another_error_than_ours(place: int, noise: bytes) -> None:
    broken = bytearray(docx())
    broken[place % len(broken) : place % len(broken) + len(noise)] = noise
    with contextlib.suppress(FileRefused):
        assert kind_of(io.BytesIO(bytes(broken)), "x.docx") == rules.DOCX


@pytest.mark.parametrize(
    ("given_", "cleaned"),
    [
        ("plan.pdf", "plan.pdf"),
        ("../../etc/passwd", "passwd"),
        ("C:\\Users\\mira\\plan.pdf", "plan.pdf"),
        ("plan\u202efdp.exe", "planfdp.exe"),
        (".hidden.txt", "hidden.txt"),
        ('a"b\r\nSet-Cookie: x.pdf', "a_bSet-Cookie_ x.pdf"),
        ("  many   spaces .pdf", "many spaces .pdf"),
        ("", "file"),
        ("...", "file"),
        ("แผนงาน.docx", "แผนงาน.docx"),
    ],
)
def test_names_are_cleaned(given_: str, cleaned: str) -> None:
    assert clean_name(given_) == cleaned


@given(st.text(max_size=400))
def test_a_cleaned_name_is_short_plain_and_stays_as_it_is(name: str) -> None:
    cleaned = clean_name(name)
    assert 0 < len(cleaned) <= 150
    assert "/" not in cleaned
    assert not any(unicodedata.category(c)[0] == "C" for c in cleaned)
    assert clean_name(cleaned) == cleaned
