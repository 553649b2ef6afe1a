from __future__ import annotations

from uuid import UUID

import pytest
from django.db import transaction
from django.http import HttpResponse
from django.test import RequestFactory

from rso.accounts.models import Organisation
from rso.accounts.rules import Actor
from rso.audit import actions, queries
from rso.audit.models import Entry, Head, Note
from rso.audit.readonly import ReadOnlyGetMiddleware, WriteInRead
from rso.audit.rules import BrokenChain

pytestmark = pytest.mark.django_db
SOMEBODY = Actor(UUID(int=42), user_id=1)


def three_rows() -> list[Entry]:
    with transaction.atomic():
        return [
            actions.record(SOMEBODY, "tests:thing:done", subject=f"s{n}", facts={"n": n}, note=f"because {n}")
            for n in range(3)
        ]


def test_the_chain_holds_and_counts() -> None:
    rows = three_rows()
    assert queries.verify_chain() == (3, bytes(rows[-1].digest))


def test_a_chain_of_many_pages_holds(monkeypatch: pytest.MonkeyPatch) -> None:
    three_rows()
    three_rows()
    for page in (1, 4, 6):
        monkeypatch.setattr(queries, "_PAGE", page)
        assert queries.verify_chain()[0] == 6


@pytest.mark.parametrize(
    ("change", "row"),
    [
        (lambda: Entry.objects.filter(sequence=2).update(event="tests:thing:undone"), 2),
        (lambda: Entry.objects.filter(sequence=2).update(facts={"n": 9}), 2),
        (lambda: Entry.objects.filter(sequence=2).update(actor=UUID(int=43)), 2),
        (lambda: Entry.objects.filter(sequence=2).delete(), 3),
        (lambda: Entry.objects.filter(sequence=1).delete(), 2),
        (lambda: Entry.objects.filter(sequence=3).update(previous=bytes(32)), 3),
        (lambda: Entry.objects.filter(sequence=3).delete(), 3),
        (lambda: Entry.objects.all().delete(), 1),
        (lambda: Note.objects.filter(entry=2).update(text="because of something else"), 2),
        (lambda: Note.objects.filter(entry=2).update(salt=bytes(16)), 2),
        (lambda: Head.objects.update(digest=bytes(32)), 3),
    ],
)
def test_a_changed_or_missing_row_is_found_where_it_is(change, row: int) -> None:  # type: ignore[no-untyped-def]
    three_rows()
    change()
    with pytest.raises(BrokenChain) as raised:
        queries.verify_chain()
    assert raised.value.sequence == row


def test_a_persons_words_can_be_erased_and_the_chain_stays_whole() -> None:
    row = three_rows()[0]
    assert "because" not in str(list(Entry.objects.values()))
    actions.erase_note(row)
    assert not Note.objects.filter(entry=row).exists()
    assert queries.verify_chain()[0] == 3


def test_what_is_undone_leaves_no_row() -> None:

    def done_and_undone() -> None:
        with transaction.atomic():
            actions.record(SOMEBODY, "tests:thing:done", subject="s")
            raise RuntimeError("change of mind")

    with pytest.raises(RuntimeError, match="change of mind"):
        done_and_undone()
    assert queries.verify_chain()[0] == 0


def test_a_get_cannot_write_but_may_leave_an_access_row() -> None:
    def writes(request: object) -> HttpResponse:
        Organisation.objects.create(code="XAV", name="Avaria", kind="state")
        return HttpResponse()

    def looks(request: object) -> HttpResponse:
        actions.viewed(SOMEBODY, "tests:person:viewed", subject="s")
        return HttpResponse()

    factory = RequestFactory()
    with pytest.raises(WriteInRead, match="accounts_organisation"), transaction.atomic():
        ReadOnlyGetMiddleware(writes)(factory.get("/"))
    ReadOnlyGetMiddleware(writes)(factory.post("/"))
    ReadOnlyGetMiddleware(looks)(factory.get("/"))
    assert Entry.objects.get().event == "tests:person:viewed"
