"""Pages on which an organisation decides: on annotations, on replies, on readers' notices, on kinds of risk."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from lawcompare.accounts.access import may
from lawcompare.accounts.responses import number_of
from lawcompare.annotations import access, services
from lawcompare.annotations.filters import ListFilter, ShownFilter, laws_to_choose
from lawcompare.annotations.models import Annotation, returns_of
from lawcompare.annotations.review import services as review_services
from lawcompare.annotations.review.forms import CategoryForm, NewCategoryForm, ReasonForm, RemarkForm
from lawcompare.annotations.review.history import category_history
from lawcompare.languages import digits

# Of the person's own annotations, and of those that wait for a decision, on one page.
NOTES_SHOWN = 20


@login_required
def decide(request: HttpRequest, slug: str) -> HttpResponse:
    """Publish what was submitted, or return it with a reason."""
    if request.method != "POST":
        return redirect("annotation", slug)
    annotation = access.get_annotation_to_review(request.user, slug)
    if "publish" in request.POST:
        read = request.POST.get("revision", "")
        revision = number_of(read) if read else annotation.revision
        try:
            services.publish_annotation(
                request.user, annotation, review_services.NO_REVISION if revision is None else revision
            )
        except services.RestsOnPrivateText as problem:
            messages.error(request, str(problem))
            return redirect(annotation)
        messages.success(request, _("Published."))
        return redirect(annotation)
    reason = _reason(request)
    if not reason:
        messages.error(request, _("Say why it is returned, so that its author can correct it."))
        return redirect(annotation)
    services.return_annotation(request.user, annotation, reason)
    messages.success(request, _("Returned to its author."))
    return redirect("workspace")


@require_POST
@login_required
def decide_many(request: HttpRequest) -> HttpResponse:
    """Publish several submitted notes, or return them with one reason: all that were chosen, or none."""
    if access.organisation_reviewed_by(request.user) is None:
        raise PermissionDenied(_("Only a reviewer of the organisation can decide on an annotation."))
    chosen = []
    for name in list(dict.fromkeys(request.POST.getlist("note")))[:NOTES_SHOWN]:
        slug, _colon, revision = name.partition(":")
        chosen.append((access.get_annotation_to_review(request.user, slug), number_of(revision)))
    reason = None if "publish" in request.POST else _reason(request)
    try:
        count = review_services.decide_many(request.user, chosen, reason)
    except review_services.NotDecided as problem:
        messages.error(request, str(problem))
        slugs = [annotation.slug for annotation, _revision in chosen]
        return _workspace(request, {"reason_for_many": request.POST.get("reason", ""), "chosen": slugs}, status=409)
    if reason is None:
        sentence = ngettext("Published: %(n)s annotation.", "Published: %(n)s annotations.", count)
    else:
        sentence = ngettext("Returned: %(n)s annotation.", "Returned: %(n)s annotations.", count)
    messages.success(request, sentence % {"n": digits(count)})
    return _to_workspace(request, "#waiting")


@require_POST
@login_required
def remark(request: HttpRequest, slug: str) -> HttpResponse:
    """Say something to the author, or to the reviewers, of a note that is not public."""
    annotation = access.get_annotation_to_remark_on(request.user, slug)
    form = RemarkForm(request.POST)
    if form.is_valid():
        review_services.write_remark(request.user, annotation, form.cleaned_data["body"])
        messages.success(request, _("Sent."))
    elif not request.POST.get("body", "").strip():
        messages.error(request, _("Write something first."))
    else:
        messages.error(request, " ".join(str(problem) for problem in form.errors["body"]))
    return redirect(f"{annotation.get_absolute_url()}#remarks")


@login_required
def withdraw(request: HttpRequest, slug: str) -> HttpResponse:
    """Take a published annotation out of sight; readers are told that and why."""
    annotation = access.get_annotation_to_withdraw(request.user, slug)
    if request.method != "POST":
        return render(request, "annotations/review/withdraw.html", {"annotation": annotation})
    reason = _reason(request)
    if not reason:
        problem = _("Say why it is withdrawn: readers who follow its address are told.")
        return render(
            request, "annotations/review/withdraw.html", {"annotation": annotation, "problem": problem}, status=400
        )
    services.withdraw_annotation(request.user, annotation, reason)
    messages.success(request, _("Withdrawn. Its address now says so."))
    return redirect(annotation)


@login_required
def decide_reply(request: HttpRequest, slug: str) -> HttpResponse:
    if request.method != "POST":
        return redirect("workspace")
    reply = access.get_reply_to_moderate(request.user, slug)
    is_published, reason = "publish" in request.POST, _reason(request)
    if not is_published and not reason:
        messages.error(request, _("Say why it is not published; the reason stays in the log."))
        return _to_workspace(request)
    review_services.moderate_reply(request.user, reply, is_published, reason)
    messages.success(request, _("Published.") if is_published else _("It is not published."))
    return _to_workspace(request)


@login_required
def close_flag(request: HttpRequest, slug: str) -> HttpResponse:
    if request.method != "POST":
        return redirect("workspace")
    flag, reason = access.get_open_flag(request.user, slug), _reason(request)
    if not reason:
        messages.error(request, _("Say what you did about it; the reason stays in the log."))
        return _to_workspace(request)
    review_services.close_flag(request.user, flag, reason)
    messages.success(request, _("Closed."))
    return _to_workspace(request)


def _to_workspace(request: HttpRequest, place: str = "") -> HttpResponse:
    """Back to the lists as they were narrowed: the form's address has their filters."""
    query = f"?{request.GET.urlencode()}" if request.GET else ""
    return redirect(f"{reverse('workspace')}{query}{place}")


