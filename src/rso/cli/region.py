"""`rso demo`: the demonstration region."""

from __future__ import annotations

import json
from pathlib import Path

import click

FOLDER = Path("var") / "demonstration"


@click.group(invoke_without_command=True, short_help="Run the demonstration region.")
@click.option("--once", is_flag=True, help="Show both processes, then stop; exit status 0 if all went well, or 1.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object as the last line of standard output.")
@click.option("--fresh", is_flag=True, help="Begin with a new region, whatever the folder holds.")
@click.option(
    "--prints",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="A folder of real prints (FINGER_IMPRESSION.tif and resolutions.json, or folders of them, as FVC2002).",
)
@click.option("--folder", type=click.Path(file_okay=False, path_type=Path), default=FOLDER, show_default=True)
@click.option("--port", default=8000, show_default=True, type=click.IntRange(1024, 65000), help="First port to try.")
@click.option("--browser/--no-browser", default=True, help="Open the office's front page.")
@click.pass_context
def demo(
    context: click.Context,
    once: bool,
    as_json: bool,
    fresh: bool,
    prints: Path | None,
    folder: Path,
    port: int,
    browser: bool,
) -> None:
    """Run the demonstration region: the office, the relay, and the nodes of three invented states."""
    if context.invoked_subcommand is not None:
        context.obj = folder
        return
    from rso.demo.run import Wishes, run

    told = run(Wishes(folder.resolve(), port, once, fresh, browser, prints.resolve() if prints else None))
    if as_json:
        click.echo(json.dumps(told))
    if once and not (told["project_decided"] and told["hit"] and told["disclosed"] and not told["stranger_hit"]):
        raise SystemExit(1)


@demo.command()
@click.pass_context
def links(context: click.Context) -> None:
    """Print fresh one-time sign-in links of the region that runs."""
    from rso.demo.run import links_of_running

    links_of_running(Path(context.obj).resolve())
