"""PO and XLIFF: what goes out comes back, and what is broken is refused as a whole."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from rso.content.exchange import po, xliff
from rso.content.exchange.units import MOST_BYTES, FileUnreadable, Head, Sheet, Unit
from rso.content.markup import clean

HEAD = Head("talking", 1, "7d1f", "en", "ar")
FORMATS: dict[str, Any] = {"po": po, "xliff": xliff}

#: Words of several scripts and directions, quotes, marks and whatever else unicode has.
words = st.one_of(
    st.text(st.characters(exclude_categories=["Cs"]), max_size=40),
    st.sampled_from(
        ["اتصل بالرقم ١٣٠٠", 'He said: "no"', "a\\nb", "50 %", "line\nline", "&amp; &lt;x&gt;", "\\", "ខ្មែរ"]
    ),
)
tagged = st.builds(
    lambda a, b, c: f'{a} <strong>{b}</strong> <a href="https://example.org/?a=1&amp;b=2">{c}<br>x</a>',
    words,
    words,
    words,
)
texts = st.one_of(words, tagged).map(clean).filter(bool)
keys = st.from_regex(r"\A[a-z][a-z0-9-]{0,20}\Z")
units = st.lists(
    st.builds(
        Unit, key=keys, source=texts, target=texts, base=st.integers(0, 999), is_done=st.just(True),
        safety=st.sampled_from(["", "hotline"]), is_machine=st.just(False),
    ),
    max_size=6, unique_by=lambda unit: unit.key,
)  # fmt: skip


@pytest.mark.parametrize("form", FORMATS)
@given(units=units)
@settings(suppress_health_check=[HealthCheck.too_slow])
def test_what_goes_out_comes_back(form: str, units: list[Unit]) -> None:
    back = FORMATS[form].read(FORMATS[form].write(Sheet(HEAD, tuple(units))))
    assert back.head == HEAD
    assert [(one.key, one.source, one.target, one.base, one.safety, one.is_done) for one in back.units] == [
        (one.key, one.source, one.target, one.base, one.safety, True) for one in units
    ]


def _read_or_refused(form: str, content: bytes) -> None:
    """Nothing but a refusal in words may come of any bytes."""
    words = "read"
    try:
        FORMATS[form].read(content)
    except FileUnreadable as error:
        words = error.message
    assert words


@pytest.mark.parametrize("form", FORMATS)
@given(content=st.one_of(st.binary(max_size=300), st.text(max_size=300).map(str.encode)))
def test_any_bytes_are_read_or_refused_in_words(form: str, content: bytes) -> None:
    _read_or_refused(form, content)


@pytest.mark.parametrize("form", FORMATS)
@given(data=st.data())
def test_a_damaged_file_is_read_or_refused_in_words(form: str, data: st.DataObject) -> None:
    whole = FORMATS[form].write(Sheet(HEAD, (Unit("s1", "Call <strong>1300</strong>.", "اتصل.", 2),)))
    start = data.draw(st.integers(0, len(whole)))
    end = data.draw(st.integers(start, len(whole)))
    _read_or_refused(form, whole[:start] + data.draw(st.binary(max_size=4)) + whole[end:])


def refused(read: Callable[[bytes], Sheet], content: bytes) -> str:
    with pytest.raises(FileUnreadable) as error:
        read(content)
    return error.value.code


@pytest.mark.parametrize("form", FORMATS)
def test_empty_large_and_wrongly_encoded_files_are_refused(form: str) -> None:
    read = FORMATS[form].read
    whole = FORMATS[form].write(Sheet(HEAD, (Unit("s1", "Café", "مقهى"),)))
    assert refused(read, b" \n") == "file-empty"
    assert refused(read, b"x" * (MOST_BYTES + 1)) == "file-too-large"
    assert refused(read, whole.decode().encode("utf-16")) == "not-utf8"
    assert refused(read, whole.decode().encode("cp1256", "replace")) == "not-utf8"


@pytest.mark.parametrize("form", FORMATS)
def test_a_key_that_stands_twice_refuses_the_file(form: str) -> None:
    twice = FORMATS[form].write(Sheet(HEAD, (Unit("s1", "A", "ا"), Unit("s1", "B", "ب"))))
    assert refused(FORMATS[form].read, twice) == "key-twice"


@pytest.mark.parametrize("form", FORMATS)
def test_the_mark_of_a_machine_comes_back_for_the_file_and_for_a_part(form: str) -> None:
    given_units = (Unit("s1", "A", "ا", is_machine=True, engine="engine 3"), Unit("s2", "B", "ب"))
    back = FORMATS[form].read(FORMATS[form].write(Sheet(HEAD, given_units)))
    assert [(one.is_machine, one.engine) for one in back.units] == [(True, "engine 3"), (False, "")]
    whole = replace(HEAD, engine="engine 3")
    back = FORMATS[form].read(FORMATS[form].write(Sheet(whole, (Unit("s2", "B", "ب"),))))
    assert back.head.engine == "engine 3"
    assert back.units[0].is_machine


def test_fuzzy_entries_are_not_done_and_show_the_former_source() -> None:
    content = po.write(Sheet(HEAD, (Unit("s1", "Call 1400.", "اتصل 1300.", 4, is_older=True, before="Call 1300."),)))
    assert b"fuzzy" in content
    assert b'#| msgid "Call 1300."' in content
    assert not po.read(content).units[0].is_done


def test_an_untouched_state_in_xliff_is_not_done() -> None:
    content = xliff.write(Sheet(HEAD, (Unit("s1", "A", "ا"),)))
    assert xliff.read(content).units[0].is_done
    assert not xliff.read(content.replace(b'state="translated"', b'state="initial"')).units[0].is_done


def test_po_with_plurals_or_without_keys_or_headers_is_refused() -> None:
    whole = po.write(Sheet(HEAD, (Unit("s1", "A", "ا"),))).decode()
    assert refused(po.read, whole.replace('msgctxt "s1"\n', "").encode()) == "no-key"
    assert refused(po.read, whole.replace("X-RSO-Work", "X-Other").encode()) == "not-ours"
    plural = whole.replace('msgid "A"\nmsgstr "ا"', 'msgid "A"\nmsgid_plural "As"\nmsgstr[0] "ا"')
    assert refused(po.read, plural.encode()) == "plural"
    assert refused(po.read, b"/etc/passwd") == "not-po"
    assert refused(po.read, whole.replace('msgstr "ا"', 'msgstr "ا').encode()) == "not-po"


def test_entities_and_document_types_are_refused_unread() -> None:
    bomb = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><xliff>&b;</xliff>'
    outside = b'<?xml version="1.0"?><!DOCTYPE x SYSTEM "file:///etc/passwd"><xliff/>'
    assert refused(xliff.read, bomb) == "entities"
    assert refused(xliff.read, outside) == "entities"
    assert refused(xliff.read, b"<xliff " + b"<a>" * 20_000) == "not-xliff"
    assert refused(xliff.read, b'<xliff version="1.2"/>') == "not-xliff"


def test_inline_tags_are_guarded_in_xliff_and_matches_and_notes_are_there() -> None:
    unit = Unit(
        "s1", "Call <strong>1300</strong>.<br>Now.", "", notes=("port = مرفأ",), matches=(("Call.", "اتصل.", 81),)
    )
    content = xliff.write(Sheet(HEAD, (unit,))).decode()
    assert "<strong>" not in content
    assert 'type="fmt"' in content
    assert '<ph id="2"' in content or '<ph id="3"' in content
    assert 'similarity="81"' in content
    assert "port = مرفأ" in content
    assert xliff.read(content.encode()).units[0].source == unit.source


def test_a_unit_that_a_program_split_is_one_text_again() -> None:
    content = xliff.write(Sheet(HEAD, (Unit("s1", "One. Two.", "واحد. اثنان."),))).decode()
    first = '<segment id="s1" state="translated"><source>One. Two.</source><target>واحد. اثنان.</target></segment>'
    assert first in content
    split = (
        '<segment id="s1" state="translated"><source>One.</source><target>واحد.</target></segment>'
        "<ignorable><source> </source><target> </target></ignorable>"
        '<segment id="s2" state="final"><source>Two.</source><target>اثنان.</target></segment>'
    )
    unit = xliff.read(content.replace(first, split).encode()).units[0]
    assert (unit.source, unit.target, unit.is_done) == ("One. Two.", "واحد. اثنان.", True)
