"""A third text beside a row: another draft of the law, or what answers the clause in United States law, treaties or
Cambodian law. A page of its own, which a script shows in place.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from lawcompare.accounts.models import Person
from lawcompare.comparisons.access import LAWS, drafts_of_law, find_comparison, third_texts
from lawcompare.comparisons.models import ClausePair, Comparison, Level
from lawcompare.core.page_cache.public import public
from lawcompare.crosswalk.access import visible_correspondences
from lawcompare.crosswalk.provisions import texts_inside
from lawcompare.laws.access import get_two_versions_among, visible_versions
from lawcompare.laws.models import Clause, ClauseTranslation, Version
from lawcompare.laws.translations.services import set_shown


@public("beside")
def beside(
    request: HttpRequest, old_law: str, old_version: str, new_law: str, new_version: str, row: str
) -> HttpResponse:
    """A row with what stands beside it in the text or law that ``beside`` names. Raises Http404."""
    old, new, texts = get_two_versions_among(request.user, (old_law, old_version), (new_law, new_version))
    comparison = find_comparison(old, new)
    named = Q(new__eid=row) | Q(old__eid=row.removeprefix("old-"), new=None)
    units = comparison.pairs.filter(named, level=Level.UNIT).select_related("old", "new") if comparison else []
    pair = next((pair for pair in units if pair.anchor == row), None)
    choices = dict(third_texts(drafts_of_law(request.user, old, new, texts), old, new))
    choice = choices.get(asked := request.GET.get("beside") or next(iter(choices), ""))
    if pair is None or choice is None:
        raise Http404(_("There is no such row, or nothing of that name stands beside it."))
    own = [(clause, version) for clause, version in ((pair.new, new), (pair.old, old)) if clause]
    found = _answers(request.user, own, asked) if asked in LAWS else _in_draft(request.user, own, new, asked)
    for one in found:
        one["inside"] = texts_inside([one["clause"].shown])[one["clause"].shown.pk] if one["clause"] else []
    context = {
        "old": old,
        "new": new,
        "comparison": comparison,
        "row": row,
        "pair": pair,
        "choice": choice,
        "found": found,
        # On whose decisions it may rest that a clause stands beside it, or none does.
        "decided": [] if asked in LAWS else _decided(own, _third_text(request.user, new, asked)),
    }
    return render(request, "comparisons/third.html", context)


def _third_text(user: Person, new: Version, slug: str) -> Version:
    return visible_versions(user).get(law=new.law_id, slug=slug)


def _decided(own: Iterable[tuple[Clause, Version]], third: Version) -> list[str]:
    versions = [version for _clause, version in own]
    both = Q(old__in=versions, new=third) | Q(old=third, new__in=versions)
    compared = Comparison.objects.current().finished().filter(both).select_related("old", "new").order_by("pk")
    return list(dict.fromkeys(filter(None, (one.decided_in_words for one in compared))))


def _in_draft(user: Person, own: Iterable[tuple[Clause, Version]], new: Version, slug: str) -> list[dict[str, Any]]:
    """The clause of another draft with which the row's clause was set together, by the comparison of the two texts."""
    third = _third_text(user, new, slug)
    units = ClausePair.objects.filter(level=Level.UNIT, comparison__in=Comparison.objects.current().finished())
    for clause, version in own:
        both = Q(comparison__old=version, comparison__new=third, old=clause)
        both |= Q(comparison__old=third, comparison__new=version, new=clause)
        for pair in units.filter(both).select_related("old", "new"):
            other = pair.old if pair.new_id == clause.pk else pair.new
            if other:
                other.version, other.shown = third, other  # type: ignore[attr-defined]
                return [{"clause": other, "label": pair.get_standing_display(), "pair": pair}]
    return []


def _answers(user: Person, own: Iterable[tuple[Clause, Version]], jurisdiction: str) -> list[dict[str, Any]]:
    """What is stated of the row's clauses, or of what stands in them, and a law of the jurisdiction."""
    found: list[dict[str, Any]] = []
    for clause, version in own:
        places = Q(version=version, position__gte=clause.position, position__lt=clause.end)
        inside = set(Clause.objects.filter(places).values_list("pk", flat=True))
        if not version.unchecked_of:  # else nobody of the site read whether it says what the original does
            inside |= set(ClauseTranslation.objects.filter(translation__in=inside).values_list("original", flat=True))
        stated = visible_correspondences(user).stand().filter(subject__in=inside)
        stated = stated.filter(object_version__law__jurisdiction=jurisdiction)
        stated = stated.exclude(object_version__law=version.law_id)
        for one in stated.select_related("object__version__law", "object_version__law"):
            label = one.get_relation_display()
            found.append({"clause": one.object, "text": one.object_version, "stated": one, "label": label})
        if found:
            break
    set_shown([one["clause"] for one in found if one["clause"]])
    return found
