"""What happened to an account, for floors above (the audit listens)."""

from __future__ import annotations

from django.dispatch import Signal

#: Sent by every action here: ``actor``, ``event`` (``scope:resource:action``), ``subject`` (opaque UUID), ``facts``.
account_changed = Signal()
