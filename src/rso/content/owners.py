"""Who may read the files of texts: whoever may read, or write, the text that they stand in."""

from __future__ import annotations

from typing import Final

from rso.accounts.rules import Actor, decide
from rso.content.queries import publications_with, readable, seen_by
from rso.content.rules import ContentPermission
from rso.files.models import StoredFile
from rso.files.rules import own

#: The scope of pictures and recordings; a file's subject is the code of its work.
SCOPE: Final = "content"


def _may_read(actor: Actor, file: StoredFile) -> bool:
    if decide(actor, ContentPermission.SEE).allowed and seen_by(actor).filter(code=file.subject).exists():
        return True
    return any(readable(actor, work.audience) for work in publications_with(file))


def enter() -> None:
    """Enters the rule with the files."""
    own(SCOPE, may_read=_may_read)
