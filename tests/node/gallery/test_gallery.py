"""The gallery: what is taken, what is refused with which words, and that erasing is real."""

from __future__ import annotations

import io
import zlib
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone
from PIL import Image
from tests.node.people import acting, client_of, person
from tests.node.prints import finger, png

from rso.accounts.rules import NotAllowed, Role
from rso.audit.models import Entry
from rso.base.errors import RsoError
from rso.biometrics.minutiae import Template
from rso.biometrics.search import Probe
from rso.node.gallery import actions, queries
from rso.node.gallery.adapters.index import MemoryIndex
from rso.node.gallery.models import FingerRecord, Subject
from rso.policy.protection import Origin, ProtectionState, Reply

pytestmark = pytest.mark.django_db(databases=["default", "vault"])
SAFE = ProtectionState(
    asylum_seeker=Reply.NO, refugee=Reply.NO, stateless=Reply.NO, trafficking_victim=Reply.NO, child=Reply.NO,
    nationality=Origin.known("XAV"), residence=Origin.known("XAV"), feared=Origin.known(),
)  # fmt: skip
IDENTITY = {"family-name": "Ferreira-Canary", "birth-date": "1990-05-01"}


def enrolled(reference: str = "A-1", *fingers: Any, protection: ProtectionState = SAFE, **options: Any) -> Subject:
    return actions.enrol(
        acting(Role.OFFICER),
        reference=reference,
        identity=IDENTITY,
        protection=protection,
        fingers=fingers or [finger(1)],
        now=timezone.now(),
        **options,
    )


def everybody(state: ProtectionState) -> bool:
    return True


def found(index: MemoryIndex, seed: int, impression: int, allowed: Any = everybody, position: int = 2) -> list[str]:
    template = Template.decode(finger(seed, position, impression).template)
    outcome = index.identify(Probe(position, template), allowed)
    assert outcome.complete
    return [candidate.ref for candidate in outcome.candidates]


def test_another_impression_finds_the_subject_and_a_stranger_finds_nobody() -> None:
    subject = enrolled()
    index = MemoryIndex()
    assert found(index, 1, 1) == [str(subject.pk)]
    assert found(index, 2, 0) == []
    assert found(index, 1, 1, position=7) == []  # another finger's records are not compared
    assert found(index, 1, 1, position=0) == [str(subject.pk)]


def test_the_index_follows_every_change() -> None:
    index = MemoryIndex()
    assert found(index, 1, 1) == []
    subject = enrolled()
    assert found(index, 1, 1) == [str(subject.pk)]
    officer = acting(Role.PROTECTION_OFFICER)
    unknown = ProtectionState()
    actions.change_protection(officer, subject=subject, protection=unknown, reason="asked again")
    assert found(index, 1, 1, allowed=lambda state: state != unknown) == []
    actions.erase(officer, subject=subject, reason="withdrawn", now=timezone.now())
    assert found(index, 1, 1) == []


def test_nothing_that_says_who_somebody_is_stands_open_in_the_database() -> None:
    subject = enrolled()
    record = FingerRecord.objects.get(subject=subject)
    subject.refresh_from_db()
    stored = bytes(subject.identity) + bytes(subject.protection) + bytes(record.image) + bytes(record.template)
    assert b"Canary" not in stored
    assert b"XAV" not in stored
    assert b"PNG" not in stored
    assert queries.open_subject(acting(Role.OFFICER), subject).identity == IDENTITY


def test_erasing_destroys_the_key_so_that_a_kept_copy_does_not_open() -> None:
    subject = enrolled()
    kept = Subject.objects.get(pk=subject.pk)
    record = FingerRecord.objects.get(subject=subject)
    officer = acting(Role.OFFICER)
    actions.erase(officer, subject=subject, reason="withdrawn", now=timezone.now())
    assert not Subject.objects.exists()
    with pytest.raises(RsoError) as caught:
        queries.open_subject(officer, kept)
    assert caught.value.code == "key-destroyed"
    with pytest.raises(RsoError):
        queries.finger_image(officer, record)


def test_a_duplicate_is_refused_and_leaves_nothing_behind() -> None:
    enrolled()
    with pytest.raises(RsoError) as caught:
        enrolled("A-1", finger(2))
    assert caught.value.code == "duplicate-subject"
    assert FingerRecord.objects.count() == 1


