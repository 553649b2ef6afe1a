"""Example texts for a demonstration, as ``data/demonstration.toml`` holds them. They are no guidance of the RSO."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from rso.content.rules import Form, Safety

_FILE: Final = Path(__file__).parent / "data" / "demonstration.toml"
_LABEL: Final = {"en": "(example text, synthetic)", "ar": "(نص توضيحي غير حقيقي)", "th": "(ข้อความตัวอย่าง)"}


@dataclass(frozen=True)
class Part:
    """A part of an example; ``words`` by the code of their language."""

    form: Form
    safety: Safety
    facts: str
    words: Mapping[str, str]

    def said(self, language: str) -> str:
        """Its words, with the label on a title; empty where it is not translated."""
        text = self.words.get(language, "")
        return f"{text} {_LABEL[language]}" if text and self.form == Form.TITLE else text


@dataclass(frozen=True)
class Fact:
    """A fact of an invented state."""

    organisation: str
    kind: str
    said: Mapping[str, Any]


@dataclass(frozen=True)
class Examples:
    """All of them. ``before`` is what a paragraph said until its editor changed it."""

    talking: tuple[Part, ...]
    boat: tuple[Part, ...]
    card: tuple[Part, ...]
    before: str
    facts: tuple[Fact, ...]


def examples() -> Examples:
    """Reads the file."""
    with _FILE.open("rb") as file:
        kept = tomllib.load(file)
    talking, boat, card = (tuple(_part(one) for one in kept[name]) for name in ("talking", "boat", "card"))
    return Examples(talking, boat, card, kept["before"], tuple(Fact(**one) for one in kept["facts"]))


def _part(kept: dict[str, str]) -> Part:
    words = {code: text for code, text in kept.items() if code in _LABEL}
    return Part(Form(kept["form"]), Safety(kept.get("safety", "")), kept.get("facts", ""), words)
