"""Numbers of law text, ``12A(1)(b)(iv)``, ``§ 78dd-1``, ``មាត្រា ២៨``: read and ordered; and addresses made of them.

Addresses follow the AKN naming convention (OASIS LegalDocML NC 1.0, §5): ``chp_4__art_28__para_3``. The words by which
laws name their parts are in ``words.toml``. On which level of the tree a number is, ``lists.list_levels`` decides.
"""

from __future__ import annotations

import re
import tomllib
from bisect import bisect_left
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from lawcompare.engine.text.amounts import ONES, TEENS, TENS

# The words by which laws name their parts, outermost first in ORDER; and those of addresses.
_TABLES = tomllib.loads(Path(__file__).with_name("words.toml").read_text("utf-8"))
ORDER = tuple(_TABLES["order"])
LATIN_NAMES: dict[str, str] = _TABLES["english"] | _TABLES["french"] | _TABLES["vietnamese"]
KHMER_NAMES: dict[str, str] = _TABLES["khmer"]
UNNUMBERED: dict[str, str] = _TABLES["unnumbered"]
ABBREVIATIONS: dict[str, str] = _TABLES["abbreviations"]

KHMER_DIGITS = "០១២៣៤៥៦៧៨៩"
KHMER_LETTERS = "កខគឃងចឆជឈញដឋឌឍណតថទធនបផពភមយរលវសហឡអ"
LATIN_SUFFIXES = ("bis", "ter", "quater", "quinquies", "sexies", "septies", "octies", "novies", "decies")
# ស្ទួន is "bis" and ថ្មី "new": an article put in under the number of the one before it, or in its place.
KHMER_SUFFIXES = {"ស្ទួន": "bis", "ថ្មី": "new", "ទ្វេ": "bis", "ត្រី": "ter"}
_SOLE = "ទោល"  # "the only one": a chapter that has no number because it has no sibling

_TO_KHMER = str.maketrans("0123456789", KHMER_DIGITS)
_FROM_KHMER = str.maketrans(KHMER_DIGITS, "0123456789")
_ROMAN = {"m": 1000, "cm": 900, "d": 500, "cd": 400, "c": 100, "xc": 90, "l": 50, "xl": 40, "x": 10, "ix": 9, "v": 5,
          "iv": 4, "i": 1}  # fmt: skip
_VALID_ROMAN = re.compile(r"m{0,3}(?:cm|cd|d?c{0,3})(?:xc|xl|l?x{0,3})(?:ix|iv|v?i{0,3})")
WORDS = (*ONES, *TEENS, *(each for ten in TENS for each in (ten, *(f"{ten}-{one}" for one in ONES))))
ORDINALS = ("first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth")
_ONLY = "តែមួយ"  # "only one": the one article of an amendment
_KHMER_WORDS = ("មួយ", "ពីរ", "បី", "បួន", "ប្រាំ", "ប្រាំមួយ", "ប្រាំពីរ", "ប្រាំបី", "ប្រាំបួន", "ដប់")

_COUNTED = "|".join(sorted(_KHMER_WORDS, key=len, reverse=True))
_COUNT_WORD = re.compile(_COUNTED)
_FRENCH_FIRST = re.compile(r"^(?:(?:1|I)(?:er|ère|re)|premier|première|unique)(?!\w)", re.IGNORECASE)
_BARE = r"(?:\d+|[០-៩]+)"
# A suffix may itself be counted: ថ្មី (ពីរ), ថ្មីមួយ, ស្ទួន ២. A bare count must end the number.
_COUNT_VALUE = rf"(?:{_COUNTED}|\d{{1,2}}|[០-៩]{{1,2}})"
_BARE_COUNT = rf"\s?{_COUNT_VALUE}(?=\s*(?:[.:។៖\-–—_]|$))"
_COUNT = rf"(?:\s?\({_COUNT_VALUE}\)|{_BARE_COUNT})"
_SUFFIX_WORD = "|".join((*LATIN_SUFFIXES, *KHMER_SUFFIXES))
# "(bis)", "(ស្ទួន ១)", "(ថ្មី) (ពីរ)": the same set in brackets, where English has "(new)" too.
SUFFIX_IN_BRACKETS = rf"\(\s?(?:{_SUFFIX_WORD}|new)(?:\s?{_COUNT_VALUE})?\s?\)(?:\s?\((?:{_COUNTED})\))?"
_SUFFIX = (
    rf"(?:\s?(?:{'|'.join(LATIN_SUFFIXES)})\b(?:{_BARE_COUNT})?|\s?(?:{'|'.join(KHMER_SUFFIXES)}){_COUNT}?"
    rf"|\s?{SUFFIX_IN_BRACKETS})"
)
# A suffix that stands alone, as on the line below its number.
SUFFIX_ALONE = re.compile(rf"(?:{_SUFFIX_WORD})(?:\s?{_COUNT_VALUE})?|{SUFFIX_IN_BRACKETS}", re.IGNORECASE)
_DECIMALS = r"(?:\.\d{1,3}(?=\.?(?:\s|$)))*"
# A title with a point before the section, as in the codes of American states: § 18.2-152.3, § 18.2-152.5:1.
_OF_TITLE = r"\d{1,3}\.\d{1,2}-\d{1,4}(?:\.\d{1,4}){0,3}(?::\d{1,3})?(?=[.:]?(?:\s|$|\())"
NUMBER = (
    rf"(?:{_OF_TITLE}|{_BARE}{_DECIMALS}(?:[A-Za-z]{{1,3}}(?![A-Za-z]))?{_SUFFIX}?"
    rf"(?:[-–‑]\d+[A-Za-z]{{0,2}}\b|/\d{{1,2}}(?![\w/]))?{_SUFFIX}?)"
)


