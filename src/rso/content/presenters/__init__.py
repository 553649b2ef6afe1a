"""Texts as pages show them; and what of them waits for somebody, for the desk."""

from __future__ import annotations

from rso.content.presenters.waiting import Waiting, waits

__all__ = ["Waiting", "waits"]
