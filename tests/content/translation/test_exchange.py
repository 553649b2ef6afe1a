"""A file that comes back: what it would do is what is shown, and what is shown is what is done."""

from __future__ import annotations

from dataclasses import replace

import pytest
from tests.content.desk import Desk, desk, later, translated
from tests.content.translation.room import text_of

from rso.accounts.rules import NotAllowed
from rso.audit.models import Entry
from rso.base.errors import RsoError
from rso.content import queries_translation as queries
from rso.content.actions import exchange, writing
from rso.content.actions.exchange import Outcome
from rso.content.exchange import po, xliff
from rso.content.exchange.units import FileUnreadable, Sheet, Unit
from rso.content.models import Arrival, LanguageVersion, Wording
from rso.content.queries import heads
from rso.content.rules import ContentEvent, Origin

pytestmark = pytest.mark.django_db
FORMS = {"po": po, "xliff": xliff}


@pytest.fixture
def made() -> Desk:
    return desk()


def exported(made: Desk, arabic: LanguageVersion, form: str = "po") -> Sheet:
    content = exchange.export(made.actors["translator-ar"], version=arabic, form=form)
    return FORMS[form].read(content)


def edited(sheet: Sheet, **texts: str) -> Sheet:
    """The file with other translations, finished."""
    return Sheet(
        sheet.head,
        tuple(replace(one, target=texts.get(one.key, one.target), is_done=True, is_older=False) for one in sheet.units),
    )


def sent(made: Desk, arabic: LanguageVersion, sheet: Sheet, form: str = "po", at: float = 3) -> Arrival:
    content = FORMS[form].write(sheet)
    name = f"back.{'po' if form == 'po' else 'xlf'}"
    return exchange.receive(
        made.actors["translator-ar"], version=arabic, name=name, content=content, now=later(hours=at)
    )


def outcomes(arabic: LanguageVersion, sheet: Sheet) -> dict[str, Outcome]:
    return {one.unit.key: one.outcome for one in exchange.plan(arabic, sheet)}


def carried_out(made: Desk, arrival: Arrival, take: frozenset[str] = frozenset()) -> None:
    exchange.carry_out(made.actors["translator-ar"], arrival=arrival, take=take, now=later(hours=4))


@pytest.mark.parametrize("form", FORMS)
def test_out_and_back_stores_what_was_translated_with_its_origin(made: Desk, form: str) -> None:
    made.publish(made.source)
    arabic = made.translation()
    sheet = edited(exported(made, arabic, form), title="حديث", s3="اتصل بالرقم 1300.")
    assert outcomes(arabic, sheet) == {"title": Outcome.NEW, "s2": Outcome.EMPTY, "s3": Outcome.NEW}
    arrival = sent(made, arabic, sheet, form)
    assert not heads(arabic)  # nothing is stored before it was looked at
    carried_out(made, arrival)
    rows = {row.segment.key: row for row in heads(arabic).values()}
    assert {key: (row.text, row.origin, row.of_meaning) for key, row in rows.items()} == {
        "title": ("حديث", Origin.IMPORT, 1), "s3": ("اتصل بالرقم 1300.", Origin.IMPORT, 1),
    }  # fmt: skip
    assert not Arrival.objects.exists()
    assert Entry.objects.filter(event__in=[ContentEvent.EXPORTED, ContentEvent.IMPORTED]).count() == 2


@pytest.mark.parametrize("form", FORMS)
def test_a_file_that_nobody_changed_changes_nothing(made: Desk, form: str) -> None:
    arabic = translated(made)
    before = Wording.objects.count()
    sheet = exported(made, arabic, form)
    assert set(outcomes(arabic, sheet).values()) == {Outcome.SAME}
    carried_out(made, sent(made, arabic, sheet, form))
    assert Wording.objects.count() == before


def test_newer_words_here_are_not_overwritten_unless_the_files_were_chosen(made: Desk) -> None:
    arabic = translated(made)
    sheet = edited(exported(made, arabic), s2="من الملف.", title="من الملف")
    made.write("translator-ar", arabic, "s2", "كتبت هنا.", at=later(hours=2))
    assert outcomes(arabic, sheet) == {"title": Outcome.CHANGED, "s2": Outcome.CONFLICT, "s3": Outcome.SAME}
    carried_out(made, sent(made, arabic, sheet))
    assert (text_of(made, arabic, "s2"), text_of(made, arabic, "title")) == ("كتبت هنا.", "من الملف")
    sheet = edited(exported(made, arabic), s2="من الملف.")
    made.write("translator-ar", arabic, "s2", "كتبت هنا ثانية.", at=later(hours=4))
    carried_out(made, sent(made, arabic, sheet), take=frozenset({"s2"}))
    assert text_of(made, arabic, "s2") == "من الملف."
    assert Wording.objects.filter(text="كتبت هنا ثانية.").exists()  # and nothing is lost


