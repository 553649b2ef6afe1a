"""The two made-up languages, and the proof that they give."""

from __future__ import annotations

import pytest
from django.template import Context, Template
from django.test import Client
from django.utils import translation
from django.utils.translation import gettext, gettext_lazy, ngettext, npgettext, pgettext
from hypothesis import given
from hypothesis import strategies as st

from rso.ui import pseudo

BOTH = [pseudo.ACCENTED, pseudo.MIRRORED]
pieces = st.sampled_from(
    ["%(name)s", "%(count)d", "{field}", "{0!r}", '<a href="x">', "</a>", "&amp;", "%s", "%%", "word", "Ünï", " ", "."]
)


@pytest.fixture(params=BOTH)
def language(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def test_messages_stand_between_marks(language: str) -> None:
    lazy = gettext_lazy("Save")
    with translation.override(language):
        for said in (gettext("Save"), str(lazy), pgettext("button", "Save")):
            assert said.startswith(pseudo.OPEN)
            assert said.endswith(pseudo.CLOSE)
            assert "\x04" not in said
        assert "button" not in pgettext("button", "Save")
    assert str(lazy) == "Save"


def test_accents_and_length() -> None:
    with translation.override(pseudo.ACCENTED):
        said = gettext("Send the proposal")
    assert "Šéñđ ţĥé þŕöþöšáļ" in said
    assert len(said) > len("Send the proposal") * 1.1


def test_plurals(language: str) -> None:
    with translation.override(language):
        one, many = ngettext("%(n)d file", "%(n)d files", 1), ngettext("%(n)d file", "%(n)d files", 3)
        assert one != many
        assert "%(n)d" in many
        assert many % {"n": 3}
        assert npgettext("c", "one", "many", 2) == ngettext("one", "many", 2)


def test_direction_and_names() -> None:
    with translation.override(pseudo.MIRRORED):
        assert translation.get_language_bidi()
    with translation.override(pseudo.ACCENTED):
        assert not translation.get_language_bidi()
    assert translation.get_language_info(pseudo.MIRRORED)["bidi"]


def test_templates(language: str) -> None:
    template = Template(
        "{% load i18n %}{% translate 'Open' %}{% blocktranslate count n=2 %}{{ n }} day{% plural %}{{ n }} days"
        "{% endblocktranslate %}{% blocktranslate with who='Ana' %}By <b>{{ who }}</b>{% endblocktranslate %}"
    )
    with translation.override(language):
        html = template.render(Context())
    assert "<b>Ana</b>" in html
    assert "2" in html
    assert pseudo.untranslated(html) == []


@given(st.lists(pieces, min_size=1, max_size=12))
def test_what_a_machine_reads_is_kept_in_order(parts: list[str]) -> None:
    message = "".join(parts)
    for change in (pseudo.accented, pseudo.mirrored):
        said = pseudo.transformed(message, change)
        assert pseudo._KEPT.findall(said) == pseudo._KEPT.findall(message)


@given(st.text(max_size=60))
def test_any_text_can_be_said_and_read(text: str) -> None:
    said = pseudo.transformed(text, pseudo.accented)
    assert bool(text.strip()) == (pseudo.OPEN in said)
    assert isinstance(pseudo.untranslated(f"<p>{text}</p>"), list)


def test_untranslated_finds_text_and_spoken_attributes() -> None:
    page = """
      <p>⟦Said <a href="#">here</a> too⟧ Loose</p><p translate="no">Mara Tolen <i>and others</i></p>
      <img alt="A print"><input type="submit" value="Go"><input type="text" value="data">
      <td data-label="⟦Year⟧">2027</td><script>var x</script><code>rso serve</code>
      <span translate="no">Avaria <b translate="yes">Removed</b></span><p>12 · 3,4</p>
    """
    assert pseudo.untranslated(page) == ["Loose", "img[alt]: A print", "input[value]: Go", "Removed"]


def test_untranslated_reports_a_mark_never_closed() -> None:
    assert any("never closed" in line for line in pseudo.untranslated("<p>⟦Cut off in the mid…</p><p>Hidden</p>"))


@pytest.mark.parametrize("path", ["/ui/", "/no/such/page/", "/sign-in/login/"])
@pytest.mark.django_db
def test_no_string_of_the_frame_was_missed(client: Client, settings: object, language: str, path: str) -> None:
    settings.RSO_DEMONSTRATION = True  # type: ignore[attr-defined]
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = language  # type: ignore[attr-defined]
    html = client.get(path).content.decode()
    assert pseudo.OPEN in html
    assert pseudo.untranslated(html) == []