def _reason(request: HttpRequest) -> str:
    form = ReasonForm(request.POST)
    return form.cleaned_data["reason"] if form.is_valid() else ""


@login_required
def edit_kind(request: HttpRequest, code: str) -> HttpResponse:
    """The words of a kind of risk, for an editor, with every change there was."""
    if not may(request.user, "categorise"):
        raise PermissionDenied(_("Only an editor can change the kinds of risk."))
    category = access.get_category(code)
    form = CategoryForm(request.POST or None, instance=category)
    if request.method == "POST" and form.is_valid():
        is_changed = review_services.change_category(request.user, form.instance)
        messages.success(request, _("Saved and noted in its history.") if is_changed else _("Nothing was changed."))
        return redirect("kind_edit", code)
    context = {
        "form": form,
        "category": category,
        "steps": category_history(category.changes.select_related("organisation")),
    }
    return render(request, "annotations/review/kind.html", context, status=400 if form.errors else 200)


@login_required
def add_kind(request: HttpRequest) -> HttpResponse:
    """A kind of risk that is not in the list yet, for an editor."""
    if not may(request.user, "categorise"):
        raise PermissionDenied(_("Only an editor can change the kinds of risk."))
    form = NewCategoryForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        review_services.add_category(request.user, form.instance)
        messages.success(request, _("Saved and noted in its history."))
        return redirect("kind_edit", form.instance.code)
    context = {"form": form, "category": None}
    return render(request, "annotations/review/kind.html", context, status=400 if form.errors else 200)


@require_safe
@login_required
def workspace(request: HttpRequest) -> HttpResponse:
    return _workspace(request, {})


def _workspace(request: HttpRequest, typed: dict[str, Any], status: int = 200) -> HttpResponse:
    """The page; ``typed`` is what was chosen and written in the form that decides on several notes."""
    reviewed = access.organisation_reviewed_by(request.user)
    mine_filter, waiting_filter = (ListFilter.asked_for(place, request.GET) for place in ("mine", "waiting"))
    written = Annotation.objects.of_author(request.user)
    laws = laws_to_choose(request.user, reviewed)
    page = Paginator(mine_filter.of(written).for_reading(), NOTES_SHOWN).get_page(request.GET.get("page"))
    returns = returns_of(page.object_list)
    for note in page.object_list:
        note.returned = returns.get(note.pk)
    context: dict[str, Any] = {
        "mine": page,
        "mine_filter": ShownFilter.of(mine_filter, waiting_filter, laws, written, page.paginator.count),
        "waiting": [],
        "reviews": reviewed is not None,
        "filters": "&".join(one.query for one in (mine_filter, waiting_filter) if one),
    }
    context["imports"] = may(request.user, "import")
    if reviewed is not None:
        submitted = access.submitted_to(request.user, reviewed)
        # The oldest first: its author has waited longest.
        oldest_first = waiting_filter.of(submitted).for_reading().order_by("changed_at", "pk")
        page = Paginator(oldest_first, NOTES_SHOWN).get_page(request.GET.get("waiting"))
        context |= {"waiting": page, "publishes_own": access.publishes_own(reviewed)}
        context["waiting_filter"] = ShownFilter.of(waiting_filter, mine_filter, laws, submitted, page.paginator.count)
        context["replies"] = access.replies_to_moderate(request.user, reviewed)
        context["flags"] = access.open_flags(reviewed)
        context["may_categorise"] = may(request.user, "categorise")
    return render(request, "annotations/workspace/workspace.html", context | typed, status=status)
