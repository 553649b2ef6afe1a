"""XLIFF 2.1 (OASIS, 13 February 2018): one unit with one segment for each part of a text.

Inline HTML becomes ``pc`` and ``ph`` with the tags in ``originalData``, so that a translator's program guards them.
Origin, wording numbers and safety stand in attributes of our own namespace (core 5.1 lets them be kept); memory matches
in the Translation Candidates module. Read by defusedxml: no entity, no DTD, nothing fetched.
"""

from __future__ import annotations

import re
from typing import Final
from xml.etree.ElementTree import Element, ParseError, SubElement, register_namespace, tostring

from defusedxml import ElementTree
from defusedxml.common import DefusedXmlException

from rso.content.exchange.units import FileUnreadable, Head, Sheet, Unit, sheet, small_enough

CORE: Final = "urn:oasis:names:tc:xliff:document:2.0"  # 2.1 keeps the namespace of 2.0
MATCHES: Final = "urn:oasis:names:tc:xliff:matches:2.0"
OWN: Final = "urn:rso:translation:1"
_SPACE: Final = "{http://www.w3.org/XML/1998/namespace}space"
_TAG: Final = re.compile(r"<(/?)([a-zA-Z]+)\b[^>]*>")
_BAD: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_SINGLE: Final = {"br"}
_KINDS: Final = {"a": "link", "strong": "fmt", "em": "fmt", "br": "fmt", "bdi": "fmt"}
_CLOSED: Final = {"translated", "reviewed", "final"}

for _prefix, _name in (("", CORE), ("mtc", MATCHES), ("rso", OWN)):
    register_namespace(_prefix, _name)


def _core(name: str) -> str:
    return f"{{{CORE}}}{name}"


def _own(name: str) -> str:
    return f"{{{OWN}}}{name}"


# ---- writing


class _Inline:
    """Turns inline HTML into elements; the tags themselves go to ``originalData``, shared by source and target."""

    def __init__(self) -> None:
        self.data: dict[str, str] = {}
        self.count = 0

    def _ref(self, tag: str) -> str:
        for name, known in self.data.items():
            if known == tag:
                return name
        name = f"d{len(self.data) + 1}"
        self.data[name] = tag
        return name

    def fill(self, parent: Element, text: str) -> None:
        stack, at = [parent], 0
        self.count = 0
        closers = _partners(text)
        for found in _TAG.finditer(text):
            _append(stack[-1], text[at : found.start()])
            at = found.end()
            self.count += 1
            if found.start() in closers:  # the tag that opens a pair
                end = closers[found.start()]
                kind = _KINDS.get(found[2].lower(), "other")
                attributes = {
                    "id": str(self.count), "type": kind,
                    "dataRefStart": self._ref(found[0]), "dataRefEnd": self._ref(end),
                }  # fmt: skip
                stack.append(SubElement(stack[-1], _core("pc"), attributes))
            elif found[1] and len(stack) > 1 and found.start() in closers.ends:
                stack.pop()
            else:
                SubElement(stack[-1], _core("ph"), {"id": str(self.count), "dataRef": self._ref(found[0])})
        _append(stack[-1], text[at:])


class _Pairs(dict[int, str]):
    """Where each pair's opening tag stands, with its closing tag; ``ends`` are the places of the closing ones."""

    def __init__(self) -> None:
        super().__init__()
        self.ends: set[int] = set()


def _partners(text: str) -> _Pairs:
    pairs, waiting = _Pairs(), list[tuple[str, int]]()
    for found in _TAG.finditer(text):
        name = found[2].lower()
        if found[1]:
            if waiting and waiting[-1][0] == name:
                pairs[waiting.pop()[1]] = found[0]
                pairs.ends.add(found.start())
        elif name not in _SINGLE:
            waiting.append((name, found.start()))
    # A tag left open inside a pair would tear it: then every tag stands alone.
    return pairs if not waiting else _Pairs()


def _append(parent: Element, text: str) -> None:
    """Text at the end of an element; what XML cannot hold is written as ``cp``."""
    at = 0
    for found in _BAD.finditer(text):
        _tail(parent, text[at : found.start()])
        SubElement(parent, _core("cp"), {"hex": f"{ord(found[0]):04X}"})
        at = found.end()
    _tail(parent, text[at:])


def _tail(parent: Element, text: str) -> None:
    if not text:
        return
    if len(parent):
        parent[-1].tail = (parent[-1].tail or "") + text
    else:
        parent.text = (parent.text or "") + text


def write(given: Sheet) -> bytes:
    """The file, in UTF-8."""
    head = given.head
    root = Element(
        _core("xliff"), {"version": "2.1", "srcLang": head.source_language or "en", "trgLang": head.language}
    )
    about = {"work": head.work, "edition": str(head.edition), "publication": head.publication}
    about |= {"engine": head.engine} if head.engine else {}
    file = SubElement(
        root, _core("file"), {"id": "f1", "original": head.work, **{_own(name): v for name, v in about.items()}}
    )
    for unit in given.units:
        _write_unit(file, unit)
    body: bytes = tostring(root, encoding="utf-8", xml_declaration=False)
    return b'<?xml version="1.0" encoding="UTF-8"?>\n' + body


