"""`rso serve`, `rso work` and `rso manage`: one deployment of the three, its settings from the environment."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import click

DEPLOYMENTS = click.Choice(["office", "relay", "node"])


def choose(deployment: str) -> None:
    """Names the deployment's settings to Django; they are read when Django first asks."""
    os.environ["DJANGO_SETTINGS_MODULE"] = f"rso.config.settings.{deployment}"


def run_management(deployment: str, arguments: list[str]) -> None:
    """Runs a Django command of a deployment in this process."""
    choose(deployment)
    from django.core.management import execute_from_command_line

    execute_from_command_line(["rso manage " + deployment, *arguments])


def bring_up(deployment: str) -> None:
    """Brings every database of a deployment up to date (a node has two)."""
    choose(deployment)
    import django
    from django.conf import settings
    from django.core.management import call_command

    django.setup()
    for alias in settings.DATABASES:
        call_command("migrate", database=alias, verbosity=0, interactive=False)


@click.command()
@click.argument("deployment", type=DEPLOYMENTS)
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option("--port", default=8000, show_default=True, type=click.IntRange(1, 65535))
@click.option("--threads", default=16, show_default=True, type=click.IntRange(1, 256))
@click.option("--workers", default=1, show_default=True, type=click.IntRange(1, 64))
@click.option("--migrate/--no-migrate", default=False, help="Bring the database up to date first.")
@click.option("--certificate", type=click.Path(exists=True, dir_okay=False), help="TLS certificate (PEM).")
@click.option("--key", type=click.Path(exists=True, dir_okay=False), help="TLS private key (PEM).")
def serve(
    deployment: str,
    host: str,
    port: int,
    threads: int,
    workers: int,
    migrate: bool,
    certificate: str | None,
    key: str | None,
) -> None:
    """Serve the office, the relay or a node. Settings come from the environment (docs/reference/settings.md)."""
    if bool(certificate) != bool(key):
        raise click.UsageError("--certificate and --key go together")
    if migrate:
        bring_up(deployment)
    choose(deployment)
    from granian.constants import Interfaces
    from granian.log import LogLevels
    from granian.server import Server

    Server(
        "rso.config.wsgi:application",
        address=host,
        port=port,
        interface=Interfaces.WSGI,
        workers=workers,
        blocking_threads=threads,
        log_access=False,
        log_level=LogLevels.warning,
        ssl_cert=Path(certificate) if certificate else None,
        ssl_key=Path(key) if key else None,
    ).serve()


@click.command()
@click.argument("deployment", type=DEPLOYMENTS)
@click.option("--once", is_flag=True, help="Do what is due and leave.")
def work(deployment: str, once: bool) -> None:
    """Run a deployment's background worker: mail, sweeps, searches, expiry."""
    run_management(deployment, ["work", *(["--once"] if once else [])])


@click.command(context_settings={"ignore_unknown_options": True, "help_option_names": []})
@click.argument("deployment", type=DEPLOYMENTS)
@click.argument("arguments", nargs=-1, type=click.UNPROCESSED)
def manage(deployment: str, arguments: tuple[str, ...]) -> None:
    """Run a management command of a deployment; without one, list them."""
    run_management(deployment, list(arguments) or ["help"])
    sys.exit(0)
