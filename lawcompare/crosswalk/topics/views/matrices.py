"""Matrices whose columns an organisation chose: read, made, changed and deleted."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from lawcompare.accounts.access import membership_of
from lawcompare.crosswalk import access
from lawcompare.crosswalk.exports.topics import report_of_matrix
from lawcompare.crosswalk.models import SavedMatrix
from lawcompare.crosswalk.topics import services
from lawcompare.crosswalk.topics.forms import MatrixForm
from lawcompare.crosswalk.topics.matrix import TopicMatrix, build_matrix
from lawcompare.laws.access import visible_originals
from lawcompare.laws.citing.permalinks import plain_address, site_root
from lawcompare.laws.exports.reports import answer_with
from lawcompare.laws.models import Version
from lawcompare.page_cache.public import public


@public("against")
def saved_matrix(request: HttpRequest, key: str) -> HttpResponse:
    """A saved matrix: of each topic what the texts chosen have, measured against the one ``?against=`` names."""
    saved = access.get_matrix(request.user, key)
    membership = membership_of(request.user)
    context = {
        "matrix": _matrix(request, saved),
        "saved": saved,
        "is_own": membership is not None and membership.organisation_id == saved.organisation_id,
    }
    return render(request, "crosswalk/topics/matrix.html", context)


def _matrix(request: HttpRequest, saved: SavedMatrix) -> TopicMatrix:
    return build_matrix(request.user, request.GET.get("against", ""), access.columns_chosen(request.user, saved))


@require_safe
def saved_matrix_file(request: HttpRequest, key: str, form: str) -> HttpResponse:
    saved = access.get_matrix(request.user, key)
    address, root = plain_address("saved_matrix", saved.key), site_root(request)
    return answer_with(
        request,
        lambda: report_of_matrix(_matrix(request, saved), saved.name, address, root),
        form,
        f"matrix-{saved.key}",
    )


@login_required
def matrix_add(request: HttpRequest) -> HttpResponse:
    return _edit(request, None)


@login_required
def matrix_edit(request: HttpRequest, key: str) -> HttpResponse:
    return _edit(request, access.get_own_matrix(request.user, key))


def _edit(request: HttpRequest, saved: SavedMatrix | None) -> HttpResponse:
    if membership_of(request.user) is None:
        return redirect("workspace")
    versions = list(visible_originals(request.user).order_by("law__title", "date", "slug"))
    if request.method == "POST":
        form = MatrixForm(request.POST, versions=versions)
    elif saved is None:
        form = MatrixForm(versions=versions)
    else:
        form = MatrixForm.of(saved, access.columns_chosen(request.user, saved), versions)
    if not form.is_valid():
        return _form(request, form, saved)
    data = form.cleaned_data
    values = (data["name"], data["is_public"], data["versions"], data["based_on"] or 0)
    try:
        kept = services.save_matrix(request.user, saved, *values)
    except ValidationError as error:
        form.add_error(None, error)
        return _form(request, form, saved)
    except services.MatrixConflict as conflict:
        return _conflict(request, conflict, versions)
    messages.success(request, _("Saved."))
    return redirect(kept)


def _conflict(request: HttpRequest, conflict: services.MatrixConflict, versions: list[Version]) -> HttpResponse:
    data = request.POST.copy()
    data["based_on"] = str(conflict.matrix.revision)
    columns = ", ".join(version.name for version in access.columns_chosen(request.user, conflict.matrix))
    theirs = [(_("Name of the matrix"), conflict.matrix.name), (_("Columns"), columns)]
    shown = {"reason": str(conflict), "theirs": theirs}
    return _form(request, MatrixForm(data, versions=versions), conflict.matrix, status=409, conflict=shown)


def _form(
    request: HttpRequest, form: MatrixForm, saved: SavedMatrix | None, status: int = 0, conflict: Any = None
) -> HttpResponse:
    context = {"form": form, "saved": saved, "conflict": conflict}
    return render(
        request, "crosswalk/topics/choose_columns.html", context, status=status or (400 if form.errors else 200)
    )


@require_POST
@login_required
def matrix_delete(request: HttpRequest, key: str) -> HttpResponse:
    services.delete_matrix(request.user, access.get_own_matrix(request.user, key))
    messages.success(request, _("Deleted."))
    return redirect("topics")
