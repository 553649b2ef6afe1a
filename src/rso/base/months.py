"""Counting in months, which differ in length: a day that a shorter month lacks is that month's last."""

from __future__ import annotations

from calendar import monthrange
from datetime import date


def months_after(day: date, months: int) -> date:
    """The same day so many months later."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def months_before(day: date, months: int) -> date:
    """The same day so many months earlier."""
    return months_after(day, -months)


def months_between(earlier: date, later: date) -> int:
    """Whole months from one day to another; the 31st counts from the last day of a shorter month."""
    whole = (later.year - earlier.year) * 12 + later.month - earlier.month
    return whole - (later.day < min(earlier.day, monthrange(later.year, later.month)[1]))
