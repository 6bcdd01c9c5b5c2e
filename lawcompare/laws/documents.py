"""Conversion between stored versions and the engine's documents."""

import hashlib
import json
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from typing import Any

from django.db.models import QuerySet

from lawcompare.engine.document import Clause as EngineClause
from lawcompare.engine.document import Document
from lawcompare.engine.errors import ReadingError
from lawcompare.laws.models import Clause, Obtained, TextStatus, Version

Progress = Callable[[str, int, int], None]
Attributes = Callable[[Clause], Mapping[str, str]]

BATCH = 500
# What a file may say of a clause of its own: that a text is official is said of all of it, and by whom.
OF_CLAUSE = {*TextStatus.values} - {TextStatus.OFFICIAL, TextStatus.CONSOLIDATED}


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
    rows = []
    for position, (clause, end) in enumerate(zip(document.clauses, ends, strict=True)):
        attributes = clause.attributes
        obtained, confidence = attributes.get("origin") or whole, attributes.get("confidence", "")
        is_share = re.fullmatch(r"[01](?:\.\d{1,4})?", confidence) and float(confidence) <= 1
        status, source = attributes.get("text_status", ""), attributes.get("source", "")
        row = Clause(
            version=version,
            position=position,
            end=end,
            text_status=status if status in OF_CLAUSE else "",
            source_url=source if source.startswith(("https://", "http://")) else "",
            note=attributes.get("note", ""),
            identifier=attributes.get("identifier", ""),
            obtained=obtained if obtained in Obtained.values else None,
            confidence=float(confidence) if is_share else None,
            is_corrected=True if attributes.get("corrected") else None,
            **{name: getattr(clause, name) for name in ("depth", "eid", "element", "num", "heading", "text")},
        )
        rows.append(row)
    return rows


_READ = ("pk", "eid", "element", "num", "heading", "text", "depth", "parent_id", "text_status")
_OF_SOURCE = ("source_url", "note", "identifier", "obtained", "confidence", "is_corrected")


def values_of(clauses: QuerySet[Clause], *more: str) -> Any:
    """Returns clauses in order as rows of named values: half the time, and memory, of objects of the model."""
    return clauses.order_by("position").values_list(*_READ, *more, named=True)


def values_with_source(clauses: QuerySet[Clause]) -> Any:
    """Returns the same with what the source says of each clause, and the ``parent__eid``."""
    return values_of(clauses, *_OF_SOURCE, "parent__eid")


def load_document(version: Version) -> Document:
    return document_of(version, values_of(version.clauses.all()))


def document_of(version: Version, clauses: Iterable[Clause], attributes_of: Attributes | None = None) -> Document:
    """Returns the engine's document of some clauses of a version, in order; one whose parent is missing has none.

    ``attributes_of`` gives the attributes of a clause from its row, by default its text status alone. The one place
    where rows become the engine's clauses.
    """
    rows = list(clauses)
    eids = {row.pk: row.eid for row in rows}
    status = version.text_status
    engine_clauses = tuple(
        EngineClause(
            eid=row.eid,
            element=row.element,
            num=row.num,
            heading=row.heading,
            text=row.text,
            depth=row.depth,
            parent=eids.get(row.parent_id) if row.parent_id else None,
            attributes=attributes_of(row) if attributes_of else {"text_status": row.text_status or status},
        )
        for row in rows
    )
    return Document(title=version.title, language=version.language, clauses=engine_clauses)


def source_attributes(row: Clause) -> dict[str, str]:
    """What the source says of a clause and how its words were obtained, as attributes of the engine's clause."""
    attributes = {
        "text_status": row.text_status,
        "source": row.source_url,
        "note": row.note,
        "identifier": row.identifier,
        "origin": row.obtained,
        "confidence": "" if row.confidence is None else f"{row.confidence:.2f}",
        "corrected": "yes" if row.is_corrected else "",
    }
    return {name: value for name, value in attributes.items() if value}


def whole_document(version: Version) -> Document:
    """Returns the engine's document of a version, with the provenance of each clause where it differs."""
    return document_of(version, values_of(version.clauses.all(), *_OF_SOURCE), source_attributes)


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
    units: dict[str, EngineClause] = {}
    for clause in document.clauses:
        if clause.element in {"section", "article"}:
            number = _NUMBER.search(clause.num)
            units[number.group() if number else clause.num] = clause
    leading = [(int(digits[0]), clause) for number, clause in units.items() if (digits := re.match(r"\d+", number))]
    kept: set[str] = set()
    for item in filter(None, (part.strip() for part in wanted.split(","))):
        span = _RANGE.match(item)
        sections = [units[item]] if item in units else []
        if span and not sections:
            sections = [clause for number, clause in leading if int(span[1]) <= number <= int(span[2])]
        if not sections:
            raise ReadingError(f"there is no section {item} in this text")
        kept.update(clause.eid for clause in sections)
    around: set[str] = set()
    for eid in kept:
        while (parent := document.by_eid[eid].parent) is not None:
            around.add(parent)
            eid = parent
    inside = {clause.eid for eid in kept for clause in document.subtree(eid)}
    clauses = tuple(clause for clause in document.clauses if clause.eid in around or clause.eid in inside)
    return Document(document.title, document.language, clauses, document.warnings, document.furniture, document.meta)
