"""Counting what is taken: a document and a day, and nothing of who."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from django.db import transaction
from django.db.models import F

from rso.audit.readonly import writing_allowed
from rso.office.library.models import Document, Taken


def count(documents: Sequence[Document], *, on: date) -> None:
    """Adds one for each. A download is a GET, so this is one of the few writes that a GET may do.

    It asks for no actor, since it may not know one.
    """
    with writing_allowed(), transaction.atomic():
        for document in documents:
            if not Taken.objects.filter(document=document, day=on).update(times=F("times") + 1):
                row, is_new = Taken.objects.get_or_create(document=document, day=on, defaults={"times": 1})
                if not is_new:  # another was first
                    Taken.objects.filter(pk=row.pk).update(times=F("times") + 1)
