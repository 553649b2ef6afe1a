"""From a draft to a directory: what may follow what, one holder's signature, and the joining of several.

A draft, a draft with some signatures and the directory itself are one kind of file, ``SignedDirectory``: there is
no other format to get wrong, and whoever reads one can read all.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from rso.ceremony.errors import CeremonyError, placed
from rso.wire import limits
from rso.wire.directory import DIRECTORY, Directory, KeyEntry, LogEntry
from rso.wire.errors import WireError
from rso.wire.keys import SigningKey, VerifyKey
from rso.wire.trust import (
    CONTEXT,
    ROOTS,
    Believed,
    DirectoryRefusedError,
    RootSignature,
    SignedDirectory,
    TrustAnchor,
    TrustStep,
    accept_directory,
)

FILE: Final = DIRECTORY + ROOTS * 4 * limits.KIB
"""Bytes of a draft or a directory with its signatures, at most."""


def read_unverified(data: bytes) -> tuple[SignedDirectory, Directory]:
    """A draft, a part or a directory, and what it says, whoever signed it.

    Raises ``DirectoryRefusedError`` at the step form or content, and nothing else.
    """
    try:
        file = SignedDirectory.decode(data)
    except WireError as error:
        raise DirectoryRefusedError(TrustStep.FORM, error.code, error.message) from None
    try:
        return file, Directory.decode(file.body)
    except WireError as error:
        raise DirectoryRefusedError(TrustStep.CONTENT, error.code, error.message) from None


def check_follows(next_one: Directory, previous: Directory | None) -> None:
    """Raises ``CeremonyError`` unless ``next_one`` may be published after ``previous`` (None: it is the first).

    ``wrong-version``: its version is not one higher. ``key-dropped``: evidence would lose a key.
    ``revocation-dropped``: a stolen key would sign again.
    """
    if previous is None and next_one.version > 1:
        raise CeremonyError(
            "wrong-version",
            f"this is version {next_one.version}: give the directory in use too, so that one sees what changes",
        )
    version = 1 if previous is None else previous.version + 1
    if next_one.version != version:
        raise CeremonyError("wrong-version", f"this is version {next_one.version}, and the next one is {version}")
    if previous is None:
        return
    kept = {_place(entry): entry for entry in _keys(next_one)}
    for entry in _keys(previous):
        now = kept.get(_place(entry))
        if now is None:
            raise CeremonyError(
                "key-dropped",
                f"{_named(entry)} is in version {previous.version} and not in the next one: keys are never taken out, "
                "so that old evidence can be checked; keep it, and say until when it was used",
            )
        if entry.validity.revoked is not None and now.validity.revoked is None:
            raise CeremonyError("revocation-dropped", f"{_named(entry)} was revoked, and stays revoked")


def _keys(directory: Directory) -> tuple[KeyEntry | LogEntry, ...]:
    return (*directory.keys, *directory.logs)


def _place(entry: KeyEntry | LogEntry) -> tuple[object, ...]:
    if isinstance(entry, LogEntry):
        return (entry.verifier,)
    return (entry.holder, entry.use, entry.key)


def _named(entry: KeyEntry | LogEntry) -> str:
    if isinstance(entry, LogEntry):
        return f"the key of the log {entry.verifier.name} ({entry.verifier.key_hash.hex()})"
    return f"the {entry.use.value} key {entry.key.key_id.hex()} of {entry.holder}"


def check_may_sign(draft: SignedDirectory, root: VerifyKey, anchors: Sequence[TrustAnchor] = ()) -> None:
    """Raises ``CeremonyError`` unless a signature of ``root`` would count.

    ``already-signed`` by this key, or ``not-pinned``, where ``anchors`` are given and none has the key.
    """
    if anchors and not any(anchor.root(root.key_id) for anchor in anchors):
        raise CeremonyError("not-pinned", "this root key is not in the anchor: its signature would not count")
    if any(given.key_id == root.key_id for given in draft.signatures):
        raise CeremonyError(
            "already-signed", "this root key has signed this draft already: it is another holder's turn"
        )


def sign(draft: SignedDirectory, root: SigningKey, anchors: Sequence[TrustAnchor] = ()) -> SignedDirectory:
    """The draft with the signature of ``root``; raises as :func:`check_may_sign`."""
    check_may_sign(draft, root.public, anchors)
    return draft.signed_by(root)


def join(
    parts: Mapping[str, SignedDirectory],
    anchors: Sequence[TrustAnchor],
    now: int,
    previous: SignedDirectory | None = None,
) -> SignedDirectory:
    """The signatures of all parts under one draft, believed by every one of ``anchors`` as a node would at ``now``.

    ``parts`` is by name, for errors. Signatures of keys that no anchor has are left out. Raises ``CeremonyError``
    (``no-parts``, ``different-drafts``, ``bad-signature``, or as :func:`check_follows`) and
    ``DirectoryRefusedError`` with its step, such as below the threshold.
    """
    bodies = {part.body for part in parts.values()}
    if not bodies:
        raise CeremonyError("no-parts", "there is nothing to join")
    if len(bodies) > 1:
        names = ", ".join(f"{name} ({part.digest().hex()[:8]})" for name, part in parts.items())
        raise CeremonyError("different-drafts", f"these are signatures of different drafts: {names}")
    given: dict[bytes, RootSignature] = {}
    for name, part in parts.items():
        with placed(name, "bad-signature"):
            given |= {each.key_id: each for each in _verified(part, anchors)}
    joined = SignedDirectory(bodies.pop(), tuple(given[key_id] for key_id in sorted(given)))
    before = None if previous is None else Directory.decode(previous.body)
    believed = None if previous is None or before is None else Believed(before.version, previous.digest())
    for anchor in anchors:
        check_follows(accept_directory(joined.encode(), anchor, now, believed), before)
    return joined


def _verified(part: SignedDirectory, anchors: Sequence[TrustAnchor]) -> Iterator[RootSignature]:
    """The signatures of pinned keys. A bad one would refuse the directory at every node, so it is found here."""
    for given in part.signatures:
        root = next((found for anchor in anchors if (found := anchor.root(given.key_id))), None)
        if root is not None:
            root.verify(CONTEXT, given.signature, part.body)
            yield given