def test_the_same_finger_twice_and_eleven_fingers_are_refused() -> None:
    for fingers, code in [
        ([finger(1), finger(1)], "finger-twice"),
        ([finger(1, 0)] * 11, "too-many-fingers"),
        ([], "no-fingers"),
    ]:
        with pytest.raises(RsoError) as caught:
            actions.enrol(
                acting(Role.OFFICER), reference="A-2", identity={}, protection=SAFE, fingers=fingers,
                now=timezone.now(),
            )  # fmt: skip
        assert caught.value.code == code
    assert not Subject.objects.exists()


@pytest.mark.parametrize("role", [Role.EXAMINER, Role.APPROVER, Role.AUDITOR, Role.NODE_ADMINISTRATOR])
def test_other_roles_neither_enrol_nor_see(role: Role) -> None:
    subject = enrolled()
    with pytest.raises(NotAllowed):
        actions.enrol(
            acting(role), reference="A-3", identity={}, protection=SAFE, fingers=[finger(1)], now=timezone.now()
        )
    with pytest.raises(NotAllowed):
        queries.open_subject(acting(role), subject)


def test_opening_a_subject_leaves_a_row_in_the_audit_with_no_name() -> None:
    subject = enrolled()
    client = client_of(person(Role.OFFICER))
    answer = client.get(reverse("gallery:subject", args=[subject.pk]))
    assert answer.status_code == 200
    assert "Ferreira-Canary" in answer.content.decode()
    row = Entry.objects.filter(event="node:subject:viewed").get()
    assert row.subject == str(subject.pk)
    assert "Canary" not in str(row.facts)


# ---------------------------------------------------------------- what bad input gets


def test_a_print_without_ridges_is_refused_with_words() -> None:
    blank = io.BytesIO()
    Image.new("L", (320, 400), 255).save(blank, "PNG")
    with pytest.raises(RsoError) as caught:
        actions.read_finger(actions.NewFinger(2, 500, blank.getvalue()))
    assert caught.value.code in {"no-ridges", "too-few-minutiae"}


def _huge() -> bytes:
    """A PNG header that promises 200 megapixels."""
    header = (20_000).to_bytes(4, "big") + (10_000).to_bytes(4, "big") + b"\x08\x00\x00\x00\x00"
    chunk = b"IHDR" + header
    end = b"IEND"
    return (
        b"\x89PNG\r\n\x1a\n"
        + len(header).to_bytes(4, "big") + chunk + zlib.crc32(chunk).to_bytes(4, "big")
        + (0).to_bytes(4, "big") + end + zlib.crc32(end).to_bytes(4, "big")
    )  # fmt: skip


def _bomb() -> bytes:
    """A PNG whose text chunk unpacks to far more than it may."""
    body = b"Comment\x00\x00" + zlib.compress(b"\x00" * 80_000_000)
    small = io.BytesIO()
    Image.new("L", (320, 400), 255).save(small, "PNG")
    plain = small.getvalue()
    chunk = b"zTXt" + body
    return plain[:33] + len(body).to_bytes(4, "big") + chunk + zlib.crc32(chunk).to_bytes(4, "big") + plain[33:]


BAD = {
    "text named png": (lambda: b"this is no image", "This file is not an image"),
    "200 megapixels": (_huge, "larger than a print"),
    "zip bomb": (_bomb, "unpacks to more"),
    "cut short": (lambda: png(1)[:5_000], "damaged or cut short"),
    "pdf": (lambda: b"%PDF-1.7 ...", "This kind of image is not read"),
}


@pytest.mark.parametrize("case", BAD)
def test_a_bad_image_in_the_form_is_told_at_its_field_and_nothing_is_enrolled(case: str) -> None:
    make, words = BAD[case]
    client = client_of(person(Role.OFFICER))
    sent = {
        "reference": "B-1",
        "resolution_ppi": "500",
        "finger_2": SimpleUploadedFile("print.png", make(), "image/png"),
    }
    answer = client.post(reverse("gallery:enrol"), sent)
    assert answer.status_code == 200
    assert words in answer.content.decode()
    assert not Subject.objects.exists()


