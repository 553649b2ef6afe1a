"""What the office says of itself, and may be changed by its administrator."""

from __future__ import annotations

from typing import Final

from django.utils.translation import gettext_lazy as _

from rso.defaults.rules import line

CONTACT_MAIL: Final = line(
    "front.contact-mail", "", mail=True,
    label=_("Mail address for questions about this site"),
    help=_("It stands on the pages about contact, accessibility and privacy. Empty: the office's public address."),
)  # fmt: skip
HOURS: Final = line(
    "front.office-hours", "",
    label=_("Hours in which the office answers"),
    help=_("One line, for the page about contact; with the time zone. Empty: nothing is said."),
)  # fmt: skip
