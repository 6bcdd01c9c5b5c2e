"""Daily statements of the log and of the texts, for whoever wants to hold this site to them."""

from datetime import date

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from lawcompare.audit.models import Statement
from lawcompare.audit.statements import proof_between, public_key
from lawcompare.page_cache.public import public

SHOWN_MAX = 400


@require_safe
@public()
def statements(request: HttpRequest) -> HttpResponse:
    """The newest statements, each with the proof that its log begins with that of the day before."""
    rows = list(Statement.objects.order_by("-day").values_list("day", "size")[: SHOWN_MAX + 1])
    days = [(day, before[0]) for (day, _size), before in zip(rows, [*rows[1:], (None, 0)], strict=False)]
    context = {"days": days[:SHOWN_MAX], "public_key": public_key(settings.MIRROR_KEY)}
    return render(request, "pages/statements.html", context)


@require_safe
@public()
def statement(request: HttpRequest, day: date) -> HttpResponse:
    """A statement as it was signed."""
    requested = get_object_or_404(Statement, day=day)
    return HttpResponse(requested.words, content_type="text/plain; charset=utf-8")


@require_safe
@public()
def proof(request: HttpRequest, old_day: date, new_day: date) -> HttpResponse:
    """Sizes, roots and hashes that prove the log of one day to be the beginning of that of a later one."""
    first = get_object_or_404(Statement, day=old_day)
    last = get_object_or_404(Statement, day=new_day, day__gte=old_day)
    ends = [{"day": one.day, "size": one.size, "root": one.root} for one in (first, last)]
    return JsonResponse({"old": ends[0], "new": ends[1], "proof": proof_between(first, last)})
