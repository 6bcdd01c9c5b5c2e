"""Pages on which analysts correct which clauses belong together, and see who decided what."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.paginator import Paginator
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from lawcompare.accounts.access import may, membership_of
from lawcompare.accounts.responses import makes_public, refused_on, sentence_on, takes_long_forms
from lawcompare.annotations.access import visible_annotations_on
from lawcompare.annotations.filters import notes_among
from lawcompare.comparisons import access
from lawcompare.comparisons.correcting import services as correcting_services
from lawcompare.comparisons.correcting.forms import (
    LISTED,
    ConfirmForm,
    CorrectForm,
    TableForm,
    TakeBackForm,
    choices_of,
    pair_at,
)
from lawcompare.comparisons.correcting.services import Edge
from lawcompare.comparisons.models import Level
from lawcompare.comparisons.rows import PrintedRow, Switches, clauses_of, heads_of, with_words
from lawcompare.comparisons.services import decided_on
from lawcompare.core.numbers import seal, unseal
from lawcompare.laws.access import get_two_versions
from lawcompare.laws.models import Clause, ClauseTranslation, Version

PER_PAGE = 25
# Rows that a decision touched, shown with it.
ROWS_SHOWN = 12


def _texts(request: HttpRequest, old: tuple[str, str], new: tuple[str, str]) -> tuple[Version, Version]:
    """The two texts, for who may correct their clause map."""
    if not may(request.user, "map"):
        raise PermissionDenied(_("Only a reviewer or an editor corrects which clauses belong together."))
    return get_two_versions(request.user, old, new)


def _names(old: Version, new: Version) -> list[str]:
    return [old.law.slug, old.slug, new.law.slug, new.slug]


@login_required
@makes_public
def correct(request: HttpRequest, old_law: str, old_version: str, new_law: str, new_version: str) -> HttpResponse:
    """Say with which clauses those of ``?old=&new=`` belong together."""
    old, new = _texts(request, (old_law, old_version), (new_law, new_version))
    eids = request.GET.get("old", ""), request.GET.get("new", "")
    if not any(eids):
        return redirect("comparison", *_names(old, new))  # a row is chosen there
    context: dict[str, Any] = {"old": old, "new": new, "eids": eids}
    seen, status = seal(access.last_decision(request.user, old, new), "mapdecision"), 200
    form = CorrectForm(user=request.user, texts=(old, new), initial={"seen": seen})
    if request.method == "POST":
        form = CorrectForm(request.POST, user=request.user, texts=(old, new))
        if form.is_valid():
            try:
                return _decide(request, old, new, form.cleaned_data["edges"], form.cleaned_data)
            except correcting_services.DecidedMeanwhile as meanwhile:
                context["meanwhile"], status = meanwhile.decision, 409
                # Sent again, it is made with knowledge of that decision.
                posted = request.POST.copy()
                posted["seen"] = seen
                form = CorrectForm(posted, user=request.user, texts=(old, new))
            except ValidationError as error:
                form.add_error(None, error)
        status = 400 if form.errors else status
    return _render_form(request, form, context, status)


def _render_form(request: HttpRequest, form: CorrectForm, context: dict[str, Any], status: int) -> HttpResponse:
    old, new = context["old"], context["new"]
    comparison = access.find_comparison(old, new)
    done = comparison if comparison and comparison.is_done else None
    choices = choices_of(done, old, new, context["eids"])
    if choices is None:
        raise Http404(_("These two clauses do not stand together in this comparison."))
    form.offer(choices)
    named = [clause.pk for side in choices for clause in side.chosen]
    in_force = (row for row in decided_on(old, new) if row.pk)
    decided = [row for row in in_force if row.old_id in named or row.new_id in named]
    context |= {"form": form, "decided": decided, "is_language": new.translates_id == old.pk}
    context["pair"] = done and pair_at(done, context["eids"])
    part = "comparisons/correct.html#form" if getattr(request, "htmx", False) else "comparisons/correct.html"
    return render(request, part, context, status=status)


def _decide(
    request: HttpRequest, old: Version, new: Version, edges: list[Edge], cleaned: dict[str, Any]
) -> HttpResponse:
    """Set clauses together as a form says, and go to the decision. Raises ``ValidationError``."""
    decision = correcting_services.set_together(
        request.user,
        old,
        new,
        edges,
        cleaned["reason"],
        is_moved=cleaned.get("is_moved", False),
        names_person=cleaned.get("names_person", False),
        seen=cleaned.get("seen"),
    )
    saved = _("Saved. Readers see it as a decision of your organisation.")
    messages.success(request, sentence_on(decision, saved))
    return redirect(reverse("corrections", args=_names(old, new)) + f"?decision={seal(decision.pk, 'mapdecision')}")


@takes_long_forms
@login_required
@makes_public
def corrections(request: HttpRequest, old_law: str, old_version: str, new_law: str, new_version: str) -> HttpResponse:
    """Who decided what on two texts; ``?decision=`` shows one with the rows it touched. A table is stated here too."""
    old, new = _texts(request, (old_law, old_version), (new_law, new_version))
    table = TableForm(request.POST or None, request.FILES or None, user=request.user, old=old, new=new)
    if request.method == "POST" and table.is_valid():
        with refused_on(table):
            return _decide(request, old, new, table.cleaned_data["table"], table.cleaned_data)
    return _render_corrections(request, old, new, table)


def _render_corrections(request: HttpRequest, old: Version, new: Version, table: TableForm) -> HttpResponse:
    comparison = access.find_comparison(old, new)
    chosen = unseal(request.GET.get("decision", ""), "mapdecision")
    one = access.get_decision(request.user, old, new, chosen) if chosen is not None else None
    rows: list[PrintedRow] = []
    if one and comparison and comparison.is_done:
        inside = Q(old__in=one.touched) | Q(new__in=one.touched)
        tops = heads_of(comparison, inside, Q(level=Level.UNIT))[:ROWS_SHOWN]
        rows = with_words(comparison, tops, [pair.pk for pair in tops], only_near=True)
    notes = visible_annotations_on(request.user, old, new).for_reading().without_words() if rows else ()
    decisions = access.decisions_on(request.user, old, new)
    membership = membership_of(request.user)
    context = {
        "old": old,
        "new": new,
        "comparison": comparison,
        "waiting": correcting_services.unfinished(old, new),
        "one": one,
        "rows": rows,
        "notes": notes_among(request.GET, notes, clauses_of(rows)),
        "switches": Switches(is_inline=False, only_changes=True, hides_noise=False),
        "page": Paginator(decisions, PER_PAGE).get_page(request.GET.get("page")),
        "organisation": membership and membership.organisation,
        "table": table,
    }
    return render(request, "comparisons/corrections.html", context, status=400 if table.errors else 200)


@login_required
def undo(request: HttpRequest, old_law: str, old_version: str, new_law: str, new_version: str) -> HttpResponse:
    """Undo a decision, or have a correction computed again that failed."""
    old, new = _texts(request, (old_law, old_version), (new_law, new_version))
    log = reverse("corrections", args=_names(old, new))
    if request.method != "POST":
        return redirect(log)
    if "again" in request.POST:
        correcting_services.try_again(request.user, old, new)
        return redirect(log)
    form = TakeBackForm(request.POST)
    number = unseal(request.POST.get("decision", ""), "mapdecision") or 0
    if "unname" in request.POST:
        correcting_services.withdraw_name(request.user, access.get_decision(request.user, old, new, number))
        messages.success(request, _("You are no longer named."))
        return redirect(log)
    if not form.is_valid():
        messages.error(request, _("Say why, so that readers can follow the judgement."))
        return redirect(log)
    decision = access.get_decision(request.user, old, new, number)
    try:
        undo = correcting_services.undo_decision(request.user, decision, form.cleaned_data["reason"])
    except ValidationError as error:
        messages.error(request, error.messages[0])
        return redirect(f"{log}?decision={seal(decision.pk, 'mapdecision')}")
    messages.success(request, _("Undone. The clauses are paired as they were before."))
    return redirect(f"{log}?decision={seal(undo.pk, 'mapdecision')}")


@login_required
@makes_public
def languages(request: HttpRequest, old_law: str, old_version: str, new_law: str, new_version: str) -> HttpResponse:
    """Which clause renders which in a translation, the least sure first, for a person to confirm or correct."""
    old, new = _texts(request, (old_law, old_version), (new_law, new_version))
    if new.translates_id != old.pk:
        raise Http404(_("“%(new)s” is not a translation of “%(old)s”.") % {"new": new.name, "old": old.name})
    pairs = ClauseTranslation.objects.filter(translation_version=new).select_related("original", "translation")
    waiting = pairs.filter(confirmed_by="").order_by("confidence", "original__position")
    page = Paginator(waiting, PER_PAGE).get_page(request.GET.get("page"))
    data = request.POST.copy() if request.method == "POST" else None
    if data and "only" in data:  # the button of one pair, whatever is ticked
        data.setlist("pairs", [str(data["only"])])
    form = ConfirmForm(
        data,
        user=request.user,
        pairs=waiting,
        initial={"reason": _("Both were read side by side.")},
    )
    if request.method == "POST" and form.is_valid():
        edges = [(p.original, p.translation) for p in pairs.filter(pk__in=form.cleaned_data["pairs"])]
        named = form.cleaned_data.get("names_person", False)
        with refused_on(form):
            decision = correcting_services.set_together(
                request.user, old, new, edges, form.cleaned_data["reason"], names_person=named
            )
            messages.success(request, sentence_on(decision, _("Confirmed.")))
            return redirect(f"{reverse('languages', args=_names(old, new))}#next")
    alone: list[int] = []
    for text, side in ((old, "original"), (new, "translation")):
        alone += text.clauses.filter(~Q(pk__in=pairs.values(side))).order_by("position").values_list("pk", flat=True)
    alone_page = Paginator(alone, LISTED).get_page(request.GET.get("alone"))
    clauses = Clause.objects.select_related("version__law").in_bulk(alone_page.object_list)
    context = {
        "old": old,
        "new": new,
        "page": page,
        "form": form,
        "confirmed": pairs.exclude(confirmed_by="").count(),
        "alone": [clauses[pk] for pk in alone_page],
        "alone_page": alone_page,
    }
    return render(request, "comparisons/languages.html", context, status=400 if form.errors else 200)
