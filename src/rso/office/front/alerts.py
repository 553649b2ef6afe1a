"""New results of saved searches, told to whoever saved them."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext_noop

from rso.accounts.queries import actor_of
from rso.accounts.rules import system_actor
from rso.notices.actions import notify
from rso.search.actions import last_document, told_of
from rso.search.audiences import audiences_of
from rso.search.models import Saved
from rso.search.queries import find


def tell_of_new_results(*, now: datetime) -> int:
    """Leaves a notice for each saved search that finds what was not there before; returns how many.

    What somebody may see is asked at this moment. The notice also goes by mail, so it says neither what was looked for
    nor what was found: only how much.
    """
    last = last_document()
    due = Saved.objects.select_related("user").filter(tells=True, through__lt=last, user__is_active=True)
    return sum(_tell(one, last, now) for one in due)


@transaction.atomic
def _tell(saved: Saved, last: int, now: datetime) -> int:
    audiences = audiences_of(actor_of(saved.user, now.date()))
    found = find(
        saved.query, audiences=audiences, kind=saved.kind, language=saved.language, limit=1, after=saved.through
    )
    told_of(saved=saved, through=last)
    if not found.count:
        return 0
    notify(
        system_actor("search"),
        recipients=[saved.user],
        kind="search:saved:found",
        title=gettext_noop("A search that you saved has new results: %(count)s"),
        path=reverse("front:saved"),
        context={"count": found.count},
    )
    return 1
