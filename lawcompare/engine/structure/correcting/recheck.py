"""Warnings of a reading computed again for clauses that people have corrected since."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

from lawcompare.engine.document import UNIT_ELEMENTS, Clause, Document, ReadingWarning
from lawcompare.engine.structure.counted_lines import MAY_DIFFER, line_count_warnings
from lawcompare.engine.structure.headings import parse_heading
from lawcompare.engine.structure.nodes import Aside, Node
from lawcompare.engine.structure.numbering import ClauseNumber, read_number
from lawcompare.engine.structure.outline import UNITS
from lawcompare.engine.structure.segment import SET_ASIDE_WARNINGS
from lawcompare.engine.structure.warnings import warn_of_clauses

MISSING, DOUBTFUL = "units-missing", "doubtful-words"
_INSIDE = ("repeated-number-inside", "skipped-number-inside")
_NAME_OF = {kind: name for name, kind in SET_ASIDE_WARNINGS.items()}
# Line, kind, subject, and the number before: a warning without what a reader of pages adds.
_Key = tuple[int, str, str, str]


def recheck(read: Document, corrected: Document) -> tuple[ReadingWarning, ...]:
    """The warnings of ``read`` without those that corrections settled, with those that they gave rise to.

    A warning about letters stays: only who looks at the page can settle it. One about words that were not read surely
    goes with the words, one about provisions that were not read with these.
    """
    before = Counter(_key(warning) for warning in clause_warnings(read))
    now = {_key(warning): warning for warning in clause_warnings(corrected)}
    settled = before - Counter(now.keys())
    names = {piece.name for piece in corrected.furniture}
    gone = _places(read) - _places(corrected)
    kept = []
    for warning in read.warnings:
        key = _key(warning)
        if settled[key]:
            settled[key] -= 1
        elif warning.kind in _NAME_OF and _NAME_OF[warning.kind] not in names:
            continue
        elif warning.kind == MISSING:
            kept += _still_missing(warning, read, corrected)
        elif warning.kind == DOUBTFUL:
            kept += _still_doubtful(warning, read, corrected)
        elif warning.kind not in _INSIDE or not any(place[:2] == (warning.line, warning.subject) for place in gone):
            kept.append(warning)
    added = [_on_page(warning, corrected) for key, warning in now.items() if key not in before]
    return tuple(sorted((*kept, *added), key=lambda warning: warning.line))


def _still_missing(warning: ReadingWarning, read: Document, corrected: Document) -> list[ReadingWarning]:
    """The warning about provisions that were not read, computed again; of XML by how many there are."""
    if not warning.line:
        held = int(warning.details.get("held", "0"))
        there = sum(1 for clause in corrected.clauses if clause.element in UNITS)
        if held - there <= MAY_DIFFER * held:
            return []
        return [replace(warning, subject=str(held - there), details={**warning.details, "read": str(there)})]
    if line_count_warnings(read) != (warning,):  # of HTML: its lines are not those of the document
        values = {_numbers(clause.num) for clause in corrected.clauses}
        names = [name for name in warning.subject.split(", ") if _numbers(name) not in values]
        return [replace(warning, subject=", ".join(names))] if names else []
    return list(line_count_warnings(corrected))


def _still_doubtful(warning: ReadingWarning, read: Document, corrected: Document) -> list[ReadingWarning]:
    """The warning without the words that a correction has replaced; none where no word is left."""
    before, after = _words_at(read, warning.line), _words_at(corrected, warning.line)
    left = [word for word in warning.subject.split() if word in after or word not in before]
    return [replace(warning, subject=" ".join(left))] if left else []


def _words_at(document: Document, line: int) -> str:
    """The words of the clauses that begin on the last line, up to ``line``, on which any begins."""
    start = max((clause.line for clause in document.clauses if clause.line <= line), default=0)
    clauses = [clause for clause in document.clauses if clause.line == start]
    return " ".join(f"{clause.num} {clause.heading} {clause.text}" for clause in clauses)


def clause_warnings(document: Document) -> list[ReadingWarning]:
    """Warnings that need the clauses alone: numbers skipped, repeated or out of order, headings without text."""
    aside = Aside()
    root = Node("")
    path: list[tuple[Node, bool]] = []
    for clause in document.clauses:
        del path[clause.depth :]
        parent, in_unit = path[-1] if path else (root, False)
        node = _node(clause)
        (parent.parts if in_unit else parent.children).append(node)
        path.append((node, in_unit or clause.element in UNIT_ELEMENTS))
    warn_of_clauses(root, aside)
    return aside.warnings


def _node(clause: Clause) -> Node:
    value, until = _numbers(clause.num)
    node = Node(clause.element, clause.num, clause.heading, clause.line, value, until)
    node.text = [clause.text] if clause.text else []
    node.attributes.update(clause.attributes)
    return node


def _numbers(num: str) -> tuple[ClauseNumber | None, ClauseNumber | None]:
    """The number as printed as values: the first, and the last of several."""
    heading = parse_heading(num)
    if heading is not None and heading.value is not None:
        return heading.value, heading.until
    return read_number(num.strip("()[]. ")), None


def _key(warning: ReadingWarning) -> _Key:
    return warning.line, warning.kind, warning.subject, warning.details.get("after", "")


def _places(document: Document) -> set[tuple[int, str, str]]:
    """Where each number stands: its line, the number, and that of the clause before it on its level."""
    places = set()
    last: dict[str | None, str] = {}
    for clause in document.clauses:
        if clause.num:
            places.add((clause.line, clause.num, last.get(clause.parent, "")))
        last[clause.parent] = clause.num
    return places


def _on_page(warning: ReadingWarning, document: Document) -> ReadingWarning:
    boxes: Sequence[object] = document.boxes
    box = document.boxes[warning.line - 1] if 0 < warning.line <= len(boxes) else None
    return replace(warning, details={**warning.details, "page": str(box.image // 2)}) if box else warning
