"""What follows from a publication: the memory learns its pairs."""

from __future__ import annotations

from typing import Any

from django.dispatch import receiver

from rso.content.actions.translating import remember
from rso.content.models import Publication
from rso.content.signals import published


@receiver(published)
def on_published(sender: object, *, publication: Publication | None, **_: Any) -> None:
    if publication is not None:
        remember(publication)
