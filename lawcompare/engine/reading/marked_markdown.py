"""Markdown in which every clause is marked (``clauses: marked`` in the front matter) -> its clauses, exactly.

It is what ``writing.markdown`` writes. Nothing is guessed here: an attribute line right below a line says which clause
begins there; see docs/markdown.md.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from lawcompare.engine.document import Clause
from lawcompare.engine.errors import ReadingError
from lawcompare.engine.structure.headings import parse_heading
from lawcompare.engine.structure.lists.list_levels import read_mark
from lawcompare.engine.structure.numbering import element_of_eid
from lawcompare.engine.writing.lines import stop_between

MARK = "marked"
HEADING = re.compile(r"^(?P<signs>#{1,6}) (?P<words>.*)$")
_ATTRIBUTES = re.compile(r"^\{: (?P<pairs>.*) \}$")
_PAIR = re.compile(r"(?P<key>[\w-]+)=(?:\"(?P<quoted>(?:[^\"\\]|\\.)*)\"|(?P<bare>[^\s\"}]+))\s*")
_ESCAPED = re.compile(r"\\([!-/:-@\[-`{-~])")
_OWN = frozenset({"eid", "element", "num", "heading", "parent"})


@dataclass
class _OpenClause:
    """A clause under way: its own line, its attributes, the paragraphs below."""

    line: int
    first: str
    is_heading: bool
    attributes: Mapping[str, str]
    paragraphs: list[str] = field(default_factory=list)


def read_marked(lines: Sequence[str], begin: int) -> tuple[Clause, ...]:
    """The clauses of the lines from ``begin`` (an index). Raises ReadingError with the line."""
    clauses: list[Clause] = []
    depths: dict[str, int] = {}
    for begun in _begun(lines, begin):
        clause = _clause(begun, depths)
        depths[clause.eid] = clause.depth
        clauses.append(clause)
    return tuple(clauses)


def _begun(lines: Sequence[str], begin: int) -> Iterator[_OpenClause]:
    current: _OpenClause | None = None
    for number, block in _blocks(lines, begin):
        match = _ATTRIBUTES.match(block[-1])
        if match is None:
            if current is None:
                raise ReadingError("words stand above the first marked clause", line=number)
            current.paragraphs.append(unescape(" ".join(block)))
            continue
        if current is not None:
            yield current
        first = " ".join(block[:-1])
        heading = HEADING.match(first)
        words = unescape(heading["words"] if heading else first)
        current = _OpenClause(
            number, words, heading is not None, read_attributes(match["pairs"], number + len(block) - 1)
        )
    if current is not None:
        yield current


def _blocks(lines: Sequence[str], begin: int) -> Iterator[tuple[int, list[str]]]:
    """(number of the first line, lines) of each run of lines that are not blank."""
    block: list[str] = []
    for number, line in enumerate([*lines[begin:], ""], start=begin + 1):
        if line.strip():
            block.append(line.strip(" \t\r"))
        elif block:
            yield number - len(block), block
            block = []


def read_attributes(text: str, line: int) -> dict[str, str]:
    """The ``key=value`` pairs of an attribute line, by key. Raises ReadingError with ``line`` where it has others."""
    attributes: dict[str, str] = {}
    at = 0
    while at < len(text):
        match = _PAIR.match(text, at)
        if not match:
            raise ReadingError(f"the attribute line cannot be read from {text[at : at + 20]!r} on", line=line)
        quoted = match["quoted"]
        attributes[match["key"]] = re.sub(r"\\(.)", r"\1", quoted) if quoted is not None else match["bare"]
        at = match.end()
    return attributes


def _clause(begun: _OpenClause, depths: Mapping[str, int]) -> Clause:
    attributes = begun.attributes
    eid = attributes.get("eid", "")
    if not eid or eid in depths:
        problem = f"the address {eid} is given to two clauses" if eid else "a marked clause has no eid"
        raise ReadingError(problem, line=begun.line)
    parent = attributes.get("parent", parent_of(eid))
    if parent and parent not in depths:
        raise ReadingError(f"the clause {parent}, in which {eid} stands, is not above it", line=begun.line)
    element, num, heading = derived(begun.first, eid, is_heading=begun.is_heading)
    num, heading = attributes.get("num", num), attributes.get("heading", heading)
    lead = num + stop_between(num, heading) + heading
    own = begun.first[len(lead) :].removeprefix(" ") if not begun.is_heading else ""
    if not begun.first.startswith(lead):
        raise ReadingError(f"the line does not begin with the number and heading of {eid}", line=begun.line)
    return Clause(
        eid=eid,
        element=attributes.get("element", element),
        num=num,
        heading=heading,
        text="\n".join([*([own] if own else []), *begun.paragraphs]),
        depth=depths[parent] + 1 if parent else 0,
        parent=parent or None,
        line=begun.line,
        attributes={key: value for key, value in attributes.items() if key not in _OWN},
    )


def parent_of(eid: str) -> str:
    """The address a clause stands in, as its own address says."""
    return eid.rpartition("__")[0]


def derived(words: str, eid: str, *, is_heading: bool) -> tuple[str, str, str]:
    """(element, number, heading) that the first line of a clause shows by itself.

    >>> derived("Article 28. Contents", "art_28", is_heading=True)
    ('article', 'Article 28', 'Contents')
    >>> derived("(a) Whoever", "art_28__point_a", is_heading=False)
    ('point', '(a)', '')
    """
    element = element_of_eid(eid)
    if not is_heading:
        mark = read_mark(words)
        return element, mark[0].printed if mark else "", ""
    parsed = parse_heading(words)
    if parsed is None:
        return element, "", words
    return element, parsed.num, parsed.rest


def escape(words: str) -> str:
    """Words so that no Markdown takes them for marks.

    >>> unescape(escape("*a* # {: <b> 1."))
    '*a* # {: <b> 1.'
    """
    return re.sub(r"([\\`*_\[\]<>#|~^{}])", r"\\\1", words)


def unescape(words: str) -> str:
    return _ESCAPED.sub(r"\1", words)
