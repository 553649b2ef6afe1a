"""Tables that stay readable on a phone: each cell is given its column's heading, and each part its role, because
a table shown as blocks loses both."""

from __future__ import annotations

from html import unescape
from html.parser import HTMLParser

from django.utils.html import escape, format_html
from django.utils.safestring import SafeString, mark_safe

ROLES = {"thead": "rowgroup", "tbody": "rowgroup", "tfoot": "rowgroup", "tr": "row", "td": "cell"}


class _Rows(HTMLParser):
    """Copies markup unchanged, adding ``role`` to a table's tags and ``data-label`` to the cells of its body."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=False)
        self.out: list[str] = []
        self.headings: list[str] = []
        self.column = 0
        self.in_head = False
        self.heading: list[str] | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        raw = self.get_starttag_text() or ""
        given = dict(attrs)
        extra = ""
        if tag == "thead":
            self.in_head = True
        elif tag == "tr":
            self.column = 0
        elif tag in {"td", "th"}:
            extra = self._cell(tag, given)
        if tag in ROLES and "role" not in given:
            extra += f' role="{ROLES[tag]}"'
        self.out.append(raw[:-1] + extra + ">" if extra else raw)

    def _cell(self, tag: str, given: dict[str, str | None]) -> str:
        extra = ""
        if self.in_head:
            self.heading = []
            return ' role="columnheader"' + ("" if "scope" in given else ' scope="col"')
        if tag == "th":
            extra = ' role="rowheader"' + ("" if "scope" in given else ' scope="row"')
        elif self.column < len(self.headings) and "data-label" not in given and "colspan" not in given:
            heading = self.headings[self.column]
            extra = f' data-label="{escape(heading)}"' if heading else ""
        self.column += int(given.get("colspan") or 1)
        return extra

    def handle_endtag(self, tag: str) -> None:
        if tag == "thead":
            self.in_head = False
        elif tag == "th" and self.heading is not None:
            self.headings.append(" ".join("".join(self.heading).split()))
            self.heading = None
        self.out.append(f"</{tag}>")

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.out.append(self.get_starttag_text() or "")

    def handle_data(self, data: str) -> None:
        self._text(data)

    def handle_entityref(self, name: str) -> None:
        self._text(f"&{name};")

    def handle_charref(self, name: str) -> None:
        self._text(f"&#{name};")

    def handle_comment(self, data: str) -> None:
        self.out.append(f"<!--{data}-->")

    def _text(self, markup: str) -> None:
        self.out.append(markup)
        if self.heading is not None:
            self.heading.append(unescape(markup))


def responsive(rows: str, caption: str, *, stack: bool, show_caption: bool) -> SafeString:
    """The markup ``rows`` (already safe: it is rendered template output) as a table in a scrolling frame."""
    parser = _Rows()
    parser.feed(rows)
    parser.close()
    body = SafeString("".join(parser.out))  # a copy of what the template engine had rendered
    title = ""
    if caption:
        hidden = "" if show_caption else mark_safe(' class="visually-hidden"')
        title = format_html("<caption{}>{}</caption>", hidden, caption)
    if stack:
        frame = mark_safe(' data-stack=""')
    else:
        frame = format_html(' tabindex="0" role="region" aria-label="{}"', caption)
    return format_html('<div class="table"{}><table role="table">{}{}</table></div>', frame, title, body)
