"""Files of a record: judged, read apart, replaced, removed and put back, counted."""

from __future__ import annotations

import io
import socketserver
import struct
import threading
import time
import zipfile
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from pytest_django import Settings
from tests.office.conftest import NOW, Browser
from tests.office.library.shelf import file, package, pdf, record

from rso.accounts.rules import Actor
from rso.base.errors import RsoError
from rso.files.adapters import folder
from rso.files.models import StoredFile
from rso.office.library import queries
from rso.office.library.actions import documents, reading
from rso.office.library.adapters.reader import read_apart
from rso.office.library.models import Copy, Document, Taken
from rso.office.library.rules import Reading
from rso.search.queries import find

pytestmark = pytest.mark.django_db
EICAR = (r"X5O!P%@AP[4\PZX54(P^)7CC)7}$" + "EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*").encode()
W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
A = 'xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main"'
T = 'xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0"'
DOCX = package(
    {"word/document.xml": f"<w:document {W}><w:p><w:t>A heron</w:t></w:p><w:p><w:t>stands</w:t></w:p></w:document>"}
)
PPTX = package({
    "ppt/presentation.xml": "<p/>",
    "ppt/slides/slide10.xml": f"<s {A}><a:p><a:t>tenth</a:t></a:p></s>",
    "ppt/slides/slide2.xml": f"<s {A}><a:p><a:t>second heron</a:t></a:p></s>",
})  # fmt: skip
ODP = package(
    {"content.xml": f"<office {T}><text:p>A <text:span>heron</text:span> flies</text:p></office>"},
    mimetype="application/vnd.oasis.opendocument.presentation",
)
XLSX = package({
    "xl/workbook.xml": "<w/>",
    "xl/sharedStrings.xml": "<sst><si><t>heron</t></si></sst>",
    "xl/worksheets/sheet1.xml": (
        '<s><row><c t="s"><v>0</v></c><c><v>4711</v></c><c t="inlineStr"><is><t>pond</t></is></c></row></s>'
    ),
})  # fmt: skip


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("a.pdf", pdf("A heron stands"), "A heron stands"),
        ("a.docx", DOCX, "A heron\nstands"),
        ("a.pptx", PPTX, "second heron\n\ntenth"),
        ("a.odp", ODP, "A heron flies"),
        ("a.xlsx", XLSX, "heron"),
        ("a.txt", b"Ein Reiher heron", "Ein Reiher heron"),
    ],
)
def test_words_are_read_and_found(name: str, content: bytes, words: str, actors: dict[str, Actor]) -> None:
    made = record(actors["staff"])
    copy = file(actors["staff"], made, content=content, name=name).copies.get()
    assert copy.reading == Reading.READ
    assert words in copy.text
    assert "4711" not in copy.text
    assert find("heron", kind="library").count == 1
    assert (copy.preview is not None) == name.endswith(".pdf")
    if copy.preview is not None:
        assert folder.read(copy.preview.pk).read(8) == b"\x89PNG\r\n\x1a\n"
        address = reverse("library:preview", args=[made.work.code, copy.document_id])
        assert Client().get(address)["Content-Type"] == "image/png"


def test_a_scan_says_that_it_has_no_words(actors: dict[str, Actor]) -> None:
    made = record(actors["staff"])
    copy = file(actors["staff"], made, "").copies.get()
    assert copy.reading == Reading.NO_TEXT
    assert "No text could be read" in Client().get(reverse("library:record", args=[made.work.code])).content.decode()


