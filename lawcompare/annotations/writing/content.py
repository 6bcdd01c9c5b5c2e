"""What an annotation says as one value, which a revision keeps; and the rows it names."""

from collections.abc import Mapping, Sequence
from typing import Any

from lawcompare.annotations.models import Annotation, Category
from lawcompare.laws.access import visible_clauses
from lawcompare.laws.models import Clause

Content = dict[str, Any]
Relations = Mapping[str, Sequence[Any]]

FIELDS = (
    "exact", "prefix", "suffix", "start", "end", "body", "proposed_text", "motivation", "risk", "checklist",
    "source_organisation", "source_title", "source_date", "source_url",
)  # fmt: skip
RELATIONS = ("categories", "standards", "answers")


def content_of(annotation: Annotation, relations: Relations | None = None) -> Content:
    """All that an annotation says. ``relations`` hold what is not yet stored of it; the rest is read."""
    given = relations or {}
    content: Content = {name: getattr(annotation, name) for name in FIELDS}
    content["risk"] = int(annotation.risk)
    for name in RELATIONS:
        rows = given[name] if name in given else getattr(annotation, name).all()
        content[name] = sorted(row.code if isinstance(row, Category) else row.pk for row in rows)
    return content


def with_content(annotation: Annotation, content: Content) -> Annotation:
    """The annotation in memory as ``content`` has it, unsaved; its relations are read by ``relations_of``."""
    for name in FIELDS:
        setattr(annotation, name, content[name])
    return annotation


def relations_of(content: Content, reader: Any = None) -> dict[str, list[Any]]:
    """The rows that a content names: all of them, or those that ``reader`` may know of. What is gone is left out."""
    relations: dict[str, list[Any]] = {"categories": list(Category.objects.filter(code__in=content["categories"]))}
    clauses = Clause.objects.all() if reader is None else visible_clauses(reader)
    clauses = clauses.filter(pk__in=content["standards"] + content["answers"]).select_related("version__law")
    by_key = {clause.pk: clause for clause in clauses}
    for name in ("standards", "answers"):
        relations[name] = [by_key[key] for key in content[name] if key in by_key]
    return relations
