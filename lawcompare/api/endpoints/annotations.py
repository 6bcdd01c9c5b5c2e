"""Endpoints of published annotations."""

from typing import Annotated, Any

from django.http import HttpRequest
from django.utils.translation import gettext_noop as _
from ninja import Query

from lawcompare.accounts.responses import first_or_404
from lawcompare.annotations.filters import NoteFilter
from lawcompare.annotations.models import Annotation, Risk
from lawcompare.api import schemas
from lawcompare.api.addresses import clause_ref, page_url
from lawcompare.api.app import get
from lawcompare.api.paging import PageNumber, page_of


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
    rows = wanted.of(Annotation.objects.listed().for_export()).order_by("published_at", "pk")
    return page_of(request, rows, page, lambda row: _data(request, row))


@get("/annotations/{slug:id}", schemas.AnnotationOut, tags=["annotations"], summary=_("One annotation"))
def annotation(request: HttpRequest, id: schemas.Slug) -> Any:
    row = first_or_404(
        Annotation.objects.published().for_export().filter(slug=id), f"There is no annotation “{id}” here."
    )
    return _data(request, row)


def _data(request: HttpRequest, row: Annotation) -> dict[str, Any]:
    names = ("exact", "start", "end", "body", "proposed_text", "motivation")
    source = [row.source_organisation, row.source_title, row.source_date, row.source_url]
    earlier = row.descends_from
    return {name: getattr(row, name) for name in names} | {
        "id": row.slug,
        "published_at": row.public_day,
        "clause": clause_ref(request, row.clause),
        "risk": Risk(row.risk).name.lower(),
        "categories": [category.code for category in row.categories.all()],
        "organisation": row.organisation.slug,
        "organisation_name": row.organisation.name,
        "credited": row.person_credited,
        "restates": ", ".join(filter(None, source)) or row.restating,
        "descends_from": earlier.slug if earlier is not None else None,
        "url": page_url(request, "annotation", row.slug),
        "jsonld": page_url(request, "annotation_jsonld", row.slug),
    }
