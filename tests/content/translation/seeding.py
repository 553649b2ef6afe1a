"""Fills an office that runs elsewhere with the desk's people and text: ``python -m tests.content.translation.seeding``.

Prints a session for each person, a name and a key a line. With ``hotline NUMBER`` it changes the hotline instead.
"""

from __future__ import annotations

import sys

import django

django.setup()

from django.utils import timezone  # noqa: E402 - Django first
from tests.content import desk as desks  # noqa: E402
from tests.content.translation.room import browser  # noqa: E402

from rso.accounts.models import User  # noqa: E402
from rso.accounts.queries import actor_of  # noqa: E402
from rso.content.actions import publishing, writing  # noqa: E402
from rso.content.models import LanguageVersion, Review, Work  # noqa: E402
from rso.content.queries import heads  # noqa: E402
from rso.content.sources import PAGE  # noqa: E402


def fill() -> None:
    made = desks.desk()
    # A kind that the office knows: the desk's own is registered in this process alone.
    Work.objects.filter(pk=made.work.pk).update(kind=PAGE)
    # The text began a day ago by the clock of the office that runs: what is done there comes after it.
    made_at = timezone.now() - desks.timedelta(days=1)
    publishing.submit(made.actors["editor"], version=made.source, now=made_at)
    approved = Review.Outcome.APPROVED
    publishing.decide_review(made.actors["publisher"], version=made.source, outcome=approved, now=made_at)
    publishing.publish(made.actors["publisher"], version=made.source, now=made_at)
    for name in ("translator-ar", "reviewer-ar", "publisher", "editor", "keeper"):
        print(name, browser(made, name).session.session_key)


def change_hotline(text: str) -> None:
    users = {name: User.objects.get(email=f"{name}@synthetic.invalid") for name in ("editor", "publisher")}
    actors = {name: actor_of(user, timezone.localdate()) for name, user in users.items()}
    work = Work.objects.get(code="talking")
    source = LanguageVersion.objects.get(edition__work=work, is_source=True)
    segment = source.edition.segments.get(key="s3")
    now = timezone.now()
    base = heads(source)[segment.pk].number
    writing.write(actors["editor"], version=source, segment=segment, text=text, base=base, now=now)
    publishing.submit(actors["editor"], version=source, now=now)
    publishing.decide_review(actors["publisher"], version=source, outcome=Review.Outcome.APPROVED, now=now)
    publishing.publish(actors["publisher"], version=source, now=now)


if __name__ == "__main__":
    if sys.argv[1:2] == ["hotline"]:
        change_hotline(sys.argv[2])
    else:
        fill()
