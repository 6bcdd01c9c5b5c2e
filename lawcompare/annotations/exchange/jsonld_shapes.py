"""The shapes in which other programs write the same W3C annotation, brought into the one that ``jsonld_reader`` reads.

A JSON-LD file may name a property by a term, a prefix or an IRI, hold one value or a list of one, and stand in a graph.
What is understood is taken whole. What is not understood is refused by its name, since an annotation that lost its risk
or its standards on the way would be another annotation.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _

from lawcompare.annotations.exchange.jsonld_writer import NAMESPACE, TERMS, W3C_CONTEXT

CONTEXTS = {W3C_CONTEXT, W3C_CONTEXT.replace("http:", "https:")}
# IRI → the term by which it is read here; of the W3C's words those whose IRI other programs write.
OPEN_ANNOTATION, DUBLIN_CORE = "http://www.w3.org/ns/oa#", "http://purl.org/dc/terms/"
PREFIXES = {"oa": OPEN_ANNOTATION, "dcterms": DUBLIN_CORE, "dc": "http://purl.org/dc/elements/1.1/"}
W3C_NAMES = {
    "hasBody": "body",
    "hasTarget": "target",
    "hasSource": "source",
    "hasSelector": "selector",
    "motivatedBy": "motivation",
    "hasPurpose": "purpose",
    "bodyValue": "bodyValue",
    "exact": "exact",
    "prefix": "prefix",
    "suffix": "suffix",
    "start": "start",
    "end": "end",
    "refinedBy": "refinedBy",
}
DUBLIN_NAMES = {"creator": "creator", "created": "created", "modified": "modified", "conformsTo": "conformsTo",
                "rights": "rights", "source": "restates"}  # fmt: skip
OWN = {
    str(term["@id"] if isinstance(term, dict) else term).removeprefix("lc:"): name
    for name, term in TERMS.items()
    if name != "lc"
}
# What may be said of each thing. The keys of an annotation that its checks refuse in words of their own are let pass.
KEYS = {
    "annotation": {"@context", "id", "type", "motivation", "creator", "created", "modified", "body", "bodyValue",
                   "target", "rights", "risk", "categories", "standards", "answers", "checklist", "descendsFrom",
                   "published", "restates", "status", "state"},
    "body": {"id", "type", "value", "format", "language", "purpose"},
    "target": {"id", "type", "source", "selector", "textHash"},
    "creator": {"id", "type", "name"},
    "restates": {"id", "publisher", "title", "date"},
    "checklist": {"test", "answer", "words"},
}  # fmt: skip


class NotImported(ValueError):
    """Why a file cannot be imported: one sentence that names the annotation. Nothing was stored."""


def has_context(part: Any) -> bool:
    """Returns whether a part of a file names the context of W3C annotations, by either scheme."""
    context = part.get("@context") if isinstance(part, dict) else None
    names = context if isinstance(context, list) else [context]
    return any(isinstance(name, str) and name in CONTEXTS for name in names)


def with_known_names(part: dict[str, Any]) -> dict[str, Any]:
    """Returns a part of a file with its properties under the names that are read here, all the way down.

    Raises NotImported where the file's own context gives one of these names another meaning.
    """
    return {"@context": part.get("@context")} | _renamed(part, _names_in(part.get("@context")))


def _names_in(context: Any) -> dict[str, str]:
    """The file's own terms → ours."""
    own: dict[str, str] = {}
    terms: dict[str, Any] = {}
    for one in context if isinstance(context, list) else [context]:
        if isinstance(one, dict):
            terms |= one
        elif one not in CONTEXTS:
            raise NotImported(_("The file names a context that is not read here: %s.") % str(one)[:200])
    prefixes = PREFIXES | {name: iri for name, iri in terms.items() if isinstance(iri, str) and iri[-1:] in ":#/"}
    for term, definition in terms.items():
        iri = definition.get("@id") if isinstance(definition, dict) else definition
        name = _name_of(str(iri), prefixes) if isinstance(iri, str) else ""
        if term in OWN.values() and name != term:
            raise NotImported(_("The file gives “%s” another meaning than this site.") % term)
        if name:
            own[term] = name
    return own | {prefix + ":": iri for prefix, iri in prefixes.items()}


def _name_of(key: str, prefixes: Mapping[str, str]) -> str:
    """The term for a whole or shortened IRI; empty where it is neither ours nor the W3C's."""
    prefix, colon, rest = key.partition(":")
    iri = prefixes.get(prefix, prefix + colon) + rest if colon else key
    for space, names in ((NAMESPACE, OWN), (OPEN_ANNOTATION, W3C_NAMES), (DUBLIN_CORE, DUBLIN_NAMES)):
        if iri.startswith(space):
            return names.get(iri.removeprefix(space), "")
    return ""


def _renamed(value: Any, names: Mapping[str, str]) -> Any:
    if isinstance(value, list):
        return [_renamed(one, names) for one in value]
    if not isinstance(value, dict):
        return value
    if "@value" in value and set(value) <= {"@value", "@type", "@language"}:
        return value["@value"]
    renamed: dict[str, Any] = {}
    prefixes = PREFIXES | {"lc": NAMESPACE} | {key[:-1]: iri for key, iri in names.items() if key.endswith(":")}
    for key, inner in value.items():
        if key == "@context":
            continue
        plain = {"@id": "id", "@type": "type"}.get(key) or names.get(key) or _name_of(key, prefixes) or key
        if plain in renamed:
            raise NotImported(_("The file says “%s” twice of one thing.") % plain)
        renamed[plain] = _renamed(inner, names)
    return renamed


def parts_of(part: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Yields a part of a file, or what stands in its graph as framing writes it."""
    graph = part.get("@graph")
    if graph is None:
        yield with_known_names(part)
        return
    for node in graph if isinstance(graph, list) else [graph]:
        if not isinstance(node, dict):
            raise NotImported(_("The file holds something that is no annotation, page or collection."))
        yield with_known_names(node | {"@context": part.get("@context")})


def check_keys(data: Mapping[str, Any], thing: str) -> None:
    """Raises NotImported where something is said of ``thing`` that would be lost."""
    for key in data:
        if key not in KEYS[thing] and key.rpartition(":")[2] not in {"status", "state"}:
            raise NotImported(_("it says “%s”, which cannot be kept here") % key[:100])
    rights = data.get("rights")
    if rights not in (None, "", settings.CONTENT_LICENCE):
        raise NotImported(_("its rights are not those of this site"))


def only_value(value: Any) -> Any:
    """Returns the value of a list of one, and anything else as it is.

    >>> only_value(["editing"]), only_value("editing"), only_value([])
    ('editing', 'editing', [])
    """
    return value[0] if isinstance(value, list) and len(value) == 1 else value


def id_of(value: Any) -> Any:
    """Returns the IRI where a value is nothing but a node with one.

    >>> id_of({"id": "https://example.org/1"}), id_of("https://example.org/1")
    ('https://example.org/1', 'https://example.org/1')
    """
    return value["id"] if isinstance(value, dict) and set(value) == {"id"} else value