class TestHostile:
    def read(self, tmp_path: Path, content: bytes, media_type: str = "application/pdf", **more: object) -> Reading:
        path = tmp_path / "hostile"
        path.write_bytes(content)
        return read_apart(path, media_type, **more).reading  # type: ignore[arg-type]

    def test_damage_is_no_disaster(self, tmp_path: Path) -> None:
        assert self.read(tmp_path, b"%PDF-1.7\n" + b"\xff" * 5000) == Reading.FAILED
        docx = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
        assert self.read(tmp_path, b"PK\x03\x04 no zip", docx) == Reading.FAILED

    def test_entities_are_not_opened(self, tmp_path: Path) -> None:
        bomb = '<!DOCTYPE x [<!ENTITY a "heron"><!ENTITY b "&a;&a;&a;">]><w>&b;</w>'
        outside = '<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]><w>&a;</w>'
        docx = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
        for text in (bomb, outside):
            assert self.read(tmp_path, package({"word/document.xml": text}), docx) == Reading.FAILED

    def test_what_the_engine_sees_is_held_back(self, actors: dict[str, Actor], tmp_path: Path) -> None:
        script = b"/Names << /JavaScript << /Names [(a) << /S /JavaScript /JS (1) >>] >> >>"
        scripted = pdf("x").replace(b"/Type /Catalog", b"/Type /Catalog " + script)
        assert self.read(tmp_path, scripted) == Reading.UNSAFE
        made = record(actors["staff"])
        held = file(actors["staff"], made, read=False)
        copy = held.copies.get()
        assert copy.file is not None
        folder.path_of(copy.file.pk).write_bytes(scripted)  # as if the check of the bytes had overlooked it
        reading.read(copy, now=NOW)
        assert Client().get(reverse("library:fetch", args=[made.work.code, held.pk])).status_code == 404
        assert not queries.may_read_file(actors["staff"], copy.file)

    def test_a_reader_that_never_ends_is_ended(self, tmp_path: Path) -> None:
        began = time.monotonic()
        # Any module that reads its input and never ends; the limit is what is tested.
        assert self.read(tmp_path, b"x", seconds=1.0, program="http.server") == Reading.FAILED
        assert time.monotonic() - began < 30

    def test_a_pdf_with_a_script_is_refused_with_words(self, actors: dict[str, Actor], browser: Browser) -> None:
        made = record(actors["staff"])
        sent = {
            "file": SimpleUploadedFile("a.pdf", b"%PDF-1.4\n<< /S /JavaScript /JS (1) >>"),
            "language": "en",
            "role": "main",
        }
        answer = browser("staff").post(reverse("library:papers", args=[made.work.code]), sent)
        assert answer.status_code == 422
        assert "The PDF holds scripts" in answer.content.decode()
        assert not StoredFile.objects.exists()

    def test_more_than_may_be_is_refused(self, actors: dict[str, Actor], browser: Browser, settings: Settings) -> None:
        settings.RSO_FILE_LIMIT = 1024 * 1024
        made = record(actors["staff"])
        sent = {"file": SimpleUploadedFile("a.txt", b"x" * 1_500_000), "language": "en", "role": "main"}
        answer = browser("staff").post(reverse("library:papers", args=[made.work.code]), sent)
        assert answer.status_code == 422
        assert "larger than 1 MB" in answer.content.decode()
        announced = browser("staff").post(
            reverse("library:papers", args=[made.work.code]), b"", content_type="multipart/form-data; boundary=x",
            CONTENT_LENGTH=str(500 * 1024 * 1024),
        )  # fmt: skip
        assert announced.status_code == 413


class Clamd(socketserver.StreamRequestHandler):
    """Enough of clamd to find the EICAR string wherever it is."""

    def handle(self) -> None:
        assert self.rfile.read(10) == b"zINSTREAM\0"
        seen = b""
        while size := struct.unpack("!I", self.rfile.read(4))[0]:
            seen += self.rfile.read(size)
        self.wfile.write(b"stream: Eicar-Test-Signature FOUND\0" if EICAR in seen else b"stream: OK\0")


@pytest.fixture
def clamd(settings: Settings) -> Iterator[None]:
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Clamd) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        settings.RSO_CLAMD = f"127.0.0.1:{server.server_address[1]}"
        yield
        server.shutdown()


def test_a_virus_is_not_kept(actors: dict[str, Actor], browser: Browser, clamd: None) -> None:
    made = record(actors["staff"])
    address = reverse("library:papers", args=[made.work.code])
    sent = {"language": "en", "role": "main"}
    answer = browser("staff").post(address, {**sent, "file": SimpleUploadedFile("a.txt", EICAR)})
    assert answer.status_code == 409
    assert "virus scanner found something" in answer.content.decode()
    assert not Document.objects.exists()
    assert browser("staff").post(address, {**sent, "file": SimpleUploadedFile("b.pdf", pdf("x"))}).status_code == 302
    assert "nothing found" in browser("staff").get(address).content.decode()


