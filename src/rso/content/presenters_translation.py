"""What translators and reviewers read of states, faults and refusals."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from rso.accounts.rules import NotAllowed
from rso.base.errors import RsoError
from rso.content.actions.exchange import Outcome
from rso.content.actions.publishing import Barred
from rso.content.checks import GRAVE, Fault, Finding
from rso.content.markup import clean
from rso.content.rules import Bar, Standing
from rso.files.errors import FileRefused
from rso.files.presenters import words as file_words
from rso.files.rules import AUDIO
from rso.sheets import SheetError
from rso.ui import parts
from rso.ui.languages import language_of
from rso.ui.sheets import words_of as sheet_words

SHOWN = {
    "current": (gettext_lazy("current"), "good"),
    "older": (gettext_lazy("older than the source"), "wait"),
    "missing": (gettext_lazy("not translated"), "neutral"),
    "withheld": (gettext_lazy("older: withheld from readers"), "bad"),
}
STATE_TONES = {"writing": "info", "review": "wait", "approved": "accent", "published": "good"}
FILTERS = {
    "all": gettext_lazy("All parts"),
    "open": gettext_lazy("To do"),
    "older": gettext_lazy("Older"),
    "missing": gettext_lazy("Not translated"),
    "safety": gettext_lazy("Safety-critical"),
    "machine": gettext_lazy("Made by a machine"),
}
OUTCOMES = {
    Outcome.NEW: (gettext_lazy("new"), "good"),
    Outcome.CHANGED: (gettext_lazy("changed"), "good"),
    Outcome.OLDER: (gettext_lazy("the source has changed since: kept as older"), "wait"),
    Outcome.SAME: (gettext_lazy("the same as here"), "neutral"),
    Outcome.EMPTY: (gettext_lazy("empty in the file: nothing is done"), "neutral"),
    Outcome.FUZZY: (gettext_lazy("not finished in the file (fuzzy): nothing is done"), "neutral"),
    Outcome.CONFLICT: (gettext_lazy("newer words are here: decide"), "bad"),
    Outcome.UNKNOWN: (gettext_lazy("no such part here"), "bad"),
    Outcome.OTHER_SOURCE: (gettext_lazy("its source was never published here"), "bad"),
}
BARS = {
    Bar.NOTHING_THERE: gettext_lazy("There are no words yet."),
    Bar.NO_TITLE: gettext_lazy("There is no title."),
    Bar.NO_SOURCE: gettext_lazy("The source is not published."),
    Bar.SAFETY_STALE: gettext_lazy("Safety-critical parts are older than the source."),
    Bar.SAFETY_MISSING: gettext_lazy("Safety-critical parts are not translated."),
    Bar.SAFETY_MACHINE: gettext_lazy("A machine made safety-critical parts, and nobody has read them over."),
    Bar.NO_ALTERNATIVE: gettext_lazy("A picture has no alternative text."),
}


def html(text: str) -> SafeString:
    """A segment's words as they are shown: cleaned again, although they were when they were kept."""
    return SafeString(clean(text))  # nh3 leaves a few inline tags


def fault_words(finding: Finding) -> str:
    """A finding in the reader's language."""
    about = ", ".join(finding.about)
    said = {
        Fault.NUMBERS: _("These figures differ from the source: %(about)s."),
        Fault.TELEPHONE: _("These telephone numbers differ from the source: %(about)s."),
        Fault.LINKS: _("These links differ from the source: %(about)s."),
        Fault.TAGS: _("Emphasis or links are not as in the source: %(about)s."),
        Fault.PLACES: _("These places that are filled in differ: %(about)s."),
        Fault.TERM: _("The glossary has a translation that is not used here: %(about)s."),
        Fault.AVOIDED: _("The glossary says not to use this: %(about)s."),
        Fault.SAME: _("The words are the source's own."),
    }
    return said[finding.fault] % {"about": about}


