"""Keys and sealed fields: nothing opens elsewhere, nothing comes back, no database holds what opens it."""

from __future__ import annotations

import secrets
import sqlite3
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import uuid4

import pytest
from django.db import connections
from hypothesis import given
from hypothesis import strategies as st
from pytest_django import Settings
from tests.node.people import acting

from rso.accounts.rules import NotAllowed, Role, system_actor
from rso.audit.models import Entry
from rso.config.database import database
from rso.node.vault import actions, queries
from rso.node.vault.adapters.folder import FolderKeyRing
from rso.node.vault.models import WrappedKey
from rso.node.vault.rules import DataKey, Secret, VaultError, open_field, seal_field, unseal
from rso.wire.epochs import Epoch
from rso.wire.keys import OpeningKey, SigningKey

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
SYSTEM = system_actor("test")
BOTH = pytest.mark.django_db(databases=["default", "vault"])


@pytest.fixture
def ring(settings: Settings, tmp_path: Path) -> FolderKeyRing:
    settings.RSO_KEYRING = tmp_path / "keyring"
    return FolderKeyRing(settings.RSO_KEYRING)


class TestFields:
    key = DataKey(uuid4(), secrets.token_bytes(32))

    @given(st.binary(max_size=300))
    def test_what_was_sealed_opens_at_its_place(self, plain: bytes) -> None:
        sealed = seal_field(self.key, "table", "column", "row", plain)
        assert open_field(self.key, "table", "column", "row", sealed) == plain
        assert len(plain) < 4 or plain not in sealed

    @pytest.mark.parametrize(
        "place",
        [
            ("other", "column", "row"),
            ("table", "other", "row"),
            ("table", "column", "other"),
            ("tablec", "olumn", "row"),
        ],
    )
    def test_moved_it_does_not_open(self, place: tuple[str, str, str]) -> None:
        sealed = seal_field(self.key, "table", "column", "row", b"synthetic")
        with pytest.raises(VaultError, match="not-opened"):
            open_field(self.key, *place, sealed)

    def test_another_key_of_the_same_bytes_does_not_open_it(self) -> None:
        sealed = seal_field(self.key, "table", "column", "row", b"synthetic")
        with pytest.raises(VaultError, match="not-opened"):
            open_field(DataKey(uuid4(), self.key.secret), "table", "column", "row", sealed)

    @given(st.binary(max_size=80))
    def test_rubbish_raises_and_is_never_given_back(self, rubbish: bytes) -> None:
        with pytest.raises(VaultError):
            unseal(self.key.secret, rubbish, b"")

    @given(st.integers(min_value=0, max_value=37), st.integers(min_value=1, max_value=255))
    def test_every_changed_byte_is_noticed(self, at: int, flip: int) -> None:
        sealed = bytearray(seal_field(self.key, "t", "c", "r", b"synthetic"))
        sealed[at] ^= flip
        with pytest.raises(VaultError, match="not-opened"):
            open_field(self.key, "t", "c", "r", bytes(sealed))

    def test_secrets_do_not_show(self) -> None:
        assert self.key.secret.hex() not in repr(self.key)
        assert repr(self.key.secret) not in repr(self.key)


class TestKeyRing:
    def test_keys_are_files_of_their_owner(self, ring: FolderKeyRing) -> None:
        key = ring.make("2026-W48")
        path = ring.folder / "2026-W48.kek"
        assert path.stat().st_mode & 0o777 == 0o600
        assert ring.make("2026-W48") == key == ring.key("2026-W48")
        assert [child.name for child in ring.folder.iterdir()] == ["2026-W48.kek"]

    def test_a_key_that_others_can_read_is_refused(self, ring: FolderKeyRing) -> None:
        ring.make("2026-W48")
        (ring.folder / "2026-W48.kek").chmod(0o644)
        with pytest.raises(VaultError, match="keyring-open"):
            ring.key("2026-W48")

    def test_a_damaged_key_is_not_used(self, ring: FolderKeyRing) -> None:
        ring.make("2026-W48")
        (ring.folder / "2026-W48.kek").write_bytes(b"short")
        with pytest.raises(VaultError, match="keyring-damaged"):
            ring.key("2026-W48")

    def test_a_destroyed_key_is_gone_and_may_be_destroyed_again(self, ring: FolderKeyRing) -> None:
        ring.make("2026-W48")
        ring.destroy("2026-W48")
        ring.destroy("2026-W48")
        with pytest.raises(VaultError, match="no-such-epoch"):
            ring.key("2026-W48")
        assert ring.epochs() == ()


