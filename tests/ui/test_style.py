"""The style sheets and templates of the whole house, read as text."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

SOURCE = Path(__file__).resolve().parents[2] / "src" / "rso"
SHEETS = sorted(SOURCE.glob("**/static/**/*.css"))
OURS = sorted((SOURCE / "ui/static/ui/css").glob("*.css"))
TEMPLATES = sorted(SOURCE.glob("**/templates/**/*.html"))
BLOCK = re.compile(r"([^{}]+)\{([^{}]*)\}")
PAIRS = [  # text on ground: AA asks for 4.5
    ("ink", "paper"), ("ink", "surface"), ("ink", "sunk"), ("ink-soft", "paper"), ("ink-soft", "surface"),
    ("ink-soft", "sunk"), ("accent", "paper"), ("accent", "surface"), ("accent", "accent-tint"), ("accent", "sunk"),
    ("accent-deep", "paper"), ("accent-deep", "accent-tint"), ("on-accent", "accent"), ("on-accent", "accent-deep"),
    ("on-band", "band"), ("good", "good-tint"), ("good", "surface"), ("wait", "wait-tint"), ("wait", "surface"),
    ("bad", "bad-tint"), ("bad", "paper"), ("bad", "surface"), ("on-bad", "bad"), ("on-bad", "bad-deep"),
    ("info", "info-tint"), ("info", "surface"), ("ink", "good-tint"), ("ink", "wait-tint"), ("ink", "bad-tint"),
    ("ink", "info-tint"),
]  # fmt: skip
EDGES = [  # borders of inputs and rings of focus on ground: AA asks for 3
    ("line-strong", "paper"), ("line-strong", "surface"), ("focus", "paper"), ("focus", "surface"), ("focus", "sunk"),
    ("accent", "surface"),
]  # fmt: skip


def tokens() -> dict[str, dict[str, str]]:
    """Selector to its tokens, from tokens.css; the copies inside of the media query carry an ``@`` in front."""
    text = re.sub(r"/\*.*?\*/", "", (SOURCE / "ui/static/ui/css/tokens.css").read_text(), flags=re.S)
    before, wish, after = re.split(r"(@media \(prefers-color-scheme: dark\) \{.*?\n  \})", text, maxsplit=1, flags=re.S)
    found: dict[str, dict[str, str]] = {}
    for mark, part in (("", before), ("@", wish.split("{", 1)[1]), ("", after)):
        for selector, body in BLOCK.findall(part):
            name = mark + " ".join(selector.split(";")[-1].split())
            found[name] = dict(re.findall(r"--([\w-]+):\s*(#[0-9a-f]{6})", body))
    return found


def palette(deployment: str, dark: bool) -> dict[str, str]:
    found = tokens()
    colours = found[":root"] | found.get(f'[data-deployment="{deployment}"]', {})
    if dark:
        colours = colours | found[':root[data-theme="dark"]']
        colours |= found.get(f'[data-deployment="{deployment}"][data-theme="dark"]', {})
    return colours


def luminance(colour: str) -> float:
    """Relative luminance as WCAG 2.2 defines it."""
    channels = (int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5))
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def test_contrast_is_computed_as_wcag_says() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#767676", "#ffffff") == pytest.approx(4.54, abs=0.01)


@pytest.mark.parametrize("dark", [False, True])
@pytest.mark.parametrize("deployment", ["office", "relay", "node"])
def test_every_pair_of_ink_and_paper_is_legible(deployment: str, dark: bool) -> None:
    colours = palette(deployment, dark)
    faint = {
        f"{ink} on {paper}": round(ratio, 2)
        for pairs, least in ((PAIRS, 4.5), (EDGES, 3.0))
        for ink, paper in pairs
        if (ratio := contrast(colours[ink], colours[paper])) < least
    }
    assert not faint


def test_dark_by_wish_and_dark_by_switch_are_the_same() -> None:
    found = tokens()
    wished = {name[1:].replace(':not([data-theme="light"])', ""): v for name, v in found.items() if name[0] == "@"}
    switched = {
        name.replace('[data-theme="dark"]', ""): values for name, values in found.items() if "data-theme" in name
        and name[0] != "@"
    }  # fmt: skip
    assert len(wished) == 3
    assert wished == switched


def rules(sheet: Path) -> Iterator[tuple[int, str]]:
    text = re.sub(r"/\*.*?\*/", lambda m: "\n" * m.group().count("\n"), sheet.read_text(), flags=re.S)
    yield from enumerate(text.splitlines(), 1)


PHYSICAL = re.compile(
    r"(?<![\w-])(?:"
    r"(?:(?:margin|padding|border|scroll-margin|scroll-padding|inset)-(?:left|right|top|bottom)"
    r"|left|right|top|bottom|width|height|(?:min|max)-(?:width|height)|border-(?:top|bottom)-(?:left|right)-radius)\s*:"
    r"|(?:float|clear|text-align)\s*:\s*(?:left|right))"
)


def test_style_sheets_know_no_left_and_no_right() -> None:
    assert PHYSICAL.search("a { margin-left: 1px }")
    assert PHYSICAL.search("a { text-align: right; }")
    assert not PHYSICAL.search("a { margin-inline-start: 1px; border-inline-end: 0; max-inline-size: 2px }")
    found = [
        f"{sheet.relative_to(SOURCE)}:{line}: {text.strip()}"
        for sheet in SHEETS
        for line, text in rules(sheet)
        if not text.strip().startswith("@media") and PHYSICAL.search(text)
    ]
    assert not found


def test_the_look_is_light() -> None:
    """What every page loads, as the frame says; few pages load a sheet of their own."""
    frame = (SOURCE / "ui/templates/ui/base.html").read_text()
    named = re.search(r'for sheet in "([a-z ]+)"', frame)
    assert named is not None
    loaded = [sheet for sheet in OURS if sheet.stem in named[1].split()]
    assert len(loaded) == len(named[1].split())
    assert sum(sheet.stat().st_size for sheet in loaded) < 40_000


def test_nothing_is_fetched_from_elsewhere() -> None:
    scripts = [s for s in SOURCE.glob("**/static/**/*.js") if "vendor" not in s.parts]
    away = re.compile(r"""(?:https?:)?//[\w-]+\.\w|@import|url\(\s*["']?(?:https?:|//)""")
    allowed = "http://www.w3.org/"  # a name space, never fetched
    found = [
        f"{path.relative_to(SOURCE)}: {hit.group()}"
        for path in [*SHEETS, *scripts]
        for hit in away.finditer(path.read_text().replace(allowed, ""))
    ]
    for path in TEMPLATES:
        found += [
            f"{path.relative_to(SOURCE)}: {hit}"
            for hit in re.findall(
                r"<(?:link|script|img|image|iframe|source)\b[^>]*(?:https?:)?//[^>]*>", path.read_text()
            )
        ]
    assert not found