def _write_unit(file: Element, unit: Unit) -> None:
    own = {_own("base"): str(max(unit.base, 0))}
    own |= {_own("safety"): unit.safety} if unit.safety else {}
    own |= {_own("machine"): unit.engine or "machine"} if unit.is_machine else {}
    row = SubElement(file, _core("unit"), {"id": unit.key, _SPACE: "preserve", **own})
    if unit.matches:
        kept = SubElement(row, f"{{{MATCHES}}}matches")
        for source, target, score in unit.matches:
            match = SubElement(kept, f"{{{MATCHES}}}match", {"ref": "#s1", "similarity": str(score)})
            _append(SubElement(match, _core("source")), source)
            _append(SubElement(match, _core("target")), target)
    said = [*unit.notes, *([f"Before: {unit.before}"] if unit.before else [])]
    if said:
        notes = SubElement(row, _core("notes"))
        for note in said:
            SubElement(notes, _core("note")).text = _BAD.sub(" ", note)
    inline = _Inline()
    own_words, their_words = Element(_core("source")), Element(_core("target"))
    inline.fill(own_words, unit.source)
    inline.fill(their_words, unit.target)
    if inline.data:
        data = SubElement(row, _core("originalData"))
        for name, tag in inline.data.items():
            SubElement(data, _core("data"), {"id": name}).text = tag
    is_closed = bool(unit.target) and unit.is_done and not unit.is_older
    attributes = {"id": "s1", "state": "translated" if is_closed else "initial"}
    segment = SubElement(row, _core("segment"), attributes)
    segment.append(own_words)
    if unit.target:
        segment.append(their_words)


# ---- reading


def read(content: bytes) -> Sheet:
    """What an XLIFF 2 file holds; raises :class:`FileUnreadable` for one that is not whole, or not ours."""
    root = _root(small_enough(content))
    if root.tag != _core("xliff") or not root.get("version", "").startswith("2"):
        raise FileUnreadable("not-xliff", "This is not an XLIFF 2 file.", root.get("version", ""))
    files = root.findall(_core("file"))
    if len(files) != 1:
        raise FileUnreadable("not-ours", "The file does not say which text it belongs to.", "file")
    (file,) = files
    work, edition = file.get(_own("work"), ""), file.get(_own("edition"), "")
    if not work or not re.fullmatch(r"[0-9]{1,5}", edition):
        raise FileUnreadable("not-ours", "The file does not say which text it belongs to.", "rso:work")
    head = Head(
        work=work,
        edition=int(edition),
        publication=file.get(_own("publication"), ""),
        source_language=root.get("srcLang", ""),
        language=root.get("trgLang", ""),
        engine=file.get(_own("engine"), ""),
    )
    return sheet(head, [_read_unit(row) for row in file.iter(_core("unit"))])


def _root(content: bytes) -> Element:
    try:
        content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise FileUnreadable("not-utf8", "The file is not in UTF-8.", f"byte {error.start}") from None
    try:
        root: Element = ElementTree.fromstring(content, forbid_dtd=True, forbid_entities=True, forbid_external=True)
    except DefusedXmlException:
        raise FileUnreadable(
            "entities", "The file declares entities or a document type: such files are refused."
        ) from None
    except (ParseError, ValueError, LookupError) as error:
        line = getattr(error, "position", ("",))[0]
        raise FileUnreadable("not-xliff", "This is not an XLIFF 2 file.", f"line {line}" if line else "") from None
    except RecursionError:
        raise FileUnreadable("not-xliff", "This is not an XLIFF 2 file.") from None
    return root


def _read_unit(row: Element) -> Unit:
    key = row.get("id", "")
    if not key:
        raise FileUnreadable("no-key", "A unit of the file has no id.")
    data = {one.get("id", ""): one.text or "" for one in row.iter(_core("data"))}
    segments = row.findall(_core("segment"))
    # A program may have split a unit: its segments, and what lies between them, are one text again.
    parts = [one for one in row if one.tag in (_core("segment"), _core("ignorable"))]
    source = "".join(_words(one.find(_core("source")), data) for one in parts)
    target = "".join(_words(one.find(_core("target")), data) for one in parts)
    base = row.get(_own("base"), "")
    machine = row.get(_own("machine"))
    return Unit(
        key=key,
        source=source,
        target=target,
        base=int(base) if re.fullmatch(r"[0-9]{1,9}", base) else -1,
        is_done=bool(segments) and all(one.get("state", "initial") in _CLOSED for one in segments),
        safety=row.get(_own("safety"), ""),
        notes=tuple(note.text or "" for note in row.iter(_core("note"))),
        is_machine=machine is not None,
        engine=machine or "",
    )


def _words(element: Element | None, data: dict[str, str], depth: int = 0) -> str:
    if element is None:
        return ""
    if depth > 50:
        raise FileUnreadable("not-xliff", "This is not an XLIFF 2 file.")
    out = [element.text or ""]
    for child in element:
        name = child.tag.removeprefix(f"{{{CORE}}}")
        if name == "pc":
            start, end = (data.get(child.get(ref, ""), "") for ref in ("dataRefStart", "dataRefEnd"))
            out += [start, _words(child, data, depth + 1), end]
        elif name in ("ph", "sc", "ec"):
            out.append(data.get(child.get("dataRef", ""), ""))
        elif name == "cp":
            out.append(_point(child.get("hex", "")))
        else:
            out.append(_words(child, data, depth + 1))
        out.append(child.tail or "")
    return "".join(out)


def _point(said: str) -> str:
    return chr(int(said, 16)) if re.fullmatch(r"[0-9A-Fa-f]{1,6}", said) and int(said, 16) < 0x110000 else ""
