from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class RelayConfig(AppConfig):
    name = "rso.relay"
    label = "relay"
    verbose_name = _("Relay")

    def ready(self) -> None:
        from rso.relay.rules import enter_own

        enter_own()
