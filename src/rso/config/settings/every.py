"""All apps of all deployments in one process: for type checking and for making migrations; it is never served."""

from __future__ import annotations

from rso.config.settings import node, office, relay
from rso.config.settings.base import *

INSTALLED_APPS = list(dict.fromkeys([*office.INSTALLED_APPS, *relay.INSTALLED_APPS, *node.INSTALLED_APPS]))
ROOT_URLCONF = "rso.config.urls.office"
DATABASES = node.DATABASES
DATABASE_ROUTERS = node.DATABASE_ROUTERS
RSO_KEYRING = node.RSO_KEYRING
RSO_AGENCY = node.RSO_AGENCY
RSO_RELAY_URL = node.RSO_RELAY_URL
RSO_RELAY_CA = node.RSO_RELAY_CA
RSO_TRUST_ANCHOR = node.RSO_TRUST_ANCHOR
RSO_EXCHANGE_SECONDS = node.RSO_EXCHANGE_SECONDS
RSO_RELAY_AWAY_SECONDS = node.RSO_RELAY_AWAY_SECONDS
RSO_DESTRUCTION_SECONDS = node.RSO_DESTRUCTION_SECONDS
RSO_UNUSED_DAYS = node.RSO_UNUSED_DAYS
RSO_RELAY_KEY = relay.RSO_RELAY_KEY
RSO_RELAY_WAITERS = relay.RSO_RELAY_WAITERS
RSO_RELAY_HOLD_MESSAGES = relay.RSO_RELAY_HOLD_MESSAGES
RSO_RELAY_HOLD_MIB = relay.RSO_RELAY_HOLD_MIB
RSO_NAV = office.RSO_NAV
