"""Numbers as law texts write them: digits, words, and both (``1 (one)``, ``១០០.០០០ (មួយសែន)``), English and Khmer.

``parse_number`` reads a number in a form for matching (:mod:`search_form`: ASCII digits, Khmer without spaces). For
comparing texts, ``join_amounts`` makes one word of each amount and ``fold_spelling`` one spelling of many.
"""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from lawcompare.engine.text.words import words

# Tables of the one list: ``codes``, ``signs``, names in ``english`` and ``khmer``, and whose ``dollars``.
CURRENCIES = tomllib.loads(Path(__file__).with_name("currencies.toml").read_text("utf-8"))

ONES = ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
TEENS = ("ten", "eleven", "twelve", "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen")
TENS = ("twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")
_UNITS = ("zero", *ONES, *TEENS)
_WORDS = {word: at for at, word in enumerate(_UNITS)} | {word: 10 * at for at, word in enumerate(TENS, 2)}
_SCALES = {"hundred": 100, "thousand": 1000, "million": 10**6, "billion": 10**9}
_WORD = "(?:" + "|".join(sorted((*_WORDS, *_SCALES), key=len, reverse=True)) + ")"
_ENGLISH_WORDS = rf"(?:a\s+(?=hundred|thousand|million|billion))?{_WORD}(?:(?:\s+and)?[\s-]+{_WORD}){{0,15}}"
_DIGITS = r"\d+(?:[.,]\d+)*"
_SCALED = r"(?:\s+(?:hundred|thousand|million|billion)\b)*"

_KHMER_UNITS = {
    "សូន្យ": 0,
    "មួយ": 1,
    "ពីរ": 2,
    "បី": 3,
    "បួន": 4,
    "ប្រាំ": 5,
    "ប្រាំមួយ": 6,
    "ប្រាំពីរ": 7,
    "ប្រាំពិល": 7,
    "ប្រាំបី": 8,
    "ប្រាំបួន": 9,
    "ដប់": 10,
    "ម្ភៃ": 20,
    "សាមសិប": 30,
    "សែសិប": 40,
    "ហាសិប": 50,
    "ហុកសិប": 60,
    "ចិតសិប": 70,
    "ចិតសឹប": 70,
    "ប៉ែតសិប": 80,
    "កៅសិប": 90,
}
_KHMER_SCALES = {"រយ": 100, "ពាន់": 1000, "ម៉ឺន": 10**4, "សែន": 10**5, "លាន": 10**6, "កោដិ": 10**7, "ប៊ីលាន": 10**9}
_KHMER_WORD = "(?:" + "|".join(sorted((*_KHMER_UNITS, *_KHMER_SCALES), key=len, reverse=True)) + ")"
_KHMER_SCALE = "(?:" + "|".join(_KHMER_SCALES) + ")"
_EACH_KHMER_WORD = re.compile(_KHMER_WORD)
# 9 is written as 5 and 4 are: a row of them is read in one way, the longest words first, and never anew in another.
_KHMER_NUMBER = f"(?:{_KHMER_WORD})++"
_ALL_KHMER = re.compile(_KHMER_NUMBER)

# One number word of a language; several in a row are a number.
NUMBER_WORD = {"en": _WORD, "km": _KHMER_WORD}

# A scale that follows without brackets is part of what stands before them: that there is one way to read a number is
# what keeps a row of a thousand number words from being read in all ways.
_BRACKETS = r"\s*\([^()]{1,80}\)"
ENGLISH = rf"(?:(?:{_DIGITS}{_SCALED}|{_ENGLISH_WORDS})(?:{_BRACKETS}{_SCALED})?)"
KHMER = rf"(?:(?:{_DIGITS}{_KHMER_SCALE}*+|{_KHMER_NUMBER})(?:{_BRACKETS}{_KHMER_SCALE}*+)?)"

# Where a number is longer or larger, what it is multiplied and divided by later would leave the range of a float.
_LONGEST, _LARGEST = 250, 10**15

