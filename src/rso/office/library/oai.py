"""OAI-PMH 2.0: open records for harvesters. Answers are made of text that is escaped; there is nothing to parse here.

http://www.openarchives.org/OAI/openarchivesprotocol.html; the sections below are of that document. Datestamps are those
of what everybody may read; a record that is withdrawn or restricted afterwards stays known as deleted (2.5.1,
"persistent").
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final
from urllib.parse import urlsplit
from xml.sax.saxutils import escape, quoteattr

from django.conf import settings
from django.core import signing
from django.db.models import Q, QuerySet
from django.utils.translation import override

from rso.accounts.rules import ANONYMOUS
from rso.office.library.metadata import PUBLISHER, address, card, dublin_core
from rso.office.library.models import Kind, Record
from rso.office.library.queries import documents, harvested, is_open

A_PAGE: Final = 50
PREFIX: Final = "oai_dc"
_SALT: Final = "library.oai"
_ARGUMENTS: Final[dict[str, tuple[frozenset[str], frozenset[str]]]] = {
    "Identify": (frozenset(), frozenset()),
    "ListMetadataFormats": (frozenset(), frozenset({"identifier"})),
    "ListSets": (frozenset(), frozenset({"resumptionToken"})),
    "GetRecord": (frozenset({"identifier", "metadataPrefix"}), frozenset()),
    "ListIdentifiers": (frozenset({"metadataPrefix"}), frozenset({"from", "until", "set", "resumptionToken"})),
    "ListRecords": (frozenset({"metadataPrefix"}), frozenset({"from", "until", "set", "resumptionToken"})),
}
_DAY: Final = re.compile(r"\d{4}-\d{2}-\d{2}")
_MOMENT: Final = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}Z")
_CONTROLS: Final = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")


class OaiError(Exception):
    """A fault of the harvester's, with its code (3.6)."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


@dataclass(frozen=True)
class _Range:
    """What a list goes over: ``after`` is the last record of the page before, by its stamp and key."""

    since: str = ""
    until: str = ""
    chosen: str = ""
    after: tuple[str, int] | None = None


def answer(asked: Mapping[str, list[str]], *, base: str, now: datetime) -> str:
    """The whole answer, a fault among them. ``asked`` are the arguments as sent, ``base`` is where this service is."""
    try:
        body, shown = _body(asked, base), {name: values[0] for name, values in asked.items()}
    except OaiError as fault:
        # 3.6: where verb or arguments are at fault, they are not repeated.
        kept = fault.code not in ("badVerb", "badArgument")
        shown = {name: values[0] for name, values in asked.items()} if kept else {}
        body = f'<error code="{fault.code}">{_text(str(fault))}</error>'
    said = "".join(f" {name}={quoteattr(_clean(value))}" for name, value in sorted(shown.items()))
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        '<OAI-PMH xmlns="http://www.openarchives.org/OAI/2.0/" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" '
        'xsi:schemaLocation="http://www.openarchives.org/OAI/2.0/ http://www.openarchives.org/OAI/2.0/OAI-PMH.xsd">'
        f"<responseDate>{_stamp(now)}</responseDate><request{said}>{_text(base)}</request>{body}</OAI-PMH>\n"
    )


def _clean(text: str) -> str:
    """XML has no way to write most control characters."""
    return _CONTROLS.sub(" ", text)


def _text(text: str) -> str:
    return escape(_clean(text))


