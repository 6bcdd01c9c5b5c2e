"""Daily statements of the log and of the texts, for whoever wants to hold this site to them."""

from datetime import date

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from lawcompare.core.log.models import Statement
from lawcompare.core.log.statements import public_key
from lawcompare.core.page_cache.public import public

SHOWN_MAX = 400


@require_safe
@public()
def statements(request: HttpRequest) -> HttpResponse:
    """The days of the newest statements."""
    days = Statement.objects.order_by("-day").values_list("day", flat=True)[:SHOWN_MAX]
    context = {"days": days, "public_key": public_key(settings.MIRROR_KEY)}
    return render(request, "site/statements.html", context)


@require_safe
@public()
def statement(request: HttpRequest, day: date) -> HttpResponse:
    """A statement as it was signed."""
    requested = get_object_or_404(Statement, day=day)
    return HttpResponse(requested.words, content_type="text/plain; charset=utf-8")
