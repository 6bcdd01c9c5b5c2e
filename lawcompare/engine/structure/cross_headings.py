"""Headings between sections that hold none of them ("Ferry masters", "Offences"): Akoma Ntoso calls them crossHeading.

Without them such a line would be read as the last words of the section above it.
"""

import re
from collections.abc import Sequence

from lawcompare.engine.structure.headings import is_titlelike
from lawcompare.engine.structure.lists.list_levels import read_mark
from lawcompare.engine.structure.outline import CONTENTS, MOSTLY, UNITS, OutlineItem

CROSS_HEADING = "crossHeading"
_MOST_WORDS = 10
_SHORT = 3
_SENTENCE_ENDS = re.compile(r"[.!?។]['\"”’)\]]*\s*$")
_FIRST_LETTER = re.compile(r"[^\W\d_]")
_KHMER = re.compile("[ក-៿]")  # Khmer drafts end sentences as they please, and set no such headings


def with_cross_headings(items: Sequence[OutlineItem]) -> list[OutlineItem]:
    """The items with the headings between sections named; only where most sections have headings of their own."""
    units = [at for at, item in enumerate(items) if item.heading is not None and item.element in UNITS]
    headed = [at for at in units if _is_headed(items, at)]
    if not units or len(headed) < MOSTLY * len(units):
        return list(items)
    for at in units:
        above = at - 1
        if above > 0 and _stands_between(items, above):
            items[above].named = (CROSS_HEADING, items[above].block.plain)
    return list(items)


def _is_headed(items: Sequence[OutlineItem], at: int) -> bool:
    item = items[at]
    heading = item.heading
    return bool(item.title) or item.block.level > 0 or (heading is not None and is_titlelike(heading.rest))


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
        return bool(above.heading.rest or above.title)
    titled = at > 1 and items[at - 2].heading is not None and items[at - 2].element not in UNITS
    if titled:  # "PART 1", "SAFETY", and then this line
        heading = items[at - 2].heading
        is_title = heading is not None and not heading.rest and is_titlelike(above.block.plain)
        return is_title and not (above.block.plain.isupper() and words.isupper())
    begun = any(earlier.heading is not None for earlier in items[max(at - 60, 0) : at])
    is_capital = words.isupper() and len(words) > _SHORT
    return begun and (is_capital or _SENTENCE_ENDS.search(above.block.plain) is not None)