def _stamp(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _body(asked: Mapping[str, list[str]], base: str) -> str:
    given = _arguments(asked)
    verb = given.pop("verb")
    if verb == "Identify":
        return _identify(base)
    if verb == "ListMetadataFormats":
        return _formats(given)
    if verb == "ListSets":
        return _sets(given)
    if verb == "GetRecord":
        _known_format(given["metadataPrefix"])
        return f"<GetRecord>{_record(_find(given['identifier']))}</GetRecord>"
    return _list(verb, given)


def _arguments(asked: Mapping[str, list[str]]) -> dict[str, str]:
    verbs = asked.get("verb", [])
    if len(verbs) != 1 or verbs[0] not in _ARGUMENTS:
        raise OaiError("badVerb", "There has to be one verb of OAI-PMH.")
    needed, allowed = _ARGUMENTS[verbs[0]]
    names = set(asked) - {"verb"}
    if any(len(values) != 1 for values in asked.values()):
        raise OaiError("badArgument", "An argument stands twice.")
    if "resumptionToken" in names and "resumptionToken" in allowed:
        if names != {"resumptionToken"}:
            raise OaiError("badArgument", "resumptionToken stands alone.")
    elif not needed <= names <= needed | allowed:
        raise OaiError("badArgument", "An argument is missing, or is none of this verb's.")
    return {name: values[0] for name, values in asked.items()}


def identifier(code: str) -> str:
    """The name of a record among all repositories (oai-identifier)."""
    return f"oai:{urlsplit(settings.RSO_BASE_URL).hostname}:{code}"


def _find(named: str) -> Record:
    code = named.removeprefix(identifier(""))
    found = harvested().prefetch_related("described").filter(work__code=code).first() if code != named else None
    if found is None:
        raise OaiError("idDoesNotExist", "There is no such record.")
    return found


def _known_format(prefix: str) -> None:
    if prefix != PREFIX:
        raise OaiError("cannotDisseminateFormat", "Records are given as oai_dc.")


def _identify(base: str) -> str:
    first = harvested().first()
    earliest = (
        first.open_changed_at if first is not None and first.open_changed_at else datetime(2012, 1, 1, tzinfo=UTC)
    )
    return (
        f"<Identify><repositoryName>{_text(PUBLISHER)}</repositoryName><baseURL>{_text(base)}</baseURL>"
        f"<protocolVersion>2.0</protocolVersion><adminEmail>{_text(settings.DEFAULT_FROM_EMAIL)}</adminEmail>"
        f"<earliestDatestamp>{_stamp(earliest)}</earliestDatestamp><deletedRecord>persistent</deletedRecord>"
        "<granularity>YYYY-MM-DDThh:mm:ssZ</granularity></Identify>"
    )


def _formats(given: Mapping[str, str]) -> str:
    if "identifier" in given:
        _find(given["identifier"])
    return (
        f"<ListMetadataFormats><metadataFormat><metadataPrefix>{PREFIX}</metadataPrefix>"
        "<schema>http://www.openarchives.org/OAI/2.0/oai_dc.xsd</schema>"
        "<metadataNamespace>http://www.openarchives.org/OAI/2.0/oai_dc/</metadataNamespace>"
        "</metadataFormat></ListMetadataFormats>"
    )


def _sets(given: Mapping[str, str]) -> str:
    if "resumptionToken" in given:
        raise OaiError("badResumptionToken", "The sets are given at once.")
    with override("en"):
        rows = [(kind.value, str(kind.label)) for kind in Kind]
    told = "".join(f"<set><setSpec>{_spec(v)}</setSpec><setName>{_text(label)}</setName></set>" for v, label in rows)
    return f"<ListSets>{told}</ListSets>"


def _spec(kind: str) -> str:
    return f"kind:{kind}"


def _list(verb: str, given: Mapping[str, str]) -> str:
    asked = _resumed(given["resumptionToken"]) if "resumptionToken" in given else _asked(given)
    rows = list(_rows(asked).prefetch_related("described")[: A_PAGE + 1])
    if not rows:
        raise OaiError("noRecordsMatch", "No record fits.")
    page, has_more = rows[:A_PAGE], len(rows) > A_PAGE
    told = "".join(_header(row) if verb == "ListIdentifiers" else _record(row) for row in page)
    if has_more:
        last = page[-1]
        token = {"s": asked.since, "u": asked.until, "c": asked.chosen, "a": [_exact(last.open_changed_at), last.pk]}
        told += f"<resumptionToken>{_text(signing.dumps(token, salt=_SALT, compress=True))}</resumptionToken>"
    elif asked.after is not None:
        told += "<resumptionToken/>"  # 3.5: the last page of a list that took several says so by an empty one
    return f"<{verb}>{told}</{verb}>"


def _exact(at: datetime | None) -> str:
    return at.isoformat() if at else ""


def _asked(given: Mapping[str, str]) -> _Range:
    _known_format(given["metadataPrefix"])
    since, until, chosen = given.get("from", ""), given.get("until", ""), given.get("set", "")
    forms = {bool(_DAY.fullmatch(one)) for one in (since, until) if one}
    if any(not (_DAY.fullmatch(one) or _MOMENT.fullmatch(one)) for one in (since, until) if one) or len(forms) > 1:
        raise OaiError("badArgument", "from and until are days or moments (UTC), both of the same form.")
    asked = _Range(since, until, chosen)
    if since and until and _moment(since) > _moment(until):
        raise OaiError("badArgument", "from is later than until.")
    if chosen and chosen not in {_spec(kind) for kind in Kind.values}:
        raise OaiError("noRecordsMatch", "There is no such set.")
    return asked


def _moment(said: str, *, is_end: bool = False) -> datetime:
    """The instant; of an end, the first one that no longer belongs to it."""
    form = "%Y-%m-%d" if _DAY.fullmatch(said) else "%Y-%m-%dT%H:%M:%SZ"
    try:
        found = datetime.strptime(said, form).replace(tzinfo=UTC)
    except ValueError:
        raise OaiError("badArgument", "There is no such day.") from None
    step = timedelta(days=1) if _DAY.fullmatch(said) else timedelta(seconds=1)
    return found + step if is_end else found


def _resumed(token: str) -> _Range:
    try:
        kept = signing.loads(token, salt=_SALT)
        return _Range(kept["s"], kept["u"], kept["c"], (str(kept["a"][0]), int(kept["a"][1])))
    except (signing.BadSignature, KeyError, TypeError, ValueError, IndexError):
        raise OaiError("badResumptionToken", "This token is none of ours.") from None


def _rows(asked: _Range) -> QuerySet[Record]:
    """The records of a list, in the order of their stamps, so that a change during a harvest is met later in it."""
    found = harvested()
    if asked.since:
        found = found.filter(open_changed_at__gte=_moment(asked.since))
    if asked.until:
        found = found.filter(open_changed_at__lt=_moment(asked.until, is_end=True))
    if asked.chosen:
        found = found.filter(kind=asked.chosen.partition(":")[2])
    if asked.after is not None:
        at, pk = datetime.fromisoformat(asked.after[0]), asked.after[1]
        found = found.filter(Q(open_changed_at__gt=at) | Q(open_changed_at=at, pk__gt=pk))
    return found


def _header(row: Record) -> str:
    gone = "" if is_open(row) else ' status="deleted"'
    at = row.open_changed_at
    return (
        f"<header{gone}><identifier>{_text(identifier(row.work.code))}</identifier>"
        f"<datestamp>{_stamp(at) if at else ''}</datestamp><setSpec>{_spec(row.kind)}</setSpec></header>"
    )


def _record(row: Record) -> str:
    if not is_open(row):
        return f"<record>{_header(row)}</record>"
    said = dublin_core(card(row, documents(ANONYMOUS, row)))
    elements = "".join(
        f"<dc:{name}{f' xml:lang={quoteattr(language)}' if language else ''}>{_text(value)}</dc:{name}>"
        for name, value, language in said
    )
    return (
        f'<record>{_header(row)}<metadata><oai_dc:dc xmlns:oai_dc="http://www.openarchives.org/OAI/2.0/oai_dc/" '
        'xmlns:dc="http://purl.org/dc/elements/1.1/" xsi:schemaLocation="http://www.openarchives.org/OAI/2.0/oai_dc/ '
        f'http://www.openarchives.org/OAI/2.0/oai_dc.xsd">{elements}</oai_dc:dc></metadata></record>'
    )


def base_url(path: str) -> str:
    """Where this service is."""
    return address(path)
