"""Corrections that a person makes to what a reader made of a file.

Corrections are applied in order to the document as it was read, and nothing is edited in place: leaving one out undoes
it. Each holds the values it was based on (``was``) and is refused where the clause has others. Clauses are named by
keys that no correction changes: ``c12`` for the clause read twelfth (from 0), ``m5`` for the one that correction 5
split off.
"""

import hashlib
import json
import re
from bisect import bisect_right
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import islice
from typing import Any, NamedTuple

from lawcompare.engine.document import NOTHING, UNIT_ELEMENTS, Clause, Document, Furniture, ReadingWarning
from lawcompare.engine.errors import EngineError
from lawcompare.engine.structure.counted_lines import MAY_DIFFER, line_count_warnings
from lawcompare.engine.structure.headings import is_titlelike, parse_heading
from lawcompare.engine.structure.lists.list_levels import read_mark
from lawcompare.engine.structure.nodes import Aside, Node, warn_of_clauses
from lawcompare.engine.structure.numbering import ClauseNumber, eid_for, read_number
from lawcompare.engine.structure.outline import CONTENTS, UNITS, Block
from lawcompare.engine.structure.segment import SET_ASIDE_WARNINGS, segment
from lawcompare.engine.text.words import borders


class CorrectionError(EngineError):
    """A correction does not fit the document it is applied to; ``number`` is the correction's."""

    def __init__(self, reason: str, number: int = 0) -> None:
        super().__init__(reason)
        self.number = number


@dataclass(frozen=True, slots=True)
class Correction:
    """One change to the clause whose key is ``target``.

    ``kind`` and its ``values``:

    - ``join``: the words of ``target`` go to the end of the clause before it; ``glue`` between them (space or newline),
      ``into`` the ``text`` or the ``heading``
    - ``split``: the words from ``at`` on become a clause of their own, with ``element``, ``num``, ``heading``, ``text``
      and the ``separator`` between them; ``inside`` the target or beside it; ``line`` where they stand in the source
    - ``level``: the clause with all inside it one step in (``by`` 1) or out (-1)
    - ``number``: another ``num`` or ``element``
    - ``words``: another ``heading`` or ``text``, and with them another ``num`` or ``element``
    - ``aside``: its own words are no law text and become furniture, called ``name`` where that is given
    - ``bring-back``: the furniture called ``name`` becomes clauses before ``target``, or after it where the furniture
      stands below it: a contents table its headings, anything else one clause
    - ``heading-number``: the number that the heading begins with becomes ``num``; with ``everywhere`` that of every
      clause of the same element that has none

    ``aside`` and ``level`` take more than the target: with ``inside_too`` all that stands in it, with ``until`` all up
    to the clause with that key; ``number`` with ``until`` gives the ``element`` to all of the target's own up to there.
    """

    number: int
    kind: str
    target: str
    values: Mapping[str, Any] = field(default_factory=dict)
    was: Mapping[str, Any] = field(default_factory=dict)


# Line, kind, subject, and the number before: a warning without what a reader of pages adds.
_WarningKey = tuple[int, str, str, str]


@dataclass(frozen=True)
class CorrectedDocument:
    """A document with its corrections applied, and the key of each of its clauses in order."""

    document: Document
    keys: tuple[str, ...]

    def place(self, key: str) -> int:
        """The position of the clause with this key. Raises CorrectionError where no clause has it."""
        if key not in self.keys:
            raise CorrectionError("the clause is no longer there")
        return self.keys.index(key)

    def clause(self, key: str) -> Clause:
        return self.document.clauses[self.place(key)]


@dataclass(slots=True)
class _CorrectedClause:
    key: str
    clause: Clause
    depth: int
    fixed: bool = False  # its address was given by the source

    @property
    def words(self) -> str:
        """Number, heading and text as one string."""
        head = " ".join(filter(None, [self.clause.num, self.clause.heading]))
        return ("\n" if self.clause.heading else " ").join(filter(None, [head, self.clause.text]))


