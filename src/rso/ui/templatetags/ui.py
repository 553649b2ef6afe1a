"""Our components as template tags: ``{% load ui %}``. Each is shown, with the lines that make it, at /ui/."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import template
from django.core.paginator import Page
from django.forms import BaseForm, BoundField
from django.forms.formsets import BaseFormSet
from django.forms.widgets import ChoiceWidget
from django.template.loader import render_to_string
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe

from rso.ui import changes, icons, parts, tables
from rso.ui.context import deployment_of_settings, trail

register = template.Library()
Values = dict[str, Any]


@register.simple_tag
def deployment() -> str:
    """``office``, ``relay`` or ``node``: for pages that have no context as well."""
    return deployment_of_settings()


# ---- small things
@register.simple_tag
def icon(name: str, label: str = "") -> SafeString:
    """A sign. Without ``label`` it is decoration beside a word; with one it speaks for itself."""
    turns = mark_safe(" data-turns") if name in icons.TURNS else ""
    voice = format_html('role="img" aria-label="{}"', label) if label else mark_safe('aria-hidden="true"')
    return format_html(
        '<svg class="icon" viewBox="0 0 24 24" fill="none" stroke="currentColor" stroke-width="2"'
        ' stroke-linecap="round" stroke-linejoin="round" focusable="false" {}{}><path d="{}"/></svg>',
        voice,
        turns,
        icons.PATHS[name],
    )


@register.simple_tag(name="tag")
def tag_(label: Any, tone: str = "neutral", sign: str = "") -> SafeString:
    """A state in a word, a sign and a colour."""
    return format_html(
        '<strong class="tag" data-tone="{}">{}{}</strong>', tone, icon(sign or icons.OF_TONE[tone]), label
    )


@register.inclusion_tag("ui/parts/button.html")
def button(
    label: Any, kind: str = "", name: str = "", value: str = "", sign: str = "", form: str = "", small: bool = False
) -> Values:
    """A submit button. ``kind``: empty for the page's one main action, ``secondary``, ``quiet`` or ``danger``."""
    return {
        "label": label, "kind": kind, "name": name, "value": value, "sign": sign, "form": form, "small": small
    }  # fmt: skip


@register.inclusion_tag("ui/parts/link_button.html")
def link_button(label: Any, href: str, kind: str = "", sign: str = "", small: bool = False) -> Values:
    """A link that looks like a button: it goes somewhere, and changes nothing."""
    return {"label": label, "href": href, "kind": kind, "sign": sign, "small": small}


# ---- blocks around content
@register.simple_block_tag
def notice(content: str, title: Any = "", tone: str = "info", alert: bool = False) -> str:
    """What the reader must not miss. ``alert`` has a screen reader say it at once."""
    values = {"content": content, "title": title, "tone": tone, "alert": alert, "sign": icons.OF_TONE[tone]}
    return render_to_string("ui/parts/notice.html", values)


@register.simple_block_tag
def inset(content: str) -> str:
    """Text set apart: a quotation, a clause, an example."""
    return format_html('<div class="inset">{}</div>', content)


@register.simple_block_tag
def card(content: str, title: Any = "", href: str = "", tone: str = "", level: int = 3, data: bool = False) -> str:
    """A thing of a list. ``data``: the title is a name from the database and is not translated."""
    values = {"content": content, "title": title, "href": href, "tone": tone, "level": level, "data": data}
    return render_to_string("ui/parts/card.html", values)


@register.simple_block_tag
def more(content: str, summary: Any, is_open: bool = False) -> str:
    """Details that few need: closed until asked for; printed open."""
    opened = mark_safe(" open") if is_open else ""
    return format_html(
        '<details class="more"{}><summary>{}</summary><div class="stack">{}</div></details>', opened, summary, content
    )


@register.inclusion_tag("ui/parts/help.html", name="help")
def help_(topic: parts.Topic) -> Values:
    """Help where it is needed: a sign that opens a sentence or two, and leads to more."""
    return {"topic": topic}


