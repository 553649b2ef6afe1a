"""What people and their administrators fill in about people, seats, leave and deputies."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from rso.accounts import queries
from rso.accounts.holding import LANGUAGE_ROLES, SUBJECT_ROLES, may_give_somewhere
from rso.accounts.models import Agency, Organisation, Seat, User
from rso.accounts.roles import roles_here
from rso.accounts.rules import ANONYMOUS, AccountsPermission, Actor, Role, decide
from rso.ui.forms import DateInput
from rso.ui.languages import named_choices
from rso.ui.picking import Option, PickField, matching


class _PersonField(PickField):
    """A person, for whoever may see their address: among those found, two may have one name."""

    def found(self, words: str) -> list[Option]:
        rows = matching(self.rows(), words, self.looked_in)
        return [(str(row.pk), f"{row.name}, {row.email}") for row in rows]


class _Names(forms.Select):
    """A choice among names from the database, which are not translated."""

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__(attrs={"translate": "no", **(attrs or {})})


class InviteForm(forms.Form):
    """An administrator invites a person, for an organisation of theirs."""

    name = forms.CharField(label=_("Name"), max_length=200)
    email = forms.EmailField(
        label=_("E-mail address"), max_length=254, help_text=_("An address of the agency, not a private one.")
    )
    organisation = PickField(label=_("Organisation"), queryset=Organisation.objects.none(), required=False)

    def __init__(self, *args: Any, actor: Actor = ANONYMOUS, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        own: dict[str, Any] = self.fields
        own["organisation"].queryset = _organisations(actor)
        # The office may invite somebody who has no place yet; whoever keeps one organisation invites for that one.
        own["organisation"].required = queries.administered(actor) is not None


def _organisations(actor: Actor) -> QuerySet[Organisation]:
    if not decide(actor, AccountsPermission.SEE_ORGANISATIONS).allowed:
        return Organisation.objects.none()
    codes = queries.administered(actor)
    return Organisation.objects.all() if codes is None else Organisation.objects.filter(code__in=codes)


def _code(help_text: Any, most: int) -> forms.RegexField:
    return forms.RegexField(
        label=_("Code"),
        regex=r"^[A-Z0-9][A-Z0-9/-]*$",
        max_length=most,
        help_text=help_text,
        error_messages={"invalid": _("Capital letters, digits, hyphens and slashes only, as XAV or XAV/GOV/BORDER.")},
    )


class NameForm(forms.Form):
    """A new name for what has a code."""

    name = forms.CharField(label=_("Name"), max_length=200)


class OrganisationForm(NameForm):
    """An administrator enters an organisation: a member, an observer, or an interested party."""

    kind = forms.ChoiceField(label=_("Kind of organisation"), choices=Organisation.Kind)
    code = _code(_("It stays for good. For a member it is the three letters that the directory uses."), 20)


class AgencyForm(NameForm):
    """An administrator enters an agency of an organisation."""

    code = _code(_("It stays for good; an agency that takes part in the exchange has the same code there."), 40)


class SeatForm(forms.Form):
    """An administrator gives a seat: one of the roles that they may give, at an organisation that they keep."""

    user = _PersonField(label=_("Person"), queryset=User.objects.none(), looked_in=("name", "email"))
    role = forms.ChoiceField(label=_("Role"))
    organisation = PickField(label=_("Organisation"), queryset=Organisation.objects.none())
    agency = PickField(label=_("Agency"), queryset=Agency.objects.none(), required=False, empty_label=_("None"))
    language = forms.ChoiceField(
        label=_("Language"), required=False, widget=_Names,
        help_text=_("For translators and national reviewers of a language."),
    )  # fmt: skip
    subject = forms.SlugField(
        label=_("Subject"), required=False, max_length=60, widget=forms.TextInput,
        help_text=_("For focal points and co-chairs of working groups: a short code, as trafficking-in-persons."),
    )  # fmt: skip
    starts_on = forms.DateField(label=_("From"), widget=DateInput)
    ends_on = forms.DateField(
        label=_("To"), required=False, widget=DateInput, help_text=_("Leave empty while no end is known.")
    )

    def __init__(self, *args: Any, actor: Actor = ANONYMOUS, day: date | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        own: dict[str, Any] = self.fields
        may = may_give_somewhere(actor)
        # Without an empty choice the first role would be given by whoever overlooks this field.
        own["role"].choices = [("", _("Please choose"))] + [
            (role.value, words) for role, words in roles_here().items() if role in may
        ]
        own["language"].choices = [("", _("None")), *named_choices()]
        if day is not None and decide(actor, AccountsPermission.SEE_PEOPLE).allowed:
            people = queries.people(actor, day=day).prefetch_related(None)
            own["user"].queryset = people.filter(is_active=True)
            own["organisation"].queryset = _organisations(actor)
            own["agency"].queryset = Agency.objects.filter(organisation__in=_organisations(actor).values("pk"))

    def clean(self) -> dict[str, Any]:
        fields = super().clean() or self.cleaned_data
        start, end = fields.get("starts_on"), fields.get("ends_on")
        if start and end and end < start:
            self.add_error("ends_on", _("A term cannot end before it begins: give a later day."))
        role = fields.get("role")
        if role:
            self._ask("language", Role(role) in LANGUAGE_ROLES, _("Choose the language for which this role is held."),
                      _("This role is not held for a language: leave it empty."))  # fmt: skip
            self._ask("subject", Role(role) in SUBJECT_ROLES, _("Say the subject for which this role is held."),
                      _("This role is not held for a subject: leave it empty."))  # fmt: skip
        return fields

    def _ask(self, name: str, needed: bool, lacking: Any, idle: Any) -> None:
        if name in self.errors or bool(self.cleaned_data.get(name)) == needed:
            return
        self.add_error(name, lacking if needed else idle)


class LeaveForm(forms.Form):
    """Days of absence."""

    starts_on = forms.DateField(label=_("First day"), widget=DateInput)
    ends_on = forms.DateField(label=_("Last day"), widget=DateInput)

    def clean(self) -> dict[str, Any]:
        fields = super().clean() or self.cleaned_data
        start, end = fields.get("starts_on"), fields.get("ends_on")
        if start and end and end < start:
            self.add_error("ends_on", _("Leave cannot end before it begins: give a later day."))
        return fields


class DeputyForm(forms.Form):
    """Who acts in one seat during a leave: a colleague of the same organisation."""

    deputy = PickField(label=_("Deputy"), queryset=User.objects.none(), looked_in=("name",))

    def __init__(self, *args: Any, seat: Seat | None = None, day: date | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        own: dict[str, Any] = self.fields
        if seat is not None and day is not None:
            own["deputy"].queryset = queries.colleagues(seat, day)


class SeatsForm(forms.Form):
    """Which seats, on which day."""

    on = forms.DateField(label=_("On the day"), required=False, widget=DateInput)
    role = forms.ChoiceField(label=_("Role"), required=False)
    organisation = PickField(
        label=_("Organisation"), queryset=Organisation.objects.all(), required=False, to_field_name="code",
        empty_label=_("All"),
    )  # fmt: skip
    q = forms.CharField(label=_("Name or code"), required=False, max_length=100)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        own: dict[str, Any] = self.fields
        own["role"].choices = [("", _("All"))] + [(role.value, words) for role, words in roles_here().items()]


class TableForm(forms.Form):
    """A spreadsheet of people to invite."""

    file = forms.FileField(label=_("Spreadsheet"), help_text=_("CSV or XLSX, at most 500 rows and 2 MB."))
