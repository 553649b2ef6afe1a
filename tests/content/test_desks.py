"""The desks: two editors at once, the lock, review, publishing at its time, going back, and who may do what."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from tests.content.conftest import NOW, Desk, said

from rso.accounts.models import User
from rso.accounts.rules import NotAllowed
from rso.base.errors import RsoError
from rso.content.actions import editing, publishing, writing
from rso.content.actions.writing import LOCK, Conflict
from rso.content.markup import fingerprint
from rso.content.models import LanguageVersion, Remark, Segment, Work
from rso.content.presenters import waits
from rso.content.rules import Difference, telephone_like
from rso.content.tasks import publish_due
from rso.notices.models import Notice
from rso.ui.pseudo import untranslated

pytestmark = pytest.mark.django_db
Browser = Callable[[str], Client]
PNG = (
    b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x01\x00\x00\x00\x01\x08\x02\x00\x00\x00\x90wS\xde\x00\x00\x00\x0cIDAT"
    b"x\x9cc\xf8\xff\xff?\x00\x05\xfe\x02\xfe\xdc\xccY\xe7\x00\x00\x00\x00IEND\xaeB`\x82"
)


def source_of(work: Work) -> LanguageVersion:
    return work.editions.get().versions.get(is_source=True)


def part(version: LanguageVersion, key: str) -> Segment:
    return version.edition.segments.get(key=key)


def fields(version: LanguageVersion, key: str, text: str, saw: str | None = None) -> dict[str, Any]:
    """What the form sends of one part, by somebody who saw its present words, or ``saw``."""
    place = part(version, key)
    head = version.wordings.filter(segment=place).order_by("-number").first()
    was = head.text if head else ""
    number = head.number if head else 0
    return {f"text-{place.pk}": text, f"base-{place.pk}": number,
            f"seen-{place.pk}": fingerprint(was if saw is None else saw)}  # fmt: skip


def words_of(version: LanguageVersion, key: str) -> str:
    head = version.wordings.filter(segment__key=key).order_by("-number").first()
    return head.text if head else ""


def place(name: str, version: LanguageVersion, *more: int) -> str:
    return reverse(f"content:{name}", args=[version.pk, *more])


def test_an_editor_begins_writes_and_restructures_without_a_script(browser: Browser) -> None:
    editor = browser("editor")
    given = {"title": "At the border", "code": "border", "kind": "page", "owner": "RSO", "source_language": "en",
             "audience": "public"}  # fmt: skip
    answer = editor.post("/texts/new/", given)
    assert answer.status_code == 302
    assert editor.post("/texts/new/", given).status_code == 409
    work = Work.objects.get(code="border")
    version = source_of(work)
    keys = [one.key for one in version.edition.segments.all()]
    body = part(version, keys[-1])
    sent = fields(version, "title", "Q&A <at> the border") | fields(version, body.key, "First, <b>then</b> & last")
    answer = editor.post(place("write", version), sent | {"do": f"add:{body.pk}", f"new-{body.pk}": "step"})
    assert answer.status_code == 302
    assert "#part-" in answer.headers["Location"]
    assert words_of(version, "title") == "Q&amp;A &lt;at&gt; the border"
    assert words_of(version, body.key) == "First, <strong>then</strong> &amp; last"
    page = editor.get(place("write", version)).content.decode()
    assert ">Q&amp;A &lt;at&gt; the border</textarea>" in page
    made = version.edition.segments.order_by("-order")[0]
    assert made.form == "step"
    editor.post(place("write", version), fields(version, body.key, "First") | {"do": f"down:{body.pk}"})
    assert [one.key for one in version.edition.segments.all()][-1] == body.key
    editor.post(place("write", version), {"do": f"remove:{body.pk}"})
    page = editor.get(place("write", version)).content.decode()
    assert "Put it back" in page
    editor.post(place("write", version), {"do": f"back:{body.pk}"})
    body.refresh_from_db()
    assert body.removed_at is None
    assert words_of(version, body.key) == "First"


def test_what_a_part_is_changes_only_where_its_sender_changed_it(published: Work, browser: Browser) -> None:
    version = source_of(published)
    one = part(version, "s3")
    now = {f"form-{one.pk}": "heading", f"level-{one.pk}": "3", f"safety-{one.pk}": "", f"facts-{one.pk}": ""}
    sent = fields(version, "s3", "Speak alone.") | now
    assert browser("editor").post(place("write", version), sent | {f"was-{one.pk}": "paragraph|0||"}).status_code == 302
    one.refresh_from_db()
    assert (one.form, one.level) == ("heading", 3)
    stale = {f"form-{one.pk}": "paragraph", f"level-{one.pk}": "0", f"safety-{one.pk}": "", f"facts-{one.pk}": ""}
    sent = fields(version, "s3", "Speak alone.") | stale | {f"was-{one.pk}": "paragraph|0||"}
    browser("second").post(place("write", version), sent)
    one.refresh_from_db()
    assert one.form == "heading"


def test_two_editors_at_once_lose_nothing(published: Work, browser: Browser) -> None:
    version = source_of(published)
    editor, second = browser("editor"), browser("second")
    mine = fields(version, "s3", "What I wrote.") | fields(version, "s4", "What I wrote elsewhere.")
    assert second.post(place("write", version), fields(version, "s3", "What they wrote.")).status_code == 302
    answer = editor.post(place("write", version), mine)
    page = answer.content.decode()
    assert answer.status_code == 409
    assert "What I wrote.</textarea>" in page
    assert "What they wrote." in page
    assert "P. Second" in page
    assert "<ins>" in page
    assert words_of(version, "s3") == "What they wrote."
    assert words_of(version, "s4") == "What I wrote elsewhere."
    both = fields(version, "s3", "What they and I wrote.")
    theirs = both | {f"choose-{part(version, 's3').pk}": "theirs"}
    editor.post(place("write", version), theirs)
    assert words_of(version, "s3") == "What they wrote."
    assert editor.post(place("write", version), both).status_code == 302
    assert words_of(version, "s3") == "What they and I wrote."
    texts = list(version.wordings.filter(segment__key="s3").values_list("text", flat=True))
    assert "What they wrote." in texts


def test_one_sitting_is_seen_by_the_second_writer(published: Work, desk: Desk) -> None:
    """The number of a wording stays while its writer goes on typing: the words are compared too."""
    version, one = source_of(published), part(source_of(published), "s3")
    editor, second = desk.actors["editor"], desk.actors["second"]
    head = writing.write(editor, version=version, segment=one, text="One", base=1, now=desk.tick())
    saw = fingerprint(head.text)
    again = writing.write(editor, version=version, segment=one, text="One two", base=head.number, now=desk.tick())
    assert again.number == head.number
    with pytest.raises(Conflict) as met:
        writing.write(second, version=version, segment=one, text="Mine", base=head.number, seen=saw, now=desk.tick())
    assert met.value.theirs is not None
    assert met.value.theirs.text == "One two"
    assert words_of(version, "s3") == "One two"


def test_autosave_says_how_it_went_and_goes_on_after_a_conflict(published: Work, browser: Browser) -> None:
    version, editor = source_of(published), browser("editor")
    one = part(version, "s3")
    path = place("part", version, one.pk)
    said_ = editor.post(path, fields(version, "s3", "Speak <script>x</script>alone, sitting.")).json()
    assert (said_["state"], said_["warning"]) == ("saved", "")
    assert words_of(version, "s3") == "Speak alone, sitting."
    stale = fields(version, "s3", "Mine", saw="something else")
    answer = editor.post(path, stale)
    assert answer.status_code == 409
    told = answer.json()
    assert (told["state"], told["theirs"]) == ("conflict", "Speak alone, sitting.")
    assert "<ins>" in told["diff"]
    decided = {f"text-{one.pk}": "Mine", f"base-{one.pk}": told["base"], f"seen-{one.pk}": told["seen"]}
    assert editor.post(path, decided).json()["state"] == "saved"
    assert words_of(version, "s3") == "Mine"
    assert editor.post(path, {}).status_code == 404
    assert editor.post(place("part", version, 999_999), decided).status_code == 404
    assert editor.post(path, fields(version, "s3", "x" * 20_001)).json()["state"] == "refused"


def test_a_number_typed_where_safety_hangs_is_warned_of(published: Work, browser: Browser) -> None:
    version, editor = source_of(published), browser("editor")
    path = place("part", version, part(version, "s6").pk)
    assert "telephone number" in editor.post(path, fields(version, "s6", "Call ٠١٢ ٣٤٥.")).json()["warning"]
    assert "looks like a telephone number" in editor.get(place("write", version)).content.decode()
    other = place("part", version, part(version, "s3").pk)
    assert editor.post(other, fields(version, "s3", "Call 012 345.")).json()["warning"] == ""


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Call +62 21 555-0100 now", ["+62 21 555-0100"]),
        ("Call 113", ["113"]),
        ("โทร ๑๑๓", ["๑๑๓"]),
        ("Since 2019 two officers and 12 cars", []),
        ("Rooms 1 and 2", []),
    ],
)
def test_what_looks_like_a_telephone_number(text: str, found: list[str]) -> None:
    assert telephone_like(text) == found


def test_a_lock_holds_is_renewed_lapses_and_is_taken_over(published: Work, desk: Desk, people: dict[str, User]) -> None:
    version = source_of(published)
    editor, second = desk.actors["editor"], desk.actors["second"]
    writing.hold(editor, version=version, now=NOW)
    writing.hold(editor, version=version, now=NOW + timedelta(minutes=4))
    version.refresh_from_db()
    assert version.locked_since == NOW
    with pytest.raises(RsoError) as refused:
        said(second, version, "s3", "Mine", NOW + timedelta(minutes=8))
    assert refused.value.code == "held-by-another"
    said(second, version, "s3", "After it lapsed", NOW + timedelta(minutes=4) + LOCK)
    assert words_of(version, "s3") == "After it lapsed"
    later = NOW + timedelta(hours=1)
    writing.hold(editor, version=version, now=later)
    editing.take_over(second, version=version, now=later)
    version.refresh_from_db()
    assert version.locked_by == people["second"]
    assert Notice.objects.filter(user=people["editor"], title__contains="in your place").count() == 1
    with pytest.raises(RsoError):
        said(editor, version, "s3", "Mine", later)


def test_the_page_says_who_writes_and_lets_take_over(published: Work, browser: Browser) -> None:
    version = source_of(published)
    editor, second = browser("editor"), browser("second")
    assert editor.post(place("lock", version), {"do": "hold", "quiet": "1"}).json() == {"state": "mine"}
    page = second.get(place("write", version)).content.decode()
    assert "Somebody else is writing here" in page
    assert "P. Editor" in page
    assert second.post(place("lock", version), {"do": "hold", "quiet": "1"}).status_code == 409
    answer = second.post(place("write", version), fields(version, "s3", "Typed in vain?"))
    assert answer.status_code == 409
    assert "Typed in vain?</textarea>" in answer.content.decode()
    assert second.post(place("lock", version), {"do": "take"}).status_code == 302
    assert second.post(place("write", version), fields(version, "s3", "Mine now.")).status_code == 302
    second.post(place("lock", version), {"do": "go", "quiet": "1"})
    version.refresh_from_db()
    assert version.locked_by is None


def test_the_way_to_the_readers(desk: Desk, browser: Browser, people: dict[str, User]) -> None:
    work = desk.begin()
    version = source_of(work)
    editor, publisher = browser("editor"), browser("publisher")
    assert "Submit" in editor.get(place("version", version)).content.decode()
    assert editor.post(place("submit", version), {"note": "Please look at the step."}).status_code == 302
    assert Notice.objects.filter(user=people["publisher"], title__contains="read over").exists()
    page = publisher.get(place("version", version)).content.decode()
    assert "Please look at the step." in page
    assert "Your decision" in page
    assert "Your decision" not in editor.get(place("version", version)).content.decode()
    assert publisher.post(place("decide", version), {"outcome": "returned"}).status_code == 422
    publisher.post(place("decide", version), {"outcome": "returned", "reason": "The step is too short."})
    assert "The step is too short." in editor.get(place("version", version)).content.decode()
    assert Notice.objects.filter(user=people["editor"], title__contains="Returned").exists()
    editor.post(place("write", version), fields(version, "s6", "Call the hotline at once."))
    editor.post(place("submit", version), {})
    assert editor.post(place("decide", version), {"outcome": "approved"}).status_code == 403
    publisher.post(place("decide", version), {"outcome": "approved"})
    assert editor.post(place("publish", version)).status_code == 403
    assert publisher.post(place("publish", version)).status_code == 302
    assert "at once" in Client().get("/pages/talking/").content.decode()
    assert "readers have what stands here" in publisher.get(place("version", version)).content.decode()
    story = editor.get("/texts/about/talking/").content.decode()
    for told in ("Begun", "Submitted", "Returned for changes", "Approved", "Published", "P. Publisher"):
        assert told in story
    assert publisher.post(place("withdraw", version), {"reason": ""}).status_code == 422
    assert publisher.post(place("withdraw", version), {"reason": "Wrong."}).status_code == 302
    assert Client().get("/pages/talking/").status_code == 404


def test_a_bar_is_said_in_words_with_the_way_to_the_part(published: Work, desk: Desk, browser: Browser) -> None:
    arabic = desk.translate(published, {"title": "عنوان"})
    page = browser("translator").get(place("version", arabic)).content.decode()
    assert "they are not translated" in page
    assert f"{place('write', arabic)}#part-s6" in page
    answer = browser("translator").post(place("submit", arabic), {})
    assert answer.status_code == 409
    assert "they are not translated" in answer.content.decode()


def test_translators_are_told_that_their_original_changed(published: Work, desk: Desk, people: dict[str, User]) -> None:
    arabic = desk.translate(published, {"title": "عنوان", "s6": "اتصل"})
    desk.publish(arabic, by="translator", over="reviewer")
    source = source_of(published)
    said(desk.actors["editor"], source, "s6", "Call later.", desk.tick())
    desk.publish(source)
    told = Notice.objects.filter(title__contains="original of your translation")
    assert set(told.values_list("user__name", flat=True)) == {"P. Translator"}
    kinds = {str(one.kind) for one in waits(desk.actors["translator"], NOW.date())}
    assert kinds == {"Translation older than its original"}
    assert waits(desk.actors["official"], NOW.date()) == []


def test_it_publishes_itself_at_its_time(desk: Desk, browser: Browser, people: dict[str, User]) -> None:
    work = desk.begin()
    version = source_of(work)
    publishing.submit(desk.actors["editor"], version=version, now=desk.tick())
    browser("publisher").post(place("decide", version), {"outcome": "approved"})
    people["publisher"].time_zone = "Asia/Jakarta"
    people["publisher"].save()
    publisher = browser("publisher")
    page = publisher.get(place("version", version)).content.decode()
    assert "Date and time (Asia/Jakarta)" in page
    assert publisher.post(place("schedule", version), {"at": "2001-01-01T10:00"}).status_code == 409
    assert publisher.post(place("schedule", version), {"at": "2199-01-01T10:00"}).status_code == 302
    version.refresh_from_db()
    assert version.publish_at is not None
    assert version.publish_at.isoformat() == "2199-01-01T03:00:00+00:00"
    publishing.publish_due(now=version.publish_at - timedelta(seconds=1))
    assert Client().get("/pages/talking/").status_code == 404
    assert publisher.post(place("schedule", version), {"never": "1"}).status_code == 302
    version.refresh_from_db()
    assert version.publish_at is None
    publisher.post(place("schedule", version), {"at": "2199-01-01T10:00"})
    version.refresh_from_db()
    assert publishing.publish_due(now=version.publish_at) == []
    assert Client().get("/pages/talking/").status_code == 200
    publish_due.func()


def test_a_change_after_the_schedule_keeps_it_from_readers(desk: Desk) -> None:
    version = source_of(desk.begin())
    publishing.submit(desk.actors["editor"], version=version, now=desk.tick())
    outcome = publishing.Review.Outcome.APPROVED
    publishing.decide_review(desk.actors["publisher"], version=version, outcome=outcome, now=desk.tick())
    at = desk.tick() + timedelta(hours=1)
    publishing.schedule(desk.actors["publisher"], version=version, at=at, now=desk.tick())
    said(desk.actors["editor"], version, "s3", "Not read over.", desk.tick())
    publishing.publish_due(now=at)
    version.refresh_from_db()
    assert version.published_at is None


def test_words_and_whole_publications_are_compared_and_restored(published: Work, desk: Desk, browser: Browser) -> None:
    version, editor = source_of(published), browser("editor")
    first = version.publications.get()
    said(desk.actors["editor"], version, "s3", "Second words.", desk.tick())
    said(desk.actors["editor"], version, "s4", "Other words.", desk.tick())
    one = part(version, "s3")
    editor.post(place("write", version), {"do": f"remove:{part(version, 's5').pk}"})
    path = place("part-revisions", version, one.pk)
    assert "Restore this wording" in editor.get(path).content.decode()
    restore = place("restore", version, one.pk)
    editor.post(restore, {"number": "1", "base": "1"})
    assert words_of(version, "s3") == "Second words."
    editor.post(restore, {"number": "1", "base": "2"})
    assert words_of(version, "s3") == "Speak alone."
    assert editor.post(restore, {"number": "77", "base": "2"}).status_code == 404
    listed = place("revisions", version)
    page = editor.get(listed, {"with": str(first.pk)}).content.decode()
    assert "Go back to this publication" in page
    assert editor.get(listed, {"with": "nonsense"}).status_code == 404
    assert editor.post(place("back", version), {"publication": str(first.pk)}).status_code == 302
    assert words_of(version, "s4") == "Debt"
    assert part(version, "s5").removed_at is None
    assert browser("publisher").post(place("back", version), {"publication": str(first.pk)}).status_code == 403


def test_comments_are_told_resolved_and_kept(published: Work, browser: Browser, people: dict[str, User]) -> None:
    version = source_of(published)
    publisher, editor = browser("publisher"), browser("editor")
    one = part(version, "s3")
    sent = {"text": "Is this right in every state?", "segment": str(one.pk)}
    assert publisher.post(place("comment", version), sent).status_code == 302
    assert Notice.objects.filter(user=people["editor"], title__contains="comment").exists()
    page = editor.get(place("write", version)).content.decode()
    assert "Is this right in every state?" in page
    remark = Remark.objects.get()
    assert editor.post(place("resolve", version, remark.pk)).status_code == 302
    assert editor.post(place("resolve", version, remark.pk)).status_code == 404
    assert "Is this right" in editor.get(place("version", version)).content.decode()
    assert browser("official").post(place("comment", version), sent).status_code == 403


def test_a_picture_needs_words_and_is_read_with_its_text(published: Work, desk: Desk, browser: Browser) -> None:
    version, editor = source_of(published), browser("editor")
    last = part(version, "s6")
    editor.post(place("write", version), {"do": f"add:{last.pk}", f"new-{last.pk}": "image"})
    picture = version.edition.segments.get(form="image")
    upload = SimpleUploadedFile("door.png", PNG)
    answer = editor.post(place("write", version), {f"image-{picture.pk}": upload, "do": "save"})
    assert answer.status_code == 302
    picture.refresh_from_db()
    assert picture.image is not None
    page = editor.get(place("version", version)).content.decode()
    assert "no words for those who cannot see them" in page
    file = reverse("content:file", args=[picture.image.pk])
    assert Client().get(file).status_code == 404
    said(desk.actors["editor"], version, picture.key, "An open door", desk.tick())
    desk.publish(version)
    assert 'alt="An open door"' in Client().get("/pages/talking/").content.decode()
    answer = Client().get(file)
    assert answer.status_code == 200
    assert answer["Content-Type"] == "image/png"
    text = SimpleUploadedFile("list.txt", b"just words")
    answer = editor.post(place("write", version), {f"image-{picture.pk}": text, "do": "save"})
    assert answer.status_code == 409


def test_each_language_to_its_own_translators(published: Work, desk: Desk, browser: Browser) -> None:
    arabic = desk.translate(published, {"title": "عنوان"})
    assert browser("other-translator").get(place("write", arabic)).status_code == 403
    assert browser("official").get(place("version", arabic)).status_code == 403
    translator = browser("translator")
    assert translator.get(place("write", source_of(published))).status_code == 403
    page = translator.get(place("write", arabic)).content.decode()
    assert "Speak alone." in page
    assert "Add below" not in page
    assert translator.post(place("write", arabic), fields(arabic, "s3", "تحدث")).status_code == 302
    assert words_of(arabic, "s3") == "تحدث"
    translator.post(place("write", arabic), {"do": f"remove:{part(arabic, 's3').pk}"})
    assert part(arabic, "s3").removed_at is None
    with pytest.raises(NotAllowed):
        editing.take_over(desk.actors["other-translator"], version=arabic, now=desk.tick())


def test_the_preview_shows_what_is_written(published: Work, desk: Desk, browser: Browser) -> None:
    version, editor = source_of(published), browser("editor")
    said(desk.actors["editor"], version, "s3", "Not published yet.", desk.tick())
    for look in ("phone", "card", "poster", "mirror", "nonsense"):
        page = editor.get(place("preview", version), {"look": look}).content.decode()
        assert "Not published yet." in page
        assert 'data-look="' in page
    assert 'dir="rtl"' in editor.get(place("preview", version), {"look": "mirror"}).content.decode()


def test_the_list_is_filtered_and_stays_light(desk: Desk, browser: Browser, django_assert_max_num_queries: Any) -> None:
    for number in range(23):
        desk.begin(f"text-{number}")
    editor = browser("editor")
    with django_assert_max_num_queries(12):
        page = editor.get("/texts/").content.decode()
    assert page.count("/texts/about/text-") == 20
    assert "/texts/about/text-7/" in editor.get("/texts/", {"q": "text-7"}).content.decode()
    assert "Nothing like this" in editor.get("/texts/", {"q": "text-7", "state": "review"}).content.decode()
    assert "Nothing like this" in editor.get("/texts/", {"language": "th"}).content.decode()
    assert editor.get("/texts/", {"state": "x", "kind": "y", "owner": "z", "page": "99"}).status_code == 200
    assert browser("official").get("/texts/").status_code == 403
    with django_assert_max_num_queries(12):
        rows = editor.get("/api/content/works?size=5&q=text").json()
    assert (rows["total"], len(rows["items"])) == (23, 5)


def test_a_work_is_given_translated_and_begun_anew(published: Work, browser: Browser, people: dict[str, User]) -> None:
    editor = browser("editor")
    path = "/texts/about/talking/"
    assert editor.post(path + "language/", {"language": "th"}).status_code == 302
    thai = published.editions.get().versions.get(language="th")
    assert editor.post(path + "language/", {"language": "th"}).status_code == 422
    given = {"to": str(people["other-translator"].pk), "due_on": "2026-12-01"}
    assert editor.post(place("assign", thai), given).status_code == 302
    assert Notice.objects.filter(user=people["other-translator"], title__contains="Given to you").exists()
    assert editor.post(place("assign", thai), {"to": str(people["translator"].pk)}).status_code == 422
    assert editor.post(path + "edition/", {"name": "Second"}).status_code == 302
    assert "Edition 2" in editor.get(path).content.decode()
    assert "Talking" in Client().get("/pages/talking/").content.decode()
    assert editor.post(path + "change/", {"title": "New name", "audience": "staff"}).status_code == 302
    assert Client().get("/pages/talking/").status_code == 404
    assert Client().get("/api/search", {"q": "hotline"}).json()["total"] == 0


@pytest.mark.parametrize("language", ["ar-xb", "en-xa"])
def test_no_string_of_the_desks_is_missed(published: Work, desk: Desk, browser: Browser, language: str) -> None:
    arabic = desk.translate(published, {"title": "عنوان"})
    version = source_of(published)
    said(desk.actors["editor"], version, "s6", "Call 0123 456", desk.tick())
    writing.remark(desk.actors["publisher"], version=version, text="Why?", segment=part(version, "s6"), now=desk.tick())
    desk.publish(version)
    said(desk.actors["editor"], version, "s6", "Call later", desk.tick())
    first = version.publications.last()
    assert first
    for name, paths in {
        "editor": ["/texts/", "/texts/new/", "/texts/about/talking/", place("write", version),
                   place("version", version), place("revisions", version) + f"?with={first.pk}",
                   place("part-revisions", version, part(version, "s6").pk)],
        "publisher": [place("version", version)],
        "translator": [place("write", arabic), place("version", arabic)],
    }.items():  # fmt: skip
        client = browser(name)
        client.cookies["rso_language"] = language
        for path in paths:
            answer = client.get(path)
            assert answer.status_code == 200, path
            assert untranslated(answer.content.decode()) == [], path


def test_what_did_not_change_differs_in_nothing(published: Work) -> None:
    from rso.content.queries import told
    from rso.content.rules import difference

    now = told(published)
    assert now is not None
    assert difference(now.readings, list(reversed(now.readings))) == Difference(0, 0)
    assert difference(now.readings, now.readings[:-1]) == Difference(1, 1)
