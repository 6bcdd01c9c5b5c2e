"""Numbers and spellings of one meaning: amounts as one word, digits of either script, grouping, variant spellings."""

import re
import unicodedata
from collections.abc import Sequence
from functools import lru_cache

from lawcompare.engine.text.amounts import NUMBER_WORD
from lawcompare.engine.text.words import words

_DIGITS = re.compile(r"\d[\d.,\u00a0\u202f ]*")
_ENGLISH_WORD = re.compile(f"{NUMBER_WORD['en']}(?:-{NUMBER_WORD['en']})*", re.IGNORECASE)
_KHMER_WORDS = re.compile(f"{NUMBER_WORD['km']}+")
_BRACKETED_DIGITS = re.compile(r"\(\d{1,4}\)")
_GROUPED = re.compile(r"(?<![\d.,])\d{1,3}(?:([.,\u00a0\u202f ])\d{3})(?:\1\d{3})*(?![\d]|[.,]\d)")
# Tokens that a bracket with the number in words may hold: "(one hundred and fifty thousand)".
_LONGEST_BRACKET = 16
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
        elif tokens[end] in (" ", "\u200b") and end + 1 < len(tokens) and _are_one_number(tokens, end - 1, end + 1):
            end += 2
        else:
            break
    return end


def _are_one_number(tokens: Sequence[str], at: int, following: int) -> bool:
    """Whether two number words with a space between are one number: "ten million", and not "one two"."""
    pair = (tokens[at], tokens[following])
    return all(_kind(word) == "words" for word in pair) and any(_is_scale(word) for word in pair)


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
        elif not word.isspace() and word not in ("and", "-", "\u200b", "រៀល", "riel"):
            return 0
    return 0


@lru_cache(maxsize=1 << 16)
def _kind(token: str) -> str:
    """Whether a word is a number in ``digits`` or in ``words``; empty where it is neither."""
    if token[0].isdecimal():
        return "digits" if _DIGITS.fullmatch(token) else ""
    if token.isascii():
        return "words" if _ENGLISH_WORD.fullmatch(token) else ""
    return "words" if _KHMER_WORDS.fullmatch(token.replace("\u200b", "")) else ""


@lru_cache(maxsize=1 << 12)
def _is_scale(token: str) -> bool:
    return token.replace("\u200b", "") in ("រយ", "ពាន់", "ម៉ឺន", "សែន", "លាន", "កោដិ", "ប៊ីលាន") or token.lower() in (
        *("hundred", "thousand", "million", "billion"),
    )


def is_amount(text: str) -> bool:
    """Whether a text is one amount and nothing else, as :func:`join_amounts` makes them.

    >>> is_amount("១០.០០០.០០០ (ដប់លាន)"), is_amount("five"), is_amount("(5)")
    (True, True, False)
    """
    tokens = words(text, "km") if text else []
    return bool(tokens) and _kind(tokens[0]) != "" and len(join_amounts(tokens)) == 1


def fold_spelling(text: str, language: str) -> str:
    """A normal form with what is spelling alone made one: digits, their grouping, variants of Khmer words.

    >>> fold_spelling("១០.០០០.០០០ រៀល", "km") == fold_spelling("10,000,000 រៀល", "km")
    True
    >>> fold_spelling("សំដី អោយ", "km") == fold_spelling("សម្តី ឱ្យ", "km")
    True
    """
    if text.isascii():
        return _GROUPED.sub(lambda match: _ungrouped(match, language), text)
    folded = "".join(str(unicodedata.decimal(sign)) if sign.isdecimal() else sign for sign in text)
    folded = _GROUPED.sub(lambda match: _ungrouped(match, language), folded)
    for variant, spelling in _SPELLINGS:
        folded = folded.replace(variant, spelling)
    return _NASAL.sub(lambda match: "\u17c6" + ("ត" if match["next"] == "ដ" else match["next"]), folded)


def _ungrouped(match: re.Match[str], language: str) -> str:
    """The digits alone; one group after a point is a decimal or the number of a section where English is written."""
    if match[1] == "." and language != "km" and match[0].count(".") == 1:
        return match[0]
    return re.sub(r"\D", "", match[0])
