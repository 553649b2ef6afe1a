"""The frame around every page, its two switches, and the pages for when something is wrong."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.template.loader import render_to_string
from django.test import Client, RequestFactory

from rso.ui import context, themes


@pytest.fixture
def living(client: Client, settings: Any) -> str:
    settings.RSO_DEMONSTRATION = True
    return client.get("/ui/").content.decode()


def test_the_living_page_is_for_demonstrations(client: Client, settings: Any) -> None:
    settings.RSO_DEMONSTRATION = settings.DEBUG = False
    assert client.get("/ui/").status_code == 404


def test_the_living_page_shows_each_example_with_its_lines(living: str) -> None:
    assert living.count("<summary>Usage") >= 24
    assert "{% keys keys label=" in living
    assert "{% keys keys label=" in living.replace("&quot;", '"')


def test_every_sign_has_a_word(living: str) -> None:
    """An svg is either decoration beside text in its own parent, or an image with a name."""
    signs = re.findall(r"<svg\b[^>]*>", living)
    assert len(signs) > 30
    for sign in signs:
        assert 'aria-hidden="true"' in sign or re.search(r'role="img"[^>]*aria-label="[^"]+"', sign)
    lone = re.findall(r"<(button|a)\b[^>]*>\s*<svg\b[^>]*aria-hidden[^>]*>(?:(?!</svg>).)*</svg>\s*</\1>", living, re.S)
    assert not lone


def test_ids_are_unique(living: str) -> None:
    ids = re.findall(r'\sid="([^"]+)"', living)
    assert len(ids) > 40
    assert sorted(ids) == sorted(set(ids))


@pytest.mark.parametrize("deployment", ["office", "relay", "node"])
def test_each_deployment_says_which_it_is(client: Client, settings: Any, deployment: str) -> None:
    settings.DEPLOYMENT, settings.RSO_DEMONSTRATION = deployment, True
    html = client.get("/ui/").content.decode()
    assert f'data-deployment="{deployment}"' in html
    assert str(context.DEPLOYMENT_WORDS[deployment][1]).replace("'", "&#x27;") in html


def test_synthetic_data_is_announced_in_a_demonstration_only(client: Client, settings: Any, living: str) -> None:
    assert "Every person, case, print, state and decision in it is synthetic" in living
    settings.RSO_DEMONSTRATION, settings.DEBUG = False, True
    assert "synthetic data" not in client.get("/ui/").content.decode()


def test_theme_is_kept_on_the_device(client: Client, settings: Any) -> None:
    settings.RSO_DEMONSTRATION = True
    answer = client.post("/ui/theme/", {"theme": "dark", "next": "/ui/?dir=rtl"})
    assert answer.status_code == 302
    assert answer["Location"] == "/ui/?dir=rtl"
    cookie = answer.cookies[themes.COOKIE]
    assert cookie["httponly"]
    assert cookie["samesite"] == "Lax"
    assert 'data-theme="dark"' in client.get("/ui/").content.decode()
    client.post("/ui/theme/", {"theme": "auto"})
    assert "data-theme" not in client.get("/ui/").content.decode().split("<head>")[0]


@pytest.mark.parametrize("away", ["//elsewhere.example/", "https://elsewhere.example/", "javascript:alert(1)", ""])
def test_a_switch_leads_nowhere_else(client: Client, away: str) -> None:
    assert client.post("/ui/theme/", {"theme": "light", "next": away})["Location"] == "/"


@pytest.mark.parametrize("path", ["/ui/theme/", "/ui/language/"])
def test_switches_are_posted_with_a_token(path: str) -> None:
    careful = Client(enforce_csrf_checks=True)
    assert careful.get(path).status_code == 405
    assert careful.post(path).status_code == 403


def test_an_unknown_theme_is_the_devices(rf: RequestFactory) -> None:
    request = rf.get("/")
    request.COOKIES[themes.COOKIE] = '"><script>'
    assert themes.theme_of(request) is themes.Theme.AUTO


def test_language_switch(client: Client, settings: Any) -> None:
    settings.RSO_DEMONSTRATION = True
    client.post("/ui/language/", {"language": "ar-xb", "next": "/ui/"})
    html = client.get("/ui/").content.decode()
    assert '<html lang="ar-xb" dir="rtl"' in html


def test_a_missing_page_says_what_to_do(client: Client) -> None:
    answer = client.get("/no/such/page/")
    assert answer.status_code == 404
    assert "Check the address" in answer.content.decode()


@pytest.mark.parametrize(
    "name", ["400.html", "403.html", "403_csrf.html", "404.html", "500.html", "503.html", "507.html"]
)
def test_error_pages_need_no_context_and_keep_drafts(name: str) -> None:
    html = render_to_string(name)
    assert "<h1>" in html
    assert "data-keep-drafts" in html
    assert re.search(r'<html lang="en" dir="ltr" data-deployment="\w+">', html)


def test_a_failure_is_answered_by_our_page(settings: Any) -> None:
    settings.RSO_DEMONSTRATION = True
    settings.RSO_NAV = "rso.ui.no_such_module.items"
    answer = Client(raise_request_exception=False).get("/ui/")
    assert answer.status_code == 500
    assert "either all of it is saved or none of it" in answer.content.decode()
