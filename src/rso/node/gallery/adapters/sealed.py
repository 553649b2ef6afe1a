"""Sealing and opening what belongs to a subject, each value bound to its place."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from rso.accounts.rules import Actor
from rso.node.gallery.models import FingerRecord, Subject
from rso.node.vault import actions as vault
from rso.node.vault.queries import data_key, data_keys
from rso.node.vault.rules import DataKey, open_field, seal_field
from rso.policy.protection import ProtectionState

IMAGE, TEMPLATE = "image", "template"
_SUBJECT, _FINGER = Subject._meta.db_table, FingerRecord._meta.db_table


def key_name(subject: UUID) -> str:
    """The name under which the vault keeps a subject's key."""
    return f"subject:{subject}"


def make_key(subject: UUID, now: datetime) -> DataKey:
    """The key of a new subject."""
    return vault.subject_key(key_name(subject), now=now)


def key_of(subject: UUID) -> DataKey:
    """The key of a subject; raises ``VaultError`` (``key-destroyed``) for one that was erased."""
    return data_key(key_name(subject))


def keys_of(subjects: list[UUID]) -> dict[UUID, DataKey]:
    """The keys of those that still have one."""
    found = data_keys([key_name(subject) for subject in subjects])
    return {subject: found[key_name(subject)] for subject in subjects if key_name(subject) in found}


def destroy_key(actor: Actor, subject: UUID, *, reason: str, now: datetime) -> None:
    """Makes all that is sealed for the subject unreadable, here and in every backup."""
    vault.destroy_subjects(actor, subjects=[key_name(subject)], reason=reason, now=now)


def seal_identity(key: DataKey, subject: UUID, fields: Mapping[str, str]) -> bytes:
    return seal_field(key, _SUBJECT, "identity", subject, _json(dict(fields)))


def open_identity(key: DataKey, subject: Subject) -> dict[str, str]:
    """The fields of the identity by their codes."""
    fields: dict[str, str] = json.loads(open_field(key, _SUBJECT, "identity", subject.pk, bytes(subject.identity)))
    return fields


def seal_protection(key: DataKey, subject: UUID, protection: ProtectionState) -> bytes:
    return seal_field(key, _SUBJECT, "protection", subject, _json(protection.as_plain()))


def open_protection(key: DataKey, subject: Subject) -> ProtectionState:
    """The answers to the protection questions; damaged ones raise, and are never taken for "no"."""
    plain = json.loads(open_field(key, _SUBJECT, "protection", subject.pk, bytes(subject.protection)))
    return ProtectionState.from_plain(plain)


def seal_finger(key: DataKey, record: UUID, column: str, plaintext: bytes) -> bytes:
    return seal_field(key, _FINGER, column, record, plaintext)


def open_finger(key: DataKey, record: FingerRecord, column: str) -> bytes:
    """The image (PNG) or the encoded template of a finger."""
    return open_field(key, _FINGER, column, record.pk, bytes(getattr(record, column)))


def _json(value: object) -> bytes:
    return json.dumps(value, ensure_ascii=False, sort_keys=True).encode()
