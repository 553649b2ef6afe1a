"""The `rso` command: serve a deployment, run the demonstration, verify evidence, measure.

Heavy imports stay inside the commands, so that ``rso --help`` answers at once.
"""

from __future__ import annotations

import sys

import click

from rso.base.errors import RsoError
from rso.cli import bench, deployment, directory, evidence, region, search


class Loud(click.Group):
    """Turns our own errors into one clear line and exit status 1; a defect keeps its traceback."""

    def invoke(self, ctx: click.Context) -> object:
        try:
            return super().invoke(ctx)
        except RsoError as error:
            click.echo(f"rso: {error}", err=True)
            sys.exit(1)


@click.group(cls=Loud, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(package_name="rso")
def main() -> None:
    """The Regional Support Office's software: the office, the relay, and a member's node.

    Start with `rso demo`, which runs a whole region of invented states on this machine.
    """


main.add_command(deployment.serve)
main.add_command(deployment.work)
main.add_command(deployment.manage)
main.add_command(region.demo)
main.add_command(evidence.evidence)
main.add_command(directory.directory)
main.add_command(search.search)
main.add_command(bench.bench)
