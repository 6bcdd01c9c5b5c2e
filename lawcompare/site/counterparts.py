"""The same page in another language: of the texts it shows their translations, and in them the same clause."""

from __future__ import annotations

from collections.abc import Sequence
from operator import attrgetter
from typing import Any
from urllib.parse import urlencode, urlsplit

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import Resolver404, ResolverMatch, resolve, reverse
from django.utils.translation import gettext as _
from django.utils.translation import override

from lawcompare.accounts.models import VISITOR
from lawcompare.comparisons.models import Comparison
from lawcompare.languages import LANGUAGES, address_in, language_of_path
from lawcompare.laws.access import texts_of_laws
from lawcompare.laws.models import ClauseTranslation, Version
from lawcompare.laws.translations.services import original_of, uncorrected_among

# The pages of texts, and which parts of their addresses name one.
VIEWS = {"comparison": ("old_", "new_"), "version": ("",), "clause": ("",)}
# What chooses how a page is shown, and holds in a translation too.
KEPT = ("by", "view", "show", "noise", "slips")


def address_of(request: HttpRequest, match: ResolverMatch | None, address: str, code: str, place: str = "") -> str:
    """Returns the address of a page in a language, at a place of it: of the texts' translations where there are some.

    Two texts in translation are shown only where they were compared. Up to four queries, one less where the request
    has as ``texts`` all visible ones of the laws; none for the first clause of a text alone.
    """
    same = address_in(code, address) + (f"#{place}" if place else "")
    sides = VIEWS.get(match.view_name or "") if match else None
    if match is None or sides is None or language_of_path(address).code == code:
        return same
    names = [(match.kwargs[f"{side}law"], match.kwargs[f"{side}version"]) for side in sides]
    laws = {law for law, _slug in names}
    family = getattr(request, "texts", ()) or texts_of_laws(getattr(request, "user", VISITOR), *laws)
    known = {(text.law.slug, text.slug): text for text in family}
    texts = [known[name] for name in names if name in known]
    others = _in_language(family, [original_of(text) for text in texts], code)
    if len(others) < len(sides):
        return same
    done = Comparison.objects.finished()
    if match.view_name == "comparison" and not done.filter(old=others[0], new=others[1]).exists():
        return same
    kwargs: dict[str, Any] = dict(match.kwargs)
    for side, other in zip(sides, others, strict=True):
        kwargs[f"{side}law"], kwargs[f"{side}version"] = other.law.slug, other.slug
    if "eid" in kwargs:
        kwargs["eid"] = _eid(kwargs["eid"], texts[-1], others[-1])
    if place:
        was_old = place.startswith("old-")
        at = 0 if was_old else -1
        place = f"{'old-' if was_old else ''}{_eid(place.removeprefix('old-'), texts[at], others[at])}"
    pairs = (pair.partition("=") for pair in urlsplit(address).query.split("&"))
    asked = {name: value for name, _equals, value in pairs if name in KEPT and value.isalpha()}
    if place and match.view_name == "version":
        asked["at"] = place  # of a long text, the page with the clause
    with override(code):
        path = reverse(match.view_name, kwargs=kwargs)
    return path + (f"?{urlencode(asked)}" if asked else "") + (f"#{place}" if place else "")


def _in_language(family: Sequence[Version], originals: Sequence[int], code: str) -> list[Version]:
    """What each text is called by in a language: itself, what it translates, or a translation; one that stands."""
    if not any(text.language == code and original_of(text) in originals for text in family):
        return []
    standing = sorted(uncorrected_among(family), key=attrgetter("slug"), reverse=True)
    # The last is taken: what staff confirmed of somebody else takes nobody's own place; of one day the first by name.
    standing.sort(key=lambda text: (text.is_by_originator, text.date))
    found = {original_of(text): text for text in standing if text.language == code}
    return [found[original] for original in originals if original in found]


def _eid(eid: str, text: Version, other: Version) -> str:
    """The address of a clause's counterpart; its own where it has none or both texts are one."""
    if text == other:
        return eid
    here, there = ("translation", "original") if text.translates_id == other.pk else ("original", "translation")
    pair = {f"{here}_version": text, f"{there}_version": other, f"{here}__eid": eid}
    rows = ClauseTranslation.objects.filter(**pair).order_by(f"{there}__position")
    return rows.values_list(f"{there}__eid", flat=True).first() or eid


def in_language(request: HttpRequest, code: str) -> HttpResponse:
    """Leads from a page and a place of it to the same in another language: what a script of the pages asks."""
    page, place = request.GET.get("page", ""), request.GET.get("at", "")[:300]
    if code not in {one.code for one in LANGUAGES} or not page.startswith("/") or page.startswith("//") or "\\" in page:
        raise Http404(_("There is no such page in this language."))
    try:
        with override(language_of_path(page).code):
            match = resolve(urlsplit(page).path)
    except Resolver404:
        raise Http404(_("There is no such page in this language.")) from None
    return redirect(address_of(request, match, page, code, place))
