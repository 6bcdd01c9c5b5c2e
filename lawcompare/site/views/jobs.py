"""The page of background jobs: those that failed and those under way, of what a person may see."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from lawcompare.accounts.access import may
from lawcompare.core.jobs.registry import kinds
from lawcompare.core.jobs.services import get_job, jobs_of, retry
from lawcompare.site.workspace import require_membership


@require_safe
@login_required
def jobs(request: HttpRequest) -> HttpResponse:
    require_membership(request.user)
    visible = jobs_of(request.user)
    failed = [(job, may(request.user, job.registered.retried_by)) for job in visible if job.may_be_retried]
    return render(
        request, "site/jobs.html", {"failed": failed, "running": [job for job in visible if job.is_under_way]}
    )


@require_POST
@login_required
def retry_job(request: HttpRequest, kind: str, number: int) -> HttpResponse:
    """Have a job run again that failed, or whose worker was lost."""
    membership = require_membership(request.user)
    if kind in kinds and not may(request.user, kinds[kind].retried_by):
        raise PermissionDenied(_("You may not retry this job."))
    job = get_job(request.user, kind, number)
    if job is None or not retry(job, request.user, membership.organisation.slug):
        raise Http404(_("There is no such job here, or it cannot be retried."))
    messages.success(request, _("Restarted."))
    return redirect("jobs")
