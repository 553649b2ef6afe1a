"""FTS5. Terms are cut already, so the tokenizer only has to leave them whole: letters, marks, digits, private use."""

from __future__ import annotations

from typing import Final

from rso import sql
from rso.search.adapters.full_text import Dialect
from rso.search.ports import Terms
from rso.search.terms import Phrase

CREATE: Final = (
    "CREATE VIRTUAL TABLE search_terms USING fts5(title, body, prefix='4 5', "
    "tokenize=\"unicode61 remove_diacritics 0 categories 'L* M* N* Co'\")",
)
DROP: Final = ("DROP TABLE search_terms",)


def _row(terms: Terms) -> tuple[sql.Value, ...]:
    return terms.document, " ".join(terms.title), " ".join(terms.body)


def _phrase(phrase: Phrase, letter: str) -> str:
    """Terms hold letters, marks and digits only, so nothing in them needs an escape."""
    terms = " ".join(letter + term for term in phrase.terms)
    return f'"{terms}"' + ("*" if phrase.prefix else "")


FTS5: Final = Dialect(
    keep="INSERT INTO search_terms (rowid, title, body) VALUES (%s, %s, %s)",
    forget="DELETE FROM search_terms WHERE rowid = %s",
    matching="FROM search_terms JOIN search_document AS d ON d.id = search_terms.rowid WHERE search_terms MATCH %s",
    first="d.id NOT IN (SELECT rowid FROM search_terms WHERE search_terms MATCH %s), ",
    best="bm25(search_terms, 5.0, 1.0)",  # a word of the title counts five times
    best_asks=False,
    both=" AND ",
    either=" OR ",
    row=_row,
    phrase=_phrase,
)
