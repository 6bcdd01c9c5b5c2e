"""Telling changes that alter what a law says from those that do not."""

from collections.abc import Mapping, Sequence
from functools import lru_cache
from itertools import pairwise
from typing import Literal

import regex

from lawcompare.engine.text.amounts import CURRENCIES, ascii_digits, fold_spelling
from lawcompare.engine.text.normalise import normalise
from lawcompare.engine.text.words import has_no_spaces, is_number, is_word, words

Noise = Literal["", "renumbering", "cross-reference", "punctuation", "spelling", "whitespace", "page-number"]

_UNSEEN = regex.compile(r"[\s\u200b\u2060\ufeff\u00ad]+")
_UNSEEN_SIGN = regex.compile(r"[\u200b\u2060\ufeff\u00ad]")
_IN_WORD = regex.compile(r"['’\-\u2010\u2011\u00ad]")
_NUMBERED = (
    r"sub-?sections?|sections?|secs?\.|§§?|articles?|arts?\.|sub-?paragraphs?|paragraphs?|paras?\.|sub-?clauses?|clauses?"
    r"|chapters?|parts?|titles?|sub-?titles?|rules?|points?|items?|schedules?|annex(?:es)?|divisions?"
    r"|alinéas?|paragraphes?|sous-alinéas?|règles?|chapitres?|annexes?|parties?"
    r"|មាត្រា|កថាខណ្ឌ|ជំពូក|ផ្នែក|ចំណុច|វាក្យខណ្ឌ|គន្ថី|មាតិកា|第"
)
_LINKS = r"(?:[\s,;–—\-/]|\band\b|\bor\b|\bto\b|\bthrough\b|\bet\b|\bou\b|\bà\b|និង|ឬ|ដល់|及|或|至|[條条項项款])*"
_NUMBER = r"(?:\(?[\p{Nd}]+\p{Latin}{0,3}\)?|\(\p{Latin}{1,4}\)|\(\p{Khmer}\)|[〇零一二三四五六七八九十百千]+)"
_IN_REFERENCE = regex.compile(rf"(?i)(?:\b|(?<=\P{{Latin}}))(?:{_NUMBERED})\s*(?:{_NUMBER}{_LINKS})*\s*\Z")
# From where white space begins, not from each of its line breaks: a run of them would take the square of its time.
_BEGINS_PARAGRAPH = regex.compile(rf"(?i)(?:\A|(?<!\s)(?=\s*\n))\s*+(?P<word>(?:{_NUMBERED})\s*+)?\Z")
_BEGINS_ITEM = regex.compile(r"(?:\A|(?<!\s)(?=\s*\n)|[;:,.—–។៖；：。]|\b(?:and|or|et|ou)\b|និង|ឬ)\s*+\Z")
_ENDS_NUMBER = regex.compile(r"(?:\s*[.:)．、៖。–—\-](?!\s*\p{Nd}|\s*\Z)|\s*\n)")
# A line of a contents table: a title, leaders or a gap, the number of a page. It is looked at from its end, and no
# further back than _LEADERS_MAX: most texts are no table, and every redline asks.
_PAGE = regex.compile(r"(?:\p{Nd}{1,4}|[ivxl]{1,6})\Z")
_LEADERS = regex.compile(r"(?:\t|\.(?:\s?\.){2,}|…|\s{3})\s*\Z")
_LEADERS_MAX = 200
# Fewer lines are no table; and of a table nearly all lines are entries, the others its heads.
_ENTRIES_MIN, _ENTRIES_SHARE = 3, 0.6
_NAMES_CONTENTS = regex.compile(rf"(?i)\b(?:contents|page)\b|(?:\A|\n)\s*(?:{_NUMBERED})\s*{_NUMBER}|មាតិកា|ទំព័រ")
# A list of fees or terms may have leaders too, and there the number is the law.
_NAMES_AMOUNTS = regex.compile(
    rf"(?i)\p{{Sc}}|%|\b(?:(?:{'|'.join(CURRENCIES['english'])})s?|fees?|fines?|amounts?|rates?|penalt(?:y|ies)"
    r"|years?|months?|days?|hours?|price)\b"
    rf"|{'|'.join(CURRENCIES['khmer'])}|ពិន័យ|ឆ្នាំ|ខែ|ថ្ងៃ|កម្រៃ"
)
# A run in which more numbers differ is no renumbering; each looked at costs a look over the whole run.
_NUMBERS_LOOKED_AT = 50
_PLAIN_NUMBER = regex.compile(r"\p{Nd}{1,3}\p{L}{0,2}")
_CHAIN_BEFORE = regex.compile(rf"(?:{_NUMBER})+\Z")
_CHAIN_AFTER = regex.compile(r"\A(?:\([\p{Nd}\p{Latin}\p{Khmer}]{1,5}\))+")
_FIRST_NUMBER = regex.compile(
    r"\(?[\p{Nd}〇零一二三四五六七八九十百千].*|\(\p{L}{1,4}\).*|(?<!\p{L})(?:[IVXLC]+|\p{L})\Z", regex.DOTALL
)


