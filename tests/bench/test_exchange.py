"""The harness, in a run that is too small for figures: nothing here looks at how long anything takes."""

from __future__ import annotations

import json
import ssl
from pathlib import Path

import pytest
from click.testing import CliRunner
from cryptography import x509

from rso.bench.floors import aes_gcm_ms
from rso.bench.tls import make_certificate
from rso.cli.main import main


def test_the_certificate_is_for_this_machines_own_name(tmp_path: Path) -> None:
    made = make_certificate(tmp_path / "tls")
    names = x509.load_pem_x509_certificate(made.chain.read_bytes()).extensions.get_extension_for_class(
        x509.SubjectAlternativeName
    )
    assert names.value.get_values_for_type(x509.DNSName) == ["localhost"]
    assert made.key.stat().st_mode & 0o077 == 0
    ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER).load_cert_chain(made.chain, made.key)


def test_the_floor_takes_some_time() -> None:
    assert aes_gcm_ms([1_000_000], rounds=20) > 0


@pytest.mark.slow
def test_a_tiny_run_gives_every_figure() -> None:
    arguments = ["bench", "exchange", "--json", "--exchanges", "12", "--alone", "1", "--gallery", "5"]
    done = CliRunner().invoke(main, [*arguments, "--exchange-seconds", "1"])
    assert done.exit_code == 0, done.output
    told = json.loads(done.stdout.splitlines()[-1])
    assert (told["exchanges"], told["gallery"], told["alone"]) == (12, 5, 1)
    assert set(told["body_bytes"]) == {"probe", "answer", "destruction-receipt"}
    assert told["body_bytes"]["answer"] == told["body_bytes"]["destruction-receipt"]  # padded: they look alike
    assert told["bytes_on_wire"] == 2 * (told["body_bytes"]["probe"] + told["body_bytes"]["answer"])
    # A few drafts take less than the hundredth of a second in which the system counts.
    assert told["apart"]["draft_cpu_ms"] >= 0
    assert told["apart"]["destruction_cpu_ms"] > 0
    assert {"aes_gcm_ms", "https_ms"} == set(told["floor"])
    shares = [told["steps"][f"{name}_cpu_ms"] for name in ("asker", "holder", "relay")]
    assert sum(shares) == pytest.approx(told["cpu_ms_per_exchange"], abs=0.01)
    assert min(shares) > 0
    assert told["steps"]["extract_cpu_ms"] > 0
    assert 0 < told["p50_ms"] <= told["p95_ms"]
