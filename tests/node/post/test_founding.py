"""A node is founded: its public keys go to the holders of the root keys, and it believes what they signed."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone
from pytest_django import Settings
from tests.ceremony.walk import AVARIA, Ceremony

from rso.ceremony.public_keys import PublicKeys
from rso.node.post import actions, queries
from rso.node.post.actions import POST, keys

pytestmark = pytest.mark.django_db(databases="__all__")


@pytest.fixture
def node(settings: Settings, tmp_path: Path) -> Ceremony:
    """A node of Avaria without keys, and the folder of a ceremony."""
    settings.RSO_AGENCY, settings.RSO_KEYRING = AVARIA, tmp_path / "keyring"
    settings.RSO_TRUST_ANCHOR = tmp_path / "ceremony" / "anchor.cbor"
    queries._decoded_directory.cache_clear()
    (tmp_path / "ceremony").mkdir()
    return Ceremony(tmp_path / "ceremony")


def export(folder: Path) -> tuple[PublicKeys, str]:
    out = io.StringIO()
    call_command("node_keys", str(folder), stdout=out)
    return PublicKeys.parse((folder / "XAV-GOV-BORDER.json").read_bytes()), out.getvalue()


def test_a_node_works_with_the_directory_that_holds_its_exported_keys(node: Ceremony, tmp_path: Path) -> None:
    node.keys[AVARIA], said = export(tmp_path / "public")
    assert node.keys[AVARIA].node.key_id.hex() in said
    node.make_roots()
    with Path(node.found()).open("rb") as file:
        actions.accept_directory(POST, data=file.read(), now=timezone.now())
    assert queries.directory().takes_part(queries.own_agency())
    assert keys.make_weekly_keys(POST, now=timezone.now()) == keys.WEEKS_AHEAD + 1


def test_keys_are_exported_again_unchanged(node: Ceremony, tmp_path: Path) -> None:
    assert export(tmp_path / "one")[0] == export(tmp_path / "two")[0]


def test_a_folder_that_cannot_be_written_is_said(node: Ceremony, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(CommandError, match="file"):
        call_command("node_keys", str(tmp_path / "file"))