_PARTS = re.compile(r"(?P<main>[^()]+)(?:\((?P<other>[^()]*)\)(?P<scale>[^()]*))?", re.DOTALL)
_ENGLISH_SCALE = re.compile(r"hundred|thousand|million|billion", re.IGNORECASE)
_EACH_KHMER_SCALE = re.compile(_KHMER_SCALE)
_ENDS_IN_SCALE = re.compile(rf"(?:(?:hundred|thousand|million|billion|{_KHMER_SCALE})\s*)+$", re.IGNORECASE)
_GROUPED = re.compile(r"\d{1,3}(?:([.,])\d{3})(?:\1\d{3})*")
_DECIMAL = re.compile(r"\d+[.,]\d{1,2}")


@dataclass(frozen=True, slots=True)
class Amount:
    """A number and, where the text writes it twice, what the second writing says.

    ``value`` is the one to go by: the words where digits and words disagree, as lawyers read them.
    """

    value: float
    digits: float | None = None
    words: float | None = None
    well_grouped: bool = True

    @property
    def disagrees(self) -> bool:
        return self.digits is not None and self.words is not None and self.digits != self.words

    def mismatch(self, start: int, end: int) -> NumberMismatch | None:
        """What is doubtful of this number, which stands at ``start:end``; None where nothing is."""
        is_doubtful = self.disagrees or not self.well_grouped
        return NumberMismatch(start, end, self.digits, self.words) if is_doubtful else None


@dataclass(frozen=True, slots=True)
class NumberMismatch:
    """A number whose digits and words disagree, or whose digits are not in groups of three."""

    start: int
    end: int
    digits: float | None
    words: float | None


@lru_cache(1024)  # laws name the same few over and over
def parse_number(text: str) -> Amount | None:
    """Read a number in digits, words or both; None where it is neither, or larger than any that a law means.

    >>> parse_number("100,000").value, parse_number("two (2)").value, parse_number("2.5 million").value
    (100000, 2, 2500000)
    >>> parse_number("១.០០០.០០០(មួយលាន)").value, parse_number("ហុកសិប").value
    (1000000, 60)
    >>> parse_number("6 (five)")
    Amount(value=5, digits=6, words=5, well_grouped=True)
    """
    parts = _PARTS.fullmatch(text.strip())
    if parts is None or len(text) > _LONGEST:
        return None
    scale = _scale(parts["scale"] or "")
    read = [_one(part, scale) for part in (parts["main"], parts["other"]) if part]
    digits = next((value for value, is_digits, _ in read if is_digits and value is not None), None)
    words = next((value for value, is_digits, _ in read if not is_digits and value is not None), None)
    chosen = digits if words is None else words
    if chosen is None or chosen >= _LARGEST:
        return None
    return Amount(whole(chosen), digits, words, all(well for _, _, well in read))


def shares_scale(low: str, high: str) -> int:
    """The scale that the first number of a range shares with the second, or 1: ``10 to 50 million`` is 10 million.

    >>> shares_scale("10", "50 million"), shares_scale("500,000", "2 million"), shares_scale("ដប់", "ហាសិបលាន")
    (1000000, 1, 1000000)
    """
    first, scale = parse_number(low), _last_scale(high)
    if first is None or scale == 1 or _last_scale(low) != 1:
        return 1
    return scale if first.value < min(scale, 1000) else 1


def _last_scale(text: str) -> int:
    """The scale words that end a number, outside its bracket or else inside it."""
    parts = _PARTS.fullmatch(text.strip())
    if parts is None or len(text) > _LONGEST:
        return 1
    for part in (parts["scale"], parts["main"]):
        if part and (match := _ENDS_IN_SCALE.search(part.strip())):
            return _scale(match[0])
    return 1


def _one(part: str, scale: int) -> tuple[float | None, bool, bool]:
    """The value of one writing, whether it is in digits, and whether its digits are in groups of three."""
    part = part.strip()
    if match := re.match(r"\d[\d.,]*", part):
        digits = match[0].rstrip(".,")
        value, well = _digits(digits)
        rest = part[len(digits) :].strip()
        own = _scale(rest)
        return whole(value * own * scale), True, well
    words = _english(part) if part.isascii() else _khmer(part)
    return (None if words is None else whole(words * scale)), False, True


def _digits(text: str) -> tuple[float, bool]:
    if text.isdecimal():
        return int(text), True
    bare = re.sub("[.,]", "", text)
    if _GROUPED.fullmatch(text):
        return int(bare), True
    whole, _, decimals = text.rpartition(".")
    if decimals and len(decimals) < 3 and (whole.isdecimal() or _GROUPED.fullmatch(whole)):  # 2.5; 1,000.00
        return float(re.sub(",", "", text)), True
    if _DECIMAL.fullmatch(text):
        return float(text.replace(",", ".")), True
    return int(bare), False


