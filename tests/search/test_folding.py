"""Two spellings of one word are one; two words stay two."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rso.search.folding import fold


@pytest.mark.parametrize(
    ("typed", "written"),
    [
        ("PASSPORT", "passport"),
        ("ho chieu gia", "hộ chiếu giả"),
        ("duong day", "đường dây"),
        ("الاجور", "الأجور"),
        ("مستشفي", "مستشفى"),
        ("القريه", "القرية"),
        ("ضَحَايَا", "ضحايا"),
        ("ماهيگير", "ماهیگیر"),
        ("٠١٢", "012"),
        ("۰۱۲", "012"),
        ("२४", "24"),
        ("๒๔", "24"),
        ("２４", "24"),
        ("ﾊﾟｽﾎﾟｰﾄ", "パスポート"),
        ("ぱすぽーと", "パスポート"),
        ("ＭＲＺ", "mrz"),
        ("ลายนํ้า", "ลายน้ำ"),
        ("ຕໍາຫລວດ", "ຕຳຫຼວດ"),
        ("បណ្ដុះបណ្ដាល", "បណ្តុះបណ្តាល"),
        ("ကောင်စစ်၀န်ရုံး", "ကောင်စစ်ဝန်ရုံး"),
        ("पिडित", "पीडित"),
        ("डुंगा", "डुङ्गा"),
        ("চাকরী", "চাকরি"),
        ("আঙ্গুলের", "আঙুলের"),
        ("කොන්සල්", unicodedata.normalize("NFD", "කොන්සල්")),
        ("ඇගිලි", "ඇඟිලි"),
        ("கடவுசீட்டு", "கடவுச்சீட்டு"),
        ("хуухэд", "хүүхэд"),
        ("캠페인", unicodedata.normalize("NFD", "캠페인")),
    ],
)
def test_spellings_of_one_word_are_folded_into_one(typed: str, written: str) -> None:
    assert fold(typed) == fold(written)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("ship", "shop"),
        ("がくせい", "かくせい"),  # the voicing mark is no accent
        ("कम", "काम"),
        ("ปา", "ป่า"),
        ("ကား", "ကာ"),
        ("ដី", "ដ"),
        ("دين", "دون"),
        ("가", "까"),
        ("24", "42"),
    ],
)
def test_words_that_differ_stay_apart(one: str, other: str) -> None:
    assert fold(one) != fold(other)


@given(st.text(max_size=60))
def test_what_is_folded_stays_as_it_is_and_holds_only_letters_marks_and_digits(text: str) -> None:
    folded = fold(text)
    assert all(unicodedata.category(letter)[0] in "LMN" for letter in folded)
    assert unicodedata.is_normalized("NFC", folded)


@given(st.text(max_size=60))
def test_normalisation_makes_no_difference(text: str) -> None:
    assert fold(unicodedata.normalize("NFD", text)) == fold(unicodedata.normalize("NFC", text))
