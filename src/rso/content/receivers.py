"""What follows from a publication, in its own transaction: the search knows it, the memory learns its pairs, and the
interface speaks another language."""

from __future__ import annotations

from functools import partial
from typing import Any

from django.db import transaction
from django.dispatch import receiver
from django.utils import timezone

from rso.content.actions import interface
from rso.content.actions.translating import remember
from rso.content.models import LanguageVersion, Publication, Work
from rso.content.signals import published, work_changed
from rso.content.sources import PAGE, entries
from rso.search import actions


@receiver(published)
def on_published(
    sender: object, *, work: Work, version: LanguageVersion, publication: Publication | None, **_: Any
) -> None:
    if publication is not None:
        remember(publication)
    if work.kind != interface.KIND or version.is_source:
        return
    if publication is None:
        transaction.on_commit(partial(interface.take_away, version.language))
    else:
        transaction.on_commit(partial(interface.put_in_place, publication))


@receiver([published, work_changed])
def index(sender: Any, work: Work, **_kwargs: Any) -> None:
    """Puts a page into the search as it reads now, in all its languages."""
    if work.kind != PAGE:
        return
    actions.drop(PAGE, [work.code])
    found = list(entries(work))
    if found:
        actions.put(found, now=timezone.now())
