"""The audit's pages: who sees them, what they show and to whom, and what leaves the house."""

from __future__ import annotations

import csv
import io
from datetime import date
from uuid import uuid4

import pytest
from django.db import transaction
from django.test import Client
from django.urls import reverse
from tests.node.people import client_of, person

from rso.accounts.rules import Actor, NotAllowed, Role, SeatFacts
from rso.audit import actions, queries
from rso.audit.models import Entry
from rso.ui.pseudo import untranslated

pytestmark = pytest.mark.django_db
PAGE = "/audit/"


def row(actor: Actor, event: str = "tests:thing:done", subject: object = "thing-1", **facts: str) -> Entry:
    with transaction.atomic():
        return actions.record(actor, event, subject=str(subject), facts=dict(facts))


@pytest.mark.parametrize("role", [Role.CO_MANAGER, Role.RSO_STAFF, Role.MEMBER_OFFICIAL, Role.OFFICER])
def test_the_audit_is_closed_to_everybody_else(role: Role) -> None:
    client = client_of(person(role))
    assert client.get(PAGE).status_code == 403
    assert client.post(reverse("audit:check")).status_code == 403
    assert client.post(reverse("audit:export")).status_code == 403
    assert Client().get(PAGE).status_code == 302
    with pytest.raises(NotAllowed):
        queries.entries(Actor(uuid4(), user_id=1))


def test_names_are_shown_to_those_who_may_see_people_only() -> None:
    mira = person(Role.MEMBER_OFFICIAL, name="Mira Solenn")
    row(Actor(mira.opaque, user_id=mira.pk), subject=mira.opaque)
    administrator = client_of(person(Role.OFFICE_ADMINISTRATOR)).get(PAGE).content.decode()
    auditor = client_of(person(Role.AUDITOR)).get(PAGE).content.decode()
    assert "Mira Solenn" in administrator
    assert "Mira Solenn" not in auditor
    assert str(mira.opaque) in auditor


def test_the_list_is_narrowed_by_event_person_and_day() -> None:
    auditor = client_of(person(Role.AUDITOR))
    somebody = Actor(uuid4(), user_id=9)
    row(somebody, "tests:thing:done", subject="one")
    row(Actor(uuid4(), user_id=8), "tests:thing:undone", subject="two")
    Entry.objects.filter(subject="two").update(at_ms=1_000_000_000_000)  # 9 September 2001

    def subjects(**query: str) -> set[str]:
        return {shown.subject for shown in auditor.get(PAGE, query).context["rows"]} & {"one", "two"}

    assert subjects() == {"one", "two"}
    assert subjects(event="tests:thing:und") == {"two"}
    assert subjects(about=str(somebody.opaque)) == {"one"}
    assert subjects(about="two") == {"two"}
    assert subjects(first="2001-09-09", last="2001-09-09") == {"two"}
    assert subjects(last="2001-09-08") == set()
    assert "No row fits" in auditor.get(PAGE, {"event": "nothing"}).content.decode()


def test_a_broken_chain_is_said_with_its_row_and_a_whole_one_with_its_digest() -> None:
    auditor = client_of(person(Role.AUDITOR))
    last = [row(Actor(uuid4(), user_id=1)) for _ in range(3)][-1]
    said = auditor.post(reverse("audit:check"))
    assert said.context["count"] == last.sequence
    assert bytes(last.digest).hex() in said.content.decode()
    Entry.objects.filter(pk=last.pk).update(event="tests:thing:changed")
    assert auditor.post(reverse("audit:check")).context["broken"] == last.sequence


def test_an_export_holds_ids_and_digests_no_names_no_formulas_and_leaves_a_row() -> None:
    mira = person(Role.MEMBER_OFFICIAL, name="Mira Solenn")
    row(Actor(mira.opaque, user_id=mira.pk), subject="=1+1", note="x")
    exported = client_of(person(Role.OFFICE_ADMINISTRATOR)).post(reverse("audit:export"), {"event": "tests:"})
    rows = list(csv.DictReader(io.StringIO(exported.content.decode("utf-8-sig"))))
    assert [r["actor"] for r in rows] == [str(mira.opaque)]
    assert rows[0]["subject"] == "'=1+1"
    assert rows[0]["digest"] == bytes(Entry.objects.get(event="tests:thing:done").digest).hex()
    assert "Mira" not in exported.content.decode("utf-8-sig")
    assert Entry.objects.get(event="audit:entry:exported").facts == {"rows": 1}


def test_days_are_whole_and_utc() -> None:
    auditor = Actor(uuid4(), user_id=1, seats=person_seats())
    entry = row(auditor)
    for at_ms, expected in ((1_000_080_000_000 - 1, False), (1_000_080_000_000, True), (1_000_166_400_000, False)):
        Entry.objects.filter(pk=entry.pk).update(at_ms=at_ms)
        found = queries.entries(auditor, first=date(2001, 9, 10), last=date(2001, 9, 10))
        assert found.filter(pk=entry.pk).exists() is expected


def person_seats() -> frozenset[SeatFacts]:
    return frozenset({SeatFacts(Role.AUDITOR, "XAV")})


@pytest.mark.parametrize("language", ["en-xa", "ar-xb"])
def test_every_word_is_translated(language: str) -> None:
    client = client_of(person(Role.OFFICE_ADMINISTRATOR), headers={"accept-language": language})
    row(Actor(uuid4(), user_id=1), colour="red")
    for answer in (client.get(PAGE), client.get(PAGE, {"event": "nothing"}), client.post(reverse("audit:check"))):
        assert untranslated(answer.content.decode()) == []
