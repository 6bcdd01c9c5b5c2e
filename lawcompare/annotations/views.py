"""The pages of notes: those that everybody reads, those on which members write, those on which reviewers decide."""

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.cache import patch_vary_headers
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_safe

from lawcompare.accounts.access import may, membership_of
from lawcompare.accounts.models import Person
from lawcompare.accounts.rate_limits import allow
from lawcompare.accounts.responses import (
    comes_from_here,
    is_accepted,
    makes_public,
    number_of,
    refused_on,
    sentence_on,
    signed_in,
    too_many,
)
from lawcompare.annotations import access, services
from lawcompare.annotations.filters import (
    FilterChoices,
    ListFilter,
    filter_form,
    laws_to_choose,
    page_filter,
    public_organisations,
)
from lawcompare.annotations.forms import (
    AnnotationForm,
    CategoryForm,
    FlagForm,
    NewCategoryForm,
    ReasonForm,
    RemarkForm,
    ReplyForm,
)
from lawcompare.annotations.history import category_history, compare, public_history, set_facts
from lawcompare.annotations.models import Annotation, Category, NoteStep, Risk, answered, returns_of
from lawcompare.annotations.rendered_words import clauses_with_versions
from lawcompare.annotations.services import Content, content_of, relations_of, with_content
from lawcompare.annotations.targets import TYPED_MAX, find_clauses
from lawcompare.core.numbers import seal
from lawcompare.core.page_cache.public import asks_for_data, public
from lawcompare.core.seen import check_seen, digest_of_words
from lawcompare.languages import digits
from lawcompare.laws.access import get_clause, visible_clauses
from lawcompare.laws.citing import cite
from lawcompare.laws.models import Clause
from lawcompare.laws.translations.services import set_shown

PER_PAGE = 25
SHORTEST_TYPED = 2
# Of the person's own annotations, and of those that wait for a decision, on one page.
NOTES_SHOWN = 20
# Of what its organisation said and decided of a note.
STEPS_SHOWN = 100

# --- Read by everybody ------------------------------------------------------------------------------------------------


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


@public("page")
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
    clauses = visible_clauses(request.user).select_related("version__law", "version__origin__organisation")
    context: dict[str, Any] = {
        "annotation": note,
        "standards": list(clauses.filter(relied_on_by=note)),
        "answers": list(clauses.filter(answers_to=note)),
        "tests": list(answered(note.checklist)),
        "history": public_history(note, request.user) if note.is_published else [],
        "replies": _replies(note, request.GET.get("page")) if note.is_published else [],
    }
    set_shown([*clauses_with_versions([note]), *context["standards"], *context["answers"]])
    if request.user.is_authenticated:
        context |= _tools(request.user, note)
    return render(request, "annotations/reading/annotation.html", context | more, status=status)


def _replies(note: Annotation, page: str | None) -> Any:
    """A page of what readers see of them."""
    return Paginator(access.visible_replies(note), PER_PAGE).get_page(page)


def _newest(rows: QuerySet[Any]) -> list[Any]:
    """The last of what was said or decided of a note, in order: as often as they press, people add to it."""
    return list(rows.reverse()[:STEPS_SHOWN])[::-1]


def _tools(user: Person, note: Annotation) -> dict[str, Any]:
    """What a signed-in person may do with an annotation, and what only its organisation sees of it."""
    may_review = access.may_decide(user, note)
    is_ours = may_review or access.writes(user, note)
    tools: dict[str, Any] = {
        "may_revise": access.may_revise(user, note),
        "may_take_back": access.may_take_back(user, note),
        "may_review": may_review,
        "publishes_own": may_review and access.wrote(user, note),
        "may_withdraw": access.may_withdraw(user, note),
        "decisions": _newest(note.decisions.filter(reply=None, flag=None)) if is_ours else [],
        "returned": returns_of([note]).get(note.pk) if is_ours else None,
    }
    if access.reads_remarks(user, note):
        tools["remarks"] = _newest(note.remarks.all())
        tools["remark_form"] = RemarkForm() if access.may_remark(user, note) else None
    if note.is_published and access.organisation_of(user):
        tools |= {"reply_form": ReplyForm(), "seen": digest_of_words(services.content_of(note))}
    if is_ours and note.is_published and note.pending:
        content, _last = services.next_words(note)
        tools["next_words"] = compare(note, services.content_of(note), content, user)
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
                services.write_flag(note, form.instance)
                return redirect(reverse("annotation_flag", args=[slug]) + "?sent=1")
            form.add_error(None, _("Too many reports from your connection this hour. Try again later."))
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
            "id": seal(clause.pk, "clause"),
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
        "categories": Category.objects.known().order_by("is_retired", "position", "code"),
        "may_categorise": may(request.user, "categorise"),
    }
    return render(request, "annotations/reading/kinds.html", context)


