"""Endpoints of topics, correspondences and the matrix."""

from typing import Annotated, Any

from django.db.models import Prefetch
from django.http import HttpRequest
from django.utils.translation import gettext_noop as _
from ninja import Query

from lawcompare.api import schemas
from lawcompare.api.addresses import clause_ref, page_url, text_ref
from lawcompare.api.app import VISITOR, get
from lawcompare.api.paging import PageNumber, page_of
from lawcompare.crosswalk.access import get_topic, visible_correspondences
from lawcompare.crosswalk.models import Correspondence, Topic
from lawcompare.crosswalk.topics.matrix import DEFAULT_MEASURE, MatrixCell, MatrixColumn, build_matrix
from lawcompare.laws.access import visible_versions
from lawcompare.laws.models import Clause


def _topics() -> Any:
    public = Clause.objects.filter(version__in=visible_versions(VISITOR).standing().values("pk")).select_related(
        "version__law"
    )
    inside = public.order_by("version__law__slug", "version__slug", "position")
    return Topic.objects.current().order_by("position", "pk").prefetch_related(Prefetch("clauses", queryset=inside))


def _topic_data(request: HttpRequest, topic: Topic) -> dict[str, Any]:
    names = ("slug", "title", "title_km", "description", "description_km", "elsewhere")
    return {name: getattr(topic, name) for name in names} | {
        "clauses": [clause_ref(request, clause) for clause in topic.clauses.all()],
        "url": page_url(request, "topic", topic.slug),
    }


@get("/topics", schemas.PageOut[schemas.TopicOut], "page", tags=["topics"], summary=_("All topics with their clauses"))
def topics(request: HttpRequest, page: PageNumber = 1) -> Any:
    return page_of(request, _topics(), page, lambda topic: _topic_data(request, topic))


@get("/topics/{slug:topic}", schemas.TopicOut, tags=["topics"], summary=_("A topic with its clauses"))
def topic(request: HttpRequest, topic: schemas.Slug) -> Any:
    return _topic_data(request, _topics().get(pk=get_topic(topic).pk))


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
    rows = visible_correspondences(VISITOR).order_by("topic__position", "pk")
    if topic is not None:
        rows = rows.filter(topic=get_topic(topic))
    return page_of(request, rows, page, lambda row: _correspondence_data(request, row))


def _correspondence_data(request: HttpRequest, row: Correspondence) -> dict[str, Any]:
    row.subject.version = row.subject_version
    if row.object:
        row.object.version = row.object_version
    names = ("relation", "reasoning", "searched", "elements", "author", "standing")
    return {name: getattr(row, name) for name in names} | {
        "topic": row.stated_topic.slug,
        "subject": clause_ref(request, row.subject),
        "object": clause_ref(request, row.object) if row.object else None,
        "object_version": text_ref(request, row.object_version),
    }


AGAINST = Query(DEFAULT_MEASURE)


@get(
    "/matrix",
    schemas.MatrixOut,
    "against",
    tags=["topics"],
    summary=_("What each law has under each topic, measured against one of them"),
)
def matrix(request: HttpRequest, against: schemas.Slug = AGAINST) -> Any:
    table = build_matrix(VISITOR, against)
    return {
        "measure": table.measure.name,
        "columns": [_column_data(request, column) for column in table.columns],
        "lines": [
            {
                "topic": line.topic.slug,
                "cells": [
                    _cell_data(request, column, cell) for column, cell in zip(table.columns, line.cells, strict=True)
                ],
            }
            for line in table.lines
        ],
    }


def _column_data(request: HttpRequest, column: MatrixColumn) -> dict[str, Any]:
    texts = [text_ref(request, version) for version in column.versions]
    return {"name": column.name, "title": column.title, "versions": texts}


def _cell_data(request: HttpRequest, column: MatrixColumn, cell: MatrixCell) -> dict[str, Any]:
    fields = {name: getattr(cell, name) for name in ("state", "relations", "reasons", "elsewhere")}
    return fields | {"column": column.name, "clauses": [clause_ref(request, clause) for clause in cell.clauses]}
