"""Light, dark, or as the device wishes: kept in a cookie, since it belongs to the device and not to the person."""

from __future__ import annotations

from django.db import models
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

COOKIE = "rso_theme"


class Theme(models.TextChoices):
    AUTO = "auto", _("As this device")
    LIGHT = "light", _("Light")
    DARK = "dark", _("Dark")


def theme_of(request: HttpRequest) -> Theme:
    """The theme of the cookie; anything unknown is ``AUTO``."""
    try:
        return Theme(request.COOKIES.get(COOKIE, ""))
    except ValueError:
        return Theme.AUTO
