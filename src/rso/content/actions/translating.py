"""What a translator does in one place: writes, says that it is still right, reads over a machine, reads aloud."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import IO, Final

from django.conf import settings
from django.db import transaction

from rso.accounts.rules import Actor
from rso.audit.actions import record
from rso.base.errors import RsoError
from rso.content import memory
from rso.content.actions.writing import Conflict, locked, may_write, not_held, write
from rso.content.checks import Finding, check, is_grave
from rso.content.markup import clean
from rso.content.models import LanguageVersion, Pair, Publication, Recording, Segment, Wording
from rso.content.owners import SCOPE
from rso.content.queries import source_of
from rso.content.rules import Block, ContentEvent, Origin
from rso.files.actions import arriving, keep
from rso.files.rules import AUDIO

_MOST_RECORDINGS: Final = 2000


class Differs(RsoError):
    """A safety-critical part would lead to another number or address than its source; ``findings`` say to which."""

    def __init__(self, findings: Sequence[Finding]) -> None:
        super().__init__("safety-differs", "Figures or links differ from the source: this cannot be still right.")
        self.findings = findings


def translate(
    actor: Actor, *, version: LanguageVersion, segment: Segment, text: str, base: int, seen: str = "", now: datetime
) -> Wording:
    """Stores a person's wording with where it comes from.

    Words that the memory holds for this source are marked as the memory's until they are changed. Words that began
    as a machine's stay marked as a machine's, read over by a person, until so much of them is changed that they are
    a person's own (``RSO_MACHINE_KEPT_PERCENT``). Raises what :func:`~rso.content.actions.writing.write` raises, and
    :class:`Differs` where the same words of a safety-critical part are kept once more, as ``confirm_unchanged`` does.
    """
    not_the_same_again(version, segment, text)
    origin, engine = origin_of(version, segment, text)
    return write(
        actor, version=version, segment=segment, text=text, base=base, origin=origin, engine=engine,
        read_over=origin == Origin.MACHINE, seen=seen, now=now,
    )  # fmt: skip


def not_the_same_again(version: LanguageVersion, segment: Segment, text: str) -> None:
    """Raises :class:`Differs` where words that stood for an earlier meaning would stand for the new one unchanged."""
    head = version.wordings.filter(segment=segment).order_by("-number").first()
    source = _block(version, segment)
    if head is None or source is None or not source.safety or head.text != clean(text):
        return
    findings = check(source.text, head.text)
    if head.of_meaning != source.meaning and is_grave(findings):
        raise Differs(findings)


def origin_of(version: LanguageVersion, segment: Segment, text: str) -> tuple[Origin, str]:
    """Where words come from that a person is about to keep, and the machine's name if they are a machine's."""
    machines = _machines(version, segment)
    kept = settings.RSO_MACHINE_KEPT_PERCENT
    if machines is not None and memory.score_of(machines.text, clean(text)) >= kept:
        return Origin.MACHINE, machines.engine
    source = _block(version, segment)
    said = Pair.objects.filter(
        source_language=version.edition.work.source_language, language=version.language,
        digest=memory.digest_of(source.text) if source else "", target_digest=memory.digest_of(text),
    )  # fmt: skip
    found = said.first() if source is not None and memory.folded(text) else None
    if found is None:
        return Origin.PERSON, ""
    return (Origin.MACHINE, "") if found.is_machine else (Origin.MEMORY, "")


def _machines(version: LanguageVersion, segment: Segment) -> Wording | None:
    """What the machine said first, if what is written now began as a machine's."""
    first = None
    for row in version.wordings.filter(segment=segment).order_by("-number"):
        if row.origin != Origin.MACHINE.value:
            break
        first = row
    return first


def _block(version: LanguageVersion, segment: Segment) -> Block | None:
    source = source_of(version.edition)
    blocks = source.snapshot if source else []
    return next((block for block in blocks if block.key == segment.key), None)


@transaction.atomic
def confirm_unchanged(actor: Actor, *, version: LanguageVersion, segment: Segment, base: int, now: datetime) -> Wording:
    """The translator says that the words are right for what the source says now. A machine's are read over thereby.

    A safety-critical part whose figures or links differ from its source's cannot be: raises :class:`Differs`.
    """
    may_write(actor, version)
    version = locked(version)
    not_held(actor, version, now)
    head = version.wordings.filter(segment=segment).order_by("-number").first()
    source = _block(version, segment)
    if head is None or not head.text or source is None:
        raise RsoError("nothing-there", "There are no words here that could be still right.")
    if head.number != base:
        raise Conflict(head)
    findings = check(source.text, head.text)
    if source.safety and is_grave(findings):
        raise Differs(findings)
    if head.of_meaning == source.meaning:
        return _read_over(actor, version, segment, head)
    origin = Origin(head.origin)
    return write(
        actor, version=version, segment=segment, text=head.text, base=base, origin=origin, engine=head.engine,
        read_over=origin == Origin.MACHINE, of=(source.meaning, source.number), now=now,
    )  # fmt: skip


def _read_over(actor: Actor, version: LanguageVersion, segment: Segment, head: Wording) -> Wording:
    if head.origin == Origin.MACHINE.value and head.checked_by_id is None:
        head.checked_by_id = actor.person
        head.save(update_fields=["checked_by"])
        facts: dict[str, str | int | bool] = {
            "language": version.language, "segment": segment.key, "number": head.number, "read-over": True,
        }  # fmt: skip
        record(actor, ContentEvent.WRITTEN, subject=version.edition.work.code, facts=facts)
    return head


def record_aloud(
    actor: Actor, *, version: LanguageVersion, segment: Segment, content: IO[bytes], name: str, now: datetime
) -> Recording:
    """Keeps a recording of the words as they stand now; when they change, it is silent. Raises ``FileRefused``."""
    may_write(actor, version)
    with arriving(content=content, name=name, kinds=AUDIO) as arrived, transaction.atomic():
        head = version.wordings.filter(segment=segment).order_by("-number").first()
        if head is None or not head.text:
            raise RsoError("nothing-to-speak", "There are no words here yet that could be read aloud.")
        work = version.edition.work
        stored = keep(actor, arrived=arrived, scope=SCOPE, subject=work.code, most=_MOST_RECORDINGS)
        row = Recording.objects.create(
            version=version, segment=segment, number=head.number, file=stored, by_id=actor.person, at=now
        )
        facts: dict[str, str | int | bool] = {
            "language": version.language, "segment": segment.key, "number": head.number,
        }  # fmt: skip
        record(actor, ContentEvent.RECORDED, subject=work.code, facts=facts)
    return row


def remember(publication: Publication) -> int:
    """Takes the pairs of a translation's publication into the memory; returns how many are new. Only current ones:
    what translates an earlier meaning is no example of this one."""
    version = publication.version
    source = source_of(version.edition)
    if version.is_source or source is None:
        return 0
    known = {block.key: block for block in source.snapshot}
    rows = []
    for block in publication.snapshot:
        of = known.get(block.key)
        if of is None or not block.text or not memory.folded(of.text) or block.of != of.meaning:
            continue
        rows.append(
            Pair(
                source_language=version.edition.work.source_language,
                language=version.language,
                source=of.text,
                target=block.text,
                digest=memory.digest_of(of.text),
                target_digest=memory.digest_of(block.text),
                length=len(memory.folded(of.text)),
                is_machine=block.origin == Origin.MACHINE,
                work=version.edition.work,
                at=publication.at,
            )
        )
    before = Pair.objects.count()
    Pair.objects.bulk_create(rows, ignore_conflicts=True)
    return Pair.objects.count() - before
