"""Settings of the relay deployment."""

from __future__ import annotations

from rso.base import env
from rso.config.database import database
from rso.config.settings.base import *

DEPLOYMENT = "relay"
ROOT_URLCONF = "rso.config.urls.relay"
DATABASES = {
    # Envelopes have 128 KiB and more.
    "default": database(
        "RSO_DATABASE_URL", env.text("RSO_DATABASE_URL", f"sqlite://{DATA / 'relay.sqlite3'}"), page_bytes=16_384
    )
}

INSTALLED_APPS = [*INSTALLED_APPS, "rso.relay"]
MIDDLEWARE = ["rso.relay.api.middleware.NodeInterfaceMiddleware", *MIDDLEWARE]
RSO_NAV = "rso.relay.navigation.items"

# Larger than any envelope: the interface for nodes has limits of its own, and says so in its own form.
RSO_REQUEST_LIMIT = 64 * 1024 * 1024
# The relay's keys (see rso.relay.adapters.identity) and the root keys by which it believes a directory.
RSO_RELAY_KEY = env.folder("RSO_RELAY_KEY", DATA / "relay-key.cbor")
RSO_TRUST_ANCHOR = env.folder("RSO_TRUST_ANCHOR", DATA / "anchor.cbor")
# How many requests may wait for mail at once, each holding a thread of the server.
RSO_RELAY_WAITERS = env.number("RSO_RELAY_WAITERS", 10, least=0, most=10_000)
# How much is held from one agency for one other until it fetches.
RSO_RELAY_HOLD_MESSAGES = env.number("RSO_RELAY_HOLD_MESSAGES", 1_000, least=1)
RSO_RELAY_HOLD_MIB = env.number("RSO_RELAY_HOLD_MIB", 512, least=17)
