"""Bold or small-capital words at the beginning of a paragraph: the heading of the clause that the paragraph begins."""

from collections.abc import Sequence

from lawcompare.engine.structure.headings import parse_heading
from lawcompare.engine.structure.lists.list_levels import read_mark
from lawcompare.engine.structure.outline import LEAD_END, LEAD_START


def mark_lead(text: str, strong: Sequence[bool]) -> str:
    """Put the marks of a heading around the strong words that follow a paragraph's number, if any and if text follows.

    ``strong`` says of each character of ``text`` whether it is set apart.

    >>> mark_lead("(a) Aim. Text", [False] * 4 + [True] * 4 + [False] * 5)
    '(a) \\ufdd0Aim.\\ufdd1 Text'
    """
    start = _words_start(text)
    if start >= len(text) or not strong[start]:
        return text
    end = start
    while end < len(text) and (strong[end] or text[end].isspace()):
        end += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    if not text[end:].strip(" .:—–-\t\n"):
        return text
    return f"{text[:start]}{LEAD_START}{text[start:end]}{LEAD_END}{text[end:]}"


def _words_start(text: str) -> int:
    at = len(text) - len(text.lstrip())
    heading = parse_heading(text)
    if heading and not heading.goes_on:
        return len(text.rstrip()) - len(heading.rest) if heading.rest else len(text)
    while read := read_mark(text[at:]):
        after = len(text) - len(read[1])
        if after <= at or not read[0].style.endswith((")", ".")):
            break
        at = after
    return at
