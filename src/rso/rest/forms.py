"""The input of an operation is the form of the page, so that the two cannot judge differently."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any, TypeVar

from django import forms
from django.core.exceptions import NON_FIELD_ERRORS
from django.core.files.uploadedfile import UploadedFile
from django.utils.datastructures import MultiValueDict
from django.utils.translation import gettext as _
from pydantic import BaseModel, ConfigDict, Field, create_model

F = TypeVar("F", bound=forms.BaseForm)
_Plain = str | int | float | bool | Decimal | date | datetime | time


class FormRefused(Exception):
    """A form that is not valid. ``errors`` maps field to messages; ``""`` stands for the whole."""

    def __init__(self, errors: Mapping[str, list[str]]) -> None:
        super().__init__("form refused")
        self.errors = dict(errors)


class Body(BaseModel):
    """The base of what :func:`body_of` makes: every field is taken as it comes, for the form to judge.

    No ninja ``Schema``: that one reads attributes too, and ``"x".title`` would pass for a title.
    """

    model_config = ConfigDict(extra="allow")

    def given(self) -> dict[str, Any]:
        """Only the fields that were sent."""
        return {**self.model_dump(exclude_unset=True), **(self.model_extra or {})}


def body_of(form_class: type[forms.BaseForm], *, name: str = "") -> type[Body]:
    """A schema that describes ``form_class`` in OpenAPI and refuses nothing itself.

    ::

        ProposalBody = body_of(ProposalForm)

        @api.post("/proposals", response={201: Proposal})
        @needs(ProjectsPermission.PROPOSE)
        def propose(request: ActorRequest, body: ProposalBody) -> Status: ...
    """
    fields: dict[str, Any] = {
        key: (Any, Field(None, json_schema_extra=_described(field)))
        for key, field in _fields(form_class).items()
        if not isinstance(field, forms.FileField)
    }
    made: type[Body] = create_model(name or form_class.__name__.removesuffix("Form") + "Body", __base__=Body, **fields)
    return made


def from_form(
    form_class: type[F],
    body: Body | Mapping[str, Any],
    *,
    files: Mapping[str, UploadedFile[bytes]] | None = None,
    partial: bool = False,
    **arguments: Any,
) -> F:
    """The bound and valid form, or :class:`FormRefused`, which becomes a 422 with the page's own messages.

    ``arguments`` go to the form (``instance=``, ``initial=``, ``actor=``). With ``partial`` a field that was
    not sent keeps its present value. A name that the form does not know is an error: it is most often a
    misspelling, and what is silently dropped is lost.
    """
    given = body.given() if isinstance(body, Body) else dict(body)
    prefix = str(arguments.get("prefix") or "")
    empty = form_class(**arguments)
    unknown = sorted(set(given) - set(empty.fields))
    if unknown:
        raise FormRefused({name: [_("There is no such field.")] for name in unknown})
    if partial:
        given = {**{name: empty[name].value() for name in empty.fields if name not in given}, **given}
    data: MultiValueDict[str, Any] = MultiValueDict()
    for name, value in given.items():
        data.setlist(f"{prefix}-{name}" if prefix else name, _as_sent(name, value))
    form = form_class(data=data, files=MultiValueDict({k: [v] for k, v in (files or {}).items()}), **arguments)
    if not form.is_valid():
        raise FormRefused(errors_of(form))
    return form


def errors_of(form: forms.BaseForm) -> dict[str, list[str]]:
    """A form's messages by field, those about the whole under ``""``."""
    return {
        "" if name == NON_FIELD_ERRORS else name: [str(message) for message in messages]
        for name, messages in form.errors.items()
    }


def _as_sent(name: str, value: Any) -> list[Any]:
    """A JSON value as a browser would have sent it: a list of texts, and nothing for ``null``."""
    if value is None:
        return []
    if isinstance(value, list | tuple):
        if not all(isinstance(each, _Plain) for each in value):
            raise FormRefused({name: [_("A list holds plain values here.")]})
        return [_text(each) for each in value]
    if not isinstance(value, _Plain):
        raise FormRefused({name: [_("This field takes a plain value.")]})
    return [_text(value)]


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return value.isoformat() if isinstance(value, date | time) else str(value)


def _fields(form_class: type[forms.BaseForm]) -> Mapping[str, forms.Field]:
    found: Mapping[str, forms.Field] = vars(form_class)["base_fields"]  # set by the metaclass of every form
    return found


def _described(field: forms.Field) -> dict[str, Any]:
    """The JSON schema of a field, as far as its class says."""
    described: dict[str, Any] = {"type": "string"}
    if isinstance(field, forms.ModelMultipleChoiceField | forms.MultipleChoiceField):
        described = {"type": "array", "items": {"type": "string"}}
    elif isinstance(field, forms.ModelChoiceField):
        described = {"type": ["string", "integer", "null"]}
    elif isinstance(field, forms.BooleanField):
        described = {"type": "boolean"}
    elif isinstance(field, forms.DecimalField | forms.FloatField):
        described = {"type": ["string", "number"]}
    elif isinstance(field, forms.IntegerField):
        described = {"type": "integer"}
    elif isinstance(field, forms.DateTimeField):
        described["format"] = "date-time"
    elif isinstance(field, forms.DateField):
        described["format"] = "date"
    if isinstance(field, forms.CharField) and field.max_length:
        described["maxLength"] = field.max_length
    if field.label:
        described["title"] = str(field.label)
    if field.help_text:
        described["description"] = str(field.help_text)
    described["x-required"] = field.required
    return described
