"""Settings of the node deployment."""

from __future__ import annotations

from rso.base import env
from rso.base.errors import SettingError
from rso.config.database import database
from rso.config.settings.base import *
from rso.wire.errors import WireError
from rso.wire.identifiers import AgencyId

DEPLOYMENT = "node"
ROOT_URLCONF = "rso.config.urls.node"
DATABASES = {
    # Envelopes have 128 KiB and more.
    "default": database(
        "RSO_DATABASE_URL", env.text("RSO_DATABASE_URL", f"sqlite://{DATA / 'node.sqlite3'}"), page_bytes=16_384
    )
}

INSTALLED_APPS = [
    *INSTALLED_APPS,
    "rso.node.vault",
    "rso.node.post",
    "rso.node.gallery",
    "rso.node.searches",
    "rso.node.requests",
    "rso.node.cases",
]
RSO_NAV = "rso.node.cases.navigation.items"

# Per-subject data keys live in a store of their own, which no backup of the main database includes.
DATABASES["vault"] = database(
    "RSO_VAULT_DATABASE_URL", env.text("RSO_VAULT_DATABASE_URL", f"sqlite://{DATA / 'vault.sqlite3'}")
)
DATABASE_ROUTERS = ["rso.node.vault.router.VaultRouter"]
# Key-encryption keys live outside of every database.
RSO_KEYRING = env.folder("RSO_KEYRING", DATA / "keyring")

# This node's own place in the exchange.
RSO_AGENCY = env.text("RSO_AGENCY", "-").removeprefix("-")
if RSO_AGENCY:
    try:
        AgencyId.parse(RSO_AGENCY)
    except WireError as error:
        raise SettingError("RSO_AGENCY", f"is {RSO_AGENCY!r}, and must be as XAV/GOV/BORDER") from error
RSO_RELAY_URL = env.address("RSO_RELAY_URL", "")
RSO_RELAY_CA = env.text("RSO_RELAY_CA", "-").removeprefix("-")
RSO_TRUST_ANCHOR = env.folder("RSO_TRUST_ANCHOR", DATA / "anchor.cbor")
# How often a node sends and fetches, in seconds; a message put into the outbox goes at once all the same.
RSO_EXCHANGE_SECONDS = env.number("RSO_EXCHANGE_SECONDS", 10, least=1, most=900)
# How long the relay may be out of reach before the administrators are told. A labelled default of this software.
RSO_RELAY_AWAY_SECONDS = env.number("RSO_RELAY_AWAY_SECONDS", 3600, least=60, most=604_800)
# How often the images of probes that were answered are destroyed, together.
RSO_DESTRUCTION_SECONDS = env.number("RSO_DESTRUCTION_SECONDS", 60, least=1, most=3600)
# Days after which what came to nothing is destroyed: a question that was never sent, a request that was refused.
# A default of this software, not a policy of the RSO or of any member.
RSO_UNUSED_DAYS = env.number("RSO_UNUSED_DAYS", 30, least=1, most=365)
