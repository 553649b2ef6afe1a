"""What every page's frame needs, under the one name ``ui``."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject
from django.utils.module_loading import import_string
from django.utils.translation import get_language, get_language_info
from django.utils.translation import gettext_lazy as _

from rso.ui.parts import Place, Topic
from rso.ui.themes import Theme, theme_of

NavItem = tuple[Any, str, bool] | Place  # label, address, whether it is the page or the section being shown

DEPLOYMENT_WORDS = {
    "office": (_("Office"), _("Regional Support Office")),
    "relay": (_("Relay"), _("Carries sealed messages and cannot read them")),
    "node": (_("Node"), _("A member's own system")),
}


@dataclass(frozen=True, slots=True)
class Language:
    code: str
    name: str
    current: bool


@dataclass(frozen=True, slots=True)
class Frame:
    """The frame around a page. ``nav``, ``foot`` and ``help`` are evaluated when a template first asks for them.

    ``nav`` holds places, some of them groups; ``foot`` the places of the footer; ``help`` the topic of this page, or
    nothing; ``keys`` the page about the keyboard, where this deployment has one.
    """

    deployment: str
    deployment_label: Any
    deployment_about: Any
    site_name: str
    theme: Theme
    themes: Sequence[tuple[str, Any]]
    languages: Sequence[Language]
    demonstration: bool
    nav: Any
    here: str
    foot: Any = ()
    help: Any = None
    keys: str = ""


def page(request: HttpRequest) -> dict[str, Any]:
    """Context processor: ``ui`` (a `Frame`)."""
    return {"ui": frame(request)}


def frame(request: HttpRequest) -> Frame:
    deployment = deployment_of_settings()
    label, about = DEPLOYMENT_WORDS[deployment]
    current = get_language() or settings.LANGUAGE_CODE
    return Frame(
        deployment=deployment,
        deployment_label=label,
        deployment_about=about,
        site_name=str(getattr(settings, "RSO_SITE_NAME", "RSO")),
        theme=theme_of(request),
        themes=Theme.choices,
        languages=_languages(current),
        demonstration=bool(getattr(settings, "RSO_DEMONSTRATION", False)),
        nav=SimpleLazyObject(lambda: _nav(request)),
        here=request.get_full_path() if request.method == "GET" else request.path,
        foot=SimpleLazyObject(lambda: list(_asked("RSO_FOOT", request) or ())),
        help=SimpleLazyObject(lambda: _asked("RSO_HELP", request) or Topic("", "")),
        keys=str(getattr(settings, "RSO_KEYS", "")),
    )


def deployment_of_settings() -> str:
    """Which of the three this process is; ``office`` where all are loaded at once, as for type checks."""
    deployment = str(getattr(settings, "DEPLOYMENT", "office"))
    return deployment if deployment in DEPLOYMENT_WORDS else "office"


def _languages(current: str) -> list[Language]:
    return [Language(code, _own_name(code, str(name)), code == current) for code, name in settings.LANGUAGES]


def _own_name(code: str, fallback: str) -> str:
    try:
        return str(get_language_info(code)["name_local"])
    except KeyError:
        return fallback


def _asked(setting: str, request: HttpRequest) -> Any:
    """What the callable says whose dotted path a setting holds; nothing where it holds none."""
    dotted = getattr(settings, setting, "")
    return import_string(dotted)(request) if dotted else None


def _nav(request: HttpRequest) -> list[Place]:
    """Places of ``settings.RSO_NAV``: the dotted path of a callable ``(request) -> [(label, url, current)]``, of which
    some may be places already."""
    items: Sequence[NavItem] = _asked("RSO_NAV", request) or ()
    return [item if isinstance(item, Place) else Place(*item) for item in items]


def trail(request: HttpRequest, nav: Sequence[Place]) -> list[Place]:
    """The section that a page lies in, for a page that says no more of where it is; on the first page, nothing."""
    if request.path == "/":
        return []
    places = [place for one in nav for place in (one.inside or [one])]
    return [place for place in places if place.current][:1]
