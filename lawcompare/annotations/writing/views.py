"""Pages on which a member writes: a new annotation, its next words, and what becomes of them before a review."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from lawcompare.accounts.access import may
from lawcompare.annotations import access, services
from lawcompare.annotations.models import Annotation, returns_of
from lawcompare.annotations.reading.views import render_annotation
from lawcompare.annotations.review.forms import ReplyForm
from lawcompare.annotations.review.history import compare
from lawcompare.annotations.review.services import write_reply
from lawcompare.annotations.services import Content, content_of, relations_of, with_content
from lawcompare.annotations.writing.forms import AnnotationForm
from lawcompare.laws.access import get_clause
from lawcompare.laws.models import Clause


@login_required
def annotate(request: HttpRequest, law: str, version: str, eid: str) -> HttpResponse:
    """Write an annotation on a clause. ``?exact=…&start=…`` fills in words chosen on the page."""
    clause = get_clause(request.user, law, version, eid)
    if not may(request.user, "annotate"):
        raise PermissionDenied(_("Only members of an organisation can annotate."))
    if request.method != "POST":
        chosen = {"exact": request.GET.get("exact", ""), "start": request.GET.get("start"), "risk": ""}
        return _render(request, AnnotationForm(initial=chosen, user=request.user, clause=clause))
    form = AnnotationForm(request.POST, user=request.user, clause=clause)
    if "find" in request.POST:
        form.show_unchecked()
    elif form.is_valid():
        annotation = services.write_new_annotation(request.user, form.instance, form.relations)
        return _after_writing(request, annotation)
    return _render(request, form)


@login_required
def edit(request: HttpRequest, slug: str) -> HttpResponse:
    """The next words of an annotation. Of two people who write at once, the second is shown what the first wrote."""
    annotation = access.get_own_annotation(request.user, slug)
    content, _last = services.next_words(annotation)
    if request.method != "POST":
        if not access.may_revise(request.user, annotation):
            raise PermissionDenied(_("It waits for a reviewer. Take it back first to change it."))
        return _render(request, _form_of(request, annotation, content))
    form = AnnotationForm(request.POST, instance=annotation, user=request.user, clause=annotation.clause)
    if "find" in request.POST:
        form.show_unchecked()
    elif form.is_valid():
        if not access.may_revise(request.user, annotation):
            return _render_conflict(request, form, content, _("It was submitted for review in the meantime."))
        try:
            services.write_annotation(request.user, form.instance, form.relations, form.cleaned_data["based_on"])
        except services.EditConflict as conflict:
            theirs = conflict.revision.content if conflict.revision else content
            return _render_conflict(request, form, theirs, str(conflict))
        return _after_writing(request, form.instance)
    return _render(request, form)


def _form_of(request: HttpRequest, annotation: Annotation, content: Content) -> AnnotationForm:
    """The form with the last words written, whether they are published or not."""
    relations = relations_of(content, request.user)
    with_content(annotation, content)
    initial: dict[str, Any] = {
        "exact": annotation.exact,
        "start": annotation.start,
        "whole": not annotation.exact,
        "based_on": annotation.revision,
    }
    initial["categories"] = relations["categories"]
    return AnnotationForm(
        initial=initial, instance=annotation, user=request.user, clause=annotation.clause, chosen=relations
    )


def _render_conflict(request: HttpRequest, form: AnnotationForm, theirs: Content, reason: str) -> HttpResponse:
    """Both texts as a redline; the person's own stay in the form, which now goes on from the other's."""
    mine = content_of(form.instance, form.relations)
    data = request.POST.copy()
    data["based_on"] = str(Annotation.objects.values_list("revision", flat=True).get(pk=form.instance.pk))
    again = AnnotationForm(data, instance=form.instance, user=request.user, clause=form.clause)
    again.show_unchecked()
    language = form.clause.version.language
    conflict = {"reason": reason, "differences": compare(theirs, mine, language, request.user)}
    return _render(request, again, status=409, conflict=conflict)


def _render(
    request: HttpRequest,
    form: AnnotationForm,
    status: int = 0,
    conflict: dict[str, Any] | None = None,
) -> HttpResponse:
    clause: Clause = form.clause
    context: dict[str, Any] = {"form": form, "clause": clause, "version": clause.version, "conflict": conflict}
    context["returned"] = returns_of([form.instance]).get(form.instance.pk) if form.instance.pk else None
    return render(request, "annotations/writing/form.html", context, status=status or (400 if form.errors else 200))


def _after_writing(request: HttpRequest, annotation: Annotation) -> HttpResponse:
    if "submit" in request.POST:
        if not annotation.is_waiting:  # else this very form was sent twice
            services.submit_annotation(request.user, annotation)
        messages.success(request, _("Submitted. A reviewer of your organisation decides on it."))
    elif annotation.is_published:
        messages.success(request, _("Saved for your organisation; readers still see the published words."))
    else:
        messages.success(request, _("Saved as a draft, which only you can see."))
    return redirect(annotation)


@login_required
def submit(request: HttpRequest, slug: str) -> HttpResponse:
    if request.method != "POST":  # after signing in, or by a reload
        return redirect("annotation", slug)
    annotation = access.get_own_annotation(request.user, slug)
    services.submit_annotation(request.user, annotation)
    messages.success(request, _("Submitted. A reviewer of your organisation decides on it."))
    return redirect(annotation)


@login_required
def take_back(request: HttpRequest, slug: str) -> HttpResponse:
    """A draft again: what waits for review. Or gone: other words begun for a published one (``drop``)."""
    if request.method != "POST":
        return redirect("annotation", slug)
    if "drop" in request.POST:
        annotation = access.get_own_annotation(request.user, slug)
        services.drop_revision(request.user, annotation)
        messages.success(request, _("The edit was discarded; the published words stay."))
        return redirect(annotation)
    annotation = access.get_annotation_to_take_back(request.user, slug)
    services.take_back_annotation(request.user, annotation)
    messages.success(request, _("Withdrawn from review. You can edit it and submit it again."))
    return redirect(annotation)


@login_required
def reply(request: HttpRequest, slug: str) -> HttpResponse:
    """A reply or question on a published annotation, by a member of any organisation."""
    if request.method != "POST":
        return redirect("annotation", slug)
    annotation = access.get_published_annotation(slug)
    if access.organisation_of(request.user) is None:
        raise PermissionDenied(_("Only members of an organisation can reply."))
    form = ReplyForm(request.POST)
    if not form.is_valid():
        return render_annotation(request, annotation, status=400, reply_form=form)
    write_reply(request.user, annotation, form.instance)
    messages.success(request, _("Saved. A reviewer of the organisation decides whether it is shown."))
    return redirect(annotation)
