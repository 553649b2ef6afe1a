from __future__ import annotations

from importlib import import_module

from django.apps import AppConfig
from django.urls import reverse
from django.utils.translation import gettext_lazy as _


class ContentConfig(AppConfig):
    name = "rso.content"
    label = "content"

    def ready(self) -> None:
        from rso.content import desk, owners, sources
        from rso.content.kinds import Kind, register
        from rso.content.rules import enter_own

        enter_own()
        owners.enter()
        sources.enter()
        desk.enter_own()
        register(
            Kind(
                "interface",
                _("Interface"),
                lambda code, language: reverse("translation:overview"),
                (),
                opens_here=False,
            )
        )
        import_module("rso.content.receivers")  # importing connects them
        import_module("rso.content.tasks")  # importing enters the schedule
