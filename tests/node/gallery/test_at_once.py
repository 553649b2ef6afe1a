"""Two officers enrol one person at the same moment."""

from __future__ import annotations

import threading
from uuid import uuid4

import pytest
from django.db import connection, connections
from django.utils import timezone
from tests.node.gallery.test_gallery import IDENTITY, SAFE, enrolled
from tests.node.people import acting
from tests.node.prints import finger

from rso.accounts.rules import Role
from rso.base.errors import RsoError
from rso.node.gallery import actions
from rso.node.gallery.actions import subjects
from rso.node.gallery.models import FingerRecord, Subject

BOTH = ["default", "vault"]


@pytest.mark.django_db(databases=BOTH)
def test_who_comes_between_the_look_and_the_writing_is_told_like_any_other() -> None:
    enrolled()
    with pytest.raises(RsoError) as caught:
        subjects._first(Subject(pk=uuid4(), reference="A-1", enrolled_at=timezone.now()))
    assert caught.value.code == "duplicate-subject"
    assert Subject.objects.count() == 1  # and the transaction goes on


@pytest.mark.django_db(databases=BOTH, transaction=True)
def test_of_four_at_once_one_enrols_and_the_others_are_told() -> None:
    if connection.vendor != "postgresql":
        pytest.skip("SQLite takes its one write lock when a transaction begins: nothing is written at once")
    people = [acting(Role.OFFICER) for _ in range(4)]
    prints = [finger(1)]
    begun = threading.Barrier(len(people))
    told: list[str] = []

    def work(number: int) -> None:
        try:
            begun.wait(10)
            actions.enrol(
                people[number],
                reference="A-1",
                identity=IDENTITY,
                protection=SAFE,
                fingers=prints,
                now=timezone.now(),
            )
            told.append("enrolled")
        except RsoError as error:
            told.append(error.code)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=work, args=(number,)) for number in range(len(people))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(told) == ["duplicate-subject"] * 3 + ["enrolled"]
    assert (Subject.objects.count(), FingerRecord.objects.count()) == (1, 1)
