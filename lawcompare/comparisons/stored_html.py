"""The stored HTML of pairs, rendered again: to make it anew, or to prove that it says the words of the texts."""

from collections.abc import Iterator

from lawcompare.comparisons.models import ClausePair
from lawcompare.comparisons.row_html import PairWords, pair_html
from lawcompare.jobs.models import JobState
from lawcompare.laws.rendering import RENDERER

CHUNK = 500


def rendered_pairs(stale_only: bool = False) -> Iterator[tuple[ClausePair, str]]:
    """Each pair of a finished comparison with its HTML as it is rendered now.

    ``stale_only``: those that an earlier renderer made.
    """
    pairs = ClausePair.objects.filter(comparison__state=JobState.DONE).order_by("pk")
    pairs = pairs.select_related("old", "new", "row__old", "row__new", "comparison__old__law", "comparison__new__law")
    if stale_only:
        pairs = pairs.exclude(renderer=RENDERER)
    for pair in pairs.iterator(CHUNK):
        languages = pair.comparison.old.language, pair.comparison.new.language
        yield pair, pair_html(PairWords.of(pair), PairWords.of(pair.row) if pair.row else None, languages)
