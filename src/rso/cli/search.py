"""`rso search`: what an anonymous visitor of an office finds."""

from __future__ import annotations

import json
import os

import click

from rso.cli.deployment import choose
from rso.cli.region import FOLDER


def _or_the_demonstrations() -> None:
    """Where no setting names an office and this folder's demonstration has one, that one is searched."""
    office = FOLDER / "office"
    if not {"RSO_DATA", "RSO_DATABASE_URL"} & set(os.environ) and (office / "office.sqlite3").is_file():
        os.environ["RSO_DATA"] = str(office.resolve())
        click.echo("Searched is the demonstration's office.", err=True)


@click.command()
@click.argument("query")
@click.option("--language", default="", help="Only texts in this language, as th or fa-AF. Default: all.")
@click.option("--kind", default="", help="Only this kind, as resource. Default: all.")
@click.option("--limit", default=10, show_default=True, type=click.IntRange(1, 200), help="Results at most.")
@click.option("--refresh", is_flag=True, help="Bring the index up to date first, as the worker does every minute.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object as the last line of standard output.")
def search(query: str, language: str, kind: str, limit: int, refresh: bool, as_json: bool) -> None:
    """Search an office for QUERY, as an anonymous visitor.

    Settings come from the environment, as for `rso serve`; without any it is the office of this folder's demonstration.
    """
    _or_the_demonstrations()
    choose("office")
    import django
    from django.conf import settings
    from django.db import connection
    from django.utils import timezone

    django.setup()
    from rso.base.errors import RsoError
    from rso.search import actions, queries
    from rso.search.models import Document

    if Document._meta.db_table not in connection.introspection.table_names():
        raise RsoError(
            "no-office", "There is no office in this folder yet: run `rso manage office migrate`, or set RSO_DATA."
        )

    if refresh:
        actions.refresh(now=timezone.now())
    found = queries.find(query, language=language, kind=kind, limit=limit)
    results = [
        {"title": one.title, "url": settings.RSO_BASE_URL.rstrip("/") + one.path, "language": one.language}
        for one in found.documents
    ]
    for result in results:
        click.echo(f"{result['title']}\n  {result['url']} ({result['language']})", err=as_json)
    if not results:
        click.echo("Nothing has all of these words.", err=as_json)
    if as_json:
        click.echo(json.dumps({"results": results, "count": found.count}, ensure_ascii=False))
