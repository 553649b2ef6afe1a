"""`rso directory`: the ceremony of the root keys' holders. Needs no network, no database and no settings.

What is done here and why: docs/how-to/found-a-directory.md. Every command writes its file whole or not at all,
and never over another.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

import click

from rso.base.clock import SystemClock, unix_seconds
from rso.base.errors import RsoError

if TYPE_CHECKING:
    from rso.wire.directory import Directory
    from rso.wire.trust import SignedDirectory, TrustAnchor, TrustStep

_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
_NEW = click.Path(dir_okay=False, path_type=Path)

_out = click.option("--out", required=True, type=_NEW, help="The file to write. One that is there is not touched.")
_anchor = click.option("--anchor", type=_FILE, help="The root keys to trust (anchor.cbor).")
_anchors = click.option(
    "--anchor", "anchors", multiple=True, type=_FILE,
    help="The root keys to trust. Twice while roots change, the present one first: both must believe the result.",
)  # fmt: skip
_previous = click.option("--previous", type=_FILE, help="The directory in use, to follow on; needs --anchor.")
_passphrase = click.option(
    "--passphrase-file", type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Read the passphrase from the first line of this file (/dev/fd/N for a descriptor) instead of asking.",
)  # fmt: skip


@click.group(short_help="Found the directory, bring out its versions.")
def directory() -> None:
    """Found the directory, and bring out its next versions: root keys, drafts, signatures. Works offline."""


# ---------------------------------------------------------------- root keys


@directory.command(short_help="Make one root key.")
@_out
@_passphrase
def root(out: Path, passphrase_file: Path | None) -> None:
    """Make one root key: its secret under a passphrase in the file, its public part in the same name with .pub.

    Each holder does this alone, on a machine without a network, and reads the fingerprint aloud.
    """
    from rso.ceremony import files, roots
    from rso.wire.keys import SigningKey

    public = out.with_name(out.name + ".pub")
    files.refuse_existing(out)
    files.refuse_existing(public)
    passphrase = _ask(passphrase_file, confirm=True)
    key = SigningKey.generate()
    files.write_new(out, roots.seal_root(key, passphrase), mode=0o600)
    try:
        files.write_new(public, roots.write_public(key.public))
    except RsoError:
        out.unlink()
        raise
    click.echo(f"Secret key, for nobody else: {out}\nPublic part, to hand on:     {public}\nIts fingerprint:")
    _say_groups(roots.fingerprint(key.public))


@directory.command(short_help="Put public root keys into the file to pin.")
@click.argument("roots", nargs=-1, required=True, type=_FILE, metavar="ROOT.pub...")
@click.option("--threshold", default=2, show_default=True, type=click.IntRange(1, 16), help="How many must sign.")
@_out
def anchor(roots: tuple[Path, ...], threshold: int, out: Path) -> None:
    """Put the public root keys and the threshold into the file that every node and the relay pin.

    Everybody compares the fingerprints with their holders, by voice.
    """
    from rso.ceremony import files
    from rso.ceremony import roots as keys
    from rso.wire.trust import TrustAnchor

    found = [keys.read_public(files.read(path, keys.FILE)) for path in roots]
    made = TrustAnchor.of(found, threshold)
    files.write_new(out, made.encode())
    for path, key in zip(roots, found, strict=True):
        click.echo(f"Root key {path.name}:")
        _say_groups(keys.fingerprint(key))
    click.echo(f"Any {threshold} of {len(found)} sign. Fingerprint of the anchor {out}:")
    _say_groups(made.fingerprint())
    if threshold == 1 or threshold == len(found):
        alone = "One holder alone can sign anything." if threshold == 1 else "Losing one key means pinning anew."
        click.echo(f"WARNING: {alone}", err=True)


# ---------------------------------------------------------------- a version


@directory.command(short_help="Make the unsigned next version.")
@click.option("--from", "entries", required=True, type=_FILE, help="The readable file (TOML or JSON) of entries.")
@_previous
@_anchor
@_out
def draft(entries: Path, previous: Path | None, anchor: Path | None, out: Path) -> None:
    """Make the unsigned next version of a readable file of members, agencies and keys, and show all of it."""
    from rso.ceremony import files
    from rso.ceremony.entries import read_entries
    from rso.ceremony.signing import check_follows
    from rso.wire.trust import SignedDirectory

    files.refuse_existing(out)
    before = _verified(previous, anchor)
    made = read_entries(entries, 1 if before is None else before.version + 1, _now())
    check_follows(made, before)
    file = SignedDirectory(made.encode())
    files.write_new(out, file.encode())
    _show(file, made, before)
    click.echo(f"Written to {out}, signed by nobody yet.")


@directory.command(short_help="Add one holder's signature to a draft.")
@click.argument("draft", type=_FILE)
@click.option("--key", required=True, type=_FILE, help="The secret file of your root key.")
@_previous
@_anchors
@_passphrase
@click.option("--yes", is_flag=True, help="Do not ask whether to sign; for scripts.")
@_out
def sign(
    draft: Path,
    key: Path,
    previous: Path | None,
    anchors: tuple[Path, ...],
    passphrase_file: Path | None,
    yes: bool,
    out: Path,
) -> None:
    """Add one holder's signature to DRAFT, after showing all that it says.

    Signatures may be added one after another to one file, or each to the same draft, and joined.
    """
    from rso.ceremony import files, roots, signing

    files.refuse_existing(out)
    file, content = _read(draft)
    secret = files.read(key, roots.FILE)
    signing.check_may_sign(file, roots.public_of(secret), [_anchor_of(path) for path in anchors])
    before = _verified(previous, *anchors[:1])
    signing.check_follows(content, before)
    _show(file, content, before)
    if not yes:
        click.confirm("Is this what you agreed on, and the digest the same as the others'? Sign it?", abort=True)
    signed = signing.sign(file, roots.open_root(secret, _ask(passphrase_file)))
    files.write_new(out, signed.encode())
    click.echo(f"Signed by {len(signed.signatures)}. Written to {out}.")


@directory.command(short_help="Join signatures into a directory.")
@click.argument("parts", nargs=-1, required=True, type=_FILE, metavar="PART...")
@_anchors
@_previous
@_out
def join(parts: tuple[Path, ...], anchors: tuple[Path, ...], previous: Path | None, out: Path) -> None:
    """Join the signatures of all PARTs, and write the directory if every node would believe it.

    Refused below the threshold, if a part is of another draft, or if a signature does not verify.
    """
    from rso.ceremony import files, signing

    files.refuse_existing(out)
    if not anchors:
        raise click.UsageError("join needs --anchor, to verify the signatures")
    before = None
    if _verified(previous, anchors[0]) is not None and previous is not None:
        before, _content = _read(previous)
    read = {str(path): _read(path)[0] for path in parts}
    joined = signing.join(read, [_anchor_of(path) for path in anchors], _now(), before)
    files.write_new(out, joined.encode())
    click.echo(f"Signed by {len(joined.signatures)}; every node with this anchor will believe it. Written to {out}.")


@directory.command(short_help="Show, and verify, a draft or directory.")
@click.argument("file", type=_FILE)
@_anchor
@_previous
@click.option("--json", "as_json", is_flag=True, help="One JSON object as the last line.")
def show(file: Path, anchor: Path | None, previous: Path | None, as_json: bool) -> None:
    """Show what FILE says; with --anchor, verify it as a node would. Exit status 0, or 1 and the step that failed."""
    from rso.ceremony import telling
    from rso.wire.trust import DirectoryRefusedError, TrustStep

    try:
        before = _verified(previous, anchor)
        if anchor is not None:
            _believe(file, anchor, previous)
        read, content = _read(file)
    except DirectoryRefusedError as error:
        _say_steps(step for step in TrustStep if step < error.step)
        click.echo(f"step {error.step.value} {error.step.name.lower()}: FAILED: {error.message}")
        if as_json:
            click.echo(json.dumps({"valid": False, "step": error.step.value, "code": error.code}))
        sys.exit(1)
    _show(read, content, before)
    if anchor is None:
        click.echo("WARNING: not verified; give --anchor to have the signatures looked at.", err=True)
    else:
        _say_steps(TrustStep)
    if as_json:
        signers = [given.key_id.hex() for given in read.signatures]
        told = {"valid": anchor is not None or None, "digest": read.digest().hex(), "signed_by": signers}
        click.echo(json.dumps({**told, **telling.plain(content)}))


# ---------------------------------------------------------------- what the commands share


def _now() -> int:
    return unix_seconds(SystemClock().now())


def _ask(path: Path | None, *, confirm: bool = False) -> str:
    """The passphrase: the first line of a file, or asked for, twice where it is new."""
    from rso.ceremony import files, roots

    if path is not None:
        lines = files.read(path, 4096).splitlines()
        try:
            passphrase = lines[0].decode() if lines else ""
        except UnicodeDecodeError:
            raise click.BadParameter("the passphrase is not UTF-8", param_hint="--passphrase-file") from None
    else:
        passphrase = click.prompt("Passphrase of the root key", hide_input=True, confirmation_prompt=confirm, err=True)
    if confirm:
        roots.check_passphrase(passphrase)
    return passphrase


def _anchor_of(path: Path) -> TrustAnchor:
    from rso.ceremony import files
    from rso.ceremony.errors import placed
    from rso.wire.trust import TrustAnchor

    with placed(str(path), "not-an-anchor"):
        return TrustAnchor.decode(files.read(path, 128 * 1024))


def _read(path: Path) -> tuple[SignedDirectory, Directory]:
    """A draft, a part or a directory, whoever signed it."""
    from rso.ceremony import files, signing

    return signing.read_unverified(files.read(path, signing.FILE))


def _verified(previous: Path | None, anchor: Path | None = None) -> Directory | None:
    """The directory in use, by the root keys, whatever its age: what is shown as a change must not be a lie."""
    from rso.ceremony import files, signing
    from rso.wire.trust import open_directory

    if previous is None:
        return None
    if anchor is None:
        raise click.UsageError("--previous needs --anchor, so that it can be verified")
    return open_directory(files.read(previous, signing.FILE), _anchor_of(anchor))


def _believe(file: Path, anchor: Path, previous: Path | None) -> None:
    from rso.ceremony import files, signing
    from rso.wire.trust import Believed, accept_directory

    believed = None
    if previous is not None:
        before, content = _read(previous)
        believed = Believed(content.version, before.digest())
    accept_directory(files.read(file, signing.FILE), _anchor_of(anchor), _now(), believed)


def _show(file: SignedDirectory, content: Directory, before: Directory | None) -> None:
    """Everything that is signed, then what changes, then what looks forgotten, then the digest."""
    from rso.ceremony import telling

    click.echo("\n".join(telling.summary(content)))
    if before is not None:
        changes = telling.differences(before, content)
        click.echo("\n".join([f"\nWhat changes since version {before.version}:", *(changes or ["nothing"])]))
    for remark in telling.remarks(content):
        click.echo(f"WARNING: {remark}", err=True)
    for given in file.signatures:
        click.echo(f"signature of {given.key_id.hex()}")
    click.echo("\nDigest of what is signed; all holders must see the same:")
    click.echo(telling.in_groups(file.digest().hex()))


def _say_groups(digits: str) -> None:
    from rso.ceremony.telling import in_groups

    click.echo(in_groups(digits))


def _say_steps(steps: Iterable[TrustStep]) -> None:
    for step in steps:
        click.echo(f"step {step.value} {step.name.lower()}: holds")
