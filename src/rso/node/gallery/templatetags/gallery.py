"""Fingers in words, for templates."""

from __future__ import annotations

from django import template

from rso.node.gallery.presenters import FINGER_WORDS, Words

register = template.Library()


@register.filter
def finger_words(position: int) -> Words:
    return FINGER_WORDS[position]