@register.simple_block_tag(takes_context=True)
def confirm(
    context: template.Context,
    content: str,
    title: Any,
    action: Any,
    href: str = "",
    cancel: str = "",
    tone: str = "accent",
    level: int = 2,
) -> str:
    """A last look before an act: what will happen (the content, which may hold fields), the act, and a way back.
    It posts to ``href`` (empty: this page) with the CSRF token."""
    values = {
        "content": content, "title": title, "action": action, "href": href, "cancel": cancel,
        "tone": tone, "level": level, "csrf_token": context.get("csrf_token"),
    }  # fmt: skip
    return render_to_string("ui/parts/confirm.html", values)


@register.simple_block_tag(name="table")
def table_(content: str, caption: Any = "", stack: bool = True, show_caption: bool = True) -> SafeString:
    """Rows of ``<thead>`` and ``<tbody>`` in plain HTML. On a phone each row becomes a card, and every cell takes
    its column's heading along; ``stack=False`` scrolls sideways instead (figures to compare)."""
    return tables.responsive(content, str(caption), stack=stack, show_caption=show_caption)


# ---- lists of parts
@register.inclusion_tag("ui/parts/breadcrumbs.html")
def breadcrumbs(items: Iterable[parts.Crumb]) -> Values:
    """Where the page lies: the front page, then ``items``. ``ui/base.html`` draws them by itself."""
    return {"items": items}


@register.inclusion_tag("ui/parts/breadcrumbs.html", takes_context=True)
def here(context: template.Context) -> Values:
    """The page's own ``crumbs``; where it has none, the section that it lies in."""
    given, request, frame = context.get("crumbs"), context.get("request"), context.get("ui")
    if given or request is None or frame is None:
        return {"items": given or []}
    found = trail(request, frame.nav)
    return {"items": [parts.Crumb(one.label, "" if one.href == request.path else one.href) for one in found]}


@register.inclusion_tag("ui/parts/tabs.html")
def tabs(items: Iterable[parts.Tab], label: Any) -> Values:
    """Views of one thing, each with an address of its own."""
    return {"items": items, "label": label}


@register.inclusion_tag("ui/parts/summary_list.html")
def summary_list(items: Iterable[parts.Fact]) -> Values:
    return {"items": items}


@register.inclusion_tag("ui/parts/timeline.html")
def timeline(items: Iterable[parts.Happening]) -> Values:
    return {"items": items}


@register.inclusion_tag("ui/parts/steps.html")
def steps(items: Iterable[parts.Step], label: Any) -> Values:
    return {"items": items, "label": label}


@register.inclusion_tag("ui/parts/stats.html")
def stats(items: Iterable[parts.Stat]) -> Values:
    return {"items": items}


@register.inclusion_tag("ui/parts/files.html")
def files(items: Iterable[parts.FileRow]) -> Values:
    return {"items": items}


@register.inclusion_tag("ui/parts/keys.html")
def keys(items: Iterable[parts.Key], label: Any) -> Values:
    """Signatures side by side: who signed, and who has yet to."""
    return {"items": items, "label": label}


@register.inclusion_tag("ui/parts/empty.html")
def empty(title: Any, text: Any = "", href: str = "", action: Any = "") -> Values:
    """In place of an empty list: what would be here, and how it comes to be."""
    return {"title": title, "text": text, "href": href, "action": action}


@register.inclusion_tag("ui/parts/search_box.html", takes_context=True)
def search_box(context: template.Context, label: Any, action: str = "", name: str = "q") -> Values:
    """A search that is an ordinary GET form; it keeps what was asked."""
    request = context.get("request")
    value = request.GET.get(name, "") if request else ""
    return {"label": label, "action": action, "name": name, "value": value}


@register.inclusion_tag("ui/parts/pagination.html", takes_context=True)
def pagination(context: template.Context, page: Page[Any], name: str = "page") -> Values:
    """Pages of a list, keeping every other part of the query."""
    request = context.get("request")
    query = request.GET.copy() if request else None
    if query is not None:
        query.pop(name, None)
    rest = f"&{query.urlencode()}" if query else ""
    return {"page": page, "range": page.paginator.get_elided_page_range(page.number), "name": name, "rest": rest}


@register.inclusion_tag("ui/parts/working.html")
def working(label: Any, value: int | None = None, most: int | None = None, every: int = 3) -> Values:
    """Long work. The page asks again every few seconds; without ``value`` and ``most`` the end is unknown.
    For readers without scripts the page's own head needs ``ui/parts/refresh.html``."""
    return {"label": label, "value": value, "most": most, "every": every}


