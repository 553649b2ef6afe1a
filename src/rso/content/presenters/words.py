"""Refusals, bars and events of texts in the reader's language."""

from __future__ import annotations

from typing import Any, Final

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from rso.base.errors import RsoError
from rso.content.actions.publishing import Barred
from rso.content.rules import Bar, ContentEvent, State
from rso.files.errors import FileRefused
from rso.files.presenters import words as file_words

TONES: Final = {State.WRITING: "neutral", State.REVIEW: "info", State.APPROVED: "wait", State.PUBLISHED: "good"}

_REFUSALS: Final = {
    "written-meanwhile": gettext_lazy("Somebody else changed this while you wrote. Compare both, and decide."),
    "held-by-another": gettext_lazy("Somebody else is writing here. Wait until they have left, or take over."),
    "moved-on": gettext_lazy("The text has moved on since this page was opened. Load it again."),
    "own-words": gettext_lazy("Nobody approves their own words: ask somebody else."),
    "reason-needed": gettext_lazy("A reason is needed."),
    "not-approved": gettext_lazy("Somebody else has to approve this text before it is published."),
    "past": gettext_lazy("This moment has passed: choose a later one, or publish now."),
    "nothing-published": gettext_lazy("There is nothing of this to be withdrawn."),
    "code-in-use": gettext_lazy("There is already a text at this address: choose another."),
    "source-not-published": gettext_lazy("The original is not published yet: there is nothing to translate."),
    "not-in-source": gettext_lazy("This part is not in the published original."),
    "structure-is-the-sources": gettext_lazy("Only the original's structure can be changed."),
    "opened-elsewhere": gettext_lazy("Who may read this is decided where it belongs, and not here."),
    "too-long": gettext_lazy("This is too long for one part of a text: divide it."),
    "not-a-picture": gettext_lazy("Only a picture's place in the original takes a picture."),
}

BARS: Final[dict[Bar, Any]] = {
    Bar.NOTHING_THERE: gettext_lazy("Nothing is written yet."),
    Bar.NO_TITLE: gettext_lazy("The title is missing."),
    Bar.NO_SOURCE: gettext_lazy("The original is not published."),
    Bar.SAFETY_STALE: gettext_lazy("Safety hangs on these parts, and their original has changed since:"),
    Bar.SAFETY_MISSING: gettext_lazy("Safety hangs on these parts, and they are not translated:"),
    Bar.SAFETY_MACHINE: gettext_lazy("Safety hangs on these parts; a machine made them, and nobody read them over:"),
    Bar.NO_ALTERNATIVE: gettext_lazy("These pictures have no words for those who cannot see them:"),
}  # fmt: skip

EVENTS: Final[dict[str, Any]] = {
    ContentEvent.BEGUN: gettext_lazy("Begun"),
    ContentEvent.CHANGED: gettext_lazy("Title or readers changed"),
    ContentEvent.EDITION_BEGUN: gettext_lazy("New edition begun"),
    ContentEvent.STRUCTURE_CHANGED: gettext_lazy("Structure changed"),
    ContentEvent.VERSION_BEGUN: gettext_lazy("Translation begun"),
    ContentEvent.ASSIGNED: gettext_lazy("Given to somebody"),
    ContentEvent.WRITTEN: gettext_lazy("Written"),
    ContentEvent.RESTORED: gettext_lazy("Earlier words restored"),
    ContentEvent.SUBMITTED: gettext_lazy("Submitted"),
    ContentEvent.RETURNED: gettext_lazy("Returned for changes"),
    ContentEvent.APPROVED: gettext_lazy("Approved"),
    ContentEvent.SCHEDULED: gettext_lazy("Publication scheduled"),
    ContentEvent.PUBLISHED: gettext_lazy("Published"),
    ContentEvent.WITHDRAWN: gettext_lazy("Withdrawn"),
    ContentEvent.COMMENTED: gettext_lazy("Comment written"),
    ContentEvent.RESOLVED: gettext_lazy("Comment resolved"),
    ContentEvent.LOCK_BROKEN: gettext_lazy("Taken over from somebody else"),
    ContentEvent.EXPORTED: gettext_lazy("Exported"),
    ContentEvent.IMPORTED: gettext_lazy("Imported"),
    ContentEvent.RECORDED: gettext_lazy("Recording added"),
}


def words(error: RsoError) -> str:
    """A refusal: what is wrong, and what to do."""
    if isinstance(error, FileRefused):
        return file_words(error, limit=settings.RSO_FILE_LIMIT)
    if isinstance(error, Barred):
        return " ".join(str(BARS[bar]) for bar in error.bars)
    return str(_REFUSALS.get(error.code, _("This cannot be done now.")))
