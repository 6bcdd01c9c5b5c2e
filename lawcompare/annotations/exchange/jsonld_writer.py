"""Annotations as W3C Web Annotation JSON-LD: rows → data.

What the model has no word for stands under terms of our own, defined in the context itself, so that reading a file
asks for nothing but the standard's context. IRIs name pages in the default language.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.conf import settings

from lawcompare.annotations.filters import NoteFilter
from lawcompare.annotations.models import Annotation, Risk
from lawcompare.engine.text.words import language_of
from lawcompare.laws.citing.permalinks import pinned_clause, plain_address
from lawcompare.laws.models import Clause

MEDIA_TYPE = 'application/ld+json; profile="http://www.w3.org/ns/anno.jsonld"'
W3C_CONTEXT = "http://www.w3.org/ns/anno.jsonld"
NAMESPACE = "urn:lawcompare:annotation:"
# RFC 3236: a fragment names an element of the page by its id.
HTML_FRAGMENT = "http://tools.ietf.org/rfc/rfc3236"

TERMS: dict[str, Any] = {
    "lc": NAMESPACE,
    "risk": "lc:risk",
    "categories": {"@id": "lc:category", "@container": "@set"},
    "standards": {"@id": "lc:reliesOn", "@type": "@id", "@container": "@set"},
    "answers": {"@id": "lc:answeredBy", "@type": "@id", "@container": "@set"},
    "checklist": {"@id": "lc:checklist", "@container": "@set"},
    "test": "lc:test",
    "answer": "lc:answer",
    "words": "lc:words",
    "descendsFrom": {"@id": "lc:descendsFrom", "@type": "@id"},
    "published": {"@id": "lc:published", "@type": "http://www.w3.org/2001/XMLSchema#dateTime"},
    "publisher": "lc:publisher",
    "title": "lc:title",
    "date": "lc:date",
    "textHash": "lc:textHash",
}
CONTEXT: list[Any] = [W3C_CONTEXT, TERMS]


def annotation_data(annotation: Annotation, root: str) -> dict[str, Any]:
    """One annotation, without its context. ``root`` is scheme and host of the site."""
    data: dict[str, Any] = {
        "id": root + plain_address("annotation", annotation.slug),
        "type": "Annotation",
        "motivation": annotation.motivation,
        "creator": creator_data(annotation, root),
        # Not when it was written, which may be before the text was public.
        "created": iso_day(annotation.public_day if annotation.published_at else annotation.changed_day),
        "modified": iso_day(annotation.changed_day),
        **({"rights": settings.CONTENT_LICENCE} if settings.CONTENT_LICENCE else {}),
        "body": bodies(annotation),
        "target": target_data(annotation, root),
    }
    return data | extension(annotation, root)


def with_context(data: dict[str, Any]) -> dict[str, Any]:
    """A JSON-LD object with the context that defines its terms, to stand alone in a file."""
    return {"@context": CONTEXT, **data}


def creator_data(annotation: Annotation, root: str) -> dict[str, Any] | list[dict[str, Any]]:
    """The organisation; beside it its author where they asked to be named, by the name they chose."""
    organisation = annotation.organisation
    data = {
        "id": f"{root}{plain_address('annotations')}?organisation={organisation.slug}",
        "type": "Organization",
        "name": organisation.name,
    }
    person = annotation.person_credited
    return [data, {"type": "Person", "name": person}] if person else data


def bodies(annotation: Annotation) -> list[dict[str, Any]]:
    """The reasons, and as a second body, with the purpose of editing, the words proposed instead."""
    purpose = "commenting" if annotation.motivation == "editing" else annotation.motivation
    reasons = {"value": annotation.body, "format": "text/markdown", "language": language_of(annotation.body)}
    texts = [{"type": "TextualBody", **reasons, "purpose": purpose}]
    if annotation.proposed_text:
        proposed = {"value": annotation.proposed_text, "format": "text/plain", "purpose": "editing"}
        texts.append({"type": "TextualBody", **proposed, "language": annotation.version.language})
    return texts


def target_data(annotation: Annotation, root: str) -> dict[str, Any]:
    """The clause as it stands in a text of this hash, and which of its words."""
    clause = annotation.clause
    return {
        "type": "SpecificResource",
        "source": root + pinned_clause(clause),
        "selector": selectors(annotation),
        "textHash": annotation.version.text_hash,
    }


def selectors(annotation: Annotation) -> list[dict[str, Any]]:
    """The W3C selectors: the quote, and the clause's fragment with the position in it.

    The position counts in the clause's own words, not in the page, so that it refines the fragment. A note on a whole
    clause has the fragment alone.
    """
    fragment: dict[str, Any] = {"type": "FragmentSelector", "conformsTo": HTML_FRAGMENT, "value": annotation.clause.eid}
    if annotation.start is None or annotation.end is None:
        return [fragment]
    position = {"type": "TextPositionSelector", "start": annotation.start, "end": annotation.end}
    quote = {"exact": annotation.exact, "prefix": annotation.prefix, "suffix": annotation.suffix}
    return [
        {"type": "TextQuoteSelector"} | {name: words for name, words in quote.items() if words},
        fragment | {"refinedBy": position},
    ]


def extension(annotation: Annotation, root: str) -> dict[str, Any]:
    """What the model has no word for; what is empty is left out."""
    terms: dict[str, Any] = {
        "risk": Risk(annotation.risk).name.lower() if annotation.risk else "",
        "categories": [category.code for category in annotation.categories.all()],
        "standards": _addresses(annotation.public_standards, root),
        "answers": _addresses(annotation.public_answers, root),
        "checklist": checklist_data(annotation.checklist),
        "dcterms:source": restated(annotation),
        "published": iso_day(annotation.public_day) if annotation.published_at else "",
    }
    if annotation.descends_from is not None:
        terms["descendsFrom"] = root + plain_address("annotation", annotation.descends_from.slug)
    return {name: value for name, value in terms.items() if value}


def checklist_data(checklist: dict[str, Any]) -> list[dict[str, str]]:
    """Each legal test with its answer, and the words relied on where some are named."""
    rows = []
    for test, row in sorted(checklist.items()):
        answer, words = (row.get("answer", ""), row.get("words", "")) if isinstance(row, dict) else (row, "")
        rows.append({"test": test, "answer": answer} | ({"words": words} if words else {}))
    return rows


def restated(annotation: Annotation) -> dict[str, str]:
    """The publication that an annotation restates, without what is empty."""
    source = {
        "publisher": annotation.source_organisation,
        "title": annotation.source_title,
        "date": annotation.source_date,
        "id": annotation.source_url,
    }
    return {name: words for name, words in source.items() if words}


def _addresses(clauses: Iterable[Clause], root: str) -> list[str]:
    """In an order that does not hang on the database."""
    return sorted(root + pinned_clause(clause) for clause in clauses)


def iso_day(day: datetime) -> str:
    """``2014-04-09T00:00:00Z`` of the midnight of a day: the standard wants a time."""
    return f"{day:%Y-%m-%d}T00:00:00Z"


def collection_data(chosen: NoteFilter, total: int, pages: int, root: str) -> dict[str, Any]:
    """The W3C collection of the notes chosen: how many there are, and its first and last page."""
    data: dict[str, Any] = {
        "id": collection_address(chosen, root),
        "type": "AnnotationCollection",
        "label": " · ".join(["Published annotations", *chosen.names()]),
        "total": total,
    }
    if total:
        data |= {"first": page_address(chosen, 1, root), "last": page_address(chosen, pages, root)}
    return with_context(data)


def page_data(chosen: NoteFilter, number: int, pages: int, start: int, items: Iterable[Annotation], root: str) -> Any:
    """A page of the collection; ``start`` is the place of its first annotation in the whole, from 0."""
    data: dict[str, Any] = {
        "id": page_address(chosen, number, root),
        "type": "AnnotationPage",
        "partOf": collection_address(chosen, root),
        "startIndex": start,
    }
    if number > 1:
        data["prev"] = page_address(chosen, number - 1, root)
    if number < pages:
        data["next"] = page_address(chosen, number + 1, root)
    return with_context(data | {"items": [annotation_data(item, root) for item in items]})


def collection_address(chosen: NoteFilter, root: str) -> str:
    """The IRI of the collection of the notes chosen."""
    query = f"?{chosen.query}" if chosen.query else ""
    return root + plain_address("annotations_jsonld") + query


def page_address(chosen: NoteFilter, number: int, root: str) -> str:
    """The IRI of one page of the collection, counted from 1."""
    query = "&".join(filter(None, [chosen.query, f"page={number}"]))
    return f"{root}{plain_address('annotations_jsonld')}?{query}"
