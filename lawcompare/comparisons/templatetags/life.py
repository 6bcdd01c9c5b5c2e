"""A clause through the other texts of its law, for the page of a clause."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django import template
from django.db.models import Q

from lawcompare.comparisons.access import visible_comparisons
from lawcompare.comparisons.models import ClausePair, Standing
from lawcompare.comparisons.reading.rows import look
from lawcompare.jobs.models import JobState
from lawcompare.laws.models import Clause, Version

register = template.Library()


@dataclass(frozen=True)
class Step:
    """How a clause stands to another text of its law; ``clause`` None: nothing there answers to it."""

    pair: ClausePair
    version: Version
    clause: Clause | None

    @property
    def look(self) -> str:
        return look(self.pair)

    @property
    def label(self) -> str:
        return str(Standing(self.pair.standing).label)

    @property
    def address(self) -> str:
        """The row of the comparison in which the clause stands; a part of a row has no place of its own there."""
        return f"{self.pair.comparison.get_absolute_url()}#{(self.pair.row or self.pair).anchor}"


@register.simple_tag(takes_context=True)
def life_of(context: Any, clause: Clause) -> list[Step]:
    """Its pairs in the finished comparisons with other texts of the same law, in the order of those texts."""
    comparisons = visible_comparisons(context["request"].user).filter(
        state=JobState.DONE, old__law=clause.version.law_id, new__law=clause.version.law_id
    )
    pairs = ClausePair.objects.filter(Q(old=clause) | Q(new=clause), comparison__in=comparisons).select_related(
        "old", "new", "row__old", "row__new", "comparison__old__law", "comparison__new__law"
    )
    # The first part of an article is its own words: the row says it all.
    parts_of_own = {pair.pk for pair in pairs if pair.row and clause.pk in {pair.row.old_id, pair.row.new_id}}
    steps = [_step(pair, clause) for pair in pairs if pair.pk not in parts_of_own]
    return sorted(steps, key=lambda step: (step.version.date, step.pair.position))


def _step(pair: ClausePair, clause: Clause) -> Step:
    if pair.old_id == clause.pk:
        return Step(pair, pair.comparison.new, pair.new)
    return Step(pair, pair.comparison.old, pair.old)
