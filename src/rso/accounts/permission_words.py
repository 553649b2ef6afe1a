"""Every permission as a sentence, for the page that shows who may do what. The code stands beside it.

The words are about floors above too, since one page tells of all; a permission without words here shows its code.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

SCOPES: dict[str, Any] = {
    "accounts": _("People, seats and organisations"),
    "audit": _("Audit"),
    "content": _("Texts and translations"),
    "directory": _("Directory of the Bali Process"),
    "files": _("Files"),
    "front": _("Site"),
    "intake": _("Working with the RSO"),
    "library": _("Library"),
    "node": _("Exchange between members"),
    "notices": _("Notices and mail"),
    "projects": _("Proposals and projects"),
    "relay": _("Relay"),
    "search": _("Search"),
}

WORDS: dict[str, Any] = {
    "accounts:agency:change": _("Enter an agency of an organisation, and change its name"),
    "accounts:organisation:change": _("Enter an organisation, and change its name"),
    "accounts:organisation:see": _("See an organisation with its agencies and seats"),
    "accounts:person:close": _("Close an account, and open it again"),
    "accounts:person:invite": _("Invite a person, and send again or withdraw an invitation"),
    "accounts:person:see": _("See people with their addresses and seats"),
    "accounts:seat:change": _("Give and end seats, and name deputies"),
    "accounts:seat:see": _("See which seats are held on a day"),
    "accounts:session:end": _("Sign somebody out of every browser"),
    "audit:entry:export": _("Take rows of the audit away"),
    "audit:entry:see": _("Read the audit"),
    "directory:facts:load": _("Load the directory's facts"),
    "front:demonstration:fill": _("Fill a demonstration with invented people and texts"),
    "intake:enquiry:enter": _("Send an enquiry"),
    "intake:enquiry:handle": _("Take, answer and close enquiries"),
    "intake:enquiry:own": _("See one's own enquiries"),
    "intake:enquiry:see": _("See the queue of enquiries"),
    "node:agency-key:use": _("Use the agency's key"),
    "node:arrangement:draft": _("Draft an arrangement with another agency"),
    "node:arrangement:end": _("End an arrangement"),
    "node:arrangement:see": _("See arrangements"),
    "node:arrangement:sign": _("Sign an arrangement"),
    "node:audit:see": _("Read the node's audit"),
    "node:candidate:examine": _("Examine a candidate of a search"),
    "node:disclosure:decide": _("Decide whether a name is disclosed"),
    "node:disclosure:request": _("Ask for a disclosure"),
    "node:disclosure:see": _("See disclosures"),
    "node:evidence:export": _("Export evidence of an exchange"),
    "node:exchange:destroy": _("Destroy images that are needed no more"),
    "node:key:keep": _("Keep the keys of subjects"),
    "node:message:send": _("Send a message to another agency"),
    "node:post:exchange": _("Exchange the post with the relay"),
    "node:post:see": _("See the state of the post"),
    "node:probe:answer": _("Answer a search of another agency"),
    "node:protection:change": _("Change a person's protection"),
    "node:request:ask": _("Write a request to another agency"),
    "node:request:reply": _("Reply to a request"),
    "node:request:see": _("See requests"),
    "node:search:agree": _("Agree to a search"),
    "node:search:create": _("Prepare a search"),
    "node:search:see": _("See searches"),
    "node:search:send": _("Send a search"),
    "node:subject:correct": _("Correct a record"),
    "node:subject:enrol": _("Enrol a person's prints"),
    "node:subject:erase": _("Erase a record"),
    "node:subject:see": _("See records"),
    "notices:mail:resend": _("Send mail again that did not arrive"),
    "notices:mail:see": _("See the outbox"),
    "projects:project:load": _("Load the projects"),
    "projects:proposal:assess": _("Assess a proposal"),
    "projects:proposal:comment": _("Comment on a proposal in consultation"),
    "projects:proposal:draft": _("Draft a proposal"),
    "projects:proposal:edit": _("Change a draft, and submit it"),
    "projects:proposal:see": _("See proposals"),
    "projects:proposal:sign": _("Sign the decision on a proposal"),
    "projects:proposal:withdraw": _("Withdraw a proposal"),
    "relay:directory:load": _("Load a signed directory"),
    "relay:status:see": _("See the relay's state"),
}


@dataclass(frozen=True, slots=True)
class Shown:
    """A permission of the page. ``words`` is empty where nobody has written any yet."""

    code: str
    words: Any
    roles: list[Any]
    finer: bool


def groups(rows: Iterable[tuple[str, list[Any], bool]]) -> list[tuple[Any, str, list[Shown]]]:
    """The rows by scope: its words (or its code alone), the code, and the permissions in it."""
    found: dict[str, list[Shown]] = {}
    for code, roles, finer in rows:
        found.setdefault(code.partition(":")[0], []).append(Shown(code, WORDS.get(code, ""), roles, finer))
    return [(SCOPES.get(scope, ""), scope, shown) for scope, shown in found.items()]
