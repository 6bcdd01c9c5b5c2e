"""Topics, and the provisions of each law under one."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from lawcompare.crosswalk import access
from lawcompare.crosswalk.elements.provisions import provisions_of, side_by_side
from lawcompare.crosswalk.topics.matrix import DEFAULT_MEASURE, TopicMatrix, as_table, build_matrix
from lawcompare.laws.tabular import CSV, XLSX, as_csv, as_workbook
from lawcompare.page_cache.public import public


@public("against")
def topics(request: HttpRequest) -> HttpResponse:
    """The matrix: what each law has under each topic, measured against the law ``?against=`` names."""
    return render(request, "crosswalk/topics.html", {"matrix": _matrix(request)})


def _matrix(request: HttpRequest) -> TopicMatrix:
    return build_matrix(request.user, request.GET.get("against", DEFAULT_MEASURE))


@public("against")
def matrix_csv(request: HttpRequest) -> HttpResponse:
    response = HttpResponse(as_csv(as_table(_matrix(request))), content_type=CSV)
    response["Content-Disposition"] = 'attachment; filename="matrix.csv"'
    return response


@public("against")
def matrix_xlsx(request: HttpRequest) -> HttpResponse:
    response = HttpResponse(as_workbook(as_table(_matrix(request))), content_type=XLSX)
    response["Content-Disposition"] = 'attachment; filename="matrix.xlsx"'
    return response


@public()
def topic(request: HttpRequest, topic: str) -> HttpResponse:
    chosen = access.get_topic(topic)
    correspondences = list(access.visible_correspondences(request.user).filter(topic=chosen))
    provisions = provisions_of(correspondences)
    tables = side_by_side(correspondences, access.visible_values(request.user), provisions)
    context = {
        "topic": chosen,
        "answers": tables.answers,
        "confirmed": tables.confirmed,
        "table": tables.table,
        "provisions": provisions,
        "clauses": [clause for shelf in provisions.values() for one in shelf for clause in one.inside],
    }
    return render(request, "crosswalk/topic.html", context)
