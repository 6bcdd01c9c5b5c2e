"""Which lines of a text are headings of clauses, and how the kinds of heading nest; the first half of ``segment``.

The law itself is asked: whether sections are inside articles or articles inside sections is seen from where their
numbers begin again.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import permutations

from lawcompare.engine.document import NOTHING
from lawcompare.engine.structure.headings import (
    Heading,
    is_titlelike,
    looks_like_heading,
    parse_heading,
    parse_unnumbered,
)
from lawcompare.engine.structure.lists.list_levels import read_mark
from lawcompare.engine.structure.numbering import ORDER, SUFFIX_ALONE, ClauseNumber

# A reader puts these around words that the source sets apart as a heading inside a paragraph (bold, small capitals).
LEAD_START, LEAD_END = "\ufdd0", "\ufdd1"
ROW = "|"
UNITS = frozenset({"article", "section", "rule"})

# An opening quotation mark and what closes it; how an amendment leads to the words it puts in.
_QUOTES = {"“": "”", "‘": "’", "«": "»", '"': '"'}
_AMENDS = re.compile(
    r"(?:insert|substitut|replac|add|amend|read|following|ជំនួស|បន្ថែម|ដូចខាងក្រោម|កែប្រែ|ដូចតទៅ)[^.]{0,200}[:៖—–]\s*$",
    re.IGNORECASE,
)
_LONGEST_QUOTE = 300  # blocks
_MOST_SKIPPED = 12  # numbers that may be missing before a heading without a mark after its number
MOSTLY = 0.6
# "(Purpose)" on the line above "Article 1", as Japan prints it; "[Section 3.]" under a schedule.
_BRACKETED_LINE = re.compile(r"[(（][^()（）]{2,120}[)）]")
_REFERENCE = re.compile(r"\[[^\]]*\]\.?")

_Adjacent = Counter[tuple[str, str]]

CONTENTS = re.compile(
    r"^\W*(?:table of |arrangement of |list of )?(?:contents|articles|sections|provisions|clauses|regulations)\W*$"
    r"|^\W*(?:(?:តារាង)?មាតិកា(?:ពិស្តារ|ពិស្ដារ)?|សារបាញ)\W*$",
    re.I,
)


@dataclass(frozen=True, slots=True)
class Block:
    """A paragraph or heading of the source.

    ``level``      1 to 6 where the source marks it as a heading, else 0
    ``indent``     columns (or levels) it is set in by, where the source says
    ``starts``     False where it is only a wrapped line that looks like the beginning of a clause
    ``flush``      text that goes on after the sub-clauses: ``""`` of the heading above, ``"(a)"`` of that sub-clause;
                   ``ROW`` of a row of a table, which stays with what stands above it
    ``furniture``  the name of the furniture it is, where it is no law text
    ``attributes`` what the source says about the clause that the block begins or stands in
    ``apart``      whether the number it begins with stands in a table cell or column of its own
    """

    text: str
    line: int = 0
    level: int = 0
    indent: int | None = None
    starts: bool = True
    flush: str | None = None
    furniture: str = ""
    attributes: Mapping[str, str] = NOTHING
    number_in_cell: bool = False

    @property
    def plain(self) -> str:
        """The words without the marks of a heading inside a paragraph."""
        return self.text.replace(LEAD_START, "").replace(LEAD_END, "").strip()


@dataclass(slots=True)
class OutlineItem:
    """A block and the heading it is read as, if any."""

    block: Block
    heading: Heading | None = None
    named: tuple[str, str] | None = None
    is_quoted: bool = False  # inside words that an amendment puts into another law
    is_doubtful: bool = False  # looks like the heading of an article and is read as words inside one
    title: str = ""  # the heading of a unit that stands on a line of its own above its number

    @property
    def element(self) -> str:
        return self.heading.element if self.heading else ""

    @property
    def rest(self) -> str:
        """The words after the number of the heading."""
        return self.heading.rest if self.heading else ""

    @property
    def key(self) -> tuple[str, object]:
        assert self.heading is not None
        return self.heading.element, self.heading.value or self.heading.num


def read_items(blocks: Sequence[Block]) -> list[OutlineItem]:
    """Read each block as a heading where it has the form of one and the sequence of numbers allows it."""
    items: list[OutlineItem] = []
    for block in blocks:
        if items and (joined := _with_suffix_below(items[-1], block)):
            items[-1] = joined
            continue
        heading = parse_heading(block.plain) if block.flush is None else None
        items.append(OutlineItem(block, heading, None if heading else parse_unnumbered(block.plain)))
    _drop_quoted(items)
    _drop_mentions(items)
    return items


def _with_suffix_below(above: OutlineItem, block: Block) -> OutlineItem | None:
    """A heading with what the line below it adds to its number: "Article 49", and under it "(bis)"."""
    suffix = SUFFIX_ALONE.match(block.plain) if above.heading and not above.heading.rest else None
    if suffix is None or not (suffix[0].startswith("(") or suffix[0] == block.plain):
        return None
    whole = replace(above.block, text=f"{above.block.plain} {block.plain}")
    heading = parse_heading(whole.plain)
    return (
        OutlineItem(whole, heading) if heading and above.heading and len(heading.num) > len(above.heading.num) else None
    )


def _drop_quoted(items: Sequence[OutlineItem]) -> None:
    """What is headed inside the quoted words of an amendment is the amended law's."""
    for at in range(1, len(items)):
        opening = items[at].block.plain[:1]
        if items[at].is_quoted or opening not in _QUOTES or not _AMENDS.search(items[at - 1].block.plain):
            continue
        end = _end_of_quote(items, at, _QUOTES[opening])
        for item in items[at : end + 1] if end is not None else ():
            item.heading, item.named, item.is_quoted = None, None, True


