"""What the form of a whole text sends: words, what each part is, pictures, and which button was pressed.

Fields carry the part's number: ``text-7``, ``base-7`` and ``seen-7`` (the wording that the writer saw), ``keeps-7``,
``form-7``, ``level-7``, ``safety-7``, ``facts-7``, ``image-7``, and ``was-7``
(what the part was when the page was made).
The button is ``do``: ``save``, ``up:7``, ``down:7``, ``remove:7``, ``back:7``, ``add:7`` (what, is in ``new-7``).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Final

from django.core.files.uploadedfile import UploadedFile

from rso.accounts.middleware import ActorRequest
from rso.content.forms import WhatForm
from rso.content.markup import of_plain, plain
from rso.content.models import FormWords, LanguageVersion, Segment
from rso.content.rules import PLAIN, Form, Safety

_BUTTONS: Final = ("save", "up", "down", "remove", "back", "add")


@dataclass
class Sent:
    """``texts`` as ``write_all`` takes them; ``whats`` only of parts that the sender changed."""

    texts: dict[Segment, tuple[str, int, str, bool]] = field(default_factory=dict)
    whats: dict[Segment, dict[str, Any]] = field(default_factory=dict)
    images: dict[Segment, UploadedFile[bytes]] = field(default_factory=dict)
    faults: list[str] = field(default_factory=list)
    do: str = "save"
    on: Segment | None = None
    what: str = Form.PARAGRAPH.value


def sent(request: ActorRequest, row: LanguageVersion, only: Segment | None = None) -> Sent:
    """Reads the form; parts of other texts and nonsense are passed over."""
    found, data = Sent(), request.POST
    places = [only] if only else list(Segment.objects.filter(edition=row.edition_id))
    for segment in places:
        _text(found, data, segment)
        if row.is_source:
            _what(found, data, segment)
            upload = request.FILES.get(f"image-{segment.pk}")
            if upload:
                found.images[segment] = upload
    do, _colon, number = data.get("do", "save").partition(":")
    if do in _BUTTONS:
        found.do = do
        found.on = next((one for one in places if str(one.pk) == number), None)
        new = data.get(f"new-{number}", "")
        found.what = new if new in FormWords.values else found.what
    return found


def _text(found: Sent, data: Any, segment: Segment) -> None:
    name = str(segment.pk)
    if f"text-{name}" not in data or data.get(f"choose-{name}") == "theirs":
        return
    base = data.get(f"base-{name}", "0")
    number = int(base) if base.isdecimal() and len(base) < 10 else 0
    keeps = f"keeps-{name}" in data and not segment.safety
    typed = data[f"text-{name}"]
    text = of_plain(typed) if segment.form in PLAIN else typed
    found.texts[segment] = (text, number, data.get(f"seen-{name}", ""), keeps)


def _what(found: Sent, data: Any, segment: Segment) -> None:
    name = str(segment.pk)
    if f"form-{name}" not in data:
        return
    given = {one: data.get(f"{one}-{name}", "") for one in ("form", "level", "safety", "facts")}
    if "|".join(given.values()) == data.get(f"was-{name}"):
        return
    form = WhatForm(given)
    if not form.is_valid():
        found.faults += [str(message) for messages in form.errors.values() for message in messages]
        return
    said = form.cleaned_data
    found.whats[segment] = {
        "form": Form(said["form"]), "level": said["level"], "safety": Safety(said["safety"]), "facts": said["facts"],
    }  # fmt: skip


def typed(segment: Segment, text: str) -> str:
    """A wording as its field shows it: of a title and an alternative text, the words alone."""
    return plain(text) if segment.form in PLAIN else text
