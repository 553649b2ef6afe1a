"""Adding, changing, publishing and withdrawing records."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from django.db import transaction
from django.db.models import F
from django.utils.text import slugify

from rso.accounts.models import Organisation
from rso.accounts.rules import Actor, require
from rso.audit.actions import record as audit
from rso.base.errors import RsoError
from rso.content.actions.publishing import publish as publish_words
from rso.content.actions.writing import begin_work, change_work, write
from rso.content.markup import plain
from rso.content.models import LanguageVersion, Segment, Work
from rso.content.queries import draft, heads, newest
from rso.content.rules import Form
from rso.office.library.actions.settling import settle
from rso.office.library.models import Record
from rso.office.library.rules import (
    WORK,
    LibraryEvent,
    LibraryPermission,
    checked_date,
    checked_doi,
    checked_isbn,
    is_access,
)

#: What ``said`` may hold: the fields of :class:`Record` that people fill in.
FIELDS: Final = (
    "kind", "themes", "areas", "readers", "partners", "licence", "rights", "published", "doi", "isbn", "link",
    "stated_by", "supersedes",
)  # fmt: skip


#: Addresses of the library's own pages.
RESERVED: Final = {"keep", "oai", "new", "openings", "tables", "taken"}


def locked(record: Record) -> Record:
    """The record, held until the transaction ends."""
    return Record.objects.select_for_update(of=("self",)).select_related("work__owner").get(pk=record.pk)


@transaction.atomic
def add(
    actor: Actor,
    *,
    title: str,
    about: str,
    owner: Organisation,
    language: str,
    access: str,
    said: Mapping[str, Any],
    code: str = "",
    now: datetime,
) -> Record:
    """A record that nobody else sees yet. ``said`` holds values for :data:`FIELDS`; ``code`` is made of the title."""
    require(actor, LibraryPermission.CHANGE)
    if not is_access(access):
        raise RsoError("wrong-access", "This is nobody's audience.")
    work = begin_work(
        actor, kind=WORK, code=code or _free_code(title), title=title, owner=owner, source_language=language,
        audience=access, now=now,
    )  # fmt: skip
    record = Record.objects.create(work=work, changed_at=now, **_checked(said))
    for form, text in ((Form.TITLE, title), (Form.SUMMARY, about)):
        _write(actor, source(record), form, text, None, now)
    audit(actor, LibraryEvent.ADDED, subject=work.code, facts={"kind": record.kind, "access": access})
    return record


def _free_code(title: str) -> str:
    stem = slugify(title)[:60].strip("-") or "record"
    taken = RESERVED | set(Work.objects.filter(code__startswith=stem).values_list("code", flat=True))
    return next(
        code for number in range(1, 10_000) if (code := f"{stem}-{number}" if number > 1 else stem) not in taken
    )


def _checked(said: Mapping[str, Any]) -> dict[str, Any]:
    kept = {name: said[name] for name in FIELDS if name in said}
    for name, check in (("published", checked_date), ("doi", checked_doi), ("isbn", checked_isbn)):
        if name in kept:
            kept[name] = check(kept[name])
    return kept


def source(record: Record) -> LanguageVersion:
    """The source's version of the newest edition: what staff write in."""
    rows = LanguageVersion.objects.filter(edition__work=record.work_id, is_source=True)
    return rows.select_related("edition__work").order_by("-edition__number")[0]


def bases(record: Record) -> dict[Form, tuple[str, int]]:
    """Title and text as they are being written, each with the number of its wording, to be handed back on a change."""
    version = source(record)
    said = heads(version)
    places = Segment.objects.filter(edition=version.edition, removed_at=None, form__in=(Form.TITLE, Form.SUMMARY))
    told: dict[Form, tuple[str, int]] = {Form.TITLE: ("", 0), Form.SUMMARY: ("", 0)}
    for place in places:
        row = said.get(place.pk)
        told[Form(place.form)] = (plain(row.text), row.number) if row else ("", 0)
    return told


