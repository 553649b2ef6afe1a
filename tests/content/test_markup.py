"""Words typed without markup come back as they were; what a program kept is clean, and stays so."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from rso.content.markup import clean, of_plain, plain

_SIGNS = st.characters(categories=["L", "N", "P", "S"], include_characters=" <>&\"'/=")


@given(st.text(_SIGNS))
def test_plain_words_come_back(words: str) -> None:
    kept = clean(of_plain(words))
    assert plain(kept) == " ".join(words.split(" ")).strip() or " ".join(plain(kept).split()) == " ".join(words.split())
    assert clean(kept) == kept


@given(st.text(st.sampled_from("<>/ab isrcptoneEMonBR=\"'&;:#javscript"), max_size=60))
def test_nothing_but_the_little_markup_is_kept(text: str) -> None:
    kept = clean(text).lower()
    assert "<script" not in kept
    assert "<img" not in kept
    assert 'href="javascript' not in kept
    assert clean(clean(text)) == clean(text)
