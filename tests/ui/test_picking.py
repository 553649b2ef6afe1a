"""A choice among many names: a list while it is short, a search in two steps where it is long."""

from __future__ import annotations

import pytest
from django import forms

from rso.accounts.models import Organisation
from rso.ui import picking
from rso.ui.picking import PickField

pytestmark = pytest.mark.django_db


class Form(forms.Form):
    one = PickField(label="Organisation", queryset=Organisation.objects.none(), to_field_name="code")

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        self.fields["one"].queryset = Organisation.objects.filter(kind="ngo")  # type: ignore[attr-defined]


@pytest.fixture
def many(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(picking, "FEW", 3)
    monkeypatch.setattr(picking, "SHOWN", 2)
    for code, name in (("A1", "Sea rescue"), ("A2", "Sea school"), ("A3", "Sea"), ("A4", "Seaside <b>"), ("B", "Dawn")):
        Organisation.objects.create(code=code, name=name, kind="ngo")
    Organisation.objects.create(code="HID", name="Hidden sea", kind="company")


def test_a_short_list_is_a_list() -> None:
    Organisation.objects.create(code="A1", name="Sea rescue", kind="ngo")
    shown = str(Form()["one"])
    assert '<option value="A1">Sea rescue</option>' in shown
    assert "one_words" not in shown


def test_a_long_list_is_not_sent(many: None) -> None:
    shown = str(Form()["one"])
    assert "<option" not in shown
    assert 'type="search" name="one_words"' in shown
    assert 'id="id_one"' in shown, "the label leads to it"


def test_who_is_chosen_before_is_shown_with_a_way_to_another(many: None) -> None:
    shown = str(Form(initial={"one": "B"})["one"])
    assert '<option value="B" selected>Dawn</option>' in shown
    assert shown.count("<option") == 2
    assert 'name="one_words"' in shown
    assert "<option" not in str(Form(initial={"one": "HID"})["one"]), "what may not be chosen is not named"


@pytest.mark.parametrize("words", ["school", "a2", "SEA SCHOOL", "sch sea"])
def test_one_match_is_taken(many: None, words: str) -> None:
    form = Form({"one_words": words})
    assert form.is_valid(), form.errors
    assert form.cleaned_data["one"].code == "A2"


def test_a_whole_name_goes_before_parts_of_others(many: None) -> None:
    form = Form({"one_words": "sea"})
    assert form.is_valid()
    assert form.cleaned_data["one"].code == "A3"


def test_of_several_one_is_chosen_in_a_second_step(many: None) -> None:
    form = Form({"one_words": "r"})  # "Sea rescue" alone would be one
    assert form.is_valid()
    form = Form({"one_words": "s"})
    assert not form.is_valid()
    assert "More than 2 match" in str(form.errors["one"])
    shown = str(form["one"])
    assert shown.count("<option") == 3
    assert "selected" not in shown.replace('<option value="" selected>', "")
    assert Form({"one": "A1", "one_words": ""}).is_valid()


def test_new_words_go_before_what_was_chosen(many: None) -> None:
    form = Form({"one": "A1", "one_words": "dawn"})
    assert form.is_valid()
    assert form.cleaned_data["one"].code == "B"


@pytest.mark.parametrize("words", ["hidden", "HID", "%", "\0", "' OR 1=1", "x" * 1000])
def test_what_may_not_be_chosen_is_not_found(many: None, words: str) -> None:
    form = Form({"one_words": words})
    assert not form.is_valid()
    assert "Hidden" not in str(form)


def test_a_key_as_programs_send_it_is_taken_and_another_refused(many: None) -> None:
    assert Form({"one": "A4"}).is_valid()
    assert not Form({"one": "HID"}).is_valid()
    assert not Form({"one": ""}).is_valid()
    assert "Seaside &lt;b&gt;" in str(Form({"one": "A4"})["one"])
