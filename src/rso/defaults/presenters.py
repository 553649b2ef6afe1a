"""Refusals in the reader's language."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from rso.defaults.rules import Default, WrongValue


def words(error: WrongValue, default: Default[Any]) -> str:
    """What is wrong with a value, and what to write instead."""
    bounds = {"least": default.least, "most": default.most}
    said = {
        "not-a-whole-number": _("Write a whole number, in digits."),
        "out-of-range": _("Write a number from %(least)d to %(most)d.") % bounds,
        "too-long": _("Write one line of at most %(most)d signs.") % bounds,
        "no-mail-address": _("Write a mail address, as name@office.example, or leave it empty."),
    }
    return said.get(error.code, error.message)
