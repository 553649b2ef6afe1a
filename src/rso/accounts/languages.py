"""The languages for which a seat can be held: those that the members' officials read, each by its own name too.

The codes are BCP 47. The English names go through gettext; a language's own name is data.
"""

from __future__ import annotations

from typing import Any

from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

NAMES: dict[str, tuple[Any, str]] = {
    "ar": (_("Arabic"), "العربية"),
    "bi": (_("Bislama"), "Bislama"),
    "bn": (_("Bengali"), "বাংলা"),
    "de": (_("German"), "Deutsch"),
    "dv": (_("Dhivehi"), "ދިވެހި"),
    "dz": (_("Dzongkha"), "རྫོང་ཁ"),
    "en": (_("English"), "English"),
    "es": (_("Spanish"), "Español"),
    "fa": (_("Persian"), "فارسی"),
    "fa-AF": (_("Dari"), "دری"),
    "fil": (_("Filipino"), "Filipino"),
    "fj": (_("Fijian"), "Na Vosa Vakaviti"),
    "fr": (_("French"), "Français"),
    "hi": (_("Hindi"), "हिन्दी"),
    "id": (_("Indonesian"), "Bahasa Indonesia"),
    "ja": (_("Japanese"), "日本語"),
    "km": (_("Khmer"), "ខ្មែរ"),
    "ko": (_("Korean"), "한국어"),
    "lo": (_("Lao"), "ລາວ"),
    "mn": (_("Mongolian"), "Монгол"),
    "ms": (_("Malay"), "Bahasa Melayu"),
    "my": (_("Burmese"), "မြန်မာ"),
    "na": (_("Nauruan"), "Dorerin Naoero"),
    "ne": (_("Nepali"), "नेपाली"),
    "ps": (_("Pashto"), "پښتو"),
    "pt": (_("Portuguese"), "Português"),
    "rhg": (_("Rohingya"), "Ruáingga"),
    "ru": (_("Russian"), "Русский"),
    "si": (_("Sinhala"), "සිංහල"),
    "sm": (_("Samoan"), "Gagana Samoa"),
    "so": (_("Somali"), "Soomaali"),
    "ta": (_("Tamil"), "தமிழ்"),
    "tet": (_("Tetum"), "Tetun"),
    "th": (_("Thai"), "ไทย"),
    "to": (_("Tongan"), "Lea faka-Tonga"),
    "tpi": (_("Tok Pisin"), "Tok Pisin"),
    "tr": (_("Turkish"), "Türkçe"),
    "ur": (_("Urdu"), "اردو"),
    "uz": (_("Uzbek"), "Oʻzbekcha"),
    "vi": (_("Vietnamese"), "Tiếng Việt"),
    "zh": (_("Chinese"), "中文"),
}


def choices() -> list[tuple[str, Any]]:
    """Codes with both names, in the order of the names as the reader's language has them."""
    named = sorted(NAMES.items(), key=lambda row: str(row[1][0]))
    return [(code, format_lazy("{} · {}", said, own)) for code, (said, own) in named]


def words_of_language(code: str) -> Any:
    """A language's name in the reader's language; the code itself where none is known."""
    return NAMES[code][0] if code in NAMES else code
