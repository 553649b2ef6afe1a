"""The office's JSON interface, mounted at ``/api/``; described in ``docs/reference/office-api.md``."""

from __future__ import annotations

from rso.accounts.api import router as accounts
from rso.accounts.factors import has_second_factor
from rso.content.api import router as content
from rso.content.api_facts import router as facts
from rso.notices.api import router as notices
from rso.office.contacts.api import router as contacts
from rso.office.directory.api import router as directory
from rso.office.intake.api import router as intake
from rso.office.intake.follow_api import router as following
from rso.office.library.api import router as library
from rso.office.projects.api import router as projects
from rso.rest.api import make_api
from rso.search.api import router as search

api = make_api(
    title="The RSO's office",
    version="1",
    namespace="office-api",
    admitted=has_second_factor,
    description="The RSO's people, seats, search, texts, library, directory, focal points, enquiries and projects.",
    statuses={"proposal-incomplete": 422, "too-many-enquiries": 429, "window-too-short": 422, "due-in-the-past": 422},
)
api.add_router("/directory", directory)
api.add_router("", accounts)
api.add_router("/focal-points", contacts)
api.add_router("/content", content)
api.add_router("/library", library)
api.add_router("", search)
api.add_router("", intake)
api.add_router("", projects)
api.add_router("", following)
api.add_router("", notices)
api.add_router("", facts)