_AFTER_DIGITS = re.compile(rf"(?<=\d)(?:{_SUFFIX})+", re.IGNORECASE)
_IN_EID = re.compile(rf"(?<=[\dA-Za-z])({'|'.join((*LATIN_SUFFIXES, 'new'))})(\d*)(?![a-z])")


@dataclass(frozen=True, slots=True)
class ClauseNumber:
    """The value of one number: ``12A bis`` is base 12, suffixes ``("a", "bis")``.

    Ordered as printed laws are: 12 < 12A < 12B < 12bis < 13.
    """

    base: int
    suffixes: tuple[str, ...] = ()

    def __lt__(self, other: ClauseNumber) -> bool:
        return self.key < other.key

    @property
    def key(self) -> tuple[int, tuple[tuple[int, int, str], ...]]:
        return self.base, tuple(_suffix_key(suffix) for suffix in self.suffixes)

    def follows(self, other: ClauseNumber) -> bool:
        """Whether this is the next number after ``other``: 13 or 12A or 12bis after 12, 12B or 13 after 12A."""
        if self.base == other.base + 1:
            return self.suffixes[:1] in (("new",), ("bis",)) or self.suffixes in ((), ("a",), ("1",), ("01",))
        if self.base != other.base or not self.suffixes:
            return False
        if self.suffixes[1:] and self.suffixes[-1] == "new" and other.suffixes != self.suffixes[:-1]:
            return ClauseNumber(self.base, self.suffixes[:-1]).follows(other)
        before = other.suffixes
        if before[-1:] == ("new",) and self.suffixes[: len(before)] != before:
            before = before[:-1]  # "(new)" is printed at a number whose words are new
        shared = next(
            (at for at, (own, its) in enumerate(zip(self.suffixes, before, strict=False)) if own != its), None
        )
        if shared is not None:  # 3 ter follows 3 bis 2
            return shared == len(self.suffixes) - 1 and _steps(before[shared], self.suffixes[shared])
        further = self.suffixes[len(before) :]
        # Japan puts article 4-2 after 4, Cambodia article 49 bis 1 after 49.
        return further in (*((each,) for each in ("a", "aa", "bis", "new", "1", "2")), ("bis", "1"), ("new", "1"))


def from_khmer(text: str) -> str:
    """Khmer digits as Latin ones.

    >>> from_khmer("មាត្រា ៤២៧")
    'មាត្រា 427'
    """
    return text.translate(_FROM_KHMER)


def to_khmer(number: int | str) -> str:
    """Latin digits as Khmer ones.

    >>> to_khmer(28)
    '២៨'
    """
    return str(number).translate(_TO_KHMER)


def clean(number: str) -> str:
    """A number as it stands in an eId (AKN-NC §5.3: no punctuation, no space; letters keep their case).

    >>> clean("12 bis."), clean("(iv)"), clean("៤៣៧ថ្មី"), clean("៨៨ ថ្មី (ពីរ)"), clean("78dd-1")
    ('12bis', 'iv', '437new', '88new2', '78dd-1')
    """
    text = from_khmer(number)
    if text.isascii() and text.isalnum():  # as most are: of a long law each is read with every correction
        return text
    for khmer, latin in KHMER_SUFFIXES.items():
        text = text.replace(khmer, latin)
    text = _COUNT_WORD.sub(_in_digits, text)
    text = re.sub(r"[–‑—]", "-", text)
    text = re.sub(r"[^\w-]|_", "", re.sub(r"(?<=\w)[.:/](?=\w)", "-", text))
    return text.strip("-")


