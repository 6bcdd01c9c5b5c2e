"""Endpoints of laws, their versions, clauses and findings."""

from typing import Any

from django.db.models import Prefetch
from django.http import HttpRequest
from django.utils.translation import gettext_noop as _

from lawcompare.api import schemas
from lawcompare.api.addresses import page_url, text_ref
from lawcompare.api.app import VISITOR, get
from lawcompare.api.paging import PageNumber, page_of, page_of_numbered
from lawcompare.crosswalk.access import visible_values
from lawcompare.crosswalk.findings.access import visible_findings
from lawcompare.crosswalk.findings.models import Finding
from lawcompare.crosswalk.values.exchange import value_data
from lawcompare.laws import access
from lawcompare.laws.models import Clause, Law, Version
from lawcompare.laws.renderings.translations import families
from lawcompare.laws.serialisers import clause_data, version_data
from lawcompare.laws.timeline.services import visible_events

TEXT = "/laws/{slug:law}/{slug:version}"
# A withdrawn text keeps its address, which says that it was.
GONE = (410,)


def _laws() -> Any:
    texts = access.visible_versions(VISITOR).order_by("date", "slug")
    laws = Law.objects.filter(pk__in=access.visible_versions(VISITOR).order_by().values("law"))
    return laws.order_by("slug").prefetch_related(Prefetch("versions", queryset=texts, to_attr="shown"))


def _law_data(request: HttpRequest, law: Any) -> dict[str, Any]:
    made_here = {"url", "versions", "renderings"}
    fields = {name: getattr(law, name) for name in schemas.LawOut.model_fields if name not in made_here}
    url = page_url(request, "law", law.slug)
    originals = families(law.shown)
    renderings = [each for original in originals for each in original.renderings]  # type: ignore[attr-defined]
    return fields | {
        "url": url,
        "versions": [text_ref(request, version) for version in originals],
        "renderings": [text_ref(request, version) for version in renderings],
    }


@get("/laws", schemas.PageOut[schemas.LawOut], "page", tags=["laws"], summary=_("All laws with their public texts"))
def laws(request: HttpRequest, page: PageNumber = 1) -> Any:
    return page_of(request, _laws(), page, lambda law: _law_data(request, law))


@get("/laws/{slug:law}", schemas.LawOut, refuses=GONE, tags=["laws"], summary=_("A law with its public texts"))
def law(request: HttpRequest, law: schemas.Slug) -> Any:
    requested = access.get_law(VISITOR, law)
    return _law_data(request, _laws().get(pk=requested.pk))


@get(
    "/laws/{slug:law}/events",
    schemas.PageOut[schemas.EventOut],
    "page",
    refuses=GONE,
    tags=["laws"],
    summary=_("How a law came about: events with their sources, by date"),
)
def events(request: HttpRequest, law: schemas.Slug, page: PageNumber = 1) -> Any:
    requested = access.get_law(VISITOR, law)
    return page_of(request, visible_events(VISITOR, requested), page, lambda event: _event_data(request, event))


def _event_data(request: HttpRequest, event: Any) -> dict[str, Any]:
    names = ("date", "date_is_inferred", "kind", "title", "title_km", "body", "body_km", "sources")
    return {name: getattr(event, name) for name in names} | {
        "id": event.slug,
        "organisation": event.organisation.slug if event.organisation else "",
        "versions": [text_ref(request, version) for version in event.shown],
    }


@get(TEXT, schemas.VersionOut, refuses=GONE, tags=["laws"], summary=_("The metadata of a text"))
def version(request: HttpRequest, law: schemas.Slug, version: schemas.Slug) -> Any:
    text_version = access.get_version(VISITOR, law, version)
    return version_data(text_version) | text_ref(request, text_version) | {"clause_count": text_version.clause_count}


@get(
    f"{TEXT}/clauses",
    schemas.PageOut[schemas.ClauseOut],
    "page",
    refuses=GONE,
    tags=["laws"],
    summary=_("The clauses of a text, in order"),
)
def clauses(request: HttpRequest, law: schemas.Slug, version: schemas.Slug, page: PageNumber = 1) -> Any:
    text_version = access.get_version(VISITOR, law, version)
    rows = text_version.clauses.select_related("parent")
    return page_of_numbered(request, rows, page, lambda clause: _clause_data(request, text_version, clause))


@get(f"{TEXT}/clauses/{{eid:eid}}", schemas.ClauseOut, refuses=GONE, tags=["laws"], summary=_("One clause"))
def clause(request: HttpRequest, law: schemas.Slug, version: schemas.Slug, eid: schemas.Eid) -> Any:
    requested = access.get_clause(VISITOR, law, version, eid)
    return _clause_data(request, requested.version, requested)


def _clause_data(request: HttpRequest, version: Version, clause: Clause) -> dict[str, Any]:
    url = page_url(request, "clause", version.law.slug, version.slug, clause.eid)
    return clause_data(clause) | {"position": clause.position, "url": url}


@get(
    f"{TEXT}/findings",
    schemas.PageOut[schemas.FindingOut],
    "page",
    refuses=GONE,
    tags=["laws"],
    summary=_("Values read from a text, and the open questions that rules ask of it"),
)
def findings(request: HttpRequest, law: schemas.Slug, version: schemas.Slug, page: PageNumber = 1) -> Any:
    text_version = access.get_version(VISITOR, law, version)
    rows = visible_findings(VISITOR).filter(version=text_version).open().select_related("clause")
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
    text_version = access.get_version(VISITOR, law, version)
    rows = visible_values(VISITOR).filter(version=text_version).order_by("clause__position", "element", "start", "pk")
    return page_of(request, rows, page, value_data)
