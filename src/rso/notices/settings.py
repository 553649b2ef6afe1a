"""The labelled defaults of telling people."""

from __future__ import annotations

from typing import Final

from django.utils.translation import gettext_lazy as _

from rso.defaults.rules import whole

DIGEST_HOUR: Final = whole(
    "notices.digest-hour", 7, least=0, most=23,
    label=_("Hour of digests"),
    help=_("The hour of the reader's own day (0 to 23) at which a digest is written: daily, and weekly on Mondays."),
)  # fmt: skip
