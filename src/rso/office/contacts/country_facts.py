"""The facts of a member's country on the member's own page."""

from __future__ import annotations

from datetime import date

from django.utils.translation import gettext_lazy as _

from rso.accounts.models import Organisation
from rso.accounts.rules import Actor, decide
from rso.content import presenters_facts
from rso.content.queries import facts
from rso.content.rules import ContentPermission
from rso.office.contacts import sections


def section(actor: Actor, organisation: Organisation, day: date) -> sections.Section | None:
    """Facts in use with their state, and a button to confirm each for those who keep them."""
    rows = presenters_facts.rows(facts(organisation.code), day)
    may_keep = decide(actor, ContentPermission.CHANGE_FACTS, organisation.code).allowed
    waits = sum(row.tone == "wait" for row in rows)
    context = {"rows": rows, "may_keep": may_keep}
    return sections.Section(_("Facts of the country"), "contacts/country_facts.html", context, waits)


def enter_own() -> None:
    """Enters it; called once."""
    sections.register("country-facts", section)
