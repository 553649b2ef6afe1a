from __future__ import annotations

from django import template
from django.utils.functional import Promise

from rso.accounts.roles import ROLE_WORDS
from rso.accounts.rules import Actor, Role, decide

register = template.Library()


@register.filter
def role_words(role: str) -> str | Promise:
    """A role's code as words."""
    return ROLE_WORDS[Role(role)]


@register.filter
def may(actor: Actor, permission: str) -> bool:
    """``{% if request.actor|may:"scope:resource:action" %}``: shows what the action will decide anyway."""
    return decide(actor, permission).allowed
