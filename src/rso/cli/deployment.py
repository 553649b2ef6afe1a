"""`rso serve`, `rso work` and `rso manage`: one deployment of the three, its settings from the environment."""

from __future__ import annotations

import ipaddress
import os
import socket
import ssl
import sys
from pathlib import Path

import click

from rso.base.errors import RsoError

DEPLOYMENTS = click.Choice(["office", "relay", "node"])


def choose(deployment: str) -> None:
    """Names the deployment's settings to Django; they are read when Django first asks."""
    os.environ["DJANGO_SETTINGS_MODULE"] = f"rso.config.settings.{deployment}"


def run_management(deployment: str, arguments: list[str]) -> None:
    """Runs a Django command of a deployment in this process."""
    choose(deployment)
    from django.core.management import execute_from_command_line
    from django.db.utils import OperationalError, ProgrammingError

    try:
        execute_from_command_line(["rso manage " + deployment, *arguments])
    except (OperationalError, ProgrammingError) as error:
        # PostgreSQL says so where a table is missing; any other such error is a defect, and keeps its traceback.
        if isinstance(error, ProgrammingError) and "does not exist" not in str(error):
            raise
        said = str(error).partition("\n")[0].rstrip(".")
        message = f"The database: {said}. Does it run, and was it brought up to date (rso manage {deployment} migrate)?"
        raise RsoError("database", message) from error


def bring_up(deployment: str) -> None:
    """Brings every database of a deployment up to date (a node has two)."""
    choose(deployment)
    import django
    from django.conf import settings
    from django.core.management import call_command

    django.setup()
    for alias in settings.DATABASES:
        call_command("migrate", database=alias, verbosity=0, interactive=False)
    close_databases()


def close_databases() -> None:
    """Leaves nothing open for the server's own processes, which begin as copies of this one.

    A pool of connections that is copied has lost the threads that replace what breaks, and shares its connections.
    """
    from django.db import connections

    for connection in connections.all(initialized_only=True):
        connection.close()
        if hasattr(connection, "close_pool"):
            connection.close_pool()


def read_settings() -> None:
    """Reads them here and now: in the server's own processes a wrong one would be a traceback each."""
    from django.conf import settings

    _ = settings.SECRET_KEY


def check_address(host: str, port: int) -> None:
    """Raises ``RsoError`` where nobody can listen: the server itself would say it in a hundred lines."""
    try:
        family = socket.AF_INET6 if ipaddress.ip_address(host).version == 6 else socket.AF_INET
    except ValueError:
        raise RsoError("bad-address", f"{host} is no IP address to listen on. Give one, as 127.0.0.1 or ::1.") from None
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
            probe.listen()
        except OSError as error:
            raise RsoError("cannot-listen", f"Cannot listen on {host}, port {port}: {error.strerror}.") from error


def check_certificate(certificate: str, key: str) -> None:
    """Raises ``RsoError`` for files that are no certificate and its key."""
    try:
        ssl.create_default_context(ssl.Purpose.CLIENT_AUTH).load_cert_chain(certificate, key)
    except (OSError, ValueError) as error:
        message = f"{certificate} and {key} are no certificate and its key: {error}."
        raise RsoError("bad-certificate", message) from error


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
    read_settings()
    if certificate and key:
        check_certificate(certificate, key)
    check_address(host, port)
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


@click.command(short_help="Run a deployment's background worker.")
@click.argument("deployment", type=DEPLOYMENTS)
@click.option("--once", is_flag=True, help="Do what is due and leave.")
def work(deployment: str, once: bool) -> None:
    """Run a deployment's background worker: mail, sweeps, searches, expiry."""
    run_management(deployment, ["work", *(["--once"] if once else [])])


class Passing(click.Command):
    """Leaves every option to the command that it passes on, but for a ``--help`` that stands first."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        if args[:1] in (["--help"], ["-h"]):
            click.echo(self.get_help(ctx))
            ctx.exit()
        return super().parse_args(ctx, args)


@click.command(
    cls=Passing,
    context_settings={"ignore_unknown_options": True, "help_option_names": []},
    short_help="Run a management command of a deployment.",
)
@click.argument("deployment", type=DEPLOYMENTS)
@click.argument("arguments", nargs=-1, type=click.UNPROCESSED)
def manage(deployment: str, arguments: tuple[str, ...]) -> None:
    """Run a management command of a deployment; without one, list them."""
    run_management(deployment, list(arguments) or ["help"])
    sys.exit(0)