@dataclass
class _Draft:
    clauses: list[_CorrectedClause]
    furniture: list[Furniture]
    _places: dict[str, int] = field(default_factory=dict)  # as they were when one was last not where it had been

    def find(self, key: str) -> int:
        at = self._places.get(key)
        if at is None or at >= len(self.clauses) or self.clauses[at].key != key:
            self._places = {row.key: at for at, row in enumerate(self.clauses)}
        if key not in self._places:
            raise CorrectionError("the clause is no longer there")
        return self._places[key]

    def value(self, at: int, name: str) -> Any:
        """An attribute of the clause at this place, or the key of the clause before it (``previous``)."""
        if name == "previous":
            return self.clauses[at - 1].key if at else None
        return getattr(self.clauses[at].clause, name)

    def end(self, at: int) -> int:
        """The place after the last clause inside the one at ``at``."""
        after = range(at + 1, len(self.clauses))
        return next((end for end in after if self.clauses[end].depth <= self.clauses[at].depth), len(self.clauses))

    def settle(self) -> None:
        """Make the depths a tree again: no clause is more than one step inside the one it stands in."""
        open_depths: list[int] = []
        for row in self.clauses:
            while open_depths and open_depths[-1] >= row.depth:
                open_depths.pop()
            open_depths.append(row.depth)
            row.depth = len(open_depths) - 1


class AsRead(NamedTuple):
    """What all corrections of a document ask of it as it was read: see ``as_read``."""

    given: set[str]
    warnings: Counter[_WarningKey]
    numbers: set[tuple[int, str, str]]


def as_read(document: Document) -> AsRead:
    """The addresses that its source gave, the warnings that its clauses alone give, and where each number stands."""
    warnings = Counter(_warning_key(warning) for warning in clause_warnings(document))
    return AsRead(_addresses_given(document), warnings, _number_places(document))


def apply_corrections(
    document: Document, corrections: Iterable[Correction], known: AsRead | None = None
) -> CorrectedDocument:
    """The document with the corrections applied in order; CorrectionError names the first that does not fit. ``known``
    is what ``as_read`` found in the document, where that was asked before.

    >>> law = Document("Law", "en", (Clause("art_1", "article", "Article 1", "Aim of the"),
    ...                              Clause("para_1", "paragraph", text="law")))
    >>> apply_corrections(law, [Correction(1, "join", "c1", {"into": "heading"})]).document.clauses[0].heading
    'Aim of the law'
    """
    corrections = list(corrections)
    keys = tuple(f"c{at}" for at in range(len(document.clauses)))
    if not corrections:
        return CorrectedDocument(document, keys)
    known = known or as_read(document)
    rows = [
        _CorrectedClause(key, clause, clause.depth, clause.eid in known.given)
        for key, clause in zip(keys, document.clauses, strict=True)
    ]
    draft = _Draft(rows, list(document.furniture))
    draft.settle()
    for each in corrections:
        try:
            _check_basis(draft, each)
            apply, _rests_on = _KINDS[each.kind]
            apply(draft, each)
        except CorrectionError as error:
            raise CorrectionError(error.reason, each.number) from None
        if each.kind in MOVING:
            draft.settle()
    if not draft.clauses:
        raise CorrectionError("no clause would be left", corrections[-1].number)
    clauses = tuple(_addressed(draft.clauses))
    corrected = replace(document, clauses=clauses, furniture=tuple(draft.furniture))
    corrected = replace(corrected, warnings=recheck(document, corrected, known))
    return CorrectedDocument(corrected, tuple(row.key for row in draft.clauses))


def basis_of(
    corrected: CorrectedDocument, kind: str, target: str, values: Mapping[str, Any] = NOTHING
) -> dict[str, Any]:
    """The ``was`` of a correction that is about to be made: the values of the clause, or of many, it depends on."""
    draft = _draft_of(corrected)
    if takes_many(values):
        return {"many": _state_of(draft, Correction(0, kind, target, values))}
    at = draft.find(target)
    _apply, rests_on = _KINDS[kind]
    names = [*rests_on, *(name for name in ("num", "element") if kind == "words" and name in values)]
    return {name: draft.value(at, name) for name in names}


