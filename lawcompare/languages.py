"""The languages of the interface, and everything that depends on which of them a page is in.

To add one: its code in the setting ``INTERFACE_LANGUAGES``, and its catalogue, ``locale/<code>/LC_MESSAGES/django.po``.
What CLDR knows of it is taken from there; how the laws of a language write numbers may stand in ``WRITTEN``. A face for
its script comes from the command ``build_fonts``. Those of law texts are another list, in ``standard_names``.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from babel import Locale, UnknownLocaleError
from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import get_language, gettext

from lawcompare.core.standard_names import language_name, script_of
from lawcompare.engine.structure.numbering import KHMER_DIGITS
from lawcompare.environment import envlist


@dataclass(frozen=True)
class InterfaceLanguage:
    """``name`` is in the reader's language; ``own_name`` is what its readers call it; ``digits`` are its ten from 0.

    ``separators`` part thousands and decimals. ``script`` is the ISO 15924 code of the one it is written in.
    """

    code: str
    own_name: str
    digits: str = "0123456789"
    separators: str = ",."
    script: str = "Latn"

    @property
    def name(self) -> str:
        return language_name(self.code)


# Digits, and what parts thousands and decimals, where the laws of a language write them otherwise than CLDR says.
WRITTEN = {"km": (KHMER_DIGITS, ".,")}  # ១០០.០០០


def _interface_language(code: str) -> InterfaceLanguage:
    tag = code.replace("-", "_")
    try:
        locale = Locale.parse(tag)
    except (UnknownLocaleError, ValueError):
        raise ImproperlyConfigured(f"INTERFACE_LANGUAGES: {code!r} is no language that CLDR knows.") from None
    signs = locale.number_symbols["latn"]
    digits, separators = WRITTEN.get(code, ("0123456789", signs["group"] + signs["decimal"]))
    script = locale.script or script_of(code)
    return InterfaceLanguage(code, str(locale.get_display_name()), digits, separators, script)


def _interface_languages() -> tuple[InterfaceLanguage, ...]:
    codes = list(dict.fromkeys(envlist("INTERFACE_LANGUAGES", "en,km")))
    if codes[:1] != ["en"]:
        raise ImproperlyConfigured("INTERFACE_LANGUAGES: en comes first, for the interface is written in it.")
    return tuple(map(_interface_language, codes))


LANGUAGES = _interface_languages()
# Its pages have no prefix in their addresses, and its words stand where another language has none.
DEFAULT = LANGUAGES[0]
OTHERS = LANGUAGES[1:]
BY_CODE = {language.code: language for language in LANGUAGES}
# What people write in each language, by model (``core.translated`` fills it): ``title`` is in the default one,
# ``title_km`` in Khmer, ``title_th`` in Thai.
TRANSLATED_FIELDS: dict[str, tuple[str, ...]] = {}
_DIGITS = {language.code: str.maketrans(DEFAULT.digits, language.digits) for language in LANGUAGES}


def reader_language() -> InterfaceLanguage:
    """The language of the page that is being made; the default one outside a page."""
    return BY_CODE.get(get_language() or "", DEFAULT)


def address_in(code: str, path: str) -> str:
    """The address of the same page in another language, by the prefix alone: every page has one in each.

    >>> address_in("km", "/laws/?page=2"), address_in("en", "/km/laws/"), address_in("km", "/km/laws/")
    ('/km/laws/?page=2', '/laws/', '/km/laws/')
    """
    for language in OTHERS:
        if path.startswith(f"/{language.code}/"):
            path = path.removeprefix(f"/{language.code}")
    return path if code == DEFAULT.code else f"/{code}{path}"


def reader_address(path: str) -> str:
    """The address of the same page in the language of the page that is being made."""
    return address_in(reader_language().code, path)


def columns_of(field: str) -> list[str]:
    """The attributes of a translated field, the default language's first.

    >>> columns_of("title")
    ['title', 'title_km']
    """
    return [field, *(f"{field}_{language.code}" for language in OTHERS)]


def with_columns(entry: dict[str, Any]) -> dict[str, Any]:
    """An entry of a file with each translated field as its attributes.

    >>> with_columns({"date": "2012", "title": {"en": "Law", "km": "ច្បាប់"}})
    {'date': '2012', 'title': 'Law', 'title_km': 'ច្បាប់'}
    """
    flat: dict[str, Any] = {}
    for key, value in entry.items():
        if isinstance(value, dict) and set(value) <= BY_CODE.keys():
            flat |= {column: value.get(code, "") for code, column in zip(BY_CODE, columns_of(key), strict=True)}
        else:
            flat[key] = value
    return flat


def in_reader_language(row: Any, field: str) -> str:
    """A translated field of a row in the language of the page, or in the default one where that is empty."""
    language = reader_language()
    return (language != DEFAULT and getattr(row, f"{field}_{language.code}")) or getattr(row, field)


def in_every_language(row: Any, field: str) -> dict[str, str]:
    """Code of each language in which the field of the row is not empty -> its words."""
    columns = zip(LANGUAGES, columns_of(field), strict=True)
    return {language.code: getattr(row, column) for language, column in columns if getattr(row, column)}


def digits(value: object, code: str = "") -> str:
    """A number, or any text, with its digits as the language of the page writes them; ``code`` is its, if known."""
    return str(value).translate(_DIGITS[code or reader_language().code])


def amount(value: float) -> str:
    """A number with its thousands apart, as the language of the page writes it.

    >>> amount(100000)
    '100,000'
    """
    return digits(f"{value:,}".translate(str.maketrans(",.", reader_language().separators)))


def language_of_path(path: str) -> InterfaceLanguage:
    """The language that the path of an address names by its prefix.

    >>> language_of_path("/km/laws/").code, language_of_path("/laws/").code
    ('km', 'en')
    """
    return next((language for language in OTHERS if path.startswith(f"/{language.code}/")), DEFAULT)


def path_in(language: InterfaceLanguage, path: str) -> str:
    """The same page in a language, from its path in the default one.

    >>> [path_in(language, "/search/") for language in LANGUAGES]
    ['/search/', '/km/search/']
    """
    return path if language == DEFAULT else f"/{language.code}{path}"


def in_a_row(names: Sequence[str]) -> str:
    """``a, b and c`` in the reader's language; Django's own has no Khmer."""
    *others, last = names
    return f"{', '.join(others)} {gettext('and')} {last}" if others else last
