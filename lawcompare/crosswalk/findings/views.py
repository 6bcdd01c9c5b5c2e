"""The findings of a version, and the decision on one."""

from django.contrib import messages
from django.db.models import Prefetch
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from lawcompare.accounts.access import may
from lawcompare.accounts.responses import attempt, signed_in
from lawcompare.core.numbers import seal
from lawcompare.core.page_cache.public import public
from lawcompare.crosswalk import access
from lawcompare.crosswalk.findings import services
from lawcompare.crosswalk.findings.models import FindingDecision, FindingDecisionKind
from lawcompare.laws.access import get_version


@public()
def findings(request: HttpRequest, law: str, version: str) -> HttpResponse:
    """All questions on a version, the dismissed ones last with their reasons."""
    text_version = get_version(request.user, law, version)
    decisions = FindingDecision.objects.stand().select_related("organisation")
    questions = (
        access.visible_findings(request.user)
        .filter(version=text_version)
        .questions()
        .select_related("clause")
        .prefetch_related(Prefetch("decisions", queryset=decisions))
    )
    rows = list(questions)
    context = {
        "version": text_version,
        "open": [row for row in rows if not _is_dismissed(row)],
        "dismissed": [row for row in rows if _is_dismissed(row)],
        "examination": text_version.examinations.order_by("-pk").first(),
        "may_decide": may(request.user, "review"),
    }
    return render(request, "crosswalk/findings/findings.html", context)


def _is_dismissed(finding) -> bool:
    decisions = list(finding.decisions.all())
    return bool(decisions) and decisions[-1].kind == FindingDecisionKind.DISMISSED


@signed_in("POST")
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
    return redirect(f"{page}#finding-{seal(finding.pk, 'finding')}")
