"""Sealing and opening what belongs to a question, each value bound to its place."""

from __future__ import annotations

import json
from datetime import datetime

from rso.node.gallery.adapters import sealed as gallery
from rso.node.gallery.models import FingerRecord, Subject
from rso.node.post.models import Conversation
from rso.node.searches.models import ReceivedProbe, Search
from rso.node.vault.actions import subject_key
from rso.node.vault.queries import data_key
from rso.node.vault.rules import DataKey, open_field, seal_field
from rso.policy.protection import ProtectionState

_SEARCH, _PROBE = Search._meta.db_table, ReceivedProbe._meta.db_table


def make_key(search: Search, now: datetime) -> DataKey:
    """The key of a new question."""
    return subject_key(search.vault_subject, now=now)


def seal_question(key: DataKey, search: Search, *, image: bytes, protection: ProtectionState) -> None:
    """Puts image and protection answers, sealed, into the record."""
    search.image = seal_field(key, _SEARCH, "image", search.pk, image)
    plain = json.dumps(protection.as_plain(), sort_keys=True).encode()
    search.protection = seal_field(key, _SEARCH, "protection", search.pk, plain)


def open_image(search: Search) -> bytes:
    """The image that is asked with, as PNG; raises ``VaultError`` (``key-destroyed``)."""
    return open_field(data_key(search.vault_subject), _SEARCH, "image", search.pk, bytes(search.image))


def open_protection(search: Search) -> ProtectionState:
    """The answers to the protection questions; they never leave this node."""
    sealed = bytes(search.protection)
    plain = open_field(data_key(search.vault_subject), _SEARCH, "protection", search.pk, sealed)
    return ProtectionState.from_plain(json.loads(plain))


def seal_template(probe: ReceivedProbe, template: bytes) -> bytes:
    """A received probe's template, under the key of its conversation."""
    return seal_field(_key(probe.conversation), _PROBE, "template", probe.pk, template)


def open_template(probe: ReceivedProbe) -> bytes:
    return open_field(_key(probe.conversation), _PROBE, "template", probe.pk, bytes(probe.template))


def _key(conversation: Conversation) -> DataKey:
    return data_key(conversation.vault_subject)


def record_protection(subject: Subject) -> ProtectionState:
    """What our own record says of a person's protection."""
    return gallery.open_protection(gallery.key_of(subject.pk), subject)


def record_identity(subject: Subject) -> dict[str, str]:
    return gallery.open_identity(gallery.key_of(subject.pk), subject)


def record_image(finger: FingerRecord) -> bytes:
    return gallery.open_finger(gallery.key_of(finger.subject_id), finger, gallery.IMAGE)


def record_template(finger: FingerRecord) -> bytes:
    return gallery.open_finger(gallery.key_of(finger.subject_id), finger, gallery.TEMPLATE)
