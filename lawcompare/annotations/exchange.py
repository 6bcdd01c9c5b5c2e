"""Published annotations in other forms: as W3C Web Annotation JSON-LD, as a table (CSV) and as a spreadsheet.

What the model has no word for stands under terms of our own, defined in the context itself, so that reading a file
asks for nothing but the standard's context. IRIs name pages in the default language.
"""

import json
from collections.abc import Iterable, Iterator
from datetime import date, datetime
from functools import reduce
from operator import or_
from typing import Any

from django.conf import settings
from django.core.paginator import EmptyPage, Paginator
from django.db.models import Q, Sum
from django.db.models.functions import Length
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from lawcompare.annotations.access import get_annotation_to_export
from lawcompare.annotations.filters import NAMES, NoteFilter, file_filter
from lawcompare.annotations.models import Annotation, AnnotationQuerySet, Risk, answered
from lawcompare.core.page_cache.public import public
from lawcompare.engine.text.words import language_of
from lawcompare.laws.citing import cite, pinned_clause, plain_address, site_root
from lawcompare.laws.models import Clause
from lawcompare.laws.reports import CSV, XLSX, LinkCell, SheetCell, as_csv, as_workbook, too_much

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
        # The clause as it stands in a text of this hash, and which of its words.
        "target": {
            "type": "SpecificResource",
            "source": root + pinned_clause(annotation.clause),
            "selector": selectors(annotation),
            "textHash": annotation.version.text_hash,
        },
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
    source = {
        "publisher": annotation.source_organisation,
        "title": annotation.source_title,
        "date": annotation.source_date,
        "id": annotation.source_url,
    }
    terms: dict[str, Any] = {
        "risk": Risk(annotation.risk).name.lower() if annotation.risk else "",
        "categories": [category.code for category in annotation.categories.all()],
        "standards": _addresses(annotation.public_standards, root),
        "answers": _addresses(annotation.public_answers, root),
        "checklist": checklist_data(annotation.checklist),
        "dcterms:source": {name: words for name, words in source.items() if words},
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
        data |= {"first": collection_address(chosen, root, 1), "last": collection_address(chosen, root, pages)}
    return with_context(data)


def page_data(chosen: NoteFilter, number: int, pages: int, start: int, items: Iterable[Annotation], root: str) -> Any:
    """A page of the collection; ``start`` is the place of its first annotation in the whole, from 0."""
    data: dict[str, Any] = {
        "id": collection_address(chosen, root, number),
        "type": "AnnotationPage",
        "partOf": collection_address(chosen, root),
        "startIndex": start,
    }
    if number > 1:
        data["prev"] = collection_address(chosen, root, number - 1)
    if number < pages:
        data["next"] = collection_address(chosen, root, number + 1)
    return with_context(data | {"items": [annotation_data(item, root) for item in items]})


def collection_address(chosen: NoteFilter, root: str, page: int | None = None) -> str:
    """The IRI of the collection of the notes chosen, or of one of its pages, counted from 1."""
    query = "&".join(filter(None, [chosen.query, f"page={page}" if page else ""]))
    return root + plain_address("annotations_jsonld") + (f"?{query}" if query else "")


# --- As a table -------------------------------------------------------------------------------------------------------


# Letters of notes that one file holds, and notes that are read at a time: those of one organisation on one text fit.
LETTERS_OF_A_FILE, NOTES_AT_A_TIME = 20_000_000, 200


def as_table(annotations: AnnotationQuerySet, root: str) -> Iterator[list[str]]:
    """A row for each annotation below a row of names. Nobody's name is in it but the organisation's.

    What one organisation says of one text, the longest first, is left out where all would be too long, and is named at
    the end with the address of a file of its own: thousands of notes of one leave the others theirs.
    """
    yield [
        _("Address"),
        _("Law"),
        _("Text"),
        _("Clause"),
        _("Words"),
        _("Risk"),
        _("Kinds of risk"),
        _("Purpose of the note"),
        _("By"),
        _("Reasoning"),
        _("Proposed wording"),
        _("Standard relied on"),
        _("Compare"),
        _("Legal tests"),
        _("Restates"),
        _("Published"),
        _("Address of the words"),
    ]
    letters = Sum(Length("body") + Length("exact") + Length("proposed_text"))
    groups = annotations.order_by().values_list("organisation", "version").annotate(letters=letters)
    room, left_out = LETTERS_OF_A_FILE, list[tuple[int, int]]()
    for organisation, version, size in groups.order_by("letters", "organisation", "version"):
        room -= size
        if room < 0:
            left_out.append((organisation, version))
    without = [Q(organisation=organisation, version=version) for organisation, version in left_out]
    fitting = annotations.exclude(reduce(or_, without)) if without else annotations
    for annotation in fitting.defer("body_html").iterator(chunk_size=NOTES_AT_A_TIME):
        yield _row(annotation, root)
    for organisation, version in left_out:
        yield _row_of_others(annotations.filter(organisation=organisation, version=version)[:1].get(), root)


def as_cells(annotations: AnnotationQuerySet, root: str) -> list[list[SheetCell]]:
    """The same for a spreadsheet: addresses lead on, and days are days."""
    rows = as_table(annotations, root)
    cells: list[list[SheetCell]] = [list(next(rows))]
    for address, *words, day, of_words in rows:
        published = date.fromisoformat(day) if day else None
        cells.append([LinkCell(address, address), *words, published, LinkCell(of_words, of_words)])
    return cells


def _row(annotation: Annotation, root: str) -> list[str]:
    clause, version = annotation.clause, annotation.version
    source = [annotation.source_organisation, annotation.source_title, annotation.source_date, annotation.source_url]
    return [
        root + plain_address("annotation", annotation.slug),
        version.law_name,
        f"{version.name} ({version.address})",
        cite(clause),
        annotation.exact,
        str(annotation.get_risk_display()),
        "; ".join(annotation.kinds),
        str(annotation.get_motivation_display()),
        str(annotation.organisation),
        annotation.body,
        annotation.proposed_text,
        _cited(annotation.public_standards),
        _cited(annotation.public_answers),
        "; ".join(f"{answer.test.label}: {answer.answer.label}" for answer in answered(annotation.checklist)),
        ", ".join(filter(None, source)) or annotation.restating,
        annotation.public_day.date().isoformat() if annotation.published_at else "",
        root + pinned_clause(clause),
    ]


def _row_of_others(one: Annotation, root: str) -> list[str]:
    """Where the notes of an organisation on a text are that have no room in this file."""
    version, organisation = one.version, one.organisation
    chosen = NoteFilter((organisation.slug,), (version.law.slug,), (version.slug,))
    address = f"{root}{plain_address('annotations_csv')}?{chosen.query}"
    said = _("All notes would be too long for one file: these have one of their own.")
    named = [address, version.law_name, f"{version.name} ({version.address})"]
    return [*named, *[""] * 5, str(organisation), said, *[""] * 6, address]


def _cited(clauses: Iterable[Clause]) -> str:
    return "; ".join(f"{clause.version.law_name}, {cite(clause)}" for clause in clauses)


# --- Pages ------------------------------------------------------------------------------------------------------------

PER_PAGE = 100
# A note, with all that it names, is written as fast as so many clauses.
ROWS_OF_A_NOTE = 10


def published(request: HttpRequest) -> AnnotationQuerySet:
    """What is public of what the address asks for, the first published first, so that pages keep their items."""
    annotations = Annotation.objects.listed().for_export().order_by("published_at", "slug")
    return file_filter(request.GET).of(annotations)


def as_jsonld(data: dict[str, Any]) -> HttpResponse:
    """A response with the media type of W3C annotations, which scripts of any site may read."""
    words = json.dumps(data, ensure_ascii=False, indent=1)
    headers = {"Access-Control-Allow-Origin": "*", "Cross-Origin-Resource-Policy": "cross-origin"}
    return HttpResponse(words, content_type=MEDIA_TYPE, headers=headers)


@require_safe
@public()
def annotation_jsonld(request: HttpRequest, slug: str) -> HttpResponse:
    annotation = get_annotation_to_export(slug)
    return as_jsonld(with_context(annotation_data(annotation, site_root(request))))


@require_safe
@public("page", *NAMES)
def annotations_jsonld(request: HttpRequest) -> HttpResponse:
    """The collection, or the page of it that ``?page=`` names."""
    chosen, root = file_filter(request.GET), site_root(request)
    pages = Paginator(published(request), PER_PAGE)
    asked = request.GET.get("page")
    if asked is None:
        return as_jsonld(collection_data(chosen, pages.count, pages.num_pages, root))
    try:
        page = pages.page(int(asked))
    except (EmptyPage, ValueError):
        raise Http404(_("This collection has no page “%(page)s”.") % {"page": asked[:20]}) from None
    start = (page.number - 1) * PER_PAGE
    return as_jsonld(page_data(chosen, page.number, pages.num_pages, start, page, root))


@require_safe
@public(*NAMES)
def annotations_csv(request: HttpRequest) -> HttpResponse:
    notes = published(request)
    if refusal := too_much(request, ROWS_OF_A_NOTE * notes.count()):
        return refusal
    table = as_table(notes, site_root(request))
    return as_file(as_csv(table), CSV, "annotations.csv")


@require_safe
@public(*NAMES)
def annotations_xlsx(request: HttpRequest) -> HttpResponse:
    notes = published(request)
    if refusal := too_much(request, ROWS_OF_A_NOTE * notes.count()):
        return refusal
    cells = as_cells(notes, site_root(request))
    return as_file(as_workbook(cells, _("Annotations")), XLSX, "annotations.xlsx")


def as_file(content: bytes | str, media_type: str, name: str) -> HttpResponse:
    """A response that is saved under ``name``."""
    return HttpResponse(
        content, content_type=media_type, headers={"Content-Disposition": f'attachment; filename="{name}"'}
    )
