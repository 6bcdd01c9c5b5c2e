"""What holds for the clause map of two texts: what people decided on them and, of translations, on their originals."""

from collections.abc import Iterable
from copy import copy
from itertools import product

from django.db.models import Q, QuerySet

from lawcompare.comparisons.models import ENGINE, ClausePair, Comparison, ComparisonQuerySet, Concordance
from lawcompare.jobs.models import JobState
from lawcompare.laws.models import Clause, Version
from lawcompare.laws.renderings.translations import aligned_clauses, original_of


def decided_on(old: Version, new: Version) -> list[Concordance]:
    """Returns what was decided on two texts and, clause by clause, what holds for the texts that they translate.

    What was decided on a clause here comes first. Of texts known in part the whole map is taken over, the program's
    pairs too: what is alike in a few restated words depends on the language, what belongs together does not. Rows that
    are taken over are not stored: of a decision a copy, of a pair of the program's one without ``pk``.
    """
    own = Concordance.objects.between(old.pk, new.pk).in_force()
    decided = list(own.select_related("old", "new", "decision__organisation", "decision__by").order_by("pk"))
    named = {pk for row in decided for pk in (row.old_id, row.new_id) if pk}
    is_partial = old.is_partial or new.is_partial
    pairs = _pairs_of_originals(old, new)
    pairs = pairs if is_partial else pairs.exclude(decision=None)
    olds = _renderings((pair.old for pair in pairs if pair.old), old)
    news = _renderings((pair.new for pair in pairs if pair.new), new)
    taken: dict[tuple[Clause | None, Clause | None], Concordance] = {}
    left_out = set()  # rows of which something was decided here: what stands inside them is left out with them
    for pair in pairs:
        for edge in product(olds.get(pair.old_id or 0) or (None,), news.get(pair.new_id or 0) or (None,)):
            is_rendered = [clause is None for clause in edge] == [pair.old is None, pair.new is None]
            if pair.row_id in left_out or any(clause.pk in named for clause in edge if clause):
                left_out.add(pair.pk)
            elif any(edge) and (is_rendered or is_partial):
                row = copy(pair.decision) if pair.decision and is_rendered else Concordance()
                (row.old, row.new), row.score = edge, pair.score
                taken.setdefault(edge, row)
    paired = {clause for edge in taken if all(edge) for clause in edge}
    return decided + [row for edge, row in taken.items() if all(edge) or paired.isdisjoint(edge)]


def followers(comparison: Comparison) -> ComparisonQuerySet:
    """Returns the comparisons of translations that take over what holds for these two texts."""
    old, new, standing = comparison.old_id, comparison.new_id, Version.objects.standing().values("pk")
    same = Comparison.objects.current().filter(Q(old=old) | Q(old__translates=old), Q(new=new) | Q(new__translates=new))
    return same.filter(old__in=standing, new__in=standing, engine=ENGINE).exclude(old=old, new=new)


def _pairs_of_originals(old: Version, new: Version) -> QuerySet[ClausePair]:
    """The pairs of the finished comparison of what two texts translate; none where they do not stand for it."""
    sides = {"old": original_of(old), "new": original_of(new)}
    translations = [version.pk for version in (old, new) if version.translates_id]
    # What was decided on a text in preparation is not told by a public translation.
    is_open = Q(published_at=None) | Q(translates__published_at__isnull=False)
    standing = Version.objects.standing().filter(is_open, pk__in=translations).count()
    if not translations or sides["old"] == sides["new"] or standing < len(translations):
        return ClausePair.objects.none()
    comparison = Comparison.objects.current().filter(**sides, engine=ENGINE, state=JobState.DONE)
    pairs = ClausePair.objects.filter(comparison__in=comparison).order_by("position")
    return pairs.select_related("old", "new", "decision__decision__organisation", "decision__decision__by")


def _renderings(clauses: Iterable[Clause], version: Version) -> dict[int, list[Clause]]:
    """Clause of what a text translates -> those that render it here; of an original itself."""
    return aligned_clauses(clauses, version) if version.translates_id else {clause.pk: [clause] for clause in clauses}