def takes_many(values: Mapping[str, Any]) -> bool:
    """Whether a correction with these values is of more clauses than its target."""
    return bool(values.get("until") or values.get("inside_too") or values.get("everywhere"))


def affected_keys(corrected: CorrectedDocument, kind: str, target: str, values: Mapping[str, Any]) -> list[str]:
    """The keys of all clauses that a correction would change. Raises CorrectionError."""
    draft = _draft_of(corrected)
    return [draft.clauses[at].key for at in _affected(draft, Correction(0, kind, target, values))]


def _draft_of(corrected: CorrectedDocument) -> _Draft:
    pairs = zip(corrected.keys, corrected.document.clauses, strict=True)
    return _Draft([_CorrectedClause(key, clause, clause.depth) for key, clause in pairs], [])


def _affected(draft: _Draft, each: Correction) -> list[int]:
    """The places of the clauses that a correction is of, in order."""
    at, values = draft.find(each.target), each.values
    own = draft.clauses[at].clause.element
    alike = (place for place, row in enumerate(draft.clauses) if row.clause.element == own)
    if each.kind == "heading-number":
        if not values.get("everywhere"):
            return [at]
        return [place for place in alike if place == at or numbered_heading(draft.clauses[place].clause)]
    last = draft.find(str(values["until"])) if values.get("until") else at
    if last < at:
        raise CorrectionError("the last clause of the range stands before the first")
    end = draft.end(last) if values.get("inside_too") or each.kind == "level" else last + 1
    if each.kind == "number" and values.get("until"):
        return [place for place in alike if at <= place < end]
    return list(range(at, end))


def _state_of(draft: _Draft, each: Correction) -> str:
    """A digest of all clauses that a correction is of, as they stand."""
    rows = [draft.clauses[at] for at in _affected(draft, each)]
    states = [(row.key, row.clause.num, row.clause.heading, row.clause.text, row.clause.element) for row in rows]
    return hashlib.sha256(json.dumps(states).encode()).hexdigest()[:24]


def numbered_heading(clause: Clause) -> tuple[str, str] | None:
    """The number and the rest of a heading that begins with one, of a clause that has no number; else None.

    >>> numbered_heading(Clause("sec_1", "section", heading="5A Leases"))
    ('5A', 'Leases')
    """
    if clause.num or not clause.heading:
        return None
    heading = parse_heading(clause.heading)
    if heading is not None and heading.rest:
        return heading.num, heading.rest
    match = _HEADING_NUMBER.match(clause.heading)
    return (match["num"], match["rest"].strip()) if match else None


def _check_basis(draft: _Draft, each: Correction) -> None:
    """Raise CorrectionError where the clause has other values than when the correction was made."""
    if "many" in each.was:
        if each.was["many"] != _state_of(draft, each):
            raise CorrectionError("another correction has changed what it rests on")
        return
    at = draft.find(each.target)
    if any(draft.value(at, name) != value for name, value in each.was.items()):
        raise CorrectionError("another correction has changed what it rests on")


def _join(draft: _Draft, each: Correction) -> None:
    at = draft.find(each.target)
    if at == 0:
        raise CorrectionError("there is no clause before the first one")
    above, row = draft.clauses[at - 1], draft.clauses[at]
    into = each.values.get("into", "text")
    glue = " " if into == "heading" else each.values.get("glue", "\n")
    if into not in ("text", "heading") or glue not in (" ", "\n"):
        raise CorrectionError("a clause is joined to the words or to the heading before it")
    words = row.words if into == "text" else " ".join(row.words.split())
    whole: dict[str, Any] = {into: glue.join(filter(None, [getattr(above.clause, into), words]))}
    above.clause = _by_a_person(replace(above.clause, **whole))
    del draft.clauses[at]


