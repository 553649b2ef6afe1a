"""What waits for a person in the texts, for the person's desk."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.translation import gettext_lazy as _

from rso.accounts.rules import Actor, decide
from rso.content.actions.telling import path_of
from rso.content.models import LanguageVersion
from rso.content.queries import waiting_for
from rso.content.rules import ContentPermission, State
from rso.ui.languages import language_of


@dataclass(frozen=True, slots=True)
class Waiting:
    """Something to do. ``title`` is data; ``kind`` says what is to be done; ``late`` that its day is over."""

    title: str
    path: str
    due: date | None
    kind: Any
    late: bool = False


def waits(actor: Actor, day: date) -> list[Waiting]:
    """What the actor can go on with, what is due first; nothing for those who have no part in texts."""
    if not decide(actor, ContentPermission.SEE).allowed:
        return []
    return [_waiting(actor, row, day) for row in waiting_for(actor)]


def _waiting(actor: Actor, row: LanguageVersion, day: date) -> Waiting:
    place, kind = _what(actor, row)
    title = row.edition.work.title
    if not row.is_source:
        title = f"{title} ({language_of(row.language).own})"
    late = row.due_on is not None and row.due_on < day
    return Waiting(title, path_of(row, place), row.due_on, kind, late)


def _what(actor: Actor, row: LanguageVersion) -> tuple[str, Any]:
    if row.state == State.REVIEW:
        return "read-over", _("To be read over")
    if row.state == State.APPROVED:
        return "version", _("To be published")
    if row.assignee_id == actor.user_id and row.state == State.WRITING:
        return "write", _("To be written")
    return "write", _("Translation older than its original")
