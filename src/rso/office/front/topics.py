"""Help where it is needed: what each main page is for, in a sentence or two. The page "Help" shows all of it."""

from __future__ import annotations

from typing import Any, Final

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from rso.ui.parts import Topic

#: By the name of the page's route: title and text. An app above may add its own with ``enter``.
_TOPICS: Final[dict[str, tuple[Any, Any]]] = {
    "front:desk": (
        _("My desk"),
        _("What waits for you from all parts of the office, your drafts, and what you worked on last. What is past its "
          "day is marked. Nothing here is anybody else's to see."),
    ),
    "front:members": (
        _("Members"),
        _("Who is a member on a day. Choose another day below the list to see the membership of then."),
    ),
    "front:resources": (_("Resources"), _("What the RSO has published, under the official titles.")),
    "front:search": (
        _("Search"),
        _("Write words in any language. Accents, vowel marks and digits of your keyboard make no difference, and you "
          "find only what you may see."),
    ),
    "content:works": (
        _("Texts"),
        _("Everything that is written here, in all languages. Open one to write, translate, read over or publish it."),
    ),
    "content:write": (
        _("Writing"),
        _("Each part is kept as you type. Mark a part as safety-critical if somebody's safety hangs on it: then an "
          "older translation of it is never shown. Telephone numbers belong into the country's facts."),
    ),
    "content:version": (
        _("A text in one language"),
        _("Write, let somebody else read it over, publish it now or at a moment. Nobody approves their own words."),
    ),
    "translation:overview": (
        _("Translation"),
        _("What is to be translated into your languages, what is older than its original, what waits for a sign-off."),
    ),
    "translation:screen": (
        _("Translating"),
        _("The original on one side, your words on the other. What changed, and what memory and glossary know, stands "
          "below each part. If your words still hold, say so."),
    ),
    "facts:keep": (
        _("Facts of a country"),
        _("A hotline or a referral body is kept here once, by its member. Every text in every language shows it."),
    ),
    "contacts:member": (
        _("My member"),
        _("Who holds which seat, the focal points and the facts of your country, and what is to be confirmed."),
    ),
    "contacts:focal-points": (
        _("Focal points"),
        _("Whom to reach at each member for a subject, with hours in their time zone. Members keep their own entries."),
    ),
    "contacts:copy": (
        _("A copy to take along"),
        _("One file that opens without a network. Its words are shown once and kept nowhere: write them down apart "
          "from the file."),
    ),
    "directory:start": (
        _("Directory"),
        _("The dated facts about members, bodies and posts. A change is a new version; what was so stays readable."),
    ),
    "directory:posts": (_("Posts"), _("Who held which post on a day. What nobody knows is shown as not known.")),
    "library:home": (
        _("Library"),
        _("Guides, training materials, reports. You find what is open to you; each record says who else may read it."),
    ),
    "library:keep": (
        _("Keeping the library"),
        _("Add a record, then its files. To open something to more people takes two persons."),
    ),
    "projects:projects": (_("Projects"), _("What is being done. A project comes of a proposal of a member.")),
    "projects:proposals": (
        _("Proposals"),
        _("A member drafts a proposal; both Co-Managers assess it, the Steering Group is consulted, and two signatures "
          "decide. What waits for you stands beside the list."),
    ),
    "intake:ways": (
        _("Working with the RSO"),
        _("Choose the form that fits. You confirm your address by a link in a mail; then a person answers by a day "
          "that you are told."),
    ),
    "intake:queue": (
        _("Enquiries"),
        _("Open one and take it, or give it to a colleague. Answer it, set it aside, or let it become what it offers: "
          "an organisation, a proposal, a secondment or a listing."),
    ),
    "intake:enquiry": (
        _("An enquiry"),
        _("Whoever takes it answers it. Notes are for colleagues alone. What comes of it is linked both ways, and can "
          "be taken back as long as nothing depends on it."),
    ),
    "intake:retention": (
        _("What is erased"),
        _("After some months an enquiry loses names, addresses and words. Here you see it before it happens."),
    ),
    "intake:secondments": (
        _("Secondments"),
        _("Offered, considered, accepted or declined, placed, ended with a report. Each is on a project of its own."),
    ),
    "intake:listings": (
        _("Training listings"),
        _("A draft first, then confirmed by its provider. One that nobody has confirmed for long lapses."),
    ),
    "intake:mine": (_("My enquiries"), _("What you wrote to the RSO, and what became of it.")),
    "notices:notices": (
        _("My notices"),
        _("What concerns you. Opening one marks it as read. Choose how you are told by mail under “How I am told”."),
    ),
    "notices:wishes": (
        _("How I am told"),
        _("For each kind: mail at once, one mail a day or a week, or this site alone. Digests come in the morning of "
          "your time zone."),
    ),
    "notices:outbox": (
        _("Outgoing mail"),
        _("Mail that waits, went out or could not be sent. What could not be sent can be tried again."),
    ),
    "accounts:people": (
        _("People"),
        _("Whoever has an account. What they may do hangs on their seats: give one, or end it."),
    ),
    "accounts:organisations": (
        _("Organisations"),
        _("Members, observers and interested parties, with their agencies. Codes stay for good."),
    ),
    "defaults:settings": (
        _("Settings"),
        _("Figures of this office that may be changed. Each change holds at once and is in the audit."),
    ),
    "front:administration": (
        _("Administration"),
        _("The state of the office's machinery, and the ways to all that an administrator looks after."),
    ),
    "front:jobs": (
        _("Background work"),
        _("What failed for good waits here. Try it again once its cause is gone, or dismiss it."),
    ),
    "audit:entries": (
        _("Audit"),
        _("Every change, in a chain that shows if a row was altered. It holds codes and numbers, and no names."),
    ),
}  # fmt: skip


def enter(route: str, title: Any, text: Any) -> None:
    """Adds the topic of a page, by the name of its route."""
    _TOPICS[route] = (title, text)


def anchor(route: str) -> str:
    """The place of a topic on the page "Help"."""
    return route.replace(":", "-")


def all_topics() -> list[tuple[str, Topic]]:
    """Every topic with its place on the page "Help"."""
    return [(anchor(route), Topic(title, text)) for route, (title, text) in _TOPICS.items()]


def of_page(request: HttpRequest) -> Topic | None:
    """The topic of the page that is asked for, if it has one."""
    match = request.resolver_match
    known = _TOPICS.get(match.view_name) if match is not None else None
    if match is None or known is None:
        return None
    return Topic(*known, href=f"{reverse('front:help')}#{anchor(match.view_name)}")
