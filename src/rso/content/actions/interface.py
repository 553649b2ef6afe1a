"""The interface as a text among texts: its messages are segments, and a published translation becomes a catalogue."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Final

import polib
from django.conf import settings
from django.core.signals import setting_changed
from django.db import transaction
from django.utils.translation import to_locale
from django.utils.translation.reloader import translation_file_changed

from rso.accounts.models import Organisation
from rso.accounts.rules import Actor, require
from rso.audit.actions import record
from rso.content.actions.publishing import put_out
from rso.content.interface import Message, as_message, fits, messages
from rso.content.models import Edition, LanguageVersion, Publication, Segment, Wording, Work
from rso.content.queries import draft, source_of
from rso.content.rules import Block, ContentEvent, ContentPermission, Form
from rso.search.audiences import of_permission
from rso.ui.languages import language_of

KIND: Final = "interface"
CODE: Final = "interface"
#: Whoever works on texts: the words are in every installation, and each language is to be begun by its people.
AUDIENCE: Final = of_permission(ContentPermission.SEE)
#: Two forms for every language; see docs/how-to/translate.md for what that means where there are more.
PLURALS: Final = "nplurals=2; plural=(n != 1);"


@dataclass(frozen=True)
class Synced:
    """What became of the messages: segments that are new, back or gone, and all that stand."""

    added: int
    back: int
    removed: int
    total: int


@transaction.atomic
def sync(actor: Actor, *, now: datetime, found: Iterable[Message] | None = None) -> Synced:
    """Brings the text "Interface" to what the installed code asks gettext for, and publishes its source.

    A message whose words change is another segment: its translation is to be made anew, with the memory's help.
    """
    require(actor, ContentPermission.BEGIN)
    source = _source(actor, now)
    edition = source.edition
    wanted = dict(pair for message in (messages() if found is None else found) for pair in message.segments)
    known = {row.key: row for row in Segment.objects.filter(edition=edition)}
    new = [Segment(edition=edition, key=key, order=0, form=Form.PARAGRAPH.value) for key in wanted if key not in known]
    Segment.objects.bulk_create(new)
    places = {row.key: row for row in Segment.objects.filter(edition=edition)}
    Wording.objects.bulk_create(
        Wording(version=source, segment=places[row.key], number=1, text=wanted[row.key], at=now) for row in new
    )
    gone = [row for row in known.values() if row.key not in wanted and row.removed_at is None]
    back = [row for row in known.values() if row.key in wanted and row.removed_at is not None]
    for row in gone:
        row.removed_at = now
    for row in back:
        row.removed_at = None
    order = {key: place * 10 for place, key in enumerate(wanted, start=1)}
    for row in places.values():
        row.order = order.get(row.key, row.order)
    changed = {row.pk: row for row in (*gone, *back)}
    rows = [changed.get(row.pk, row) for row in places.values()]
    for row in rows:
        row.order = order.get(row.key, row.order)
    Segment.objects.bulk_update(rows, ["order", "removed_at"], batch_size=200)
    if new or gone or back or source_of(edition) is None:
        put_out(actor, source, draft(source), now)
        facts: dict[str, str | int | bool] = {"what": "interface", "added": len(new), "removed": len(gone)}
        record(actor, ContentEvent.STRUCTURE_CHANGED, subject=CODE, facts=facts)
    return Synced(len(new), len(back), len(gone), len(wanted))


def _source(actor: Actor, now: datetime) -> LanguageVersion:
    known = LanguageVersion.objects.filter(edition__work__code=CODE, is_source=True).select_related("edition__work")
    found = known.order_by("-edition__number").first()
    if found is not None:
        return found
    owner, _is_new = Organisation.objects.get_or_create(
        code="RSO", defaults={"name": "Regional Support Office", "kind": Organisation.Kind.OFFICE}
    )
    work = Work.objects.create(
        kind=KIND, code=CODE, title="Interface", owner=owner, audience=AUDIENCE, created_by_id=actor.user_id,
        created_at=now,
    )  # fmt: skip
    edition = Edition.objects.create(work=work, number=1, created_at=now)
    record(actor, ContentEvent.BEGUN, subject=CODE, facts={"kind": KIND, "language": "en"})
    return LanguageVersion.objects.create(edition=edition, language="en", is_source=True, changed_at=now)


# ---- catalogues


def catalogue(blocks: Iterable[Block], language: str, found: Iterable[Message]) -> tuple[bytes, int, list[str]]:
    """The compiled catalogue of a translation's blocks, the number of its messages, and the keys of those that were
    left out because they would not fit: another place to fill in would break a page."""
    said = {block.key: block.text for block in blocks if block.text}
    file, left_out = polib.MOFile(), []
    file.metadata = {
        "Content-Type": "text/plain; charset=UTF-8", "Language": to_locale(language), "Plural-Forms": PLURALS,
    }  # fmt: skip
    for message in found:
        texts = [said.get(key, "") for key, _text in message.segments]
        if not all(texts):
            continue
        originals = [message.msgid, message.plural] if message.plural else [message.msgid]
        words = [as_message(text, original) for text, original in zip(texts, originals, strict=True)]
        if not all(fits(original, word) for original, word in zip(originals, words, strict=True)):
            left_out.append(message.key)
            continue
        more: dict[str, Any] = {"msgstr": words[0]}
        if message.plural:
            more = {"msgid_plural": message.plural, "msgstr_plural": dict(enumerate(words))}
        file.append(polib.POEntry(msgid=message.msgid, msgctxt=message.context or None, **more))
    content: bytes = file.to_binary()
    return content, len(file), left_out


def put_in_place(publication: Publication) -> Path:
    """Writes the catalogue of a published translation where the office reads it, and has this process read it."""
    language = publication.version.language
    content, _count, _left_out = catalogue(publication.snapshot, language, messages())
    folder = _folder(language)
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile(dir=folder, delete=False) as file:
        file.write(content)
    os.chmod(file.name, 0o644)
    path = Path(file.name).replace(folder / "django.mo")
    _reread(language)
    return path


def take_away(language: str) -> None:
    """Removes the catalogue of a translation that was withdrawn."""
    (_folder(language) / "django.mo").unlink(missing_ok=True)
    _reread(language)


def _folder(language: str) -> Path:
    return Path(settings.LOCALE_PATHS[0]) / to_locale(language) / "LC_MESSAGES"


def _reread(language: str) -> None:
    """Has this process forget what it read; another one reads anew when it starts."""
    there = (_folder(language) / "django.mo").exists()
    offered = [one for one in settings.LANGUAGES if one[0].lower() != language.lower()]
    settings.LANGUAGES = [*offered, (language.lower(), language_of(language).own)] if there else offered
    translation_file_changed(sender=None, file_path=Path("django.mo"))
    # Whoever keeps something of the languages lets it go: Django's own caches, and the made-up languages.
    setting_changed.send(sender=Publication, setting="LANGUAGES", value=settings.LANGUAGES, enter=True)
