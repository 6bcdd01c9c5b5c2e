"""Two texts side by side, and asking for it."""

from collections import Counter
from typing import Any
from urllib.parse import urlencode

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from lawcompare.accounts.access import may
from lawcompare.accounts.responses import attempt
from lawcompare.annotations.filters import FilterOption, notes_among
from lawcompare.annotations.rendered_words import notes_with_originals
from lawcompare.comparisons import access, rows, services
from lawcompare.comparisons.access import stated_between
from lawcompare.comparisons.exports import FILE_PAGES
from lawcompare.comparisons.html import findings_of
from lawcompare.comparisons.models import Comparison, Standing, slips_in
from lawcompare.comparisons.row_filter import NAMES as FILTER_NAMES
from lawcompare.comparisons.row_filter import ONLY, RowFilter
from lawcompare.comparisons.serialisers import comparison_data, correspondence_data
from lawcompare.comparisons.versions import PAIRS_MAX
from lawcompare.core.jobs import services as jobs
from lawcompare.core.page_cache.public import public
from lawcompare.crosswalk.access import visible_values
from lawcompare.crosswalk.provisions import subject_page, texts_of_rows, topics_in_one
from lawcompare.languages import reader_language
from lawcompare.laws.access import get_two_versions, get_two_versions_among, visible_versions
from lawcompare.laws.models import Clause, LawKind, Version
from lawcompare.laws.plain_words.services import plain_words_of
from lawcompare.laws.reports import too_much
from lawcompare.laws.translations.services import members_in, set_shown


@csrf_exempt  # so that a visitor gets no cookie; where the form came from is asked of the browser instead
@public(
    "by",
    "view",
    "show",
    "noise",
    "slips",
    "order",
    "page",
    "texts",
    "engine",
    "edition",
    *FILTER_NAMES,
    takes_post=True,
)
def comparison(request: HttpRequest, old_law: str, old_version: str, new_law: str, new_version: str) -> HttpResponse:
    """The comparison of two versions; of two laws by topic where correspondences are known; else the way to it."""
    old, new, texts = get_two_versions_among(request.user, (old_law, old_version), (new_law, new_version))
    request.texts = texts  # type: ignore[attr-defined]
    access.check_pins(request.GET, old, new)
    if old == new:
        return _render_problem(request, old, new, _("A text is not compared with itself. Choose another one."), 400)
    if old.law_id != new.law_id and request.GET.get("by") != "text":
        by_topic = _by_topic(request, old, new)
        if by_topic:
            return render(request, "comparisons/cross_law.html", by_topic)
        if current := access.current_pair(request.user, old, new, request.GET):
            return redirect("comparison", *current)
    if request.method == "POST":
        return _ask(request, old, new)
    known = access.find_comparison(old, new, request.GET.get("edition", ""), request.GET.get("engine", ""))
    if known is None or not known.is_done:
        return _render_waiting(request, old, new, known)
    return _render_rows(request, known, texts)


def _ask(request: HttpRequest, old: Version, new: Version) -> HttpResponse:
    if not access.comes_from_here(request):
        raise PermissionDenied(_("Request a comparison from this site’s own pages."))
    known, organisation = access.find_comparison(old, new), access.organisation_of(request.user)
    is_public = old.is_published and new.is_published
    waits_elsewhere = known is not None and is_public and jobs.may_take_over(known.job, organisation)
    if known is None or waits_elsewhere or (not known.is_done and known.job.may_be_retried):
        try:
            access.count_comparison(request, *services.size_of(old.pk, new.pk))
        except access.AskedTooMuch as refusal:
            if not waits_elsewhere:
                return _render_problem(request, old, new, str(refusal), 429)
            waits_elsewhere = False  # and goes on waiting there
    requested = services.request_comparison(old, new, by=request.user)
    if waits_elsewhere:
        jobs.take_over(requested.job, organisation)
    return redirect(requested.get_absolute_url() + ("?by=text" if old.law_id != new.law_id else ""))


def _render_problem(request: HttpRequest, old: Version, new: Version, problem: str, status: int) -> HttpResponse:
    context = {"old": old, "new": new, "problem": problem}
    return render(request, "comparisons/waiting.html", context, status=status)