def test_no_template_holds_a_style_or_a_script_of_its_own() -> None:
    assert len(TEMPLATES) > 50
    found = []
    for path in TEMPLATES:
        text = re.sub(r"\{%\s*comment\s*%\}.*?\{%\s*endcomment\s*%\}|\{#.*?#\}", "", path.read_text(), flags=re.S)
        held = re.findall(r"<style\b|\sstyle=|\son[a-z]+=[\"']|javascript:", text)
        for opening in re.findall(r"<script\b[^>]*>", text):
            if "src=" not in opening and "application/json" not in opening:
                held.append(opening)
        found += [f"{path.relative_to(SOURCE)}: {what}" for what in held]
    assert not found


def test_every_class_in_a_template_has_a_rule() -> None:
    known = {name for sheet in SHEETS for name in re.findall(r"\.([a-zA-Z][\w-]*)", sheet.read_text())}
    unknown = []
    for path in TEMPLATES:
        text = re.sub(r"\{%.*?%\}|\{\{.*?\}\}|\{#.*?#\}", " ", path.read_text(), flags=re.S)
        for names in re.findall(r'class="([^"]*)"', text):
            unknown += [f"{path.relative_to(SOURCE)}: {n}" for n in names.split() if n not in known and n[-1] != "-"]
    assert not unknown
