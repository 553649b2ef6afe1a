"""People who work on texts, a text that can be published, and the way to the readers in one call."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

import pytest
from django.test import Client
from pytest_django import Settings

from rso.accounts.factors import mark_demonstration
from rso.accounts.models import Organisation, Seat, User
from rso.accounts.queries import actor_of
from rso.accounts.rules import Actor, Role
from rso.content.actions import publishing, writing
from rso.content.models import LanguageVersion, Publication, Review, Segment, Work
from rso.content.rules import Form, Safety

NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)
SEATS: dict[str, tuple[Role, str, str]] = {
    "editor": (Role.EDITOR, "RSO", ""),
    "second": (Role.EDITOR, "RSO", ""),
    "publisher": (Role.PUBLISHER, "RSO", ""),
    "translator": (Role.TRANSLATOR, "XAV", "ar"),
    "other-translator": (Role.TRANSLATOR, "XBD", "th"),
    "reviewer": (Role.NATIONAL_REVIEWER, "XAV", "ar"),
    "keeper": (Role.FOCAL_POINT, "XAV", ""),
    "official": (Role.MEMBER_OFFICIAL, "XBD", ""),
    "party": (Role.INTERESTED_PARTY, "NGO", ""),
}
FORMS = (Form.TITLE, Form.SUMMARY, Form.PARAGRAPH, Form.ITEM, Form.ITEM, Form.STEP)
TEXTS = ("Talking with a victim", "For officials at the border.", "Speak alone.", "Debt", "Fear", "Call the hotline.")


@pytest.fixture
def people(db: None) -> dict[str, User]:
    """One synthetic person for each name of :data:`SEATS`."""
    made = {}
    for code, kind in {"XAV": "state", "XBD": "state", "RSO": "office", "NGO": "ngo"}.items():
        Organisation.objects.get_or_create(code=code, defaults={"name": f"{code} (synthetic)", "kind": kind})
    for name, (role, code, language) in SEATS.items():
        user = User.objects.create_user(email=f"{name}@synthetic.invalid", name=f"P. {name.title()}", is_synthetic=True)
        organisation = Organisation.objects.get(code=code)
        Seat.objects.create(
            user=user, role=role, organisation=organisation, language=language, starts_on=date(2020, 1, 1)
        )
        made[name] = user
    return made


@pytest.fixture
def actors(people: dict[str, User]) -> dict[str, Actor]:
    return {name: actor_of(user, NOW.date()) for name, user in people.items()}


@pytest.fixture
def browser(people: dict[str, User], settings: Settings) -> Callable[[str], Client]:
    """Makes a browser for a person of :data:`SEATS`, signed in with both factors."""
    settings.RSO_DEMONSTRATION = True

    def make(name: str) -> Client:
        client = Client()
        client.force_login(people[name], backend="allauth.account.auth_backends.AuthenticationBackend")
        session = client.session
        mark_demonstration(session)
        session.save()
        return client

    return make


def said(actor: Actor, version: LanguageVersion, key: str, text: str, now: datetime, **more: bool) -> None:
    """Writes a part over whatever stands in it."""
    segment = Segment.objects.get(edition=version.edition_id, key=key)
    head = version.wordings.filter(segment=segment).order_by("-number").first()
    base = head.number if head else 0
    writing.write(actor, version=version, segment=segment, text=text, base=base, now=now, **more)


class Desk:
    """The people's acts on one work, each a minute after the one before."""

    def __init__(self, actors: dict[str, Actor]) -> None:
        self.actors, self.now = actors, NOW

    def tick(self) -> datetime:
        self.now += timedelta(minutes=1)
        return self.now

    def begin(self, code: str = "talking", **more: str) -> Work:
        """A written page whose last part, a step, is a safety-critical hotline."""
        owner = Organisation.objects.get(code="RSO")
        editor = self.actors["editor"]
        work = writing.begin_work(
            editor, kind="page", code=code, title=TEXTS[0], owner=owner, forms=FORMS, now=self.tick(), **more
        )
        version = work.editions.get().versions.get()
        for segment, text in zip(version.edition.segments.all(), TEXTS, strict=True):
            said(editor, version, segment.key, text, self.tick())
        last = version.edition.segments.get(key="s6")
        writing.change_segment(
            editor, version=version, segment=last, form=Form.STEP, safety=Safety.HOTLINE, now=self.tick()
        )
        return work

    def publish(self, version: LanguageVersion, by: str = "editor", over: str = "publisher") -> Publication:
        """Submits, has it read over, and publishes."""
        version.refresh_from_db()
        publishing.submit(self.actors[by], version=version, now=self.tick())
        approved = Review.Outcome.APPROVED
        publishing.decide_review(self.actors[over], version=version, outcome=approved, now=self.tick())
        return publishing.publish(self.actors["publisher"], version=version, now=self.tick())

    def translate(self, work: Work, texts: dict[str, str], language: str = "ar") -> LanguageVersion:
        """A translation of those parts."""
        translator = self.actors["translator"]
        version = writing.begin_version(translator, edition=work.editions.all()[0], language=language, now=self.tick())
        for key, text in texts.items():
            said(translator, version, key, text, self.tick())
        return version


@pytest.fixture
def desk(actors: dict[str, Actor]) -> Desk:
    return Desk(actors)


@pytest.fixture
def published(desk: Desk) -> Work:
    """A page in English that everybody may read."""
    work = desk.begin()
    desk.publish(work.editions.get().versions.get())
    return work
