"""How every form looks: the project's renderer, and the few widgets that Django lacks."""

from __future__ import annotations

from functools import cached_property
from pathlib import Path
from typing import Any

import django.forms
from django.forms import widgets
from django.forms.renderers import BaseRenderer
from django.template.backends.django import DjangoTemplates

_OURS = Path(__file__).parent / "templates"
_DJANGO = Path(django.forms.__file__).parent / "templates"


class Renderer(BaseRenderer):
    """Renders forms and widgets with our templates, then Django's; it depends on no other setting."""

    form_template_name = "ui/forms/form.html"
    formset_template_name = "ui/forms/formset.html"
    field_template_name = "ui/forms/field.html"

    @cached_property
    def engine(self) -> DjangoTemplates:
        return DjangoTemplates({"APP_DIRS": True, "DIRS": [_OURS, _DJANGO], "NAME": "rso.ui.forms", "OPTIONS": {}})

    def get_template(self, template_name: str) -> Any:
        return self.engine.get_template(template_name)


class DateInput(widgets.DateInput):
    """The browser's own calendar; the value travels as YYYY-MM-DD in every language."""

    input_type = "date"

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__(attrs=attrs, format="%Y-%m-%d")


class DateTimeInput(widgets.DateTimeInput):
    """Date and time of day by the browser; the label says which time zone is meant."""

    input_type = "datetime-local"

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__(attrs=attrs, format="%Y-%m-%dT%H:%M")