@lru_cache(maxsize=8192)  # the same few stand beside most edits
def bare_number(number: str) -> str:
    """A clause number without the word that introduces it, digits as ASCII: what references are looked up by.

    >>> bare_number("Article 28"), bare_number("មាត្រា ២៨"), bare_number("§ 1030(a)(2)")
    ('28', '28', '1030(a)(2)')
    """
    match = _FIRST_NUMBER.search(number.strip())
    return regex.sub(r"[\s.:\-–—។៖條条]+\Z", "", ascii_digits(match[0] if match else number.strip()))


class Renumbered(dict[str, str]):
    """Old clause numbers and their new ones, both bare: made once for all redlines of two texts."""

    def __init__(self, numbers: Mapping[str, str]) -> None:
        super().__init__((bare_number(old), bare_number(new)) for old, new in numbers.items())


def is_same_spelling(old: str, new: str) -> bool:
    """Whether two runs of Khmer are the same words in two spellings, so that no cut inside them tells anything."""
    one, other = (fold_spelling(normalise(text, "km").text, "km") for text in (old, new))
    return one == other


def is_contents_table(text: str) -> bool:
    """Whether a text is a table of contents with page numbers; lists of amounts are none.

    >>> is_contents_table("Part 1 Fees .... 3\\nPart 2 Courts .... 9\\nPart 3 Appeals .... 12")
    False
    >>> is_contents_table("Part 1 Words .... 3\\nPart 2 Courts .... 9\\nPart 3 Appeals .... 12")
    True
    """
    lines = [line for line in text.split("\n") if line.strip()]
    if len(lines) < _ENTRIES_MIN:
        return False
    pages = [entry[1] for line in lines if (entry := _entry(line))]
    if len(pages) < max(_ENTRIES_MIN, _ENTRIES_SHARE * len(lines)):
        return False
    numbers = [int(page) for page in pages if page.isdecimal()]
    is_rising = all(one <= other for one, other in pairwise(numbers))
    return is_rising and bool(_NAMES_CONTENTS.search(text)) and not _NAMES_AMOUNTS.search(text)


def _entry(line: str) -> tuple[str, str] | None:
    """(title, number of the page) of a line of a contents table, or None."""
    line = line.rstrip()
    page = _PAGE.search(line, max(0, len(line) - 6))
    if page is None:
        return None
    leaders = _LEADERS.search(line, max(0, page.start() - _LEADERS_MAX), page.start())
    title = line[: leaders.start()].rstrip(" .…\t") if leaders else ""
    return (title, page[0]) if any(sign.isalpha() for sign in title) else None


def noise_of(
    deleted: str,
    inserted: str,
    *,
    before: tuple[str, str],
    after: str,
    renumbered: Mapping[str, str],
    language: str,
    in_contents: bool = False,
) -> Noise:
    """Class of one change; ``before`` is what precedes it in the old and in the new text, ``after`` what follows.

    ``renumbered`` has bare numbers (:func:`bare_number`) as keys and values. ``in_contents`` says that both texts are
    tables of contents, where the page of an entry is noise.
    """
    if in_contents and _is_page(deleted, inserted, before, after):
        return "page-number"
    old, new = normalise(deleted, language).text, normalise(inserted, language).text
    if _content(old, language) != _content(new, language):
        return _number_noise(deleted, inserted, before, after, renumbered, language)
    if _UNSEEN.sub("", fold_spelling(old, language)) != _UNSEEN.sub("", fold_spelling(new, language)):
        return "punctuation"
    is_space = _UNSEEN.sub("", deleted) == _UNSEEN.sub("", inserted) and not _UNSEEN_SIGN.search(deleted + inserted)
    return "whitespace" if is_space else "spelling"