def _end_of_quote(items: Sequence[OutlineItem], start: int, closing_mark: str) -> int | None:
    """The place where the quotation that begins at ``start`` is closed; None where the law itself goes on before."""
    closing = re.compile(rf"{closing_mark}[.;,។]?(?:\s*(?:and|or|និង|ឬ))?\s*$")
    own = next((item for item in reversed(items[:start]) if item.element in UNITS), None)
    last = own.heading.value if own is not None and own.heading is not None else None
    for place in range(start, min(start + _LONGEST_QUOTE, len(items))):
        heading = items[place].heading
        if heading is not None and heading.value is not None and heading.element in UNITS:
            follows = last is not None and own is not None and own.element == heading.element
            if last is None or (follows and heading.value.follows(last)):
                return None
        if closing.search(items[place].block.plain):
            return place
    return None


def with_headings_in_brackets(items: Sequence[OutlineItem]) -> list[OutlineItem]:
    """The items with the lines in brackets that stand above most articles as the headings of these."""
    units = [at for at, item in enumerate(items) if item.element in UNITS]
    above = {
        at - 1
        for at in units
        if at
        and items[at - 1].heading is None
        and items[at - 1].named is None
        and _BRACKETED_LINE.fullmatch(items[at - 1].block.plain)
    }
    if len(above) < 2 or len(above) < MOSTLY * len(units):
        return list(items)
    for at in above:
        items[at + 1].title = items[at].block.plain
    return [item for at, item in enumerate(items) if at not in above]


def _drop_mentions(items: Sequence[OutlineItem]) -> None:
    """ "Article 28 of this law …" at the beginning of a line is no heading: decided by form, then by sequence."""
    last: dict[str, ClauseNumber | None] = {}
    for at, item in enumerate(items):
        heading = item.heading
        if heading is None:
            # "Chapter IV", and under it "Supplementary Provisions"
            is_title = at > 0 and items[at - 1].heading is not None and not items[at - 1].rest
            if item.named is not None and item.named[0] == "schedule" and not is_title:
                last.clear()  # its articles are counted from one again
            continue
        words = item.block.plain
        is_reference = _REFERENCE.fullmatch(words) and not words.startswith("[§") and not heading.rest.strip("].")
        if is_reference or (not item.block.level and not _believed(items, at, heading, last.get(heading.element))):
            item.heading = None
            is_own = item.block.starts and heading.element in UNITS and not is_reference
            item.is_doubtful = is_own and looks_like_heading(heading)
            continue
        last[heading.element] = heading.until or heading.value
        if heading.element not in UNITS:
            for inner in set(ORDER[ORDER.index(heading.element) + 1 :]) - UNITS:
                last.pop(inner, None)


