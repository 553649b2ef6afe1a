"""Typed readers of the environment. They fail loudly: a wrong setting stops the process with one clear line.

Each call of a reader is found by the documentation test, which checks that ``docs/reference/settings.md``
lists the name: keep the name a literal.
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from pathlib import Path

from rso.base.errors import SettingError

_TRUE = {"1", "true", "yes", "on"}
_FALSE = {"0", "false", "no", "off"}
_SITE = re.compile(r"https?://(?:[A-Za-z0-9.-]+|\[[0-9A-Fa-f:.]+\])(?::(?P<port>[0-9]{1,5}))?")


def _read(name: str, environ: Mapping[str, str] | None) -> str | None:
    value = (os.environ if environ is None else environ).get(name, "").strip()
    return value or None


def text(name: str, default: str | None = None, *, environ: Mapping[str, str] | None = None) -> str:
    """The setting as text; raises ``SettingError`` if it is absent and has no default."""
    value = _read(name, environ)
    if value is not None:
        return value
    if default is None:
        raise SettingError(name, "is not set, and there is no safe default")
    return default


def choice(
    name: str,
    choices: tuple[str, ...],
    default: str | None = None,
    *,
    environ: Mapping[str, str] | None = None,
) -> str:
    """The setting as one of ``choices``."""
    value = text(name, default, environ=environ)
    if value not in choices:
        raise SettingError(name, f"is {value!r}, and must be one of {', '.join(choices)}")
    return value


def flag(name: str, default: bool, *, environ: Mapping[str, str] | None = None) -> bool:
    """The setting as yes or no."""
    value = _read(name, environ)
    if value is None:
        return default
    if value.lower() in _TRUE:
        return True
    if value.lower() in _FALSE:
        return False
    raise SettingError(name, f"is {value!r}, and must be yes or no")


def number(
    name: str,
    default: int | None = None,
    *,
    least: int | None = None,
    most: int | None = None,
    environ: Mapping[str, str] | None = None,
) -> int:
    """The setting as a whole number within ``least`` and ``most``, both included."""
    raw = text(name, None if default is None else str(default), environ=environ)
    try:
        value = int(raw)
    except ValueError:
        raise SettingError(name, f"is {raw!r}, and must be a whole number") from None
    if least is not None and value < least:
        raise SettingError(name, f"is {value}, and must be at least {least}")
    if most is not None and value > most:
        raise SettingError(name, f"is {value}, and must be at most {most}")
    return value


def folder(name: str, default: Path | None = None, *, environ: Mapping[str, str] | None = None) -> Path:
    """The setting as a path made absolute; it need not exist yet."""
    return Path(text(name, None if default is None else str(default), environ=environ)).expanduser().resolve()


def address(name: str, default: str | None = None, *, environ: Mapping[str, str] | None = None) -> str:
    """The setting as the address of a site: scheme, host and perhaps a port, and nothing after them."""
    value = text(name, default, environ=environ).rstrip("/")
    if value == default:
        return value
    found = _SITE.fullmatch(value)
    if found is None or not 0 < int(found["port"] or 1) < 65_536:
        raise SettingError(name, f"is {value!r}, and must be an address as https://office.example")
    return value


def words(name: str, default: tuple[str, ...] = (), *, environ: Mapping[str, str] | None = None) -> tuple[str, ...]:
    """The setting as a list, parted by commas."""
    value = _read(name, environ)
    return default if value is None else tuple(word.strip() for word in value.split(",") if word.strip())
