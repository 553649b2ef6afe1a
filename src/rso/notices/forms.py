"""How one wants to be told: by group of notices, in which language and at whose hour."""

from __future__ import annotations

from typing import Any
from zoneinfo import available_timezones

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from rso.notices.kinds import groups
from rso.notices.models import Wish
from rso.notices.rules import Manner

#: Names of areas and links that no person looks for.
_NOT_PLACES = ("Etc/", "SystemV/", "US/", "posix/", "right/")


def zones() -> list[str]:
    """The time zones that a person may choose, by name."""
    return sorted(z for z in available_timezones() if ("/" in z and not z.startswith(_NOT_PLACES)) or z == "UTC")


class WishesForm(forms.Form):
    """One choice for each group, and the person's language and time zone."""

    language = forms.ChoiceField(label=_("Language of mail"), required=False)
    time_zone = forms.ChoiceField(
        label=_("Time zone"), required=False, help_text=_("Digests come in the morning of this place.")
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        own: dict[str, Any] = self.fields
        own["language"].choices = [("", _("The site's own")), *settings.LANGUAGES]
        own["time_zone"].choices = [("", "UTC"), *((zone, zone.replace("_", " ")) for zone in zones() if zone != "UTC")]
        own["language"].widget.attrs["translate"] = own["time_zone"].widget.attrs["translate"] = "no"
        for group in groups():
            own[self.name_of(group.code)] = forms.ChoiceField(
                label=group.words, choices=Wish.Manner.choices, widget=forms.RadioSelect
            )

    @staticmethod
    def name_of(code: str) -> str:
        """The field of a group."""
        return f"group-{code}"

    def group_names(self) -> str:
        """The fields of the groups, for the template's row of questions."""
        return " ".join(self.name_of(group.code) for group in groups())

    def manners(self) -> dict[str, Manner]:
        """What was chosen, by group."""
        return {group.code: Manner(self.cleaned_data[self.name_of(group.code)]) for group in groups()}
