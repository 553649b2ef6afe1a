"""A record follows what is published of its work, whoever publishes it: a translator's title appears by itself."""

from __future__ import annotations

from typing import Any

from django.dispatch import receiver
from django.utils import timezone

from rso.content.models import LanguageVersion, Work
from rso.content.signals import published
from rso.office.library.actions.settling import settle
from rso.office.library.models import Record
from rso.office.library.rules import WORK


@receiver(published, dispatch_uid="library.published")
def follow(sender: Any, work: Work, version: LanguageVersion, **_more: Any) -> None:
    """Runs in the transaction of the publication."""
    if work.kind != WORK:
        return
    record = Record.objects.filter(work=work).first()
    if record is not None:
        settle(record, now=version.published_at or timezone.now())
