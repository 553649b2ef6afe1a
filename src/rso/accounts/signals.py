"""What happened to an account, for floors above (the audit and the outbox listen)."""

from __future__ import annotations

from enum import StrEnum

from django.dispatch import Signal


class AccountsEvent(StrEnum):
    """What the audit's rows about people and seats are called."""

    INVITED = "accounts:person:invited"
    INVITED_AGAIN = "accounts:person:invited-again"
    CLOSED = "accounts:person:closed"
    OPENED = "accounts:person:opened"
    WITHDRAWN = "accounts:person:withdrawn"
    SESSIONS_ENDED = "accounts:session:ended"
    PROVIDER_LINKED = "accounts:provider:linked"
    PROVIDER_REFUSED = "accounts:provider:refused"
    LEAVE_MARKED = "accounts:leave:marked"
    LEAVE_CHANGED = "accounts:leave:changed"
    DEPUTY_NAMED = "accounts:deputy:named"
    DEPUTY_AGREED = "accounts:deputy:agreed"
    DEPUTY_DECLINED = "accounts:deputy:declined"
    PEOPLE_EXPORTED = "accounts:person:exported"
    SEAT_GIVEN = "accounts:seat:given"
    SEAT_ENDED = "accounts:seat:ended"
    SEAT_CANCELLED = "accounts:seat:cancelled"
    PREFERRED = "accounts:person:preferences-changed"
    ORGANISATION_REMOVED = "accounts:organisation:removed"
    ORGANISATION_ADDED = "accounts:organisation:added"
    ORGANISATION_CHANGED = "accounts:organisation:changed"
    AGENCY_ADDED = "accounts:agency:added"
    AGENCY_CHANGED = "accounts:agency:changed"
    LINK_MADE = "accounts:demonstration-link:made"
    LINK_USED = "accounts:demonstration-link:used"


#: Sent by every action here: ``actor``, ``event`` (``scope:resource:action``), ``subject`` (opaque UUID), ``facts``.
account_changed = Signal()

#: Sent when a person should get the link by which they set a password: ``actor``, ``user``, ``key`` (text, one for
#: each invitation, so that it is mailed once). The mail is written in the same transaction.
invitation_wanted = Signal()

#: Sent when sign-in has written a mail: ``to_address``, ``template`` (its name), ``subject``, ``body``, ``language``.
mail_written = Signal()
