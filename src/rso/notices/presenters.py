"""From a template to a mail."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from typing import Any, cast

from django.conf import settings
from django.template import Context
from django.template.backends.django import Template
from django.template.loader import get_template
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override

from rso.base.errors import RsoError
from rso.notices.kinds import Group, group_of
from rso.notices.models import Notice


def words(error: RsoError) -> str:
    """A refusal in the reader's language."""
    said = {
        "mail-not-dead": _("This mail is on its way again already, or was sent: look at its state."),
        "unknown-link": _("This link is incomplete, or was not written by this site."),
    }
    return said.get(error.code, error.message)


@dataclass(frozen=True, slots=True)
class Shown:
    """A notice with the group that its kind belongs to."""

    notice: Notice
    group: Group


def by_day(notices: Iterable[Notice]) -> list[tuple[date, list[Shown]]]:
    """Notices in their order, under the days on which they came."""
    days = groupby(notices, key=lambda one: timezone.localdate(one.created_at))
    return [(day, [Shown(one, group_of(one.kind)) for one in rows]) for day, rows in days]


_SUBJECT = "Subject:"


def render_mail(template: str, context: Mapping[str, Any], language: str) -> tuple[str, str]:
    """Subject (one line) and body of a mail, in ``language``.

    Nothing is escaped, since the mail is plain text. A template without a subject line is a defect and
    raises ``ValueError``.
    """
    given = {"base_url": settings.RSO_BASE_URL, "site_name": settings.RSO_SITE_NAME, **context}
    with override(language):
        # The outer template of the backend always escapes; the inner one asks the context.
        inner = cast(Template, get_template(template)).template
        text = inner.render(Context(given, autoescape=False)).strip()
    head, _rest, body = text.partition("\n")
    if not head.startswith(_SUBJECT):
        raise ValueError(f"{template} does not begin with {_SUBJECT!r}")
    return " ".join(head.removeprefix(_SUBJECT).split())[:300], body.strip() + "\n"
