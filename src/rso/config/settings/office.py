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
    "rso.office.contacts",
    "rso.office.intake",
    "rso.office.library",
    "rso.office.projects",
    "rso.office.front",
]
# ---- the library: labelled defaults, no policy of the RSO
RSO_LIBRARY_UNDO_DAYS = env.number("RSO_LIBRARY_UNDO_DAYS", 14, least=1, most=365)
RSO_LIBRARY_ZIP_LIMIT = env.number("RSO_LIBRARY_ZIP_MIB", 300, least=1, most=4096) * 1024 * 1024
RSO_LIBRARY_FEWEST = env.number("RSO_LIBRARY_FEWEST", 5, least=1, most=100)
RSO_NAV = "rso.office.front.navigation.items"
RSO_FOOT = "rso.office.front.navigation.foot"
RSO_HELP = "rso.office.front.topics.of_page"
RSO_KEYS = "/help/#keyboard"
LOGIN_REDIRECT_URL = "/desk/"

# ---- texts, translations, facts of countries: labelled defaults of this software, and nobody's policy
RSO_MACHINE_KEPT_PERCENT = env.number("RSO_MACHINE_KEPT_PERCENT", 60, least=1, most=100)
RSO_FACT_CONFIRM_MONTHS = env.number("RSO_FACT_CONFIRM_MONTHS", 6, least=1, most=60)
RSO_FACT_REMIND_DAYS = env.number("RSO_FACT_REMIND_DAYS", 14, least=1, most=365)
# ---- focal points: labelled defaults, not RSO policy
RSO_CONFIRM_MONTHS = env.number("RSO_CONFIRM_MONTHS", 6, least=1, most=60)
RSO_CONFIRM_REPEAT_DAYS = env.number("RSO_CONFIRM_REPEAT_DAYS", 14, least=1, most=365)
RSO_OFFLINE_COPY_DAYS = env.number("RSO_OFFLINE_COPY_DAYS", 90, least=1, most=366)
