"""PostgreSQL's full text. Vectors and queries are written out: no parser and no dictionary touches a term."""

from __future__ import annotations

from collections import defaultdict
from itertools import chain
from typing import Final

from rso import sql
from rso.search.adapters.full_text import Dialect
from rso.search.ports import Terms
from rso.search.terms import Phrase

CREATE: Final = (
    "CREATE TABLE search_terms (document_id bigint PRIMARY KEY, vector tsvector NOT NULL)",
    "CREATE INDEX search_terms_vector ON search_terms USING gin (vector)",
)
DROP: Final = ("DROP TABLE search_terms",)
#: PostgreSQL's own limits: a position is no greater than this, and a term has no more positions than that.
_LAST_POSITION: Final = 16_383
_POSITIONS_OF_ONE: Final = 255
_BETWEEN: Final = 2


def _row(terms: Terms) -> tuple[sql.Value, ...]:
    """With the text form of a ``tsvector``: each term with its positions, those of the title with weight A."""
    places: defaultdict[str, list[str]] = defaultdict(list)
    titles = ((term, f"{at}A") for at, term in enumerate(terms.title, 1))
    bodies = ((term, str(at)) for at, term in enumerate(terms.body, len(terms.title) + _BETWEEN))
    for at, (term, place) in enumerate(chain(titles, bodies)):
        if at >= _LAST_POSITION - _BETWEEN:
            break
        if len(places[term]) < _POSITIONS_OF_ONE:
            places[term].append(place)
    return terms.document, " ".join(f"'{term}':{','.join(found)}" for term, found in places.items())


def _phrase(phrase: Phrase, letter: str) -> str:
    """Terms hold letters, marks and digits only, so nothing in them needs an escape."""
    *before, last = (f"'{letter}{term}'" for term in phrase.terms)
    return "(" + " <-> ".join([*before, last + (":*" if phrase.prefix else "")]) + ")"


TSVECTOR: Final = Dialect(
    keep="INSERT INTO search_terms (document_id, vector) VALUES (%s, %s::tsvector)",
    forget="DELETE FROM search_terms WHERE document_id = %s",
    matching="FROM search_terms AS t JOIN search_document AS d ON d.id = t.document_id WHERE t.vector @@ %s::tsquery",
    first="(t.vector @@ %s::tsquery) DESC, ",
    best="ts_rank('{0.1, 0.2, 0.2, 1.0}', t.vector, %s::tsquery, 1) DESC",
    best_asks=True,
    both=" & ",
    either=" | ",
    row=_row,
    phrase=_phrase,
)
