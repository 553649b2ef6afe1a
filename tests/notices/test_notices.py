"""Telling people, and the outbox through a server that answers, refuses and is away."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from smtplib import SMTPRecipientsRefused
from threading import Event

import pytest
from django.contrib.sessions.backends.base import SessionBase
from django.core import mail as django_mail
from django.core.mail.backends.locmem import EmailBackend
from django.db import transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext_lazy

from rso.accounts.factors import mark_demonstration
from rso.accounts.models import Organisation, Seat, User
from rso.accounts.queries import actor_of
from rso.accounts.rules import NotAllowed, Role, system_actor
from rso.audit.models import Entry
from rso.base.errors import RsoError
from rso.jobs.worker import run_worker
from rso.notices import actions, queries
from rso.notices.models import Mail, Notice
from rso.notices.presenters import render_mail
from rso.notices.rules import MAIL_RETRY, check_path
from rso.notices.tasks import OUTBOX, sweep

pytestmark = pytest.mark.django_db
SYSTEM = system_actor("tests")
WORDS = {"base_url": "https://rso.example", "name": "Mira", "notice_title": "Hello", "path": "/x/"}


@pytest.fixture
def mira() -> User:
    return User.objects.create_user(email="mira@avaria.example", name="Mira Sol", is_synthetic=True)


@pytest.fixture
def tomas() -> User:
    return User.objects.create_user(email="tomas@borduna.example", name="Tomas Rey", is_synthetic=True)


class Away(EmailBackend):
    """A server that nobody reaches."""

    def send_messages(self, messages: object) -> int:
        raise ConnectionRefusedError("no server here")


class Refusing(EmailBackend):
    """A server that knows no such recipient."""

    def send_messages(self, messages: object) -> int:
        raise SMTPRecipientsRefused({"x@y.example": (550, b"no such user")})


def backend(settings, kind: type[EmailBackend]) -> None:  # type: ignore[no-untyped-def]
    settings.EMAIL_BACKEND = f"{__name__}.{kind.__name__}"


def tell(*people: User, **given: object) -> list[Notice]:
    wanted = {"kind": "tests:thing:done", "title": "A thing", "path": "/things/1/"} | given
    return actions.notify(SYSTEM, recipients=people, **wanted)  # type: ignore[arg-type]


def write(key: str = "tests:1", to: str = "someone@ngo.example") -> Mail:
    return actions.send_mail(
        SYSTEM, to_address=to, template="notices/mail/notice.txt", context=WORDS, key=key, language="en"
    )


# ---------------------------------------------------------------- notices
def test_each_recipient_is_told_once_and_the_actor_not_at_all(mira: User, tomas: User) -> None:
    acting = actor_of(mira, timezone.localdate())
    actions.notify(acting, recipients=[mira, tomas, tomas], kind="tests:thing:done", title="A thing", path="/x/")
    assert [n.user for n in Notice.objects.all()] == [tomas]
    assert Mail.objects.get().to_address == tomas.email


def test_who_may_not_sign_in_is_not_told(mira: User) -> None:
    mira.is_active = False
    assert tell(mira) == []


def test_a_notice_is_read_in_the_readers_language_and_its_mail_written_in_it(mira: User) -> None:
    mira.language = "en-xa"
    notice = tell(mira, title=gettext_lazy("Waiting"), context={})[0]
    assert notice.title == "Waiting"
    with translation.override("en"):
        assert notice.words == "Waiting"
    assert Mail.objects.get().language == "en-xa"


def test_the_values_of_a_title_are_filled_in_when_it_is_read(mira: User) -> None:
    notice = tell(mira, title="Proposal %(number)s is decided", context={"number": 7})[0]
    assert notice.words == "Proposal 7 is decided"
    assert Mail.objects.get().subject == "Proposal 7 is decided"


def test_what_is_undone_is_not_told(mira: User) -> None:
    with transaction.atomic():
        tell(mira)
        transaction.set_rollback(True)
    assert not Notice.objects.exists()
    assert not Mail.objects.exists()
    run_worker(Event(), burst=True)
    assert django_mail.outbox == []


@pytest.mark.parametrize(
    "path", ["//elsewhere.example/", "https://elsewhere.example", "/\\elsewhere", "/a\r\nB: c", ""]
)
def test_a_notice_leads_nowhere_else(path: str) -> None:
    with pytest.raises(RsoError, match="page of this site"):
        check_path(path)


def test_nobody_marks_anothers_notice_as_read(mira: User, tomas: User) -> None:
    tell(mira, tomas)
    acting = actor_of(tomas, timezone.localdate())
    assert actions.mark_read(acting, notices=Notice.objects.all()) == 1
    assert queries.unread_count(acting) == 0
    assert queries.unread_count(actor_of(mira, timezone.localdate())) == 1


# ---------------------------------------------------------------- the outbox
def test_a_mail_is_sent_once_and_its_text_is_erased() -> None:
    made = write()
    run_worker(Event(), burst=True)
    sweep.call()
    sent = django_mail.outbox
    assert len(sent) == 1
    assert sent[0].to == ["someone@ngo.example"]
    assert "https://rso.example/x/" in sent[0].body
    assert str(made.pk) in sent[0].extra_headers["Message-ID"]
    made.refresh_from_db()
    assert (made.state, made.body, made.attempts) == ("sent", "", 1)


def test_one_key_is_one_mail() -> None:
    assert write("intake:7") == write("intake:7", to="other@ngo.example")
    run_worker(Event(), burst=True)
    assert [m.to for m in django_mail.outbox] == [["someone@ngo.example"]]


def test_a_lost_kick_is_found_by_the_sweep() -> None:
    from django_tasks_db.models import DBTaskResult

    write()
    DBTaskResult.objects.all().delete()
    sweep.call()
    assert len(django_mail.outbox) == 1


def test_a_server_that_is_away_is_asked_again_and_at_most_a_quarter_of_an_hour_apart(settings) -> None:  # type: ignore[no-untyped-def]
    usual = settings.EMAIL_BACKEND
    backend(settings, Away)
    made = write()
    now = made.next_at
    waits: list[timedelta] = []
    for _ in range(12):
        assert not actions.deliver(OUTBOX, pk=made.pk, now=now, random=lambda: 0.999)
        assert actions.deliver(OUTBOX, pk=made.pk, now=now, random=lambda: 0.999)  # not due: nothing to do
        made.refresh_from_db()
        waits.append(made.next_at - now)
        now = made.next_at
    assert waits == sorted(waits)
    assert timedelta(minutes=14) < waits[-1] <= timedelta(minutes=15)
    assert (made.state, made.last_error, made.attempts) == ("waiting", "ConnectionRefusedError", 12)
    settings.EMAIL_BACKEND = usual
    assert actions.deliver(OUTBOX, pk=made.pk, now=now)
    assert len(django_mail.outbox) == 1


def test_a_sweep_stops_at_the_first_failure_so_that_a_server_away_is_asked_once(settings) -> None:  # type: ignore[no-untyped-def]
    backend(settings, Away)
    for number in range(5):
        write(f"tests:{number}")
    sweep.call()
    assert sorted(Mail.objects.values_list("attempts", flat=True)) == [0, 0, 0, 0, 1]


def test_an_unknown_recipient_is_dead_at_once_and_can_be_tried_again(settings, mira: User) -> None:  # type: ignore[no-untyped-def]
    usual = settings.EMAIL_BACKEND
    backend(settings, Refusing)
    made = write()
    run_worker(Event(), burst=True)
    made.refresh_from_db()
    assert (made.state, made.last_error) == ("dead", "SMTPRecipientsRefused")
    assert Entry.objects.filter(event="notices:mail:dead", subject=str(made.pk)).count() == 1

    with pytest.raises(NotAllowed):
        actions.resend(actor_of(mira, timezone.localdate()), mail=made)
    settings.EMAIL_BACKEND = usual
    actions.resend(administrator(mira), mail=made)
    run_worker(Event(), burst=True)
    assert len(django_mail.outbox) == 1
    with pytest.raises(RsoError, match="not among"):
        actions.resend(administrator(mira), mail=made)


def test_after_its_last_attempt_a_mail_is_dead_and_stays_visible(settings, mira: User) -> None:  # type: ignore[no-untyped-def]
    backend(settings, Away)
    made = write()
    Mail.objects.update(attempts=MAIL_RETRY.attempts - 1)
    actions.deliver(OUTBOX, pk=made.pk, now=made.next_at)
    assert queries.outbox(administrator(mira)).get().state == "dead"


def test_the_demonstrations_mail_lands_in_a_folder(settings, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    settings.EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
    settings.EMAIL_FILE_PATH = str(tmp_path)
    write()
    run_worker(Event(), burst=True)
    assert "https://rso.example/x/" in "".join(p.read_text() for p in tmp_path.iterdir())


def test_a_mail_is_plain_text_and_its_subject_one_line() -> None:
    subject, body = render_mail("notices/mail/notice.txt", WORDS | {"notice_title": "Tea & <cake>\nBcc: x"}, "en")
    assert subject == "Tea & <cake>"  # a value with a line break ends it, and adds no header
    assert "Tea & <cake>" in body  # nothing is escaped


# ---------------------------------------------------------------- pages
def administrator(user: User):  # type: ignore[no-untyped-def]
    office, _ = Organisation.objects.get_or_create(code="RSO", defaults={"name": "RSO", "kind": "office"})
    day = datetime(2026, 1, 1, tzinfo=UTC).date()
    Seat.objects.get_or_create(user=user, role=Role.OFFICE_ADMINISTRATOR, organisation=office, starts_on=day)
    return actor_of(user, timezone.localdate())


@pytest.fixture
def window(client: Client, settings, mira: User) -> Client:  # type: ignore[no-untyped-def]
    settings.RSO_DEMONSTRATION = True
    client.force_login(mira, backend="allauth.account.auth_backends.AuthenticationBackend")
    session: SessionBase = client.session
    mark_demonstration(session)
    session.save()
    return client


def test_my_notices_lead_on_and_are_read_by_a_post_only(window: Client, mira: User, tomas: User) -> None:
    mine, others = tell(mira, tomas)
    page = window.get(reverse("notices:notices"))
    assert page.status_code == 200
    text = page.content.decode()
    assert reverse("notices:open", args=[mine.pk]) in text
    assert reverse("notices:open", args=[others.pk]) not in text
    assert window.get(reverse("notices:open", args=[mine.pk])).status_code == 405
    assert window.post(reverse("notices:open", args=[others.pk])).status_code == 404
    led = window.post(reverse("notices:open", args=[mine.pk]))
    assert (led.status_code, led["Location"]) == (302, "/things/1/")
    mine.refresh_from_db()
    assert mine.read_at is not None


def test_all_at_once(window: Client, mira: User) -> None:
    tell(mira)
    tell(mira)
    window.post(reverse("notices:read-all"))
    assert not Notice.objects.filter(read_at__isnull=True).exists()


def test_the_outbox_is_the_administrators(window: Client, mira: User, settings) -> None:  # type: ignore[no-untyped-def]
    backend(settings, Refusing)
    made = write()
    run_worker(Event(), burst=True)
    assert window.get(reverse("notices:outbox")).status_code == 403
    administrator(mira)
    page = window.get(reverse("notices:outbox"), {"state": "dead"})
    assert "someone@ngo.example" in page.content.decode()
    assert window.post(reverse("notices:resend", args=[made.pk])).status_code == 302
    made.refresh_from_db()
    assert made.state == "waiting"


def test_a_stranger_is_led_to_sign_in(client: Client) -> None:
    assert client.get(reverse("notices:notices")).status_code == 302
