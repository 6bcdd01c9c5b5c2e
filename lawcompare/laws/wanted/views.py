"""The page of texts that are wanted."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from lawcompare.core.page_cache.public import public
from lawcompare.laws.access import visible_laws
from lawcompare.laws.models import Jurisdiction, WantedText

ORDER = [Jurisdiction.CAMBODIA, Jurisdiction.INTERNATIONAL]


@public()
def wanted(request: HttpRequest) -> HttpResponse:
    """The texts that nobody here has seen, those of Cambodia first, and how to hand one in."""
    rows = WantedText.objects.select_related("law").filter(law__in=visible_laws(request.user).values("pk"))
    place = {code: number for number, code in enumerate(ORDER)}
    texts = sorted(rows, key=lambda text: place.get(text.law.jurisdiction, len(ORDER)))
    return render(request, "laws/wanted/wanted.html", {"texts": texts, "channel": settings.HAND_IN_CHANNEL})