def _split(draft: _Draft, each: Correction) -> None:
    at = draft.find(each.target)
    row, values = draft.clauses[at], each.values
    cut = values.get("at")
    if not isinstance(cut, int) or not 0 <= cut <= len(row.clause.text):
        raise CorrectionError("the place to split at is not in the words")
    row.clause = _by_a_person(replace(row.clause, text=row.clause.text[:cut].rstrip()))
    # How the words of a clause were obtained holds of a part of them too.
    obtained = ("origin", "confidence", "corrected")
    kept = {name: value for name, value in row.clause.attributes.items() if name in obtained}
    own = {name: values[name] for name in ("element", "num", "heading", "text")}
    tail = Clause("", **own, line=values.get("line") or 0, attributes=kept)
    if values.get("separator", "").strip():
        draft.furniture.append(Furniture("separator", values["separator"].strip(), tail.line))
    depth = row.depth + 1 if values.get("inside") else row.depth
    draft.clauses.insert(at + 1, _CorrectedClause(f"m{each.number}", tail, depth))


def _level(draft: _Draft, each: Correction) -> None:
    at = draft.find(each.target)
    by = each.values.get("by")
    if by not in (1, -1):
        raise CorrectionError("a clause is moved one step in or out")
    depth = draft.clauses[at].depth
    places = _affected(draft, each)
    if by == 1 and (at == 0 or draft.clauses[at - 1].depth < depth):
        raise CorrectionError("there is no clause before it on its level to stand in")
    if by == -1 and depth == 0:
        raise CorrectionError("it already stands on the outermost level")
    for place in places:
        draft.clauses[place].depth = max(draft.clauses[place].depth + by, 0)


def _number(draft: _Draft, each: Correction) -> None:
    if not each.values.get("until"):
        return _change(draft, each, ("num", "element"))
    element = each.values.get("element")
    if not isinstance(element, str) or not element:
        raise CorrectionError("it does not say what kind of clause it is")
    for place in _affected(draft, each):
        row = draft.clauses[place]
        row.clause, row.fixed = _by_a_person(replace(row.clause, element=element)), False


def _heading_number(draft: _Draft, each: Correction) -> None:
    for place in _affected(draft, each):
        row = draft.clauses[place]
        parts = numbered_heading(row.clause)
        if parts is None:
            raise CorrectionError("the heading begins with no number, or the clause has one already")
        row.clause, row.fixed = _by_a_person(replace(row.clause, num=parts[0], heading=parts[1])), False


def _change(draft: _Draft, each: Correction, names: Sequence[str] = ("heading", "text", "num", "element")) -> None:
    row = draft.clauses[draft.find(each.target)]
    changed = {name: each.values[name] for name in names if name in each.values}
    if not changed or not all(isinstance(value, str) for value in changed.values()):
        raise CorrectionError("it says nothing that is to be changed")
    if not changed.get("element", "x"):
        raise CorrectionError("it does not say what kind of clause it is")
    row.clause = _by_a_person(replace(row.clause, **changed))
    row.fixed = row.fixed and "num" not in changed and "element" not in changed


def _by_a_person(clause: Clause) -> Clause:
    """The clause with the mark that a person corrected it."""
    return replace(clause, attributes={**clause.attributes, "corrected": "yes"})


def _aside(draft: _Draft, each: Correction) -> None:
    places = _affected(draft, each)
    if len(places) == len(draft.clauses):
        raise CorrectionError("no clause would be left")
    name = str(each.values.get("name") or "set-aside")
    rows = [draft.clauses[at] for at in places]
    del draft.clauses[places[0] : places[-1] + 1]
    draft.furniture += [Furniture(name, row.words, row.clause.line) for row in rows if row.words]


def _bring_back(draft: _Draft, each: Correction) -> None:
    at, name = draft.find(each.target), each.values.get("name")
    lines = [piece for piece in draft.furniture if piece.name == name]
    if name not in BROUGHT_BACK or not lines:
        raise CorrectionError("nothing of that kind was set aside")
    draft.furniture = [piece for piece in draft.furniture if piece.name != name]
    row = draft.clauses[at]
    below = lines[0].line > row.clause.line
    place, depth = (draft.end(at), 0) if below else (at, row.depth)
    draft.clauses[place:place] = [
        _CorrectedClause(f"m{each.number}-{count}" if count else f"m{each.number}", clause, depth + clause.depth)
        for count, clause in enumerate(_read_again(draft, name, lines))
    ]


