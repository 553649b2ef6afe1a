"""Records and files for tests: small, real, synthetic."""

from __future__ import annotations

import io
import zipfile
from typing import Any

from tests.office.conftest import NOW

from rso.accounts.models import Organisation
from rso.accounts.rules import Actor
from rso.office.library.actions import documents, reading, records
from rso.office.library.models import Document, Record


def pdf(*lines: str) -> bytes:
    """A PDF of one page with these lines of text, each object in its place."""
    said = "".join(f"1 0 0 1 40 {700 - 20 * at} Tm ({line}) Tj " for at, line in enumerate(lines))
    stream = f"BT /F1 14 Tf {said}ET".encode()
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R "
        b"/Resources << /Font << /F1 << /Type /Font /Subtype /Type1 /BaseFont /Helvetica >> >> >> >>",
        b"<< /Length " + str(len(stream)).encode() + b" >>\nstream\n" + stream + b"\nendstream",
    ]
    out, places = b"%PDF-1.4\n", []
    for number, body in enumerate(objects, start=1):
        places.append(len(out))
        out += f"{number} 0 obj\n".encode() + body + b"\nendobj\n"
    table = b"".join(f"{place:010} 00000 n \n".encode() for place in places)
    start = len(out)
    size = str(len(objects) + 1).encode()
    out += b"xref\n0 " + size + b"\n0000000000 65535 f \n" + table
    return out + b"trailer\n<< /Size " + size + b" /Root 1 0 R >>\nstartxref\n" + str(start).encode() + b"\n%%EOF\n"


def package(parts: dict[str, str], *, mimetype: str = "") -> bytes:
    """An office document of these parts."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as made:
        if mimetype:
            made.writestr("mimetype", mimetype)
        else:
            made.writestr("[Content_Types].xml", "<Types/>")
        for name, text in parts.items():
            made.writestr(name, text)
    return out.getvalue()


def record(
    actor: Actor,
    title: str = "Talking with travellers (synthetic)",
    *,
    access: str = "public",
    shown: bool = True,
    about: str = "How officials ask, and listen.",
    **said: Any,
) -> Record:
    """A record of the office's, shown unless it is said otherwise."""
    owner = Organisation.objects.get(code="RSO")
    made = records.add(
        actor, title=title, about=about, owner=owner, language="en", access=access,
        said={"kind": "guide", "published": "2024-05", "themes": ["border-management"], "readers": []} | said,
        now=NOW,
    )  # fmt: skip
    return records.publish(actor, record=made, now=NOW) if shown else made


def file(
    actor: Actor,
    to: Record,
    *lines: str,
    access: str = "",
    language: str = "en",
    name: str = "guide.pdf",
    content: bytes | None = None,
    read: bool = True,
    **more: Any,
) -> Document:
    """A file of a record, read at once as the worker would a moment later."""
    made = documents.attach(
        actor, record=to, content=io.BytesIO(content or pdf(*(lines or ("Ask, and listen.",)))), name=name,
        language=language, access=access, now=NOW, **more,
    )  # fmt: skip
    if read:
        reading.read(made.copies.get(), now=NOW)
    return made
