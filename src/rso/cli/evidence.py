"""`rso evidence verify FILE`: offline, without a database, trusting the root keys alone."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import click

from rso.base.clock import from_unix_seconds
from rso.base.errors import RsoError

#: What a warning of the verifier means for whoever reads it.
_WARNINGS = {
    "anchor-from-file": ": these root keys are the file's own, so it is shown to agree with itself and no more; "
    "give the ones that you trust with --anchor",
}


def _read(path: Path, limit: int) -> bytes:
    """At most one byte more than the limit: a file of any size costs no more memory to refuse."""
    try:
        with path.open("rb") as file:
            return file.read(limit + 1)
    except OSError as error:
        raise click.FileError(str(path), error.strerror) from error


@click.group()
def evidence() -> None:
    """Check what happened, from a file that a node exported."""


@evidence.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "--anchor",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="The root keys to trust (anchor.cbor). Without it the file's own are used, if it has any, with a warning.",
)
@click.option("--json", "as_json", is_flag=True, help="One JSON object as the last line.")
def verify(file: Path, anchor: Path | None, as_json: bool) -> None:
    """Verify FILE step by step. Exit status 0, or 1 and the numbered step that failed."""
    from rso.wire import evidence as rules
    from rso.wire.trust import TrustAnchor

    try:
        trusted = TrustAnchor.decode(_read(anchor, rules.EVIDENCE)) if anchor else None
        finding = rules.verify(_read(file, rules.EVIDENCE), trusted)
    except rules.EvidenceError as error:
        click.echo(f"step {error.step.value:2d} {error.step.name.lower().replace('_', ' ')}: FAILED: {error.message}")
        if as_json:
            click.echo(json.dumps({"holds": False, "step": error.step.value, "code": error.code}))
        sys.exit(1)
    except RsoError as error:
        click.echo(f"the root keys could not be read: {error}")
        sys.exit(1)
    for step in finding.steps:
        click.echo(f"step {step.value:2d} {step.name.lower().replace('_', ' ')}: holds")
    header = finding.header
    for line in (
        f"message    {header.id}",
        f"from, to   {header.sender} -> {header.recipient}",
        f"accepted   {from_unix_seconds(finding.accepted).isoformat()} by {finding.relay}",
        f"log        entry {finding.index} of {finding.log_size}",
        f"root keys  {finding.anchor_fingerprint}",
    ):
        click.echo(line)
    for warning in finding.warnings:
        click.echo(f"WARNING: {warning}{_WARNINGS.get(warning, '')}")
    if as_json:
        shown = {"holds": True, "index": finding.index, "warnings": list(finding.warnings)}
        click.echo(json.dumps({**shown, "from": str(header.sender), "to": str(header.recipient)}))
