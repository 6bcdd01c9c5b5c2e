"""Words inside provisions: where they stand, and the text after they are struck or others put beside them."""

import re
import sys
from bisect import bisect_right
from collections.abc import Iterator
from typing import NamedTuple

from lawcompare.engine.amend.quotations import TooMuch
from lawcompare.engine.structure.provisions import Node

_QUOTES, _DASHES = re.compile('[“”"‘’]'), re.compile("[–—‑−]")
_SPACES, _ODD_SPACES = re.compile(r"\s+"), re.compile(r"[^\S ]|  ")
_WORD_BEGINS, _NUMBER_BEGINS, _ANYWHERE = re.compile(r"(?<![\w$])"), re.compile(r"(?<!\w)"), re.compile("")
_WORD_ENDS = re.compile(r"(?!\w)(?![.,]\d)")
_SENTENCE_END = re.compile(r"(?<=[.?!])[”\"’)]*\s+(?=[“\"‘(A-Z\d])|(?<=។)\s*")
_ABBREVIATED = re.compile(r"\b(?:[A-Z]|U\.S|No|Nos|Sec|sec|Stat|Pub|Art|art|ch|par|cl|Inc|Co|Mr|Dr|seq|et al)\.$")
_ABBREVIATION_MAX = 10
AGAIN = 20  # letters of words that begin and are not whole, for each letter that is looked at


class Place(NamedTuple):
    """A stretch of the text (``field`` ``text``) or heading of a provision; all of it where no end is given."""

    node: Node
    field: str
    start: int = 0
    end: int = sys.maxsize

    @property
    def whole(self) -> str:
        text: str = getattr(self.node, self.field)
        return text

    @property
    def until_end(self) -> str:
        return self.whole[: self.end]


def _plain(text: str, *, is_heading: bool = False) -> tuple[str, list[int], list[int]]:
    """A text with one kind of quotation marks and dashes and one space for several, a heading in small letters; the
    places after which letters fell away, and how many until then.
    """
    text = _DASHES.sub("-", _QUOTES.sub("'", text))
    text = text.replace("İ", "I").lower() if is_heading else text  # the one letter that would become two
    after, lost = list[int](), [0]
    if not _ODD_SPACES.search(text):
        return text, after, lost
    for run in _SPACES.finditer(text):
        if len(run[0]) > 1:
            after.append(run.start() + 1 - lost[-1])
            lost.append(lost[-1] + len(run[0]) - 1)
    return _SPACES.sub(" ", text), after, lost


def find(words: str, scopes: list[Place]) -> list[Place]:
    """Every place of words in the scopes: any quotation marks, dashes, spaces; whole words; capitals as given, but in
    headings. It costs what the scopes are long; raises TooMuch where words begin again and again.

    >>> node = Node("section", text="The Director and the Directors.")
    >>> [(place.start, place.end) for place in find("Director", [Place(node, "text")])]
    [(4, 12)]
    """
    places = []
    plain = {is_heading: _plain(words.strip(), is_heading=is_heading)[0] for is_heading in (False, True)}
    for scope in scopes:  # how headings are printed says nothing of their capitals
        is_heading = scope.field == "heading"
        text, after, lost = _plain(scope.until_end, is_heading=is_heading)
        sought = plain[is_heading]
        begins = _WORD_BEGINS if sought[:1].isalnum() else _NUMBER_BEGINS if sought[:1] == "$" else _ANYWHERE
        ends = _WORD_ENDS if sought[-1:].isalnum() else _ANYWHERE
        at, room = text.find(sought) if sought else -1, AGAIN * len(text)
        while at >= 0:
            end = at + len(sought)
            start, last = (place + lost[bisect_right(after, place)] for place in (at, end - 1))
            is_whole = start >= scope.start and begins.match(text, at) and ends.match(text, end)
            if is_whole:
                places.append(Place(scope.node, scope.field, start, last + 1))
            elif (room := room - len(sought)) < 0:
                raise TooMuch
            at = text.find(sought, end if is_whole else at + 1)
    return places


def scopes_of(nodes: Iterator[Node] | list[Node], *fields: str) -> list[Place]:
    return [Place(node, field) for node in nodes for field in fields if getattr(node, field)]


def sentences(text: str) -> list[tuple[int, int]]:
    """Where the sentences of a text begin and end.

    >>> text = "The fee is set. It is due under sec. 5 of the Act."
    >>> [text[start:end] for start, end in sentences(text)]
    ['The fee is set.', 'It is due under sec. 5 of the Act.']
    """
    found = []
    start = 0
    for match in _SENTENCE_END.finditer(text):
        end = match.start() + len(match[0].rstrip())
        if _ABBREVIATED.search(text, max(start, match.start() - _ABBREVIATION_MAX), match.start()):
            continue
        if text[start:end].strip():
            found.append((start, end))
        start = match.end()
    if text[start:].strip():
        found.append((start, len(text.rstrip())))
    return found


def cut(text: str, start: int, end: int) -> str:
    """The text without a stretch; of two spaces one stays, and none before a comma or at the edges."""
    before, after = text[:start], text[end:]
    if before[-1:] == " " and (not after or after[0] in " ,;:.)\n"):
        before = before[:-1] if after[:1] != " " or not after else before.rstrip(" ")
    if not before:
        after = after.lstrip(" ")
    return before + after


def put(text: str, at: int, new: str) -> str:
    """The text with new words at a place, with a space where two words would touch."""
    before, after = text[:at], text[at:]
    if before and new and _touch(before[-1], new[0]):
        new = f" {new}"
    if after and new and _touch(new[-1], after[0]):
        new = f"{new} "
    return before + new + after


def _touch(left: str, right: str) -> bool:
    closes = left.isalnum() or left in '.,;:)”’%"]'
    opens = right.isalnum() or right in "($“‘["
    return closes and opens


def swap(text: str, start: int, end: int, new: str) -> str:
    """The text with new words in place of a stretch."""
    if not new:
        return cut(text, start, end)
    before, after = text[:start], text[end:]
    if new[0] in ",;:." and before.endswith(" "):
        before = before[:-1]
    return put(before + after, len(before), new)


def as_law(words: str) -> str:
    """New words as the law prints them: what an act quotes inside a quotation has double marks again.

    >>> as_law("the term ‘dam’ means the State’s dam")
    'the term “dam” means the State’s dam'
    """
    return re.sub(r"(?<!\w)‘([^‘’]*(?:’(?=\w)[^‘’]*)*)’", r"“\1”", words)
