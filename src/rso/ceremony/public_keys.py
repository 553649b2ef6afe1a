"""What a node or the relay hands to the holders of the root keys: its public keys, as one small JSON file."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from rso.ceremony.errors import CeremonyError
from rso.wire.cbor import Fields
from rso.wire.checkpoint import NoteVerifier
from rso.wire.directory import KeyUse
from rso.wire.errors import MalformedError, WireError
from rso.wire.identifiers import AgencyId
from rso.wire.keys import VERIFY_KEY, VerifyKey

FILE: Final = 16 * 1024
_KEYS = ("agency", "node_key", "agency_key", "log_key")
_HEX = re.compile(rf"[0-9a-f]{{{2 * VERIFY_KEY}}}")


@dataclass(frozen=True, slots=True)
class PublicKeys:
    """An agency's public keys: its node's; its own, which a relay lacks; its log's, which a node lacks."""

    agency: AgencyId
    node: VerifyKey
    own: VerifyKey | None = None
    log: NoteVerifier | None = None

    def signing(self) -> Iterator[tuple[KeyUse, VerifyKey]]:
        """The keys that sign, with their use."""
        yield KeyUse.NODE, self.node
        if self.own is not None:
            yield KeyUse.AGENCY, self.own

    @property
    def file_name(self) -> str:
        """A name that no other agency's file has, such as ``XAV-GOV-BORDER.json``."""
        return f"{self.agency}".replace("/", "-") + ".json"

    def plain(self) -> dict[str, str]:
        """The identifier, keys in hexadecimal, the log's key as Go's ``note`` takes it; what is absent is left out."""
        plain = {"agency": str(self.agency), "node_key": self.node.to_bytes().hex()}
        if self.own is not None:
            plain["agency_key"] = self.own.to_bytes().hex()
        if self.log is not None:
            plain["log_key"] = self.log.encoded()
        return plain

    def encode(self) -> str:
        """One line of JSON."""
        return json.dumps(self.plain())

    @classmethod
    def parse(cls, data: bytes) -> PublicKeys:
        """Reads :meth:`encode`; raises ``CeremonyError`` (``not-public-keys``)."""
        try:
            plain = json.loads(data)
        except (ValueError, RecursionError):
            raise CeremonyError("not-public-keys", "this is not a file of public keys: it is not JSON") from None
        try:
            read = Fields(_filled(plain), "a file of public keys", _KEYS)
            return cls(
                read.parsed("agency", AgencyId.parse),
                read.parsed("node_key", _key),
                None if read.absent("agency_key") else read.parsed("agency_key", _key),
                None if read.absent("log_key") else read.parsed("log_key", _log),
            )
        except WireError as error:
            raise CeremonyError("not-public-keys", f"this is not a file of public keys: {error.message}") from None


def _filled(plain: object) -> object:
    return {"agency_key": None, "log_key": None, **plain} if isinstance(plain, dict) else plain


def _key(value: object) -> VerifyKey:
    if not isinstance(value, str) or not _HEX.fullmatch(value):
        raise MalformedError(f"a key is {2 * VERIFY_KEY} hexadecimal digits", "bad-key")
    return VerifyKey.from_bytes(bytes.fromhex(value))


def _log(value: object) -> NoteVerifier:
    if not isinstance(value, str) or not value.isascii():
        raise MalformedError("the key of a log is text", "bad-note-key")
    return NoteVerifier.parse(value)
