"""What happened to an account, for floors above (the audit and the outbox listen)."""

from __future__ import annotations

from django.dispatch import Signal

#: Sent by every action here: ``actor``, ``event`` (``scope:resource:action``), ``subject`` (opaque UUID), ``facts``.
account_changed = Signal()

#: Sent when a person should get the link by which they set a password: ``actor``, ``user``, ``key`` (text, one for
#: each invitation, so that it is mailed once). The mail is written in the same transaction.
invitation_wanted = Signal()

#: Sent when sign-in has written a mail: ``to_address``, ``template`` (its name), ``subject``, ``body``, ``language``.
mail_written = Signal()
