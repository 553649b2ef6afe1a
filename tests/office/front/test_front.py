"""The public pages on several days, every page in the pseudo-languages, and a demonstration's office."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import Settings
from tests.office.conftest import Browser
from tests.office.proposals import FORM, drafted

from rso.accounts.models import Organisation, User
from rso.accounts.queries import seats_on
from rso.accounts.rules import Role
from rso.office.directory.models import Resource
from rso.office.front import demonstration as told
from rso.office.intake.models import Enquiry
from rso.office.intake.rules import Way
from rso.office.projects.models import Project, Proposal
from rso.office.projects.rules import EDITABLE, State
from rso.ui.pseudo import ACCENTED, MIRRORED, untranslated

pytestmark = pytest.mark.django_db
PUBLIC = [
    "front:home",
    "front:about",
    "front:members",
    "front:resources",
    "front:search",
    "projects:projects",
    "intake:ways",
]


@pytest.mark.usefixtures("directory")
class TestPublicPages:
    @pytest.mark.parametrize("on", ["", "2012-01-01", "2018-03-01", "2030-12-31", "garbage", "2018-13-45", "'--"])
    @pytest.mark.parametrize("page", PUBLIC)
    def test_on_several_days(self, client: Client, page: str, on: str) -> None:
        assert client.get(reverse(page), {"on": on} if on else {}).status_code == 200

    def test_the_members_of_then_and_now(self, client: Client) -> None:
        then = client.get(reverse("front:members"), {"on": "2018-03-01"}).content.decode()
        now = client.get(reverse("front:members")).content.decode()
        assert ("48" in then, "49" in now) == (True, True)

    def test_the_front_page_says_what_the_office_is_and_who_directs_it(self, client: Client) -> None:
        page = client.get("/").content.decode()
        for words in (
            "was established in 2012 to operationalize the Regional Cooperation Framework",
            "Facilitating information sharing amongst members.",
            "promote human life and dignity;",
            "Bali Process Co-Chairs",
            "Co-Managers of the RSO",
            "Bali Process Steering Group",
            "Working Group on the Disruption of People Smuggling and Trafficking in Persons Networks",
            "27th Floor Rajanakarn Building",
            "+66 2 343 9477",
            "mailto:info@rso.baliprocess.net",
            "https://www.baliprocess.net",
        ):
            assert words in page, words
        for resource in Resource.objects.all():
            place = f"{reverse('front:resources')}#{resource.code}"
            assert place in page, "each resource leads to what it is"
            assert f'id="{resource.code}"' in client.get(reverse("front:resources")).content.decode()

    def test_what_changed_since_the_brochure_stands_with_its_dates_and_sources(self, client: Client) -> None:
        members = client.get(reverse("front:members")).content.decode()
        assert "What has changed since the brochure" in members
        assert ("1 July 2019" in members, "the first public count with four organisations" in members) == (True, True)
        about = client.get(reverse("front:about")).content.decode()
        for words in ("Malaysia", "Viet Nam", "26 July 2023", "Technical Experts Group on Returns", "1 April 2018"):
            assert words in about, words
        then = client.get(reverse("front:members"), {"on": "2018-03-01"}).content.decode()
        assert "What has changed since the brochure" not in then, "nobody had joined by that day"

    def test_a_stranger_has_no_desk_and_somebody_signed_in_has_their_own(
        self, client: Client, browser: Browser
    ) -> None:
        drafted(browser("official"))
        assert "What waits for you" not in client.get("/").content.decode()
        staff, official = (browser(name).get("/").context["waits"] for name in ("staff", "official"))
        assert [stat.href for stat in staff] == [
            "/texts/", "/enquiries/?mine=1", "/enquiries/?nobody=1", "/library/keep/openings/", "/proposals/",
            "/notices/",
        ]  # fmt: skip
        assert [stat.href for stat in official] == ["/proposals/", "/notices/"]
        assert browser("party").get("/").context["waits"] == [], "nothing to do is not shown as a nought"

    @pytest.mark.parametrize("page", ["front:home", "front:about", "front:members", "front:resources"])
    def test_another_day_is_said_to_be_another_day(self, client: Client, page: str) -> None:
        assert "what held on 1 March 2018" in client.get(reverse(page), {"on": "2018-03-01"}).content.decode()
        assert "Another day than today" not in client.get(reverse(page)).content.decode()

    def test_the_interface_gives_the_same_day(self, client: Client) -> None:
        assert len(client.get("/api/directory/members?on=2018-03-01").json()) == 48
        assert len(client.get("/api/directory/members").json()) == 49
        assert client.get("/api/directory/members?on=garbage").status_code == 422
        principles = client.get("/api/directory/passages/principle").json()
        assert (len(principles), principles[0]["source"] != "") == (8, True)
        assert client.get("/api/directory/passages/rumour").status_code == 422
        chairs = {row["code"]: row["chairs"] for row in client.get("/api/directory/bodies?on=2018-03-01").json()}
        assert [chair["code"] for chair in chairs["wg-disruption"]] == ["MYS", "NZL"]
        assert client.get("/api/directory/bodies?governance=true").json()
        assert {row["kind"] for row in client.get("/api/directory/resources").json()} >= {"training", "guide"}

    def test_an_empty_office_still_answers(self, client: Client) -> None:
        Project.objects.all().delete()
        for page in PUBLIC:
            assert client.get(reverse(page)).status_code == 200


def test_before_the_directory_is_loaded(client: Client) -> None:
    for page in PUBLIC:
        assert client.get(reverse(page)).status_code == 200


@pytest.fixture
def demonstration(settings: Settings) -> None:
    settings.RSO_DEMONSTRATION = True
    call_command("demonstrate_office")


def _speaking(client: Client, language: str) -> Client:
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = language
    return client


def _all_pages() -> list[tuple[str, str]]:
    """Every page of the office with who opens it."""
    pages = [("", reverse(page)) for page in PUBLIC]
    pages += [("", reverse("intake:write", args=[way.value])) for way in Way]
    pages += [("", reverse("intake:sent"))]
    pages += [("", reverse("projects:project", args=[row.pk])) for row in Project.objects.all()]
    pages += [("official", reverse("projects:draft")), ("official", reverse("projects:proposals"))]
    pages += [("staff", reverse("intake:queue"))]
    pages += [("staff", reverse("intake:enquiry", args=[row.pk])) for row in Enquiry.objects.all()]
    return pages


@pytest.mark.usefixtures("directory", "demonstration")
@pytest.mark.parametrize("language", [ACCENTED, MIRRORED])
class TestEveryWordIsTranslated:
    def test_public_pages_forms_and_queue(self, browser: Browser, language: str) -> None:
        clients = {"": Client(), "official": browser("official"), "staff": browser("staff")}
        found = {}
        for who, page in _all_pages():
            answer = _speaking(clients[who], language).get(page)
            assert answer.status_code == 200, page
            found[page] = untranslated(answer.content.decode())
        assert {page: left for page, left in found.items() if left} == {}

    @pytest.mark.parametrize("state", State)
    @pytest.mark.parametrize("name", ["official", "manager-a", "manager-b", "steering"])
    def test_a_proposal_in_each_state(self, browser: Browser, language: str, state: State, name: str) -> None:
        proposal = Proposal.objects.get(title__startswith="Joint exercise")
        Proposal.objects.filter(pk=proposal.pk).update(
            state=state.value, member=Organisation.objects.get(code="XAV"), consultation_closes_on="2027-01-01"
        )
        for page in ("proposal", "print", "edit"):
            if page == "edit" and (name != "official" or state not in EDITABLE):
                continue
            address = reverse(f"projects:{page}", args=[proposal.pk])
            answer = _speaking(browser(name), language).get(address)
            assert answer.status_code == 200
            assert untranslated(answer.content.decode()) == []

    def test_refused_forms(self, browser: Browser, language: str) -> None:
        official = _speaking(browser("official"), language)
        proposal = drafted(official)
        wrong = FORM | {"title": "", "budget-0-currency": "dollars", "ends_on": "2020-01-01", "problem": "x" * 6001}
        stale = FORM | {"revision": "99", "problem": ""}
        sent = [
            (official, reverse("projects:draft"), wrong, 422),
            (official, reverse("projects:edit", args=[proposal.pk]), stale, 409),
            (official, reverse("projects:sign", args=[proposal.pk]), {}, 403),
            (official, reverse("projects:withdraw", args=[proposal.pk]), {"reason": ""}, 422),
            (Client(), reverse("intake:write", args=["second"]), {"email": "x", "months": "99"}, 422),
            (Client(), reverse("intake:confirm", args=["x" * 32]), {}, 410),
        ]
        for client, page, fields, status in sent:
            answer = _speaking(client, language).post(page, fields)
            assert answer.status_code == status, page
            assert untranslated(answer.content.decode()) == [], page

    def test_files(self, browser: Browser, language: str, settings: Settings) -> None:
        settings.RSO_FILE_LIMIT = 2**20
        official = _speaking(browser("official"), language)
        proposal = drafted(official)
        place = reverse("projects:attach", args=[proposal.pk])
        here = reverse("projects:proposal", args=[proposal.pk])

        def look(*contents: tuple[str, bytes], status: int) -> None:
            for name, content in contents:
                answer = official.post(place, {"file": SimpleUploadedFile(name, content)}, follow=status == 200)
                assert answer.status_code == status
                assert untranslated(answer.content.decode()) == [], name

        look(("plan.txt", b"First the plan."), status=200)
        look(("big.txt", b"x" * 2**20 * 2), ("empty.txt", b""), ("p.png", b"words"), ("x.exe", b"MZ\x90"), status=422)
        look(("huge.txt", b"x" * 2**20 * 7), status=413)
        attachment = proposal.attachments.get()
        removed = official.post(reverse("projects:detach", args=[proposal.pk, attachment.pk]), follow=True)
        assert removed.redirect_chain[-1][0] == here
        assert untranslated(removed.content.decode()) == []


@pytest.mark.usefixtures("demonstration")
class TestDemonstration:
    def test_twice_changes_nothing_and_links_are_fresh(self, capsys: pytest.CaptureFixture[str]) -> None:
        before = [m.objects.count() for m in (User, Organisation, Proposal, Project, Enquiry)]
        printed = []
        for _time in range(2):
            call_command("demonstrate_office", links=True)
            printed.append(json.loads(capsys.readouterr().out.splitlines()[-1])["links"])
        assert [m.objects.count() for m in (User, Organisation, Proposal, Project, Enquiry)] == before
        assert set(printed[0]) == {told.link_key(person) for person in told.PEOPLE}
        assert len(printed[0]) == len(told.PEOPLE), "two people of one role and organisation would share a name"
        assert {"member-administrator XAV", "translator XAV", "interested-party LANTERN"} <= set(printed[0])
        assert not set(printed[0].values()) & set(printed[1].values())

    def test_a_link_signs_in_once(self, client: Client, capsys: pytest.CaptureFixture[str]) -> None:
        call_command("demonstrate_office", links=True)
        link = json.loads(capsys.readouterr().out.splitlines()[-1])["links"]["co-manager XAV"]
        assert client.get(link).status_code == 200
        assert client.post(link).status_code == 302
        page = client.get(reverse("projects:proposals")).content.decode()
        assert "Joint exercise on landing places (synthetic)" in page
        assert Client().post(link).status_code == 410

    def test_a_document_for_members_is_found_by_them_alone(self, capsys: pytest.CaptureFixture[str]) -> None:
        call_command("demonstrate_office", links=True)
        links = json.loads(capsys.readouterr().out.splitlines()[-1])["links"]
        page = reverse("library:record", args=[told.LANDING["code"]])
        assert Client().get(page).status_code == 404
        for who, status in (("interested-party LANTERN", 404), ("member-official XBD", 200)):
            browser = Client()
            browser.post(links[who])
            assert browser.get(page).status_code == status, who

    def test_last_years_holder_is_found_by_the_day_and_has_no_link(self) -> None:
        today = timezone.localdate()
        then = [seat.user.name for seat in seats_on(today - timedelta(days=300)).filter(role=Role.CO_MANAGER)]
        assert then == ["Hedda Roos (synthetic)"]
        assert not seats_on(today).filter(user__name=then[0]).exists()

    def test_everybody_and_everything_is_labelled_synthetic(self) -> None:
        assert not User.objects.filter(is_synthetic=False).exists()
        assert not User.objects.exclude(name__endswith="(synthetic)").exists()
        assert not Proposal.objects.exclude(title__endswith="(synthetic)").exists()
        assert not Enquiry.objects.exclude(message__endswith="(synthetic)").exists()
        assert set(Proposal.objects.values_list("state", flat=True)) == {"draft", "assessment", "decision"}


def test_no_demonstration_elsewhere(db: None, settings: Settings) -> None:
    settings.RSO_DEMONSTRATION = False
    with pytest.raises(CommandError, match="demonstration only"):
        call_command("demonstrate_office", links=True)
    assert not User.objects.exists()
