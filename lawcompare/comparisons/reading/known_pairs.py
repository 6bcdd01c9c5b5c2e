"""Which texts are set against each other here: drafts against drafts, and drafts beside other law."""

from typing import Any

from lawcompare.comparisons.access import visible_comparisons
from lawcompare.comparisons.models import Comparison
from lawcompare.crosswalk.access import visible_correspondences
from lawcompare.jobs.models import JobState
from lawcompare.languages import reader_language
from lawcompare.laws.models import Jurisdiction, LawKind, Version
from lawcompare.laws.renderings.translations import original_of


def successive_drafts(user: Any) -> list[Comparison]:
    """Returns finished comparisons of drafts with drafts, newest first: of each two those in the reader's language."""
    done = visible_comparisons(user).filter(
        state=JobState.DONE,
        old__law__kind=LawKind.DRAFT,
        new__law__kind=LawKind.DRAFT,
        new__law__jurisdiction=Jurisdiction.CAMBODIA,
    )
    confirmed = Version.objects.confirmed().uncorrected().values("pk")
    chosen: dict[tuple[int, int], Comparison] = {}
    origins = [f"{side}__origin__organisation" for side in ("old", "new", "old__translates", "new__translates")]
    done = done.select_related("old__law", "new__law", *origins)
    for comparison in done.filter(old__in=confirmed, new__in=confirmed).order_by("-new__date", "-old__date", "-pk"):
        pair = original_of(comparison.old), original_of(comparison.new)
        if pair[0] != pair[1] and _fits(comparison) > _fits(chosen.get(pair)):
            chosen[pair] = comparison
    return list(chosen.values())


def _fits(comparison: Comparison | None) -> int:
    """Returns how well a comparison suits: 3 by originators in the reader's language, 2 in it, 1 originals, else 0."""
    if comparison is None:
        return 0
    texts = (comparison.old, comparison.new)
    if {text.language for text in texts} == {reader_language().code}:
        return 2 + all(text.is_by_originator for text in texts)
    return int(all(text.translates_id is None for text in texts))


def drafts_beside_other_law(user: Any) -> list[tuple[Version, Version]]:
    """Returns (draft, other law) pairs with correspondences, the drafts in order and US law first."""
    stated = visible_correspondences(user).filter(subject_version__law__kind=LawKind.DRAFT)
    ids = set(stated.order_by().values_list("subject_version", "object_version").distinct())
    versions = Version.objects.select_related("law").in_bulk({version for pair in ids for version in pair})
    pairs = [(versions[draft], versions[other]) for draft, other in ids]
    return sorted(pairs, key=lambda p: (p[0].date, p[1].law.jurisdiction != "us", p[1].law.kind, p[1].law.slug))