def _write(actor: Actor, version: LanguageVersion, form: Form, text: str, base: int | None, now: datetime) -> None:
    place = Segment.objects.filter(edition=version.edition, removed_at=None, form=form.value).first()
    if place is None:
        return
    head = heads(version).get(place.pk)
    if head is not None and plain(head.text) == text.strip() and base in (None, head.number):
        return
    number = (head.number if head else 0) if base is None else base
    write(actor, version=version, segment=place, text=_escaped(text), base=number, now=now)


def _escaped(text: str) -> str:
    """A catalogue's words are plain: ``<b>`` in a title is those three signs."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


@transaction.atomic
def change(
    actor: Actor,
    *,
    record: Record,
    revision: int,
    title: str,
    about: str,
    owner: Organisation,
    said: Mapping[str, Any],
    base: Mapping[Form, int] | None = None,
    now: datetime,
) -> Record:
    """Changes what a record says; one that is shown shows it at once. ``revision`` is the one that was read."""
    require(actor, LibraryPermission.CHANGE)
    record = locked(record)
    if record.revision != revision:
        raise RsoError("written-meanwhile", "Somebody else has changed this record. Load it again, and compare.")
    kept = _checked(said)
    older = kept.get("supersedes")
    if older is not None and _comes_back(record, older):
        raise RsoError("replaces-itself", "A record cannot replace itself, directly or by others.")
    Record.objects.filter(pk=record.pk).update(**kept, revision=F("revision") + 1, changed_at=now)
    work = record.work
    if work.title != title:
        work = change_work(actor, work=work, title=title, audience=work.audience, now=now)
    if work.owner_id != owner.pk:
        work.owner = owner
        work.save(update_fields=["owner"])
    version = source(record)
    for form, text in ((Form.TITLE, title), (Form.SUMMARY, about)):
        _write(actor, version, form, text, base[form] if base else None, now)
    audit(actor, LibraryEvent.CHANGED, subject=work.code, facts={"revision": revision + 1})
    return _again(actor, record, now)


def _comes_back(record: Record, older: Record) -> bool:
    seen = {record.pk}
    at: Record | None = older
    while at is not None and at.pk not in seen:
        seen.add(at.pk)
        at = at.supersedes
    return at is not None


def _again(actor: Actor, record: Record, now: datetime) -> Record:
    """Publishes the words where they changed, and brings all that depends on the record to what it says."""
    record = Record.objects.select_related("work__owner").get(pk=record.pk)
    version = source(record)
    if record.is_shown:
        last = newest(version)
        if last is None or [b.text for b in last.snapshot] != [b.text for b in draft(version)]:
            publish_words(actor, version=version, now=now)
        settle(record, now=now)
    return Record.objects.select_related("work__owner").get(pk=record.pk)


@transaction.atomic
def publish(actor: Actor, *, record: Record, now: datetime) -> Record:
    """Shows a record to those who may read it."""
    require(actor, LibraryPermission.CHANGE)
    record = locked(record)
    if record.is_shown:
        raise RsoError("moved-on", "This record is shown already.")
    record.is_shown, record.changed_at = True, now
    record.save(update_fields=["is_shown", "changed_at"])
    audit(actor, LibraryEvent.PUBLISHED, subject=record.work.code, facts={"access": record.work.audience})
    return _again(actor, record, now)


@transaction.atomic
def set_withdrawn(actor: Actor, *, record: Record, withdrawn: bool, reason: str = "", now: datetime) -> Record:
    """Takes a record from its readers with a reason, which its page then says; or puts it back."""
    require(actor, LibraryPermission.CHANGE)
    record = locked(record)
    if withdrawn == (record.withdrawn_at is not None) or not record.is_shown:
        raise RsoError("moved-on", "This record is not in that state any more. Load the page again.")
    if withdrawn and not reason.strip():
        raise RsoError("reason-needed", "Say why it is withdrawn.")
    record.withdrawn_at, record.why_withdrawn = (now, reason.strip()) if withdrawn else (None, "")
    record.changed_at = now
    record.save(update_fields=["withdrawn_at", "why_withdrawn", "changed_at"])
    event = LibraryEvent.WITHDRAWN if withdrawn else LibraryEvent.RESTORED
    audit(actor, event, subject=record.work.code, note=reason)
    settle(record, now=now)
    return record
