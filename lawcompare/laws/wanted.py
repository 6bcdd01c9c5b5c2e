"""Texts that are known to exist and that nobody here has seen; whether a later text of a law is known."""

from collections.abc import Iterable
from typing import Any

from django.conf import settings
from django.db.models import prefetch_related_objects
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from lawcompare.accounts.models import VISITOR
from lawcompare.core.page_cache.public import public
from lawcompare.languages import in_every_language
from lawcompare.laws.access import visible_laws, visible_versions
from lawcompare.laws.models import Jurisdiction, Law, TextStatus, Version, WantedText
from lawcompare.laws.translations.services import families

ORDER = [Jurisdiction.CAMBODIA, Jurisdiction.INTERNATIONAL]


@public()
def wanted(request: HttpRequest) -> HttpResponse:
    """The texts that nobody here has seen, those of Cambodia first, and how to hand one in."""
    rows = WantedText.objects.select_related("law").filter(law__in=visible_laws(request.user).values("pk"))
    place = {code: number for number, code in enumerate(ORDER)}
    texts = sorted(rows, key=lambda text: place.get(text.law.jurisdiction, len(ORDER)))
    return render(request, "laws/wanted/wanted.html", {"texts": texts, "channel": settings.HAND_IN_CHANNEL})


NAMED_MAX = 5


def later_texts(version: Version, others: Iterable[Version]) -> list[Any]:
    """Returns the texts that are publicly known to be later than this one: of ``others``, those of its law, and of the
    texts of the law that are wanted. One query.

    What is private never counts, nor what an organisation brought before staff confirmed it, nor what the program
    consolidated.
    """
    prefetch_related_objects([version.law], "wanted")
    public = [text for text in others if text.is_published and (text.brought_by is None or text.origin.stands)]
    public = [text for text in public if text.text_status != TextStatus.CONSOLIDATED]
    seen = [text.shown for text in families([*public, version]) if _is_later(text, version)]  # type: ignore[attr-defined]
    return seen + [text for text in version.law.wanted.all() if _is_later(text, version)]


def later_notice(version: Version, others: Iterable[Version]) -> dict[str, Any]:
    """Returns what a page says of later texts: ``later``, those that are here, and how many are not."""
    found = later_texts(version, others)
    seen = [text for text in found if isinstance(text, Version)]
    return {"later": seen, "later_unseen": len(found) - len(seen)}


def later_known(version: Version) -> list[Any]:
    """Returns the later texts that a visitor is told of."""
    return later_texts(version, visible_versions(VISITOR).filter(law=version.law_id).order_by("date", "slug"))


def _is_later(text: Version | WantedText, than: Version) -> bool:
    """Whether a text is surely later: of 2012 and 2012-08 neither is."""
    known = min(len(text.date), len(than.date))
    return text.date[:known] > than.date[:known]


def unseen_laws_called(question: str) -> list[Law]:
    """Returns the laws without any public text in whose titles, in one language, all words of a question stand."""
    words = question.casefold().split()
    laws = visible_laws(VISITOR).exclude(pk__in=Version.objects.published().order_by().values("law")) if words else []
    titles = {law: [title.casefold() for title in in_every_language(law, "title").values()] for law in laws}
    found = [law for law, names in titles.items() if any(all(word in name for word in words) for name in names)]
    return found[:NAMED_MAX]
