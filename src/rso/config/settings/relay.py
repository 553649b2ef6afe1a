"""Settings of the relay deployment."""

from __future__ import annotations

from rso.base import env
from rso.config.database import database
from rso.config.settings.base import *

DEPLOYMENT = "relay"
ROOT_URLCONF = "rso.config.urls.relay"
DATABASES = {
    "default": database("RSO_DATABASE_URL", env.text("RSO_DATABASE_URL", f"sqlite://{DATA / 'relay.sqlite3'}"))
}

INSTALLED_APPS = [*INSTALLED_APPS, "rso.relay"]
RSO_NAV = "rso.relay.navigation.items"
