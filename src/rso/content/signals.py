"""What happened to a text, for floors above and for the search."""

from __future__ import annotations

from django.dispatch import Signal

#: Sent in the transaction of a publication or its withdrawal: ``work``, ``version``, ``publication``.
published = Signal()

#: Sent when who may read a work, or its working title, changed: ``work``.
work_changed = Signal()

#: Sent when a member changed or confirmed a fact: ``fact``.
fact_changed = Signal()
