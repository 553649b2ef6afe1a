from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

from django.apps import AppConfig

if TYPE_CHECKING:
    from rso.accounts.rules import Actor
    from rso.files.models import StoredFile


class LibraryConfig(AppConfig):
    name = "rso.office.library"
    label = "library"

    def ready(self) -> None:
        from django.urls import reverse
        from django.utils.translation import gettext_lazy as _

        from rso.content.kinds import Kind, register
        from rso.content.rules import Form
        from rso.files.rules import own
        from rso.office.library import desk, queries, rules, sources

        import_module("rso.office.library.receivers")
        import_module("rso.office.library.tasks")  # importing enters the schedule

        def path(code: str, language: str) -> str:
            return reverse("library:record", args=[code]) + (f"?language={language}" if language else "")

        # What a catalogue says of a document needs no second reader; that more people may read it does (ADR 0026).
        register(
            Kind(
                rules.WORK, _("Record of the library"), path, (Form.TITLE, Form.SUMMARY), reviewed=False,
                opens_here=False, hides=queries.is_hidden,
            )
        )  # fmt: skip
        rules.enter_own()
        sources.enter()
        desk.enter_own()
        own(rules.SCOPE, may_read=_may_read)
        own(rules.PREVIEWS, may_read=_may_read)


def _may_read(actor: Actor, file: StoredFile) -> bool:
    from rso.office.library.queries import may_read_file

    return may_read_file(actor, file)
