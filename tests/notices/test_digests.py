"""Digests: due by the clock on the reader's wall, written once, ended by one press."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from threading import Event
from zoneinfo import ZoneInfo

import pytest
from django.core import mail as django_mail
from django.test import Client
from django.urls import reverse
from django.utils.formats import date_format
from hypothesis import given
from hypothesis import strategies as st
from tests.node.people import client_of, person

from rso.accounts.actions import prefer
from rso.accounts.models import User
from rso.accounts.queries import actor_of
from rso.accounts.rules import NotAllowed, Role, system_actor
from rso.audit.models import Entry
from rso.base.errors import RsoError
from rso.jobs.worker import run_worker
from rso.notices import actions, digests, kinds, queries
from rso.notices.models import Mail, Notice, Wish
from rso.notices.rules import Manner, slot
from rso.notices.tasks import OUTBOX

SYSTEM = system_actor("tests")
SYDNEY, KATHMANDU, NEW_YORK = ZoneInfo("Australia/Sydney"), ZoneInfo("Asia/Kathmandu"), ZoneInfo("America/New_York")
OFFERED = "intake:enquiry:received"


def utc(*parts: int) -> datetime:
    year, month, day, hour, minute = (*parts, 0, 0, 0)[:5]
    return datetime(year, month, day, hour, minute, tzinfo=UTC)


# ---------------------------------------------------------------- when
@pytest.mark.parametrize(
    ("now", "zone", "due"),
    [
        # Sydney puts its clocks forward on 4 October 2026 (02:00 becomes 03:00), and back on 5 April 2026.
        (utc(2026, 10, 3, 19, 59), SYDNEY, utc(2026, 10, 2, 21)),
        (utc(2026, 10, 3, 20, 0), SYDNEY, utc(2026, 10, 3, 20)),
        (utc(2026, 10, 4, 19, 59), SYDNEY, utc(2026, 10, 3, 20)),
        (utc(2026, 4, 4, 20, 59), SYDNEY, utc(2026, 4, 3, 20)),
        (utc(2026, 4, 4, 21, 0), SYDNEY, utc(2026, 4, 4, 21)),
        (utc(2026, 11, 23, 1, 14), KATHMANDU, utc(2026, 11, 22, 1, 15)),
        (utc(2026, 11, 23, 1, 15), KATHMANDU, utc(2026, 11, 23, 1, 15)),
        # New York: back on 1 November 2026.
        (utc(2026, 11, 1, 11, 59), NEW_YORK, utc(2026, 10, 31, 11)),
        (utc(2026, 11, 1, 12, 0), NEW_YORK, utc(2026, 11, 1, 12)),
    ],
)
def test_seven_in_the_morning_where_the_reader_is(now: datetime, zone: ZoneInfo, due: datetime) -> None:
    assert slot(now, zone, Manner.DAILY, 7) == due


def test_an_hour_that_is_left_out_is_the_moment_after_and_one_that_comes_twice_is_the_first() -> None:
    assert slot(utc(2026, 10, 3, 17, 0), SYDNEY, Manner.DAILY, 2) == utc(2026, 10, 3, 16, 0)
    assert slot(utc(2026, 4, 4, 15, 30), SYDNEY, Manner.DAILY, 2) == utc(2026, 4, 4, 15, 0)


def test_a_weekly_one_comes_on_mondays() -> None:
    monday = utc(2026, 11, 23, 7)
    assert slot(monday, ZoneInfo("UTC"), Manner.WEEKLY, 7) == monday
    assert slot(monday - timedelta(minutes=1), ZoneInfo("UTC"), Manner.WEEKLY, 7) == utc(2026, 11, 16, 7)
    assert slot(utc(2026, 11, 29, 23), ZoneInfo("UTC"), Manner.WEEKLY, 7) == monday


@given(
    st.integers(0, 3 * 365 * 24 * 60).map(lambda minutes: utc(2025, 1, 1) + timedelta(minutes=minutes)),
    st.sampled_from(["UTC", "Australia/Sydney", "Asia/Kathmandu", "America/New_York", "Australia/Lord_Howe"]),
    st.sampled_from([Manner.DAILY, Manner.WEEKLY]),
    st.integers(0, 23),
)
def test_a_slot_is_past_and_the_latest_and_does_not_run_backward(
    now: datetime, name: str, manner: Manner, hour: int
) -> None:
    zone = ZoneInfo(name)
    due = slot(now, zone, manner, hour)
    longest = timedelta(days=7 if manner is Manner.WEEKLY else 1, hours=1)
    assert due <= now < due + longest
    assert slot(due, zone, manner, hour) == due
    assert slot(now + timedelta(minutes=17), zone, manner, hour) >= due


# ---------------------------------------------------------------- what
@pytest.fixture
def mira(db: None) -> User:
    user = person(Role.RSO_STAFF)
    user.time_zone = "Australia/Sydney"
    user.save()
    return user


def wish(user: User, **manners: Manner) -> None:
    digests.wish(actor_of(user, utc(2026, 11, 23).date()), manners=dict(manners))


def tell(user: User, at: datetime, *, kind: str = OFFERED, reference: str = "E-1") -> Notice:
    (made,) = actions.notify(
        SYSTEM, recipients=[user], kind=kind, title="A new enquiry is in the queue", path="/x/", reference=reference
    )
    Notice.objects.filter(pk=made.pk).update(created_at=at)
    return made


def test_who_says_nothing_is_told_at_once(mira: User) -> None:
    tell(mira, utc(2026, 11, 20))
    mail = Mail.objects.get()
    assert (mail.template, mail.unsubscribe) == ("notices/mail/notice.txt", "")
    assert "[E-1]" in mail.body
    assert digests.send_due(OUTBOX, now=utc(2026, 11, 25)) == 0


def test_a_day_is_one_mail_at_the_readers_hour_and_a_second_round_writes_nothing(mira: User) -> None:
    wish(mira, enquiries=Manner.DAILY)
    for number in range(3):
        tell(mira, utc(2026, 11, 19, 21 + number // 2), reference=f"E-{number}")
    tell(mira, utc(2026, 11, 21, 22), reference="tomorrow's")
    assert not Mail.objects.exists()
    assert digests.send_due(OUTBOX, now=utc(2026, 11, 19, 19)) == 0
    assert digests.send_due(OUTBOX, now=utc(2026, 11, 20, 20, 5)) == 1
    assert digests.send_due(OUTBOX, now=utc(2026, 11, 20, 20, 20)) == 0
    mail = Mail.objects.get()
    assert mail.subject.startswith("3 notices")
    assert all(f"[E-{number}]" in mail.body for number in range(3))
    assert "tomorrow's" not in mail.body
    there = datetime(2026, 11, 20, 8, tzinfo=SYDNEY)
    assert f"[E-0], {date_format(there, 'SHORT_DATETIME_FORMAT')}" in mail.body, "the time is the reader's"


def test_what_was_read_meanwhile_is_in_no_digest(mira: User) -> None:
    wish(mira, enquiries=Manner.DAILY)
    tell(mira, utc(2026, 11, 19))
    actions.mark_read(actor_of(mira, utc(2026, 11, 19).date()), notices=Notice.objects.all())
    assert digests.send_due(OUTBOX, now=utc(2026, 11, 25)) == 0
    assert not Notice.objects.exclude(digest="").exists()


def test_each_group_goes_its_own_way(mira: User) -> None:
    wish(mira, enquiries=Manner.WEEKLY, proposals=Manner.SITE)
    tell(mira, utc(2026, 11, 18))
    tell(mira, utc(2026, 11, 18), kind="projects:proposal:moved")
    tell(mira, utc(2026, 11, 18), kind="accounts:thing:done")
    assert [mail.template for mail in Mail.objects.all()] == ["notices/mail/notice.txt"]
    assert digests.send_due(OUTBOX, now=utc(2026, 11, 22, 19, 59)) == 0
    assert digests.send_due(OUTBOX, now=utc(2026, 11, 22, 20)) == 1, "seven on Monday in Sydney"


def test_a_digest_is_in_the_readers_language_and_a_long_one_says_how_many_more(mira: User) -> None:
    prefer(actor_of(mira, utc(2026, 11, 19).date()), user=mira, language="en-xa", time_zone="Nowhere/At_All")
    wish(mira, enquiries=Manner.DAILY)
    for number in range(digests.MOST_LINES + 4):
        tell(mira, utc(2026, 11, 19), reference=f"E-{number}")
    digests.send_due(OUTBOX, now=utc(2026, 11, 20, 12))
    mail = Mail.objects.get()
    assert mail.language == "en-xa"
    assert mail.body.count("E-") == digests.MOST_LINES
    assert "4" in mail.body.split(f"E-{digests.MOST_LINES - 1}")[1]


def test_somebody_who_may_not_sign_in_gets_none(mira: User) -> None:
    wish(mira, enquiries=Manner.DAILY)
    tell(mira, utc(2026, 11, 19))
    User.objects.filter(pk=mira.pk).update(is_active=False)
    assert digests.send_due(OUTBOX, now=utc(2026, 11, 25)) == 0


def test_only_the_system_writes_digests(mira: User) -> None:
    with pytest.raises(NotAllowed):
        digests.send_due(actor_of(mira, utc(2026, 11, 23).date()), now=utc(2026, 11, 23))


# ---------------------------------------------------------------- ending it
def sent(mira: User) -> str:
    """The one-click address of a digest, as the mail that went out bears it."""
    wish(mira, enquiries=Manner.DAILY, proposals=Manner.NOW)
    tell(mira, utc(2026, 11, 19))
    digests.send_due(OUTBOX, now=utc(2026, 11, 25))
    run_worker(Event(), burst=True)
    headers = django_mail.outbox[-1].extra_headers
    assert headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    found = re.fullmatch(r"<https?://[^/]+(/\S+)>", headers["List-Unsubscribe"])
    assert found is not None
    assert found[1] in django_mail.outbox[-1].body
    return found[1]


def test_a_mail_programs_one_press_ends_the_digests_and_nothing_else(mira: User) -> None:
    path = sent(mira)
    tell(mira, utc(2026, 11, 25), reference="pending")
    machine = Client(enforce_csrf_checks=True)
    assert machine.get(path).status_code == 200
    assert Wish.objects.get(group="enquiries").manner == "daily", "looking ends nothing"
    assert machine.post(path, {"List-Unsubscribe": "One-Click"}).status_code == 200
    assert machine.post(path).status_code == 200, "twice is no harm"
    assert dict(Wish.objects.values_list("group", "manner")) == {"enquiries": "site", "proposals": "now"}
    assert digests.send_due(OUTBOX, now=utc(2026, 11, 30)) == 0
    assert Entry.objects.filter(event="notices:digest:ended").count() == 1
    assert "_auth_user_id" not in machine.session, "the link signs nobody in"


@pytest.mark.parametrize("spoil", [lambda token: token[:-1], lambda token: "x" + token, lambda _token: "nonsense"])
def test_a_link_that_was_touched_does_nothing(mira: User, client: Client, spoil) -> None:  # type: ignore[no-untyped-def]
    token = sent(mira).split("/")[-3]
    answer = client.post(reverse("notices:end-digest", args=[spoil(token)]))
    assert answer.status_code == 404
    assert Wish.objects.get(group="enquiries").manner == "daily"


# ---------------------------------------------------------------- the pages
def test_the_page_keeps_wishes_language_and_zone(mira: User) -> None:
    client, page = client_of(mira), reverse("notices:wishes")
    answers = {f"group-{group.code}": "weekly" for group in kinds.groups()}
    given_ = {**answers, "language": "en", "time_zone": "Asia/Bangkok"}
    assert client.get(page).status_code == 200
    wrong = client.post(page, {**given_, "time_zone": "Moon/Tycho"})
    assert wrong.status_code == 422
    assert client.post(page, given_).status_code == 302
    mira.refresh_from_db()
    assert (mira.language, mira.time_zone) == ("en", "Asia/Bangkok")
    assert set(queries.wishes_of(actor_of(mira, utc(2026, 11, 23).date())).values()) == {Manner.WEEKLY}


def test_nobody_chooses_for_another(mira: User) -> None:
    other = person(Role.RSO_STAFF)
    with pytest.raises(NotAllowed):
        prefer(actor_of(other, utc(2026, 11, 23).date()), user=mira, language="en", time_zone="")
    with pytest.raises(RsoError, match="no group"):
        wish(mira, nonsense=Manner.DAILY)


def test_notices_stand_by_day_with_reference_and_kind_and_are_narrowed(mira: User) -> None:
    tell(mira, utc(2026, 11, 19), reference="E-ONE")
    tell(mira, utc(2026, 11, 20), kind="projects:proposal:moved", reference="A course")
    tell(mira, utc(2026, 11, 20), kind="accounts:thing:done", reference="Else")
    client, page = client_of(mira), reverse("notices:notices")

    def shown(query: str = "") -> list[str]:
        text = client.get(page + query).content.decode()
        return [name for name in ("E-ONE", "A course", "Else") if name in text]

    assert shown() == ["E-ONE", "A course", "Else"]
    assert shown("?group=enquiries") == ["E-ONE"]
    assert shown("?group=proposals") == ["A course"]
    assert shown("?group=other") == ["Else"]
    assert shown("?group=nonsense") == ["E-ONE", "A course", "Else"]
    one = Notice.objects.get(reference="E-ONE")
    client.post(reverse("notices:read-one", args=[one.pk]))
    assert shown("?unread=1") == ["A course", "Else"]
    other = client_of(person(Role.RSO_STAFF))
    other.post(reverse("notices:read-one", args=[Notice.objects.get(reference="Else").pk]))
    assert shown("?unread=1") == ["A course", "Else"], "nobody reads for another"
