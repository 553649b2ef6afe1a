"""A version as its writers and reviewers see it: parts to write, what bars it, what changed, and who did what."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import groupby, islice
from typing import Any, Final
from uuid import UUID

from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from rso.accounts.rules import Actor
from rso.audit.models import Entry
from rso.content import queries
from rso.content.actions.publishing import bars_of
from rso.content.markup import clean, fingerprint, plain
from rso.content.models import FormWords, LanguageVersion, Remark, SafetyWords, Segment, Wording
from rso.content.presenters.words import BARS, EVENTS, TONES
from rso.content.rules import PLAIN, Block, ContentEvent, Form, Origin, State, telephone_like
from rso.ui import parts
from rso.ui.languages import language_of


@dataclass(frozen=True, slots=True)
class Written:
    """A part to write. ``base`` and ``seen`` are the number and the fingerprint of the words that stand; ``source``
    those of the published original, in a translation; ``numbers`` what looks like a telephone number where none
    should be typed; ``changed`` that it differs from what is published."""

    pk: int
    key: str
    form: str
    words: Any
    level: int
    safety: str
    safety_words: Any
    facts: str
    text: str
    base: int
    seen: str
    keeps: bool
    image: str
    remarks: tuple[Remark, ...]
    numbers: tuple[str, ...]
    changed: bool
    machine: bool
    source: str = ""
    behind: bool = False

    @property
    def rows(self) -> int:
        """Lines that the field shows at first."""
        return min(12, 2 + len(self.text) // 70) if self.form != Form.PARAGRAPH else min(16, 3 + len(self.text) // 70)


def written(version: LanguageVersion) -> list[Written]:
    """The parts of a version in their order; of a translation, those that the published original has."""
    heads = queries.heads(version)
    published = queries.newest(version)
    out = {block.key: block for block in published.snapshot} if published else {}
    remarks: dict[int, list[Remark]] = {}
    for remark in version.remarks.filter(resolved_at=None).select_related("by"):
        remarks.setdefault(remark.segment_id or 0, []).append(remark)
    source: dict[str, Block] | None = None
    if not version.is_source:
        original = queries.source_of(version.edition)
        source = {block.key: block for block in original.snapshot} if original else {}
    found = []
    for segment in queries.segments(version.edition):
        block = source.get(segment.key) if source is not None else None
        if source is not None and (block is None or not block.text):
            continue
        said = tuple(remarks.get(segment.pk, ()))
        found.append(_written(segment, heads.get(segment.pk), out.get(segment.key), said, block))
    return found


def _written(
    segment: Segment, head: Wording | None, out: Block | None, remarks: tuple[Remark, ...], source: Block | None
) -> Written:
    text = head.text if head else ""
    return Written(
        pk=segment.pk,
        key=segment.key,
        form=segment.form,
        words=FormWords(segment.form).label,
        level=segment.level,
        safety=segment.safety,
        safety_words=SafetyWords(segment.safety).label if segment.safety else "",
        facts=segment.facts,
        text=plain(text) if segment.form in PLAIN else text,
        base=head.number if head else 0,
        seen=fingerprint(text),
        keeps=head.keeps_meaning if head else False,
        image=reverse("content:file", args=[segment.image_id]) if segment.image_id else "",
        remarks=remarks,
        numbers=numbers(segment, text),
        changed=text != (out.text if out else ""),
        machine=head is not None and head.origin == Origin.MACHINE,
        source=SafeString(clean(source.text)) if source else "",
        behind=source is not None and head is not None and bool(text) and head.of_meaning != source.meaning,
    )


def numbers(segment: Segment, text: str) -> tuple[str, ...]:
    """What looks like a telephone number in words on which safety hangs: it belongs into the country's facts."""
    return tuple(telephone_like(plain(text))) if segment.safety else ()


@dataclass(frozen=True, slots=True)
class Barrier:
    """What stands against publishing, with links to the parts."""

    words: Any
    places: tuple[tuple[str, str], ...]


def barriers(version: LanguageVersion, blocks: Sequence[Block]) -> list[Barrier]:
    """All of them; none if the version could be published."""
    address = reverse("content:write", args=[version.pk])
    named = {block.key: plain(block.text)[:60] or str(FormWords(block.form.value).label) for block in blocks}
    return [
        Barrier(BARS[bar], tuple((f"{address}#part-{key}", named.get(key, key)) for key in keys))
        for bar, keys in bars_of(version, blocks).items()
    ]


@dataclass(frozen=True, slots=True)
class Since:
    """A part that would be published otherwise than it is. Texts are plain; ``keeps`` is what its editor says."""

    key: str
    words: Any
    safety: Any
    old: str
    new: str
    keeps: bool
    gone: bool
    machine: bool
    source: str = ""


