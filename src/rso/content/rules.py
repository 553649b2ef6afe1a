"""What the editorial core decides by arguments alone: states, who may, and what a reader of a translation is shown.

A source text is published as a snapshot in which each segment carries the number of its *meaning*. A translation's
snapshot says of each segment which meaning it translates. Whether a translation is current is never stored where a
reader is served: it is the comparison of these numbers, so that nothing can be forgotten (see
``docs/explanation/editorial-core.md``).
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any, Final

from rso.accounts.rules import Actor, Role, enter


class Form(StrEnum):
    """What a segment is on the page."""

    TITLE = "title"
    SUMMARY = "summary"
    HEADING = "heading"
    PARAGRAPH = "paragraph"
    ITEM = "item"
    STEP = "step"
    NOTE = "note"
    IMAGE = "image"  # its text is the alternative text
    FACTS = "facts"  # its text introduces facts of the reader's country


#: Forms that hold words without markup: a title is quoted in lists and mails, an alternative text is read aloud.
PLAIN: Final = frozenset({Form.TITLE, Form.IMAGE})


class Safety(StrEnum):
    """A segment on which somebody's safety hangs. ``NONE`` for all others."""

    NONE = ""
    HOTLINE = "hotline"
    INDICATORS = "indicators"
    REFERRAL = "referral"


class State(StrEnum):
    """Where the working copy of a language version stands."""

    WRITING = "writing"
    REVIEW = "review"
    APPROVED = "approved"
    PUBLISHED = "published"


class Origin(StrEnum):
    """Who made a wording. What a machine made is never passed off as a person's."""

    PERSON = "person"
    MEMORY = "memory"
    IMPORT = "import"
    MACHINE = "machine"


class Shown(StrEnum):
    """What a reader of a translation is shown in a place."""

    CURRENT = "current"
    OLDER = "older"  # the translation of an earlier meaning, marked as such
    SOURCE = "source"  # not translated: the source's own words
    WITHHELD = "withheld"  # a safety-critical segment whose translation is of an earlier meaning: the source's words


@dataclass(frozen=True)
class Block:
    """A segment in a published snapshot. ``text`` is cleaned inline HTML.

    ``meaning`` numbers a source's meanings from 1; ``of`` is the meaning that a translation translates (0 in a
    source). ``number`` is the wording's own number in its version. ``image`` and ``audio`` are ids of files.
    """

    key: str
    form: Form
    text: str
    number: int
    level: int = 0
    safety: Safety = Safety.NONE
    meaning: int = 0
    of: int = 0
    origin: Origin = Origin.PERSON
    checked: bool = True
    image: str = ""
    audio: str = ""
    facts: str = ""

    def plain(self) -> dict[str, Any]:
        """As JSON keeps it."""
        return asdict(self)


def block_of(kept: Mapping[str, Any]) -> Block:
    """The block that :meth:`Block.plain` wrote; raises ``ValueError`` or ``TypeError`` for anything else."""
    said = dict(kept)
    return Block(
        **{**said, "form": Form(said["form"]), "safety": Safety(said["safety"]), "origin": Origin(said["origin"])}
    )


