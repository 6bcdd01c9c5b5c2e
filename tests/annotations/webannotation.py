"""What the W3C Web Annotation Data Model says that an annotation, page or collection MUST be."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

CONTEXT = "http://www.w3.org/ns/anno.jsonld"
MOTIVATIONS = {
    "assessing", "bookmarking", "classifying", "commenting", "describing", "editing", "highlighting", "identifying",
    "linking", "moderating", "questioning", "replying", "tagging",
}  # fmt: skip
OWN_KEYS = {
    "@context", "id", "type", "motivation", "creator", "created", "modified", "generator", "generated", "body",
    "target", "rights", "canonical", "via", "audience", "stylesheet",
    "dcterms:source",
}  # fmt: skip
SELECTORS = {"FragmentSelector", "TextQuoteSelector", "TextPositionSelector"}


def check_annotation(data: dict[str, Any], *, embedded: bool = False) -> None:
    """Section 3 and 4 of the model. Raises AssertionError."""
    terms = set()
    if not embedded:
        terms = _check_context(data["@context"])
        assert set(data) <= OWN_KEYS | terms, set(data) - OWN_KEYS - terms
    _check_iri(data["id"])
    assert "Annotation" in _many(data["type"])
    assert set(_many(data.get("motivation"))) <= MOTIVATIONS
    for name in ("created", "modified"):
        if name in data:
            _check_moment(data[name])
    for creator in _many(data.get("creator")):
        assert isinstance(creator.get("name", ""), str)
        assert set(_many(creator.get("type"))) <= {"Person", "Organization", "Software"}
    for body in _many(data.get("body")):
        _check_body(body)
    targets = _many(data["target"])
    assert targets
    for target in targets:
        _check_iri(target["source"])
        for selector in _many(target.get("selector")):
            _check_selector(selector)


def check_page(data: dict[str, Any]) -> None:
    """Section 5.2."""
    terms = _check_context(data["@context"])
    _check_iri(data["id"])
    assert data["type"] == "AnnotationPage"
    _check_iri(data["partOf"])
    for name in ("next", "prev"):
        if name in data:
            _check_iri(data[name])
    assert type(data["startIndex"]) is int and data["startIndex"] >= 0
    assert isinstance(data["items"], list) and data["items"]
    for item in data["items"]:
        check_annotation(item, embedded=True)
        assert set(item) <= OWN_KEYS | terms


def check_collection(data: dict[str, Any]) -> None:
    """Section 5.1."""
    _check_context(data["@context"])
    _check_iri(data["id"])
    assert data["type"] == "AnnotationCollection"
    assert isinstance(data["label"], str)
    assert type(data["total"]) is int and data["total"] >= 0
    if data["total"]:
        _check_iri(data["first"])
        _check_iri(data["last"])
    else:
        assert "first" not in data


def _check_context(context: Any) -> set[str]:
    """Names the standard's context; returns the terms of our own, each of which leads to an IRI."""
    parts = _many(context)
    assert parts[0] == CONTEXT and all(isinstance(part, dict) for part in parts[1:]), "one remote context alone"
    terms = {name: term for part in parts[1:] for name, term in part.items()}
    for term in terms.values():
        iri = term if isinstance(term, str) else term["@id"]
        prefix, _colon, rest = iri.partition(":")
        assert rest and (prefix in terms or prefix in {"urn", "http", "https"}), iri
    return set(terms)


def _check_body(body: dict[str, Any]) -> None:
    assert body["type"] == "TextualBody" and isinstance(body["value"], str)
    for name in ("format", "language", "purpose"):
        assert isinstance(body.get(name, ""), str)
    assert {body["purpose"]} <= MOTIVATIONS if "purpose" in body else True


def _check_selector(selector: dict[str, Any]) -> None:
    assert selector["type"] in SELECTORS
    if selector["type"] == "TextQuoteSelector":
        assert isinstance(selector["exact"], str)
        assert all(isinstance(selector.get(name, ""), str) for name in ("prefix", "suffix"))
    elif selector["type"] == "TextPositionSelector":
        assert all(type(selector[name]) is int and selector[name] >= 0 for name in ("start", "end"))
        assert selector["start"] <= selector["end"]
    else:
        assert isinstance(selector["value"], str)
        _check_iri(selector["conformsTo"])
        if "refinedBy" in selector:
            _check_selector(selector["refinedBy"])


def _check_iri(words: Any) -> None:
    assert isinstance(words, str)
    parts = urlsplit(words)
    assert parts.scheme and (parts.netloc or parts.scheme == "urn"), words
    assert " " not in words


def _check_moment(words: str) -> None:
    assert datetime.fromisoformat(words).tzinfo is not None


def _many(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [] if value is None else [value]