def _render_waiting(request: HttpRequest, old: Version, new: Version, comparison: Comparison | None) -> HttpResponse:
    """Not asked for, under way, or failed. htmx asks for the inner part alone, again and again until it is there."""
    context: dict[str, Any] = {"old": old, "new": new, "comparison": comparison}
    context["is_under_way"] = comparison is not None and comparison.job.is_under_way
    part = "comparisons/waiting.html#progress" if request.htmx else "comparisons/waiting.html"  # type: ignore[attr-defined]
    response = render(request, part, context)
    response.headers["Cache-Control"] = "private, no-store"  # true for a moment only
    return response


def _render_rows(request: HttpRequest, comparison: Comparison, texts: list[Version]) -> HttpResponse:
    if getattr(request, "htmx", False):
        # The page that waited for it now loads it whole.
        return HttpResponse(headers={"HX-Refresh": "true"})
    switches = rows.Switches(
        is_inline=request.GET.get("view") == "inline",
        is_list=request.GET.get("view") == "list",
        only_changes=request.GET.get("show") != "all",
        hides_noise=request.GET.get("noise") == "hide",
        shows_slips=request.GET.get("slips") == "show",
        by_doubt=request.GET.get("order") == "doubt",
        by_text=request.GET.get("by") == "text",
        edition=comparison.edition if request.GET.get("edition") else 0,
        filter=RowFilter.of(request.GET),
    )
    notes = notes_with_originals(request.user, comparison.old, comparison.new)
    noted = [(note.version_id, note.clause.position, note.risk) for note in notes]
    strip = rows.strip(comparison, switches, noted, request.user)
    page = Paginator(range(strip.pages), 1).get_page(request.GET.get("page", ""))
    shown = rows.page_of_rows(comparison, strip, page.number, switches)
    if switches.is_list:
        rows.list_all(shown)
    drafts = access.drafts_of_law(request.user, comparison.old, comparison.new, texts)
    context = {
        "comparison": comparison,
        "old": comparison.old,
        "new": comparison.new,
        "strip": strip,
        "cells": strip.cells,
        "findings": findings_of(comparison, strip, switches, page.number),
        "lead": access.lead_in_words(comparison.old, comparison.new),
        "pairs_of_law": access.pairs_of_law(comparison, drafts),
        "third": access.third_texts(drafts, comparison.old, comparison.new),
        "kinds": rows.kinds(comparison),
        "hidden_count": rows.count_hidden(strip.cells),
        "has_slips": comparison.tally.get(Standing.SLIPS) or any(slips_in(row.pair.sentences) for row in shown),
        "left_out_count": rows.count_left_out(strip.cells) if switches.filter else 0,
        "options": {
            name: [FilterOption(value, label, value == getattr(switches.filter, name)) for value, label in choices]
            for name, choices in (
                ("change", [(value, capfirst(label)) for value, label in comparison.standings]),
                ("chapter", [(str(head.position), str(head.new or head.old)) for head in strip.headings]),
                ("only", [(value, str(label)) for value, label in ONLY.items()]),
            )
        },
        "page": page,
        "rows": rows.fold(shown, strip, switches),
        "notes": notes_among(request.GET, notes, rows.clauses_of(shown)),
        "plain": plain_words_of(request.user, comparison.old, comparison.new),
        "switches": switches,
        "latest": access.find_comparison(comparison.old, comparison.new) if switches.edition else comparison,
        "corrects": may(request.user, "map"),
        "imports": may(request.user, "import"),
        "annotates": may(request.user, "annotate"),
    }
    return render(request, "comparisons/comparison.html", context)


def _by_topic(request: HttpRequest, old: Version, new: Version) -> dict[str, Any] | None:
    """The context of a comparison of two laws by topic, or None where nothing is known of how they correspond."""
    stated = stated_between(request.user, old, new)
    if not stated:
        return None
    query = urlencode({"texts": request.GET["texts"]}) if "texts" in request.GET else ""
    before, number = f"{query}&" if query else "", request.GET.get("page", "")
    by_topic = subject_page(stated, visible_values(request.user), old, new, number, before)
    inside = texts_of_rows(by_topic.shown, old, new)
    answers = [answer.clause for row in by_topic.shown for answer in row.answers if answer.clause]
    printed = [clause for parts in inside.values() for clause in parts]
    set_shown([*(clause for row in by_topic.shown for clause in row.olds), *answers, *printed])
    (judged, by_heading), (judged_shown, by_heading_shown) = map(by_topic.parts, (by_topic.rows, by_topic.shown))
    return {
        "old": old,
        "new": new,
        "page": by_topic.page,
        "query": query,
        "file_query": f"?page={by_topic.page.number}" if by_topic.page.paginator.num_pages > FILE_PAGES else "",
        "judged": judged,
        "by_heading": by_heading,
        "judged_shown": judged_shown,
        "by_heading_shown": by_heading_shown,
        "unreported": topics_in_one(new, old, by_topic.rows),
        "inside": inside,
        "clauses": printed,
    }


