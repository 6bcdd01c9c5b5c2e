"""A Document as plain data (dicts, lists, strings), and back: to hand it to another process or to keep it."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from lawcompare.engine.document import NOTHING, Clause, Document, Furniture, LineBox, ReadingWarning

_CLAUSE = ("eid", "element", "num", "heading", "text", "depth", "parent", "line")


def to_plain(document: Document) -> dict[str, Any]:
    """Everything a document holds.

    >>> found = Document("Law", "en", (Clause("art_1", "article", "Article 1"),), source=("Article 1",))
    >>> from_plain(to_plain(found)) == found, from_plain(to_plain(found)).source
    (True, ('Article 1',))
    """
    return {
        "title": document.title,
        "language": document.language,
        "clauses": [_clause(clause) for clause in document.clauses],
        "warnings": [
            [warning.line, warning.kind, warning.subject, dict(warning.details)] for warning in document.warnings
        ],
        "furniture": [[furniture.name, furniture.text, furniture.line] for furniture in document.furniture],
        "meta": {str(name): _value(value) for name, value in document.meta.items()},
        "source": list(document.source),
        "boxes": [list(box) if box else None for box in document.boxes],
    }


def from_plain(data: Mapping[str, Any]) -> Document:
    """The document of what ``to_plain`` gave."""
    clauses = tuple(
        Clause(
            **dict(zip(_CLAUSE, row[:-1], strict=True)), attributes=MappingProxyType(row[-1]) if row[-1] else NOTHING
        )
        for row in data["clauses"]
    )
    return Document(
        title=data["title"],
        language=data["language"],
        clauses=clauses,
        warnings=tuple(ReadingWarning(*warning) for warning in data["warnings"]),
        furniture=tuple(Furniture(name, text, line) for name, text, line in data["furniture"]),
        meta=data["meta"],
        source=tuple(data["source"]),
        boxes=tuple(LineBox(*map(int, box)) if box else None for box in data.get("boxes", ())),
    )


def _clause(clause: Clause) -> list[Any]:
    return [*(getattr(clause, name) for name in _CLAUSE), dict(clause.attributes)]


def _value(value: Any) -> Any:
    """Dates of front matter become text; JSON has none."""
    return value if value is None or isinstance(value, str | int | float | bool) else str(value)
