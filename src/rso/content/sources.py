"""What the core has to show to the search: pages in each language in which they are read, and facts of countries."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from rso.content.kinds import Kind, kinds
from rso.content.kinds import register as register_kind
from rso.content.markup import plain
from rso.content.models import Work
from rso.content.queries import Read, facts, published_works, told
from rso.content.rules import Form, Shown
from rso.search.entries import Entry
from rso.search.sources import register

PAGE: Final = "page"


def path(code: str, language: str) -> str:
    """Where a page is read."""
    return reverse("content:page-in", args=[code, language]) if language else reverse("content:page", args=[code])


def pages() -> Iterator[Entry]:
    """All that is published of kind "page"."""
    for work in published_works(PAGE):
        yield from entries(work)


def entries(work: Work) -> Iterator[Entry]:
    """A work in each of its languages: the words that readers are shown. What is withheld is not among them."""
    source = told(work)
    for language in source.languages if source else ():
        shown = told(work, language)
        if shown is not None:
            yield _entry(work, language, shown)


def _entry(work: Work, language: str, shown: Read) -> Entry:
    readings = [one for one in shown.readings if one.block.text]
    title = next((plain(one.block.text) for one in readings if one.block.form == Form.TITLE), work.title)
    # Words in the source's language are found in the source's own entry.
    own = [one for one in readings if one.block.form != Form.TITLE and (one.is_translated or shown.translation is None)]
    body = "\n".join(plain(one.block.text) for one in own if one.shown != Shown.WITHHELD)
    return Entry(
        work.kind, work.code, language, title, body, kinds()[work.kind].path(work.code, language), work.audience
    )


def country_facts() -> Iterator[Entry]:
    """Facts in use, once in English and once in each language in which they have a name of their own."""
    for one in facts():
        fact, state = one.fact, one.state
        path = reverse("facts:country", args=[fact.organisation.code]) + f"#fact-{fact.pk}"
        said = " ".join(filter(None, (str(fact.get_kind_display()), state.telephone, state.hours, state.note)))
        for language in ("en", *sorted(state.names)):
            title = f"{one.name(language)} ({fact.organisation.name})"
            yield Entry("country-fact", f"{fact.pk}-{language}", language, title, said, path)


def enter() -> None:
    """Enters pages as a kind of work, and pages and facts with the search."""
    register_kind(Kind(PAGE, _("Page"), path))
    register(PAGE, _("Page"), pages)
    register("country-fact", _("Fact of a country"), country_facts)
