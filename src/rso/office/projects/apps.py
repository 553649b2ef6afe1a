from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

from django.apps import AppConfig

if TYPE_CHECKING:
    from rso.accounts.rules import Actor
    from rso.files.models import StoredFile


class ProjectsConfig(AppConfig):
    name = "rso.office.projects"
    label = "projects"

    def ready(self) -> None:
        from rso.files.rules import own
        from rso.office.projects import sources

        import_module("rso.office.projects.tasks")  # importing enters the schedule
        from django.utils.translation import gettext_lazy as _

        from rso.notices.kinds import enter_group
        from rso.office.projects import desk
        from rso.office.projects.actions.drafting import SCOPE
        from rso.office.projects.rules import enter_own

        enter_own()
        enter_group("proposals", _("Proposals"), "projects:")
        desk.enter_own()
        sources.enter()
        own(SCOPE, may_read=_may_read)


def _may_read(actor: Actor, file: StoredFile) -> bool:
    from rso.office.projects.models import Proposal
    from rso.office.projects.queries import may_read_file

    proposal = Proposal.objects.select_related("member").filter(pk=file.subject).first()
    return proposal is not None and may_read_file(actor, proposal, file.sha256)
