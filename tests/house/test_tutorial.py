"""What the tutorial tells a newcomer to press or to look for is a word that the product says."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

CHECKOUT = Path(__file__).resolve().parent.parent.parent
TUTORIALS = CHECKOUT / "docs/tutorial"
SOURCE = CHECKOUT / "src/rso"
#: Bold in the tutorial, and no name on a page: what the terminal tells of.
NO_NAMES = frozenset({"The region.", "The office.", "The exchange.", "links"})


def bold() -> set[str]:
    text = "\n".join(re.sub(r"^```.*?^```", "", one.read_text(), flags=re.M | re.S) for one in TUTORIALS.glob("*.md"))
    return {" ".join(name.split()) for name in re.findall(r"\*\*(.+?)\*\*", text, flags=re.S)}


def spoken() -> set[str]:
    """Every quoted word of templates' tags and of Python; their first letter is capital, as labels show it."""
    said = set()
    for page in SOURCE.rglob("templates/**/*.html"):
        said |= set(re.findall(r'(?:translate |_\()"([^"]+)"', page.read_text()))
    for module in SOURCE.rglob("*.py"):
        for node in ast.walk(ast.parse(module.read_text())):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in {"_", "N_", "words"}:
                said |= {a.value for a in node.args if isinstance(a, ast.Constant) and isinstance(a.value, str)}
    return {word[:1].upper() + word[1:] for word in said}


SPOKEN = spoken()


@pytest.mark.parametrize("name", sorted(bold() - NO_NAMES))
def test_a_bold_name_is_said_by_a_page(name: str) -> None:
    assert name in SPOKEN


def test_a_name_that_no_page_says_is_found() -> None:
    assert "Compare" in SPOKEN
    assert "Compare them by magic" not in SPOKEN


def test_the_exceptions_are_still_in_the_tutorial() -> None:
    assert bold() >= NO_NAMES
