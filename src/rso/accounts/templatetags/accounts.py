"""Roles, permissions and terms in templates."""

from __future__ import annotations

from datetime import date

from django import template
from django.utils.functional import Promise

from rso.accounts.models import Seat
from rso.accounts.roles import ROLE_WORDS
from rso.accounts.rules import Actor, Role, decide
from rso.ui.languages import words_of_language

register = template.Library()


@register.filter
def role_words(role: str) -> str | Promise:
    """A role's code as words."""
    return ROLE_WORDS[Role(role)]


@register.filter
def may(actor: Actor, permission: str) -> bool:
    """``{% if request.actor|may:"scope:resource:action" %}``: shows what the action will decide anyway."""
    return decide(actor, permission).allowed


@register.filter
def held_on(seat: Seat, day: date) -> bool:
    """True if ``day`` lies within the seat's term."""
    return seat.starts_on <= day and (seat.ends_on is None or seat.ends_on >= day)


@register.filter
def not_begun(seat: Seat, day: date) -> bool:
    """True if the term begins after ``day``."""
    return seat.starts_on > day


@register.filter
def can_end(seat: Seat, day: date) -> bool:
    """True if the term has begun by ``day`` and goes on after it."""
    return seat.starts_on <= day and (seat.ends_on is None or seat.ends_on > day)


@register.filter
def language_words(code: str) -> str | Promise:
    """A language's code as its name in the reader's language."""
    found: str | Promise = words_of_language(code)
    return found
