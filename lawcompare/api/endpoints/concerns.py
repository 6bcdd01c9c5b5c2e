"""Endpoint of a law's concerns: what became of each in every version, as people judged it."""

from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext_noop as _

from lawcompare.api import schemas
from lawcompare.api.addresses import text_ref
from lawcompare.api.app import VISITOR, get
from lawcompare.api.paging import PageNumber, page_of
from lawcompare.laws.access import get_law
from lawcompare.laws.models import Version
from lawcompare.publishing.concerns.outcomes import Concern, ConcernCell, survival


@get(
    "/laws/{slug:law}/concerns",
    schemas.PageOut[schemas.ConcernOut],
    *("page", "language"),
    refuses=(410,),
    tags=["annotations"],
    summary=_("Which concern survived which text of a law"),
)
def concerns(
    request: HttpRequest,
    law: schemas.Slug,
    language: schemas.LanguageCode = "en",
    page: PageNumber = 1,
) -> Any:
    texts = Version.objects.published().originals().filter(law=get_law(VISITOR, law), language=language)
    chart = survival(list(texts.select_related("law")))
    return page_of(request, chart.concerns, page, lambda concern: _data(request, concern))


def _data(request: HttpRequest, concern: Concern) -> dict[str, Any]:
    category = concern.category
    return {
        "id": concern.root.slug,
        "risk": concern.risk.name.lower(),
        "category": category.code if category else "",
        "cells": [_cell_data(request, cell) for cell in concern.cells],
    }


def _cell_data(request: HttpRequest, cell: ConcernCell) -> dict[str, Any]:
    return {
        "version": text_ref(request, cell.version),
        "state": cell.state,
        "annotations": [note.slug for note in cell.notes],
        "reason": cell.reason,
    }
