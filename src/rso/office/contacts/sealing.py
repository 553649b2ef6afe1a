"""An offline copy: one HTML file that holds a sealed list and the page that opens it, without any network.

AES-256-GCM under a key from a passphrase by PBKDF2-HMAC-SHA-256, since browsers have no scrypt or Argon2 (ADR 0022).
The passphrase is made here and strong; the iterations are there for the case that it is seen in part.
"""

from __future__ import annotations

import base64
import hashlib
import json
import secrets
from pathlib import Path
from typing import Any, Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.pbkdf2 import PBKDF2HMAC

from rso.base.errors import RsoError

ITERATIONS: Final = 1_000_000
WORDS: Final = 6
_CONSONANTS: Final = "bdfghjklmnprstvz"
_VOWELS: Final = "aeiou"
#: Authenticated beside the content, so that a sealed text of another version is not taken for one of this.
_ABOUT: Final = b"rso offline copy 1"
_HERE: Final = Path(__file__).parent / "data"


def make_passphrase() -> str:
    """Six made-up words of four letters that can be said in any language: 16·5·16·5 = 6,400 each, 75.9 bits in all."""
    kinds = (_CONSONANTS, _VOWELS, _CONSONANTS, _VOWELS)
    return "-".join("".join(secrets.choice(kind) for kind in kinds) for _word in range(WORDS))


def tidied(passphrase: str) -> str:
    """A passphrase as it was made, whatever capitals, blanks or signs it was typed with between its words."""
    return "-".join("".join(sign if sign.isalpha() else " " for sign in passphrase.lower()).split())


def _key(passphrase: str, salt: bytes, iterations: int) -> bytes:
    derive = PBKDF2HMAC(algorithm=SHA256(), length=32, salt=salt, iterations=iterations)
    return derive.derive(tidied(passphrase).encode())


def seal(content: dict[str, Any], passphrase: str, *, iterations: int = ITERATIONS) -> dict[str, Any]:
    """The sealed content, as JSON takes it."""
    salt, nonce = secrets.token_bytes(16), secrets.token_bytes(12)
    sealed = AESGCM(_key(passphrase, salt, iterations)).encrypt(nonce, json.dumps(content).encode(), _ABOUT)
    packed = {"salt": salt, "nonce": nonce, "sealed": sealed}
    return {"iterations": iterations} | {name: base64.b64encode(part).decode() for name, part in packed.items()}


def unseal(sealed: dict[str, Any], passphrase: str) -> Any:
    """What was sealed; raises ``RsoError`` for a wrong passphrase or a file that was changed."""
    parts = {name: base64.b64decode(sealed[name]) for name in ("salt", "nonce", "sealed")}
    key = _key(passphrase, parts["salt"], int(sealed["iterations"]))
    try:
        return json.loads(AESGCM(key).decrypt(parts["nonce"], parts["sealed"], _ABOUT))
    except InvalidTag as error:
        raise RsoError("wrong-passphrase", "The passphrase is wrong, or the file was changed.") from error


def page(sealed: dict[str, Any], words: dict[str, str], *, language: str, direction: str) -> str:
    """The file to take along. Its own content policy lets nothing in or out: no network, and no script but its own."""
    style = (_HERE / "copy.css").read_text(encoding="utf-8")
    script = (_HERE / "copy.js").read_text(encoding="utf-8")
    policy = (
        f"default-src 'none'; base-uri 'none'; form-action 'none'; "
        f"script-src 'sha256-{_digest(script)}'; style-src 'sha256-{_digest(style)}'"
    )
    held = json.dumps({"file": sealed, "words": words}).replace("<", "\\u003c")
    text = (_HERE / "copy.txt").read_text(encoding="utf-8")
    pieces = {
        "LANGUAGE": language, "DIRECTION": direction, "POLICY": policy, "STYLE": style, "SCRIPT": script, "HELD": held,
        "TITLE": _plain(words["title"]), "ASK": _plain(words["ask"]), "OPEN": _plain(words["open"]),
        "ABOUT": _plain(words["about"]), "NOSCRIPT": _plain(words["noscript"]),
    }  # fmt: skip
    for name, piece in pieces.items():
        text = text.replace(f"@@{name}@@", piece)
    return text


def _digest(text: str) -> str:
    return base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()


def _plain(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
