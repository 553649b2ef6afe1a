from __future__ import annotations

from pathlib import Path

import pytest
from django.test import Client
from pytest_django import Settings
from tests.relay import region
from tests.relay.region import AVARIA, BORDUNA, CESTRIA, RELAY, Node

from rso.accounts.rules import system_actor
from rso.relay.actions import nodes
from rso.relay.actions.upkeep import load_directory
from rso.relay.adapters import bell, identity
from rso.relay.adapters.identity import Identity


@pytest.fixture(scope="session")
def relay_files(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the relay's keys and the trust anchor."""
    folder = tmp_path_factory.mktemp("relay")
    identity.create(folder / "relay-key.cbor", RELAY)
    region.write_anchor(folder / "anchor.cbor")
    return folder


@pytest.fixture
def relay(relay_files: Path, settings: Settings) -> Identity:
    """The relay's own identity, with the settings that name it."""
    settings.RSO_RELAY_KEY = relay_files / "relay-key.cbor"
    settings.RSO_TRUST_ANCHOR = relay_files / "anchor.cbor"
    bell.places.cache_clear()
    return identity.read(relay_files / "relay-key.cbor")


@pytest.fixture
def directory(relay: Identity, request: pytest.FixtureRequest) -> bytes:
    """The signed directory that the relay has loaded."""
    request.getfixturevalue("transactional_db" if "transactional_db" in request.fixturenames else "db")
    file = region.directory_file(relay.log.verifier, relay.key)
    load_directory(system_actor("test"), data=file, now=region.now())
    return file


@pytest.fixture
def avaria(directory: bytes) -> Node:
    return Node(AVARIA, Client())


@pytest.fixture
def borduna(directory: bytes) -> Node:
    return Node(BORDUNA, Client())


@pytest.fixture
def cestria(directory: bytes) -> Node:
    return Node(CESTRIA, Client())


@pytest.fixture
def agreed(avaria: Node, borduna: Node) -> None:
    """The arrangement between Avaria and Borduna is registered by both."""
    content = region.registration()
    assert avaria.register(content).status_code == 200
    assert region.body(borduna.register(content))["state"] == "registered"


@pytest.fixture(autouse=True)
def _nobody_noted_yet() -> None:
    """What a process remembers must not outlive the database of its test."""
    nodes._NOTED.clear()
