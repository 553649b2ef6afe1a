"""A choice among names that may be a dozen or ten thousand: a list while it is short, else a search in two steps.

Where many can be chosen, a part of a name or a code is typed. What it means is looked up when the form is sent: one
match is taken, of several the form comes back with a list of them. No script is needed, and nobody is sent thousands
of names. A field is given the rows that its reader may see; a search never goes beyond them.
"""

from __future__ import annotations

import copy
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any, Final, Protocol

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Model, Q, QuerySet
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

#: Up to so many are a list.
FEW: Final = 100
#: So many matches are listed.
SHOWN: Final = 20
_MOST_WORDS: Final = 8
_LONGEST: Final = 200

Option = tuple[Any, Any]
if TYPE_CHECKING:
    _ModelField = forms.ModelChoiceField[Model]
else:
    _ModelField = forms.ModelChoiceField


class Words(str):
    """What was typed to search with, and is no key."""

    __slots__ = ()


class Finder(Protocol):
    """What the widget asks its field. An option is a key with its label, or a heading with several of them."""

    def all_options(self) -> list[Option] | None:
        """All, where they are few."""

    def first_options(self) -> list[Option]:
        """Those that are listed always, as the empty one."""

    def found(self, words: str) -> list[Option]:
        """Those that match, at most ``SHOWN`` and one."""

    def option_of(self, key: Any) -> Option | None:
        """The one with this key."""


class Pick(forms.Select):
    """Draws the list, or the search with what it found. Words that were typed go before what is chosen in the list."""

    template_name = "ui/forms/pick.html"
    finder: Finder | None = None

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__(attrs={"translate": "no", **(attrs or {})})

    def value_from_datadict(self, data: Mapping[str, Any], files: Any, name: str) -> Any:
        words = str(data.get(f"{name}_words") or "").replace("\0", "").strip()
        return Words(words[:_LONGEST]) if words else data.get(name)

    def value_omitted_from_data(self, data: Mapping[str, Any], files: Any, name: str) -> bool:
        return name not in data and f"{name}_words" not in data

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        assert self.finder is not None, "a Pick belongs to a field that finds"
        listed = self.finder.all_options()
        options = listed
        if options is None:
            found = self._found(value)
            first = self.finder.first_options()
            known = {key for key, _label in first}
            options = [*first, *(one for one in found if one[0] not in known)]
            if isinstance(value, Words):
                value = found[0][0] if len(found) == 1 else None
        plain = copy.copy(self)
        plain.choices = options
        context: dict[str, Any] = super(Pick, plain).get_context(name, value, attrs)
        context["widget"]["search"] = None if listed is not None else {"name": f"{name}_words", "has_list": any(
            key not in ("", None) for key, _label in options
        )}  # fmt: skip
        return context

    def _found(self, value: Any) -> list[Option]:
        assert self.finder is not None
        if isinstance(value, Words):
            return self.finder.found(value)[:SHOWN]
        one = None if value in (None, "") else self.finder.option_of(value)
        return [one] if one is not None else []


def leads(field: Any) -> None:
    """Tells the field's widget whom to ask; again after each copy of the field."""
    if isinstance(field.widget, Pick):
        field.widget.finder = field


def refused(words: str, count: int) -> ValidationError:
    """Why words are no choice: nothing matches, or ``count`` do."""
    if not count:
        return ValidationError(
            _("Nothing matches “%(words)s”. Try another part of the name."), "none", {"words": words}
        )
    if count > SHOWN:
        said = ngettext_lazy(
            "More than %(count)d match “%(words)s”. Choose one of them, or type more of the name.",
            "More than %(count)d match “%(words)s”. Choose one of them, or type more of the name.", "count",
        )  # fmt: skip
        return ValidationError(said, "several", {"words": words, "count": SHOWN})
    said = ngettext_lazy(
        "%(count)d matches “%(words)s”. Choose it.", "%(count)d match “%(words)s”. Choose one.", "count"
    )
    return ValidationError(said, "several", {"words": words, "count": count})


def matching(rows: QuerySet[Any], words: str, looked_in: Iterable[str]) -> list[Any]:
    """The row of which one of the columns is ``words``, if it is one; else rows that hold every word, at most
    ``SHOWN`` and one."""
    columns = tuple(looked_in)
    exact = list(rows.filter(_any(columns, "iexact", words))[:2])
    if len(exact) == 1:
        return exact
    for word in words.split()[:_MOST_WORDS]:
        rows = rows.filter(_any(columns, "icontains", word))
    return list(rows[: SHOWN + 1])


def _any(columns: tuple[str, ...], lookup: str, said: str) -> Q:
    asked = Q()
    for column in columns:
        asked |= Q(**{f"{column}__{lookup}": said})
    return asked


class PickField(_ModelField):
    """A row of ``queryset``, found by the columns ``looked_in``."""

    widget = Pick

    def __init__(
        self, queryset: QuerySet[Any], *, looked_in: tuple[str, ...] = ("name", "code"), **kwargs: Any
    ) -> None:
        self.looked_in = looked_in
        super().__init__(queryset, **kwargs)
        leads(self)

    def __deepcopy__(self, memo: dict[int, Any]) -> PickField:
        copied: PickField = super().__deepcopy__(memo)
        leads(copied)
        return copied

    def _option(self, row: Any) -> Option:
        return str(self.prepare_value(row)), self.label_from_instance(row)

    def rows(self) -> QuerySet[Any]:
        """All that can be chosen."""
        assert self.queryset is not None
        return self.queryset.all()

    def all_options(self) -> list[Option] | None:
        rows = list(self.rows()[: FEW + 1])
        return None if len(rows) > FEW else [*self.first_options(), *map(self._option, rows)]

    def first_options(self) -> list[Option]:
        return [] if self.empty_label is None else [("", self.empty_label)]

    def found(self, words: str) -> list[Option]:
        return [self._option(row) for row in matching(self.rows(), words, self.looked_in)]

    def option_of(self, key: Any) -> Option | None:
        try:
            row = super().to_python(key)
        except ValidationError:
            return None
        return None if row is None else self._option(row)

    def to_python(self, value: Any) -> Any:
        if not isinstance(value, Words):
            return super().to_python(value)
        rows = matching(self.rows(), value, self.looked_in)
        if len(rows) != 1:
            raise refused(value, len(rows))
        return rows[0]