def since(version: LanguageVersion, blocks: Sequence[Block]) -> list[Since]:
    """What would change for readers, in the order of the text, with what is taken out at its end."""
    published = queries.newest(version)
    before = published.snapshot if published else []
    out = {block.key: block for block in before}
    heads = {row.segment_id: row for row in queries.heads(version).values()}
    kept = {segment.key: heads[segment.pk].keeps_meaning for segment in queries.segments(version.edition)
            if segment.pk in heads}  # fmt: skip
    original = None if version.is_source else queries.source_of(version.edition)
    said = {block.key: plain(block.text) for block in original.snapshot} if original else {}
    there = {block.key for block in blocks}
    found = [
        _since(block, out.get(block.key), kept.get(block.key, False), said.get(block.key, ""))
        for block in blocks if _differs(block, out.get(block.key))
    ]  # fmt: skip
    return [*found, *(_gone(block) for block in before if block.key not in there and block.text)]


def _differs(block: Block, old: Block | None) -> bool:
    if old is None:
        return bool(block.text or block.image or block.facts)
    return (block.text, block.form, block.safety, block.image, block.facts, block.level, block.of) != (
        old.text, old.form, old.safety, old.image, old.facts, old.level, old.of
    )  # fmt: skip


def _since(block: Block, old: Block | None, keeps: bool, source: str) -> Since:
    words, safety = FormWords(block.form.value).label, block.safety or (old.safety if old else "")
    before, after = plain(old.text) if old else "", plain(block.text)
    if before == after and old is not None and old.text != block.text:
        before, after = old.text, block.text  # nothing but the markup changed: it is shown as it is
    return Since(
        block.key, words, SafetyWords(safety).label if safety else "", before, after, keeps and not block.safety,
        False, block.origin == Origin.MACHINE and not block.checked, source,
    )  # fmt: skip


def _gone(block: Block) -> Since:
    safety = SafetyWords(block.safety.value).label if block.safety else ""
    words = FormWords(block.form.value).label
    return Since(block.key, words, safety, plain(block.text), "", False, True, False)


# ---- a work


@dataclass(frozen=True, slots=True)
class Line:
    """A language version in a list of them."""

    version: LanguageVersion
    own: str
    lang: str
    tone: str
    percent: int
    behind: int


def line(version: LanguageVersion) -> Line:
    """A version with how much of it readers have as it should be."""
    language = language_of(version.language)
    percent = 0 if not version.total else 100 if version.current == version.total else (
        min(99, 100 * version.current // version.total)
    )  # fmt: skip
    behind = version.total - version.current if version.published_at else 0
    return Line(version, language.own, language.code, TONES[State(version.state)], percent, behind)


_MOST_HAPPENINGS: Final = 25


def timeline(actor: Actor, entries: Sequence[Entry]) -> list[parts.Happening]:
    """Who did what to a work, from the audit, the latest first. What somebody wrote in one go is one line."""
    names = queries.names_of(actor, [row.actor for row in entries])
    runs = groupby(entries, key=lambda row: (row.event, row.actor, row.facts.get("language")))
    return [_happening(list(run), names) for _same, run in islice(runs, _MOST_HAPPENINGS)]


def _happening(run: list[Entry], names: Mapping[UUID, str]) -> parts.Happening:
    last = run[0]
    title = EVENTS.get(last.event, last.event)
    if len(run) > 1:
        title = _("%(what)s (%(count)s times)") % {"what": title, "count": len(run)}
    language = last.facts.get("language")
    return parts.Happening(
        title=title,
        when=datetime.fromtimestamp(last.at_ms / 1000, tz=UTC),
        who=names.get(last.actor, last.system),
        text=language_of(str(language)).words if language else "",
        tone="good" if last.event == ContentEvent.PUBLISHED else "neutral",
    )


def steps(version: LanguageVersion) -> list[parts.Step]:
    """Where a version stands on its way to the readers."""
    names = {
        State.WRITING: _("Written"),
        State.REVIEW: _("Read over"),
        State.APPROVED: _("Approved"),
        State.PUBLISHED: _("Published"),
    }
    order = list(names)
    at = order.index(State(version.state))
    done = State(version.state) == State.PUBLISHED
    return [
        parts.Step(
            words,
            parts.Progress.DONE if place < at or (done and place == at)
            else parts.Progress.CURRENT if place == at else parts.Progress.AHEAD,
        )
        for place, words in enumerate(names.values())
    ]  # fmt: skip
