"""What bad input gets, as the person before it sees it: words that say what to do, nothing lost or half-done."""

from __future__ import annotations

import io
import re
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from PIL import Image
from tests.node.cases.test_whole_way import image, search_fields
from tests.node.cast import enrolled
from tests.node.gallery.test_gallery import BAD
from tests.node.people import client_of, person
from tests.node.prints import png
from tests.node.region import BORDUNA, CESTRIA, Region

from rso.accounts.rules import Role
from rso.audit.models import Entry
from rso.base.clock import SystemClock
from rso.node.gallery.models import FingerRecord, Subject
from rso.node.post.models import Outbox
from rso.node.searches.models import Question, Search
from rso.node.vault.models import WrappedKey

pytestmark = pytest.mark.django_db(databases=["default", "vault"])


@pytest.fixture(autouse=True)
def one_clock(region: Region, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(SystemClock, "now", lambda self: region.clock.now())
    monkeypatch.setattr(timezone, "now", region.clock.now)


@pytest.fixture
def officer(region: Region) -> Client:
    region.agree()
    return client_of(person(Role.OFFICER))


def blank() -> bytes:
    """An image without a single ridge."""
    made = io.BytesIO()
    Image.new("L", (320, 400), 255).save(made, "PNG")
    return made.getvalue()


IMAGES: dict[str, Any] = BAD | {
    "no ridges": (blank, "No ridges were found"),
    "corrupt": (lambda: b"\x89PNG\r\n\x1a\n" + b"rubbish" * 50, "damaged or cut short"),
    "nothing": (lambda: b"", "empty"),
}


def same_as_before() -> tuple[int, ...]:
    """What is stored; the audit too, since what was refused happened to nobody."""
    return tuple(table.objects.count() for table in (Search, Subject, FingerRecord, Outbox, WrappedKey, Entry))


@pytest.mark.parametrize("case", IMAGES)
def test_a_bad_image_in_a_question(officer: Client, case: str) -> None:
    make, words = IMAGES[case]
    before = same_as_before()
    told = officer.post(reverse("searches:new"), search_fields(image=image(make()), own_reference="Case 8"))
    page = told.content.decode()
    assert told.status_code == 200
    assert words in page
    assert 'value="Case 8"' in page, "what was typed stands there still"
    assert same_as_before() == before
    assert officer.post(reverse("searches:new"), search_fields()).status_code == 302


@pytest.mark.parametrize("case", IMAGES)
def test_a_bad_image_beside_a_good_one_keeps_both_out(officer: Client, case: str) -> None:
    """Half of a person's fingers would be a record that nobody asked for."""
    make, words = IMAGES[case]
    before = same_as_before()
    fields = {
        "reference": "B-1",
        "family_name": "Canary",
        "resolution_ppi": "500",
        "finger_2": image(png(1)),
        "finger_3": SimpleUploadedFile("print.png", make(), "image/png"),
    }
    page = officer.post(reverse("gallery:enrol"), fields).content.decode()
    assert words in page
    assert 'value="Canary"' in page
    assert same_as_before() == before


def test_a_duplicate_subject_on_the_page(officer: Client) -> None:
    def fields(name: str, print_: bytes) -> dict[str, Any]:
        return {"reference": "B-1", "family_name": name, "resolution_ppi": "500", "finger_2": image(print_)}

    assert officer.post(reverse("gallery:enrol"), fields("First", png(1))).status_code == 302
    before = same_as_before()
    page = officer.post(reverse("gallery:enrol"), fields("Second", png(2))).content.decode()
    assert "already a subject with this local reference" in page
    assert 'value="Second"' in page
    assert same_as_before() == before


@pytest.mark.parametrize(
    ("table", "words"),
    [
        (b"", "empty"),
        (b"\xef\xbb\xbf", "empty"),
        ("reference,file,finger,resolution_ppi\nJosé,one.png,2,500\n".encode("latin-1"), "CSV UTF-8"),
        ("reference,file,finger,resolution_ppi\nA,one.png,2,500\n".encode("utf-16"), "CSV UTF-8"),
        (None, "There is no file subjects.csv"),
    ],
    ids=["empty", "byte order mark alone", "latin-1", "utf-16", "absent"],
)
def test_a_table_that_cannot_be_used(tmp_path: Path, region: Region, table: bytes | None, words: str) -> None:
    (tmp_path / "one.png").write_bytes(png(1))
    if table is not None:
        (tmp_path / "subjects.csv").write_bytes(table)
    before = same_as_before()
    with pytest.raises(CommandError, match=words):
        call_command("enrol", str(tmp_path), stdout=io.StringIO(), stderr=io.StringIO())
    assert same_as_before() == before


# ---------------------------------------------------------------- to whom, and when


def drafted(officer: Client) -> Search:
    officer.post(reverse("searches:new"), search_fields())
    return Search.objects.get()


def test_a_member_without_an_arrangement_on_the_page(officer: Client) -> None:
    """Not offered, with the rule that says why; asked for all the same, and along with another, nobody is asked."""
    search = drafted(officer)
    page = officer.get(reverse("searches:search", args=[search.pk])).content.decode()
    assert "Police (synthetic)" in page
    assert "There is an arrangement with this member" in page, "the rule that failed"
    assert f'value="{CESTRIA}"' not in page
    [box] = re.findall(r'<input[^>]*name="to"[^>]*>', page)
    assert f'value="{BORDUNA}"' in box
    assert "checked" not in box, "the one who may be asked is asked by a person's choice"
    refused = officer.post(reverse("searches:send", args=[search.pk]), {"to": [str(BORDUNA), str(CESTRIA)]})
    assert refused.status_code == 409
    assert (Question.objects.count(), Outbox.objects.count()) == (0, 0)
    search.refresh_from_db()
    assert search.state == "draft"


def test_a_relay_that_is_down_for_an_hour(officer: Client, region: Region) -> None:
    """Whoever asks sees that it waits here, the administrator why; then it leaves by itself."""
    administrator = client_of(person(Role.NODE_ADMINISTRATOR))
    search = drafted(officer)
    region.relay.away = True
    assert officer.post(reverse("searches:send", args=[search.pk]), {"to": str(BORDUNA)}).status_code == 302
    for _ in range(60):
        region.exchange(force=False)
        region.clock.step(minutes=1)
    officer, administrator = (client_of(person(role)) for role in (Role.OFFICER, Role.NODE_ADMINISTRATOR))
    officer = client_of(search.officer)
    assert "Waits to leave this node" in officer.get(reverse("searches:search", args=[search.pk])).content.decode()
    assert "The relay is not reached" in administrator.get(reverse("post:state")).content.decode()
    assert "Waiting to leave" in administrator.get(reverse("post:outbox")).content.decode()
    region.relay.away = False
    region.clock.step(minutes=15)
    assert region.exchange(force=False).sent == 1
    assert "At the relay" in officer.get(reverse("searches:search", args=[search.pk])).content.decode()
    assert "The relay is not reached" not in administrator.get(reverse("post:state")).content.decode()
    assert len(region.borduna.mail()) == 1


def test_enrolling_and_asking_go_on_while_the_relay_is_away(officer: Client, region: Region) -> None:
    region.relay.away = True
    region.exchange()
    enrolled(region, 5)
    search = drafted(officer)
    page = officer.get(reverse("searches:search", args=[search.pk])).content.decode()
    assert f'value="{BORDUNA}"' in page
    assert officer.post(reverse("searches:send", args=[search.pk]), {"to": str(BORDUNA)}).status_code == 302
