"""The findings of a version, and the decision on one."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Case, Prefetch, When
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from lawcompare.accounts.access import may
from lawcompare.accounts.responses import attempt, makes_public, number_of, signed_in
from lawcompare.core.numbers import seal
from lawcompare.core.page_cache.public import public
from lawcompare.crosswalk import access
from lawcompare.crosswalk.findings import services
from lawcompare.crosswalk.findings.models import Finding, FindingDecision, FindingDecisionKind
from lawcompare.laws.access import get_version

PER_PAGE = 100
# Decisions on one finding, the last ones.
DECISIONS_SHOWN = 20


@public("page")
def findings(request: HttpRequest, law: str, version: str) -> HttpResponse:
    """The questions on a version, the dismissed ones last with their reasons."""
    text_version = get_version(request.user, law, version)
    decisions = FindingDecision.objects.stand().select_related("organisation").order_by("-pk")[:DECISIONS_SHOWN]
    questions = (
        access.visible_findings(request.user)
        .filter(version=text_version)
        .questions()
        .with_last()
        .order_by(Case(When(last=FindingDecisionKind.DISMISSED, then=1), default=0), *(Finding._meta.ordering or ()))
        .select_related("clause")
        .prefetch_related(Prefetch("decisions", queryset=decisions, to_attr="decided"))
    )
    page = Paginator(questions, PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "version": text_version,
        "page": page,
        "open": [row for row in page if row.last != FindingDecisionKind.DISMISSED],
        "dismissed": [row for row in page if row.last == FindingDecisionKind.DISMISSED],
        "examination": text_version.examinations.order_by("-pk").first(),
        "may_decide": may(request.user, "review"),
    }
    return render(request, "crosswalk/findings/findings.html", context)


@signed_in("POST")
@makes_public
def decide(request: HttpRequest, number: int) -> HttpResponse:
    finding = access.get_finding(request.user, number)
    kind = FindingDecisionKind.REOPENED if "reopen" in request.POST else FindingDecisionKind.DISMISSED
    reason = request.POST.get("reason", "").strip()[:2000]
    if not reason:
        messages.error(request, _("Say why, so that readers can follow the decision."))
    else:
        attempt(
            request,
            lambda: services.decide_on_finding(request.user, finding, kind, reason),
            _("Saved with your reason."),
        )
    page = reverse("findings", args=[finding.version.law.slug, finding.version.slug])
    at = number_of(request.POST.get("page", "")) or 1
    return redirect(f"{page}{f'?page={at}' if at > 1 else ''}#finding-{seal(finding.pk, 'finding')}")