def findings(found: Any) -> list[dict[str, str]]:
    """Findings with their words and their tone."""
    return [{"words": fault_words(one), "tone": "bad" if one.fault in GRAVE else "wait"} for one in found]


def words(error: RsoError) -> str:
    """A refusal in the reader's language: what is wrong, and what to do. Whoever may not do it at all gets the page
    that says so, and is raised again."""
    if isinstance(error, NotAllowed):
        raise error
    if isinstance(error, FileRefused):
        return file_words(error, limit=settings.RSO_FILE_LIMIT, kinds=AUDIO)
    if isinstance(error, Barred):
        return " ".join(str(BARS[bar]) for bar in error.bars)
    if isinstance(error, SheetError):
        return sheet_words(error)
    about = getattr(error, "about", "")
    said = {
        "written-meanwhile": _("Somebody else changed this while you wrote. Compare both, and decide."),
        "held-by-another": _("Somebody else is writing here. Wait until they have left, or ask them."),
        "too-long": _("This is too long for one part of a text."),
        "source-not-published": _("The source is not published yet: there is nothing to translate."),
        "not-in-source": _("This part is not in the published source any more. Load the page again."),
        "moved-on": _("The text has moved on since this page was opened. Load it again."),
        "own-words": _("Nobody approves their own words: ask another national reviewer."),
        "reason-needed": _("Say what should be changed."),
        "not-approved": _("A national reviewer has to approve this before it is published."),
        "safety-differs": _("Figures or links differ from the source, so this cannot be still right. Correct it."),
        "nothing-there": _("There are no words here that could be still right."),
        "nothing-to-speak": _("There are no words here yet that could be read aloud."),
        "term-in-use": _("This term has a line already: change that one."),
        "term-incomplete": _("A line needs its term, and its translation or what is not to be said."),
        "term-too-long": _("A term has at most 200 characters, a note 500."),
        "file-empty": _("The file is empty. Choose another one."),
        "file-too-large": _("The file is too large."),
        "not-utf8": _("The file is not in UTF-8 (%(about)s). Save it again as UTF-8."),
        "not-po": _("This is not a whole PO file. %(about)s"),
        "not-xliff": _("This is not a whole XLIFF 2 file. %(about)s"),
        "plural": _("The file has entries with plural forms. They do not belong into a text's file."),
        "entities": _("The file declares a document type or entities. Such files are refused: save it without."),
        "not-ours": _(
            "The file does not say which text it belongs to (%(about)s). Only files exported here are taken."
        ),
        "no-key": _("An entry of the file has lost its key: %(about)s"),
        "key-twice": _("The part “%(about)s” stands twice in the file. Remove one of the two."),
        "too-many-parts": _("The file has too many parts: %(about)s."),
        "other-work": _("This file belongs to another text: %(about)s."),
        "other-edition": _("This file belongs to another edition: %(about)s. Export this edition, and go on in it."),
        "other-language": _("This file is in another language: %(about)s."),
        "arrival-gone": _("This file was sent too long ago: send it again."),
    }
    found = said.get(error.code, error.message)
    return found % {"about": about} if "%(about)s" in found else found


def progress(stands: Standing | None) -> str:
    """A translation's standing in one line."""
    if stands is None:
        return str(_("source not published"))
    out = [_("%(current)s of %(total)s current") % {"current": stands.current, "total": stands.total}]
    if stands.older:
        out.append(_("%(count)s older") % {"count": stands.older})
    if stands.missing:
        out.append(_("%(count)s not translated") % {"count": stands.missing})
    if stands.withheld:
        out.append(_("%(count)s withheld") % {"count": stands.withheld})
    return ", ".join(out)


def language_tabs(codes: list[str], current: str, base: str = "?language=") -> list[parts.Tab]:
    """Languages by their own names, as views of one list."""
    return [parts.Tab(language_of(code).own, f"{base}{code}", code == current) for code in codes]
