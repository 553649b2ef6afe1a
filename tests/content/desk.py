"""People and a text for tests of the editorial core."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from django.utils.translation import gettext_lazy

from rso.accounts.models import Organisation, Seat, User
from rso.accounts.queries import actor_of
from rso.accounts.rules import Actor, Role
from rso.content.actions import publishing, writing
from rso.content.kinds import Kind, kinds, register
from rso.content.models import LanguageVersion, Publication, Review, Segment, Work
from rso.content.queries import heads
from rso.content.rules import Form, Safety

NOW = datetime(2026, 11, 28, 9, tzinfo=UTC)
SEATS = {
    "editor": (Role.EDITOR, "RSO", ""),
    "editor-b": (Role.EDITOR, "RSO", ""),
    "publisher": (Role.PUBLISHER, "RSO", ""),
    "translator-ar": (Role.TRANSLATOR, "XAV", "ar"),
    "translator-km": (Role.TRANSLATOR, "XBD", "km"),
    "reviewer-ar": (Role.NATIONAL_REVIEWER, "XAV", "ar"),
    "keeper": (Role.MEMBER_ADMINISTRATOR, "XAV", ""),
    "stranger": (Role.MEMBER_ADMINISTRATOR, "XBD", ""),
    "official": (Role.MEMBER_OFFICIAL, "XAV", ""),
    "party": (Role.INTERESTED_PARTY, "NGO", ""),
    "staff": (Role.RSO_STAFF, "RSO", ""),
}


def later(**much: float) -> datetime:
    """A moment after :data:`NOW`."""
    return NOW + timedelta(**much)


def people() -> dict[str, Actor]:
    """One synthetic person for each of :data:`SEATS`."""
    for code, kind in {"XAV": "state", "XBD": "state", "RSO": "office", "NGO": "ngo"}.items():
        Organisation.objects.get_or_create(code=code, defaults={"name": f"{code} (synthetic)", "kind": kind})
    made = {}
    for name, (role, code, language) in SEATS.items():
        user = User.objects.create_user(email=f"{name}@synthetic.invalid", name=f"P. {name}", is_synthetic=True)
        organisation = Organisation.objects.get(code=code)
        Seat.objects.create(
            user=user, role=role, organisation=organisation, language=language, starts_on=date(2020, 1, 1)
        )
        made[name] = actor_of(user, NOW.date())
    return made


@dataclass
class Desk:
    """A text with a title, a paragraph and a hotline, and whoever works on it."""

    actors: dict[str, Actor]
    work: Work
    source: LanguageVersion

    def segment(self, key: str) -> Segment:
        return self.work.editions.order_by("-number")[0].segments.get(key=key)

    def write(
        self, who: str, version: LanguageVersion, key: str, text: str, *, at: datetime = NOW, **how: bool
    ) -> None:
        segment = self.segment(key)
        head = heads(version).get(segment.pk)
        writing.write(
            self.actors[who],
            version=version,
            segment=segment,
            text=text,
            base=head.number if head else 0,
            now=at,
            **how,
        )

    def publish(self, version: LanguageVersion, *, at: datetime = NOW) -> Publication:
        """Submits, has somebody else approve, and publishes."""
        writer = "editor" if version.is_source else f"translator-{version.language}"
        reviewer = "publisher" if version.is_source else f"reviewer-{version.language}"
        publishing.submit(self.actors[writer], version=version, now=at)
        publishing.decide_review(self.actors[reviewer], version=version, outcome=Review.Outcome.APPROVED, now=at)
        return publishing.publish(self.actors["publisher"], version=version, now=at)

    def translation(self, language: str = "ar") -> LanguageVersion:
        edition = self.work.editions.order_by("-number")[0]
        return writing.begin_version(self.actors[f"translator-{language}"], edition=edition, language=language, now=NOW)


def desk() -> Desk:
    """A text that nobody has published yet."""
    if "sheet" not in kinds():
        register(Kind("sheet", gettext_lazy("Sheet"), lambda code, language: f"/sheets/{code}/"))
    actors = people()
    forms = [Form.TITLE, Form.PARAGRAPH, Form.PARAGRAPH]
    work = writing.begin_work(
        actors["editor"], kind="sheet", code="talking", title="Talking", owner=Organisation.objects.get(code="RSO"),
        forms=forms, now=NOW,
    )  # fmt: skip
    source = LanguageVersion.objects.get(edition__work=work)
    made = Desk(actors, work, source)
    hotline = made.segment("s3")
    writing.change_segment(
        actors["editor"], version=source, segment=hotline, form=Form.PARAGRAPH, safety=Safety.HOTLINE, now=NOW
    )
    made.write("editor", source, "s2", "Take time.")
    made.write("editor", source, "s3", "Call 1300 at any hour.")
    return made


def translated(made: Desk) -> LanguageVersion:
    """The text published, and an Arabic translation of all of it, published an hour later."""
    made.publish(made.source)
    arabic = made.translation()
    for key, text in (("title", "حديث"), ("s2", "خذ وقتك."), ("s3", "اتصل بالرقم 1300.")):
        made.write("translator-ar", arabic, key, text, at=later(hours=1))
    made.publish(arabic, at=later(hours=1))
    return arabic
