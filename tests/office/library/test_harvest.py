"""What programs harvest: OAI-PMH by its rules, feeds, citations that stay citations, data of schema.org."""

from __future__ import annotations

import json
import re
import xml.etree.ElementTree as ET
from datetime import date, timedelta

import pytest
from django.test import Client
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st
from tests.office.conftest import NOW
from tests.office.library.shelf import file, record

from rso.accounts.rules import Actor
from rso.office.library import citing, oai
from rso.office.library.actions import records
from rso.office.library.actions.access import set_access
from rso.office.library.metadata import Card
from rso.office.library.models import Kind, Record

OAI = "{http://www.openarchives.org/OAI/2.0/}"
DC = "{http://purl.org/dc/elements/1.1/}"


def ask(query: str, *, post: bool = False) -> ET.Element:
    """The root of an answer, whose shape the schema OAI-PMH.xsd gives: date, request, then a fault or the verb."""
    client, address = Client(), reverse("library:oai")
    answer = client.post(address, query, content_type="application/x-www-form-urlencoded") if post else client.get(
        f"{address}?{query}"
    )  # fmt: skip
    assert answer.status_code == 200
    assert answer["Content-Type"] == "text/xml; charset=utf-8"
    root = ET.fromstring(answer.content)
    assert root.tag == f"{OAI}OAI-PMH"
    assert [child.tag for child in root][:2] == [f"{OAI}responseDate", f"{OAI}request"]
    assert len(root) == 3
    return root


def code_of(root: ET.Element) -> str:
    return root[2].get("code", "") if root[2].tag == f"{OAI}error" else ""


def headers(root: ET.Element) -> list[tuple[str, str | None]]:
    return [(h.findtext(f"{OAI}identifier", ""), h.get("status")) for h in root.iter(f"{OAI}header")]


