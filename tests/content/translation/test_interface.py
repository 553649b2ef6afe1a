"""The interface is translated on the site as any text is: from the installed code to a catalogue that pages use."""

from __future__ import annotations

import gettext
import io
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.test import Client
from django.utils.translation.reloader import translation_file_changed
from pytest_django import DjangoCaptureOnCommitCallbacks, Settings
from tests.content.desk import Desk, desk, later

from rso.accounts.rules import system_actor
from rso.content.actions import interface as actions
from rso.content.actions import publishing
from rso.content.interface import Message, as_message, as_text, fits, messages
from rso.content.models import Edition, LanguageVersion, Segment
from rso.content.queries import readable, source_of
from rso.content.rules import Block, Form

pytestmark = pytest.mark.django_db
SYSTEM = system_actor("command-line")


@pytest.fixture
def made(settings: Settings, tmp_path: Path) -> Iterator[Desk]:
    settings.LOCALE_PATHS = [tmp_path]
    settings.LANGUAGES = list(settings.LANGUAGES)
    yield desk()
    settings.LANGUAGES = [one for one in settings.LANGUAGES if one[0] != "ar"]
    (tmp_path / "ar" / "LC_MESSAGES" / "django.mo").unlink(missing_ok=True)
    actions._reread("ar")
    translation_file_changed(None, Path("django.mo"))


# ---- what is found


def test_messages_are_found_in_code_and_in_templates_with_plurals() -> None:
    found = {message.msgid: message for message in messages()}
    assert len(found) > 900
    assert "Skip to the content" in found  # a template's {% translate %}
    assert "Search by title" in found  # a tag's argument
    assert "Glossaries" in found  # Python
    assert found["%(count)s part was stored."].plural == "%(count)s parts were stored."
    assert found["%(count)s fact"].plural if "%(count)s fact" in found else True
    assert "To do" in found  # gettext_lazy under another name
    assert len({message.key for message in messages()}) == len(messages())


@pytest.mark.parametrize(
    "msgid", ["Save", "a < b & c > d", "\n  Dear %(name)s,\n\n  line two\n", "50 % of <br>", '“q” "q"']
)
def test_a_message_survives_being_a_segment(msgid: str) -> None:
    back = as_message(as_text(msgid), msgid)
    assert [line.strip() for line in back.splitlines()] == [line.strip() for line in msgid.splitlines()]


def test_what_would_break_a_page_does_not_fit() -> None:
    assert fits("Dear %(name)s", "%(name)s العزيز")
    assert not fits("Dear %(name)s", "%(nam)s العزيز")
    assert not fits("Dear %(name)s", "العزيز")
    assert not fits("%(count)s of %(total)s", "%(count)s % %(total)s")
    assert fits("%(count)s of %(total)s", "%(count)s %% %(total)s")
    assert fits("50 % done", "50 % selesai")


# ---- the text


def test_syncing_again_changes_nothing_and_a_changed_message_is_a_new_segment(made: Desk) -> None:
    first = [Message("Save"), Message("Old"), Message("%(count)s part", "%(count)s parts")]
    done = actions.sync(SYSTEM, now=later(), found=first)
    assert (done.added, done.total) == (4, 4)
    again = actions.sync(SYSTEM, now=later(), found=first)
    assert (again.added, again.back, again.removed) == (0, 0, 0)
    edition = Edition.objects.get(work__code="interface")
    assert edition.versions.get(is_source=True).publications.count() == 1
    done = actions.sync(SYSTEM, now=later(hours=1), found=[Message("Save"), Message("New")])
    assert (done.added, done.removed) == (1, 3)
    source = source_of(edition)
    assert source is not None
    assert [block.text for block in source.snapshot] == ["Save", "New"]
    done = actions.sync(SYSTEM, now=later(hours=2), found=[*first, Message("New")])
    assert (done.added, done.back) == (0, 3)
    assert Segment.objects.filter(edition=edition).count() == 5


def test_a_published_translation_is_what_pages_say(
    made: Desk, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks, tmp_path: Path
) -> None:
    actions.sync(SYSTEM, now=later())
    made.work = made.work.__class__.objects.get(code="interface")
    arabic = made.translation()
    said = {"Skip to the content": "إلى المحتوى", "Facts by country": "حقائق حسب البلد", "Search by member": "ابحث"}
    for message in messages():
        if message.msgid in said:
            made.write("translator-ar", arabic, message.key, said[message.msgid])
        if message.msgid == "%(count)s fact":
            made.write("translator-ar", arabic, f"{message.key}-one", "%(count)s واحدة")
    with django_capture_on_commit_callbacks(execute=True):
        made.publish(arabic, at=later(hours=1))
    page = Client().get("/facts/", headers={"accept-language": "ar"}).content.decode()
    assert '<html lang="ar" dir="rtl"' in page
    assert "حقائق حسب البلد" in page
    assert "إلى المحتوى" in page
    assert "Hotlines, referral bodies" in page  # what is not translated is said in English
    with django_capture_on_commit_callbacks(execute=True):
        publishing.withdraw(made.actors["publisher"], version=arabic, reason="A slip", now=later(hours=2))
    assert not (tmp_path / "ar/LC_MESSAGES/django.mo").exists()
    assert "حقائق" not in Client().get("/facts/", headers={"accept-language": "ar"}).content.decode()


def test_a_translation_that_would_break_a_page_is_left_out_and_the_rest_is_taken() -> None:
    found = [Message("Dear %(name)s"), Message("Save"), Message("%(count)s part", "%(count)s parts")]
    texts = {"Save": "Simpan", "Dear %(name)s": "%(nama)s yang terhormat"}
    blocks = [Block(one.key, Form.PARAGRAPH, texts[one.msgid], 1) for one in found if one.msgid in texts]
    blocks += [Block(f"{found[2].key}-{end}", Form.PARAGRAPH, "%(count)s bagian", 1) for end in ("one", "many")]
    content, count, left_out = actions.catalogue(blocks, "id", found)
    assert (count, left_out) == (2, [found[0].key])
    compiled = gettext.GNUTranslations(io.BytesIO(content))
    assert compiled.gettext("Save") == "Simpan"
    assert compiled.ngettext("%(count)s part", "%(count)s parts", 5) == "%(count)s bagian"
    assert compiled.gettext("Dear %(name)s") == "Dear %(name)s"


def test_only_those_who_work_on_texts_see_the_interface_among_them(made: Desk) -> None:
    actions.sync(SYSTEM, now=later(), found=[Message("Save")])
    version = LanguageVersion.objects.get(edition__work__code="interface", is_source=True)
    work = version.edition.work
    assert {name for name, actor in made.actors.items() if readable(actor, work.audience)} == {
        "editor", "editor-b", "publisher", "staff", "translator-ar", "translator-km", "reviewer-ar",
    }  # fmt: skip


def test_a_translation_brings_no_markup_of_its_own_into_a_page() -> None:
    assert not fits("Sign in", "<form action=https://evil.invalid>")
    assert not fits("Sign in", '" formaction="https://evil.invalid')
    assert not fits("Sign in", "ad <b")
    assert fits("Write <b>here</b>", "اكتب <b>هنا</b>")
    assert fits('Say "yes"', 'قل "نعم"')
    assert fits("Don't", "N'oubliez pas")