# --- Reviewed and decided on ------------------------------------------------------------------------------------------


@login_required
@makes_public
def decide(request: HttpRequest, slug: str) -> HttpResponse:
    """Publish what was submitted, or return it with a reason."""
    if request.method != "POST":
        return redirect("annotation", slug)
    annotation = access.get_annotation_for(request.user, slug, access.may_decide)
    if "publish" in request.POST:
        revision = number_of(request.POST.get("revision", ""))
        try:
            services.publish_annotation(
                request.user, annotation, services.NO_REVISION if revision is None else revision
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


@signed_in("POST")
@makes_public
def decide_many(request: HttpRequest) -> HttpResponse:
    """Publish several submitted notes, or return them with one reason: all that were chosen, or none."""
    if access.organisation_reviewed_by(request.user) is None:
        raise PermissionDenied(_("Only a reviewer of the organisation can decide on an annotation."))
    chosen = []
    for name in list(dict.fromkeys(request.POST.getlist("note")))[:NOTES_SHOWN]:
        slug, _colon, revision = name.partition(":")
        chosen.append((access.get_annotation_for(request.user, slug, access.may_decide), number_of(revision)))
    reason = None if "publish" in request.POST else _reason(request)
    try:
        count = services.decide_many(request.user, chosen, reason)
    except services.NotDecided as problem:
        messages.error(request, str(problem))
        slugs = [annotation.slug for annotation, _revision in chosen]
        return _workspace(request, {"reason_for_many": request.POST.get("reason", ""), "chosen": slugs}, status=409)
    if reason is None:
        sentence = ngettext("Published: %(n)s annotation.", "Published: %(n)s annotations.", count)
    else:
        sentence = ngettext("Returned: %(n)s annotation.", "Returned: %(n)s annotations.", count)
    messages.success(request, sentence % {"n": digits(count)})
    return _to_workspace(request, "#waiting")


@signed_in("POST")
def remark(request: HttpRequest, slug: str) -> HttpResponse:
    """Say something to the author, or to the reviewers, of a note that is not public."""
    annotation = access.get_annotation_for(request.user, slug, access.may_remark)
    form = RemarkForm(request.POST)
    if form.is_valid():
        services.write_remark(request.user, annotation, form.cleaned_data["body"])
        messages.success(request, _("Sent."))
    elif not request.POST.get("body", "").strip():
        messages.error(request, _("Write something first."))
    else:
        messages.error(request, " ".join(str(problem) for problem in form.errors["body"]))
    return redirect(f"{annotation.get_absolute_url()}#remarks")


@login_required
def withdraw(request: HttpRequest, slug: str) -> HttpResponse:
    """Take a published annotation out of sight; readers are told that, and by another than its author why."""
    annotation = access.get_annotation_for(request.user, slug, access.may_withdraw)
    reason, explains = _reason(request), access.explains_withdrawal(request.user, annotation)
    if request.method != "POST" or (explains and not reason):
        context: dict[str, Any] = {"annotation": annotation, "explains": explains}
        if request.method == "POST":
            context["problem"] = _("Say why it is withdrawn: readers who follow its address are told.")
        status = 400 if "problem" in context else 200
        return render(request, "annotations/review/withdraw.html", context, status=status)
    services.withdraw_annotation(request.user, annotation, reason)
    messages.success(request, _("Withdrawn. Its address now says so."))
    return redirect(annotation)


@login_required
@makes_public
def decide_reply(request: HttpRequest, slug: str) -> HttpResponse:
    if request.method != "POST":
        return redirect("workspace")
    reply = access.get_reply_to_moderate(request.user, slug)
    is_published, reason = "publish" in request.POST, _reason(request)
    if not is_published and not reason:
        messages.error(request, _("Say why it is not published; the reason stays in the log."))
        return _to_workspace(request)
    services.moderate_reply(request.user, reply, is_published, reason)
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
    services.close_flag(request.user, flag, reason)
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
def edit_kind(request: HttpRequest, code: str = "") -> HttpResponse:
    """The words of a kind of risk, for an editor, with every change there was; without ``code`` those of a new one."""
    if not may(request.user, "categorise"):
        raise PermissionDenied(_("Only an editor can change the kinds of risk."))
    category = access.get_category(request.user, code) if code else None
    form = (CategoryForm if category else NewCategoryForm)(request.POST or None, instance=category)
    if request.method == "POST" and form.is_valid():
        save = services.change_category if category else services.add_category
        with refused_on(form):
            done = save(request.user, form.instance)
            saved = sentence_on(done, _("Saved and noted in its history."))
            messages.success(request, saved if done else _("Nothing was changed."))
            return redirect("kind_edit", Category.objects.get(pk=form.instance.pk).code)
    changes = access.changes_of(request.user, category) if category else []
    membership = membership_of(request.user)
    context: dict[str, Any] = {"form": form, "category": category, "steps": category_history(changes)}
    context["own"] = membership and membership.organisation_id
    return render(request, "annotations/review/kind.html", context, status=400 if form.errors else 200)


@signed_in("GET")
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
        "mine_filter": filter_form(mine_filter, waiting_filter, laws, written, page.paginator.count),
        "waiting": [],
        "reviews": reviewed is not None,
        "filters": "&".join(one.query for one in (mine_filter, waiting_filter) if one),
    }
    context["imports"] = may(request.user, "import")
    if reviewed is not None:
        submitted = access.submitted_to(request.user, reviewed)
        # The oldest first: its author has waited longest.
        whole = waiting_filter.of(submitted).for_reading().select_related("creator")
        oldest_first = whole.prefetch_related("standards", "answers").order_by("changed_at", "pk")
        page = Paginator(oldest_first, NOTES_SHOWN).get_page(request.GET.get("waiting"))
        set_facts(page.object_list, request.user)
        context |= {"waiting": page, "publishes_own": access.publishes_own(reviewed)}
        context["waiting_filter"] = filter_form(waiting_filter, mine_filter, laws, submitted, page.paginator.count)
        for name, rows in (
            ("replies", access.replies_to_moderate(request.user, reviewed)),
            ("flags", access.open_flags(reviewed)),
        ):
            context[name] = Paginator(rows, NOTES_SHOWN).get_page(request.GET.get(name))
        context["flags_to_close"] = access.flags_to_close(request.user, reviewed)
        context["may_categorise"] = may(request.user, "categorise")
    return render(request, "annotations/workspace/workspace.html", context | typed, status=status)