def test_the_form_enrols_with_unknown_answers_when_none_were_given() -> None:
    client = client_of(person(Role.OFFICER))
    sent = {
        "reference": " B-2 ",
        "family_name": "Canary",
        "resolution_ppi": "500",
        "finger_2": SimpleUploadedFile("print.png", png(1), "image/png"),
    }
    answer = client.post(reverse("gallery:enrol"), sent)
    subject = Subject.objects.get()
    assert answer.headers["Location"] == reverse("gallery:subject", args=[subject.pk])
    opened = queries.open_subject(acting(Role.OFFICER), subject)
    assert subject.reference == "B-2"
    assert opened.protection == ProtectionState()
    assert opened.identity == {"family-name": "Canary"}
    assert [f.position for f in opened.fingers] == [2]


def test_a_country_that_is_none_is_refused_at_its_field() -> None:
    client = client_of(person(Role.OFFICER))
    answer = client.post(reverse("gallery:enrol"), {"reference": "B-3", "nationality_countries": "Avaria"})
    assert "three-letter codes" in answer.content.decode()
    assert not Subject.objects.exists()


def test_every_page_of_the_gallery_answers() -> None:
    subject = enrolled(synthetic=True)
    client = client_of(person(Role.OFFICER))
    for name in ("subjects", "enrol"):
        assert client.get(reverse(f"gallery:{name}")).status_code == 200
    for name in ("subject", "add-fingers", "identity", "protection", "erase"):
        assert client.get(reverse(f"gallery:{name}", args=[subject.pk])).status_code == 200
    image = client.get(reverse("gallery:finger", args=[subject.pk, subject.fingers.get().pk]))
    assert image.content.startswith(b"\x89PNG")


def test_a_slip_of_the_pen_is_put_right_and_the_audit_holds_which_fields_and_no_value() -> None:
    subject = enrolled()
    client = client_of(person(Role.OFFICER))
    page = reverse("gallery:identity", args=[subject.pk])
    shown = client.get(page).context["form"].initial
    assert shown["family_name"] == IDENTITY["family-name"]
    sent = {
        "family_name": "Ferreiro-Canary",
        "sex": "F",
        "seen": shown["seen"],
        "reason": "The passport was read anew.",
    }
    assert client.post(page, sent).status_code == 302
    opened = queries.open_subject(acting(Role.OFFICER), Subject.objects.get())
    assert opened.identity == {"family-name": "Ferreiro-Canary", "sex": "F"}
    entry = Entry.objects.get(event="node:subject:corrected")
    assert entry.facts == {"fields": "birth-date,family-name,sex"}
    assert "Canary" not in str(entry.facts)


def test_of_two_who_correct_at_once_the_second_is_told_and_nothing_is_lost() -> None:
    subject = enrolled()
    client = client_of(person(Role.OFFICER))
    page = reverse("gallery:identity", args=[subject.pk])
    seen = client.get(page).context["form"].initial["seen"]
    first = {"family_name": "First", "seen": seen, "reason": "x"}
    assert client.post(page, first).status_code == 302
    answer = client.post(page, first | {"family_name": "Second"})
    assert "Somebody has changed these fields meanwhile" in answer.content.decode()
    assert queries.open_subject(acting(Role.OFFICER), Subject.objects.get()).identity == {"family-name": "First"}


@pytest.mark.parametrize("role", sorted(set(Role) - {Role.OFFICER}))
def test_nobody_but_an_officer_corrects(role: Role) -> None:
    subject = enrolled()
    with pytest.raises(NotAllowed):
        actions.correct(acting(role), subject=subject, identity={}, reason="x")
    assert client_of(person(role)).get(reverse("gallery:identity", args=[subject.pk])).status_code == 403


def test_a_field_that_is_too_long_in_bytes_is_told_at_its_field() -> None:
    client = client_of(person(Role.OFFICER))
    fields = {"reference": "B-4", "family_name": "ก" * 400, "resolution_ppi": "500"}  # 400 letters, 1,200 bytes
    form = client.post(reverse("gallery:enrol"), fields).context["form"]
    assert "family_name" in form.errors
    assert "reference" not in form.errors


@pytest.mark.parametrize(("protection", "said"), [(ProtectionState(), True), (SAFE, False)])
def test_the_page_says_when_no_search_finds_somebody(protection: ProtectionState, said: bool) -> None:
    subject = enrolled(protection=protection)
    page = client_of(person(Role.PROTECTION_OFFICER)).get(reverse("gallery:subject", args=[subject.pk]))
    assert ("No search finds this person" in page.content.decode()) is said
