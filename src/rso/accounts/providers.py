"""Members' identity providers (OpenID Connect), as an installation's file names them. Pure: a file in, values out.

A provider is trusted for the people of one organisation and for nobody else: see docs/adr/0021.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from rso.base.errors import SettingError

SETTING = "RSO_IDENTITY_PROVIDERS"
_NEEDED = ("id", "name", "organisation", "issuer", "client_id", "client_secret_file")
_MORE = ("second_factor", "origins", "domains")
_ID = re.compile(r"[a-z][a-z0-9-]{0,29}")
#: Named in RFC 8176 as one factor each; alone they are not a second one, whatever the file says.
_SINGLE = frozenset({"pwd", "pin", "kba", "user", "wia", "rba", "geo"})


@dataclass(frozen=True, slots=True)
class Provider:
    """One provider. ``second_factor`` are the values of ``amr`` or ``acr`` that stand for a second factor shown there;
    ``origins`` are the sites that a browser may be led to; ``domains`` are the organisation's own, whose addresses
    count as verified where the provider itself says nothing of ``email_verified``, as many do."""

    id: str
    name: str
    organisation: str
    issuer: str
    client_id: str
    client_secret: str
    second_factor: frozenset[str] = frozenset()
    origins: tuple[str, ...] = ()
    domains: tuple[str, ...] = ()

    def showed_second_factor(self, claims: Mapping[str, Any]) -> bool:
        """True if the provider's signed word (``amr``, a list, or ``acr``) is one that this installation accepts."""
        amr = claims.get("amr")
        said = {str(value) for value in amr} if isinstance(amr, list) else set()
        if isinstance(claims.get("acr"), str):
            said.add(claims["acr"])
        return not said.isdisjoint(self.second_factor)


def read(path: Path, *, insecure: bool = False) -> tuple[Provider, ...]:
    """The providers of a TOML file; raises ``SettingError`` in one line for whatever is wrong in it.

    ``insecure`` lets an issuer on http://localhost through, for a developer and for tests.
    """
    try:
        told = tomllib.loads(path.read_text())
    except OSError as error:
        raise SettingError(SETTING, f"is {path}, and cannot be read: {error.strerror}") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SettingError(SETTING, f"is no TOML: {error}") from error
    rows = told.get("provider", [])
    if set(told) - {"provider"} or not isinstance(rows, list):
        raise SettingError(SETTING, "holds [[provider]] tables and nothing else")
    found = tuple(_provider(row, path.parent, insecure) for row in rows)
    if len({one.id for one in found}) != len(found):
        raise SettingError(SETTING, "names two providers with one id")
    return found


def _provider(row: Any, folder: Path, insecure: bool) -> Provider:
    if not isinstance(row, dict) or not all(isinstance(row.get(name), str) and row[name] for name in _NEEDED):
        raise SettingError(SETTING, f"lacks one of {', '.join(_NEEDED)} in a provider")
    if unknown := sorted(set(row) - {*_NEEDED, *_MORE}):
        raise SettingError(SETTING, f"has names that are not known: {', '.join(unknown)}")
    if not _ID.fullmatch(row["id"]):
        raise SettingError(SETTING, f"has the id {row['id']!r}; small letters, digits and hyphens only")
    factor, origins = _texts(row, "second_factor"), _texts(row, "origins")
    if single := sorted(_SINGLE & set(factor)):
        raise SettingError(SETTING, f"takes {', '.join(single)} for a second factor, which is a first one")
    secret = folder / row["client_secret_file"]
    try:
        given = secret.read_text().strip()
    except OSError as error:
        raise SettingError(SETTING, f"names the secret {secret}, which cannot be read: {error.strerror}") from error
    return Provider(
        row["id"], row["name"], row["organisation"], row["issuer"].rstrip("/"), row["client_id"], given,
        frozenset(factor), tuple(_origin(site, insecure) for site in (row["issuer"], *origins)),
        tuple(_texts(row, "domains")),
    )  # fmt: skip


def _texts(row: dict[str, Any], name: str) -> list[str]:
    given = row.get(name, [])
    if not isinstance(given, list) or not all(isinstance(value, str) for value in given):
        raise SettingError(SETTING, f"needs a list of texts for {name}")
    return given


def _origin(site: str, insecure: bool) -> str:
    parts = urlsplit(site)
    local = insecure and parts.scheme == "http" and parts.hostname in ("localhost", "127.0.0.1")
    if not (parts.scheme == "https" or local) or not parts.hostname:
        raise SettingError(SETTING, f"has the address {site!r}, which does not begin with https://")
    return f"{parts.scheme}://{parts.netloc}"


def as_apps(providers: Iterable[Provider]) -> list[dict[str, Any]]:
    """The same in the form that allauth reads from its settings."""
    return [
        {
            "provider_id": one.id,
            "name": one.name,
            "client_id": one.client_id,
            "secret": one.client_secret,
            "settings": {"server_url": one.issuer, "oauth_pkce_enabled": True, "verified_email": list(one.domains)},
        }
        for one in providers
    ]