def _scale(text: str) -> int:
    value = 1
    for word in _ENGLISH_SCALE.findall(text):
        value = min(value * _SCALES[word.lower()], _LARGEST)
    for word in _EACH_KHMER_SCALE.findall(text):
        value = min(value * _KHMER_SCALES[word], _LARGEST)
    return value


def _english(text: str) -> float | None:
    total = current = 0
    number_words = [word for word in re.split(r"[\s-]+", text.lower()) if word not in ("and", "")]
    if number_words and number_words[0] == "a":
        number_words[0] = "one"
    for word in number_words:
        if word in _WORDS:
            current += _WORDS[word]
        elif word == "hundred":
            current = max(current, 1) * 100
        elif word in _SCALES:
            total, current = total + max(current, 1) * _SCALES[word], 0
        else:
            return None
    return total + current if number_words else None


def _khmer(text: str) -> float | None:
    """``ដប់ប្រាំពាន់``: below each scale a number of its own; ``មួយរយលាន``: a scale of a scale."""
    text = re.sub(r"\s", "", text)
    if not _ALL_KHMER.fullmatch(text):
        return None
    total = current = 0
    for word in _EACH_KHMER_WORD.findall(text):
        if word in _KHMER_UNITS:
            current += _KHMER_UNITS[word]
            continue
        scale = _KHMER_SCALES[word]
        smaller = total % scale if total else 0  # what was said since the last larger scale is multiplied too
        total, current = total - smaller + max(smaller + current, 1) * scale, 0
    return total + current


def whole(value: float) -> float:
    """A number as an integer where it is one."""
    return int(value) if value == int(value) else value


_DIGIT_TOKEN = re.compile(r"\d[\d.,\u00a0\u202f ]*")
_ENGLISH_TOKEN = re.compile(f"{NUMBER_WORD['en']}(?:-{NUMBER_WORD['en']})*", re.IGNORECASE)
_KHMER_TOKEN = re.compile(_KHMER_NUMBER)
_BRACKETED_DIGITS = re.compile(r"\(\d{1,4}\)")
_GROUPED_IN_TEXT = re.compile(r"(?<![\d.,])\d{1,3}(?:([.,\u00a0\u202f ])\d{3})(?:\1\d{3})*(?![\d]|[.,]\d)")
# Tokens that a bracket with the number in words may hold: "(one hundred and fifty thousand riel)".
_LONGEST_BRACKET = 16
_IN_BRACKET = {"and", "-", "\u200b", *CURRENCIES["english"], *CURRENCIES["khmer"]}
_SPELLINGS = (("អោយ", "ឱ្យ"), ("ឱយ", "ឱ្យ"), ("ពត៌មាន", "ព័ត៌មាន"), ("ពត័មាន", "ព័ត៌មាន"))
# A nasal before a consonant is written with a sign or with a letter and a subscript: សំដី, សម្តី.
_NASAL = re.compile("(?:\u17c6|\u1798\u17d2)(?P<next>[\u1780-\u17a2])")


def join_amounts(tokens: Sequence[str]) -> list[str]:
    """Words, with each amount that is written in several of them as one; joined they give the same text.

    >>> join_amounts(["១០០.០០០", " ", "(", "មួយ", "សែន", ")", " ", "រៀល"])
    ['១០០.០០០ (មួយសែន)', ' ', 'រៀល']
    >>> join_amounts(["one", " ", "(1)", " ", "year"])
    ['one (1)', ' ', 'year']
    """
    joined: list[str] = []
    done = 0
    for at in [at for at, kind in enumerate(map(_kind, tokens)) if kind]:
        if at >= done:
            joined += tokens[done:at]
            done = _amount_end(tokens, at)
            joined.append(tokens[at] if done - at == 1 else "".join(tokens[at:done]))
    joined += tokens[done:]
    return joined


