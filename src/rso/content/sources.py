"""What the core itself has to show to the search: the facts of countries. Texts are entered by the app that has
them."""

from __future__ import annotations

from collections.abc import Iterator

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from rso.content.queries import facts
from rso.search.entries import Entry
from rso.search.sources import register


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
    """Enters them with the search."""
    register("country-fact", _("Fact of a country"), country_facts)
