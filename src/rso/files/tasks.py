"""Work of the files app that nobody asks for."""

from __future__ import annotations

from rso.files import actions
from rso.jobs.registry import every


@every(seconds=12 * 3600, name="files.sweep")
def sweep() -> None:
    actions.sweep()
