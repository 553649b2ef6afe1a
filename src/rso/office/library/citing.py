"""How a record is cited: as a text in the manner of APA, and in three forms that reference managers read.

Every value is escaped for its form: a title with braces, a line break or a backslash stays a title.
"""

from __future__ import annotations

import json
import re
from datetime import date
from typing import Any, Final

from rso.office.library.metadata import PUBLISHER, Card
from rso.office.library.models import Kind

#: Characters that BibTeX or TeX takes for its own.
_TEX: Final = {
    "\\": r"\textbackslash{}", "{": r"\{", "}": r"\}", "%": r"\%", "$": r"\$", "&": r"\&", "#": r"\#", "_": r"\_",
    "~": r"\textasciitilde{}", "^": r"\textasciicircum{}",
}  # fmt: skip
_REPORTS: Final = (Kind.REPORT, Kind.RESEARCH, Kind.BRIEF, Kind.POLICY, Kind.PLAN, Kind.OUTCOME)
FORMS: Final = {
    "txt": "text/plain; charset=utf-8",
    "bib": "application/x-bibtex; charset=utf-8",
    "ris": "application/x-research-info-systems; charset=utf-8",
    "json": "application/vnd.citationstyles.csl+json; charset=utf-8",
}


def cited(of: Card, form: str, *, read_on: date) -> str:
    """The citation in one of :data:`FORMS`; ``read_on`` is the day of the visit, for what has no fixed text."""
    made = {"txt": apa, "bib": bibtex, "ris": ris, "json": csl}[form]
    return made(of, read_on)


def _authors(of: Card) -> list[str]:
    return [one for one in (of.owner, of.partners) if one]


def _year(of: Card) -> str:
    return of.published[:4]


def _where(of: Card) -> str:
    return f"https://doi.org/{of.doi}" if of.doi else of.link or of.url


def _line(text: str) -> str:
    """On one line, without what would end or hide it."""
    return " ".join(re.sub(r"[\x00-\x1f\x7f]", " ", text).split())


def apa(of: Card, read_on: date) -> str:
    """Author. (Year). Title. Publisher. Address; in the manner of the APA's manual, 7th edition."""
    authors = " & ".join(_line(one) for one in _authors(of))
    publisher = "" if of.owner == PUBLISHER else f" {PUBLISHER}."
    when = _year(of) or "n.d."
    fetched = "" if _year(of) else f"Retrieved {read_on.isoformat()} from "
    return f"{authors.rstrip('.')}. ({when}). {_line(of.title).rstrip('.')}.{publisher} {fetched}{_where(of)}\n"


def bibtex(of: Card, read_on: date) -> str:
    """An entry of BibTeX. Titles stand in double braces, so that no style changes their capitals."""
    fields = {
        "title": f"{{{_tex(of.title)}}}",
        "author": " and ".join(f"{{{_tex(one)}}}" for one in _authors(of)),
        "year": _year(of),
        "month": _month(of),
        "institution" if of.kind in _REPORTS else "publisher": _tex(PUBLISHER),
        "language": _tex(of.language),
        "doi": _tex(of.doi),
        "isbn": of.isbn,
        "url": _where(of),
        "urldate": read_on.isoformat(),
    }
    said = ",\n".join(f"  {name} = {{{value}}}" for name, value in fields.items() if value)
    return f"@{'techreport' if of.kind in _REPORTS else 'misc'}{{{of.code},\n{said}\n}}\n"


def _month(of: Card) -> str:
    return str(int(of.published[5:7])) if len(of.published) >= 7 else ""


def _tex(text: str) -> str:
    return "".join(_TEX.get(sign, sign) for sign in _line(text))


def ris(of: Card, read_on: date) -> str:
    """An entry of RIS. A value never spans lines, so that none can begin a field of its own."""
    said = [
        ("TY", "RPRT" if of.kind in _REPORTS else "GEN"),
        ("ID", of.code),
        ("TI", of.title),
        *(("AU", one) for one in _authors(of)),
        ("PY", _year(of)),
        ("DA", of.published.replace("-", "/")),
        ("PB", PUBLISHER),
        ("LA", of.language),
        *(("KW", one) for one in of.subjects),
        ("AB", of.abouts[0][1] if of.abouts else ""),
        ("DO", of.doi),
        ("SN", of.isbn),
        ("UR", _where(of)),
        ("Y2", read_on.isoformat().replace("-", "/")),
    ]
    return "".join(f"{tag}  - {_line(value)}\r\n" for tag, value in said if value) + "ER  - \r\n"


def csl(of: Card, read_on: date) -> str:
    """An item of CSL-JSON, in a list as reference managers take it."""
    item: dict[str, Any] = {
        "id": of.code,
        "type": "report" if of.kind in _REPORTS else "document",
        "title": _line(of.title),
        "author": [{"literal": _line(one)} for one in _authors(of)],
        "publisher": PUBLISHER,
        "language": of.language,
        "abstract": of.abouts[0][1] if of.abouts else "",
        "DOI": of.doi,
        "ISBN": of.isbn,
        "URL": _where(of),
        "accessed": {"date-parts": [[read_on.year, read_on.month, read_on.day]]},
    }
    if of.published:
        item["issued"] = {"date-parts": [[int(part) for part in of.published.split("-")]]}
    return json.dumps([{name: value for name, value in item.items() if value}], ensure_ascii=False, indent=2) + "\n"
