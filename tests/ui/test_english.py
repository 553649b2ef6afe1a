"""The library's headings are written as ours are."""

from __future__ import annotations

import re

import pytest
from django.test import Client
from django.utils import translation
from tests.accounts.places import holder
from tests.node.people import client_of

from rso.accounts.rules import Role


@pytest.mark.django_db
@pytest.mark.parametrize(
    "path", ["/sign-in/password/reset/", "/sign-in/signup/", "/sign-in/logout/", "/sign-in/password/change/",
             "/sign-in/email/", "/sign-in/2fa/", "/sign-in/2fa/totp/activate/", "/sign-in/2fa/webauthn/",
             "/sign-in/reauthenticate/", "/sign-in/3rdparty/", "/sign-in/login/"],
)  # fmt: skip
def test_headings_labels_and_buttons_are_sentences(path: str) -> None:
    noor = holder("Noor", Role.MEMBER_OFFICIAL)
    noor.set_password("a long sentence that nobody guesses")
    noor.save()
    browser = client_of(noor)
    answer = (Client() if "reset" in path or "signup" in path or "login" in path else browser).get(path, follow=True)
    main = answer.content.decode().partition("<main")[2].partition("</main")[0]
    said = re.findall(r"<(?:h1|h2|label|button)[^>]*>\s*([^<]+?)\s*<", main)
    assert not [text for text in said if re.search(r"[a-z] (?!PIN\b)[A-Z][a-z]", text)]


def test_another_language_is_not_touched() -> None:
    with translation.override("de"):
        assert translation.gettext("Sign Out") != "Sign out"