# --- Written by members -----------------------------------------------------------------------------------------------


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
    annotation = access.get_annotation_for(request.user, slug, access.writes)
    content, _last = services.next_words(annotation)
    if request.method != "POST":
        if not access.may_revise(request.user, annotation):
            raise PermissionDenied(_("It is with a reviewer. Withdraw it from review to change it."))
        relations = relations_of(content, request.user)
        with_content(annotation, content)
        form = AnnotationForm.filled(annotation, relations, request.user, based_on=annotation.revision)
        return _render(request, form)
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


def _render_conflict(request: HttpRequest, form: AnnotationForm, theirs: Content, reason: str) -> HttpResponse:
    """Both texts as a redline; the person's own stay in the form, which now goes on from the other's."""
    mine = content_of(form.instance, form.relations)
    data = request.POST.copy()
    data["based_on"] = str(Annotation.objects.values_list("revision", flat=True).get(pk=form.instance.pk))
    again = AnnotationForm(data, instance=form.instance, user=request.user, clause=form.clause)
    again.show_unchecked()
    conflict = {"reason": reason, "differences": compare(form.instance, theirs, mine, request.user)}
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
        messages.success(request, _("Submitted. A reviewer of your organisation will decide."))
    elif annotation.is_published:
        messages.success(request, _("Saved for your organisation; readers still see the published words."))
    else:
        messages.success(request, _("Saved as a draft, which only you can see."))
    return redirect(annotation)


@login_required
def submit(request: HttpRequest, slug: str) -> HttpResponse:
    if request.method != "POST":  # after signing in, or by a reload
        return redirect("annotation", slug)
    annotation = access.get_annotation_for(request.user, slug, access.writes)
    services.submit_annotation(request.user, annotation)
    messages.success(request, _("Submitted. A reviewer of your organisation will decide."))
    return redirect(annotation)


@login_required
def take_back(request: HttpRequest, slug: str) -> HttpResponse:
    """A draft again: what waits for review. Or gone: other words begun for a published one (``drop``)."""
    if request.method != "POST":
        return redirect("annotation", slug)
    if "drop" in request.POST:
        annotation = access.get_annotation_for(request.user, slug, access.writes)
        services.drop_revision(request.user, annotation)
        messages.success(request, _("The edit was discarded; the published words stay."))
        return redirect(annotation)
    annotation = access.get_annotation_for(request.user, slug, access.may_take_back)
    if not allow(request, "take-back", settings.PUBLICATIONS_PER_HOUR):  # each may be submitted again, which is mailed
        return too_many(request)
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

    def write() -> None:
        now = digest_of_words(services.content_of(annotation))
        check_seen(now, request.POST.get("seen", now))
        services.write_reply(request.user, annotation, form.instance)

    if not (form.is_valid() and is_accepted(form, write)):
        return render_annotation(request, annotation, status=400, reply_form=form)
    messages.success(request, _("Saved. A reviewer of the organisation will decide whether to publish it."))
    return redirect(annotation)
