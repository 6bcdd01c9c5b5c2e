"""Conversion between stored versions and the engine's documents."""

import hashlib
import json
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from typing import Any

from lawcompare.engine.document import Clause as EngineClause
from lawcompare.engine.document import Document
from lawcompare.engine.errors import ReadingError
from lawcompare.laws.models import Clause, Obtained, Version

Progress = Callable[[str, int, int], None]
Attributes = Callable[[Clause], Mapping[str, str]]

BATCH = 500


def text_hash(clauses: Iterable[EngineClause]) -> str:
    """Returns the SHA-256 over eIds and words of the clauses: the same for two imports of the same words."""
    digest = hashlib.sha256()
    for clause in clauses:
        digest.update(json.dumps([clause.eid, clause.num, clause.heading, clause.text], ensure_ascii=False).encode())
    return digest.hexdigest()


def subtree_ends(clauses: tuple[EngineClause, ...]) -> list[int]:
    """Returns for each clause the position after its last descendant.

    >>> a, b, c = (EngineClause(eid=e, element="x", depth=d) for e, d in [("a", 0), ("b", 1), ("c", 0)])
    >>> subtree_ends((a, b, c))
    [2, 2, 3]
    """
    ends = [0] * len(clauses)
    open_positions: list[int] = []
    for position, clause in enumerate(clauses):
        while open_positions and clauses[open_positions[-1]].depth >= clause.depth:
            ends[open_positions.pop()] = position
        open_positions.append(position)
    for position in open_positions:
        ends[position] = len(clauses)
    return ends


def store_clauses(version: Version, document: Document, progress: Progress) -> None:
    """Store the clauses of a document level by level, since a row names its parent's row."""
    rows = {row.eid: row for row in clause_rows(version, document)}
    by_depth: dict[int, list[Clause]] = {}
    for row in rows.values():
        by_depth.setdefault(row.depth, []).append(row)
    done = 0
    for depth in sorted(by_depth):
        level = by_depth[depth]
        for row in level:
            parent = document.by_eid[row.eid].parent
            row.parent = rows[parent] if parent else None
        Clause.objects.bulk_create(level, batch_size=BATCH)
        done += len(level)
        progress("storing", done, len(rows))


def clause_rows(version: Version, document: Document) -> list[Clause]:
    """Returns the clauses of a document as unsaved rows, in order and without parents."""
    ends = subtree_ends(document.clauses)
    # Where all of a file was obtained in one way; of a PDF that is its text layer unless its reader says otherwise.
    whole = str(document.meta.get("text") or ("text-layer" if document.meta.get("format") == "pdf" else ""))
    return [_row(version, clause, place, ends[place], whole) for place, clause in enumerate(document.clauses)]


def _row(version: Version, clause: EngineClause, position: int, end: int, whole: str) -> Clause:
    attributes = clause.attributes
    obtained = attributes.get("origin") or whole
    return Clause(
        version=version,
        position=position,
        end=end,
        depth=clause.depth,
        eid=clause.eid,
        element=clause.element,
        num=clause.num,
        heading=clause.heading,
        text=clause.text,
        text_status=attributes.get("text_status", ""),
        source_url=attributes.get("source", ""),
        note=attributes.get("note", ""),
        identifier=attributes.get("identifier", ""),
        obtained=obtained if obtained in Obtained.values else None,
        confidence=_share(attributes.get("confidence", "")),
        is_corrected=True if attributes.get("corrected") else None,
    )


def _share(words: str) -> float | None:
    """A share between 0 and 1 as a reader or an export writes it; None for anything else."""
    return float(words) if re.fullmatch(r"[01](?:\.\d{1,4})?", words) and float(words) <= 1 else None


def obtained_attributes(row: Clause) -> dict[str, str]:
    """How the words of a clause were obtained, as attributes of the engine's clause; none where nothing is known."""
    confidence = "" if row.confidence is None else f"{row.confidence:.2f}"
    attributes = {"origin": row.obtained, "confidence": confidence, "corrected": "yes" if row.is_corrected else ""}
    return {name: words for name, words in attributes.items() if words}


_READ = ("pk", "eid", "element", "num", "heading", "text", "depth", "parent_id", "text_status")


