"""The endpoints of the API, in the order in which its document lists them. Importing them declares their addresses."""

from typing import Annotated, Any, Literal

from django.db.models import Prefetch, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_noop as _
from ninja import Query

from lawcompare.accounts.models import VISITOR
from lawcompare.accounts.responses import first_or_404
from lawcompare.annotations.filters import NoteFilter
from lawcompare.annotations.models import Annotation, Risk
from lawcompare.api import schemas
from lawcompare.api.app import PageNumber, RequestRefused, get, page_of, page_of_numbered
from lawcompare.comparisons.access import find_comparison, visible_comparisons
from lawcompare.comparisons.elements import element_changes
from lawcompare.comparisons.models import ClausePair, Comparison, Level
from lawcompare.comparisons.serialisers import pair_data
from lawcompare.crosswalk.access import get_topic, visible_correspondences, visible_findings, visible_values
from lawcompare.crosswalk.findings.models import Finding
from lawcompare.crosswalk.models import Correspondence, Topic
from lawcompare.crosswalk.topics.matrix import DEFAULT_MEASURE, build_matrix
from lawcompare.crosswalk.values.exchange import value_data
from lawcompare.laws.access import get_clause, get_law, get_two_versions, get_version, visible_laws, visible_versions
from lawcompare.laws.amendments.access import Instructions, amendment_between
from lawcompare.laws.citing import plain_address, site_root
from lawcompare.laws.models import Clause, PlainWords, Version
from lawcompare.laws.plain_words.services import plain_words_of
from lawcompare.laws.serialisers import (
    clause_data,
    clause_reference_data,
    event_data,
    law_data,
    version_data,
    version_reference_data,
)
from lawcompare.laws.timeline.services import visible_events
from lawcompare.publishing.concerns.outcomes import Concern, survival
from lawcompare.search import asking
from lawcompare.search.find import PER_PAGE, Hit, find, show
from lawcompare.search.question import CHARACTERS_MAX

TEXT = "/laws/{slug:law}/{slug:version}"
PAIR = "/comparisons/{slug:old_law}/{slug:old_version}/with/{slug:new_law}/{slug:new_version}"
# A withdrawn text keeps its address, which says that it was.
GONE = (410,)

# --- Annotations ------------------------------------------------------------------------------------------------------


@get(
    "/annotations",
    schemas.PageOut[schemas.AnnotationOut],
    *("page", "risk", "category", "organisation", "law", "version"),
    tags=["annotations"],
    summary=_("Published annotations, the first published first"),
)
def published(
    request: HttpRequest,
    risk: Annotated[schemas.RiskName | None, Query()] = None,
    category: Annotated[schemas.Slug | None, Query()] = None,
    organisation: Annotated[schemas.Slug | None, Query()] = None,
    law: Annotated[schemas.Slug | None, Query()] = None,
    version: Annotated[schemas.Slug | None, Query()] = None,
    page: PageNumber = 1,
) -> Any:
    asked = {"organisation": organisation, "law": law, "version": version, "category": category, "risk": risk}
    wanted = NoteFilter(**{name: (value,) for name, value in asked.items() if value})
    rows = wanted.of(Annotation.objects.listed().for_export()).order_by("published_at", "slug")
    return page_of(request, rows, page, lambda row: _annotation_data(row, site_root(request)))


@get("/annotations/{slug:id}", schemas.AnnotationOut, tags=["annotations"], summary=_("One annotation"))
def annotation(request: HttpRequest, id: schemas.Slug) -> Any:
    row = first_or_404(
        Annotation.objects.published().for_export().filter(slug=id), f"There is no annotation “{id}” here."
    )
    return _annotation_data(row, site_root(request))


