"""Paragraphs that a word processor sets wholly in bold: which of them are headings though no style says so."""

import re

from lawcompare.engine.structure.headings import parse_heading

STRONG = 6  # the level of a heading that only its weight makes one
_LONGEST = 300
_BARE = re.compile(r"\[?\d{1,4}[A-Z]{0,3}\.?[\s\u00a0]+[A-Z“\"(\[]")


def heading_level(text: str) -> int:
    """The level of a paragraph that is set in bold as a whole, 0 where it is no heading.

    >>> heading_level("12 Short title"), heading_level("Article 3. Scope"), heading_level("This is important.")
    (6, 6, 0)
    """
    words = text.strip()
    if len(words) >= _LONGEST:
        return 0
    heading = parse_heading(words)
    if heading is not None:
        return 0 if heading.goes_on else STRONG
    return STRONG if _BARE.match(words) else 0
