from __future__ import annotations

from django.apps import AppConfig


class ProjectsConfig(AppConfig):
    name = "rso.office.projects"
    label = "projects"

    def ready(self) -> None:
        from rso.office.projects.rules import enter_own

        enter_own()
