"""The example texts of a demonstration: made once, by its people, and read as the real ones are."""

from __future__ import annotations

import pytest
from django.test import Client
from pytest_django import Settings
from tests.office.conftest import NOW

from rso.accounts.models import User
from rso.accounts.queries import actor_of
from rso.accounts.rules import system_actor
from rso.content.models import CountryFact, LanguageVersion, Work
from rso.content.presenters import waits
from rso.office.front.actions import demonstrate

pytestmark = pytest.mark.django_db


def test_examples_are_made_once_and_show_what_is_behind(settings: Settings) -> None:
    settings.RSO_DEMONSTRATION = True
    for _time in range(2):
        demonstrate(system_actor("demonstration"), now=NOW)
    assert Work.objects.filter(kind="page").count() == 3
    assert CountryFact.objects.count() == 5
    arabic = Client().get("/pages/talking-with-a-victim/ar/?country=XAV").content.decode()
    assert arabic.count("Older translation") == 1
    assert "is withheld" not in arabic
    assert "Not translated yet" in arabic
    assert "+999 555 0101" in arabic
    assert "synthetic" in Client().get("/pages/when-a-boat-arrives/").content.decode()
    assert Client().get("/pages/if-you-need-help/").status_code == 404
    assert LanguageVersion.objects.get(language="th").state == "writing"
    publisher = actor_of(User.objects.get(email__startswith="publisher"), NOW.date())
    assert [one.title for one in waits(publisher, NOW.date())] == [
        "If you need help: a pocket card (example text, synthetic)"
    ]
