"""Refusals in words, in the reader's language."""

from __future__ import annotations

from django.utils.translation import gettext as _

from rso.files.errors import FileRefused
from rso.files.rules import KINDS, Kind, endings


def words(error: FileRefused, *, limit: int, kinds: tuple[Kind, ...] = KINDS) -> str:
    """What is wrong and what to do. ``limit`` is in bytes."""
    said = {
        "file-empty": _("The file is empty. Choose another one."),
        "file-too-large": _("The file is larger than %(size)s MB. Choose a smaller one, or send it in parts.")
        % {"size": limit // 2**20},
        "file-wrong-type": _("This kind of file is not taken. Save it as one of these: %(endings)s.")
        % {"endings": ", ".join(endings(kinds))},
        "file-misnamed": _("The content of the file does not fit the ending of its name. Save it again."),
        "file-macros": _("The document holds macros. Save it without them."),
        "file-active": _(
            "The PDF holds scripts, programs or other files within it. Print it to a new PDF, and send that."
        ),
        "file-encrypted": _("The PDF is encrypted, so it cannot be checked. Save it without a password."),
        "file-bomb": _("The document would unpack to an unreasonable size, so it was not opened."),
        "file-unreadable": _("The file is damaged, or is text in another encoding than UTF-8. Save it again."),
        "file-infected": _("The virus scanner found something in this file. It was not kept."),
        "file-too-many": _("There are as many files here as may be. Remove one first."),
        "disk-full": _(
            "There is no room left on the server, so the file was not kept. Your text is not lost: try later."
        ),
        "scanner-away": _("Files cannot be checked for viruses just now. Your text is not lost: try again later."),
    }
    return said.get(error.code, error.message)
