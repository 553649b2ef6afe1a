"""A restricted record, and a restricted part of an open one, are found by those who may and by nobody else."""

from __future__ import annotations

import io
import zipfile

import pytest
from django.test import Client
from django.urls import reverse
from tests.office.conftest import NOW, Browser
from tests.office.library.shelf import file, record

from rso.accounts.rules import ANONYMOUS, Actor, NotAllowed
from rso.base.errors import RsoError
from rso.content.models import Publication
from rso.office.library import queries
from rso.office.library.actions.access import decide_widening, set_access
from rso.office.library.actions.records import set_withdrawn
from rso.office.library.models import Record, Widening
from rso.office.library.rules import is_within
from rso.search.models import Document as Found
from rso.search.queries import find

pytestmark = pytest.mark.django_db
#: Who may read what is for members, and who may not.
MAY = ("official", "stranger", "steering", "staff", "manager-a")
MAY_NOT = ("party", "nobody")


def visitor(browser: Browser, name: str) -> Client:
    return Client() if name == "nobody" else browser(name)


def page(client: Client, address: str) -> str:
    return client.get(address).content.decode()


def places(found: Record) -> list[str]:
    """Every address that lists records."""
    code = found.work.code
    harvested = reverse("library:oai") + "?verb=ListRecords&metadataPrefix=oai_dc"
    return [
        reverse("library:home"), reverse("library:home") + "?q=zebrafish", reverse("library:home") + "?order=title",
        reverse("library:export", args=["csv"]), reverse("library:export", args=["json"]), reverse("library:rss"),
        reverse("library:atom"), harvested, reverse("front:search") + "?q=zebrafish", "/api/library/records",
        "/api/library/records?q=zebrafish", "/api/search?q=zebrafish", reverse("library:record", args=[code]),
        f"/api/library/records/{code}", reverse("library:cite", args=[code, "txt"]),
        reverse("library:structured", args=[code]), reverse("library:everything", args=[code]),
    ]  # fmt: skip


@pytest.mark.parametrize("name", MAY_NOT)
def test_a_restricted_record_is_nowhere_for_others(name: str, actors: dict[str, Actor], browser: Browser) -> None:
    made = record(actors["staff"], "Zebrafish (synthetic)", access="members")
    held = file(actors["staff"], made, "Zebrafish in the text")
    client = visitor(browser, name)
    for address in places(made):
        assert "ebrafish (" not in page(client, address), address
        assert "0 records" in page(client, address) or "library/?" not in address or "order" in address
    code = made.work.code
    for address in ("fetch", "preview"):
        assert client.get(reverse(f"library:{address}", args=[code, held.pk])).status_code == 404
    copy = held.copies.get()
    assert copy.file is not None
    assert client.get(reverse("files:download", args=[copy.file.pk])).status_code in (302, 404)
    assert client.get(reverse("library:record", args=[code])).status_code == 404
    assert client.get(reverse("library:record", args=["there-is-none"])).status_code == 404


