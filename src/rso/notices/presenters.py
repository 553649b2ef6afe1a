"""From a template to a mail."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast

from django.conf import settings
from django.template import Context
from django.template.backends.django import Template
from django.template.loader import get_template
from django.utils.translation import gettext as _
from django.utils.translation import override

from rso.base.errors import RsoError


def words(error: RsoError) -> str:
    """A refusal in the reader's language."""
    said = {"mail-not-dead": _("This mail is on its way again already, or was sent: look at its state.")}
    return said.get(error.code, error.message)


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
