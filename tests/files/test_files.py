"""Keeping files: whole or not at all, and for those only who may read them."""

from __future__ import annotations

import hashlib
import io
import os
import socket
import struct
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from django import forms
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from rso.accounts.factors import mark_demonstration
from rso.accounts.models import User
from rso.accounts.queries import actor_of
from rso.accounts.rules import Actor
from rso.audit.models import Entry
from rso.files import actions, queries, rules
from rso.files.adapters import folder
from rso.files.adapters.clamd import ClamdScanner
from rso.files.errors import FileRefused
from rso.files.forms import AttachmentField
from rso.files.models import StoredFile
from rso.files.rules import own

pytestmark = pytest.mark.django_db
PDF = b"%PDF-1.7\n" + b"x" * 5000
# The test string of the European Institute for Computer Antivirus Research, in two parts so that no scanner
# of a developer's machine takes this file away.
EICAR = (r"X5O!P%@AP[4\PZX54(P^)7CC)7}$" + "EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*").encode()


@pytest.fixture(autouse=True)
def _place(settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:  # type: ignore[no-untyped-def]
    settings.RSO_FILES = tmp_path / "files"
    monkeypatch.setattr(rules, "_OWNERS", {})
    own("tests", may_read=lambda actor, file: actor.user_id == file.uploaded_by_id)


@pytest.fixture
def user() -> User:
    return User.objects.create_user(email="mira@avaria.example", name="Mira Sol", is_synthetic=True)


@pytest.fixture
def mira(user: User) -> Actor:
    return actor_of(user, timezone.localdate())


def store(actor: Actor, content: bytes = PDF, name: str = "plan.pdf", **more: object) -> StoredFile:
    return actions.store(actor, content=io.BytesIO(content), name=name, scope="tests", subject="7", **more)  # type: ignore[arg-type]


def on_disk() -> list[Path]:
    return [path for path in folder.root().rglob("*") if path.is_file()]


# ---------------------------------------------------------------- keeping
def test_a_file_is_kept_under_its_id_with_its_digest_and_an_audit_row(mira: Actor) -> None:
    stored = store(mira)
    assert on_disk() == [folder.path_of(stored.pk)]
    assert stored.sha256 == hashlib.sha256(PDF).hexdigest()
    assert (stored.size, stored.media_type, stored.scan) == (len(PDF), "application/pdf", "not-scanned")
    assert folder.path_of(stored.pk).stat().st_mode & 0o077 == 0
    row = Entry.objects.get(event="files:file:stored")
    assert row.subject == str(stored.pk)
    assert "plan" not in str(row.facts)


@pytest.mark.parametrize(
    ("content", "name", "code"),
    [
        (b"", "plan.pdf", "file-empty"),
        (b"\x7fELF" + bytes(100), "plan.pdf", "file-wrong-type"),
        (PDF + b"x" * 2000, "plan.pdf", "file-too-large"),
    ],
)
def test_of_what_is_refused_nothing_is_kept(mira: Actor, content: bytes, name: str, code: str) -> None:
    with pytest.raises(FileRefused) as refused:
        store(mira, content, name, limit=6000)
    assert refused.value.code == code
    assert on_disk() == []
    assert not StoredFile.objects.exists()


def test_a_file_too_large_is_not_read_to_its_end(mira: Actor) -> None:
    class Endless(io.RawIOBase):
        taken = 0

        def seek(self, place: int, whence: int = 0) -> int:
            return 0

        def read(self, size: int = -1) -> bytes:
            Endless.taken += size
            return b"%PDF-" + bytes(size - 5)

    with pytest.raises(FileRefused, match="larger than 1 MB"):
        actions.store(mira, content=Endless(), name="x.pdf", scope="tests", subject="7", limit=2**20)  # type: ignore[arg-type]
    assert Endless.taken <= 2 * 2**20
    assert on_disk() == []


def test_a_connection_lost_in_the_middle_leaves_nothing(mira: Actor) -> None:
    class Broken(io.BytesIO):
        def read(self, size: int | None = -1) -> bytes:
            if self.tell() > 0:
                raise ConnectionResetError
            return super().read(16)

    with pytest.raises(ConnectionResetError):
        actions.store(mira, content=Broken(PDF), name="x.pdf", scope="tests", subject="7")
    assert on_disk() == []


def test_a_record_holds_only_so_many_files(mira: Actor) -> None:
    store(mira, most=1)
    with pytest.raises(FileRefused, match="1 files here"):
        store(mira, most=1)
    assert len(on_disk()) == 1


def test_a_scope_that_nobody_answers_for_takes_nothing(mira: Actor) -> None:
    with pytest.raises(ValueError, match="answers"):
        actions.store(mira, content=io.BytesIO(PDF), name="x.pdf", scope="nobody", subject="7")


@pytest.mark.django_db(transaction=True)
def test_bytes_of_a_transaction_that_failed_are_swept_and_the_others_stay(mira: Actor) -> None:
    kept = store(mira)
    with transaction.atomic():
        store(mira)
        transaction.set_rollback(True)
    (folder.root() / "incoming" / "half").write_bytes(b"half")
    assert len(on_disk()) == 3
    assert actions.sweep() == 0  # all are younger than a day: one may belong to a transaction that still runs
    for path in on_disk():
        os.utime(path, (0, 0))
    assert actions.sweep() == 2
    assert on_disk() == [folder.path_of(kept.pk)]


@pytest.mark.django_db(transaction=True)
def test_removing_forgets_the_bytes_once_the_transaction_is_through(mira: Actor) -> None:
    stored = store(mira)
    with transaction.atomic():
        actions.remove(mira, file=stored)
        assert len(on_disk()) == 1
    assert on_disk() == []
    assert Entry.objects.filter(event="files:file:removed").count() == 1


# ---------------------------------------------------------------- the form
class UploadForm(forms.Form):
    plan = AttachmentField(limit=6000)


def errors(content: bytes, name: str) -> list[str]:
    form = UploadForm(files={"plan": SimpleUploadedFile(name, content)})
    form.is_valid()
    return list(form.errors.get("plan", []))


def test_the_form_says_beside_the_field_what_to_do() -> None:
    assert errors(PDF, "plan.pdf") == []
    assert errors(b"", "plan.pdf") == ["The file is empty. Choose another one."]
    assert "larger than" in errors(PDF + b"x" * 2000, "plan.pdf")[0]
    assert "Save it as one of these" in errors(b"MZ" + bytes(50), "plan.pdf")[0]
    assert errors(PDF, "plan.docx") == ["The content of the file does not fit the ending of its name. Save it again."]


# ---------------------------------------------------------------- handing out
@pytest.fixture
def window(client: Client, settings, user: User) -> Client:  # type: ignore[no-untyped-def]
    settings.RSO_DEMONSTRATION = True
    client.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
    session = client.session
    mark_demonstration(session)
    session.save()
    return client


def test_a_file_goes_out_as_an_attachment_and_is_never_sniffed(window: Client, mira: Actor) -> None:
    stored = store(mira, b"<script>alert(1)</script>", "note é.txt")
    answer = window.get(reverse("files:download", args=[stored.pk]))
    assert answer.status_code == 200
    assert b"".join(answer.streaming_content) == b"<script>alert(1)</script>"  # type: ignore[attr-defined]
    assert answer["Content-Disposition"].startswith("attachment;")
    assert answer["Content-Type"] == "text/plain"
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in answer["Content-Security-Policy"]
    assert "no-store" in answer["Cache-Control"]


def test_what_one_may_not_read_does_not_exist(window: Client, mira: Actor, monkeypatch: pytest.MonkeyPatch) -> None:
    stored = store(mira)
    address = reverse("files:download", args=[stored.pk])
    monkeypatch.setattr(rules, "_OWNERS", {})
    assert window.get(address).status_code == 404  # nobody answers for it
    own("tests", may_read=lambda actor, file: False)
    assert window.get(address).status_code == 404
    assert queries.readable(mira, stored.pk) is None


def test_a_stranger_is_led_to_sign_in_and_a_lost_file_is_absent(window: Client, mira: Actor) -> None:
    stored = store(mira)
    address = reverse("files:download", args=[stored.pk])
    assert Client().get(address).status_code == 302
    folder.path_of(stored.pk).unlink()
    assert window.get(address).status_code == 404


def test_reading_a_file_that_shows_a_person_leaves_a_row(
    window: Client, mira: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    stored = store(mira)
    monkeypatch.setattr(rules, "_OWNERS", {})
    own("tests", may_read=lambda actor, file: True, audited=True)
    assert window.get(reverse("files:download", args=[stored.pk])).status_code == 200
    assert Entry.objects.get(event="files:file:read").subject == str(stored.pk)


# ---------------------------------------------------------------- requests
def test_a_request_of_half_a_gigabyte_is_refused_by_what_it_announces(window: Client) -> None:
    class Unread(io.RawIOBase):
        def read(self, size: int = -1) -> bytes:
            raise AssertionError("the body was read")

    answer = window.generic(
        "POST",
        reverse("notices:read-all"),
        b"",
        content_type="multipart/form-data; boundary=x",
        **{"CONTENT_LENGTH": str(500 * 2**20), "wsgi.input": Unread()},
    )
    assert answer.status_code == 413
    assert "nothing was stored" in answer.content.decode()


@pytest.mark.parametrize("announced", ["-1", "many", "٣"])
def test_a_senseless_length_is_refused_too(window: Client, announced: str) -> None:
    answer = window.generic("POST", reverse("notices:read-all"), b"", CONTENT_LENGTH=announced)
    assert answer.status_code == 413


# ---------------------------------------------------------------- the scanner
class Daemon(threading.Thread):
    """A stand-in that speaks clamd's INSTREAM and knows one signature."""

    def __init__(self, path: Path, *, limit: int = 1 << 20) -> None:
        super().__init__(daemon=True)
        self.limit = limit
        self.door = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.door.bind(str(path))
        self.door.listen()
        self.start()

    def run(self) -> None:
        while True:
            try:
                caller, _ = self.door.accept()
            except OSError:
                return
            with caller, caller.makefile("rb") as stream:
                assert stream.read(10) == b"zINSTREAM\0"
                content = b""
                while size := struct.unpack("!I", stream.read(4))[0]:
                    content += stream.read(size)
                    if len(content) > self.limit:
                        caller.sendall(b"INSTREAM size limit exceeded. ERROR\0")
                        break
                else:
                    found = b"stream: Eicar-Test-Signature FOUND\0" if EICAR in content else b"stream: OK\0"
                    caller.sendall(found)


@pytest.fixture
def clamd(settings, tmp_path: Path) -> Iterator[Daemon]:  # type: ignore[no-untyped-def]
    settings.RSO_CLAMD = str(tmp_path / "clamd")
    daemon = Daemon(tmp_path / "clamd")
    yield daemon
    daemon.door.close()


@pytest.mark.usefixtures("clamd")
def test_a_scanned_file_says_so_and_an_infected_one_is_not_kept(mira: Actor) -> None:
    assert store(mira).scan == "clean"
    with pytest.raises(FileRefused) as refused:
        store(mira, EICAR, "note.txt")
    assert refused.value.code == "file-infected"
    assert StoredFile.objects.count() == len(on_disk()) == 1


def test_a_scanner_that_is_set_up_and_away_keeps_everything_out(mira: Actor, settings, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    settings.RSO_CLAMD = str(tmp_path / "nobody")
    with pytest.raises(FileRefused) as refused:
        store(mira)
    assert refused.value.code == "scanner-away"
    assert on_disk() == []


def test_over_the_scanners_own_limit_a_file_is_kept_out(tmp_path: Path) -> None:
    daemon = Daemon(tmp_path / "small", limit=1000)
    (tmp_path / "big").write_bytes(bytes(300_000))
    with pytest.raises(FileRefused, match=r"could not look|does not answer"):
        ClamdScanner(str(tmp_path / "small"), timeout_s=10).scan(tmp_path / "big")
    daemon.door.close()