@pytest.mark.parametrize("name", MAY)
def test_a_restricted_record_is_found_by_those_who_may(name: str, actors: dict[str, Actor], browser: Browser) -> None:
    made = record(actors["staff"], "Zebrafish (synthetic)", access="members")
    held = file(actors["staff"], made, "A heron in the text")
    client = browser(name)
    for address in (reverse("library:home"), reverse("library:home") + "?q=heron", "/api/library/records?q=heron"):
        assert "Zebrafish (synthetic)" in page(client, address), address
    fetched = client.get(reverse("library:fetch", args=[made.work.code, held.pk]))
    assert fetched.status_code == 200
    assert fetched["Content-Disposition"].startswith("attachment")
    assert fetched["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in fetched["Content-Security-Policy"]


def test_a_restricted_part_of_an_open_record(actors: dict[str, Actor], browser: Browser) -> None:
    staff = actors["staff"]
    made = record(staff, "Open (synthetic)")
    file(staff, made, "A swallow", name="open.pdf")
    held = file(staff, made, "A zebrafish", name="notes.pdf", access="members", language="th")
    for name in MAY_NOT:
        client = visitor(browser, name)
        shown = page(client, reverse("library:record", args=[made.work.code]))
        assert "open.pdf" in shown
        assert "notes.pdf" not in shown
        assert "ไทย" not in shown
        assert "Open (synthetic)" not in page(client, reverse("library:home") + "?q=zebrafish")
        assert "Open (synthetic)" not in page(client, reverse("library:home") + "?language=th")
        assert "Thai" not in page(client, reverse("library:home"))
        assert client.get(reverse("library:fetch", args=[made.work.code, held.pk])).status_code == 404
        packed = b"".join(client.get(reverse("library:everything", args=[made.work.code])).streaming_content)  # type: ignore[arg-type]
        assert zipfile.ZipFile(io.BytesIO(packed)).namelist() == ["MANIFEST.txt", "en/open.pdf"]
    assert "notes.pdf" not in page(Client(), reverse("library:oai") + "?verb=ListRecords&metadataPrefix=oai_dc")
    member = browser("official")
    assert "notes.pdf" in page(member, reverse("library:record", args=[made.work.code]))
    assert "Thai" in page(member, reverse("library:home"))
    assert "Open (synthetic)" in page(member, reverse("library:home") + "?q=zebrafish")


def test_what_changes_in_a_restricted_part_is_not_seen_by_harvesters(actors: dict[str, Actor]) -> None:
    made = record(actors["staff"], "Open (synthetic)")
    before = Record.objects.get(pk=made.pk).open_changed_at
    later = NOW.replace(hour=12)
    from tests.office.library.shelf import pdf

    from rso.office.library.actions import documents

    documents.attach(
        actors["staff"],
        record=made,
        content=io.BytesIO(pdf("x")),
        name="a.pdf",
        language="th",
        access="members",
        now=later,
    )
    assert Record.objects.get(pk=made.pk).open_changed_at == before
    documents.attach(actors["staff"], record=made, content=io.BytesIO(pdf("x")), name="b.pdf", language="en", now=later)
    assert Record.objects.get(pk=made.pk).open_changed_at == later


def test_the_words_of_a_restricted_file_are_never_public_in_the_index(actors: dict[str, Actor]) -> None:
    made = record(actors["staff"])
    file(actors["staff"], made, "zebrafish", access="staff")
    assert find("zebrafish", audiences=("public", "signed-in", "members")).count == 0
    assert find("zebrafish", audiences=("staff",)).count == 1
    rows = Found.objects.filter(kind="library", body__contains="zebrafish").select_related("audience")
    assert {row.audience.key for row in rows} == {"staff"}


def test_one_organisation_and_one_group(actors: dict[str, Actor], browser: Browser) -> None:
    made = record(actors["staff"], "For Avaria (synthetic)", access="org:XAV")
    assert queries.record(actors["official"], made.work.code) == made
    assert queries.record(actors["stranger"], made.work.code) is None
    assert queries.record(ANONYMOUS, made.work.code) is None
    grouped = record(actors["staff"], "For a group (synthetic)", access="group:wg-tip")
    assert queries.record(actors["official"], grouped.work.code) is None


class TestOpening:
    def test_to_fewer_at_once_and_gone_from_the_index(self, actors: dict[str, Actor]) -> None:
        made = record(actors["staff"], "Zebrafish (synthetic)")
        assert find("zebrafish").count == 1
        assert set_access(actors["staff"], record=made, after="members", now=NOW) is None
        assert find("zebrafish").count == 0
        assert queries.record(ANONYMOUS, made.work.code) is None

    def test_to_more_only_with_a_second_person(self, actors: dict[str, Actor]) -> None:
        made = record(actors["staff"], "Zebrafish (synthetic)", access="members")
        with pytest.raises(RsoError, match="reason-needed"):
            set_access(actors["staff"], record=made, after="public", now=NOW)
        wish = set_access(actors["staff"], record=made, after="public", reason="Released.", now=NOW)
        assert wish is not None
        assert queries.record(ANONYMOUS, made.work.code) is None
        with pytest.raises(RsoError, match="asked-already"):
            set_access(actors["staff"], record=made, after="signed-in", reason="Again.", now=NOW)
        with pytest.raises(RsoError, match="own-wish"):
            decide_widening(actors["staff"], widening=wish, opened=True, now=NOW)
        with pytest.raises(NotAllowed):
            decide_widening(actors["official"], widening=wish, opened=True, now=NOW)
        decide_widening(actors["manager-a"], widening=wish, opened=True, now=NOW)
        assert queries.record(ANONYMOUS, made.work.code) is not None
        with pytest.raises(RsoError, match="moved-on"):
            decide_widening(actors["manager-b"], widening=wish, opened=True, now=NOW)

    def test_refused_with_a_reason(self, actors: dict[str, Actor]) -> None:
        made = record(actors["staff"], access="members")
        wish = set_access(actors["staff"], record=made, after="public", reason="Released.", now=NOW)
        assert wish is not None
        with pytest.raises(RsoError, match="reason-needed"):
            decide_widening(actors["manager-a"], widening=wish, opened=False, now=NOW)
        decide_widening(actors["manager-a"], widening=wish, opened=False, answer="Not yet.", now=NOW)
        assert Widening.objects.get().outcome == "refused"
        assert queries.record(ANONYMOUS, made.work.code) is None

    def test_what_changed_meanwhile_is_not_opened(self, actors: dict[str, Actor]) -> None:
        made = record(actors["staff"], access="members")
        wish = set_access(actors["staff"], record=made, after="public", reason="Released.", now=NOW)
        assert wish is not None
        set_access(actors["staff"], record=made, after="staff", now=NOW)
        with pytest.raises(RsoError, match="moved-on"):
            decide_widening(actors["manager-a"], widening=wish, opened=True, now=NOW)

    def test_a_part_is_never_for_more_than_its_record_and_nobody_gains_by_a_narrowing(
        self, actors: dict[str, Actor]
    ) -> None:
        made = record(actors["staff"], access="signed-in")
        part = file(actors["staff"], made, access="members")
        with pytest.raises(RsoError, match="wider-than-record"):
            file(actors["staff"], made, access="public")
        set_access(actors["staff"], record=made, after="org:NGO", now=NOW)
        part.refresh_from_db()
        assert part.access == "staff"

    def test_a_part_of_an_open_record_is_opened_by_two(self, actors: dict[str, Actor]) -> None:
        made = record(actors["staff"])
        part = file(actors["staff"], made, access="members")
        wish = set_access(actors["staff"], record=made, document=part, after="", reason="Released.", now=NOW)
        assert wish is not None
        assert queries.documents(ANONYMOUS, made) == []
        decide_widening(actors["manager-a"], widening=wish, opened=True, now=NOW)
        assert queries.documents(ANONYMOUS, made) == [part]


def test_who_is_within_whom() -> None:
    keys = ("public", "signed-in", "members", "staff", "org:XAV", "group:wg-tip")
    within = {(inner, outer) for inner in keys for outer in keys if is_within(inner, outer)}
    assert ("org:XAV", "members") not in within  # it may be an interested party
    assert {("group:wg-tip", "members"), ("members", "signed-in"), ("org:XAV", "signed-in")} <= within
    assert all((key, "public") in within and ("staff", key) in within and (key, key) in within for key in keys)
    assert all(("public", key) not in within for key in keys[1:])


def test_kept_counts_never_outlive_a_change_nor_reach_another_audience(
    actors: dict[str, Actor], browser: Browser
) -> None:
    made = record(actors["staff"], "One (synthetic)", kind="toolkit")

    def toolkits(client: Client) -> int:
        told = {one.name: one for one in client.get(reverse("library:home")).context["facets"]}
        kinds = next((facet for name, facet in told.items() if str(name) == "Kind"), None)
        return sum(choice.amount for choice in kinds.choices if str(choice.label) == "Toolkit") if kinds else 0

    official = browser("official")
    assert (toolkits(Client()), toolkits(official)) == (1, 1)
    set_access(actors["staff"], record=made, after="members", now=NOW)
    assert (toolkits(Client()), toolkits(official)) == (0, 1)
    record(actors["staff"], "Two (synthetic)", kind="toolkit", access="org:XAV")
    assert (toolkits(Client()), toolkits(official), toolkits(browser("stranger"))) == (0, 2, 1)


def test_no_other_page_opens_a_record(browser: Browser, actors: dict[str, Actor]) -> None:
    """The editorial core has a page for each work: a record's readers are not chosen there, by one person alone."""
    made = record(actors["staff"], access="members")
    code = made.work.code
    staff = browser("staff")
    change = reverse("content:change", args=[code])
    assert change not in page(staff, reverse("content:work", args=[code]))
    answer = staff.post(change, {"title": made.work.title, "audience": "public"})
    assert answer.status_code == 409
    made.work.refresh_from_db()
    assert made.work.audience == "members"
    assert f'value="{made.work.kind}"' not in page(staff, reverse("content:begin"))


def test_the_words_of_a_withdrawn_record_are_out_of_every_other_interface(actors: dict[str, Actor]) -> None:
    made = record(actors["staff"], about="A zebrafish.")
    api = f"/api/content/works/{made.work.code}/reading"
    print_of = Publication.objects.get(version__edition__work=made.work)
    assert "zebrafish" in page(Client(), api)
    set_withdrawn(actors["staff"], record=made, withdrawn=True, reason="Wrong.", now=NOW)
    assert Client().get(api).status_code == 404
    assert Client().get(f"/api/content/works/{made.work.code}/publications").status_code == 404
    assert Client().get(f"/api/content/check/{print_of.pk}").json()["verdict"] == "withdrawn"
    set_withdrawn(actors["staff"], record=made, withdrawn=False, now=NOW)
    assert "zebrafish" in page(Client(), api)
