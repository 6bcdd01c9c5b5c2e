"""Asking for the comparison of two versions."""

from typing import Any

from django.db import transaction
from django.db.models import Q

from lawcompare.annotations.carrying.requests import search_anew
from lawcompare.comparisons.decided import decided_on
from lawcompare.comparisons.models import ENGINE, Comparison, MapDecision
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


def lock_texts(*ids: int) -> None:
    """Hold texts until the transaction ends, always in one order, so that no two workers wait for each other."""
    list(Version.objects.select_for_update(no_key=True).filter(pk__in=ids).order_by("pk").values_list("pk"))


def follow_decisions(known: Comparison, decision: MapDecision | None = None) -> None:
    """Have a comparison's next edition made, or the one under way begun again, where other pairs hold than it shows.

    The caller holds its new text (``lock_texts``).
    """
    editions = Comparison.objects.filter(old=known.old, new=known.new, engine=known.engine)
    # Held, since a worker may be about to finish it: a finished one is never begun again.
    last = editions.select_for_update(no_key=True).latest("edition")
    holds = {(row.old_id, row.new_id, row.pk) for row in decided_on(known.old, known.new)}
    shown = set(last.pairs.values_list("old", "new", "decision"))
    if holds <= shown and not any(pair[2] for pair in shown - holds) and (last.is_done or not decision):
        return
    if last.is_done:
        jobs.enqueue(next_edition(last, decision))
    else:
        jobs.request_anew(last)
    search_anew(known.old, known.new)


def next_edition(base: Comparison, decision: MapDecision | None, **state: Any) -> Comparison:
    """Returns the edition that follows one, to be computed."""
    sides = {"old": base.old, "new": base.new, "engine": base.engine, "edition": base.edition + 1}
    return Comparison.objects.create(**sides, **state, made_from=base, decision=decision)


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
