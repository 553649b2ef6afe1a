"""Languages by their own names, for choices and for the ``lang`` and ``dir`` of a text. Codes are BCP 47."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from django.utils.functional import Promise
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True, slots=True)
class Language:
    """``own`` is the language's name in itself (data), ``words`` its name in the reader's language."""

    code: str
    own: str
    words: str | Promise
    rtl: bool = False

    @property
    def direction(self) -> str:
        """The value of the attribute ``dir``."""
        return "rtl" if self.rtl else "ltr"


_ALL: Final = (
    Language("en", "English", _("English")),
    Language("ar", "العربية", _("Arabic"), rtl=True),
    Language("bi", "Bislama", _("Bislama")),
    Language("bn", "বাংলা", _("Bengali")),
    Language("de", "Deutsch", _("German")),
    Language("dv", "ދިވެހި", _("Dhivehi"), rtl=True),
    Language("dz", "རྫོང་ཁ", _("Dzongkha")),
    Language("es", "español", _("Spanish")),
    Language("fa", "فارسی", _("Persian"), rtl=True),
    Language("fa-AF", "دری", _("Dari"), rtl=True),
    Language("fil", "Filipino", _("Filipino")),
    Language("fj", "Na Vosa Vakaviti", _("Fijian")),
    Language("fr", "français", _("French")),
    Language("hi", "हिन्दी", _("Hindi")),
    Language("id", "Bahasa Indonesia", _("Indonesian")),
    Language("ja", "日本語", _("Japanese")),
    Language("km", "ខ្មែរ", _("Khmer")),
    Language("ko", "한국어", _("Korean")),
    Language("lo", "ລາວ", _("Lao")),
    Language("mn", "монгол", _("Mongolian")),
    Language("ms", "Bahasa Melayu", _("Malay")),
    Language("my", "မြန်မာ", _("Burmese")),
    Language("na", "Dorerin Naoero", _("Nauruan")),
    Language("ne", "नेपाली", _("Nepali")),
    Language("ps", "پښتو", _("Pashto"), rtl=True),
    Language("pt", "português", _("Portuguese")),
    Language("rhg", "Ruáingga", _("Rohingya")),
    Language("ru", "русский", _("Russian")),
    Language("si", "සිංහල", _("Sinhala")),
    Language("sm", "Gagana Samoa", _("Samoan")),
    Language("so", "Soomaali", _("Somali")),
    Language("ta", "தமிழ்", _("Tamil")),
    Language("tet", "Tetun", _("Tetum")),
    Language("th", "ไทย", _("Thai")),
    Language("to", "Lea faka-Tonga", _("Tongan")),
    Language("tpi", "Tok Pisin", _("Tok Pisin")),
    Language("tr", "Türkçe", _("Turkish")),
    Language("ur", "اردو", _("Urdu"), rtl=True),
    Language("uz", "oʻzbekcha", _("Uzbek")),
    Language("vi", "Tiếng Việt", _("Vietnamese")),
    Language("zh", "中文", _("Chinese")),
)

#: The languages in which texts are written here, by code. They are languages of members, and English.
LANGUAGES: Final[dict[str, Language]] = {one.code: one for one in _ALL}

_RTL_SCRIPTS: Final = ("ar", "dv", "fa", "he", "ps", "ug", "ur", "yi")


def language_of(code: str) -> Language:
    """The language of a code; for one that is not on the list its code stands for its names."""
    found = LANGUAGES.get(code)
    return found or Language(code, code, code, code.split("-")[0].lower() in _RTL_SCRIPTS)


def words_of_language(code: str) -> str | Promise:
    """A language's name in the reader's language; the code itself where none is known."""
    return language_of(code).words


def named_choices() -> list[tuple[str, Any]]:
    """For a form: codes with both names, in the order of the names as the reader's language has them."""
    return [
        (one.code, format_lazy("{} · {}", one.words, one.own)) for one in sorted(_ALL, key=lambda one: str(one.words))
    ]


def choices() -> list[tuple[str, str]]:
    """For a form: codes, and names in the language itself with the code beside."""
    return [(one.code, f"{one.own} ({one.code})") for one in _ALL]
