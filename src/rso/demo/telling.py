"""What the demonstration says on the terminal while things happen."""

from __future__ import annotations

import os
import shutil
import textwrap
import time
from typing import TextIO

import click

#: Where the words of a step begin, after the seconds.
_INDENT = 11
_WIDEST = 110


class Teller:
    """Writes steps with the seconds since the start; with ``--once`` to standard error, for scripts.

    On a terminal lines are folded at its width and have colours (not with ``NO_COLOR``); in a pipe or a file one
    step is one line, so that it can be searched.
    """

    def __init__(self, out: TextIO) -> None:
        self._out = out
        self._began = time.monotonic()
        is_terminal = out.isatty()
        self._width = min(shutil.get_terminal_size().columns, _WIDEST) if is_terminal else 0
        self._color = is_terminal and not os.environ.get("NO_COLOR")

    def chapter(self, title: str) -> None:
        """A heading."""
        self._write("")
        self._write(click.style("\n".join(self._folded(title, "")), bold=True))

    def step(self, who: str, what: str) -> None:
        """One thing that happened: who did what, a sentence."""
        seconds = f"{time.monotonic() - self._began:6.1f} s   "
        told = "\n".join(self._folded(f"{seconds}{who} {what}", " " * _INDENT))
        # Coloured after folding: a name that was folded itself stays plain.
        self._write(told.replace(f"{seconds}{who}", click.style(seconds, dim=True) + click.style(who, fg="cyan"), 1))

    def line(self, text: str = "") -> None:
        """Words that are no step."""
        self._write("\n".join("\n".join(self._folded(line, "")) for line in text.split("\n")))

    def heading(self, title: str, url: str) -> None:
        """A place and where it is, above its links."""
        self._write("")
        self._write(f"{click.style(title, bold=True)}  {url}")

    def link(self, who: str, url: str) -> None:
        """A one-time link; never folded, so that it can be copied."""
        self._write(f"  {click.style(f'{who:<24}', fg='cyan')} {url}")

    def _folded(self, text: str, indent: str) -> list[str]:
        if not self._width or len(text) <= self._width:
            return [text]
        return textwrap.wrap(
            text,
            self._width,
            subsequent_indent=indent,
            drop_whitespace=True,
            break_long_words=False,
            break_on_hyphens=False,
        )

    def _write(self, text: str) -> None:
        click.echo(text, file=self._out, color=self._color)