@pytest.mark.django_db
class TestOai:
    @pytest.mark.parametrize(
        ("query", "code"),
        [
            ("", "badVerb"),
            ("verb=Nothing", "badVerb"),
            ("verb=Identify&verb=Identify", "badVerb"),
            ("verb=Identify&x=1", "badArgument"),
            ("verb=ListRecords", "badArgument"),
            ("verb=ListRecords&metadataPrefix=oai_dc&metadataPrefix=oai_dc", "badArgument"),
            ("verb=ListRecords&metadataPrefix=marc21", "cannotDisseminateFormat"),
            ("verb=ListRecords&metadataPrefix=oai_dc&from=2024", "badArgument"),
            ("verb=ListRecords&metadataPrefix=oai_dc&from=2024-02-30", "badArgument"),
            ("verb=ListRecords&metadataPrefix=oai_dc&from=2024-01-01&until=2024-01-02T00:00:00Z", "badArgument"),
            ("verb=ListRecords&metadataPrefix=oai_dc&from=2024-02-01&until=2024-01-01", "badArgument"),
            ("verb=ListRecords&metadataPrefix=oai_dc&set=kind:nothing", "noRecordsMatch"),
            ("verb=ListRecords&metadataPrefix=oai_dc", "noRecordsMatch"),
            ("verb=ListRecords&resumptionToken=made-up", "badResumptionToken"),
            ("verb=ListRecords&resumptionToken=x&metadataPrefix=oai_dc", "badArgument"),
            ("verb=ListSets&resumptionToken=x", "badResumptionToken"),
            ("verb=GetRecord&metadataPrefix=oai_dc&identifier=oai:localhost:nothing", "idDoesNotExist"),
            ("verb=GetRecord&metadataPrefix=oai_dc&identifier=nothing", "idDoesNotExist"),
            ("verb=ListMetadataFormats&identifier=nothing", "idDoesNotExist"),
        ],
    )
    def test_faults_have_their_codes(self, query: str, code: str) -> None:
        root = ask(query)
        assert code_of(root) == code
        if code in ("badVerb", "badArgument"):
            assert root[1].attrib == {}, "3.6: the arguments are not repeated"

    def test_identify(self, actors: dict[str, Actor]) -> None:
        record(actors["staff"])
        said = {child.tag.removeprefix(OAI): child.text for child in ask("verb=Identify", post=True)[2]}
        assert list(said) == [
            "repositoryName", "baseURL", "protocolVersion", "adminEmail", "earliestDatestamp", "deletedRecord",
            "granularity",
        ]  # fmt: skip
        assert (said["protocolVersion"], said["deletedRecord"]) == ("2.0", "persistent")
        assert said["earliestDatestamp"] == "2026-11-23T09:00:00Z"

    def test_a_record_in_dublin_core(self, actors: dict[str, Actor]) -> None:
        made = record(actors["staff"], "A & B <synthetic>", doi="10.1000/182", licence="CC-BY-4.0")
        file(actors["staff"], made)
        root = ask(f"verb=GetRecord&metadataPrefix=oai_dc&identifier={oai.identifier(made.work.code)}")
        assert root[1].get("verb") == "GetRecord"
        said = [(e.tag.removeprefix(DC), e.text) for e in root.iter() if e.tag.startswith(DC)]
        assert ("title", "A & B <synthetic>") in said
        assert ("identifier", "https://doi.org/10.1000/182") in said
        assert ("rights", "https://creativecommons.org/licenses/by/4.0/") in said
        assert ("format", "application/pdf") in said
        assert ("date", "2024-05") in said
        assert ask(f"verb=ListMetadataFormats&identifier={oai.identifier(made.work.code)}")[2].tag.endswith("Formats")

    def test_what_is_no_longer_open_is_deleted_and_stays_so(self, actors: dict[str, Actor]) -> None:
        shown = record(actors["staff"], "Shown (synthetic)")
        gone = record(actors["staff"], "Gone (synthetic)")
        closed = record(actors["staff"], "Closed (synthetic)")
        never = record(actors["staff"], "Never (synthetic)", access="members")
        later = NOW + timedelta(days=1)
        records.set_withdrawn(actors["staff"], record=gone, withdrawn=True, reason="Wrong", now=later)
        set_access(actors["staff"], record=closed, after="members", now=later)
        told = dict(headers(ask("verb=ListIdentifiers&metadataPrefix=oai_dc")))
        status = {name: told.get(oai.identifier(one.work.code), "absent") for name, one in
                  {"shown": shown, "gone": gone, "closed": closed, "never": never}.items()}  # fmt: skip
        assert status == {"shown": None, "gone": "deleted", "closed": "deleted", "never": "absent"}
        listed = ask("verb=ListRecords&metadataPrefix=oai_dc&from=2026-11-24")
        assert len(headers(listed)) == 2
        assert not list(listed.iter(f"{DC}title"))
        assert code_of(ask("verb=ListRecords&metadataPrefix=oai_dc&from=2026-11-25")) == "noRecordsMatch"
        assert len(headers(ask("verb=ListRecords&metadataPrefix=oai_dc&until=2026-11-23T09:00:00Z"))) == 1

    def test_a_long_list_comes_in_pages_and_whole(
        self, actors: dict[str, Actor], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(oai, "A_PAGE", 2)
        made = {oai.identifier(record(actors["staff"], f"No {n} (synthetic)").work.code) for n in range(5)}
        got, query, pages = [], "metadataPrefix=oai_dc", 0
        while query:
            root = ask(f"verb=ListRecords&{query}")
            got += [name for name, _status in headers(root)]
            token = root.find(f".//{OAI}resumptionToken")
            query, pages = (f"resumptionToken={token.text}" if token is not None and token.text else ""), pages + 1
        assert token is not None, "the last of several pages says so"
        assert (pages, sorted(got)) == (3, sorted(made))

    def test_sets_are_kinds(self, actors: dict[str, Actor]) -> None:
        record(actors["staff"], kind="guide")
        assert len(headers(ask("verb=ListRecords&metadataPrefix=oai_dc&set=kind:guide"))) == 1
        assert code_of(ask("verb=ListRecords&metadataPrefix=oai_dc&set=kind:report")) == "noRecordsMatch"
        assert len(list(ask("verb=ListSets").iter(f"{OAI}setSpec"))) == len(Kind.values)


@pytest.mark.django_db
def test_feeds_and_structured_data_have_what_is_open(actors: dict[str, Actor]) -> None:
    made = record(actors["staff"], "Open & new (synthetic)")
    record(actors["staff"], "Closed (synthetic)", access="signed-in")
    for name in ("rss", "atom"):
        text = Client().get(reverse(f"library:{name}")).content.decode()
        ET.fromstring(text)
        assert "Open &amp; new (synthetic)" in text
        assert "Closed" not in text
    said = json.loads(Client().get(reverse("library:structured", args=[made.work.code])).content)
    assert said["@context"] == "https://schema.org"
    assert said["@type"] == "DigitalDocument"
    assert said["name"] == "Open & new (synthetic)"
    assert said["datePublished"] == "2024-05"
    assert Record.objects.get(pk=made.pk).open_since == NOW


def card(**said: object) -> Card:
    values: dict[str, object] = {
        "code": "talking", "url": "https://office.invalid/library/talking/", "kind": Kind.REPORT,
        "titles": (("en", "Talking"),), "abouts": (), "owner": "RSO", "partners": "", "published": "2024-05-03",
        "subjects": (), "languages": ("en",), "doi": "", "isbn": "", "link": "", "licence": "", "rights": "",
        "replaces": "", "parts": (),
    }  # fmt: skip
    return Card(**{**values, **said})  # type: ignore[arg-type]


DAY = date(2026, 11, 28)


class TestCiting:
    def test_as_a_text(self) -> None:
        said = citing.apa(card(partners="IOM", doi="10.1000/182"), DAY)
        assert said.startswith("RSO & IOM. (2024). Talking. ")
        assert said.endswith("https://doi.org/10.1000/182\n")
        assert "(n.d.)" in citing.apa(card(published=""), DAY)
        assert "Retrieved 2026-11-28" in citing.apa(card(published=""), DAY)

    def test_bibtex_keeps_what_tex_would_take(self) -> None:
        said = citing.bibtex(card(titles=(("en", "50 % of {A} & B_C #1 ~ \\end $x$"),)), DAY)
        assert r"title = {{50 \% of \{A\} \& B\_C \#1 \textasciitilde{} \textbackslash{}end \$x\$}}" in said
        assert said.startswith("@techreport{talking,")
        assert "month = {5}" in said

    def test_csl(self) -> None:
        (item,) = json.loads(citing.csl(card(), DAY))
        assert item["issued"] == {"date-parts": [[2024, 5, 3]]}
        assert item["author"] == [{"literal": "RSO"}]
        assert "DOI" not in item

    @given(st.text(min_size=1, max_size=80))
    def test_no_title_breaks_out(self, title: str) -> None:
        of = card(titles=(("en", title),), abouts=(("en", title),))
        lines = citing.ris(of, DAY).split("\r\n")
        assert all(re.match(r"[A-Z][A-Z0-9]  - ", line) for line in lines if line)
        assert lines[0] == "TY  - RPRT"
        assert [line for line in lines if line.startswith("ER")] == ["ER  - "]
        said = citing.bibtex(of, DAY)
        bare = re.sub(r"\\[{}]", "", said)
        assert bare.count("{") == bare.count("}")
        assert json.loads(citing.csl(of, DAY))[0]["id"] == "talking"
        assert citing.apa(of, DAY).count("\n") == 1