@public("texts", "engine", "edition")
def comparison_json(
    request: HttpRequest, old_law: str, old_version: str, new_law: str, new_version: str
) -> HttpResponse:
    old, new = get_two_versions(request.user, (old_law, old_version), (new_law, new_version))
    access.check_pins(request.GET, old, new)
    known = access.find_comparison(old, new, request.GET.get("edition", ""), request.GET.get("engine", ""))
    if known is None:
        stated = stated_between(request.user, old, new)
        if not stated:
            if current := access.current_pair(request.user, old, new, request.GET):
                return redirect("comparison_json", *current)
            return JsonResponse({"error": "This comparison has not been asked for."}, status=404)
        return JsonResponse(correspondence_data(old, new, stated, visible_values(request.user)))
    if not known.is_done:
        job = known.job
        data = {"state": job.state, "done": job.done, "total": job.total, "reason": job.reason}
        return JsonResponse(data, status=202)
    count = known.pairs.count()
    if count > PAIRS_MAX and not getattr(request, "is_read_once", False):
        error = "This comparison is too long for one answer: /api/v1/ has its pairs by pages."
        return JsonResponse({"error": error}, status=400)
    written = Clause.objects.filter(version__in=[old, new])
    return too_much(request, count, written) or JsonResponse(comparison_data(known, request.user))


@require_POST
@login_required
def propose_lead(request: HttpRequest, old_law: str, old_version: str, new_law: str, new_version: str) -> HttpResponse:
    """A sentence of a reviewer's that is to lead the page."""
    old, new = get_two_versions(request.user, (old_law, old_version), (new_law, new_version))
    body = request.POST.get("body", "")
    attempt(request, lambda: services.propose_lead(request.user, old, new, body), _("Your sentence is stored."))
    return redirect(Comparison(old=old, new=new).get_absolute_url())


@public("old", "new")
def choose(request: HttpRequest) -> HttpResponse:
    """From a form with two version addresses to their comparison's address."""
    names = [request.GET.get(side, "").split("/") for side in ("old", "new")]
    if any(len(name) != 2 or not all(name) for name in names):
        versions = members_in(reader_language().code, visible_versions(request.user).order_by("law", "date", "slug"))
        old_chosen, new_chosen = _chosen_at_first(versions, request.GET.get("old", ""))
        context = {"versions": versions, "old_chosen": old_chosen, "new_chosen": new_chosen}
        return render(request, "comparisons/choose.html", context)
    old, new = get_two_versions(request.user, (names[0][0], names[0][1]), (names[1][0], names[1][1]))
    return redirect(reverse("comparison", args=[old.law.slug, old.slug, new.law.slug, new.slug]))


def _chosen_at_first(versions: list[Version], old: str) -> tuple[str, str]:
    """The addresses that the form begins with: the newest two drafts, or ``old`` and the next text of its law.

    Drafts are those of the law of which most are known; what staff have not confirmed is not counted.
    """
    versions = [one for one in versions if not one.unchecked_of or one.address == old] or versions
    known = Counter(one.law_id for one in versions)
    texts = sorted(versions, key=lambda one: (one.law.kind == LawKind.DRAFT, known[one.law_id], one.law.slug, one.date))
    law = next((one.law_id for one in texts if one.address == old), texts[-1].law_id if texts else 0)
    of_law = [one.address for one in texts if one.law_id == law]
    first = old if old in of_law else "".join(of_law[-2:][:1])
    at = of_law.index(first) if first else 0
    others = of_law[at + 1 : at + 2] or of_law[max(at - 1, 0) : at] or [one.address for one in texts[-1:]]
    return first, "".join(others)
