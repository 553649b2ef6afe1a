"""Floors under an exchange, of the same bytes and in the same run: plain AES-GCM, and a bare HTTPS PUT and GET."""

from __future__ import annotations

import os
import signal
import ssl
import subprocess
import sys
import time
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

import httpx
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from rso.base.errors import RsoError
from rso.bench.machine import spent_by
from rso.region.places import Certificate

_ROUNDS = 200
_START_S = 30.0


def aes_gcm_ms(sizes: Sequence[int], rounds: int = _ROUNDS) -> float:
    """CPU milliseconds to seal and open bodies of ``sizes`` bytes once with AES-256-GCM."""
    cipher, bodies = AESGCM(os.urandom(32)), [os.urandom(size) for size in sizes]
    begun = time.process_time()
    for _ in range(rounds):
        for body in bodies:
            nonce = os.urandom(12)
            cipher.decrypt(nonce, cipher.encrypt(nonce, body, None), None)
    return 1000 * (time.process_time() - begun) / rounds


def https_ms(sizes: Sequence[int], tls: Certificate, port: int, folder: Path, rounds: int = _ROUNDS) -> float:
    """CPU milliseconds, server and client together, to PUT and GET bodies of ``sizes`` bytes once, without logic."""
    command = [sys.executable, "-m", "rso.bench.bare", str(port), str(tls.chain), str(tls.key)]
    with (folder / "bare.log").open("wb") as log:
        server = subprocess.Popen(command, stdout=log, stderr=log, stdin=subprocess.DEVNULL, start_new_session=True)
    try:
        trusted = ssl.create_default_context(cafile=tls.chain)
        with httpx.Client(base_url=f"https://localhost:{port}", verify=trusted, trust_env=False) as client:
            _wait(client)
            bodies = [os.urandom(size) for size in sizes]
            _put_and_get(client, bodies, 5)
            theirs, ours = spent_by(server.pid), time.process_time()
            _put_and_get(client, bodies, rounds)
            ours = time.process_time() - ours
            return 1000 * (ours + spent_by(server.pid).since(theirs).total) / rounds
    finally:
        with suppress(ProcessLookupError):
            os.killpg(server.pid, signal.SIGKILL)
        server.wait()


def _wait(client: httpx.Client) -> None:
    until = time.monotonic() + _START_S
    while time.monotonic() < until:
        try:
            client.get("/none")
        except httpx.TransportError:
            time.sleep(0.05)
        else:
            return
    raise RsoError("floor-did-not-start", "The bare server did not start; bare.log in the folder says why.")


def _put_and_get(client: httpx.Client, bodies: Sequence[bytes], rounds: int) -> None:
    for number in range(rounds):
        for place, body in enumerate(bodies):
            path = f"/{number}-{place}"
            client.put(path, content=body).raise_for_status()
            if client.get(path).raise_for_status().content != body:
                raise RsoError("floor-broken", "The bare server gave other bytes back than it got.")