def _read_again(draft: _Draft, name: str, pieces: Sequence[Furniture]) -> Sequence[Clause]:
    """Clauses of what was set aside: the headings of a contents table, each as a reader reads it, else one clause."""
    if name == "table-of-contents":
        lines = [(piece.line + at, words) for piece in pieces for at, words in enumerate(piece.text.split("\n"))]
        blocks = [Block(words, line) for line, words in lines if not CONTENTS.match(words)]
        segmented = segment(blocks, title="-", with_contents=True)
        if any(clause.num for clause in segmented.clauses):
            draft.furniture += segmented.furniture
            return segmented.clauses
    return [Clause("", BROUGHT_BACK[name], text="\n".join(piece.text for piece in pieces), line=pieces[0].line)]


# A number without a word before it, and the heading after it.
_HEADING_NUMBER = re.compile(
    r"(?P<num>(?:[0-9]+|[០-៩]+)[A-Za-z]{0,3}(?:[.\-–](?:[0-9]+|[០-៩]+)[A-Za-z]{0,2})*)[.:)]*[\s—–-]+(?P<rest>\S.*)",
    re.DOTALL,
)
# Furniture that a person may take for law after all, and the kind of clause it then is.
BROUGHT_BACK = {"table-of-contents": "division", "cover": "preamble", "endnotes": "schedule"}


# How each kind of correction is applied, and the attributes of the clause that it depends on, kept in its ``was``.
_KINDS: dict[str, tuple[Callable[[_Draft, Correction], None], tuple[str, ...]]] = {
    "join": (_join, ("num", "heading", "text", "previous")),
    "split": (_split, ("text",)),
    "level": (_level, ()),
    "number": (_number, ("num", "element")),
    "words": (_change, ("heading", "text")),
    "aside": (_aside, ("num", "heading", "text")),
    "bring-back": (_bring_back, ()),
    "heading-number": (_heading_number, ("num", "heading")),
}
KINDS = tuple(_KINDS)
# Those after which a clause may stand elsewhere, or as deep elsewhere: all are gone through then.
MOVING = {"join", "split", "level", "aside", "bring-back"}


# Addresses.


def _addresses_given(document: Document) -> set[str]:
    """The addresses that the source gave: those that the naming convention alone would not give."""
    taken: set[str] = set()
    places = Counter[tuple[str | None, str]]()
    given = set()
    for clause in document.clauses:
        place = clause.parent, clause.element
        places[place] += 1
        if eid_for(*place, clause.num, taken, places[place]) != clause.eid:
            given.add(clause.eid)
            taken.add(clause.eid)
    return given


def _addressed(clauses: Sequence[_CorrectedClause]) -> Iterable[Clause]:
    """The clauses with their addresses, depths and parents as they now stand."""
    taken = {row.clause.eid for row in clauses if row.fixed}
    places = Counter[tuple[str | None, str]]()
    above: list[str] = []
    for row in clauses:
        del above[row.depth :]
        parent = above[-1] if above else None
        place = parent, row.clause.element
        places[place] += 1
        eid = row.clause.eid if row.fixed else eid_for(*place, row.clause.num, taken, places[place])
        above.append(eid)
        yield replace(row.clause, eid=eid, depth=row.depth, parent=parent)


# --- what a clause would fall into if it were split ---

# What stands inside what, where the text itself shows no example.
INSIDE = {
    "article": "paragraph",
    "section": "subsection",
    "subsection": "paragraph",
    "rule": "paragraph",
    "paragraph": "subparagraph",
    "subparagraph": "point",
}
_SPLIT_PLACE = re.compile(r"\n+|(?<=[.;:។៕៖])\s+|(?<=[,\w]) (?=\([0-9a-zA-Z០-៩ក-អ]{1,4}\) )")
PLACES_MAX = 200


