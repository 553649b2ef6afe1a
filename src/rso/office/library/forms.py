"""Forms of the library's keepers. The interface for programs takes the same ones."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from rso.accounts.models import Organisation
from rso.base.errors import RsoError
from rso.content.rules import Form as Segment
from rso.files.forms import AttachmentField
from rso.office.directory.models import Body
from rso.office.library import presenters, rules
from rso.office.library.models import Area, Document, Kind, Readers, Record, Theme
from rso.search.entries import PUBLIC
from rso.ui.languages import choices as languages
from rso.ui.picking import FEW, Option, Pick, PickField, Words, leads, matching, refused


class AccessField(forms.ChoiceField):
    """An audience: everybody, whoever signs in, members, staff; one group; one organisation, which is searched for
    where there are many. ``of_record`` adds "the same as the record"."""

    widget = Pick

    def __init__(self, *, of_record: bool = False, **kwargs: Any) -> None:
        self.of_record = of_record
        super().__init__(label=_("Who may read it"), required=not of_record, **kwargs)
        leads(self)

    def __deepcopy__(self, memo: dict[int, Any]) -> AccessField:
        copied: AccessField = super().__deepcopy__(memo)
        leads(copied)
        return copied

    def all_options(self) -> list[Option] | None:
        rows = list(Organisation.objects.all()[: FEW + 1])
        if len(rows) > FEW:
            return None
        return [*self.first_options(), *([(_("Only one organisation"), _only(rows))] if rows else [])]

    def first_options(self) -> list[Option]:
        found: list[Option] = [("", _("The same as the record"))] if self.of_record else []
        found += [(key, presenters.access_words(key)) for key in rules.OPEN_TO]
        groups = [(f"group:{one.code}", one.name) for one in Body.objects.order_by("order")]
        return [*found, *([(_("Only one group"), groups)] if groups else [])]

    def found(self, words: str) -> list[Option]:
        return _only(matching(Organisation.objects.all(), words, ("name", "code")))

    def option_of(self, key: Any) -> Option | None:
        kind, _colon, code = str(key).partition(":")
        rows = Organisation.objects.filter(code=code) if kind == "org" else Organisation.objects.none()
        return next(iter(_only(rows)), None)

    def to_python(self, value: Any) -> str:
        if not isinstance(value, Words):
            return str(super().to_python(value))
        found = self.found(value)
        if len(found) != 1:
            raise refused(value, len(found))
        return str(found[0][0])

    def valid_value(self, value: str) -> bool:
        if value in rules.OPEN_TO or self.option_of(value) is not None:
            return True
        kind, _colon, code = value.partition(":")
        return kind == "group" and Body.objects.filter(code=code).exists()


def _only(rows: Iterable[Organisation]) -> list[Option]:
    return [(f"org:{one.code}", one.name) for one in rows]


def _data() -> forms.Select:
    """A list of names, which nobody translates."""
    return forms.Select(attrs={"translate": "no"})


class RecordForm(forms.Form):
    """What a record says."""

    title = forms.CharField(label=_("Official title"), max_length=300)
    about = forms.CharField(
        label=_("What it is about"), max_length=3000, required=False,
        widget=forms.Textarea(attrs={"rows": 4, "maxlength": 3000, "translate": "no"}),
    )  # fmt: skip
    kind = forms.ChoiceField(label=_("Kind"), choices=[("", _("Please choose")), *Kind.choices])
    owner = PickField(
        label=_("Owner"), queryset=Organisation.objects.all(), to_field_name="code", empty_label=_("Please choose")
    )
    partners = forms.CharField(label=_("With"), max_length=300, required=False, help_text=_("Partners, as stated."))
    published = forms.CharField(
        label=_("Published"), max_length=10, required=False,
        help_text=_("A year, a month or a day: 2018, 2018-06 or 2018-06-30. Empty where it is not stated."),
    )  # fmt: skip
    themes = forms.MultipleChoiceField(
        label=_("Themes"), choices=Theme.choices, required=False, widget=forms.CheckboxSelectMultiple
    )
    readers = forms.MultipleChoiceField(
        label=_("Written for"), choices=Readers.choices, required=False, widget=forms.CheckboxSelectMultiple
    )
    areas = forms.MultipleChoiceField(
        label=_("Areas of the Adelaide Strategy"), choices=Area.choices, required=False,
        widget=forms.CheckboxSelectMultiple,
    )  # fmt: skip
    licence = forms.ChoiceField(
        label=_("Licence"),
        required=False,
        choices=[("", _("None stated")), *((code, code) for code in rules.LICENCES)],
        widget=_data(),
    )
    rights = forms.CharField(
        label=_("Rights"),
        max_length=300,
        required=False,
        help_text=_("Where no licence is stated: who holds the rights."),
    )
    link = forms.URLField(
        label=_("Official source"), max_length=500, required=False, assume_scheme="https",
        help_text=_("The page at which its owner publishes it."),
    )  # fmt: skip
    doi = forms.CharField(label=_("DOI"), max_length=200, required=False)
    isbn = forms.CharField(label=_("ISBN"), max_length=20, required=False)
    supersedes = forms.CharField(
        label=_("Replaces"), max_length=80, required=False, help_text=_("The address of the older record.")
    )
    revision = forms.IntegerField(widget=forms.HiddenInput, required=False)
    title_base = forms.IntegerField(widget=forms.HiddenInput, required=False)
    about_base = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def _checked(self, name: str) -> str:
        try:
            checked: str = getattr(rules, f"checked_{'date' if name == 'published' else name}")(self.cleaned_data[name])
        except RsoError as error:
            raise ValidationError(presenters.words_of(error), code=error.code) from error
        return checked

    def clean_published(self) -> str:
        return self._checked("published")

    def clean_doi(self) -> str:
        return self._checked("doi")

    def clean_isbn(self) -> str:
        return self._checked("isbn")

    def clean_supersedes(self) -> Record | None:
        code = self.cleaned_data["supersedes"].strip().strip("/").rpartition("/")[2]
        if not code:
            return None
        found = Record.objects.select_related("supersedes").filter(work__code=code).first()
        if found is None:
            raise ValidationError(_("There is no record at this address."), code="unknown")
        return found

    def said(self) -> dict[str, Any]:
        """Values for the action."""
        names = (
            "kind",
            "themes",
            "areas",
            "readers",
            "partners",
            "licence",
            "rights",
            "published",
            "doi",
            "isbn",
            "link",
        )
        return {**{name: self.cleaned_data[name] for name in names}, "supersedes": self.cleaned_data["supersedes"]}

    def base(self) -> dict[Segment, int] | None:
        """The wordings that were read; ``None`` where nobody said so."""
        title, about = self.cleaned_data["title_base"], self.cleaned_data["about_base"]
        return {Segment.TITLE: title, Segment.SUMMARY: about} if title is not None and about is not None else None


class NewRecordForm(RecordForm):
    """The same, with what is decided at the beginning."""

    language = forms.ChoiceField(
        label=_("Language of title and text"), choices=languages(), initial="en", widget=_data()
    )
    access = AccessField(
        initial=PUBLIC, help_text=_("Files may be for fewer people. Opening it later to more needs a second person."),
    )  # fmt: skip
    field_order = ("title", "about", "language", "kind", "owner", "partners", "published", "access")


def initial_of(record: Record, words: Mapping[Segment, tuple[str, int]]) -> dict[str, Any]:
    """What the form of an existing record begins with."""
    names = ("kind", "partners", "published", "themes", "readers", "areas", "licence", "rights", "link", "doi", "isbn")
    return {
        **{name: getattr(record, name) for name in names},
        "owner": record.work.owner.code,
        "supersedes": record.supersedes.work.code if record.supersedes else "",
        "revision": record.revision,
        "title": words[Segment.TITLE][0],
        "title_base": words[Segment.TITLE][1],
        "about": words[Segment.SUMMARY][0],
        "about_base": words[Segment.SUMMARY][1],
    }


class DocumentForm(forms.Form):
    """What a file is in its record."""

    role = forms.ChoiceField(label=_("Part"), choices=Document.Role.choices, initial=Document.Role.MAIN)
    accessibility = forms.CharField(
        label=_("Accessibility"), max_length=300, required=False,
        help_text=_("What those should know who read by ear or by touch: tagged, a scan, pictures undescribed..."),
    )  # fmt: skip


class AttachForm(DocumentForm):
    """A file to add."""

    file = AttachmentField()
    language = forms.ChoiceField(label=_("Language"), choices=languages(), initial="en", widget=_data())
    access = AccessField(of_record=True)
    field_order = ("file", "language", "role", "access", "accessibility")


class ReplaceForm(forms.Form):
    """A newer file in the place of one."""

    file = AttachmentField(label=_("Newer file"))


class AccessForm(forms.Form):
    """Who may read, and for a widening why."""

    access = AccessField()
    reason = forms.CharField(
        label=_("Why more people may read it"), max_length=1000, required=False,
        widget=forms.Textarea(attrs={"rows": 2, "translate": "no"}),
        help_text=_("Needed where it is opened to more people: somebody else then decides."),
    )  # fmt: skip


class PartAccessForm(AccessForm):
    """The same for one file."""

    access = AccessField(of_record=True)


class AnswerForm(forms.Form):
    """The second person's word."""

    answer = forms.CharField(
        label=_("Why it stays as it is"), max_length=1000, required=False, help_text=_("Needed where it is refused."),
        widget=forms.Textarea(attrs={"rows": 2, "translate": "no"}),
    )  # fmt: skip


class WithdrawForm(forms.Form):
    reason = forms.CharField(
        label=_("Why it is withdrawn"), max_length=1000, widget=forms.Textarea(attrs={"rows": 2, "translate": "no"}),
        help_text=_("Its page says so to those who could read it."),
    )  # fmt: skip


class ImportForm(forms.Form):
    """A table of records."""

    file = AttachmentField(
        label=_("Table"), help_text=_("XLSX or CSV (UTF-8), at most 2,000 rows, with the columns of the export.")
    )
