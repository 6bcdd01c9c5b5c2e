"""Countries and languages from the standard lists, with their names in the reader's language.

Codes are those of ISO 3166-1 in small letters, and ``int`` for what is international; and of ISO 639-1, which are tags
of BCP 47. Their names, and the codes of three letters, are those of Unicode's CLDR.
"""

import re
from functools import cache

from babel import Locale
from babel.core import get_global
from django.utils.translation import get_language, pgettext
from django.utils.translation import gettext as _

from lawcompare.engine.document import LANGUAGES

INTERNATIONAL = "int"
# What most laws here are of, and in; they stand first where one is chosen.
FIRST_JURISDICTIONS = ("kh", "us", INTERNATIONAL)
FIRST_LANGUAGES = ("en", "km")
# Of the neighbours and of international bodies; they stand second.
NEXT_LANGUAGES = ("fr", "lo", "th", "vi", "zh")
_ENGLISH = Locale("en")
# Regions that CLDR knows and that are no country of ISO 3166-1.
_NO_COUNTRIES = {"ac", "cp", "cq", "dg", "ea", "eu", "ez", "ic", "qo", "ta", "un", "xa", "xb", "xk", "zz"}
_REGIONS = frozenset(str(code).lower() for code in _ENGLISH.territories if re.fullmatch("[A-Z]{2}", str(code)))
COUNTRIES = _REGIONS - _NO_COUNTRIES
JURISDICTIONS = COUNTRIES | {INTERNATIONAL}
# Of languages for which CLDR knows several codes of three letters that of ISO 639-2/T.
_TERMINOLOGICAL = (
    "aka ara aym aze bod cre ces cym deu dzo ell est eus fas ful fra grn guj hrv hye ipk isl iku kat kon kau kur kom"
    " lav mlg mri mkd mon msa mya nep nld oji orm ori pus que ron san srd slk sqi srp swa uzb yid zha zho"
)


@cache
def script_of(code: str) -> str:
    """The script in which a language is written, as ISO 15924 has it; the Latin one where CLDR names none.

    >>> script_of("km"), script_of("fr")
    ('Khmr', 'Latn')
    """
    likely = get_global("likely_subtags").get(code.replace("-", "_"), "").split("_")
    return next((part for part in likely if len(part) == 4), "Latn")


@cache
def _locale(code: str) -> Locale:
    """The names as the language of the page has them; the English ones where CLDR does not know it."""
    return Locale(code) if code in LANGUAGES else _ENGLISH


def _reader() -> str:
    return (get_language() or "en").partition("-")[0]


def jurisdiction_name(code: str) -> str:
    """Returns the name of a country, or the word for what is international, in the reader's language."""
    if code == INTERNATIONAL:
        return _("International")
    names = _locale(_reader()).territories
    return str(names.get(code.upper()) or _ENGLISH.territories.get(code.upper(), code))


def english_name(code: str) -> str:
    """Returns the English name of a country, as names are kept where they are found again by it."""
    return str(_ENGLISH.territories.get(code.upper(), code))


def language_name(code: str) -> str:
    """Returns the name of a language in the reader's: English on English pages, ភាសាខ្មែរ on Khmer ones."""
    name = _locale(_reader()).languages.get(code) or _ENGLISH.languages.get(code, code)
    return pgettext("name of a language", "%(name)s") % {"name": name}


def jurisdiction_choices() -> list[tuple[str, str]]:
    """Returns every jurisdiction with its name: those of most laws here, then the others by name."""
    others = sorted((jurisdiction_name(code), code) for code in COUNTRIES - set(FIRST_JURISDICTIONS))
    return [(code, jurisdiction_name(code)) for code in FIRST_JURISDICTIONS] + [(code, name) for name, code in others]


def language_choices() -> list[tuple[str, str]]:
    """Returns every language that a text may be in with its name: those of most texts here, then the others by name."""
    others = sorted((language_name(code), code) for code in LANGUAGES - set(FIRST_LANGUAGES))
    return [(code, language_name(code)) for code in FIRST_LANGUAGES] + [(code, name) for name, code in others]


def grouped_languages() -> list[tuple[str, list[tuple[str, str]]]]:
    """Returns ``language_choices`` in two groups: the few that texts here are in, and all others."""
    names = dict(language_choices())
    few = [(code, names.pop(code)) for code in FIRST_LANGUAGES + NEXT_LANGUAGES]
    return [(_("Often used"), few), (_("Other languages"), list(names.items()))]


@cache
def country_in_three_letters(code: str) -> str:
    """Returns the code of three letters of ISO 3166-1; empty for what is no country.

    >>> country_in_three_letters("kh"), country_in_three_letters("int")
    ('KHM', '')
    """
    return _three_letters("territory_aliases", code.upper()).upper()


@cache
def language_in_three_letters(code: str) -> str:
    """Returns the code of ISO 639-2 that addresses of Akoma Ntoso have.

    >>> language_in_three_letters("km"), language_in_three_letters("en"), language_in_three_letters("th")
    ('khm', 'eng', 'tha')
    """
    return _three_letters("language_aliases", code) or code


def _three_letters(aliases: str, code: str) -> str:
    named = get_global(aliases).items()  # type: ignore[arg-type]
    long_names = [alias for alias, codes in named if len(alias) == 3 and alias.isalpha() and codes in (code, [code])]
    return next((alias for alias in long_names if alias in _TERMINOLOGICAL), "".join(long_names[:1]))
