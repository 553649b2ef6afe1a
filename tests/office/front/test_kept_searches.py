"""Saved and recent searches: only their keeper's, told of as its keeper may see things, and in no audit."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from django.test import Client
from django.urls import reverse
from tests.office.conftest import Browser

from rso.accounts.models import Seat, User
from rso.audit.models import Entry as Row
from rso.notices.models import Mail, Notice
from rso.office.front.alerts import tell_of_new_results
from rso.search import actions
from rso.search.entries import Entry
from rso.search.models import Alike, Saved
from rso.search.rules import MOST_SAVED

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 28, 9, tzinfo=UTC)
SAVED = reverse("front:saved")


def text(ref: str, title: str = "Zeppelin", audience: str = "public") -> None:
    actions.put([Entry("project", ref, "en", title, "", "/", audience=audience)], now=NOW)


def save(client: Client, name: str = "Airships", **more: str) -> Saved:
    answer = client.post(reverse("front:save"), {"name": name, "q": "zeppelin", "tells": "on"} | more)
    assert answer.status_code == 302, answer.content.decode()
    return Saved.objects.latest("pk")


class TestSaved:
    def test_it_is_kept_shown_and_forgotten(self, browser: Browser) -> None:
        client = browser("official")
        row = save(client, kind="project", language="en")
        page = client.get(SAVED).content.decode()
        assert "Airships" in page
        assert "/search/?q=zeppelin&amp;kind=project&amp;language=en" in page
        assert client.post(reverse("front:saved-change", args=[row.pk]), {"act": "silent"}).status_code == 302
        row.refresh_from_db()
        assert not row.tells
        client.post(reverse("front:saved-change", args=[row.pk]), {"act": "forget"})
        assert not Saved.objects.exists()
        assert not Row.objects.filter(event__startswith="search:").exists()

    def test_nobody_else_sees_or_changes_it(self, browser: Browser, client: Client) -> None:
        row = save(browser("official"))
        for other in ("colleague", "administrator"):
            theirs = browser(other)
            assert "Airships" not in theirs.get(SAVED).content.decode()
            assert theirs.post(reverse("front:saved-change", args=[row.pk]), {"act": "forget"}).status_code == 404
            assert theirs.get("/api/search/saved").json() == []
            assert theirs.delete(f"/api/search/saved/{row.pk}").status_code == 404
        assert Saved.objects.filter(pk=row.pk).exists()
        assert client.get(SAVED).status_code == 302
        assert client.get("/api/search/saved").status_code == 401

    def test_a_name_once_and_not_too_many(self, browser: Browser) -> None:
        client = browser("official")
        save(client)
        again = client.post(reverse("front:save"), {"name": "Airships", "q": "zeppelin"})
        assert again.status_code == 409
        assert "choose another" in again.content.decode()
        assert client.post(reverse("front:save"), {"name": "", "q": "zeppelin"}).status_code == 422
        for n in range(MOST_SAVED - 1):
            save(client, f"n{n}")
        full = client.post(reverse("front:save"), {"name": "more", "q": "zeppelin"})
        assert (full.status_code, Saved.objects.count()) == (409, MOST_SAVED)

    def test_programs_keep_them_too(self, browser: Browser) -> None:
        client = browser("official")
        body = {"name": "Airships", "query": "zeppelin", "tells": True}
        made = client.post("/api/search/saved", body, content_type="application/json")
        assert made.status_code == 201
        assert client.post("/api/search/saved", body, content_type="application/json").status_code == 409
        [row] = client.get("/api/search/saved").json()
        assert row == {"id": row["id"], "kind": "", "language": "", **body}
        assert client.delete(f"/api/search/saved/{row['id']}").status_code == 204


class TestTelling:
    def test_new_results_are_told_once_without_the_words(self, browser: Browser, people: dict[str, User]) -> None:
        text("before")
        save(browser("official"))
        assert tell_of_new_results(now=NOW) == 0
        text("new")
        text("other", "Boats")
        assert tell_of_new_results(now=NOW) == 1
        assert tell_of_new_results(now=NOW) == 0
        [notice] = Notice.objects.filter(user=people["official"])
        assert (notice.words, notice.path) == ("A search that you saved has new results: 1", SAVED)
        [mail] = Mail.objects.filter(to_address="official@synthetic.invalid")
        assert "zeppelin" not in (mail.subject + mail.body).lower()
        assert "airships" not in (mail.subject + mail.body).lower()

    def test_what_may_not_be_seen_at_that_moment_is_not_told_of(
        self, browser: Browser, people: dict[str, User]
    ) -> None:
        save(browser("staff"))
        save(browser("official"))
        text("for-staff", audience="staff")
        assert tell_of_new_results(now=NOW) == 1
        assert Notice.objects.get().user == people["staff"]
        Seat.objects.filter(user=people["staff"]).update(ends_on=date(2026, 11, 27))
        text("more-for-staff", audience="staff")
        assert tell_of_new_results(now=NOW) == 0

    def test_who_did_not_wish_it_or_cannot_sign_in_any_more_is_told_nothing(
        self, browser: Browser, people: dict[str, User]
    ) -> None:
        save(browser("official"), tells="")
        save(browser("staff"))
        User.objects.filter(pk=people["staff"].pk).update(is_active=False)
        text("new")
        assert tell_of_new_results(now=NOW) == 0


class TestRecent:
    def test_they_are_remembered_until_one_signs_out(self, browser: Browser, client: Client) -> None:
        mine = browser("official")
        mine.get(reverse("front:search"), {"q": "zeppelin"})
        mine.get(reverse("front:search"), {"q": "boats", "language": "en"})
        page = mine.get(reverse("front:search"))
        assert [one["query"] for one in page.context["recent"]] == ["boats", "zeppelin"]
        assert "zeppelin" not in browser("official").get(SAVED).content.decode()  # another session
        assert "rso_session" not in client.get(reverse("front:search"), {"q": "zeppelin"}).cookies

    def test_they_can_be_forgotten_and_switched_off_for_good(self, browser: Browser) -> None:
        mine = browser("official")
        mine.get(reverse("front:search"), {"q": "zeppelin"})
        mine.post(reverse("front:recent"), {"act": "forget"})
        assert mine.get(SAVED).context["recent"] == []
        mine.post(reverse("front:recent"), {"act": "off"})
        for again in (mine, browser("official")):
            again.get(reverse("front:search"), {"q": "zeppelin"})
            page = again.get(SAVED)
            assert page.context["recent"] == []
            assert "Your searches are not remembered" in page.content.decode()
        mine.post(reverse("front:recent"), {"act": "on"})
        mine.get(reverse("front:search"), {"q": "zeppelin"})
        assert [one["query"] for one in mine.get(SAVED).context["recent"]] == ["zeppelin"]


class TestWords:
    def test_the_administrator_adds_changes_and_takes_out(self, browser: Browser) -> None:
        client = browser("administrator")
        added = client.post(reverse("front:words-add"), {"words": "AIRSHIP\nzeppelin", "language": "en"})
        assert added.status_code == 302
        row = Alike.objects.latest("pk")
        assert "AIRSHIP = zeppelin" in client.get(reverse("front:words")).content.decode()
        text("a")
        assert client.get("/api/search", {"q": "airship"}).json()["total"] == 1
        page = client.get(reverse("front:words-group", args=[row.pk]))
        assert "AIRSHIP" in page.content.decode()
        alone = client.post(reverse("front:words-group", args=[row.pk]), {"words": "one"})
        assert alone.status_code == 422
        assert "two words or phrases at least" in alone.content.decode()
        client.post(reverse("front:words-remove", args=[row.pk]))
        assert client.get("/api/search", {"q": "airship"}).json()["total"] == 0

    @pytest.mark.parametrize("name", ["staff", "official", "manager-a"])
    def test_nobody_else_does(self, browser: Browser, name: str) -> None:
        row = Alike.objects.create(language="en", words="airship\nzeppelin")
        client = browser(name)
        for at in (reverse("front:words"), reverse("front:words-add"), reverse("front:words-group", args=[row.pk])):
            assert client.get(at).status_code == 403
        assert client.post(reverse("front:words-remove", args=[row.pk])).status_code == 403
