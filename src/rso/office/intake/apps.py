from __future__ import annotations

from importlib import import_module

from django.apps import AppConfig


class IntakeConfig(AppConfig):
    name = "rso.office.intake"
    label = "intake"

    def ready(self) -> None:
        import_module("rso.office.intake.tasks")  # importing enters the schedule
        import_module("rso.office.intake.settings")  # and this the labelled defaults
        from django.utils.translation import gettext_lazy as _

        from rso.notices.kinds import enter_group
        from rso.office.intake import desk, own_outcomes, sources
        from rso.office.intake.rules import enter_own

        enter_own()
        enter_group("enquiries", _("Enquiries"), "intake:")
        desk.enter_own()
        own_outcomes.enter_own()
        sources.enter()
