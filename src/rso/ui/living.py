"""The living page's content: one small template an example, shown and quoted, so that usage is true by construction."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from django import forms
from django.core.paginator import Paginator
from django.http import HttpRequest
from django.template.loader import get_template

from rso.ui import forms as ui_forms
from rso.ui import icons, parts

DAY = datetime(2026, 11, 23, 9, 30, tzinfo=UTC)

# Name of the example's template, and its title. The page is written for those who build, and stays in English.
EXAMPLES = (
    ("buttons", "Buttons and links"),
    ("tags", "States"),
    ("notices", "Notices"),
    ("cards", "Cards"),
    ("stats", "Figures"),
    ("table", "Table: cards on a phone"),
    ("pagination", "Pages of a list"),
    ("search", "Search"),
    ("tabs", "Tabs as links"),
    ("summary", "Summary list"),
    ("timeline", "Timeline"),
    ("steps", "Steps"),
    ("keys", "Two keys"),
    ("confirm", "Confirmation"),
    ("diff", "What changed"),
    ("files", "Files"),
    ("more", "Details"),
    ("empty", "Nothing here yet"),
    ("working", "Long work"),
    ("compare", "Two prints"),
    ("form", "A form"),
    ("form_errors", "A form with errors"),
    ("questions", "Questions in rows"),
    ("formset", "Rows without scripts"),
    ("icons", "Signs"),
)

# Ground, ink, and the tone that sets both.
TOKENS = (
    ("paper", "ink", ""), ("surface", "ink", ""), ("surface", "ink-soft", ""), ("sunk", "ink", ""),
    ("accent", "on-accent", ""), *((f"{tone}-tint", tone, tone) for tone in ("accent", "good", "wait", "bad", "info")),
)  # fmt: skip


class ProposalForm(forms.Form):
    title = forms.CharField(label="Title", max_length=80, help_text="As it will stand in the list of projects.")
    problem = forms.CharField(label="Problem", max_length=600, widget=forms.Textarea)
    starts_on = forms.DateField(label="Starts on", widget=ui_forms.DateInput)
    budget = forms.DecimalField(label="Budget", min_value=0, required=False)
    currency = forms.ChoiceField(label="Currency", choices=[("USD", "US dollar"), ("THB", "Thai baht")])
    objectives = forms.MultipleChoiceField(
        label="Objectives of the RSO",
        choices=[("share", "Information sharing"), ("build", "Capacity building"), ("pool", "Pooled resources")],
        widget=forms.CheckboxSelectMultiple,
        help_text="Choose each that the project serves.",
    )
    risk = forms.ChoiceField(
        label="Risk to the people concerned",
        choices=[("low", "Low"), ("some", "Some, with safeguards"), ("high", "High")],
        widget=forms.RadioSelect,
    )
    attachment = forms.FileField(label="Attachment", required=False, help_text="PDF, at most 10 MB.")
    agreed = forms.BooleanField(label="Our ministry has agreed to this proposal")


class SafeguardForm(forms.Form):
    consent = forms.ChoiceField(
        label="Did the person consent?",
        choices=[("yes", "Yes"), ("no", "No"), ("unknown", "Not known")],
        initial="unknown",
        required=False,
        widget=forms.RadioSelect,
    )
    minor = forms.ChoiceField(
        label="Is the person a child?",
        choices=[("yes", "Yes"), ("no", "No"), ("unknown", "Not known")],
        initial="unknown",
        required=False,
        widget=forms.RadioSelect,
    )
    field = forms.ChoiceField(
        label="Date of birth",
        choices=[("release", "Release"), ("unneeded", "Withhold: not necessary"), ("law", "Withhold: the law forbids")],
        widget=forms.RadioSelect,
    )


class LineForm(forms.Form):
    year = forms.IntegerField(label="Year", min_value=2026)
    purpose = forms.CharField(label="For")
    amount = forms.DecimalField(label="Amount")


LineFormSet = forms.formset_factory(LineForm, extra=2)


def _print(title: str, shift: float) -> parts.PrintSide:
    """A drawn print with a handful of marks; synthetic, and plainly so."""
    points = [
        (90, 80, 0.8, -0.6),
        (150, 70, 0.6, 0.8),
        (120, 150, -0.8, 0.6),
        (180, 190, 0.0, 1.0),
        (75, 210, 1.0, 0.0),
    ]
    marks = tuple(
        parts.Mark(x + shift, y + shift / 2, dx, dy, n % 2 == 0, n + 1 if n < 3 else None)
        for n, (x, y, dx, dy) in enumerate(points)
    )
    return parts.PrintSide(title, "/static/ui/example-print.svg", 260, 300, f"{title}, synthetic", marks)


def _values() -> dict[str, Any]:
    wrong = ProposalForm({"title": "", "problem": "Few officers know the forms.", "starts_on": "soon"})
    return {
        "facts": [
            parts.Fact("Proposed by", "Avaria, XAV/GOV/BORDER"),
            parts.Fact("Period", "January 2027 to June 2028", href="#facts", action="Change"),
            parts.Fact("Partners", ""),
        ],
        "happenings": [
            parts.Happening("Submitted", DAY, "Ana Reva (synthetic)", tone="accent"),
            parts.Happening("Returned for changes", DAY, "Co-Manager", "The budget names no year.", "wait"),
            parts.Happening("Approved", DAY, "Both Co-Managers", tone="good"),
            parts.Happening("Listed among the projects", ahead=True),
        ],
        "steps": [
            parts.Step("Problem", parts.Progress.DONE, "#steps"),
            parts.Step("Results", parts.Progress.CURRENT),
            parts.Step("Budget"),
            parts.Step("Risks"),
        ],
        "stats": [
            parts.Stat("Open proposals", 12),
            parts.Stat("Median wait", "9 days", "Over the last year"),
            parts.Stat("Members taking part", 31, href="#stats"),
        ],
        "tabs": [
            parts.Tab("All", "#tabs", True, 12),
            parts.Tab("To assess", "#tabs", amount=3),
            parts.Tab("Decided", "#tabs"),
        ],
        "files": [
            parts.FileRow("Concept note.pdf", "#files", 245_000, "Scanned, nothing found"),
            parts.FileRow("Budget 2027.xlsx", "#files", 18_300),
        ],
        "keys": [
            parts.Key(
                "Co-Manager, Cestria",
                "Mara Tolen",
                DAY,
                "Approved",
                reason="Fills a gap that three members named.",
                remark="Comes from the proposing member.",
            ),
            parts.Key("Co-Manager, Borduna", "Ilo Denn", href="#keys", action="Sign"),
        ],
        "changes": [
            parts.Change(
                "Results", "Train 40 officers in two years.", "Train 60 officers and 10 trainers in two years."
            ),
            parts.Change("Period", "2027", "2027"),
        ],
        "crumbs": [
            parts.Crumb("Office", "/"),
            parts.Crumb("Projects", "#crumbs"),
            parts.Crumb("Safer crossings", data=True),
        ],
        "left": _print("Probe, right index", 0),
        "right": _print("Candidate A, right index", 14),
        "page_of_many": Paginator(range(240), 10).page(7),
        "blank": ProposalForm(auto_id="blank_%s"),
        "wrong": wrong,
        "safeguards": SafeguardForm(auto_id="safeguard_%s"),
        "lines": LineFormSet(prefix="lines"),
        "icons": sorted(icons.PATHS),
        "tones": parts.TONES,
    }


def _source(name: str) -> str:
    """The lines of an example, without what only loads the tags."""
    # Django's own engine, whose templates know their source
    template: Any = get_template(f"ui/living/{name}.html")
    source = str(template.template.source)
    return source.removeprefix("{% load ui %}\n").strip()


def context(request: HttpRequest) -> dict[str, Any]:
    """What ``ui/living.html`` shows; ``?dir=rtl`` turns the page round."""
    direction = "rtl" if request.GET.get("dir") == "rtl" else "ltr"
    theme = request.GET.get("theme", "")
    examples = [(name, title, f"ui/living/{name}.html", _source(name)) for name, title in EXAMPLES]
    switches = [
        parts.Tab("Left to right", f"?dir=ltr&theme={theme}", direction == "ltr"),
        parts.Tab("Right to left", f"?dir=rtl&theme={theme}", direction == "rtl"),
    ]
    return _values() | {"examples": examples, "tokens": TOKENS, "directions": switches, "direction": direction}