def _believed(items: Sequence[OutlineItem], at: int, heading: Heading, last: ClauseNumber | None) -> bool:
    item = items[at]
    if heading.goes_on:
        return False
    expected = heading.value is not None and (heading.value.follows(last) if last else heading.value.base == 1)
    marked = _is_marked(heading)
    if item.block.starts and marked:
        return True
    ahead = last is not None and heading.value is not None and last < heading.value
    is_title = is_titlelike(heading.rest)
    if item.block.starts and is_title and (expected or heading.element not in UNITS or last is None):
        return True
    if not item.block.starts and heading.rest and not marked:
        return False
    value = heading.value
    is_near = (expected or ahead) and value is not None and value.base - (last.base if last else 0) <= _MOST_SKIPPED
    if item.block.starts and is_near and (is_title or heading.rest[:1].isupper()):
        # "Section 7 Whoever …": such laws set no mark after the number. What has one and comes later is surer.
        same = (other.heading for other in items[at + 1 :] if other.heading and other.key == item.key)
        return not any(not other.goes_on and _is_marked(other) for other in same)
    if not expected and not (ahead and heading.rest and marked and is_titlelike(heading.rest, most_words=14)):
        return False
    # A wrapped line that would be the next heading: unless the real one still comes.
    for later in range(at + 1, len(items)):
        other = items[later]
        if other.heading and other.block.starts and other.element == heading.element:
            return other.heading.value != heading.value
    return True


def _is_marked(heading: Heading) -> bool:
    """Whether a heading stands alone or has a mark after its number."""
    return bool(heading.separator.strip()) or not heading.rest


def order_of(items: Sequence[OutlineItem]) -> dict[str, int]:
    """Rank of each kind of heading, outermost 0.

    A kind whose numbers begin again is inside the kind that stands at each new beginning. Where nothing begins again,
    the levels of the source decide, then the usual order.
    """
    kinds = sorted({item.element for item in items if item.heading}, key=ORDER.index)
    inner_of: dict[str, set[str]] = {kind: set() for kind in kinds}
    headings = [item for item in items if item.heading]
    adjacent = _adjacent(items)
    for evidence in (_restarts, _follows_at_once, _deeper):
        for outer, inner in permutations(kinds, 2):
            if not _reaches(inner_of, inner, outer) and evidence(headings, adjacent, outer, inner):
                inner_of[outer].add(inner)
    order: dict[str, int] = {}
    while len(order) < len(kinds):
        free = [kind for kind in kinds if kind not in order]
        held = {inner for kind in free for inner in inner_of[kind]}
        # "schedule" is a part of the law beside all others; then the usual order among what nothing holds back.
        order[min(free, key=lambda kind: (kind != "schedule", kind in held, ORDER.index(kind)))] = len(order)
    order.setdefault("schedule", -1)
    order.setdefault("preamble", min((order[kind] for kind in kinds if kind in UNITS), default=0))
    return order


def _reaches(inner_of: Mapping[str, set[str]], start: str, goal: str) -> bool:
    reached, waiting = {start}, [start]
    while waiting:
        for inner in inner_of[waiting.pop()] - reached:
            reached.add(inner)
            waiting.append(inner)
    return goal in reached


def _follows_at_once(headings: Sequence[OutlineItem], adjacent: _Adjacent, outer: str, inner: str) -> bool:
    """Whether headings of one kind come right after headings of the other, and never the other way round."""
    kinds = {item.element for item in headings}
    if {outer, inner} & ({"schedule", "article", "rule"} | (set() if "article" in kinds else {"section"})):
        return False
    return adjacent[outer, inner] > 0 and adjacent[inner, outer] == 0


def _adjacent(items: Sequence[OutlineItem]) -> _Adjacent:
    """How often a heading of one kind stands right above one of another, with nothing but its title between."""
    counts: _Adjacent = Counter()
    above, between = "", 0
    for item in items:
        if item.heading:
            if above and between <= 1:
                counts[above, item.element] += 1
            above, between = item.element, 0
        else:
            between += 1 if item.block.level or is_titlelike(item.block.plain) else 9
    return counts


def _deeper(headings: Sequence[OutlineItem], _adjacent: _Adjacent, outer: str, inner: str) -> bool:
    """Whether the source marks all headings of one kind as deeper than all of the other."""
    if "schedule" in (outer, inner):
        return False
    levels = [[item.block.level for item in headings if item.element == kind] for kind in (outer, inner)]
    return all(levels[0]) and all(levels[1]) and max(levels[0]) < min(levels[1])


