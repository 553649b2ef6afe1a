"""The screens of translators and reviewers: what they show to whom, and that nothing typed is lost."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries, Settings
from tests.content.desk import Desk, desk, later, translated
from tests.content.translation.room import base_of, browser, text_of

from rso.content.actions import publishing, writing
from rso.content.exchange import po
from rso.content.models import Arrival, LanguageVersion, Pair, Recording, Remark, Review, Term, Wording
from rso.ui.pseudo import untranslated

pytestmark = pytest.mark.django_db
OPUS = b"OggS\x00\x02" + b"\x00" * 22 + b"OpusHead\x01" + b"\x00" * 60
JSON = {"accept": "application/json"}


@pytest.fixture
def made(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Desk:
    settings.RSO_DEMONSTRATION = True
    # The desk's day is a fixed one: what the pages write comes after it.
    monkeypatch.setattr("django.utils.timezone.now", lambda: later(hours=6))
    return desk()


@pytest.fixture
def arabic(made: Desk) -> LanguageVersion:
    """A translation whose hotline is withheld and whose paragraph is older."""
    version = translated(made)
    made.write("editor", made.source, "s2", "Take your time.", at=later(hours=2))
    made.write("editor", made.source, "s3", "Call 1400 at any hour.", at=later(hours=2))
    made.publish(made.source, at=later(hours=2))
    version.refresh_from_db()
    return version


def url(name: str, *args: Any) -> str:
    return reverse(f"translation:{name}", args=args)


def save(client: Client, version: LanguageVersion, key: str, text: str, base: int, **headers: Any) -> Any:
    return client.post(url("save", version.pk, key), {"text": text, "base": base}, headers=headers or None)


# ---- lists


def test_the_overview_shows_how_far_each_text_is_and_what_readers_lack(made: Desk, arabic: LanguageVersion) -> None:
    page = browser(made, "translator-ar").get(url("overview")).content.decode()
    assert "1 of 3 current, 1 older, 1 withheld" in page
    assert "readers lack a safety-critical part" in page
    assert "No texts here" in browser(made, "translator-ar").get(url("overview") + "?show=review").content.decode()
    assert "Talking" in browser(made, "translator-ar").get(url("overview") + "?show=stale").content.decode()
    assert "No texts here" in browser(made, "translator-ar").get(url("overview") + "?q=nothing").content.decode()


def test_a_translator_begins_what_nobody_has_begun_in_their_own_language_only(made: Desk) -> None:
    made.publish(made.source)
    client = browser(made, "translator-km")
    assert "Talking" in client.get(url("overview") + "?show=begin").content.decode()
    edition = made.source.edition
    assert client.post(url("begin", edition.pk, "ar")).status_code == 403
    answer = client.post(url("begin", edition.pk, "km"))
    assert answer.url == url("screen", LanguageVersion.objects.get(language="km").pk)
    assert client.post(url("begin", edition.pk, "xx")).status_code == 404
    assert client.post(url("begin", edition.pk, "en")).status_code == 404


def test_the_matrix_shows_texts_and_languages_and_nobodys_name(made: Desk, arabic: LanguageVersion) -> None:
    page = browser(made, "editor").get(url("matrix")).content.decode()
    assert "1/3" in page
    assert "P. translator-ar" not in page
    assert browser(made, "party").get(url("matrix")).status_code == 403


def test_lists_take_few_queries_however_long(
    made: Desk, arabic: LanguageVersion, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    for number in range(12):
        work = writing.begin_work(
            made.actors["editor"], kind="sheet", code=f"w{number}", title=f"Text {number}", owner=made.work.owner,
            now=later(hours=3),
        )  # fmt: skip
        source = LanguageVersion.objects.get(edition__work=work)
        made.work, kept = work, made.work
        made.publish(source, at=later(hours=3))
        made.translation()
        made.work = kept
    clients = {name: browser(made, name) for name in ("translator-ar", "editor")}
    for client, path in (("translator-ar", url("overview")), ("editor", url("matrix"))):
        with django_assert_max_num_queries(12):
            assert clients[client].get(path).status_code == 200
    with django_assert_max_num_queries(25):
        assert clients["translator-ar"].get(url("screen", arabic.pk)).status_code == 200


# ---- the screen


def test_the_screen_shows_state_change_memory_and_glossary(made: Desk, arabic: LanguageVersion) -> None:
    Term.objects.create(
        language="ar", source="hour", target="ساعة", avoid="زمن", changed_by_id=made.actors["editor"].user_id,
        changed_at=later(),
    )  # fmt: skip
    page = browser(made, "translator-ar").get(url("screen", arabic.pk)).content.decode()
    assert "older: withheld from readers" in page
    assert "<del><span" in page.replace("\n", "")  # what changed since
    assert 'dir="rtl"' in page
    assert "ساعة" in page
    assert "Still right as it stands" in page
    assert "These figures differ from the source: 1300, 1400." in page
    assert "The glossary has a translation that is not used here: hour, ساعة." in page


@pytest.mark.parametrize(
    ("show", "keys"), [("open", ["s2", "s3"]), ("missing", []), ("safety", ["s3"]), ("older", ["s2", "s3"])]
)
def test_filters_leave_what_is_to_be_done(made: Desk, arabic: LanguageVersion, show: str, keys: list[str]) -> None:
    page = browser(made, "translator-ar").get(url("screen", arabic.pk) + f"?show={show}").content.decode()
    assert [key for key in ("title", "s2", "s3") if f'id="part-{key}"' in page] == keys


def test_a_part_is_kept_without_a_script_and_the_page_comes_back_to_it(made: Desk, arabic: LanguageVersion) -> None:
    answer = save(browser(made, "translator-ar"), arabic, "s2", "على مهلك.", 1)
    assert answer.status_code == 302
    assert answer.url.endswith("#part-s2")
    assert text_of(made, arabic, "s2") == "على مهلك."


def test_a_part_is_kept_with_a_script(made: Desk, arabic: LanguageVersion) -> None:
    answer = save(browser(made, "translator-ar"), arabic, "s3", "اتصل بالرقم ١٤٠٠.", 1, **JSON)
    said = answer.json()
    assert (said["base"], said["open"]) == (2, "no")
    assert "2 of 3 current" in said["progress"]
    assert said["checks"].strip() == ""
    assert "1300" in save(browser(made, "translator-ar"), arabic, "s3", "1300", 2, **JSON).json()["checks"]


def test_two_at_once_both_keep_their_words(made: Desk, arabic: LanguageVersion) -> None:
    client = browser(made, "translator-ar")
    save(client, arabic, "s2", "الأولى", 1)
    page = save(client, arabic, "s2", "الثانية", 1)
    assert page.status_code == 409
    shown = page.content.decode()
    assert "الأولى" in shown
    assert "الثانية" in shown
    assert 'name="base" value="2"' in shown  # sent again, mine takes its place
    assert text_of(made, arabic, "s2") == "الأولى"
    said = save(client, arabic, "s2", "الثانية", 1, **JSON)
    assert (said.status_code, said.json()["theirs"], said.json()["base"]) == (409, "الأولى", 2)
    assert save(client, arabic, "s2", "الثانية", 2).status_code == 302


def test_one_person_at_two_windows_loses_no_words_either(made: Desk, arabic: LanguageVersion) -> None:
    client = browser(made, "translator-ar")
    first = save(client, arabic, "s2", "الأولى", 1, **JSON).json()
    said = {"base": first["base"], "seen": first["seen"]}
    second = client.post(url("save", arabic.pk, "s2"), {"text": "من نافذة", **said}, headers=JSON).json()
    assert second["base"] == first["base"]  # one sitting, one wording
    behind = client.post(url("save", arabic.pk, "s2"), {"text": "من أخرى", **said}, headers=JSON)
    assert (behind.status_code, behind.json()["theirs"]) == (409, "من نافذة")
    assert text_of(made, arabic, "s2") == "من نافذة"


def test_still_right_and_its_refusal(made: Desk, arabic: LanguageVersion) -> None:
    client = browser(made, "translator-ar")
    assert client.post(url("still-right", arabic.pk, "s2"), {"base": 1, "text": ""}).status_code == 302
    refused = client.post(url("still-right", arabic.pk, "s3"), {"base": 1, "text": ""})
    assert refused.status_code == 409
    assert "so this cannot be still right" in refused.content.decode()


@pytest.mark.parametrize("who", ["translator-km", "reviewer-ar", "editor", "party", "keeper"])
def test_only_a_translator_of_the_language_writes(made: Desk, arabic: LanguageVersion, who: str) -> None:
    answer = save(browser(made, who), arabic, "s2", "لا", 1)
    assert answer.status_code == 403
    assert text_of(made, arabic, "s2") == "خذ وقتك."


def test_a_source_has_no_translators_screen(made: Desk) -> None:
    assert browser(made, "translator-ar").get(url("screen", made.source.pk)).status_code == 404


def test_markup_is_cleaned_and_never_runs(made: Desk, arabic: LanguageVersion) -> None:
    save(browser(made, "translator-ar"), arabic, "s2", "<script>alert(1)</script><strong>نعم</strong>", 1)
    assert text_of(made, arabic, "s2") == "<strong>نعم</strong>"
    page = browser(made, "reviewer-ar").get(url("review", arabic.pk)).content.decode()
    assert "<strong>نعم</strong>" in page


def test_comments_and_recordings(made: Desk, arabic: LanguageVersion) -> None:
    client = browser(made, "translator-ar")
    client.post(url("comment", arabic.pk, "s2"), {"text": "Which time?"})
    remark = Remark.objects.get()
    assert "Which time?" in client.get(url("screen", arabic.pk)).content.decode()
    assert client.post(url("resolve", arabic.pk, remark.pk)).status_code == 302
    assert client.post(url("comment", arabic.pk, "s2"), {"text": ""}).status_code == 422
    sent = SimpleUploadedFile("words.opus", OPUS, "audio/ogg")
    assert client.post(url("recording", arabic.pk, "s2"), {"file": sent}).status_code == 302
    assert Recording.objects.get().number == base_of(made, arabic, "s2")
    assert "<audio" in client.get(url("screen", arabic.pk)).content.decode()
    wrong = SimpleUploadedFile("words.opus", b"%PDF-1.7 none", "audio/ogg")
    assert client.post(url("recording", arabic.pk, "s2"), {"file": wrong}).status_code == 422


# ---- sign-off


def test_from_translator_to_reviewer_to_publisher(made: Desk, arabic: LanguageVersion) -> None:
    translator, reviewer, publisher = (browser(made, name) for name in ("translator-ar", "reviewer-ar", "publisher"))
    barred = translator.post(url("submit", arabic.pk), {"note": ""})
    assert barred.status_code == 409
    assert "Safety-critical parts are older than the source." in barred.content.decode()
    save(translator, arabic, "s3", "اتصل بالرقم ١٤٠٠.", 1)
    assert translator.post(url("submit", arabic.pk), {"note": "The hotline"}).status_code == 302
    page = reviewer.get(url("review", arabic.pk)).content.decode()
    assert "The hotline" in page
    assert "What readers have now, and what would change" in page
    returned = reviewer.post(url("review", arabic.pk), {"outcome": "returned", "reason": ""})
    assert returned.status_code == 409
    assert "Say what should be changed." in returned.content.decode()
    reviewer.post(url("review", arabic.pk), {"outcome": "returned", "reason": "A softer word"})
    assert "A softer word" in translator.get(url("screen", arabic.pk)).content.decode()
    translator.post(url("submit", arabic.pk), {"note": ""})
    assert translator.post(url("review", arabic.pk), {"outcome": "approved"}).status_code == 403
    assert publisher.post(url("publish", arabic.pk)).status_code == 302
    assert arabic.publications.count() == 1  # not approved yet
    assert reviewer.post(url("review", arabic.pk), {"outcome": "approved"}).status_code == 302
    assert publisher.post(url("publish", arabic.pk)).status_code == 302
    assert arabic.publications.count() == 2
    arabic.refresh_from_db()
    assert (arabic.withheld, arabic.current, arabic.total) == (0, 2, 3)


def test_what_is_in_review_cannot_be_changed_on_the_screen(made: Desk, arabic: LanguageVersion) -> None:
    client = browser(made, "translator-ar")
    save(client, arabic, "s3", "اتصل بالرقم 1400.", 1)
    publishing.submit(made.actors["translator-ar"], version=arabic, now=later(hours=3))
    page = client.get(url("screen", arabic.pk)).content.decode()
    assert "With the national reviewers" in page
    assert '<textarea id="text-s2"' not in page
    assert Review.objects.filter(outcome="").exists()


# ---- files


def test_a_file_out_and_back_by_the_pages(made: Desk, arabic: LanguageVersion) -> None:
    client = browser(made, "translator-ar")
    answer = client.post(url("export", arabic.pk, "po"))
    assert answer["Content-Disposition"] == 'attachment; filename="talking-1-ar.po"'
    content = answer.content.decode().replace("#, fuzzy\n", "").replace("خذ وقتك.", "على مهلك.")
    sent = client.post(url("import", arabic.pk), {"file": SimpleUploadedFile("b.po", content.encode())})
    arrival = Arrival.objects.get()
    assert sent.url == url("look", arabic.pk, arrival.pk)
    page = client.get(sent.url).content.decode()
    assert "على مهلك." in page
    assert text_of(made, arabic, "s2") == "خذ وقتك."
    assert browser(made, "editor").get(sent.url).status_code in (403, 404)
    assert client.post(sent.url).status_code == 302
    assert text_of(made, arabic, "s2") == "على مهلك."
    assert client.get(sent.url).status_code == 404


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "The file is empty."),
        (b"nothing", "This is not a whole PO file."),
        ("msgid".encode("utf-16"), "The file is not in UTF-8"),
    ],
)
def test_bad_files_are_refused_beside_the_field(
    made: Desk, arabic: LanguageVersion, content: bytes, words: str
) -> None:
    answer = browser(made, "translator-ar").post(
        url("import", arabic.pk), {"file": SimpleUploadedFile("b.po", content)}
    )
    assert answer.status_code == 422
    assert words in answer.content.decode()


def test_a_file_for_another_edition_is_refused_and_says_so(made: Desk, arabic: LanguageVersion) -> None:
    client = browser(made, "translator-ar")
    content = client.post(url("export", arabic.pk, "po")).content.replace(b"X-RSO-Edition: 1", b"X-RSO-Edition: 2")
    answer = client.post(url("import", arabic.pk), {"file": SimpleUploadedFile("b.po", content)})
    assert "This file belongs to another edition: 2." in answer.content.decode()
    assert po.read(content).head.edition == 2


# ---- every word is translated


@pytest.mark.parametrize("who", ["translator-ar", "reviewer-ar", "editor", "publisher"])
def test_no_string_is_missed(made: Desk, arabic: LanguageVersion, who: str) -> None:
    client = browser(made, who)
    made.write("translator-ar", arabic, "s3", "اتصل بالرقم 1400.", at=later(hours=3))
    writing.remark(made.actors["editor"], version=arabic, segment=made.segment("s2"), text="Why?", now=later(hours=3))
    Term.objects.create(language="ar", source="hour", target="ساعة", changed_at=later())
    paths = [url("overview"), url("overview") + "?show=begin", url("matrix"), url("screen", arabic.pk),
             url("review", arabic.pk), url("glossaries"), url("glossary", "ar")]  # fmt: skip
    if who == "translator-ar":
        paths += [url("import", arabic.pk), url("term-add", "ar"), url("glossary-load", "ar"),
                  url("term", "ar", Term.objects.get().pk)]  # fmt: skip
    for path in paths:
        answer = client.get(path, headers={"accept-language": "ar-xb"})
        assert answer.status_code == 200, path
        assert untranslated(answer.content.decode()) == [], path


def test_the_page_of_a_file_is_translated(made: Desk, arabic: LanguageVersion) -> None:
    client = browser(made, "translator-ar")
    content = client.post(url("export", arabic.pk, "po")).content.decode().replace("#, fuzzy\n", "")
    content = content.replace("خذ وقتك.", "على مهلك.").replace("X-RSO-Origin: person", "X-RSO-Origin: machine e3")
    sent = client.post(url("import", arabic.pk), {"file": SimpleUploadedFile("b.po", content.encode())})
    save(client, arabic, "s2", "شيء آخر.", 1)
    answer = client.get(sent.url, headers={"accept-language": "ar-xb"})
    assert untranslated(answer.content.decode()) == []


# ---- glossary


def test_the_glossary_is_kept_loaded_and_taken_along(made: Desk) -> None:
    client = browser(made, "translator-ar")
    assert client.post(url("term-add", "ar"), {"source": "port", "target": "ميناء"}).status_code == 302
    again = client.post(url("term-add", "ar"), {"source": "port", "target": "مرفأ"})
    assert again.status_code == 409
    assert "This term has a line already" in again.content.decode()
    assert client.post(url("term-add", "ar"), {"source": "visa"}).status_code == 422
    table = "source,target,avoid,note\nport,مرفأ,,\n'=cmd,أمر,,\n".encode()
    loaded = client.post(url("glossary-load", "ar"), {"file": SimpleUploadedFile("g.csv", table)})
    assert loaded.status_code == 302
    assert dict(Term.objects.values_list("source", "target")) == {"port": "مرفأ", "=cmd": "أمر"}
    for ending in ("csv", "xlsx"):
        out = client.get(url("glossary-table", "ar", ending)).content
        assert b"=cmd" not in out.replace(b"'=cmd", b"")
        back = client.post(url("glossary-load", "ar"), {"file": SimpleUploadedFile(f"g.{ending}", out)}, follow=True)
        assert "0 added, 0 changed, 2 as they were." in back.content.decode()
    term = Term.objects.get(source="port")
    client.post(url("term", "ar", term.pk), {"source": "port", "target": "ميناء"})
    term.refresh_from_db()
    assert term.target == "ميناء"
    client.post(url("term-remove", "ar", term.pk))
    assert not Term.objects.filter(source="port").exists()


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("g.csv", b"a,b\n1,2\n", "The first row must name each column once"),
        ("g.csv", "source,target\nä,b".encode("utf-16"), "This table cannot be read"),
        ("g.xlsx", b"PK\x03\x04 broken", "This table cannot be read"),
        ("g.csv", b"source,target\nport,\n", "A line needs its term"),
        ("g.csv", b"", "The file is empty"),
        ("g.csv", b"source,target\n=1+1,x\n", "holds formulas: A2"),
    ],
)
def test_a_table_with_a_fault_stores_nothing(made: Desk, name: str, content: bytes, words: str) -> None:
    answer = browser(made, "translator-ar").post(
        url("glossary-load", "ar"), {"file": SimpleUploadedFile(name, content)}
    )
    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert not Term.objects.exists()


def test_nobody_else_changes_a_languages_glossary(made: Desk) -> None:
    said = {"source": "port", "target": "កំពង់ផែ"}
    assert browser(made, "translator-ar").post(url("term-add", "km"), said).status_code == 403
    assert browser(made, "editor").post(url("term-add", "ar"), said).status_code == 403
    assert browser(made, "editor").get(url("glossary", "ar")).status_code == 200
    assert not Term.objects.exists()
    assert not Pair.objects.exists()
    assert not Wording.objects.filter(text="port").exists()
