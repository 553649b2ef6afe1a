"""Text for a spreadsheet's cell."""

from __future__ import annotations

_STARTS = ("=", "+", "-", "@", "\t", "\r")


def safe_cell(text: str) -> str:
    """``text`` as no spreadsheet takes it for a formula, which it does by the first sign."""
    return f"'{text}" if text.startswith(_STARTS) else text


def bare_cell(text: str) -> str:
    """What :func:`safe_cell` was given."""
    return text[1:] if text.startswith("'") and text[1:].startswith(_STARTS) else text
