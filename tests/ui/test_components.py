"""The components, rendered and read."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from django import forms
from django.core.paginator import Paginator
from django.template import Context, Template
from django.test import RequestFactory
from hypothesis import given
from hypothesis import strategies as st

from rso.ui import changes, parts, tables
from rso.ui.forms import DateInput


def render(source: str, **values: Any) -> str:
    return Template("{% load ui %}" + source).render(Context(values))


# ---- tables
def test_cells_take_their_headings_along() -> None:
    html = render(
        "{% table caption='Lines' %}<thead><tr><th>Year</th><th>For &amp; why</th><th>Sum</th></tr></thead>"
        "<tbody><tr><th>2027</th><td>{{ what }}</td><td data-number>3</td></tr>"
        "<tr><td colspan='2'>All</td><td>4</td></tr></tbody>{% endtable %}",
        what="<b>",
    )
    assert '<td data-label="For &amp; why" role="cell">&lt;b&gt;</td>' in html
    assert '<td data-number data-label="Sum" role="cell">3</td>' in html
    assert '<td data-label="Sum" role="cell">4</td>' in html
    assert '<th role="rowheader" scope="row">2027</th>' in html
    assert "<caption>Lines</caption>" in html


cells = st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=12)


@given(st.lists(st.lists(cells, min_size=2, max_size=2), max_size=4))
def test_a_table_keeps_its_text(rows: list[list[str]]) -> None:
    source = "<tbody>{% for a, b in rows %}<tr><td>{{ a }}</td><td>{{ b }}</td></tr>{% endfor %}</tbody>"
    plain = Template(source).render(Context({"rows": rows}))
    framed = str(tables.responsive(plain, "", stack=True, show_caption=True))
    assert (
        framed.replace(' role="cell"', "")
        .replace(' role="row"', "")
        .replace(' role="rowgroup"', "")
        .endswith(plain + "</table></div>")
    )


def test_a_wide_table_can_be_scrolled_by_keyboard() -> None:
    html = render("{% table caption='Figures' stack=False %}<tbody></tbody>{% endtable %}")
    assert 'tabindex="0" role="region" aria-label="Figures"' in html


# ---- changes
@given(st.text(max_size=80), st.text(max_size=80))
def test_a_diff_is_both_texts_and_no_markup_of_theirs(old: str, new: str) -> None:
    before, after = changes._pieces(old, new)
    assert ("".join(before), "".join(after)) == (old, new)
    html = str(changes.marked(old, new))
    assert "<script" not in html
    assert html.count("<ins>") == html.count("</ins>")


def test_a_diff_escapes_and_speaks() -> None:
    html = str(changes.marked("Train 40 <b>", "Train 60 <b>"))
    assert "&lt;b&gt;" in html
    assert "Removed: </span>40</del>" in html
    assert "Added: </span>60</ins>" in html


def test_long_texts_are_compared_by_lines() -> None:
    old = "line one\n" * 1500
    assert "<ins>" in str(changes.marked(old, old + "last\n"))


def test_fields_that_did_not_change_are_left_out() -> None:
    html = render("{% field_changes items %}", items=[parts.Change("A", "1", "1")])
    assert "Nothing was changed." in html


# ---- forms
class Enquiry(forms.Form):
    name = forms.CharField(help_text="As in your passport.")
    kind = forms.ChoiceField(choices=[("a", "A"), ("b", "B")], widget=forms.RadioSelect)
    many = forms.MultipleChoiceField(
        choices=[("Group", [("x", "X")])], widget=forms.CheckboxSelectMultiple, required=False
    )
    on = forms.DateField(widget=DateInput)
    agree = forms.BooleanField()
    token = forms.CharField(widget=forms.HiddenInput, required=False)


def test_an_input_is_tied_to_its_label_hint_and_error() -> None:
    html = str(Enquiry({}))
    assert '<label for="id_name">Name' in html
    assert 'aria-describedby="id_name_helptext id_name_error"' in html
    assert 'id="id_name_error"' in html
    assert 'aria-invalid="true"' in html
    assert html.count('name="token"') == 1


def test_the_error_summary_leads_to_each_field() -> None:
    form = Enquiry({})
    form.add_error(None, "Nothing can be sent at night.")
    html = str(form)
    assert "There are 5 things to put right" in html
    for target in ("id_name", "id_kind_0", "id_on", "id_agree"):
        assert f'href="#{target}"' in html
        assert f'id="{target}"' in html
    assert "Nothing can be sent at night." in html


def test_choices_are_a_group_with_a_legend() -> None:
    html = str(Enquiry())
    assert html.count("<fieldset") == 2
    assert "<legend>Kind" in html
    assert 'role="group" aria-label="Group"' in html
    assert "error-summary" not in html
    assert '<label class="choice" for="id_agree"><input type="checkbox"' in html


def test_a_date_travels_the_same_in_every_language() -> None:
    form = Enquiry(initial={"on": datetime(2027, 3, 4, tzinfo=UTC).date()})
    assert 'type="date" name="on" value="2027-03-04"' in str(form["on"])


def test_optional_is_said_and_required_is_not() -> None:
    html = str(Enquiry())
    assert html.count("(optional)") == 1


def test_fields_can_be_picked() -> None:
    html = render("{% fields form 'agree name' %}", form=Enquiry({}))
    assert "error-summary" not in html
    assert html.index("id_agree") < html.index("id_name")
    assert "id_on" not in html


class AnswersForm(forms.Form):
    child = forms.ChoiceField(
        label="Is it a child?", choices=[("yes", "Yes"), ("no", "No")], required=False, widget=forms.RadioSelect
    )
    note = forms.CharField()


def test_questions_are_groups_in_rows_and_only_those_named() -> None:
    html = render("{% questions form 'child' %}", form=AnswersForm())
    assert html.startswith('<div class="questions"><')
    assert html.count("<fieldset") == html.count("<legend") == 1
    assert html.count('type="radio"') == 2
    assert 'name="note"' not in html


def test_questions_whose_answers_are_sentences_say_so_and_keep_their_errors() -> None:
    html = render("{% questions form 'child note' wide=True %}", form=AnswersForm({"child": "perhaps"}))
    assert html.startswith('<div class="questions" data-wide>')
    assert html.count("data-wrong") == 2


def test_a_figure_that_asks_for_something_has_a_tone() -> None:
    html = render("{% stats items %}", items=[parts.Stat("To do", 2, tone="wait"), parts.Stat("Done", 0)])
    assert html.count('data-tone="wait"') == html.count("data-tone") == 1


def test_rows_of_a_formset() -> None:
    rows = forms.formset_factory(Enquiry, extra=2)({"form-TOTAL_FORMS": "2", "form-INITIAL_FORMS": "0",
                                                    "form-0-name": "Ana"})  # fmt: skip
    html = str(rows)
    assert html.count('class="row-form"') == 2
    assert 'name="form-TOTAL_FORMS"' in html
    assert 'href="#id_form-0-kind_0"' in html


# ---- the rest
def test_pages_keep_the_question(rf: RequestFactory) -> None:
    page = Paginator(range(100), 10).page(3)
    html = render("{% pagination page %}", page=page, request=rf.get("/?q=a%26b&page=3&state=open"))
    assert 'href="?page=4&amp;q=a%26b&amp;state=open" rel="next"' in html
    assert '<span aria-current="page">3</span>' in html


def test_one_page_needs_no_pages() -> None:
    assert render("{% pagination page %}", page=Paginator(range(3), 10).page(1)).strip() == ""


def test_search_keeps_what_was_asked(rf: RequestFactory) -> None:
    html = render("{% search_box label='Search' %}", request=rf.get("/?q=<b>"))
    assert 'value="&lt;b&gt;"' in html


def test_a_confirmation_carries_the_token() -> None:
    html = render("{% confirm title='Release?' action='Release' tone='bad' %}<p>x</p>{% endconfirm %}", csrf_token="T1")
    assert '<input type="hidden" name="csrfmiddlewaretoken" value="T1">' in html
    assert 'class="button button--danger"' in html


def test_a_key_not_yet_given_says_so() -> None:
    signed = parts.Key("Co-Manager", "Mara <i>", datetime(2027, 1, 2, tzinfo=UTC), "Approved")
    html = render("{% keys keys label='Keys' %}", keys=[signed, parts.Key("Co-Manager")])
    assert html.count("Yet to sign") == 1
    assert html.count("data-signed") == 1
    assert "Mara &lt;i&gt;" in html


def test_tags_escape_and_icons_speak() -> None:
    assert "&lt;x&gt;" in render("{% tag label tone='good' %}", label="<x>")
    assert 'role="img" aria-label="Locked"' in render("{% icon 'lock' label='Locked' %}")
    with pytest.raises(KeyError):
        render("{% icon 'no-such-sign' %}")


def test_a_comparison_draws_each_mark_in_its_own_pixels(settings: Any) -> None:
    settings.LANGUAGE_CODE = "en"
    mark = parts.Mark(10.25, 20.5, 0.6, -0.8, True, 1)
    side = parts.PrintSide("Probe", "/p.png", 300, 400, "Print", (mark,))
    html = render("{% compare side side label='Both' %}", side=side)
    assert 'viewBox="0 0 300 400"' in html
    assert 'transform="translate(10.2 20.5)"' in html
    assert "L8.4 -11.2" in html
    assert "1 pair<" in html