def test_a_newer_file_stands_and_the_earlier_one_is_the_keepers(actors: dict[str, Actor]) -> None:
    staff = actors["staff"]
    made = record(staff)
    held = file(staff, made, "An old swallow")
    old = held.copies.get().file
    assert old is not None
    copy = documents.replace(staff, document=held, content=io.BytesIO(pdf("A heron")), name="new.pdf", now=NOW)
    reading.read(copy, now=NOW)
    assert (find("swallow").count, find("heron").count) == (0, 1)
    assert b"heron" in b"".join(
        Client().get(reverse("library:fetch", args=[made.work.code, held.pk])).streaming_content
    )  # type: ignore[arg-type,operator]
    assert not queries.may_read_file(actors["official"], old)
    assert queries.may_read_file(staff, old)


def test_removed_put_back_and_at_last_forgotten(actors: dict[str, Actor]) -> None:
    staff = actors["staff"]
    made = record(staff)
    held = file(staff, made, "A heron")
    address = reverse("library:fetch", args=[made.work.code, held.pk])
    documents.set_removed(staff, document=held, removed=True, now=NOW)
    assert (Client().get(address).status_code, find("heron").count) == (404, 0)
    with pytest.raises(RsoError, match="moved-on"):
        documents.set_removed(staff, document=held, removed=True, now=NOW)
    documents.set_removed(staff, document=held, removed=False, now=NOW + timedelta(days=3))
    assert (Client().get(address).status_code, find("heron").count) == (200, 1)
    documents.set_removed(staff, document=held, removed=True, now=NOW)
    assert documents.forget_removed(now=NOW + timedelta(days=14)) == 0
    with pytest.raises(RsoError, match="too-late"):
        documents.set_removed(staff, document=held, removed=False, now=NOW + timedelta(days=15))
    assert documents.forget_removed(now=NOW + timedelta(days=15)) == 2
    assert Copy.objects.get().file is None
    assert not StoredFile.objects.exists()


class TestCounting:
    def test_a_number_a_day_and_nothing_else(self, actors: dict[str, Actor], browser: Browser) -> None:
        made = record(actors["staff"])
        held = file(actors["staff"], made)
        address = reverse("library:fetch", args=[made.work.code, held.pk])
        for _ in range(3):
            Client().get(address)
        browser("official").get(address)
        Client().head(address)
        assert [(row.document_id, row.times) for row in Taken.objects.all()] == [(held.pk, 4)]
        assert {field.name for field in Taken._meta.get_fields()} == {"id", "document", "day", "times"}

    def test_small_numbers_are_not_shown(self, actors: dict[str, Actor], browser: Browser) -> None:
        made = record(actors["staff"])
        held = file(actors["staff"], made)
        address = reverse("library:fetch", args=[made.work.code, held.pk])
        Client().get(address)
        assert "fewer than 5" in browser("staff").get(reverse("library:counts")).content.decode()
        assert "<5" in browser("staff").get(reverse("library:counts-table")).content.decode()
        for _ in range(6):
            Client().get(address)
        assert ">7<" in browser("staff").get(reverse("library:counts")).content.decode()
        assert browser("official").get(reverse("library:counts")).status_code == 403


class TestZip:
    def test_everything_with_a_list_and_names_of_their_own(self, actors: dict[str, Actor]) -> None:
        made = record(actors["staff"])
        file(actors["staff"], made, "one")
        file(actors["staff"], made, "two", name="Guide.pdf")
        file(actors["staff"], made, "three", language="th")
        answer = Client().get(reverse("library:everything", args=[made.work.code]))
        packed = zipfile.ZipFile(io.BytesIO(b"".join(answer.streaming_content)))  # type: ignore[arg-type]
        assert packed.testzip() is None
        assert packed.namelist() == ["MANIFEST.txt", "en/guide.pdf", "en/2-Guide.pdf", "th/guide.pdf"]
        manifest = packed.read("MANIFEST.txt").decode()
        sums = StoredFile.objects.filter(scope="library").values_list("sha256", flat=True)
        assert all(digest in manifest for digest in sums)

    def test_too_much_is_said(self, actors: dict[str, Actor], settings: Settings) -> None:
        settings.RSO_LIBRARY_ZIP_LIMIT = 100
        made = record(actors["staff"])
        file(actors["staff"], made)
        assert Client().get(reverse("library:everything", args=[made.work.code])).status_code == 413

    def test_nothing_to_pack_is_nothing(self, actors: dict[str, Actor]) -> None:
        assert Client().get(reverse("library:everything", args=[record(actors["staff"]).work.code])).status_code == 404
