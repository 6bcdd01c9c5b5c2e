"""Pages that everybody reads: the list of annotations, one of them, the kinds of risk; and a reader's notice."""

from typing import Any

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.cache import patch_vary_headers
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_safe

from lawcompare.accounts.access import may
from lawcompare.accounts.form_origin import comes_from_here
from lawcompare.accounts.rate_limits import allow
from lawcompare.annotations import access, services
from lawcompare.annotations.filters import FilterChoices, page_filter, public_organisations
from lawcompare.annotations.models import Annotation, Category, NoteStep, Risk, returns_of
from lawcompare.annotations.renderings.words import clauses_with_versions
from lawcompare.annotations.review import services as review_services
from lawcompare.annotations.review.forms import FlagForm, RemarkForm, ReplyForm
from lawcompare.annotations.review.history import compare, public_history
from lawcompare.annotations.writing.checklist import answered
from lawcompare.annotations.writing.targets import TYPED_MAX, find_clauses
from lawcompare.core.page_cache.public import asks_for_data, public
from lawcompare.laws.access import visible_clauses
from lawcompare.laws.citing.find_clause import cite
from lawcompare.laws.renderings.translations import set_shown

PER_PAGE = 25
SHORTEST_TYPED = 2


@public("page")
def annotation_list(request: HttpRequest) -> HttpResponse:
    published = Annotation.objects.listed()
    chosen = page_filter(request.GET)
    annotations = chosen.of(published)
    page = Paginator(annotations.for_reading(), PER_PAGE).get_page(request.GET.get("page"))
    total = published.count() if chosen else page.paginator.count
    set_shown(clauses_with_versions(page.object_list))
    # What all published annotations leave to choose from.
    kinds = Category.objects.filter(annotations__in=published).distinct()
    organisations = public_organisations().filter(annotations__in=published).distinct()
    context = {
        "page": page,
        "filter": chosen,
        "choices": FilterChoices.offered([risk for risk in Risk if risk], kinds, organisations, chosen),
        "total": total,
        "hidden": total - page.paginator.count,
    }
    return render(request, "annotations/reading/annotations.html", context)


@public()
def annotation(request: HttpRequest, slug: str) -> HttpResponse:
    """The page of a note; its JSON-LD for a program that asks for that alone (RFC 9110 §12.5.1)."""
    if asks_for_data(request):
        response: HttpResponse = HttpResponseRedirect(reverse("annotation_jsonld", args=[slug]), status=303)
    else:
        response = _annotation_page(request, slug)
    patch_vary_headers(response, ["Accept"])
    return response


def _annotation_page(request: HttpRequest, slug: str) -> HttpResponse:
    note = access.get_annotation_or_its_notice(request.user, slug)
    if note.is_withdrawn:
        notice = note.decisions.filter(status=NoteStep.WITHDRAWN).last()
        return render(request, "annotations/reading/withdrawn.html", {"annotation": note, "notice": notice})
    page = render_annotation(request, note)
    if note.person_credited:  # a name taken back must be gone at once
        page.headers["Cache-Control"] = "private, no-store"
        page.headers["X-Robots-Tag"] = "noarchive"
    return page


def render_annotation(request: HttpRequest, note: Annotation, status: int = 200, **more: Any) -> HttpResponse:
    """The page of one annotation, with what its reader may do."""
    context: dict[str, Any] = {
        "annotation": note,
        "standards": list(visible_clauses(request.user).filter(relied_on_by=note).select_related("version__law")),
        "answers": list(visible_clauses(request.user).filter(answers_to=note).select_related("version__law")),
        "tests": list(answered(note.checklist)),
        "history": public_history(note, request.user) if note.is_published else [],
        "replies": access.visible_replies(note) if note.is_published else [],
    }
    set_shown([*clauses_with_versions([note]), *context["standards"], *context["answers"]])
    if request.user.is_authenticated:
        context |= _tools(request.user, note)
    return render(request, "annotations/reading/annotation.html", context | more, status=status)


def _tools(user: Any, note: Annotation) -> dict[str, Any]:
    """What a signed-in person may do with an annotation, and what only its organisation sees of it."""
    may_review = access.may_decide(user, note)
    is_ours = may_review or access.writes(user, note)
    tools: dict[str, Any] = {
        "may_revise": access.may_revise(user, note),
        "may_take_back": access.may_take_back(user, note),
        "may_review": may_review,
        "publishes_own": may_review and access.wrote(user, note),
        "may_withdraw": access.may_withdraw(user, note),
        "decisions": note.decisions.filter(reply=None, flag=None) if is_ours else [],
        "returned": returns_of([note]).get(note.pk) if is_ours else None,
    }
    if access.reads_remarks(user, note):
        tools["remarks"] = list(note.remarks.all())
        tools["remark_form"] = RemarkForm() if access.may_remark(user, note) else None
    if note.is_published and access.organisation_of(user):
        tools["reply_form"] = ReplyForm()
    if is_ours and note.is_published and note.pending:
        content, _last = services.next_words(note)
        tools["next_words"] = compare(services.content_of(note), content, note.version.language, user)
    return tools


@public(takes_post=True)
@csrf_exempt  # so that a visitor gets no cookie; where the form came from is asked of the browser instead
def flag(request: HttpRequest, slug: str) -> HttpResponse:
    """A reader says what is wrong with a published annotation. No account, no cookie, nothing kept of the reader."""
    note = access.get_published_annotation(slug)
    form = FlagForm()
    status = 200
    if request.method == "POST":
        if not comes_from_here(request):
            raise PermissionDenied(_("A notice is sent from this site’s own pages."))
        form, status = FlagForm(request.POST), 400
        if form.is_valid():
            if allow(request, "flag", settings.FLAGS_PER_HOUR):
                review_services.write_flag(note, form.instance)
                return redirect(reverse("annotation_flag", args=[slug]) + "?sent=1")
            form.add_error(None, _("Too many notices were sent from here in this hour. Try again later."))
            status = 429
    context = {"annotation": note, "form": form, "is_sent": "sent" in request.GET and not form.is_bound}
    return render(request, "annotations/reading/flag.html", context, status=status)


@require_safe
def clause_names(request: HttpRequest) -> JsonResponse:
    """The clauses that typed words may mean, for a form that looks while one types."""
    if not allow(request, "clause-names", settings.SEARCHES_PER_MINUTE, per=60):
        return JsonResponse({"clauses": []}, status=429)
    typed = request.GET.get("q", "").strip()
    clauses = find_clauses(request.user, typed) if SHORTEST_TYPED <= len(typed) <= TYPED_MAX else []
    rows = [
        {
            "id": clause.pk,
            "address": f"{clause.version.address} {clause.eid}",
            "name": f"{clause.version.name}, {cite(clause)}",
            "heading": clause.heading,
            "url": clause.get_absolute_url(),
        }
        for clause in clauses
    ]
    return JsonResponse({"clauses": rows})


@public()
def kinds(request: HttpRequest) -> HttpResponse:
    """The controlled list: each kind of risk with the question that tests a clause for it."""
    context = {
        "categories": Category.objects.order_by("is_retired", "position", "code"),
        "may_categorise": may(request.user, "categorise"),
    }
    return render(request, "annotations/reading/kinds.html", context)
