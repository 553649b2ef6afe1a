"""Hours in a time zone, freshness, who keeps what, cards and sealing: what needs no database."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from datetime import UTC, date, datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from hypothesis import given, settings
from hypothesis import strategies as st

from rso.accounts.rules import Actor, Role, SeatFacts, decide
from rso.base.errors import RsoError
from rso.base.months import months_between
from rso.office.contacts import sealing, vcard
from rso.office.contacts.rules import (
    ContactsPermission,
    Entry,
    Freshness,
    Step,
    freshness,
    is_to_be_reminded,
    next_step,
    read_hours,
    there,
    write_hours,
    zones,
)

WORKDAYS = [read_hours("09:00-17:00")] * 5 + [None] * 2
ALWAYS = [read_hours("00:00-24:00")] * 7
MONDAY = datetime(2026, 11, 23, tzinfo=UTC)


class TestHours:
    @given(st.integers(0, 23), st.integers(0, 59), st.integers(0, 24), st.integers(0, 59))
    def test_what_is_written_is_read_again(self, a: int, b: int, c: int, d: int) -> None:
        if (c, d) > (24, 0):
            return
        opening = read_hours(f"{a:02}:{b:02}-{c:02}:{d:02}")
        assert opening is not None
        assert opening[0] < opening[1] <= opening[0] + 24 * 60
        assert read_hours(write_hours(opening)) == opening

    @pytest.mark.parametrize("text", ["9-17", "25:00-26:00", "09:00", "09:60-17:00", "always", "09:00-24:01"])
    def test_anything_else_is_refused(self, text: str) -> None:
        with pytest.raises(RsoError):
            read_hours(text)

    def test_empty_is_closed(self) -> None:
        assert (read_hours("  "), write_hours(None)) == (None, "")

    @pytest.mark.parametrize(
        ("zone", "hour", "minute", "is_open", "clock", "until"),
        [
            ("Asia/Bangkok", 7, 20, True, "14:20", "17:00"),
            ("Asia/Bangkok", 10, 0, False, "17:00", "09:00"),  # the last minute is over when the clock strikes
            ("Asia/Bangkok", 1, 59, False, "08:59", "09:00"),
            ("Asia/Bangkok", 2, 0, True, "09:00", "17:00"),
            ("Asia/Kathmandu", 3, 15, True, "09:00", "17:00"),  # UTC+5:45
            ("Pacific/Apia", 20, 30, True, "09:30", "17:00"),  # Tuesday there already
        ],
    )
    def test_the_clock_there(self, zone: str, hour: int, minute: int, is_open: bool, clock: str, until: str) -> None:
        at = there(WORKDAYS, zone, MONDAY + timedelta(hours=hour, minutes=minute))
        assert at.until is not None
        assert (at.is_open, f"{at.now:%H:%M}", f"{at.until:%H:%M}") == (is_open, clock, until)

    def test_over_a_weekend_it_opens_on_monday(self) -> None:
        at = there(WORKDAYS, "Asia/Tokyo", MONDAY - timedelta(days=2))
        assert at.until is not None
        assert (at.is_open, at.until.date(), at.until.hour) == (False, date(2026, 11, 23), 9)

    def test_a_night_shift_belongs_to_the_day_on_which_it_begins(self) -> None:
        nights = [read_hours("22:00-06:00"), *[None] * 6]  # Monday night alone
        assert there(nights, "UTC", MONDAY + timedelta(hours=29)).is_open
        assert not there(nights, "UTC", MONDAY + timedelta(hours=5)).is_open

    def test_whoever_never_closes_is_not_about_to(self) -> None:
        assert there(ALWAYS, "Asia/Dili", MONDAY) == there(ALWAYS, "Asia/Dili", MONDAY)
        assert (there(ALWAYS, "Asia/Dili", MONDAY).is_open, there(ALWAYS, "Asia/Dili", MONDAY).until) == (True, None)
        assert there([None] * 7, "Asia/Dili", MONDAY).until is None

    @given(
        st.sampled_from(["Asia/Bangkok", "Australia/Sydney", "America/New_York", "Asia/Kathmandu", "Pacific/Apia"]),
        st.integers(0, 2 * 365 * 24 * 60).map(lambda minutes: MONDAY - timedelta(minutes=minutes)),
        st.lists(st.none() | st.tuples(st.integers(0, 1439), st.integers(1, 1440)), min_size=7, max_size=7),
    )
    @settings(max_examples=150, deadline=None)
    def test_open_now_means_that_the_clock_there_lies_in_the_hours(
        self, zone: str, now: datetime, drawn: list[tuple[int, int] | None]
    ) -> None:
        week = [None if one is None else (one[0], min(one[0] + one[1], 2 * 1440)) for one in drawn]
        at = there(week, zone, now)
        local = now.astimezone(ZoneInfo(zone))
        utc_before, utc_after = (now + timedelta(hours=h) for h in (-26, 26))
        shifts = {moment.astimezone(ZoneInfo(zone)).utcoffset() for moment in (utc_before, now, utc_after)}
        if len(shifts) == 1:  # within a day of a change of the clock a wall time may be there twice, or not at all
            minute = local.hour * 60 + local.minute
            today, before = week[local.weekday()], week[local.weekday() - 1]
            open_now = bool(today and today[0] <= minute < today[1]) or bool(before and minute + 1440 < before[1])
            assert at.is_open == open_now
        assert at.until is None or at.until > now

    def test_hours_follow_the_wall_when_the_clock_changes(self) -> None:
        # Sydney: daylight saving ended on 5 April 2026; nine o'clock is nine o'clock before and after.
        for day, hour in ((3, 22), (6, 23)):
            at = there(WORKDAYS, "Australia/Sydney", datetime(2026, 4, day if day == 6 else 2, hour, tzinfo=UTC))
            assert (at.is_open, at.now.hour) == (True, 9)

    def test_the_zones_are_known_ones(self) -> None:
        assert {"Asia/Bangkok", "Pacific/Apia"} <= set(zones())
        assert all(ZoneInfo(zone) for zone in zones()[:20])


class TestFreshness:
    @pytest.mark.parametrize(
        ("earlier", "later", "months"),
        [("2026-01-31", "2026-02-28", 1), ("2026-01-31", "2026-02-27", 0), ("2026-05-10", "2026-11-09", 5),
         ("2026-05-10", "2026-11-10", 6), ("2025-12-01", "2026-11-30", 11)],
    )  # fmt: skip
    def test_whole_months(self, earlier: str, later: str, months: int) -> None:
        assert months_between(date.fromisoformat(earlier), date.fromisoformat(later)) == months

    @given(st.dates(date(2000, 1, 1), date(2030, 1, 1)), st.integers(0, 2000))
    def test_months_never_run_backward(self, day: date, ahead: int) -> None:
        later = day + timedelta(days=ahead)
        assert 0 <= months_between(day, later) <= months_between(day, later + timedelta(days=1))

    def test_states(self) -> None:
        today = date(2026, 11, 23)
        assert freshness(None, today, 6) == Freshness.NEVER
        assert freshness(date(2026, 5, 24), today, 6) == Freshness.CONFIRMED
        assert freshness(date(2026, 5, 23), today, 6) == Freshness.DUE

    def test_reminders_go_up_the_steps_and_stay_at_the_last(self) -> None:
        steps = [next_step(number) for number in range(7)]
        assert steps == [Step.KEEPERS] * 2 + [Step.ADMINISTRATORS] * 2 + [Step.STAFF] * 3
        today = date(2026, 11, 23)
        assert is_to_be_reminded(None, today, 14)
        assert not is_to_be_reminded(date(2026, 11, 10), today, 14)
        assert is_to_be_reminded(date(2026, 11, 9), today, 14)


def actor(*seats: SeatFacts) -> Actor:
    return Actor(opaque=UUID(int=7), user_id=7, seats=frozenset(seats))


class TestWhoKeepsWhat:
    @pytest.mark.parametrize(
        ("seat", "keeps", "confirms"),
        [
            (SeatFacts(Role.MEMBER_ADMINISTRATOR, "XAV"), True, True),
            (SeatFacts(Role.MEMBER_ADMINISTRATOR, "XBD"), False, False),
            (SeatFacts(Role.FOCAL_POINT, "XAV", subject="sea"), True, True),
            (SeatFacts(Role.FOCAL_POINT, "XAV", subject="training"), False, False),
            (SeatFacts(Role.FOCAL_POINT, "XBD", subject="sea"), False, False),
            (SeatFacts(Role.MEMBER_OFFICIAL, "XAV"), False, False),
            (SeatFacts(Role.RSO_STAFF, "RSO"), True, False),
            (SeatFacts(Role.OFFICE_ADMINISTRATOR, "RSO"), True, False),
            (SeatFacts(Role.INTERESTED_PARTY, "XAV"), False, False),
        ],
    )
    def test_the_table(self, seat: SeatFacts, keeps: bool, confirms: bool) -> None:
        entry = Entry("XAV", "sea")
        assert decide(actor(seat), ContactsPermission.KEEP, entry).allowed == keeps
        assert decide(actor(seat), ContactsPermission.CONFIRM, entry).allowed == confirms

    @given(st.lists(st.builds(SeatFacts, st.sampled_from(Role), st.sampled_from(["XBD", "NGO"])), max_size=4))
    def test_no_seat_elsewhere_keeps_a_members_entry_but_the_offices(self, seats: list[SeatFacts]) -> None:
        allowed = decide(actor(*seats), ContactsPermission.KEEP, Entry("XAV", "sea")).allowed
        assert allowed == any(seat.role in (Role.RSO_STAFF, Role.OFFICE_ADMINISTRATOR) for seat in seats)
        assert not decide(actor(*seats), ContactsPermission.CONFIRM, Entry("XAV", "sea")).allowed


# ---------------------------------------------------------------- cards
def parsed(text: str) -> list[tuple[str, str, str]]:
    """A reader of vCards of its own (RFC 6350, 3.2 to 3.4): name, parameters, value as it was before escaping."""
    assert text.endswith("\r\n")
    lines = re.sub(r"\r\n[ \t]", "", text).removesuffix("\r\n").split("\r\n")
    found = []
    for line in lines:
        match = re.fullmatch(r'([A-Z-]+)((?:;[A-Z-]+=(?:"[^"]*"|[^";:]*))*):(.*)', line, flags=re.S)
        assert match, line
        value = re.sub(r"\\(.)", lambda sign: "\n" if sign[1] in "nN" else sign[1], match[3])
        found.append((match[1], match[2], value))
    return found


def card(**more: object) -> vcard.Card:
    plain = {
        "uid": "urn:x", "name": "A B", "organisation": "O", "agency": "", "position": "", "subject": "Sea",
        "rank": "Principal", "ways": [], "languages": [], "time_zone": "Asia/Dili", "hours": "", "note": "",
        "revised": MONDAY,
    }  # fmt: skip
    return vcard.Card(**{**plain, **more})


words = st.text(st.characters(exclude_categories=("Cs", "Cc")), max_size=120)


class TestCards:
    @given(words.filter(bool), words, words, st.lists(st.tuples(words.filter(bool), words), max_size=3))
    def test_what_goes_in_comes_out(self, name: str, position: str, note: str, ways: list[tuple[str, str]]) -> None:
        one = card(
            name=name, position=position, note=note, ways=[vcard.Way("telephone", *way) for way in ways],
            agency="Border; police, sea",
        )  # fmt: skip
        text = vcard.card(one)
        rows = parsed(text)
        assert rows[0] == ("BEGIN", "", "VCARD")
        assert rows[1] == ("VERSION", "", "4.0")
        assert rows[-1] == ("END", "", "VCARD")
        assert ("FN", "", name) in rows
        assert not position or ("TITLE", "", position) in rows
        assert not note or ("NOTE", "", note) in rows
        assert [value for field, _more, value in rows if field == "TEL"] == [value for value, _label in ways]
        assert all(len(line.encode()) <= 75 for line in text.split("\r\n"))

    def test_line_breaks_are_escaped_so_that_nothing_is_injected(self) -> None:
        text = vcard.card(card(note="one\r\nTEL:666\nEND:VCARD", name="x\x00y"))
        assert [field for field, _more, _value in parsed(text)].count("END") == 1
        assert "TEL" not in [field for field, _more, _value in parsed(text)]
        assert "\x00" not in text

    def test_a_label_may_hold_anything(self) -> None:
        text = vcard.card(card(ways=[vcard.Way("mail", "a@b.invalid", 'night "only"; x:y\n')]))
        assert ("EMAIL", ";TYPE=work;X-LABEL=\"night ^'only^'; x:y\"", "a@b.invalid") in parsed(text)

    def test_the_members_name_and_agency_are_two_parts(self) -> None:
        text = vcard.card(card(organisation="Cestria; the", agency="Police, sea"))
        assert "ORG:Cestria\\; the;Police\\, sea" in text


# ---------------------------------------------------------------- the sealed copy
class TestSealing:
    def test_a_passphrase_is_long_and_new_each_time(self) -> None:
        made = {sealing.make_passphrase() for _time in range(50)}
        assert len(made) == 50
        assert all(
            re.fullmatch(r"([bdfghjklmnprstvz][aeiou]){2}(-([bdfghjklmnprstvz][aeiou]){2}){5}", one) for one in made
        )

    def test_it_opens_with_the_passphrase_however_it_is_typed_and_with_no_other(self) -> None:
        sealed = sealing.seal({"a": "ไทย"}, "bada-kilo", iterations=10)
        assert sealing.unseal(sealed, " BADA kilo ") == {"a": "ไทย"}
        with pytest.raises(RsoError, match="passphrase"):
            sealing.unseal(sealed, "bada-kila")

    @pytest.mark.parametrize("part", ["salt", "nonce", "sealed"])
    def test_a_changed_file_does_not_open(self, part: str) -> None:
        sealed = sealing.seal({"a": 1}, "bada", iterations=10)
        raw = bytearray(base64.b64decode(sealed[part]))
        raw[0] ^= 1
        with pytest.raises(RsoError):
            sealing.unseal({**sealed, part: base64.b64encode(raw).decode()}, "bada")

    def test_another_program_opens_it_by_the_description_alone(self) -> None:
        """PBKDF2-HMAC-SHA-256 and AES-256-GCM as ADR 0022 says, by the standard library and a bare cipher."""
        sealed = sealing.seal({"a": 1}, "bada-kilo", iterations=10)
        salt, nonce, body = (base64.b64decode(sealed[name]) for name in ("salt", "nonce", "sealed"))
        key = hashlib.pbkdf2_hmac("sha256", b"bada-kilo", salt, 10, 32)
        assert json.loads(AESGCM(key).decrypt(nonce, body, b"rso offline copy 1")) == {"a": 1}

    def test_many_iterations(self) -> None:
        assert sealing.ITERATIONS >= 600_000

    def test_nothing_of_the_content_stands_in_the_page_and_nothing_breaks_out_of_it(self) -> None:
        said = dict.fromkeys(("title", "about", "ask", "open", "noscript"), "</script><b>&")
        page = sealing.page(sealing.seal({"a": "Mira"}, "x", iterations=10), said, language="en", direction="ltr")
        assert "Mira" not in page
        assert page.count("</script>") == 2
        assert "<b>" not in page
        assert "default-src 'none'" in page
        assert "http" not in page.replace("http-equiv", "")
