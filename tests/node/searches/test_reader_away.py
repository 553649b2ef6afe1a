"""What this machine cannot do at the moment is never said of another state's image, and nothing is lost by it."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from tests.node.cast import MACHINE, mail_after_tick, probe_of
from tests.node.people import client_of, person
from tests.node.prints import png
from tests.node.region import Region

from rso.accounts.rules import Role
from rso.biometrics.errors import ReaderUnavailableError
from rso.biometrics.reader import shared_reader
from rso.node.gallery.models import Subject
from rso.node.searches.actions import searching
from rso.node.searches.models import ReceivedProbe
from rso.wire.messages import Answer

pytestmark = pytest.mark.django_db(databases=["default", "vault"])


@pytest.fixture
def away(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[pytest.MonkeyPatch]:
    """The limited process that reads images cannot be started; undo it and it can."""
    shared_reader().close()
    with monkeypatch.context() as broken:
        broken.setattr(sys, "executable", str(tmp_path / "gone"))
        yield broken


def test_a_probe_waits_until_images_can_be_read_again(region: Region, away: pytest.MonkeyPatch) -> None:
    region.borduna.send(probe_of(region.borduna, 1), region.agree())
    region.exchange()
    probe = ReceivedProbe.objects.get()
    with pytest.raises(ReaderUnavailableError):
        searching.search_probes(MACHINE, pks=[probe.pk], clock=region.clock)
    probe.refresh_from_db()
    assert (probe.state, probe.outcome, probe.destroyed_at) == ("received", "", None)
    assert not mail_after_tick(region, region.borduna)
    away.undo()
    searching.search_probes(MACHINE, pks=[probe.pk], clock=region.clock)
    (answer,) = mail_after_tick(region, region.borduna)
    assert isinstance(answer, Answer)
    assert answer.outcome.value == "no-hit"


def test_the_form_says_to_try_again_and_does_not_blame_the_image(region: Region, away: pytest.MonkeyPatch) -> None:
    client = client_of(person(Role.OFFICER))

    def sent() -> dict[str, object]:
        image = SimpleUploadedFile("print.png", png(1), "image/png")
        return {"reference": "B-1", "family_name": "Canary", "resolution_ppi": "500", "finger_2": image}

    page = client.post(reverse("gallery:enrol"), sent())
    assert page.status_code == 200
    assert "Try again in a few minutes" in page.content.decode()
    assert 'value="Canary"' in page.content.decode()
    assert not Subject.objects.exists()
    away.undo()
    assert client.post(reverse("gallery:enrol"), sent()).status_code == 302