def load_document(version: Version) -> Document:
    """Returns a stored version as the engine's document."""
    # Rows of named values: half the time of objects of the model.
    rows: Any = version.clauses.order_by("position").values_list(*_READ, named=True)
    return document_of(version, rows)


def document_of(version: Version, clauses: Iterable[Clause], attributes_of: Attributes | None = None) -> Document:
    """Returns the engine's document of some clauses of a version, in order; one whose parent is missing has none.

    ``attributes_of`` gives the attributes of a clause from its row, by default its text status alone. The one place
    where rows become the engine's clauses.
    """
    attributes_of = attributes_of or _status_alone(version)
    rows = list(clauses)
    eids = {row.pk: row.eid for row in rows}
    engine_clauses = tuple(
        EngineClause(
            eid=row.eid,
            element=row.element,
            num=row.num,
            heading=row.heading,
            text=row.text,
            depth=row.depth,
            parent=eids.get(row.parent_id) if row.parent_id else None,
            attributes=attributes_of(row),
        )
        for row in rows
    )
    return Document(title=version.title, language=version.language, clauses=engine_clauses)


def _status_alone(version: Version) -> Attributes:
    """What the words are: where a clause says nothing of its own, its version's status."""
    return lambda row: {"text_status": row.text_status or version.text_status}


def source_attributes(row: Clause) -> dict[str, str]:
    """What the source says of a clause and how its words were obtained, as attributes of the engine's clause."""
    attributes = {
        "text_status": row.text_status, "source": row.source_url, "note": row.note, "identifier": row.identifier,
    }  # fmt: skip
    return {name: value for name, value in attributes.items() if value} | obtained_attributes(row)


def whole_document(version: Version) -> Document:
    """Returns the engine's document of a version, with the provenance of each clause where it differs."""
    return document_of(version, version.clauses.order_by("position"), source_attributes)


def document_to_correct(version: Version) -> Document:
    """Returns a stored version as a reader would give it: with what the source says of each clause, and with lines."""
    document = whole_document(version)
    clauses = []
    source: list[str] = []
    for clause in document.clauses:
        clauses.append(replace(clause, line=len(source) + 1))
        head = " ".join(filter(None, [clause.num, clause.heading]))
        source += [*filter(None, [head]), *filter(None, clause.text.split("\n"))] or [""]
    return replace(document, clauses=tuple(clauses), source=tuple(source))


_RANGE = re.compile(r"^(\d+)[-–](\d+)$")
_NUMBER = re.compile(r"\d+[A-Za-z]*(?:[-–]\d+)?")


def select_sections(document: Document, wanted: str) -> Document:
    """Returns the document with only the sections or articles named, as in ``1030,2510-2523``.

    What stands above and inside them is kept. Raises ``ReadingError`` for a number that is not in the text; a range
    needs one section at least.
    """
    units = {
        _first_number(clause.num): clause for clause in document.clauses if clause.element in {"section", "article"}
    }
    kept: set[str] = set()
    for item in filter(None, (part.strip() for part in wanted.split(","))):
        sections = _sections_named(item, units)
        if not sections:
            raise ReadingError(f"there is no section {item} in this text")
        kept.update(clause.eid for clause in sections)
    around = {ancestor for eid in kept for ancestor in _ancestors(document, eid)}
    inside = {clause.eid for eid in kept for clause in document.subtree(eid)}
    clauses = tuple(clause for clause in document.clauses if clause.eid in around or clause.eid in inside)
    return Document(document.title, document.language, clauses, document.warnings, document.furniture, document.meta)


def _first_number(num: str) -> str:
    match = _NUMBER.search(num)
    return match.group() if match else num


def _sections_named(item: str, units: dict[str, EngineClause]) -> list[EngineClause]:
    if item in units:
        return [units[item]]
    span = _RANGE.match(item)
    if not span:
        return []
    first, last = int(span[1]), int(span[2])
    leading = ((re.match(r"\d+", number), clause) for number, clause in units.items())
    return [clause for number, clause in leading if number and first <= int(number.group()) <= last]


def _ancestors(document: Document, eid: str) -> Iterable[str]:
    parent = document.by_eid[eid].parent
    while parent is not None:
        yield parent
        parent = document.by_eid[parent].parent