@pytest.mark.parametrize("form", FORMS)
def test_what_translates_an_earlier_source_stays_older(made: Desk, form: str) -> None:
    made.publish(made.source)
    arabic = made.translation()
    sheet = edited(exported(made, arabic, form), s3="اتصل بالرقم 1300.", s2="خذ وقتك.")
    made.write("editor", made.source, "s3", "Call 1400 at any hour.", at=later(hours=2))
    made.publish(made.source, at=later(hours=2))
    assert outcomes(arabic, sheet)["s3"] == Outcome.OLDER
    carried_out(made, sent(made, arabic, sheet, form))
    shown = {one.block.key: one.shown for one in queries.sides(arabic).places}
    assert shown == {"title": "missing", "s2": "current", "s3": "withheld"}


def test_an_older_file_does_not_put_a_newer_translation_back(made: Desk) -> None:
    arabic = translated(made)
    sheet = edited(exported(made, arabic), s3="اتصل على 1300 الآن.")
    made.write("editor", made.source, "s3", "Call 1400 at any hour.", at=later(hours=2))
    made.publish(made.source, at=later(hours=2))
    made.write("translator-ar", arabic, "s3", "اتصل بالرقم 1400.", at=later(hours=2))
    assert outcomes(arabic, sheet)["s3"] == Outcome.CONFLICT


def test_source_words_that_were_never_published_here_are_not_trusted(made: Desk) -> None:
    made.publish(made.source)
    arabic = made.translation()
    sheet = exported(made, arabic)
    forged = Sheet(sheet.head, tuple(replace(one, source="Call 1999.", target="اتصل 1999.") for one in sheet.units))
    assert set(outcomes(arabic, forged).values()) == {Outcome.OTHER_SOURCE}
    stray = Sheet(sheet.head, (Unit("s99", "X", "س"),))
    assert outcomes(arabic, stray) == {"s99": Outcome.UNKNOWN}


def test_fuzzy_entries_are_not_stored(made: Desk) -> None:
    made.publish(made.source)
    arabic = made.translation()
    sheet = exported(made, arabic)
    fuzzy = Sheet(sheet.head, tuple(replace(one, target="ربما", is_done=False) for one in sheet.units))
    content = po.write(fuzzy)
    assert set(outcomes(arabic, po.read(content)).values()) == {Outcome.FUZZY}


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"work": "other"}, "other-work"),
        ({"edition": 7}, "other-edition"),
        ({"language": "km"}, "other-language"),
        ({"source_language": "fr"}, "other-language"),
    ],
)
@pytest.mark.parametrize("form", FORMS)
def test_a_file_of_something_else_is_refused_whole(
    made: Desk, form: str, changes: dict[str, object], code: str
) -> None:
    made.publish(made.source)
    arabic = made.translation()
    sheet = edited(exported(made, arabic, form), s2="خذ وقتك.")
    with pytest.raises(FileUnreadable) as error:
        sent(made, arabic, Sheet(replace(sheet.head, **changes), sheet.units), form)
    assert error.value.code == code
    assert not Arrival.objects.exists()


def test_a_machine_comes_in_marked_and_a_lost_mark_is_not_lost(made: Desk) -> None:
    made.publish(made.source)
    arabic = made.translation()
    sheet = edited(exported(made, arabic), s2="خذ الوقت الكافي من أجلك.")
    machine = replace(sheet.head, engine="engine 3")
    carried_out(made, sent(made, arabic, Sheet(machine, sheet.units)))
    row = heads(arabic)[made.segment("s2").pk]
    assert (row.origin, row.engine, row.checked_by) == (Origin.MACHINE, "engine 3", None)
    again = exported(made, arabic)
    assert {one.key: one.engine for one in again.units if one.is_machine} == {"s2": "engine 3"}
    unmarked = Sheet(again.head, tuple(
        replace(one, is_machine=False, engine="", target=one.target.replace("أجلك.", "أجلك!")) for one in again.units
    ))  # fmt: skip
    carried_out(made, sent(made, arabic, unmarked))
    assert heads(arabic)[made.segment("s2").pk].origin == Origin.MACHINE


def test_all_or_nothing(made: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    made.publish(made.source)
    arabic = made.translation()
    arrival = sent(made, arabic, edited(exported(made, arabic), title="حديث", s2="خذ وقتك.", s3="اتصل 1300."))
    calls = []

    def failing(*args: object, **options: object) -> Wording:
        calls.append(1)
        if len(calls) == 3:
            raise RsoError("disk", "The disk is full.")
        return writing.write(*args, **options)

    monkeypatch.setattr(exchange, "write", failing)
    with pytest.raises(RsoError):
        carried_out(made, arrival)
    assert not heads(arabic)
    assert Arrival.objects.filter(pk=arrival.pk).exists()  # and it can be carried out again
    monkeypatch.undo()
    carried_out(made, arrival)
    assert len(heads(arabic)) == 3


def test_files_are_for_the_languages_own_translators_and_go_after_a_day(made: Desk) -> None:
    made.publish(made.source)
    arabic = made.translation()
    sheet = edited(exported(made, arabic), s2="خذ وقتك.")
    arrival = sent(made, arabic, sheet)
    with pytest.raises(NotAllowed):
        exchange.carry_out(made.actors["translator-km"], arrival=arrival, now=later(hours=4))
    with pytest.raises(RsoError) as late:
        exchange.carry_out(made.actors["translator-ar"], arrival=arrival, now=later(days=2))
    assert late.value.code == "arrival-gone"
    assert exchange.sweep(later(days=2)) == 1
