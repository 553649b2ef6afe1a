"""Settings of the office deployment."""

from __future__ import annotations

from rso.base import env
from rso.config.database import database
from rso.config.settings.base import *

DEPLOYMENT = "office"
ROOT_URLCONF = "rso.config.urls.office"
DATABASES = {
    "default": database("RSO_DATABASE_URL", env.text("RSO_DATABASE_URL", f"sqlite://{DATA / 'office.sqlite3'}"))
}

INSTALLED_APPS = [
    *INSTALLED_APPS,
    "rso.search",
    "rso.content",
    "rso.office.directory",
    "rso.office.intake",
    "rso.office.projects",
    "rso.office.front",
]
RSO_NAV = "rso.office.front.navigation.items"
