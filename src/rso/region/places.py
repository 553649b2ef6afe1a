"""The places of the region: which deployment, which folder, which port, which settings."""

from __future__ import annotations

import os
import socket
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from rso.base.errors import RsoError


@dataclass(frozen=True)
class State:
    """An invented state with the agency that runs its node."""

    code: str
    name: str
    agency: str
    agency_name: str
    language: str = "en"


STATES = (
    State("XAV", "Avaria", "XAV/GOV/BORDER", "Avarian Border Service"),
    State("XBD", "Borduna", "XBD/GOV/IMMIGRATION", "Bordunan Immigration Office"),
    State("XCS", "Cestria", "XCS/GOV/POLICE", "Cestrian National Police"),
)
RELAY_AGENCY = "RSO/ORG/RELAY"


@dataclass(frozen=True)
class Certificate:
    """PEM files of a place that serves HTTPS; ``chain`` is also what those who call it must trust."""

    chain: Path
    key: Path


@dataclass(frozen=True)
class Place:
    """One deployment of the region."""

    name: str
    deployment: str
    title: str
    folder: Path
    port: int
    agency: str = ""
    tls: Certificate | None = None
    settings: tuple[tuple[str, str], ...] = ()
    """Settings of its own, beside those that every place has."""

    @property
    def url(self) -> str:
        """Where its pages are. Passkeys work on the name ``localhost`` alone."""
        return f"{'https' if self.tls else 'http'}://localhost:{self.port}"

    def environment(self, relay_url: str) -> dict[str, str]:
        """All of its settings; nothing of the caller's own ``RSO_`` settings gets through."""
        kept = {k: v for k, v in os.environ.items() if not k.startswith(("RSO_", "DJANGO_"))}
        own = {
            "DJANGO_SETTINGS_MODULE": f"rso.config.settings.{self.deployment}",
            "RSO_DATA": str(self.folder),
            "RSO_DEMONSTRATION": "yes",
            "RSO_SITE_NAME": self.title,
            "RSO_BASE_URL": self.url,
            "RSO_COOKIE_PREFIX": f"rso_{self.name}",
            "RSO_WORKER_IN_SERVER": "yes",
            "RSO_LOG_LEVEL": "WARNING",
            # One thread for arithmetic: five deployments share the machine.
            "OMP_NUM_THREADS": "1",
            "OPENBLAS_NUM_THREADS": "1",
        }
        if self.deployment == "node":
            own |= {
                "RSO_AGENCY": self.agency,
                "RSO_RELAY_URL": relay_url,
                "RSO_EXCHANGE_SECONDS": "2",
                "RSO_DESTRUCTION_SECONDS": "10",
            }
        return kept | own | dict(self.settings)


def free_ports(count: int, preferred: int) -> list[int]:
    """``count`` ports from ``preferred`` upwards on which nobody listens."""
    found: list[int] = []
    for port in range(preferred, preferred + 400):
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
        found.append(port)
        if len(found) == count:
            return found
    raise RsoError("no-free-port", f"No {count} free ports from {preferred} on. Stop something, or give --port.")


def region(folder: Path, first_port: int) -> list[Place]:
    """The five places: office, relay, and a node for each state."""
    ports = free_ports(2 + len(STATES), first_port)
    places = [
        Place("office", "office", "Regional Support Office", folder / "office", ports[0]),
        Place("relay", "relay", "RSO relay", folder / "relay", ports[1], RELAY_AGENCY),
    ]
    for state, port in zip(STATES, ports[2:], strict=True):
        name = state.name.lower()
        places.append(Place(name, "node", f"{state.agency_name}", folder / name, port, state.agency))
    return places


def by_name(places: Iterable[Place]) -> dict[str, Place]:
    return {place.name: place for place in places}