def _annotation_data(row: Annotation, root: str) -> dict[str, Any]:
    names = ("exact", "start", "end", "body", "proposed_text", "motivation")
    source = [row.source_organisation, row.source_title, row.source_date, row.source_url]
    earlier = row.descends_from
    return {name: getattr(row, name) for name in names} | {
        "id": row.slug,
        "published_at": row.public_day,
        "clause": clause_reference_data(row.clause, root),
        "risk": Risk(row.risk).name.lower(),
        "categories": [category.code for category in row.categories.all()],
        "organisation": row.organisation.slug,
        "organisation_name": row.organisation.name,
        "credited": row.person_credited,
        "restates": ", ".join(filter(None, source)) or row.restating,
        "descends_from": earlier.slug if earlier is not None else None,
        "url": root + plain_address("annotation", row.slug),
        "jsonld": root + plain_address("annotation_jsonld", row.slug),
    }


# --- Comparisons ------------------------------------------------------------------------------------------------------


@get(
    "/comparisons",
    schemas.PageOut[schemas.ComparisonOut],
    "page",
    tags=["comparisons"],
    summary=_("Finished comparisons, the newest text first"),
)
def comparisons(request: HttpRequest, page: PageNumber = 1) -> Any:
    done = visible_comparisons(VISITOR).filter(finished_at__isnull=False)
    done = done.order_by("-new__date", "-old__date", "new", "old")
    return page_of(request, done, page, lambda comparison: _comparison_data(comparison, site_root(request)))


@get(PAIR, schemas.ComparisonOut, refuses=GONE, tags=["comparisons"], summary=_("A comparison of two texts"))
def comparison(
    request: HttpRequest,
    old_law: schemas.Slug,
    old_version: schemas.Slug,
    new_law: schemas.Slug,
    new_version: schemas.Slug,
) -> Any:
    return _comparison_data(_find((old_law, old_version), (new_law, new_version)), site_root(request))


@get(
    f"{PAIR}/pairs",
    schemas.PageOut[schemas.PairOut],
    "page",
    refuses=(*GONE, 429),
    tags=["comparisons"],
    summary=_("Its pairs in reading order, with every change of their words"),
)
def pairs(
    request: HttpRequest,
    old_law: schemas.Slug,
    old_version: schemas.Slug,
    new_law: schemas.Slug,
    new_version: schemas.Slug,
    page: PageNumber = 1,
) -> Any:
    comparison = _find((old_law, old_version), (new_law, new_version))
    rows = comparison.pairs.prefetch_related("old", "new")
    elements = element_changes(comparison)
    act = Instructions(amendment_between(VISITOR, comparison.old, comparison.new))

    def data(pair: ClausePair) -> dict[str, Any]:
        said = act.of_row(pair.old, pair.new) if pair.level == Level.UNIT else ()
        return pair_data(pair, elements.get(pair.pk, ()), said) | {"position": pair.position}

    def written(shown: QuerySet[ClausePair]) -> QuerySet[Clause]:
        sides = shown.values_list("old", "new")
        return Clause.objects.filter(pk__in={pk for pair in sides for pk in pair if pk})

    return page_of_numbered(request, rows, page, data, written)


def _find(old: tuple[str, str], new: tuple[str, str]) -> Comparison:
    comparison = find_comparison(*get_two_versions(VISITOR, old, new))
    if comparison is None:
        raise RequestRefused(404, "This comparison has not been asked for. Ask for it on its page.")
    return comparison


def _comparison_data(comparison: Comparison, root: str) -> dict[str, Any]:
    old, new = comparison.old, comparison.new
    names = (old.law.slug, old.slug, new.law.slug, new.slug)
    data = {name: getattr(comparison, name) for name in ("engine", "edition", "state", "stats")}
    return data | {
        "finished_at": comparison.public_day if comparison.is_done else None,
        "standings": comparison.tally,
        "corrected_by": comparison.corrected_by,
        "old": version_reference_data(old, root),
        "new": version_reference_data(new, root),
        "url": root + plain_address("comparison", *names),
        "pairs": f"{root}/api/v1/comparisons/{names[0]}/{names[1]}/with/{names[2]}/{names[3]}/pairs",
    }


# --- Concerns ---------------------------------------------------------------------------------------------------------


