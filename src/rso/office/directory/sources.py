"""What the directory has to show to the search: members, bodies, statements, resources, as they stand today."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any, Final

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from rso.office.directory import queries
from rso.office.directory.models import Passage, Term
from rso.search.entries import Entry
from rso.search.sources import register

#: What is shipped is written in English; other languages come with the editorial core.
_LANGUAGE: Final = "en"
#: Where the page "About" has each kind of statement.
_PLACES: Final = {
    Passage.Kind.PURPOSE: "/about/#purpose",
    Passage.Kind.OBJECTIVE: "/about/#objectives",
    Passage.Kind.BACKGROUND: "/about/#framework",
    Passage.Kind.PRINCIPLE: "/about/#framework",
    Passage.Kind.GOVERNANCE: "/about/#governance",
    Passage.Kind.ADDRESS: "/about/#address",
}


def _today() -> date:
    return timezone.localdate()


def members() -> Iterator[Entry]:
    """Members, found by either name and by their group."""
    for row in queries.members(_today()):
        names = "" if row.official_name == row.display_name else f"{row.official_name}. "
        body = f"{names}{row.get_status_display()}. {row.group.name}."
        code = row.organisation.code
        yield Entry("member", code, _LANGUAGE, row.display_name, body, f"/members/#member-{code}")
    for row in queries.observers(_today()):
        code = row.organisation.code
        yield Entry(
            "member", code, _LANGUAGE, row.display_name, f"{row.get_status_display()}.", f"/members/#member-{code}"
        )


def bodies() -> Iterator[Entry]:
    """Working groups, task forces, forums and organs of governance, with those who chair them."""
    for governance in (False, True):
        for row in queries.bodies(_today(), governance=governance):
            body = f"{row.purpose} {_chairs(row)}".strip()
            yield Entry("body", row.code, _LANGUAGE, row.name, body, "/about/#organs")


def _chairs(row: Any) -> str:
    """``row`` is a body of ``queries.bodies``, which hangs its posts and holders of the day on it."""
    return ", ".join(term.organisation.name for term in row.chairs_now)


def posts() -> Iterator[Entry]:
    """Who holds a post, and who held it before: found by the holder, the post and the body. Persons are not told."""
    for term in [*queries.terms(_today()), *queries.past_terms(_today())]:
        post = term.post
        title = f"{post.name}, {post.body.name}: {term.organisation.name}"
        said = [f"since {term.since}" if term.since else "", f"until {term.until}" if term.until else ""]
        person = term.person if term.person_is_public else ""
        body = ". ".join(part for part in (person, *said) if part)
        yield Entry("post", str(term.pk), _LANGUAGE, title[:400], body, _post_path(term))


def _post_path(term: Term) -> str:
    """The page of posts on a day on which the term held, so far as one is known."""
    if term.until is None:
        return f"/posts/#term-{term.pk}"
    return f"/posts/?on={term.until - timedelta(days=1)}#term-{term.pk}"


def passages() -> Iterator[Entry]:
    """What the RSO says of itself."""
    for kind in Passage.Kind:
        for row in queries.passages(kind, _today()):
            yield Entry("passage", f"{row.kind}-{row.code}", _LANGUAGE, str(kind.label), row.text, _PLACES[kind])


def resources() -> Iterator[Entry]:
    """Resources by official title."""
    for row in queries.resources(_today()):
        body = f"{row.about} {row.partner}".strip()
        yield Entry("resource", row.code, _LANGUAGE, row.title, body, f"/resources/#{row.code}")


def enter() -> None:
    """Enters them with the search."""
    register("member", _("Member"), members)
    register("body", _("Working group, forum or organ"), bodies)
    register("post", _("Who holds which seat"), posts)
    register("passage", _("About the RSO"), passages)
    register("resource", _("Resource"), resources)
