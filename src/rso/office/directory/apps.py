from __future__ import annotations

from django.apps import AppConfig


class DirectoryConfig(AppConfig):
    name = "rso.office.directory"
    label = "directory"

    def ready(self) -> None:
        from rso.accounts.holding import keep_subjects
        from rso.office.directory import queries, sources
        from rso.office.directory.rules import enter_own

        enter_own()
        keep_subjects(queries.body_codes)
        sources.enter()