def latin_suffixes(number: str) -> str:
    """A number with what follows its digits in Latin and without brackets: one form, however it is printed.

    >>> latin_suffixes("មាត្រា ៤៩ (ស្ទួន ១)"), latin_suffixes("49 bis 1"), latin_suffixes("Article 2 (new)")
    ('មាត្រា 49bis1', '49bis1', 'Article 2new')
    """
    return _AFTER_DIGITS.sub(lambda suffix: clean(suffix[0]), from_khmer(number))


def spaced_suffixes(number: str, *, khmer: bool = False) -> str:
    """A number as in an eId with its suffixes set apart, in Latin or in Khmer.

    >>> spaced_suffixes("49bis1"), spaced_suffixes("49bis1", khmer=True), spaced_suffixes("437new", khmer=True)
    ('49 bis 1', '49 ស្ទួន 1', '437 ថ្មី')
    """
    words = {latin: word for word, latin in reversed(KHMER_SUFFIXES.items())} if khmer else {}

    def spaced(match: re.Match[str]) -> str:
        return f" {words.get(match[1], match[1])} {match[2]}".rstrip()

    return _IN_EID.sub(spaced, number)


def read_number(text: str, *, roman: bool = True) -> ClauseNumber | None:
    """The value of a number as printed: ``12A``, ``IV``, ``២៨ថ្មី``, ``One``, ``B``; None where it has none.

    >>> read_number("12A bis"), read_number("XIV")
    (ClauseNumber(base=12, suffixes=('a', 'bis')), ClauseNumber(base=14, suffixes=()))
    >>> read_number("៤៣៧ថ្មី")
    ClauseNumber(base=437, suffixes=('new',))
    """
    text = _FRENCH_FIRST.sub("1", from_khmer(text).strip().strip(".()"))
    if text.startswith(_SOLE) or text == _ONLY:
        return ClauseNumber(1)
    if match := re.match(r"(\d+)", text):
        return ClauseNumber(int(match[1][:9]), _suffixes(text[match.end() :]))
    lower = text.lower()
    for words in (WORDS, ORDINALS, _KHMER_WORDS):
        if lower in words:
            return ClauseNumber(words.index(lower) + 1)
    if roman and (match := re.match(r"[ivxlcdm]+", lower)) and (value := roman_value(match[0])):
        rest = lower[match.end() :]
        if not rest or re.match(r"\W", rest) or rest.strip() in LATIN_SUFFIXES:
            return ClauseNumber(value, _suffixes(rest))
    if len(text) == 1 and text.isascii() and text.isalpha():
        return ClauseNumber(ord(lower) - 96)
    return ClauseNumber(KHMER_LETTERS.index(text) + 1) if len(text) == 1 and text in KHMER_LETTERS else None