def _restarts(headings: Sequence[OutlineItem], _adjacent: _Adjacent, outer: str, inner: str) -> bool:
    """Whether the numbers of ``inner`` begin at one again exactly where a new ``outer`` has begun."""
    if "schedule" in (outer, inner):
        return False
    restarts, fresh = 0, False
    last: ClauseNumber | None = None
    for item in headings:
        if item.element == outer:
            fresh = True
        elif item.element == inner and item.heading and item.heading.value:
            value = item.heading.value
            if last is not None and value.base == 1 and last.base >= 1 and not value.suffixes:
                if not fresh:
                    return False
                restarts += 1
            elif fresh and last is not None:
                return False
            last, fresh = value, False
    return restarts > 0


def division_names(items: Sequence[OutlineItem], order: Mapping[str, int]) -> dict[str, str]:
    """Element names where a word is used for a level above the articles, as in ``SECTION 1`` of a treaty or ផ្នែក.

    ``section`` is a unit that is compared by itself; a section that holds articles is a ``division`` of the law.
    """
    kinds = {item.element for item in items if item.heading}
    names = {"subsection": "subdivision"}
    if "article" in kinds and "section" in kinds and order["section"] < order["article"]:
        names["section"] = "division" if "division" not in kinds else "subdivision"
    return names


def elements_by_level(items: Sequence[OutlineItem], names: Mapping[str, str]) -> dict[int, str]:
    """The kind of clause that most numbered headings of each level begin."""
    by_level: dict[int, Counter[str]] = defaultdict(Counter)
    for item in items:
        if item.heading and item.block.level:
            by_level[item.block.level][names.get(item.element, item.element)] += 1
    return {level: counts.most_common(1)[0][0] for level, counts in by_level.items()}


# Headings between sections that hold none of them ("Ferry masters", "Offences"): Akoma Ntoso calls them crossHeading.
# Without them such a line would be read as the last words of the section above it.

CROSS_HEADING = "crossHeading"
_MOST_WORDS = 10
_SHORT = 3
_SENTENCE_ENDS = re.compile(r"[.!?។]['\"”’)\]]*\s*$")
_FIRST_LETTER = re.compile(r"[^\W\d_]")
_KHMER = re.compile("[ក-៿]")  # Khmer drafts end sentences as they please, and set no such headings


def with_cross_headings(items: Sequence[OutlineItem]) -> list[OutlineItem]:
    """The items with the headings between sections named; only where most sections have headings of their own."""
    units = [at for at, item in enumerate(items) if item.element in UNITS]
    headed = sum(bool(items[at].title or items[at].block.level or is_titlelike(items[at].rest)) for at in units)
    for at in units if headed >= MOSTLY * len(units) else ():
        if at > 1 and _stands_between(items, at - 1):
            items[at - 1].named = (CROSS_HEADING, items[at - 1].block.plain)
    return list(items)


def _stands_between(items: Sequence[OutlineItem], at: int) -> bool:
    """Whether a line is such a heading: after the end of a sentence, or under a heading that has its words already."""
    item, above = items[at], items[at - 1]
    words = item.block.plain
    is_line = item.heading is None and item.named is None and not item.is_quoted and item.block.flush is None
    is_line = is_line and item.block.starts and not item.block.attributes and not item.block.level
    if not is_line or not is_titlelike(words, most_words=_MOST_WORDS) or not _FIRST_LETTER.match(words):
        return False
    if _KHMER.search(words) or read_mark(words) is not None or CONTENTS.match(words):
        return False
    if above.heading is not None and above.element not in UNITS:
        return bool(above.rest or above.title)
    if at > 1 and items[at - 2].element not in ("", *UNITS):  # "PART 1", "SAFETY", and then this line
        is_title = not items[at - 2].rest and is_titlelike(above.block.plain)
        return is_title and not (above.block.plain.isupper() and words.isupper())
    begun = any(earlier.heading is not None for earlier in items[max(at - 60, 0) : at])
    is_capital = words.isupper() and len(words) > _SHORT
    return begun and (is_capital or _SENTENCE_ENDS.search(above.block.plain) is not None)
