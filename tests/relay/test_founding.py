"""A relay is founded: its keys go out, and the directory that the holders of the root keys signed comes in."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from pytest_django import Settings
from tests.ceremony.walk import BORDUNA_TOO, RELAY, Ceremony

from rso.ceremony.public_keys import PublicKeys
from rso.relay.queries import directory

pytestmark = pytest.mark.django_db


def test_what_the_holders_signed_is_taken_into_use_and_the_older_one_is_not(tmp_path: Path, settings: Settings) -> None:
    one = Ceremony(tmp_path)
    settings.RSO_RELAY_KEY, settings.RSO_TRUST_ANCHOR = tmp_path / "relay-key.cbor", tmp_path / "anchor.cbor"
    out = io.StringIO()
    call_command("relay_keys", "--create", RELAY, stdout=out)
    one.keys[RELAY] = PublicKeys.parse(out.getvalue().encode())
    one.make_roots()
    call_command("load_directory", one.found(), stdout=io.StringIO())
    assert directory.current().version == 1
    assert one.keys[RELAY].log in directory.current().log_keys(directory.current().issued)
    one.run("draft", "--from", one.write_entries(BORDUNA_TOO), "--out", one.path("draft2"), *one.since())
    with pytest.raises(CommandError, match="step 2"):
        call_command("load_directory", one.path("draft2"))
    parts = [one.signature(one.path("draft2"), number, f"part2-{number}", *one.since()) for number in (2, 3)]
    one.run("join", *parts, *one.since(), "--out", one.path("directory2"))
    call_command("load_directory", one.path("directory2"), stdout=io.StringIO())
    with pytest.raises(CommandError, match="step 4"):
        call_command("load_directory", one.path("directory1"))
    assert directory.current().member("XBD") is not None