@get(
    "/laws/{slug:law}/concerns",
    schemas.PageOut[schemas.ConcernOut],
    *("page", "language"),
    refuses=GONE,
    tags=["annotations"],
    summary=_("Which concern survived which text of a law"),
)
def concerns(
    request: HttpRequest,
    law: schemas.Slug,
    language: schemas.LanguageCode = "en",
    page: PageNumber = 1,
) -> Any:
    texts = Version.objects.published().confirmed().originals().filter(law=get_law(VISITOR, law), language=language)
    chart = survival(list(texts.select_related("law")))
    return page_of(request, chart.concerns, page, lambda concern: _concern_data(concern, site_root(request)))


def _concern_data(concern: Concern, root: str) -> dict[str, Any]:
    category = concern.category
    return {
        "id": concern.root.slug,
        "organisation": concern.root.organisation.slug,
        "risk": concern.risk.name.lower(),
        "category": category.code if category else "",
        "cells": [
            {
                "version": version_reference_data(cell.version, root),
                "state": cell.state,
                "annotations": [note.slug for note in cell.notes],
                "reason": cell.reason,
            }
            for cell in concern.cells
        ],
    }


# --- Laws -------------------------------------------------------------------------------------------------------------


def _laws() -> Any:
    """Returns the public laws, each with its public texts in ``shown``."""
    texts = visible_versions(VISITOR).order_by("date", "slug")
    shown = Prefetch("versions", queryset=texts, to_attr="shown")
    return visible_laws(VISITOR).order_by("slug").prefetch_related(shown, "wanted")


@get("/laws", schemas.PageOut[schemas.LawOut], "page", tags=["laws"], summary=_("All laws with their public texts"))
def laws(request: HttpRequest, page: PageNumber = 1) -> Any:
    return page_of(request, _laws(), page, lambda law: law_data(law, law.shown, site_root(request)))


@get("/laws/{slug:law}", schemas.LawOut, refuses=GONE, tags=["laws"], summary=_("A law with its public texts"))
def law(request: HttpRequest, law: schemas.Slug) -> Any:
    requested = _laws().get(pk=get_law(VISITOR, law).pk)
    return law_data(requested, requested.shown, site_root(request))


@get(
    "/laws/{slug:law}/events",
    schemas.PageOut[schemas.EventOut],
    "page",
    refuses=GONE,
    tags=["laws"],
    summary=_("How a law came about: events with their sources, by date"),
)
def events(request: HttpRequest, law: schemas.Slug, page: PageNumber = 1) -> Any:
    rows = visible_events(VISITOR, get_law(VISITOR, law))
    return page_of(request, rows, page, lambda event: event_data(event, site_root(request)))


@get(TEXT, schemas.VersionOut, refuses=GONE, tags=["laws"], summary=_("The metadata of a text"))
def version(request: HttpRequest, law: schemas.Slug, version: schemas.Slug) -> Any:
    text = get_version(VISITOR, law, version)
    reference = version_reference_data(text, site_root(request))
    return version_data(text) | reference | {"clause_count": text.clause_count}


@get(
    f"{TEXT}/clauses",
    schemas.PageOut[schemas.ClauseOut],
    "page",
    refuses=(*GONE, 429),
    tags=["laws"],
    summary=_("The clauses of a text, in order"),
)
def clauses(request: HttpRequest, law: schemas.Slug, version: schemas.Slug, page: PageNumber = 1) -> Any:
    text = get_version(VISITOR, law, version)
    rows, plain = text.clauses.select_related("parent"), plain_words_of(VISITOR, text)

    def data(clause: Clause) -> dict[str, Any]:
        return _clause_data(text, clause, plain.get(clause.pk), site_root(request))

    return page_of_numbered(request, rows, page, data, lambda shown: shown)


@get(f"{TEXT}/clauses/{{eid:eid}}", schemas.ClauseOut, refuses=GONE, tags=["laws"], summary=_("One clause"))
def clause(request: HttpRequest, law: schemas.Slug, version: schemas.Slug, eid: schemas.Eid) -> Any:
    requested = get_clause(VISITOR, law, version, eid)
    plain = plain_words_of(VISITOR, requested.version).get(requested.pk)
    return _clause_data(requested.version, requested, plain, site_root(request))


