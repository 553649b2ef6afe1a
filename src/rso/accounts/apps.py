from __future__ import annotations

from importlib import import_module

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AccountsConfig(AppConfig):
    name = "rso.accounts"
    label = "accounts"

    def ready(self) -> None:
        import_module("rso.accounts.receivers")  # importing connects them
        from allauth.mfa.webauthn.forms import EditWebAuthnForm

        from rso.accounts.own import enter_own

        # allauth gives this field no label, so that Django makes an English one of its name.
        vars(EditWebAuthnForm)["base_fields"]["name"].label = _("Name")
        enter_own()
