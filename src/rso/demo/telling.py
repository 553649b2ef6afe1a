"""What the demonstration says on the terminal while things happen."""

from __future__ import annotations

import time
from typing import TextIO

import click


class Teller:
    """Writes steps with the seconds since the start; with ``--once`` to standard error, for scripts."""

    def __init__(self, out: TextIO) -> None:
        self._out = out
        self._began = time.monotonic()

    def chapter(self, title: str) -> None:
        """A heading."""
        click.secho(f"\n{title}", bold=True, file=self._out)

    def step(self, who: str, what: str) -> None:
        """One thing that happened: who did what."""
        seconds = time.monotonic() - self._began
        click.echo(f"  {seconds:5.1f} s  {click.style(f'{who:<22}', fg='cyan')} {what}", file=self._out)

    def line(self, text: str = "") -> None:
        click.echo(text, file=self._out)
