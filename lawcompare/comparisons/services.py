"""Asking for the comparison of two versions."""

from typing import Any

from django.db import transaction
from django.db.models import Q

from lawcompare.comparisons.models import ENGINE, Comparison
from lawcompare.jobs import services as jobs
from lawcompare.laws.models import Version


@transaction.atomic
def request_comparison(old: Version, new: Version) -> Comparison:
    """The comparison of two versions, started if it was never asked for, and again where it failed.

    Asking for one that is there, or under way, starts nothing.
    """
    known = Comparison.objects.filter(old=old, new=new, engine=ENGINE).current().first()
    comparison, is_new = (known, False) if known else _first_edition(old, new)
    if is_new:
        jobs.enqueue(comparison)
    else:
        jobs.retry(comparison)
    return comparison


def _first_edition(old: Version, new: Version) -> tuple[Comparison, bool]:
    return Comparison.objects.get_or_create(old=old, new=new, engine=ENGINE, edition=1)


def neighbours(version: Version) -> list[tuple[Version, Version]]:
    """(older, newer) pairs of the version with the published ones just before and after it, in the same language."""
    known = Q(pk=version.pk) | Q(pk__in=Version.objects.standing().values("pk"))
    same: Any = Version.objects.published().filter(known, law=version.law, language=version.language)
    ordered = list(same.select_related("law").order_by("date", "slug"))
    place = ordered.index(version)
    pairs = []
    if place > 0:
        pairs.append((ordered[place - 1], version))
    if place + 1 < len(ordered):
        pairs.append((version, ordered[place + 1]))
    return pairs
