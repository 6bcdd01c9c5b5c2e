"""Whether what is kept of a comparison still says the words of its texts."""

from collections.abc import Iterator, Sequence

from lawcompare.comparisons.models import ClausePair, Level

# Which runs of a redline are words of either side.
OLD, NEW = {"equal", "delete", "only-old"}, {"equal", "insert", "only-new"}


def false_redlines() -> Iterator[ClausePair]:
    """Rows of public comparisons whose runs, joined, are not the words of their two clauses.

    Not of splits and merges, whose runs are cut, nor of articles redlined as one text with all that is inside them.
    """
    rows = ClausePair.objects.filter(
        comparison__finished_at__isnull=False,
        comparison__old__published_at__isnull=False,
        comparison__new__published_at__isnull=False,
        old__isnull=False,
        new__isnull=False,
        is_flat=False,
    ).exclude(kind__in=["split", "merged"])
    of_clauses = ["comparison__old__law", "comparison__new__law", "row", "old", "new"]
    for one in rows.select_related(*of_clauses).iterator():
        assert one.old is not None and one.new is not None
        is_seen = one.row is not None and not one.row.is_unseen
        words = (
            one.level != Level.PART or not (one.changes or is_seen) or _says(one.changes, one.old.text, one.new.text)
        )
        # Of a heading that is redlined with the words a run without any is kept.
        has_heading = any(text for _op, text, *_noise in one.heading_changes)
        if not words or (has_heading and not _says(one.heading_changes, one.old.heading, one.new.heading)):
            yield one


def _says(changes: Sequence[Sequence[str]], old: str, new: str) -> bool:
    sides = ["".join(text for op, text, *_noise in changes if op in ops) for ops in (OLD, NEW)]
    return sides == [old, new] if changes else old == new
