from __future__ import annotations

from django.apps import AppConfig


class DirectoryConfig(AppConfig):
    name = "rso.office.directory"
    label = "directory"

    def ready(self) -> None:
        from rso.office.directory import sources
        from rso.office.directory.rules import enter_own

        enter_own()
        sources.enter()