@BOTH
class TestSubjects:
    def test_one_key_for_one_subject(self, ring: FolderKeyRing) -> None:
        key = actions.subject_key("one", now=NOW)
        assert actions.subject_key("one", now=NOW) == key == queries.data_key("one")
        assert actions.subject_key("two", now=NOW).secret != key.secret
        assert queries.data_keys(["one", "two", "three"]).keys() == {"one", "two"}

    def test_no_row_holds_a_key_in_the_clear(self, ring: FolderKeyRing) -> None:
        key = actions.subject_key("one", now=NOW)
        assert key.secret not in bytes(WrappedKey.objects.get().wrapped)

    def test_a_row_does_not_open_in_the_place_of_another(self, ring: FolderKeyRing) -> None:
        actions.subject_keys(["one", "two"], now=NOW)
        one, two = WrappedKey.objects.get(name="one"), WrappedKey.objects.get(name="two")
        one.wrapped = two.wrapped
        one.save()
        with pytest.raises(VaultError, match="not-opened"):
            queries.data_key("one")

    def test_a_destroyed_subject_does_not_come_back(self, ring: FolderKeyRing) -> None:
        actions.subject_keys(["one", "two"], now=NOW)
        assert actions.destroy_subjects(SYSTEM, subjects=["one", "never"], reason="erased", now=NOW) == 1
        assert queries.is_destroyed("one")
        for get in (lambda: queries.data_key("one"), lambda: actions.subject_key("one", now=NOW)):
            with pytest.raises(VaultError, match="key-destroyed"):
                get()
        assert queries.data_key("two")
        assert Entry.objects.get().facts == {"keys": 1, "reason": "erased"}

    def test_the_tables_stand_in_a_database_of_their_own(self, ring: FolderKeyRing) -> None:
        assert "vault_wrappedkey" not in connections["default"].introspection.table_names()
        assert "audit_entry" not in connections["vault"].introspection.table_names()


@BOTH
class TestTurning:
    def test_after_a_turn_no_older_copy_opens(self, ring: FolderKeyRing) -> None:
        key = actions.subject_key("one", now=NOW)
        copy = WrappedKey.objects.get()
        later = NOW + timedelta(days=7)
        assert actions.turn(SYSTEM, now=later) == 1
        assert queries.data_key("one") == key
        assert ring.epochs() == (str(Epoch.of(later)),)
        copy.save()  # an older backup of the vault is put back
        with pytest.raises(VaultError, match="no-such-epoch"):
            queries.data_key("one")

    def test_a_destroyed_key_is_not_wrapped_anew(self, ring: FolderKeyRing) -> None:
        actions.subject_key("one", now=NOW)
        actions.destroy_subjects(SYSTEM, subjects=["one"], reason="erased", now=NOW)
        assert actions.turn(SYSTEM, now=NOW + timedelta(days=7)) == 0
        assert bytes(WrappedKey.objects.get().wrapped) == b""

    def test_within_the_week_nothing_is_destroyed(self, ring: FolderKeyRing) -> None:
        actions.subject_key("one", now=NOW)
        assert actions.turn(SYSTEM, now=NOW) == 0
        assert len(ring.epochs()) == 1


@BOTH
class TestSigningAndOpening:
    def test_the_agencys_key_needs_a_person_who_stepped_up_or_the_system(self, ring: FolderKeyRing) -> None:
        key = SigningKey.generate()
        actions.store_signing_key(SYSTEM, kind=Secret.AGENCY, key=key, now=NOW)
        officer = acting(Role.OFFICER)
        with pytest.raises(VaultError, match="step-up-needed"):
            queries.agency_key(officer, key.key_id, stepped_up=False)
        with pytest.raises(NotAllowed):
            queries.agency_key(acting(Role.AUDITOR), key.key_id, stepped_up=True)
        assert queries.agency_key(officer, key.key_id, stepped_up=True).key_id == key.key_id
        assert queries.agency_key(SYSTEM, key.key_id, stepped_up=False).key_id == key.key_id
        with pytest.raises(VaultError, match="no-such-key"):
            queries.node_key(key.key_id)

    def test_a_weekly_key_is_destroyed_at_its_time(self, ring: FolderKeyRing) -> None:
        key = OpeningKey.generate(Epoch.of(NOW))
        actions.store_opening_key(key, now=NOW, destroy_after=NOW + timedelta(days=40))
        assert actions.destroy_due(SYSTEM, now=NOW + timedelta(days=39)) == 0
        found = queries.opening_key(key.key_id)
        assert found is not None
        assert found.to_bytes() == key.to_bytes()
        assert actions.destroy_due(SYSTEM, now=NOW + timedelta(days=40)) == 1
        assert queries.opening_key(key.key_id) is None


def test_a_destroyed_key_is_in_no_page_of_the_file(tmp_path: Path) -> None:
    """The same table in a file with the settings of a deployment: after destruction neither file holds the bytes."""
    options = database("T", f"sqlite://{tmp_path / 'v.sqlite3'}")["OPTIONS"]
    file = sqlite3.connect(tmp_path / "v.sqlite3")
    file.executescript(options["init_command"])
    file.execute("CREATE TABLE keys (id INTEGER PRIMARY KEY, wrapped BLOB)")
    marks = [secrets.token_bytes(61) for _ in range(200)]
    file.executemany("INSERT INTO keys (wrapped) VALUES (?)", [(mark,) for mark in marks])
    file.commit()
    found = (tmp_path / "v.sqlite3").read_bytes() + (tmp_path / "v.sqlite3-wal").read_bytes()
    assert all(mark in found for mark in marks)  # the scanner sees them while they are there
    file.execute("UPDATE keys SET wrapped = x'' WHERE id <= 150")
    file.commit()
    file.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    found = (tmp_path / "v.sqlite3").read_bytes() + (tmp_path / "v.sqlite3-wal").read_bytes()
    assert not any(mark in found for mark in marks[:150])
    assert all(mark in found for mark in marks[150:])
