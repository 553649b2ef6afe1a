"""The staff's page and the operator's commands."""

from __future__ import annotations

import io
import json
from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from django.test import Client
from django.utils import timezone
from pytest_django import Settings
from tests.relay import region
from tests.relay.region import BORDUNA, Node, sealed

from rso.accounts.models import Organisation, Seat, User
from rso.accounts.rules import Actor, NotAllowed, Role, SeatFacts
from rso.audit.models import Entry
from rso.relay import navigation, presenters
from rso.relay.adapters.identity import Identity
from rso.relay.models import DirectoryFile, NodeSeen
from rso.relay.queries.status import NodeState, Status, status
from rso.relay.rules import RelayEvent
from rso.ui.pseudo import untranslated
from rso.wire.checkpoint import NoteVerifier

pytestmark = pytest.mark.django_db


def _actor(*roles: Role) -> Actor:
    seats = frozenset(SeatFacts(role, "RSO") for role in roles)
    return Actor(opaque=User().opaque, user_id=1, seats=seats)


def test_the_status_counts_and_shows_no_message(avaria: Node, agreed: None) -> None:
    for _ in range(2):
        avaria.hand_in(sealed())
    NodeSeen.objects.filter(pk=str(BORDUNA)).update(last_seen=region.now() - timedelta(minutes=9))
    found = status(_actor(Role.RELAY_STAFF), now=region.now())
    assert (found.log_size, found.waiting, found.arrangements, found.directory_version) == (2, 2, 1, 1)
    rows = {row.agency: row for row in presenters.node_rows(found, region.now())}
    assert (rows["XBD/GOV/IMMIGRATION"].waiting, rows["XBD/GOV/IMMIGRATION"].tone) == (2, "wait")
    assert (rows["XAV/GOV/BORDER"].waiting, rows["XAV/GOV/BORDER"].tone) == (0, "good")
    assert rows["XCS/GOV/POLICE"].tone == "neutral"
    assert set(rows) == {"XAV/GOV/BORDER", "XBD/GOV/IMMIGRATION", "XCS/GOV/POLICE"}
    assert [row.seen for row in rows.values()] == ["just now", "9\xa0minutes ago", ""]
    assert [row.age for row in rows.values()] == ["", "under a minute", ""]


def test_the_page_speaks_every_language_in_both_directions(avaria: Node, agreed: None) -> None:
    if not settings.RSO_PSEUDO_LOCALES:
        pytest.skip("the pseudo-locales are off: set RSO_PSEUDO_LOCALES=yes, as ./test does")
    avaria.hand_in(sealed())
    client = _signed_in(Role.RELAY_STAFF)
    for language in ("en-xa", "ar-xb"):
        client.cookies[settings.LANGUAGE_COOKIE_NAME] = language
        assert untranslated(client.get("/").content.decode()) == []


@pytest.mark.parametrize("roles", [(), (Role.OFFICER,), (Role.AUDITOR, Role.NODE_ADMINISTRATOR)])
def test_the_status_is_for_the_rso_s_staff(roles: tuple[Role, ...]) -> None:
    with pytest.raises(NotAllowed):
        status(_actor(*roles), now=region.now())


def test_a_relay_without_a_directory_says_so(relay: Identity) -> None:
    found = status(_actor(Role.RSO_STAFF), now=region.now())
    assert (found.directory_problem, found.directory_version, found.nodes) == (True, None, [])


def test_a_node_without_mail_shows_no_age() -> None:
    state = Status([NodeState("XAV/GOV/BORDER", "", None, 0, 0, None)], 0, 0, 0, 0, 0, None, None, True)
    (row,) = presenters.node_rows(state, region.now())
    assert (row.seen, row.age) == ("", "")


def _signed_in(role: Role) -> Client:
    user = User.objects.create_user(email="staff@rso.example", name="Synthetic Person")
    office = {"name": "RSO", "kind": Organisation.Kind.OFFICE}
    rso, _ = Organisation.objects.get_or_create(code="RSO", defaults=office)
    Seat.objects.create(user=user, organisation=rso, role=role, starts_on=timezone.localdate())
    client = Client()
    client.force_login(user)
    session = client.session
    session["account_authentication_methods"] = [
        {"method": "password", "at": 1.0},
        {"method": "mfa", "at": 1.0, "type": "totp"},
    ]
    session.save()
    return client


def test_the_page_shows_states_in_words(avaria: Node, agreed: None) -> None:
    message = sealed()
    avaria.hand_in(message)
    page = _signed_in(Role.RELAY_STAFF).get("/")
    html = page.content.decode()
    assert page.status_code == 200
    for word in ("State of the relay", "XBD/GOV/IMMIGRATION", "in contact", "never seen", "Messages waiting"):
        assert word in html
    assert str(message.header.id) not in html


def test_the_page_is_closed_to_others(relay: Identity) -> None:
    assert Client().get("/").status_code == 302
    assert _signed_in(Role.OFFICER).get("/").status_code == 403


def test_the_navigation_follows_the_permission() -> None:
    assert [url for _, url in navigation._items(_actor(Role.RELAY_STAFF))] == ["/", "/people/", "/audit/"]
    assert list(navigation._items(_actor(Role.OFFICER))) == []


# ---------------------------------------------------------------- commands


def test_keys_are_made_once_and_shown(tmp_path: Path, settings: Settings) -> None:
    settings.RSO_RELAY_KEY = tmp_path / "keys" / "relay.cbor"
    with pytest.raises(CommandError, match="not-ready"):
        call_command("relay_keys")
    out = io.StringIO()
    call_command("relay_keys", "--create", "RSO/ORG/RELAY", stdout=out)
    shown = json.loads(out.getvalue())
    assert shown["agency"] == "RSO/ORG/RELAY"
    assert NoteVerifier.parse(shown["log_key"]).name == "RSO/ORG/RELAY/log"
    assert settings.RSO_RELAY_KEY.stat().st_mode & 0o777 == 0o600
    again = io.StringIO()
    call_command("relay_keys", stdout=again)
    assert again.getvalue() == out.getvalue()
    with pytest.raises(CommandError, match="is there already"):
        call_command("relay_keys", "--create", "RSO/ORG/RELAY")
    with pytest.raises(CommandError, match="identifier"):
        call_command("relay_keys", "--create", "nonsense")


def test_a_directory_is_loaded_and_audited(relay: Identity, tmp_path: Path) -> None:
    path = tmp_path / "directory.cbor"
    path.write_bytes(region.directory_file(relay.log.verifier, relay.key, version=7))
    out = io.StringIO()
    call_command("load_directory", str(path), stdout=out)
    call_command("load_directory", str(path), stdout=out)
    assert "version 7" in out.getvalue()
    assert DirectoryFile.objects.count() == 1
    (row,) = Entry.objects.filter(event=RelayEvent.DIRECTORY_LOADED)
    assert row.facts == {"version": 7}


def test_a_file_that_is_no_directory_is_refused(relay: Identity, tmp_path: Path) -> None:
    path = tmp_path / "nonsense"
    path.write_bytes(b"nonsense")
    with pytest.raises(CommandError, match="malformed"):
        call_command("load_directory", str(path))
    with pytest.raises(CommandError, match="No such file"):
        call_command("load_directory", str(tmp_path / "absent"))