def _clause_data(version: Version, clause: Clause, plain: PlainWords | None, root: str) -> dict[str, Any]:
    url = root + plain_address("clause", version.law.slug, version.slug, clause.eid)
    parent = clause.parent.eid if clause.parent else None
    return clause_data(clause, parent, plain) | {"position": clause.position, "url": url}


@get(
    f"{TEXT}/findings",
    schemas.PageOut[schemas.FindingOut],
    "page",
    refuses=GONE,
    tags=["laws"],
    summary=_("Values read from a text, and the open questions that rules ask of it"),
)
def findings(request: HttpRequest, law: schemas.Slug, version: schemas.Slug, page: PageNumber = 1) -> Any:
    text = get_version(VISITOR, law, version)
    rows = visible_findings(VISITOR).filter(version=text).open().select_related("clause")
    return page_of(request, rows.order_by("clause__position", "start", "pk"), page, _finding_data)


def _finding_data(finding: Finding) -> dict[str, Any]:
    fields = {name: getattr(finding, name) for name in ("rule", "start", "end", "quote", "message", "values")}
    return fields | {"clause": finding.clause.eid, "status": "read-by-program"}


@get(
    f"{TEXT}/values",
    schemas.PageOut[schemas.ValueOut],
    "page",
    refuses=GONE,
    tags=["laws"],
    summary=_("What clauses of a text lay down, as people confirmed or disputed it"),
)
def values(request: HttpRequest, law: schemas.Slug, version: schemas.Slug, page: PageNumber = 1) -> Any:
    text = get_version(VISITOR, law, version)
    rows = visible_values(VISITOR).filter(version=text)
    return page_of(request, rows, page, value_data)


# --- Search -----------------------------------------------------------------------------------------------------------


@get(
    "/search",
    schemas.AnswersOut,
    refuses=(429,),
    tags=["search"],
    summary=_("Clauses, annotations and topics that answer a question, the best first"),
)
def search(
    request: HttpRequest,
    q: Annotated[str, Query(max_length=CHARACTERS_MAX)],
    kind: Annotated[Literal["clause", "annotation", "topic"] | None, Query()] = None,
    law: Annotated[schemas.Slug | None, Query()] = None,
    language: Annotated[schemas.LanguageCode | None, Query()] = None,
    risk: Annotated[Literal["0", "1", "2", "3", "4"] | None, Query()] = None,
    organisation: Annotated[schemas.Slug | None, Query()] = None,
    category: Annotated[schemas.Slug | None, Query()] = None,
    typed: Annotated[Literal["yes", "no"], Query(description=_("`yes`: only the words as typed."))] = "no",
    page: PageNumber = 1,
) -> Any:
    if not asking.may_search(request):
        raise RequestRefused(429, "Too many searches from your connection. Try again in a minute.")
    versions = asking.public_versions()
    try:
        filters = asking.read_filters(request.GET, versions)
    except asking.QuestionRefused as refused:
        raise RequestRefused(404, str(refused)) from None
    results = find(asking.read_text(request.GET), filters, versions, as_typed=typed == "yes")
    data = page_of(request, results.ranked, page, lambda entry: entry, PER_PAGE)
    hits, close = (
        [_hit_data(hit, site_root(request)) for hit in show(results, keys)] for keys in (data["items"], results.close)
    )
    return data | {
        "items": hits,
        "total": results.total,
        "having_all": results.exact,
        "is_cut": results.is_cut,
        "counts": {name: dict(counter) for name, counter in results.counts.items()},
        "corrected": results.corrected,
        "in_law": results.in_law,
        "close": close,
    }


