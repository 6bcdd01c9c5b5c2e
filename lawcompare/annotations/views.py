"""Pages of annotations: the list, one, and the steps from draft to published."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from lawcompare.accounts.access import may
from lawcompare.annotations import access, services
from lawcompare.annotations.forms import AnnotationForm
from lawcompare.annotations.models import Annotation, Risk, Status
from lawcompare.caching import public
from lawcompare.laws.access import get_clause
from lawcompare.laws.models import Clause

PER_PAGE = 25


@public("page")
def annotation_list(request: HttpRequest) -> HttpResponse:
    found = Annotation.objects.published().for_reading()
    page = Paginator(found, PER_PAGE).get_page(request.GET.get("page"))
    return render(request, "annotations/annotations.html", {"page": page})


@public()
def annotation(request: HttpRequest, slug: str) -> HttpResponse:
    found = access.get_annotation(request.user, slug)
    reviewed = access.organisation_reviewed_by(request.user)
    context = {
        "annotation": found,
        "is_author": found.creator_id is not None and found.creator_id == request.user.pk,
        "may_review": reviewed == found.organisation and found.status == Status.SUBMITTED,
        "decisions": found.decisions.all(),
        "answers": found.answers.select_related("version__law"),
    }
    return render(request, "annotations/annotation.html", context)


@login_required
def annotate(request: HttpRequest, law: str, version: str, eid: str) -> HttpResponse:
    """Write an annotation on a clause. ``?exact=…&start=…`` fills in words chosen on the page."""
    clause = get_clause(request.user, law, version, eid)
    if not may(request.user, "annotate"):
        raise PermissionDenied(_("Only members of an organisation can annotate."))
    if request.method == "POST":
        form = AnnotationForm(request.POST, clause=clause)
        if form.is_valid():
            services.write_annotation(request.user, form.instance, {"categories": form.cleaned_data["categories"]})
            return _after_writing(request, form.instance)
    else:
        chosen = {"exact": request.GET.get("exact", ""), "start": request.GET.get("start"), "risk": Risk.MEDIUM}
        form = AnnotationForm(initial=chosen, clause=clause)
    return _render_form(request, form, clause)


@login_required
def edit(request: HttpRequest, slug: str) -> HttpResponse:
    found = access.get_own_annotation(request.user, slug)
    initial = {"exact": found.exact, "start": found.start}
    form = AnnotationForm(request.POST or None, instance=found, clause=found.clause, initial=initial)
    if request.method == "POST" and form.is_valid():
        services.write_annotation(request.user, form.instance, {"categories": form.cleaned_data["categories"]})
        return _after_writing(request, form.instance)
    return _render_form(request, form, found.clause)


def _after_writing(request: HttpRequest, annotation: Annotation) -> HttpResponse:
    if "submit" in request.POST:
        services.submit_annotation(request.user, annotation)
        messages.success(request, _("Submitted. A reviewer of your organisation decides on it."))
    else:
        messages.success(request, _("Kept as a draft, which only you can see."))
    return redirect(annotation)


def _render_form(request: HttpRequest, form: AnnotationForm, clause: Clause) -> HttpResponse:
    context = {"form": form, "clause": clause, "version": clause.version}
    return render(request, "annotations/form.html", context, status=400 if form.errors else 200)


@login_required
def submit(request: HttpRequest, slug: str) -> HttpResponse:
    if request.method != "POST":  # after signing in, or by a reload
        return redirect("annotation", slug)
    found = access.get_own_annotation(request.user, slug)
    services.submit_annotation(request.user, found)
    messages.success(request, _("Submitted. A reviewer of your organisation decides on it."))
    return redirect(found)


@login_required
def decide(request: HttpRequest, slug: str) -> HttpResponse:
    """Publish what was submitted, or return it with a reason."""
    if request.method != "POST":
        return redirect("annotation", slug)
    found = access.get_annotation_to_review(request.user, slug)
    if "publish" in request.POST:
        services.publish_annotation(request.user, found)
        messages.success(request, _("Published."))
        return redirect(found)
    reason = request.POST.get("reason", "").strip()
    if not reason:
        messages.error(request, _("Say why it is returned, so that its author can mend it."))
        return redirect(found)
    services.return_annotation(request.user, found, reason)
    messages.success(request, _("Returned to its author."))
    return redirect("workspace")


@login_required
def workspace(request: HttpRequest) -> HttpResponse:
    reviewed = access.organisation_reviewed_by(request.user)
    mine = Annotation.objects.filter(creator_id=request.user.pk).for_reading()
    waiting = Annotation.objects.filter(organisation=reviewed, status=Status.SUBMITTED).for_reading()
    context = {"mine": mine, "waiting": waiting if reviewed else [], "reviews": reviewed is not None}
    return render(request, "annotations/workspace.html", context)