def format_number(number: int, form: str) -> str:
    """A number in one of the forms of Word (ECMA-376 §17.18.59); what is not known is printed in digits.

    >>> format_number(4, "lowerRoman"), format_number(28, "upperLetter"), format_number(3, "ordinal")
    ('iv', 'BB', '3rd')
    """
    if form in ("lowerRoman", "upperRoman") and 0 < number < 4000:
        text, left = "", number
        for letters, value in _ROMAN.items():
            text += letters * (left // value)
            left %= value
        return text.upper() if form == "upperRoman" else text
    if form in ("lowerLetter", "upperLetter") and number > 0:
        text = chr(97 + (number - 1) % 26) * min((number - 1) // 26 + 1, 10)
        return text.upper() if form == "upperLetter" else text
    if form == "decimalZero":
        return f"{number:02d}"
    if form == "ordinal":
        ending = "th" if number % 100 in (11, 12, 13) else {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
        return f"{number}{ending}"
    return to_khmer(number) if "khmer" in form.lower() else str(number)


@lru_cache(maxsize=4096)
def roman_value(text: str) -> int | None:
    """The value of a Roman number in the form that is printed, or None.

    >>> roman_value("xiv"), roman_value("iiii")
    (14, None)
    """
    text = text.lower()
    if not text or not _VALID_ROMAN.fullmatch(text):
        return None
    values = [_ROMAN[letter] for letter in text]
    return sum(-value if value < after else value for value, after in zip(values, [*values[1:], 0], strict=True))


def _in_digits(count: re.Match[str]) -> str:
    return str(_KHMER_WORDS.index(count[0]) + 1)


def _suffixes(rest: str) -> tuple[str, ...]:
    for khmer, latin in KHMER_SUFFIXES.items():
        rest = rest.replace(khmer, f" {latin} ")
    rest = _COUNT_WORD.sub(_in_digits, rest)
    return tuple(re.findall(r"[a-z]+|\d+", rest.lower()))


def _suffix_key(suffix: str) -> tuple[int, int, str]:
    if suffix.isdigit():
        return 0, int(suffix[:9]), ""
    if suffix in LATIN_SUFFIXES:
        return 2, LATIN_SUFFIXES.index(suffix), ""
    if suffix == "new":
        return 3, 0, ""
    return 1, len(suffix), suffix


def _steps(old: str, new: str) -> bool:
    if old in LATIN_SUFFIXES and new in LATIN_SUFFIXES:
        return LATIN_SUFFIXES.index(new) == LATIN_SUFFIXES.index(old) + 1
    if old.isdigit() and new.isdigit():
        return int(new[:9]) == int(old[:9]) + 1
    return len(old) == len(new) and old[:-1] == new[:-1] and ord(new[-1]) == ord(old[-1]) + 1


def eid_for(parent_eid: str | None, element: str, num: str, taken: set[str], position: int) -> str:
    """Return a new address and add it to ``taken``, the addresses given out so far in this document.

    ``num`` is the number as printed (its introducing word is dropped), ``position`` the 1-based place among the
    siblings of the same element, which stands for the number where there is none. An address that is taken gets the
    first free ``_2``, ``_3`` …, so that addresses are unique and, for the same document, always the same.

    >>> taken = set()
    >>> eid_for("chp_4", "article", "Article 28", taken, 1)
    'chp_4__art_28'
    >>> eid_for("chp_4", "article", "Article 28", taken, 2)
    'chp_4__art_28_2'
    >>> eid_for(None, "section", "§ 1030", taken, 1)
    'sec_1030'
    """
    name = ABBREVIATIONS.get(element, element)
    number = number_part(num)
    if not number and element not in ("preamble", "conclusions"):
        number = str(position)
    own = f"{name}_{number}" if number else name
    stem = f"{parent_eid}__{own}" if parent_eid else own
    eid = stem if stem not in taken else f"{stem}_{_free_count(stem, taken)}"
    taken.add(eid)
    return eid


def _free_count(stem: str, taken: set[str]) -> int:
    """The first free suffix, found by doubling and halving: a damaged file may repeat a number ten thousand times."""
    above = 2
    while f"{stem}_{above}" in taken:
        above *= 2
    return bisect_left(range(above), True, above // 2 + 1, key=lambda count: f"{stem}_{count}" not in taken)


def element_of_eid(eid: str) -> str:
    """The element that an address names last, empty where it names none.

    >>> element_of_eid("chp_4__art_nn_retention")
    'article'
    """
    name = eid.rpartition("__")[2].partition("_")[0]
    elements = {short: element for element, short in ABBREVIATIONS.items()}
    return elements.get(name, name if name in ("part", "title", "book", "point", "rule", "schedule") else "")


def number_part(num: str) -> str:
    """The number alone, as it stands in an address.

    >>> number_part("Article 28 bis"), number_part("(a)"), number_part("មាត្រា ២៨"), number_part("CHAPTER IV")
    ('28bis', 'a', '28', 'IV')
    """
    several = re.sub(r"(?<=\w)(?:,\s+|,?\s+(?:to|and|through)\s+)(?=\d)", "-", num)  # "§§ 221, 222"
    words = several.replace("\u00a0", " ").replace("\u202f", " ").split()
    if len(words) > 1 and not any(character.isdigit() for character in words[0]) and words[0][:1] != "(":
        words = words[1:]
    text = clean("".join(words))
    if text.isascii() or (len(text) == 1 and text in KHMER_LETTERS and not any(map(str.isdigit, num))):
        return text  # an eId may hold any letter (xsd:ID); ក stays ក
    latin = from_khmer(num)
    first = next((at for at, character in enumerate(latin) if character.isdigit()), None)
    if first is not None:  # of a number with Khmer letters what comes before its digits is the word that introduces it
        return "".join(character for character in clean(latin[first:]) if character.isascii())
    return "".join(character for character in text if character.isascii() and character.isalnum())
