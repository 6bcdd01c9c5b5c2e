"""The queue of notes that were looked for in a later text: one decision a row, each of them undoable."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.paginator import Paginator
from django.db.models import Case, Value, When
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from lawcompare.accounts.access import may
from lawcompare.accounts.models import Organisation
from lawcompare.accounts.responses import makes_public, signed_in
from lawcompare.annotations import access
from lawcompare.annotations.forms import AnnotationForm
from lawcompare.annotations.services import content_of, relations_of, submit_annotation
from lawcompare.core.jobs import services as jobs
from lawcompare.core.numbers import seal, unseal
from lawcompare.core.seen import check_seen, digest_of_words
from lawcompare.languages import digits
from lawcompare.laws.citing import CitationError, Citations
from lawcompare.publishing.access import carryings_of, closable, get_carried, get_carrying, publishes_carried
from lawcompare.publishing.carrying_forward import services
from lawcompare.publishing.carrying_forward.services import Passage, passage_at, same_words
from lawcompare.publishing.models import Carried, CarriedQuerySet, Carrying, Outcome, Verdict

PER_PAGE = 25
ORDER = Case(*(When(verdict=verdict, then=Value(place)) for place, verdict in enumerate(Verdict.values)))
LATELY = 8
# Decisions of one press, with the reason that readers see.
QUICK = {
    "gone": (Outcome.REMOVED, gettext_lazy("The words are gone, and nothing takes their place.")),
    "answered": (Outcome.REMOVED, gettext_lazy("The new text answers the concern.")),
    "not-known": (Outcome.NOT_KNOWN, gettext_lazy("The new text is not known well enough to say.")),
}


@signed_in("GET")
def carryings(request: HttpRequest) -> HttpResponse:
    organisation, rows = carryings_of(request.user)
    context = {"organisation": organisation, "carryings": rows, "may_look_again": may(request.user, "review")}
    return render(request, "publishing/carrying_forward/carryings.html", context)


@signed_in("GET")
def queue(request: HttpRequest, number: int) -> HttpResponse:
    """What waits of one carrying. htmx asks for the progress alone while it is under way."""
    organisation, carrying = get_carrying(request.user, number)
    if getattr(request, "htmx", False):
        if not carrying.job.is_under_way:
            return HttpResponse(headers={"HX-Refresh": "true"})
        return render(request, "publishing/carrying_forward/carrying.html#progress", {"carrying": carrying})
    rows = _waiting(carrying, organisation)
    shown = _shown(request)
    verdicts = list(rows.values_list("verdict", flat=True))
    page = Paginator(rows.filter(verdict=shown) if shown else rows, PER_PAGE).get_page(request.GET.get("page"))
    decided = _of_organisation(carrying, organisation).exclude(fate="").filter(decided_at__isnull=False)
    context = {
        "carrying": carrying,
        "page": page,
        "closable": closable(request.user, page),
        "shown": shown,
        "hidden": len(verdicts) - verdicts.count(shown) if shown else 0,
        "counts": [(v, v.label, verdicts.count(v)) for v in Verdict if v in verdicts],
        "decided": decided.select_related("decided_by").order_by("-decided_at", "-pk")[:LATELY],
        "may_undo": decided.filter(decided_by=request.user.pk).exists(),
        "may_close": may(request.user, "review"),
        "fates": Outcome.choices,
    }
    return render(request, "publishing/carrying_forward/carrying.html", context)


def _shown(request: HttpRequest) -> str:
    """The one verdict whose rows the address asks for, as ``?show=`` names it; empty for all."""
    shown = request.GET.get("show", "")
    return shown if shown in Verdict.values else ""


def _of_organisation(carrying: Carrying, organisation: Organisation) -> CarriedQuerySet:
    return Carried.objects.for_queue().filter(carrying=carrying, annotation__organisation=organisation)


def _waiting(carrying: Carrying, organisation: Organisation) -> CarriedQuerySet:
    rows = _of_organisation(carrying, organisation).waiting().annotate(place=ORDER)
    return rows.prefetch_related("annotation__categories").order_by(
        "place", "annotation__clause__position", "annotation__start", "pk"
    )


@signed_in("POST")
@makes_public
def decide(request: HttpRequest, number: int) -> HttpResponse:
    """One decision on one row: ``do`` says which."""
    row = get_carried(request.user, number)
    action = request.POST.get("do", "")
    is_changed = row.clause is not None and row.verdict != Verdict.KEPT
    if action in services.SURVIVING and not row.decision and is_changed:
        # Nothing is published whose words changed without the result seen.
        shown = f"&show={_shown(request)}" if _shown(request) else ""
        return redirect(f"{reverse('carried_look', args=[row.pk])}?fate={action}{shown}")
    following = _following(request, row)
    try:
        messages.success(request, _act(request, row, action))
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
        following = row.pk
    return redirect(_queue_address(request, row.carrying_id, following))


def _act(request: HttpRequest, row: Carried, action: str) -> str:
    """Do what was asked and return what to say of it. Raises ``ValidationError`` for what does not fit the row."""
    user, reason = request.user, request.POST.get("reason", "")
    if action in services.SURVIVING and row.decision:
        services.judge(user, row, action)
    elif action in services.SURVIVING:
        services.confirm(user, row, action)
    elif action in QUICK:
        outcome, why = QUICK[action]
        services.close(user, row, outcome, str(why))
    elif action == "close":
        services.close(user, row, request.POST.get("fate", ""), reason)
    else:
        raise ValidationError(_("Choose one of the decisions."))
    if row.successor is None:
        return _("Closed: %(fate)s.") % {"fate": row.get_fate_display()}
    return _outcome_of(row)


# --- The words before they are decided on -----------------------------------------------------------------------------

STEPS = {
    "more-before": gettext_lazy("← one word more"),
    "less-before": gettext_lazy("one word less →"),
    "less-after": gettext_lazy("← one word less"),
    "more-after": gettext_lazy("one word more →"),
    "sentence": gettext_lazy("the whole sentence"),
}


@signed_in("GET", "POST")
def look(request: HttpRequest, number: int) -> HttpResponse:
    """The note as it would stand on the later text; its words can be widened and narrowed before it is decided on."""
    row = get_carried(request.user, number)
    if row.decision:
        raise PermissionDenied(_("This has been decided already."))
    if row.clause is None:
        raise Http404(_("No place was found in the new text: choose one, or close the concern."))
    asked = request.POST if request.method == "POST" else request.GET
    passage, fate = _passage(row, asked.get("start", ""), asked.get("end", "")), asked.get("fate", "")
    seen = digest_of_words(row.clause_id, row.start, row.end, row.verdict, row.annotation.revision)
    equal = list(same_words(_waiting(row.carrying, row.annotation.organisation), row)[: PER_PAGE - 1])
    if request.method == "POST" and fate in services.SURVIVING:
        others = equal if "all" in request.POST else []
        following = _following(request, row)
        try:
            check_seen(seen, request.POST.get("seen", ""))  # it may have been found elsewhere since
            count = services.confirm_equal(request.user, row, others, fate, passage)
        except ValidationError as error:
            messages.error(request, " ".join(error.messages))
        else:
            row.refresh_from_db()
            several = ngettext("%(n)s note was carried over.", "%(n)s notes were carried over.", count)
            messages.success(request, _outcome_of(row) if count == 1 else several % {"n": digits(count)})
            return redirect(_queue_address(request, row.carrying_id, None if others else following))
    if passage is not None:
        row.start, row.end = passage.start, passage.end
        row.exact = row.clause.text[passage.start : passage.end]
    language = row.carrying.new.language
    context = {
        "row": row,
        "carrying": row.carrying,
        "fate": fate,
        "shown": _shown(request),
        "query": urlencode({"fate": fate} | ({"show": _shown(request)} if _shown(request) else {})),
        "fates": [(outcome.value, outcome.label) for outcome in services.SURVIVING],
        "steps": [(STEPS[name], wider) for name, wider in services.steps(row.clause.text, passage, language)]
        if passage
        else [],
        "passage": passage,
        "seen": seen,
        "equal": equal,
        "publishes": publishes_carried(request.user, row),
    }
    return render(
        request, "publishing/carrying_forward/look.html", context, status=400 if request.method == "POST" else 200
    )


def _passage(row: Carried, start: str, end: str) -> Passage | None:
    """The passage that was asked for, else the one found; None where the whole clause is meant."""
    assert row.clause is not None
    if start.isdecimal() and end.isdecimal() and max(len(start), len(end)) < 9 and row.start is not None:
        asked = passage_at(row.clause.text, int(start), int(end))
        if asked is None:
            raise Http404(_("The clause has no such words."))
        return asked
    return Passage(row.start, row.end) if row.start is not None and row.end is not None else None


def _outcome_of(row: Carried) -> str:
    if row.successor is not None and row.successor.is_published:
        return _("Carried over and published: %(fate)s.") % {"fate": row.get_fate_display()}
    return _("Carried over: %(fate)s. A reviewer of your organisation publishes it.") % {"fate": row.get_fate_display()}


def _following(request: HttpRequest, row: Carried) -> int | None:
    """The row below this one in the queue, else the first that is left."""
    organisation = access.organisation_of(request.user)
    assert organisation is not None
    keys = list(_waiting(row.carrying, organisation).values_list("pk", flat=True))
    place = keys.index(row.pk) if row.pk in keys else -1
    others = keys[place + 1 :] + keys[: max(place, 0)]
    return others[0] if others else None


def _queue_address(request: HttpRequest, number: int, row: int | None = None) -> str:
    """The queue narrowed as it was, at a row."""
    query = f"?show={_shown(request)}" if _shown(request) else ""
    return reverse("carrying", args=[number]) + query + (f"#c-{seal(row, 'carried')}" if row is not None else "")


def _listed(request: HttpRequest, number: int) -> CarriedQuerySet:
    """The rows of the queue that the form lists: no more than a page shows."""
    organisation, carrying = get_carrying(request.user, number)
    keys = [key for key in (unseal(row, "carried") for row in request.POST.getlist("row")) if key is not None]
    return _waiting(carrying, organisation).filter(pk__in=keys[:PER_PAGE])


@signed_in("POST")
@makes_public
def confirm_kept(request: HttpRequest, number: int) -> HttpResponse:
    """Confirm those of the rows listed whose words were kept, in one go."""
    try:
        count = services.confirm_unchanged(request.user, _listed(request, number))
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    else:
        messages.success(request, _("Carried over as kept: %(n)s.") % {"n": digits(count)})
    return redirect(_queue_address(request, number))


@signed_in("POST")
@makes_public
def close_lost(request: HttpRequest, number: int) -> HttpResponse:
    """Close those of the rows listed whose words were not found, in one go and in the same way."""
    rows, action = _listed(request, number), QUICK.get(request.POST.get("do", ""))
    if action is None:
        messages.error(request, _("Choose one of the decisions."))
    else:
        outcome, reason = action
        count = services.close_all(request.user, rows, outcome, str(reason))
        sentence = ngettext("%(n)s concern was closed: %(fate)s.", "%(n)s concerns were closed: %(fate)s.", count)
        messages.success(request, sentence % {"n": digits(count), "fate": outcome.label})
    return redirect(_queue_address(request, number))


@signed_in("POST")
@makes_public
def undo(request: HttpRequest, number: int) -> HttpResponse:
    _organisation, carrying = get_carrying(request.user, number)
    rows = services.undo(request.user, carrying)
    if not rows:
        messages.error(request, _("You have no decision here to undo."))
        return redirect(_queue_address(request, number))
    sentence = ngettext(
        "Undone: %(n)s note waits for a decision again.", "Undone: %(n)s notes wait for a decision again.", len(rows)
    )
    messages.success(request, sentence % {"n": digits(len(rows))})
    return redirect(_queue_address(request, number, rows[0].pk))


@login_required
def edit(request: HttpRequest, number: int) -> HttpResponse:
    """Say the concern anew on the later text: the form of a note, filled in from the old one.

    ``?clause=28(3)`` puts it on another clause than the one found.
    """
    row = get_carried(request.user, number)
    if row.decision:
        raise PermissionDenied(_("This has been decided already."))
    clause, cited = row.clause, request.GET.get("clause", "").strip()
    if cited:
        try:
            clause = Citations(row.carrying.new).find(cited)
        except CitationError:
            clause = None
    if clause is None:
        problem = _("The new text has no clause “%(cited)s”.") % {"cited": cited} if cited else ""
        context = {"row": row, "problem": problem, "asked": request.GET.get("clause", "")}
        return render(request, "publishing/carrying_forward/carry_where.html", context, status=400 if problem else 200)
    clause.version = row.carrying.new
    note = services.copy_of(row, clause)
    if request.method != "POST":
        form = AnnotationForm.filled(note, relations_of(content_of(row.annotation), request.user), request.user)
    else:
        form = AnnotationForm(request.POST, instance=note, user=request.user, clause=clause)
        if "find" in request.POST:
            form.show_unchecked()
        elif form.is_valid():
            services.take_up(request.user, row, form.instance, form.relations)
            if "submit" in request.POST:
                submit_annotation(request.user, form.instance)
                messages.success(request, _("Submitted. What became of the risk can be judged below."))
            else:
                messages.success(request, _("Saved as a draft, which only you can see."))
            return redirect(_queue_address(request, row.carrying_id, row.pk))
    context = {"form": form, "clause": clause, "version": clause.version}
    return render(request, "annotations/writing/form.html", context, status=400 if form.errors else 200)


@signed_in("POST")
def look_again(request: HttpRequest) -> HttpResponse:
    """Look for notes that were published on an earlier text since a later one came."""
    is_started = services.look_again(request.user)
    started, nothing = _("Your newer notes are being looked for."), _("All notes have been looked for already.")
    messages.success(request, started if is_started else nothing)
    return redirect("carryings")


@signed_in("POST")
def carry_again(request: HttpRequest, number: int) -> HttpResponse:
    """Take up a search for notes in a later text where it ended, and with what was published since."""
    organisation, carrying = get_carrying(request.user, number)
    jobs.start(carrying.job, organisation)
    return redirect("carrying", number)
