"""Topics, and the provisions of each law under one."""

from collections.abc import Mapping, Sequence

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from lawcompare.core.page_cache.public import public
from lawcompare.crosswalk import access
from lawcompare.crosswalk.elements.provisions import ProvisionText, inside_of, provisions_of, side_by_side, sides_of
from lawcompare.crosswalk.exports import report_of_matrix, report_of_topic
from lawcompare.crosswalk.models import Topic
from lawcompare.crosswalk.suggestions.forms import texts_by_law
from lawcompare.crosswalk.topics.matrix import DEFAULT_MEASURE, TopicMatrix, as_table, build_matrix
from lawcompare.laws.access import visible_originals
from lawcompare.laws.citing.permalinks import plain_address, site_root
from lawcompare.laws.models import Clause, Version
from lawcompare.laws.renderings.translations import set_shown
from lawcompare.laws.reports import CSV, Report, answer_with, as_csv


@public("against", "column")
def topics(request: HttpRequest) -> HttpResponse:
    """The matrix: what each law has under each topic, measured against the law ``?against=`` names.

    Each ``?column=law/version`` names a text that is a column instead of the laws on the subject.
    """
    matrix = _matrix(request)
    chosen = [column.name for column in matrix.columns] if any(request.GET.getlist("column")) else []
    context = {"matrix": matrix, "chosen": chosen, "columns": _columns_query(chosen)}
    return render(request, "crosswalk/topics/matrix.html", context)


def _matrix(request: HttpRequest) -> TopicMatrix:
    chosen = access.columns_named(request.user, request.GET.getlist("column"))
    return build_matrix(request.user, request.GET.get("against", DEFAULT_MEASURE), chosen or None)


def _columns_query(addresses: Sequence[str]) -> str:
    """What stands behind ``?against=…`` in an address."""
    return "".join(f"&{urlencode({'column': address})}" for address in addresses)


@require_safe
@login_required
def matrix_columns(request: HttpRequest) -> HttpResponse:
    """Choose the columns of a matrix, which then stand in its address."""
    chosen = [version.address for version in access.columns_named(request.user, request.GET.getlist("column"))]
    context = {
        "columns": enumerate([*chosen, *[""] * (access.COLUMNS_MAX - len(chosen))], start=1),
        "laws": texts_by_law(visible_originals(request.user).order_by("law__title", "date", "slug")),
    }
    return render(request, "crosswalk/topics/choose_columns.html", context)


@public("against", "column")
def matrix_csv(request: HttpRequest) -> HttpResponse:
    response = HttpResponse(as_csv(as_table(_matrix(request))), content_type=CSV)
    response["Content-Disposition"] = 'attachment; filename="matrix.csv"'
    return response


@require_safe
def matrix_file(request: HttpRequest, form: str) -> HttpResponse:
    return answer_with(request, lambda: _matrix_report(request), form, "matrix")


def _matrix_report(request: HttpRequest) -> Report:
    matrix = _matrix(request)
    columns = [column.name for column in matrix.columns] if any(request.GET.getlist("column")) else []
    query = urlencode({"against": matrix.measure.name}) + _columns_query(columns)
    address = f"{plain_address('topics')}?{query}"
    return report_of_matrix(matrix, _("What each law covers, and how far"), address, site_root(request))


@public()
def topic(request: HttpRequest, topic: str) -> HttpResponse:
    chosen = access.get_topic(topic)
    if chosen.slug != topic:
        return redirect(chosen, permanent=True)
    correspondences = list(access.visible_correspondences(request.user).filter(topic=chosen))
    provisions = provisions_of(correspondences)
    tables = side_by_side(correspondences, access.visible_values(request.user), provisions)
    set_shown([*inside_of(provisions), *sides_of(correspondences)])
    context = {
        "topic": chosen,
        "answers": tables.answers,
        "confirmed": tables.confirmed,
        "table": tables.table,
        "provisions": provisions,
        "others": _others(request, chosen, provisions),
        "may_change": access.may_change_topic(request.user, chosen),
        "clauses": inside_of(provisions),
    }
    return render(request, "crosswalk/topics/topic.html", context)


def _others(
    request: HttpRequest, chosen: Topic, provisions: Mapping[Version, Sequence[ProvisionText]]
) -> list[tuple[Version, list[Clause]]]:
    """Clauses set under the topic that no correspondence shows already, by text."""
    shown = {one.pk for shelf in provisions.values() for part in shelf for one in part.inside}
    others: dict[Version, list[Clause]] = {}
    for clause in access.clauses_under(request.user, chosen):
        if clause.pk not in shown:
            others.setdefault(clause.version, []).append(clause)
    return list(others.items())


@require_safe
def topic_file(request: HttpRequest, topic: str, form: str) -> HttpResponse:
    chosen = access.get_topic(topic)
    stated = list(access.visible_correspondences(request.user).filter(topic=chosen))
    values, root = access.visible_values(request.user), site_root(request)
    return answer_with(request, lambda: report_of_topic(chosen, stated, values, root), form, f"topic-{chosen.slug}")
