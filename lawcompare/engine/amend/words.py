"""Words inside provisions: where they stand, and the text after they are struck or others put beside them."""

import re
import sys
from functools import lru_cache
from typing import NamedTuple

from lawcompare.engine.structure.provisions import Node

_QUOTES = "[“”\"‘’']"
_DASHES = "[-–—‑−]"
_SENTENCE_END = re.compile(r"(?<=[.?!])[”\"’)]*\s+(?=[“\"‘(A-Z\d])|(?<=។)\s*")
_ABBREVIATED = re.compile(r"\b(?:[A-Z]|U\.S|No|Nos|Sec|sec|Stat|Pub|Art|art|ch|par|cl|Inc|Co|Mr|Dr|seq|et al)\.$")


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


@lru_cache(maxsize=4096)
def pattern_of(words: str, flags: int = 0) -> re.Pattern[str]:
    """An expression for words as printed: any quotation marks, dashes, spaces; whole words, capitals as given."""
    parts = []
    for part in re.findall(r"\s+|[“”\"‘’']|[-–—‑−]|[^\s“”\"‘’'\-–—‑−]+", words.strip()):
        if part.isspace():
            parts.append(r"\s+")
        elif re.fullmatch(_QUOTES, part):
            parts.append(_QUOTES)
        elif re.fullmatch(_DASHES, part):
            parts.append(_DASHES)
        else:
            parts.append(re.escape(part))
    expression = "".join(parts)
    before = r"(?<![\w$])" if words.strip()[:1].isalnum() else r"(?<!\w)" if words.strip()[:1] == "$" else ""
    after = r"(?!\w)(?![.,]\d)" if words.strip()[-1:].isalnum() else ""
    return re.compile(f"{before}{expression}{after}", flags)


def find(words: str, scopes: list[Place]) -> list[Place]:
    """Every place of words in the scopes.

    >>> node = Node("section", text="The Director and the Directors.")
    >>> [(place.start, place.end) for place in find("Director", [Place(node, "text")])]
    [(4, 12)]
    """
    places = []
    for scope in scopes:  # how headings are printed says nothing of their capitals
        pattern = pattern_of(words, re.IGNORECASE if scope.field == "heading" else 0)
        found = pattern.finditer(scope.until_end, scope.start)
        places += [Place(scope.node, scope.field, *match.span()) for match in found]
    return places


def scopes_of(nodes: list[Node], *fields: str) -> list[Place]:
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
        if _ABBREVIATED.search(text[start : match.start()]):
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