def split_values(corrected: CorrectedDocument, key: str, at: int, *, inside: bool) -> dict[str, Any]:
    """The values of a ``split`` correction at ``at`` (code points into the clause's text).

    The number and heading that the words begin with are read as a reader would. Raises CorrectionError where one side
    would be empty or ``at`` stands inside a grapheme cluster (a Khmer letter and its vowel).
    """
    clause = corrected.clause(key)
    head, tail = clause.text[:at], clause.text[at:].lstrip()
    if not head.strip() or not tail:
        raise CorrectionError("both sides of the split must have words")
    if at not in borders(clause.text):
        raise CorrectionError("a letter and its signs are not parted")
    values = _read_tail(tail)
    if not values["element"] or (inside and values["element"] not in UNIT_ELEMENTS):
        children = corrected.document.children.get(clause.eid, ())
        first_inside = children[0].element if children else INSIDE.get(clause.element, "point")
        values["element"] = first_inside if inside else clause.element
    # The line of the source where the words begin, at or after the clause's own; that line where it is not found.
    source, wanted = corrected.document.source, "".join(tail.split())[:16]
    lines = range(max(clause.line, 1), min(clause.line + 200, len(source) + 1))
    line = next((line for line in lines if wanted in "".join(source[line - 1].split())), clause.line)
    return {"at": at, "inside": inside, "line": line, **values}


def places_to_split(text: str) -> Iterator[tuple[int, str]]:
    """Where a text may well be split: before its paragraphs, sentences and items, with the words that begin there.

    >>> list(places_to_split("The fee is paid. It is 4 riel; (b) none else."))
    [(17, 'It is 4 riel; (b) none else.'), (31, '(b) none else.')]
    """
    for match in islice(_SPLIT_PLACE.finditer(text), PLACES_MAX):
        if match.start() and match.end() < len(text):
            yield match.end(), " ".join(text[match.end() : match.end() + 80].split())


def _read_tail(tail: str) -> dict[str, str]:
    first, newline, more = tail.partition("\n")
    heading = parse_heading(first)
    if heading and not heading.goes_on:
        titled = is_titlelike(heading.rest)
        return {
            "element": heading.element,
            "num": heading.num,
            "heading": heading.rest if titled else "",
            "separator": heading.separator.strip(),
            "text": more if titled else heading.rest + newline + more,
        }
    mark = read_mark(tail)
    num, rest = (mark[0].printed, mark[1]) if mark else ("", tail)
    # What stands between number and words and is no space, such as a dash.
    separator = tail[len(num) : len(tail) - len(rest)].strip() if mark else ""
    return {"element": "", "num": num, "heading": "", "separator": separator, "text": rest}


# --- the warnings that remain ---

MISSING, DOUBTFUL = "units-missing", "doubtful-words"
_INSIDE = ("repeated-number-inside", "skipped-number-inside")
_NAME_OF = {kind: name for name, kind in SET_ASIDE_WARNINGS.items()}