def _is_page(deleted: str, inserted: str, before: tuple[str, str], after: str) -> bool:
    """Whether a change turns an entry of a contents table into the same entry on another page."""
    if "\n" in deleted + inserted:
        return False
    rest = after.split("\n", 1)[0]
    old, new = (
        _entry(head.rsplit("\n", 1)[-1] + words + rest) for head, words in zip(before, (deleted, inserted), strict=True)
    )
    return bool(old and new and old[0] == new[0])


def _content(text: str, language: str) -> str:
    """Words and numbers alone. In a script with spaces these count (``may be``, ``maybe``); in a number all does."""
    spoken = []
    for word in words(fold_spelling(text, language), language):
        if has_no_spaces(word):
            spoken.append(_UNSEEN.sub("", word))
        elif is_number(word):
            spoken.append(f" {word} ")
        elif is_word(word):
            spoken.append(f" {_IN_WORD.sub('', word)} ")
    return "".join(spoken)


def _number_noise(
    deleted: str, inserted: str, before: tuple[str, str], after: str, renumbered: Mapping[str, str], language: str
) -> Noise:
    """Noise if the two differ in numbers alone and each of these is a clause's own, or follows its clause."""
    old_words, new_words = words(deleted, language), words(inserted, language)
    if len(old_words) != len(new_words):
        return ""
    pairs = [(old, new) for old, new in zip(old_words, new_words, strict=True) if old != new]
    if len(pairs) > _NUMBERS_LOOKED_AT or not all(
        (is_number(old) and is_number(new)) or (old.startswith("(") and new.startswith("(")) for old, new in pairs
    ):
        return ""
    classes: set[Noise] = set()
    for position, (old, new) in enumerate(zip(old_words, new_words, strict=True)):
        if old == new:
            continue
        heads = [head + "".join(side[:position]) for head, side in zip(before, (old_words, new_words), strict=True)]
        tails = ["".join(side[position + 1 :]) + after for side in (old_words, new_words)]
        classes.add(_token_noise((old, new), heads, tails, renumbered))
    return classes.pop() if len(classes) == 1 else ""


def _token_noise(
    numbers: tuple[str, str], heads: Sequence[str], tails: Sequence[str], renumbered: Mapping[str, str]
) -> Noise:
    """Class of one number in the place of another; ``heads`` is what precedes it in either text, ``tails`` follows."""
    is_marker = all(number.startswith("(") and is_word(number) for number in numbers)
    if not is_marker and not all(map(is_number, numbers)):
        return ""
    starts = _BEGINS_PARAGRAPH.search(heads[0])
    # ``12``, ``3a`` may number a paragraph; ``$5``, ``5%`` and ``2.000`` are amounts.
    is_short = all(map(_PLAIN_NUMBER.fullmatch, numbers))
    if starts and (is_marker or starts["word"] or is_short) and _ENDS_NUMBER.match(tails[0]):
        return "renumbering"
    if is_marker and starts and not starts["word"]:
        return "renumbering"
    if not _IN_REFERENCE.search(heads[0]):
        return "renumbering" if is_marker and _BEGINS_ITEM.search(heads[0]) else ""
    # The map of numbers may have the reference as a whole, or down to any of its levels.
    chains = [
        (match[0] if (match := _CHAIN_BEFORE.search(head)) else "") + number
        for head, number in zip(heads, numbers, strict=True)
    ]
    old_rest, new_rest = (match[0] if (match := _CHAIN_AFTER.search(tail)) else "" for tail in tails)
    ends = [at + 1 for at, sign in enumerate(old_rest) if sign == ")" and at < len(new_rest)]
    pairs = [chains, numbers, *((chains[0] + old_rest[:end], chains[1] + new_rest[:end]) for end in ends)]
    follows = any(renumbered.get(bare_number(one)) == bare_number(other) for one, other in pairs)
    return "cross-reference" if follows else ""