@register.inclusion_tag("ui/parts/compare.html")
def compare(left: parts.PrintSide, right: parts.PrintSide, label: Any) -> Values:
    """Two prints side by side, marks and pairs drawn over them; switches work without scripts."""
    pairs = sum(1 for mark in left.marks if mark.pair is not None)
    return {"sides": (left, right), "label": label, "pairs": pairs}


# ---- what changed
@register.simple_tag
def diff(old: str, new: str) -> SafeString:
    """The new text, with what was taken out and what was put in."""
    return changes.marked(old, new)


@register.inclusion_tag("ui/parts/changes.html")
def field_changes(items: Iterable[parts.Change]) -> Values:
    return {"items": [item for item in items if item.old != item.new]}


# ---- forms
@register.inclusion_tag("ui/parts/error_summary.html")
def error_summary(*forms: BaseForm | BaseFormSet[Any] | None) -> Values:
    """All errors of the forms in one place, each a link to its field. ``{{ form }}`` brings its own."""
    return {"errors": [entry for form in forms if form is not None for entry in _errors(form)]}


@register.simple_tag
def fields(form: BaseForm, names: str = "") -> SafeString:
    """The fields of a form without its error summary; ``names`` picks some, in order."""
    if not names:
        return form.render("ui/forms/fields.html")
    chosen = format_html_join("", "{}", ((form[name].as_field_group(),) for name in names.split()))
    return format_html('<div class="fields">{}</div>', chosen)


@register.simple_tag
def questions(form: BaseForm, names: str, wide: bool = False) -> SafeString:
    """Short questions with a few answers each, one a row where there is room. That one may be left open is said once,
    by the page. ``wide``: the answers are sentences."""
    chosen = format_html_join("", "{}", ((form[name].as_field_group(),) for name in names.split()))
    return format_html('<div class="questions"{}>{}</div>', mark_safe(" data-wide") if wide else "", chosen)


def _errors(form: BaseForm | BaseFormSet[Any]) -> list[tuple[str, Any, Any]]:
    """Triples of target id, label and message."""
    if isinstance(form, BaseFormSet):
        if not form.is_bound:
            return []
        whole: list[tuple[str, Any, Any]] = [("", "", message) for message in form.non_form_errors()]
        return whole + [entry for row in form.forms for entry in _errors(row)]
    if not form.is_bound:
        return []
    found: list[tuple[str, Any, Any]] = [("", "", message) for message in form.non_field_errors()]
    for field in form:
        found += [(_target(field), field.label, message) for message in field.errors]
    return found


def _target(field: BoundField) -> str:
    """The id to jump to: the input's, or the first choice's where the field is a group."""
    return field.id_for_label or (f"{field.auto_id}_0" if field.use_fieldset else field.auto_id)


# ---- filters for our own templates
@register.filter
def split(text: str) -> list[str]:
    return text.split()


@register.filter
def widget_kind(field: BoundField) -> str:
    """The input type, or the widget's class name in small letters: what a style sheet may want to know."""
    widget = field.field.widget
    if isinstance(widget, ChoiceWidget):
        return type(widget).__name__.lower()
    return str(getattr(widget, "input_type", None) or type(widget).__name__.lower())


@register.filter
def tone_of(message: Any) -> str:
    """The tone of a message of django.contrib.messages."""
    tones = {"success": "good", "warning": "wait", "error": "bad"}
    return next((tone for tag, tone in tones.items() if tag in message.tags), "info")


@register.filter
def icon_of(tone: str) -> str:
    return icons.OF_TONE[tone]


@register.filter
def at(values: dict[str, Any], key: str) -> Any:
    """What stands under ``key``: a template cannot say ``values[key]``."""
    return values[key]


@register.filter
def unlocal(number: float) -> str:
    """A coordinate with a point, whatever the language."""
    return f"{number:.1f}"


@register.filter
def tail(mark: parts.Mark, axis: str) -> str:
    """The end of a mark's line, 14 pixels along its direction."""
    return f"{14 * (mark.dx if axis == 'x' else mark.dy):.1f}"
