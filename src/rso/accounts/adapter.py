"""How django-allauth behaves here: nobody signs up by themselves, an account comes by invitation."""

from __future__ import annotations

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest


class AccountAdapter(DefaultAccountAdapter):
    """Closes self-registration; everything else is allauth's."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False
