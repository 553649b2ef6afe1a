"""Proposals in the browser: the whole way without a script, and what goes wrong on it."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from tests.office.conftest import Browser
from tests.office.proposals import FORM, drafted, page_of

from rso.office.projects.models import Project, Proposal

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("directory")]


def _post(client: Client, proposal: Proposal, doing: str, status: int = 302, **fields: Any) -> str:
    answer = client.post(reverse(f"projects:{doing}", args=[proposal.pk]), fields)
    assert answer.status_code == status, answer.content.decode()
    proposal.refresh_from_db()
    return answer.content.decode()


def test_the_whole_way(browser: Browser) -> None:
    official, one, two = browser("official"), browser("manager-a"), browser("manager-b")
    answer = official.post(reverse("projects:draft"), FORM | {"title": "First title (synthetic)"})
    assert answer.status_code == 302
    proposal = Proposal.objects.get()
    editing = reverse("projects:edit", args=[proposal.pk])
    page = official.get(editing).content.decode()
    assert 'value="First title (synthetic)"' in page
    assert f'data-autosave="proposal-{proposal.pk}"' in page
    assert official.post(editing, FORM | {"revision": "1"}).status_code == 302
    assert "Submit to both Co-Managers" in page_of(official, proposal)

    _post(official, proposal, "submit")
    assert "Your assessment" in page_of(one, proposal)
    assert "Your assessment" not in page_of(official, proposal)
    _post(one, proposal, "assess", leaning="approve", text="Clear.")
    assert "Consult the Steering Group" not in page_of(one, proposal)
    _post(two, proposal, "assess", leaning="return", text="Who pays?")
    _post(two, proposal, "consult", days="14")
    assert "Comment for the Steering Group" in page_of(browser("steering"), proposal)
    _post(browser("steering"), proposal, "comment", text="Cestria would host it.")
    assert "Cestria would host it." in page_of(one, proposal)
    _post(one, proposal, "close", reason="All have spoken.")
    _post(one, proposal, "sign", outcome="approve", reason="Wanted by three members.")
    second = page_of(two, proposal)
    assert "The second key" in second
    assert "This Co-Manager comes from the proposing member." in second
    assert re.search(r'<textarea name="reason"[^>]*>\s*Wanted by three members.</textarea>', second)
    _post(two, proposal, "sign", outcome="approve", reason="Wanted by three members.")
    assert proposal.state == "approved"
    public = Client().get(reverse("projects:project", args=[Project.objects.get().pk])).content.decode()
    assert "Approved by two signatures" in public
    assert "P. Manager-A" not in public
    assert "Who pays?" not in public


def test_two_people_edit_at_once_and_nothing_is_lost(browser: Browser) -> None:
    official, colleague = browser("official"), browser("colleague")
    proposal = drafted(official)
    place = reverse("projects:edit", args=[proposal.pk])
    theirs = FORM | {"revision": "1", "problem": "What the colleague wrote."}
    assert colleague.post(place, theirs).status_code == 302
    mine = FORM | {"revision": "1", "problem": "What I wrote meanwhile.", "partners": ["XBD"]}
    answer = official.post(place, mine)
    page = answer.content.decode()
    assert answer.status_code == 409
    assert "What I wrote meanwhile.</textarea>" in page
    assert "colleague" in re.sub(r"<textarea.*?</textarea>", "", page, flags=re.S)
    assert 'name="revision" value="2"' in page
    proposal.refresh_from_db()
    assert proposal.problem == "What the colleague wrote."
    assert official.post(place, mine | {"revision": "2"}).status_code == 302
    proposal.refresh_from_db()
    assert proposal.problem == "What I wrote meanwhile."


@pytest.mark.parametrize(
    ("name", "content", "told"),
    [
        ("big.txt", b"x" * 2_000_000, "larger than 1 MB"),
        ("empty.txt", b"", "empty"),
        ("picture.png", b"just words", "Save it"),
        ("program.exe", b"MZ\x90\x00" * 9, "not taken"),
    ],
)
def test_a_file_that_is_not_taken(browser: Browser, settings: Any, name: str, content: bytes, told: str) -> None:
    settings.RSO_FILE_LIMIT = 1024 * 1024
    official = browser("official")
    proposal = drafted(official)
    page = _post(official, proposal, "attach", 422, file=SimpleUploadedFile(name, content))
    assert told in page
    assert not proposal.attachments.exists()


def test_a_file_is_attached_read_and_removed(browser: Browser) -> None:
    official = browser("official")
    proposal = drafted(official)
    _post(official, proposal, "attach", file=SimpleUploadedFile("plan.txt", b"First the plan."))
    found = re.search(r'href="(/files/[^"]+)"', page_of(official, proposal))
    assert found
    assert b"".join(official.get(found.group(1)).streaming_content) == b"First the plan."  # type: ignore[attr-defined]  # a stream
    assert browser("stranger").get(found.group(1)).status_code in (403, 404)
    attachment = proposal.attachments.get()
    assert official.post(reverse("projects:detach", args=[proposal.pk, attachment.pk])).status_code == 302
    assert official.post(reverse("projects:detach", args=[proposal.pk, attachment.pk])).status_code == 404
    assert "Nothing is attached." in page_of(official, proposal)


def test_budget_lines_come_and_go_without_a_script(browser: Browser) -> None:
    official = browser("official")
    proposal = drafted(official)
    place = reverse("projects:edit", args=[proposal.pk])
    answer = official.post(place, FORM | {"revision": "1", "more": "1"})
    assert answer.headers["Location"] == place
    assert 'name="budget-2-year"' in official.get(place).content.decode()
    rows = {"budget-TOTAL_FORMS": "3", "budget-INITIAL_FORMS": "2", "budget-0-DELETE": "on"}
    third = {"budget-2-year": "2028", "budget-2-currency": "IDR", "budget-2-amount": "5", "budget-2-purpose": "Print"}
    assert official.post(place, FORM | rows | third | {"revision": "2"}).status_code == 302
    assert [(b.currency, b.purpose) for b in proposal.budget.all()] == [("USD", "Travel"), ("IDR", "Print")]


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"title": ""}, "This field is required"),
        ({"ends_on": "2020-01-01"}, "ends before it begins"),
        ({"starts_on": "soon"}, "valid date"),
        ({"problem": "x" * 6001}, "under 6000 characters"),
        ({"objectives": ["world-peace"]}, "not one of the available choices"),
        ({"budget-0-currency": "dollars"}, "at most 3 characters"),
        ({"budget-0-currency": "12$"}, "Three letters"),
        ({"budget-0-amount": "-1"}, "greater than or equal to 0"),
        ({"budget-TOTAL_FORMS": "many"}, "form"),
    ],
)
def test_what_the_form_refuses_keeps_what_was_typed(browser: Browser, change: dict[str, Any], told: str) -> None:
    answer = browser("official").post(reverse("projects:draft"), FORM | change)
    page = answer.content.decode()
    assert answer.status_code == 422
    assert told in page
    assert FORM["approach"] in page
    assert not Proposal.objects.exists()


def test_looking_for_similar_ones_saves_nothing(browser: Browser) -> None:
    official = browser("official")
    proposal = drafted(official)
    page = official.post(reverse("projects:draft"), FORM | {"look": "1"}).content.decode()
    assert reverse("projects:proposal", args=[proposal.pk]) in page
    assert Proposal.objects.count() == 1


def test_a_refusal_is_shown_where_it_happened_and_loses_no_text(browser: Browser) -> None:
    official = browser("official")
    proposal = drafted(official)
    _post(official, proposal, "submit")
    manager = browser("manager-a")
    page = _post(manager, proposal, "sign", 409, outcome="approve", reason="Too early.")
    assert "moved on since" in page
    assert "Too early." in page
    page = _post(manager, proposal, "assess", 422, leaning="", text="Only words.")
    assert "Only words." in page
    page = _post(official, proposal, "withdraw", 422, reason="")
    assert "This field is required" in page


def test_an_incomplete_draft_says_what_it_lacks(browser: Browser) -> None:
    official = browser("official")
    proposal = drafted(official, results="", risks="")
    page = page_of(official, proposal)
    assert "Results wanted" in page or "results wanted" in page
    assert reverse("projects:submit", args=[proposal.pk]) not in page
    assert "the proposal needs" in _post(official, proposal, "submit", 409)


def test_a_submitted_proposal_is_not_edited(browser: Browser) -> None:
    official = browser("official")
    proposal = drafted(official)
    _post(official, proposal, "submit")
    assert official.get(reverse("projects:edit", args=[proposal.pk])).status_code == 302
    answer = official.post(reverse("projects:edit", args=[proposal.pk]), FORM | {"title": "Late", "revision": "1"})
    proposal.refresh_from_db()
    assert (answer.status_code, proposal.title) == (302, FORM["title"])


def test_absent_and_invisible_look_the_same(browser: Browser) -> None:
    proposal = drafted(browser("official"))
    for name in ("stranger", "manager-b", "steering", "staff"):
        client = browser(name)
        for page in ("proposal", "print", "export"):
            here = client.get(reverse(f"projects:{page}", args=[proposal.pk]))
            nowhere = client.get(reverse(f"projects:{page}", args=["00000000-0000-0000-0000-000000000000"]))
            assert here.status_code == nowhere.status_code == 404
    assert browser("party").get(reverse("projects:proposals")).status_code == 403
    assert Client().get(reverse("projects:proposals")).status_code == 302


def test_forgery_is_refused(browser: Browser) -> None:
    assert browser("official", checks=True).post(reverse("projects:draft"), FORM).status_code == 403
    assert not Proposal.objects.exists()


def test_export_and_print(browser: Browser) -> None:
    official = browser("official")
    proposal = drafted(official)
    answer = official.get(reverse("projects:export", args=[proposal.pk]))
    assert "attachment" in answer.headers["Content-Disposition"]
    body = answer.json()
    assert (body["title"], body["partners"], len(body["budget"])) == (FORM["title"], ["XCS"], 2)
    printed = official.get(reverse("projects:print", args=[proposal.pk])).content.decode()
    assert FORM["approach"] in printed
    assert "USD 300.00" in printed


def test_the_list(browser: Browser) -> None:
    official = browser("official")
    assert "No proposals here" in official.get(reverse("projects:proposals")).content.decode()
    proposal = drafted(official)
    _post(official, proposal, "submit")
    page = browser("manager-a").get(reverse("projects:proposals")).content.decode()
    assert "Waits for you" in page
    assert page.count(FORM["title"]) == 2
    assert FORM["title"] not in official.get(reverse("projects:proposals") + "?q=nothing").content.decode()
    assert FORM["title"] in official.get(reverse("projects:proposals") + "?state=assessment").content.decode()
    assert official.get(reverse("projects:proposals") + "?state=garbage&page=x").status_code == 200


def test_what_was_declined_or_withdrawn_is_begun_anew_with_its_words(browser: Browser) -> None:
    official = browser("official")
    proposal = drafted(official)
    begin = f"{reverse('projects:draft')}?from={proposal.pk}"
    assert FORM["problem"] not in official.get(begin).content.decode(), "a draft is edited, not copied"
    _post(official, proposal, "withdraw", reason="Not this year.")
    assert begin in page_of(official, proposal)
    page = official.get(begin)
    assert FORM["problem"] in page.content.decode()
    form, budget = page.context["form"], page.context["budget"]
    sent = {name: form[name].value() for name in form.fields} | {
        f"budget-{number}-{name}": row[name].value() or ""
        for number, row in enumerate(budget.forms)
        for name in ("year", "currency", "amount", "purpose")
    }
    counts = {"budget-TOTAL_FORMS": len(budget.forms), "budget-INITIAL_FORMS": budget.initial_form_count()}
    assert official.post(begin, {k: v or "" for k, v in (sent | counts).items()}).status_code == 302
    anew = Proposal.objects.exclude(pk=proposal.pk).get()
    assert (anew.state, anew.title, anew.round) == ("draft", FORM["title"], 0)
    assert [str(line.amount) for line in anew.budget.all()] == ["1200.50", "300.00"]
    assert [partner.code for partner in anew.partners.all()] == ["XCS"]
    proposal.refresh_from_db()
    assert proposal.state == "withdrawn", "the old one stays as it ended"
    other = browser("stranger")
    assert FORM["problem"] not in other.get(begin).content.decode(), "another member begins with its own words"
    assert official.get(f"{reverse('projects:draft')}?from=garbage").status_code == 200


def test_only_what_may_stay_empty_is_called_optional(browser: Browser) -> None:
    page = browser("official").get(reverse("projects:draft")).content.decode()
    marks = re.findall(r'(?:id_(\w+)"|legend)>([^<]+) <span class="optional">([^<]+)<', page)
    found = {label.strip(): mark for _field, label, mark in marks}
    assert found["Problem to be met"] == "(needed to submit)"
    assert found["Which of the RSO&#x27;s four objectives it serves"] == "(needed to submit)"
    assert {label for label, mark in found.items() if mark == "(optional)"} == {
        "Which principles of the Regional Cooperation Framework it rests on",
        "Partners",
    }


@pytest.mark.parametrize(
    ("outcome", "said"),
    [("decline", "signed different outcomes"), ("approve", "signed the same outcome in different words")],
)
def test_a_disagreement_says_what_differs(browser: Browser, outcome: str, said: str) -> None:
    official, one, two = browser("official"), browser("manager-a"), browser("manager-b")
    proposal = drafted(official)
    _post(official, proposal, "submit")
    for manager in (one, two):
        _post(manager, proposal, "assess", leaning="approve", text="Clear.")
    _post(two, proposal, "consult", days="14")
    _post(one, proposal, "close", reason="All have spoken.")
    _post(one, proposal, "sign", outcome="approve", reason="Wanted by three members.")
    _post(two, proposal, "sign", outcome=outcome, reason="In my own words.")
    assert proposal.state == "disagreement"
    assert said in page_of(one, proposal)