def recheck(read: Document, corrected: Document, known: AsRead | None = None) -> tuple[ReadingWarning, ...]:
    """The warnings of ``read`` without those that corrections settled, with those that they gave rise to.

    A warning about letters stays: only who looks at the page can settle it. One about words that were not read surely
    goes with the words, one about provisions that were not read with these.
    """
    known = known or as_read(read)
    before = known.warnings
    now = {_warning_key(warning): warning for warning in clause_warnings(corrected)}
    settled = before - Counter(now.keys())
    names = {piece.name for piece in corrected.furniture}
    gone = {place[:2] for place in known.numbers - _number_places(corrected)}
    words = tuple(map(_words_by_line, (read, corrected)))
    kept = []
    for warning in read.warnings:
        key = _warning_key(warning)
        if settled[key]:
            settled[key] -= 1
        elif warning.kind in _NAME_OF and _NAME_OF[warning.kind] not in names:
            continue
        elif warning.kind == MISSING:
            kept += _still_missing(warning, read, corrected)
        elif warning.kind == DOUBTFUL:
            kept += _still_doubtful(warning, *(_words_at(lines, warning.line) for lines in words))
        elif warning.kind not in _INSIDE or (warning.line, warning.subject) not in gone:
            kept.append(warning)
    for key, warning in now.items():
        if key in before:
            continue
        box = corrected.boxes[warning.line - 1] if 0 < warning.line <= len(corrected.boxes) else None
        page = {"page": str(box.image // 2)} if box else {}
        kept.append(replace(warning, details={**warning.details, **page}))
    return tuple(sorted(kept, key=lambda warning: warning.line))


def _still_missing(warning: ReadingWarning, read: Document, corrected: Document) -> list[ReadingWarning]:
    """The warning about provisions that were not read, computed again; of XML by how many there are."""
    if not warning.line:
        held = int(warning.details.get("held", "0"))
        there = sum(1 for clause in corrected.clauses if clause.element in UNITS)
        if held - there <= MAY_DIFFER * held:
            return []
        return [replace(warning, subject=str(held - there), details={**warning.details, "read": str(there)})]
    if line_count_warnings(read) != (warning,):  # of HTML: its lines are not those of the document
        values = {_values_of(clause.num) for clause in corrected.clauses}
        names = [name for name in warning.subject.split(", ") if _values_of(name) not in values]
        return [replace(warning, subject=", ".join(names))] if names else []
    return list(line_count_warnings(corrected))


def _still_doubtful(warning: ReadingWarning, before: str, after: str) -> list[ReadingWarning]:
    """The warning without the words that a correction has replaced; none where no word is left."""
    left = [word for word in warning.subject.split() if word in after or word not in before]
    return [replace(warning, subject=" ".join(left))] if left else []


def _words_by_line(document: Document) -> list[tuple[int, str]]:
    """The lines on which clauses begin, in order, each with the words of these."""
    found: dict[int, list[str]] = {}
    for clause in document.clauses:
        found.setdefault(clause.line, []).append(f"{clause.num} {clause.heading} {clause.text}")
    return [(line, " ".join(words)) for line, words in sorted(found.items())]


def _words_at(lines: Sequence[tuple[int, str]], line: int) -> str:
    """The words of the clauses that begin on the last line, up to ``line``, on which any begins."""
    at = bisect_right(lines, line, key=lambda one: one[0])
    return lines[at - 1][1] if at else ""


def clause_warnings(document: Document) -> list[ReadingWarning]:
    """Warnings that need the clauses alone: numbers skipped, repeated or out of order, headings without text."""
    aside = Aside()
    root = Node("")
    path: list[tuple[Node, bool]] = []
    for clause in document.clauses:
        del path[clause.depth :]
        parent, in_unit = path[-1] if path else (root, False)
        node = Node(clause.element, clause.num, clause.heading, clause.line, *_values_of(clause.num))
        node.text = [clause.text] if clause.text else []
        node.attributes.update(clause.attributes)
        (parent.parts if in_unit else parent.children).append(node)
        path.append((node, in_unit or clause.element in UNIT_ELEMENTS))
    warn_of_clauses(root, aside)
    return aside.warnings


def _values_of(num: str) -> tuple[ClauseNumber | None, ClauseNumber | None]:
    """The number as printed as values: the first, and the last of several."""
    heading = parse_heading(num)
    if heading is not None and heading.value is not None:
        return heading.value, heading.until
    return read_number(num.strip("()[]. ")), None


def _warning_key(warning: ReadingWarning) -> _WarningKey:
    return warning.line, warning.kind, warning.subject, warning.details.get("after", "")


def _number_places(document: Document) -> set[tuple[int, str, str]]:
    """Where each number stands: its line, the number, and that of the clause before it on its level."""
    places = set()
    last: dict[str | None, str] = {}
    for clause in document.clauses:
        if clause.num:
            places.add((clause.line, clause.num, last.get(clause.parent, "")))
        last[clause.parent] = clause.num
    return places
