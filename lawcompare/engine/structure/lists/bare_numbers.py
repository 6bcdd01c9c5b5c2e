"""Units that are headed by a bare number: ``1  Short title``, ``1. Short title``, ``1.`` under or above its heading.

So Australia, New Zealand, the United Kingdom, Canada and most of Africa print their sections. One such line proves
nothing, for lists look the same; the one sequence of numbers that runs through the whole law does.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import islice

from lawcompare.engine.structure.headings import Heading, is_titlelike
from lawcompare.engine.structure.lists.list_levels import read_mark
from lawcompare.engine.structure.numbering import ClauseNumber, read_number
from lawcompare.engine.structure.outline import LEAD_END, LEAD_START, MOSTLY, UNITS, Block, OutlineItem

_DATE = re.compile(
    r"(?:st|nd|rd|th)?\s*(?:(?:day\s)?of\s)?(?:january|february|march|april|may|june|july|august|september|october|"
    r"november|december)\b,?\s\d{4}",
    re.IGNORECASE,
)
# "1[4A." of Indian prints: the raised number of a note, and the bracket around what an amendment put in.
_NUMBER = re.compile(
    r"(?:\d{1,3}\[|\[)?(?P<num>\d{1,5}[A-Z]{0,3}(?:\s?(?:bis|ter|quater))?)(?![\w,/])"
    r"(?P<separator>\s*\.(?!\d)\s*(?:[–—-]\s*)?|\s*[–—]\s*|\s+|$)(?P<rest>.*)",
    re.DOTALL,
)
_STRONG_NUMBER = re.compile(rf"\s*{LEAD_START}\[?\d{{1,5}}[A-Z]{{0,3}}\.?{LEAD_END}")
_WIDE = re.compile("\t|[\u2002\u2003\u2001]| {2}|\u00a0 ")
_UNIT_WORDS = {
    "article": re.compile(r"\barticles?\s(?:\d|[ivx]+\b)|\bthis article\b", re.IGNORECASE),
    "section": re.compile(r"\bsections?\s\d|\bthis section\b", re.IGNORECASE),
    "rule": re.compile(r"\brules?\s\d|\bthis rule\b", re.IGNORECASE),
}
# Costs and gains of a sequence, in units of one number that follows on the one before it.
_LATE_START = 0.3
_SKIPPED = 0.3
_MOST_SKIPPED = 12
_HEADED, _DETACHED = 0.2, 0.5
# What a sequence must be to be the units of a law.
FEWEST = 3
MOST_WORDED = 0.34  # as many units with a word of their own ("Article 5") make bare numbers paragraphs
_LEAST_COVERED = 0.6
_LONGEST_HEADING = 200
_SCHEDULES_TRIED = 8
_LONGEST_BESIDE = 100  # of a heading that one space alone parts from its number
_LEAST_DISTINCT = 0.6
_USUAL_WORDS = 14
_LAYS_DOWN = re.compile(
    r"\b(?:shall|must|hereby|means|may not)\b|^(?:this|the) (?:act|law|section|article)\b", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class BareNumber:
    """A block that begins with a bare number: the number as printed, its value, and the words after it."""

    num: str
    value: ClauseNumber
    separator: str
    rest: str
    is_detached: bool  # marked as a heading, or a wide space or a table cell between number and words


def read_bare_number(block: Block, *, headed: bool = False) -> BareNumber | None:
    """The bare number a block begins with, or None; ``headed``: under a line that may be its heading.

    >>> bare = read_bare_number(Block("64A  Leases over 25 years"))
    >>> bare.num, bare.rest, read_bare_number(Block("1.000 riel")), read_bare_number(Block("28 days"))
    ('64A', 'Leases over 25 years', None, None)
    """
    match = _NUMBER.match(block.plain)
    if match is None or block.flush is not None:
        return None
    separator, rest = match["separator"], match["rest"].strip()
    if _DATE.match(rest):
        return None
    strong = _STRONG_NUMBER.match(block.text) is not None
    wide = bool(_WIDE.search(separator)) or bool(block.level) or block.number_in_cell or strong
    if not separator.strip() and rest:
        if not re.match(r"[^\W\d_]|[“\"‘'(\[]", rest) or rest[0].islower():
            return None
        if not (wide or headed) and (len(rest) > _LONGEST_BESIDE or not is_titlelike(rest)):
            return None
    value = read_number(match["num"], roman=False)
    return BareNumber(match["num"], value, separator, rest, wide) if value is not None else None


def with_bare_units(items: Sequence[OutlineItem]) -> list[OutlineItem]:
    """The items with the bare numbers that are units of the law read as headings."""
    chain = _units(items)
    if not chain:
        return list(items)
    # What the law calls its units where it refers to them; a section where it does not.
    text = "\n".join(item.block.plain for item in items)
    counts = {element: len(pattern.findall(text)) for element, pattern in _UNIT_WORDS.items()}
    element = max(counts, key=lambda element: (counts[element], element == "section"))
    bare = {at: number for at in chain if (number := _bare_number(items, at)) is not None}
    titled = [at for at in chain if _is_titled(items, at, bare[at])]
    above = [at for at in chain if at - 1 not in bare and _heads_from_above(items, at)]
    own_line = len(titled) >= MOSTLY * len(chain)
    consumed = {at - 1 for at in above} if not own_line and len(above) >= MOSTLY * len(chain) else set()
    units: list[OutlineItem] = []
    for at, item in enumerate(items):
        if at in consumed:
            continue
        number = bare.get(at)
        if number is None:
            units.append(item)
            continue
        heading = Heading(element, number.num, number.value, number.separator, number.rest)
        level = (item.block.level or 6) if own_line and _may_head(items, at, number) else 0
        title = items[at - 1].block.plain if at - 1 in consumed else ""
        units.append(OutlineItem(replace(item.block, level=level), heading, title=title))
    return units


def with_headings_on_own_lines(items: Sequence[OutlineItem]) -> list[OutlineItem]:
    """Where most units have their heading on the line of the number, and text below: long headings are headings too."""
    lines = [at for at, item in enumerate(items) if item.element in UNITS and item.heading and item.heading.rest]
    words = {at: _over_text(items, at) for at in lines if not items[at].block.level}
    untitled = [at for at in words if not is_titlelike(words[at], most_words=_USUAL_WORDS)]
    if not lines or len(lines) - len(untitled) < MOSTLY * len(lines):
        return list(items)
    long = {at for at in untitled if _is_one_phrase(words[at])}
    return [replace(item, block=replace(item.block, level=6)) if at in long else item for at, item in enumerate(items)]


def _over_text(items: Sequence[OutlineItem], at: int) -> str:
    """The words on the line of a number that has text and no other heading below; empty where there are none."""
    heading = items[at].heading
    following = items[at + 1] if at + 1 < len(items) else None
    if heading is None or following is None or following.heading is not None or re.match(r"\(\w{1,4}\)", heading.rest):
        return ""
    return heading.rest.removesuffix(".")


def _is_one_phrase(words: str) -> bool:
    """Whether words may be a heading among headings: one phrase that lays nothing down, whatever verb it has."""
    if not words or len(words) > _LONGEST_HEADING or re.search(r"[.;:]\s|[;:,—–]$", words):
        return False
    return not _LAYS_DOWN.search(words)


def _units(items: Sequence[OutlineItem]) -> list[int]:
    """The places of the one sequence of bare numbers that runs through the law; empty where there is none."""
    worded = sum(1 for item in items if item.element in UNITS)
    candidates = [
        (at, number)
        for at, item in enumerate(items)
        if item.heading is None and not item.is_quoted and (number := _bare_number(items, at)) is not None
    ]
    chain = longest_sequence(candidates, items)
    # Where the schedules begin, whose points are no sections; a few places are enough to try.
    schedules = (at for at, item in enumerate(items) if "schedule" in (item.element, *(item.named or ())[:1]))
    for at in islice(schedules, _SCHEDULES_TRIED):
        before = longest_sequence([each for each in candidates if each[0] < at], items)
        if len(before) >= max(FEWEST, MOSTLY * len(chain)):
            chain = before
            break
    if len(chain) < FEWEST or worded > MOST_WORDED * len(chain):
        return []
    places = set(chain)
    own = [number for at, number in candidates if at in places]
    rests = [number.rest for number in own if not number.is_detached and number.rest]
    if len(set(rests)) < _LEAST_DISTINCT * len(rests):
        return []  # page numbers beside a running head
    values = [number.value.base for number in own]
    if values[0] > FEWEST or len(set(values)) < _LEAST_COVERED * (values[-1] - values[0] + 1):
        return []
    if sum(1 for number in own if not number.rest) < MOSTLY * len(own):
        return chain
    # Numbers alone on their lines that the sequence lacks, where its own stand so: a chapter in a wrong place.
    known = {number.value for number in own}
    lacking: dict[ClauseNumber, list[int]] = {}
    for at, number in candidates:
        if not number.rest and number.separator.strip() and number.value not in known and chain[0] < at < chain[-1]:
            lacking.setdefault(number.value, []).append(at)
    highest = max(values)
    return sorted([*chain, *(at for value, (at, *more) in lacking.items() if not more and value.base < highest)])


def _bare_number(items: Sequence[OutlineItem], at: int) -> BareNumber | None:
    """The bare number of an item; where one space alone parts it from a sentence, only under a line like a heading."""
    number = read_bare_number(items[at].block)
    if number is not None or at == 0 or not items[at].block.plain[:1].isdigit():
        return number
    above = items[at - 1]
    words = above.block.plain
    is_line = above.heading is None and above.named is None and not above.block.furniture and not words[:1].isdigit()
    if not is_line or len(words) > _LONGEST_BESIDE or not is_titlelike(words.removesuffix(".")):
        return None
    return read_bare_number(items[at].block, headed=True)


def longest_sequence(candidates: Sequence[tuple[int, BareNumber]], items: Sequence[OutlineItem]) -> list[int]:
    """The places of the rising sequence of numbers with the fewest gaps, headings preferred."""
    ends: dict[int, dict[ClauseNumber, tuple[float, int]]] = {}
    before: list[int | None] = []
    best, last = 0.0, None
    for position, (at, number) in enumerate(candidates):
        value = number.value
        gain = 1.0 + (_DETACHED if number.is_detached else 0.0) + (_HEADED if _is_titled(items, at, number) else 0.0)
        score, previous = gain - _LATE_START * min(max(value.base - 1, 0), 2 * _MOST_SKIPPED), None
        for base in range(value.base, max(value.base - _MOST_SKIPPED, 0), -1):
            for earlier, (earlier_score, place) in ends.get(base, {}).items():
                # Some print 70AA before 70A: of one number, any other letter may follow where it is set apart.
                if not earlier < value and (earlier == value or not value.suffixes or not number.is_detached):
                    continue
                skipped = 0.0 if value.follows(earlier) else _SKIPPED * max(value.base - earlier.base, 1)
                if earlier_score + gain - skipped > score:
                    score, previous = earlier_score + gain - skipped, place
        before.append(previous)
        known = ends.setdefault(value.base, {})
        if value not in known or known[value][0] < score:
            known[value] = (score, position)
        if score > best:
            best, last = score, position
    chain: list[int] = []
    while last is not None:
        chain.append(candidates[last][0])
        last = before[last]
    return chain[::-1]


def _is_titled(items: Sequence[OutlineItem], at: int, number: BareNumber) -> bool:
    """Whether the words after the number are a heading, with text of its own below."""
    return is_titlelike(number.rest.removesuffix(".")) and _may_head(items, at, number)


def _may_head(items: Sequence[OutlineItem], at: int, number: BareNumber) -> bool:
    if not number.rest or len(number.rest) > _LONGEST_HEADING or re.search(r"[;:,—–]$", number.rest):
        return False
    if re.match(r"\(\w{1,4}\)", number.rest):
        return False
    following = items[at + 1] if at + 1 < len(items) else None
    return following is not None and (following.heading is None or following.block.level > 0)


def _heads_from_above(items: Sequence[OutlineItem], at: int) -> bool:
    above = items[at - 1] if at else None
    if above is None or above.heading is not None or above.named is not None or above.block.furniture:
        return False
    return is_titlelike(above.block.plain.removesuffix(".")) and read_mark(above.block.plain) is None