def _hit_data(hit: Hit, root: str) -> dict[str, Any]:
    organisation = hit.entry.organisation
    return {
        "kind": hit.entry.kind,
        "key": hit.entry.key,
        "title": ", ".join(filter(None, [str(organisation) if organisation else "", hit.entry.title])),
        "organisation": organisation.slug if organisation else None,
        "place": hit.place,
        "text": "".join(f"⟦{run.text}⟧" if run.is_mark else run.text for run in hit.text),
        "language": hit.entry.language,
        "version": version_reference_data(hit.version, root) if hit.version else None,
        "is_cited": hit.is_cited,
        "in_plain_words": hit.in_plain_words,
        "is_restatement": hit.is_restatement,
        "url": root + hit.url,
    }


# --- Topics -----------------------------------------------------------------------------------------------------------


def _topics() -> Any:
    public = Clause.objects.filter(version__in=visible_versions(VISITOR).standing().values("pk")).select_related(
        "version__law"
    )
    inside = public.defer("text").order_by("version__law__slug", "version__slug", "position")
    return Topic.objects.current().prefetch_related(Prefetch("clauses", queryset=inside))


def _topic_data(topic: Topic, root: str) -> dict[str, Any]:
    names = ("slug", "title", "title_km", "description", "description_km", "elsewhere")
    return {name: getattr(topic, name) for name in names} | {
        "clauses": [clause_reference_data(clause, root) for clause in topic.clauses.all()],
        "url": root + plain_address("topic", topic.slug),
    }


@get("/topics", schemas.PageOut[schemas.TopicOut], "page", tags=["topics"], summary=_("All topics with their clauses"))
def topics(request: HttpRequest, page: PageNumber = 1) -> Any:
    return page_of(request, _topics(), page, lambda topic: _topic_data(topic, site_root(request)))


@get("/topics/{slug:topic}", schemas.TopicOut, tags=["topics"], summary=_("A topic with its clauses"))
def topic(request: HttpRequest, topic: schemas.Slug) -> Any:
    return _topic_data(_topics().get(pk=get_topic(topic).pk), site_root(request))


@get(
    "/correspondences",
    schemas.PageOut[schemas.CorrespondenceOut],
    "page",
    "topic",
    tags=["topics"],
    summary=_("Which clause of one law answers which of another"),
)
def correspondences(
    request: HttpRequest, topic: Annotated[schemas.Slug | None, Query()] = None, page: PageNumber = 1
) -> Any:
    rows = visible_correspondences(VISITOR)
    if topic is not None:
        rows = rows.filter(topic=get_topic(topic))
    return page_of(request, rows, page, lambda row: _correspondence_data(row, site_root(request)))


def _correspondence_data(row: Correspondence, root: str) -> dict[str, Any]:
    row.subject.version = row.subject_version
    if row.object:
        row.object.version = row.object_version
    names = ("relation", "basis", "reasoning", "searched", "elements", "proposed_by", "standing")
    return {name: getattr(row, name) for name in names} | {
        "author": row.credit,
        "topic": row.stated_topic.slug,
        "subject": clause_reference_data(row.subject, root),
        "object": clause_reference_data(row.object, root) if row.object else None,
        "object_version": version_reference_data(row.object_version, root),
    }


AGAINST = Query(DEFAULT_MEASURE)


@get(
    "/matrix",
    schemas.MatrixOut,
    "against",
    tags=["topics"],
    summary=_("What each law has under each topic, measured against one of them"),
)
def matrix(request: HttpRequest, against: schemas.Column = AGAINST) -> Any:
    table, root = build_matrix(VISITOR, against), site_root(request)
    columns = [
        {
            "name": column.name,
            "title": column.title,
            "versions": [version_reference_data(version, root) for version in column.versions],
        }
        for column in table.columns
    ]
    lines = []
    for line in table.lines:
        cells = []
        for column, cell in zip(table.columns, line.cells, strict=True):
            fields = {name: getattr(cell, name) for name in ("state", "relations", "reasons", "by", "elsewhere")}
            clauses = [clause_reference_data(clause, root) for clause in cell.clauses]
            cells.append(fields | {"column": column.name, "clauses": clauses})
        lines.append({"topic": line.topic.slug, "cells": cells})
    return {"measure": table.measure.name, "columns": columns, "lines": lines}
