"""The desk, the footer's pages, the administrator's overview, breadcrumbs and help."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django_tasks import TaskResultStatus
from django_tasks_db.models import DBTaskResult
from tests.office.conftest import NOW, Browser
from tests.office.intake.test_intake import confirmed

from rso.accounts.rules import ANONYMOUS, Actor, NotAllowed
from rso.audit.models import Entry
from rso.notices import desk
from rso.notices.desk import Part, Thing, Things
from rso.office.front import machinery, topics
from rso.office.front.settings import CONTACT_MAIL
from rso.ui.pseudo import ACCENTED, MIRRORED, untranslated

pytestmark = pytest.mark.django_db
FOOT = ["contact", "help", "accessibility", "privacy", "software"]


@pytest.fixture
def failed_job(actors: dict[str, Actor]) -> DBTaskResult[Any, Any]:
    from rso.notices.tasks import deliver

    row = deliver.enqueue("00000000-0000-0000-0000-000000000000")
    DBTaskResult.objects.filter(pk=row.id).update(status=TaskResultStatus.FAILED, finished_at=NOW)
    return DBTaskResult.objects.get(pk=row.id)


@pytest.mark.usefixtures("directory")
class TestPages:
    @pytest.mark.parametrize("page", FOOT)
    def test_the_footer_leads_to_them_and_every_word_is_translated(self, client: Client, page: str) -> None:
        assert reverse(f"front:{page}") in client.get("/").content.decode()
        for language in (ACCENTED, MIRRORED):
            client.cookies["rso_language"] = language
            assert untranslated(client.get(reverse(f"front:{page}")).content.decode()) == []

    def test_questions_go_to_the_address_that_is_set_or_to_the_offices(self, client: Client, browser: Browser) -> None:
        page = reverse("front:privacy")
        assert "mailto:info@rso.baliprocess.net" in client.get(page).content.decode()
        setting = reverse("defaults:setting", args=[CONTACT_MAIL.name])
        browser("administrator").post(setting, {"value": "site@rso.example"})
        assert "mailto:site@rso.example" in client.get(page).content.decode()

    @pytest.mark.parametrize("language", [ACCENTED, MIRRORED])
    def test_every_word_of_the_inner_pages_is_translated(self, browser: Browser, language: str) -> None:
        confirmed()
        for who in ("staff", "administrator", "party", "official"):
            client = browser(who)
            client.cookies["rso_language"] = language
            pages = ["front:desk", "notices:notices", "notices:wishes"]
            if who == "administrator":
                pages += ["front:administration", "front:jobs", "defaults:settings"]
            for page in pages:
                answer = client.get(reverse(page))
                assert answer.status_code == 200
                assert untranslated(answer.content.decode()) == [], (who, page)

    def test_titles_say_which_page_it_is(self, browser: Browser) -> None:
        client = browser("administrator")
        pages = [*(f"front:{page}" for page in FOOT), "front:desk", "front:administration", "front:jobs",
                 "front:about", "front:members", "front:resources", "front:search", "projects:projects",
                 "intake:ways", "intake:queue", "intake:secondments", "intake:listings", "intake:retention",
                 "notices:notices", "notices:wishes", "notices:outbox", "defaults:settings", "accounts:people",
                 "accounts:organisations", "audit:entries"]  # fmt: skip
        found = {}
        for page in pages:
            text = client.get(reverse(page)).content.decode()
            title = re.search(r"<title>(.*?)</title>", text, re.S)
            assert title is not None
            found[page] = title[1].strip()
            assert 'class="crumbs"' in text, f"{page} says where it lies"
            assert text.count('aria-label="You are here"') == 1, page
            if page not in {"front:about", *(f"front:{name}" for name in FOOT)}:
                assert "menu-help" in text, f"{page} has help"
        assert len(set(found.values())) == len(found), found
        assert 'class="crumbs"' not in client.get("/").content.decode()


def test_each_topic_belongs_to_a_page_and_the_page_help_has_it(client: Client) -> None:
    page = client.get(reverse("front:help")).content.decode()
    for anchor, topic in topics.all_topics():
        assert f'id="{anchor}"' in page
        assert str(topic.text)
    with pytest.raises(ValueError, match="on the desk twice"):
        desk.enter("intake:written", "x", lambda _actor, _today: None, Part.RECENT)


class TestTheDesk:
    def test_whoever_signs_in_lands_there(self, browser: Browser, settings: Any) -> None:
        assert reverse("front:desk") == settings.LOGIN_REDIRECT_URL
        answer = Client().get(reverse("front:desk"))
        assert (answer.status_code, answer["Location"].startswith("/sign-in/")) == (302, True)

    def test_an_app_above_needs_no_change_here(self, browser: Browser, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(desk, "_SOURCES", dict(desk._SOURCES))
        thing = Thing("Bay <b>", "/x/", kind="Focal point", due=NOW.date().replace(year=2020))
        desk.enter("tests:one", "Things to confirm", lambda _actor, _today: Things(9, [thing], "/all/", late=1))
        desk.enter("tests:none", "Not yours", lambda _actor, _today: None)
        page = browser("official").get(reverse("front:desk")).content.decode()
        assert all(words in page for words in ("Things to confirm", "Bay &lt;b&gt;", "/all/", "late", "1 past its day"))
        assert "Not yours" not in page
        assert desk.piles(ANONYMOUS, NOW.date()) == []


class TestAdministration:
    def test_it_shows_the_state_and_leads_everywhere(
        self, browser: Browser, failed_job: DBTaskResult[Any, Any], django_assert_max_num_queries: Any
    ) -> None:
        client = browser("administrator")
        with django_assert_max_num_queries(14):
            page = client.get(reverse("front:administration")).content.decode()
        for name in ("accounts:people", "accounts:organisations", "intake:queue", "defaults:settings", "front:jobs",
                     "notices:outbox", "audit:entries"):  # fmt: skip
            assert reverse(name) in page
        assert "Free storage" in page
        assert browser("staff").get(reverse("front:administration")).status_code == 403

    def test_what_failed_is_tried_again_or_dismissed_and_that_is_in_the_audit(
        self, browser: Browser, actors: dict[str, Actor], failed_job: DBTaskResult[Any, Any]
    ) -> None:
        client = browser("administrator")
        assert failed_job.task_path in client.get(reverse("front:jobs")).content.decode()
        again = reverse("front:act-on-job", args=[failed_job.pk, "again"])
        assert browser("staff").post(again).status_code == 403
        client.post(again)
        failed_job.refresh_from_db()
        assert failed_job.status == TaskResultStatus.READY
        assert "somebody was first" in client.post(again, follow=True).content.decode()
        DBTaskResult.objects.filter(pk=failed_job.pk).update(status=TaskResultStatus.FAILED, finished_at=NOW)
        client.post(reverse("front:act-on-job", args=[failed_job.pk, "dismiss"]))
        assert not DBTaskResult.objects.filter(pk=failed_job.pk).exists()
        assert client.post(reverse("front:act-on-job", args=[failed_job.pk, "eat"])).status_code == 404
        rows = Entry.objects.filter(event__startswith="front:job:").order_by("sequence")
        assert [(row.event, row.facts) for row in rows] == [
            ("front:job:requeued", {"task": "deliver"}), ("front:job:dismissed", {"task": "deliver"}),
        ]  # fmt: skip
        with pytest.raises(NotAllowed):
            machinery.requeue(actors["staff"], pk=failed_job.pk)
        with pytest.raises(NotAllowed):
            machinery.state(actors["staff"], NOW)