def digest(blocks: Sequence[Block]) -> str:
    """SHA-256 (hexadecimal) of a snapshot: what was reviewed is what is published, and a print can be compared."""
    said = json.dumps([block.plain() for block in blocks], ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(said.encode()).hexdigest()


def next_meaning(before: Block | None, *, text: str, safety: Safety, keeps_meaning: bool) -> int:
    """The number of a source segment's meaning in the snapshot that follows ``before``.

    An editor may say that a change (a comma, a slip) keeps the meaning; never of a safety-critical segment, where
    every change counts, as does a segment becoming safety-critical; nor of one that was until now.
    """
    if before is None:
        return 1
    if before.text == text and (before.safety == safety or safety == Safety.NONE):
        return before.meaning
    if keeps_meaning and safety == Safety.NONE and before.safety == Safety.NONE:
        return before.meaning
    return before.meaning + 1


@dataclass(frozen=True)
class Reading:
    """A block as a reader gets it, in which language, and how it stands to its source."""

    block: Block
    shown: Shown
    is_translated: bool

    @property
    def is_machine_made(self) -> bool:
        return self.block.origin == Origin.MACHINE


def read(source: Sequence[Block], translation: Sequence[Block] | None) -> list[Reading]:
    """What a reader gets: the source's order and structure, each segment in the translation where it is current.

    An older translation is shown and marked; of a safety-critical segment it is not shown at all, the source's words
    stand in its place. What is gone from the source is gone. ``None`` reads the source itself.
    """
    if translation is None:
        return [Reading(block, Shown.CURRENT, False) for block in source]
    known = {block.key: block for block in translation}
    return [_reading(block, known.get(block.key)) for block in source]


def _reading(source: Block, translated: Block | None) -> Reading:
    if translated is None or not translated.text:
        return Reading(source, Shown.SOURCE if source.text else Shown.CURRENT, False)
    is_current = translated.of == source.meaning
    if not is_current and (source.safety or translated.safety):
        return Reading(source, Shown.WITHHELD, False)
    # Structure and pictures are the source's; words and recordings the translation's.
    worn = Block(
        **{
            **source.plain(),
            "text": translated.text,
            "number": translated.number,
            "of": translated.of,
            "origin": translated.origin,
            "checked": translated.checked,
            "audio": translated.audio,
            "form": source.form,
            "safety": source.safety,
        }
    )
    return Reading(worn, Shown.CURRENT if is_current else Shown.OLDER, True)


@dataclass(frozen=True)
class Standing:
    """How a translation stands to its source, in numbers of segments."""

    total: int
    current: int
    older: int
    missing: int
    withheld: int

    @property
    def is_current(self) -> bool:
        return self.current == self.total

    @property
    def percent(self) -> int:
        """Whole percent that is current; 100 only if all of it is."""
        return 100 if self.total == self.current else min(99, 100 * self.current // self.total)


def standing(source: Sequence[Block], translation: Sequence[Block]) -> Standing:
    """Counts what :func:`read` would show."""
    shown = [one.shown for one in read([block for block in source if block.text], translation)]
    return Standing(
        total=len(shown),
        current=shown.count(Shown.CURRENT),
        older=shown.count(Shown.OLDER),
        missing=shown.count(Shown.SOURCE),
        withheld=shown.count(Shown.WITHHELD),
    )


class Bar(StrEnum):
    """Why a snapshot may not be published. The words for people are in the presenters."""

    NOTHING_THERE = "nothing-there"
    NO_TITLE = "no-title"
    NO_SOURCE = "source-not-published"
    SAFETY_STALE = "safety-stale"
    SAFETY_MISSING = "safety-missing"
    SAFETY_MACHINE = "safety-machine"
    NO_ALTERNATIVE = "no-alternative-text"


def bars(blocks: Sequence[Block], source: Sequence[Block] | None, *, is_source: bool) -> dict[Bar, list[str]]:
    """What stands against publishing, with the keys of the segments; empty if nothing does.

    ``source`` is the published snapshot that a translation translates, ``None`` if there is none.
    """
    found: dict[Bar, list[str]] = {}
    if not any(block.text for block in blocks):
        return {Bar.NOTHING_THERE: []}
    if is_source:
        if not any(block.form == Form.TITLE and block.text for block in blocks):
            found[Bar.NO_TITLE] = []
        silent = [block.key for block in blocks if block.form == Form.IMAGE and block.image and not block.text]
        return found | ({Bar.NO_ALTERNATIVE: silent} if silent else {})
    if source is None:
        return {Bar.NO_SOURCE: []}
    known = {block.key: block for block in blocks}
    for block in source:
        if not block.safety or not block.text:
            continue
        mine = known.get(block.key)
        bar = _safety_bar(block, mine)
        if bar is not None:
            found.setdefault(bar, []).append(block.key)
    return found


def _safety_bar(source: Block, mine: Block | None) -> Bar | None:
    if mine is None or not mine.text:
        return Bar.SAFETY_MISSING
    if mine.of != source.meaning:
        return Bar.SAFETY_STALE
    return Bar.SAFETY_MACHINE if mine.origin == Origin.MACHINE and not mine.checked else None


@dataclass(frozen=True)
class Difference:
    """How many parts of a text differ between two readings of it, and how many of these are safety-critical."""

    parts: int
    safety: int


def difference(then: Sequence[Reading], now: Sequence[Reading]) -> Difference:
    """What somebody who holds the reading ``then`` on paper would find changed. Their order does not count."""
    old, new = ({one.block.key: one for one in readings} for readings in (then, now))
    changed = [key for key in old.keys() | new.keys() if _seen(old.get(key)) != _seen(new.get(key))]
    grave = [key for key in changed if any(side[key].block.safety for side in (old, new) if key in side)]
    return Difference(len(changed), len(grave))


def _seen(reading: Reading | None) -> tuple[str, ...] | None:
    """What a reader sees of a part; an empty one is as none."""
    if reading is None or not (reading.block.text or reading.block.image or reading.block.facts):
        return None
    block = reading.block
    return (block.form, block.text, block.image, block.facts, block.safety)


_LIKE_A_NUMBER: Final = re.compile(r"\+?\d(?:[\d\s().\-–/]*\d)?")
_FEWEST_DIGITS: Final = 3


def telephone_like(text: str) -> list[str]:
    """Stretches of a text, in the digits of any script, that look like a telephone number. A year alone does not."""
    found = [match.group() for match in _LIKE_A_NUMBER.finditer(text)]
    return [one for one in found if sum(sign.isdigit() for sign in one) >= _FEWEST_DIGITS and not _is_year(one)]


def _is_year(text: str) -> bool:
    return len(text) == 4 and text.isdigit() and 1900 <= int(text) < 2100


# ---- who may


class ContentPermission(StrEnum):
    SEE = "content:work:see"
    BEGIN = "content:work:begin"
    WRITE = "content:text:write"
    APPROVE = "content:text:approve"
    PUBLISH = "content:text:publish"
    TRANSLATE = "content:translation:write"
    SIGN = "content:translation:sign"
    COMMENT = "content:comment:write"
    SEE_GLOSSARY = "content:glossary:see"
    CHANGE_GLOSSARY = "content:glossary:change"
    SEE_FACTS = "content:fact:see"
    CHANGE_FACTS = "content:fact:change"


class ContentEvent(StrEnum):
    BEGUN = "content:work:begun"
    CHANGED = "content:work:changed"
    EDITION_BEGUN = "content:edition:begun"
    STRUCTURE_CHANGED = "content:structure:changed"
    VERSION_BEGUN = "content:version:begun"
    ASSIGNED = "content:version:assigned"
    WRITTEN = "content:text:written"
    RESTORED = "content:text:restored"
    SUBMITTED = "content:text:submitted"
    RETURNED = "content:text:returned"
    APPROVED = "content:text:approved"
    SCHEDULED = "content:text:scheduled"
    PUBLISHED = "content:text:published"
    WITHDRAWN = "content:text:withdrawn"
    COMMENTED = "content:comment:written"
    RESOLVED = "content:comment:resolved"
    LOCK_BROKEN = "content:lock:broken"
    EXPORTED = "content:translation:exported"
    IMPORTED = "content:translation:imported"
    RECORDED = "content:recording:added"
    TERM_CHANGED = "content:term:changed"
    FACT_CHANGED = "content:fact:changed"
    FACT_CONFIRMED = "content:fact:confirmed"
    FACT_RETIRED = "content:fact:retired"


_WRITERS = (Role.EDITOR, Role.RSO_STAFF)
_PUBLISHERS = (Role.PUBLISHER,)
_LANGUAGE = (Role.TRANSLATOR, Role.NATIONAL_REVIEWER)
_EVERYBODY_HERE = (*_WRITERS, *_PUBLISHERS, *_LANGUAGE, Role.OFFICE_ADMINISTRATOR)
_FACT_KEEPERS = (Role.MEMBER_ADMINISTRATOR, Role.FOCAL_POINT)


def _of_language(*roles: Role) -> Any:
    def rule(actor: Actor, language: str) -> str | None:
        """A translator of Khmer does nothing in Thai. The subject is a language's code."""
        return None if language in actor.languages(*roles) else "not-a-seat-for-this-language"

    return rule


def _own_facts(actor: Actor, organisation: str) -> str | None:
    """A member's facts are the member's. The subject is an organisation's code."""
    return None if organisation in actor.organisations(*_FACT_KEEPERS) else "another-members-facts"


def enter_own() -> None:
    enter(ContentPermission.SEE, _EVERYBODY_HERE)
    enter(ContentPermission.COMMENT, (*_WRITERS, *_PUBLISHERS, *_LANGUAGE))
    enter(ContentPermission.BEGIN, _WRITERS, system=True)
    enter(ContentPermission.WRITE, _WRITERS, system=True)
    enter(ContentPermission.APPROVE, _PUBLISHERS)
    enter(ContentPermission.PUBLISH, _PUBLISHERS, system=True)
    enter(ContentPermission.TRANSLATE, (Role.TRANSLATOR,), _of_language(Role.TRANSLATOR))
    enter(ContentPermission.SIGN, (Role.NATIONAL_REVIEWER,), _of_language(Role.NATIONAL_REVIEWER))
    enter(ContentPermission.SEE_GLOSSARY, _EVERYBODY_HERE)
    enter(ContentPermission.CHANGE_GLOSSARY, (Role.TRANSLATOR, Role.NATIONAL_REVIEWER), _of_language(*_LANGUAGE))
    enter(ContentPermission.SEE_FACTS, (*_FACT_KEEPERS, Role.MEMBER_OFFICIAL, Role.RSO_STAFF, Role.EDITOR))
    enter(ContentPermission.CHANGE_FACTS, _FACT_KEEPERS, _own_facts)
