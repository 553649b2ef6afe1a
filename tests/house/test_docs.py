"""What the documentation names is there."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import click
import pytest
from click.testing import CliRunner
from django.core.management import get_commands

from rso.cli.main import main

CHECKOUT = Path(__file__).resolve().parent.parent.parent
DOCS = CHECKOUT / "docs"
PAGES = sorted([*DOCS.rglob("*.md"), *CHECKOUT.glob("*.md")])
DEPLOYMENTS = ("office", "relay", "node")


def without_code(text: str) -> str:
    return re.sub(r"`[^`\n]*`", "", re.sub(r"^```.*?^```", "", text, flags=re.M | re.S))


def links(page: Path) -> Iterator[str]:
    """Targets of the page's links and pictures that are files of ours."""
    for target in re.findall(r"!?\[[^\]]*\]\(([^)\s]+)\)", without_code(page.read_text())):
        if not re.match(r"[a-z]+:|#", target):
            yield target


def anchors(page: Path) -> set[str]:
    """The headings' anchors, as the usual viewers make them."""
    heads = re.findall(r"^#+\s+(.+)$", page.read_text(), flags=re.M)
    return {re.sub(r"[^\w\- ]", "", head.lower()).strip().replace(" ", "-") for head in heads}


def test_links_lead_somewhere() -> None:
    broken = []
    for page in PAGES:
        for target in links(page):
            path, _, anchor = target.partition("#")
            there = (page.parent / path).resolve()
            if not there.exists() or (anchor and there.suffix == ".md" and anchor not in anchors(there)):
                broken.append(f"{page.relative_to(CHECKOUT)}: {target}")
    assert not broken


def test_every_page_is_reached_from_the_first() -> None:
    reached, todo = set(), [DOCS / "README.md"]
    while todo:
        page = todo.pop()
        if page in reached or page.suffix != ".md" or not page.exists():
            continue
        reached.add(page)
        todo += [(page.parent / target.partition("#")[0]).resolve() for target in links(page)]
    lost = [str(page.relative_to(CHECKOUT)) for page in DOCS.rglob("*.md") if page not in reached]
    assert not lost


def named() -> set[tuple[str, ...]]:
    """The words after `rso` of every command in a block or a span of code, up to the first option or value."""
    found = set()
    for page in PAGES:
        code = re.findall(r"^```[a-z]*\n(.*?)^```", page.read_text(), flags=re.M | re.S)
        code += re.findall(r"`([^`\n]+)`", page.read_text())
        for line in (line.strip() for block in code for line in block.splitlines()):
            if match := re.match(r"(?:\$ )?(?:[A-Z_]+=\S+ )*(?:\.venv/bin/)?rso ((?:[a-z_]+ ?)+)", line):
                found.add(tuple(match[1].split()))
    return found


def tree(command: click.Command, path: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    """Every command of ours that does something."""
    if not isinstance(command, click.Group):
        yield path
        return
    if command.invoke_without_command:
        yield path
    for name, child in command.commands.items():
        yield from tree(child, (*path, name))


def own_management_commands() -> set[str]:
    return {name for name, app in get_commands().items() if app.startswith("rso.")}


@pytest.mark.parametrize("words", sorted(named()), ids=" ".join)
def test_a_named_command_is_there(words: tuple[str, ...]) -> None:
    if words[0] == "manage":
        assert len(words) == 1 or words[1] in DEPLOYMENTS
        assert len(words) < 3 or words[2] in get_commands()
        return
    command: click.Command = main
    known = []
    for word in words:
        if not isinstance(command, click.Group) or word not in command.commands:
            break
        command = command.commands[word]
        known.append(word)
    assert known, f"rso {words[0]} is not a command"
    answer = CliRunner().invoke(main, [*known, "--help"])
    assert answer.exit_code == 0, answer.output


def test_every_command_is_documented_and_no_other() -> None:
    text = (DOCS / "reference/commands.md").read_text()
    listed = {tuple(words.split()) for words in re.findall(r"^\| `rso ([a-z ]+)`", text, flags=re.M)}
    assert listed == set(tree(main))
    managed = set(re.findall(r"^\| `([a-z_]+)` \|", text, flags=re.M))
    assert managed - {"migrate"} == own_management_commands()