def _amount_end(tokens: Sequence[str], at: int) -> int:
    """Where the amount ends that begins at a number."""
    kind = _kind(tokens[at])
    end = _words_end(tokens, at + 1) if kind == "words" else at + 1
    bracket = _bracket_end(tokens, end, kind)
    if bracket:
        end = bracket
    after = end + 1 if end < len(tokens) and tokens[end].isspace() else end
    # "10 million", "១០ លាន": the scale is part of the number.
    if kind == "digits" and not bracket and after < len(tokens) and _is_scale(tokens[after]):
        end = _bracket_end(tokens, after + 1, kind) or after + 1
    return end


def _words_end(tokens: Sequence[str], at: int) -> int:
    """Where number words end that begin before ``at``."""
    end = at
    while end < len(tokens):
        if _kind(tokens[end]) == "words":
            end += 1
        elif tokens[end] in (" ", "\u200b") and end + 1 < len(tokens):
            # Two number words with a space between are one number in "ten million", and not in "one two".
            pair = (tokens[end - 1], tokens[end + 1])
            if not all(_kind(word) == "words" for word in pair) or not any(_is_scale(word) for word in pair):
                break
            end += 2
        else:
            break
    return end


def _bracket_end(tokens: Sequence[str], at: int, kind: str) -> int:
    """Where a bracket ends that says the number a second time, in the other way; 0 where there is none."""
    start = at + 1 if at < len(tokens) and tokens[at].isspace() and "\n" not in tokens[at] else at
    if start >= len(tokens):
        return 0
    if kind == "words" and _BRACKETED_DIGITS.fullmatch(tokens[start]):
        return start + 1
    if tokens[start] != "(":
        return 0
    inside: set[str] = set()
    for end in range(start + 1, min(start + _LONGEST_BRACKET, len(tokens))):
        word = tokens[end]
        if word == ")":
            return end + 1 if inside and kind not in inside else 0
        if own := _kind(word):
            inside.add(own)
        elif not word.isspace() and word not in _IN_BRACKET:
            return 0
    return 0


@lru_cache(maxsize=1 << 16)
def _kind(token: str) -> str:
    """Whether a word is a number in ``digits`` or in ``words``; empty where it is neither."""
    if token[0].isdecimal():
        return "digits" if _DIGIT_TOKEN.fullmatch(token) else ""
    if token.isascii():
        return "words" if _ENGLISH_TOKEN.fullmatch(token) else ""
    return "words" if _KHMER_TOKEN.fullmatch(token.replace("\u200b", "")) else ""


@lru_cache(maxsize=1 << 12)
def _is_scale(token: str) -> bool:
    return token.replace("\u200b", "") in _KHMER_SCALES or token.lower() in _SCALES


def is_amount(text: str) -> bool:
    """Whether a text is one amount and nothing else, as :func:`join_amounts` makes them.

    >>> is_amount("១០.០០០.០០០ (ដប់លាន)"), is_amount("five"), is_amount("(5)")
    (True, True, False)
    """
    tokens = words(text, "km") if text else []
    return bool(tokens) and _kind(tokens[0]) != "" and len(join_amounts(tokens)) == 1


def ascii_digits(text: str) -> str:
    """The text with the decimal digits of any script as those of ASCII."""
    if text.isascii():
        return text
    return "".join(str(unicodedata.decimal(sign)) if sign.isdecimal() else sign for sign in text)


def fold_spelling(text: str, language: str) -> str:
    """A normal form with what is spelling alone made one: digits, their grouping, variants of Khmer words.

    >>> fold_spelling("១០.០០០.០០០ រៀល", "km") == fold_spelling("10,000,000 រៀល", "km")
    True
    >>> fold_spelling("សំដី អោយ", "km") == fold_spelling("សម្តី ឱ្យ", "km")
    True
    """
    folded = _GROUPED_IN_TEXT.sub(lambda match: _ungrouped(match, language), ascii_digits(text))
    if text.isascii():
        return folded
    for variant, spelling in _SPELLINGS:
        folded = folded.replace(variant, spelling)
    return _NASAL.sub(lambda match: "\u17c6" + ("ត" if match["next"] == "ដ" else match["next"]), folded)


def _ungrouped(match: re.Match[str], language: str) -> str:
    """The digits alone; one group after a point is a decimal or the number of a section where English is written."""
    if match[1] == "." and language != "km" and match[0].count(".") == 1:
        return match[0]
    return re.sub(r"\D", "", match[0])
