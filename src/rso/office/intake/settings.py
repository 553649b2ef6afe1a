"""The labelled defaults of the queue."""

from __future__ import annotations

from typing import Final

from django.utils.translation import gettext_lazy as _

from rso.defaults.rules import whole
from rso.office.intake import rules

ANSWER_DAYS: Final = whole(
    "intake.answer-days", rules.DUE_DAYS, least=1, most=90,
    label=_("Days until an enquiry is answered"),
    help=_("The day by which a new enquiry is answered, counted from the day its address was confirmed."),
)  # fmt: skip
KEEP_MONTHS: Final = whole(
    "intake.keep-months", 24, least=1, most=120,
    label=_("Months that enquiries are kept"),
    help=_("So long after an enquiry was answered or set aside, its names, addresses and words are erased."),
)  # fmt: skip
LISTING_MONTHS: Final = whole(
    "intake.listing-months", 12, least=1, most=60,
    label=_("Months until a listing lapses"),
    help=_("So long after it was last confirmed, a listing of a training counts as lapsed."),
)  # fmt: skip
