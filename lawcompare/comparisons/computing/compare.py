"""Rows of two versions → the engine's clause map and redlines → rows. No request, no Celery."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from django.db import transaction
from django.utils import timezone

from lawcompare.comparisons.computing.build_rows import Progress, build_rows
from lawcompare.comparisons.computing.draft_rows import Row, Texts
from lawcompare.comparisons.models import ClausePair, Comparison, Concordance, Level, State
from lawcompare.engine.diff import Diff
from lawcompare.engine.document import Document
from lawcompare.laws.documents import load_document
from lawcompare.laws.models import Version

BATCH = 500


class LostClaim(Exception):
    """Another worker has taken the comparison over, since this one was silent for too long."""


def compare(comparison: Comparison, progress: Progress) -> None:
    """Compute a comparison and store it, all of it or nothing. Safe to run twice."""
    progress("reading", 0, 0)
    said = list(comparison.decided)
    texts = texts_of(comparison, load_document(comparison.old), load_document(comparison.new), said)
    progress("mapping", 0, 0)
    rows = list(build_rows(texts, progress))
    progress("storing", len(rows), len(rows))
    store(comparison, rows, said)


def texts_of(comparison: Comparison, old: Document, new: Document, decided: Iterable[Concordance]) -> Texts:
    """The two sides with what people said of them."""
    said = {_as_eids(row): row for row in decided}
    moved = {eids for eids, row in said.items() if row.is_moved}
    partial = comparison.old.is_partial, comparison.new.is_partial
    return Texts(old, new, *partial, decided=frozenset(said), moved=frozenset(moved))


def _as_eids(said: Concordance) -> tuple[str | None, str | None]:
    return said.old.eid if said.old else None, said.new.eid if said.new else None


def store(comparison: Comparison, rows: Sequence[Row], decided: Iterable[Concordance]) -> None:
    """Write all pairs and the end state in one transaction, in place of what an earlier try may have left."""
    writer = Writer(comparison, decided, _keys(comparison.old), _keys(comparison.new))
    with transaction.atomic():
        comparison.pairs.all().delete()
        writer.write(rows, places(rows))
        finish(comparison, len(rows), count(rows, "kind"), count(rows, "standing"))


class Writer:
    """Rows of one comparison to the database, with what people said of their clauses."""

    def __init__(
        self, comparison: Comparison, decided: Iterable[Concordance], olds: dict[str, int], news: dict[str, int]
    ) -> None:
        """``olds`` and ``news``: the ids of the clauses that rows name, by address."""
        self.comparison = comparison
        self.decisions = {(said.old_id, said.new_id): said.pk for said in decided}
        self.olds, self.news = olds, news

    def write(self, rows: Sequence[Row], places: Sequence[int]) -> None:
        """Store each row at its place, and its parts after it."""
        tops = [self._pair(row, place) for row, place in zip(rows, places, strict=True)]
        ClausePair.objects.bulk_create(tops, batch_size=BATCH)
        inside = [
            self._pair(part, place + number, top)
            for row, top, place in zip(rows, tops, places, strict=True)
            for number, part in enumerate(row.parts, start=1)
        ]
        ClausePair.objects.bulk_create(inside, batch_size=BATCH)

    def _pair(self, row: Row, place: int, inside: ClausePair | None = None) -> ClausePair:
        pair = _pair(self.comparison, row, place, self.olds, self.news, inside)
        is_own = inside is not None and (pair.old_id, pair.new_id) == (inside.old_id, inside.new_id)
        if not is_own:  # the article's own words: what was said is told at the row
            pair.decision_id = self.decisions.get((pair.old_id, pair.new_id))
        return pair


def finish(comparison: Comparison, total: int, stats: Mapping[str, int], tally: Mapping[str, int]) -> None:
    """Mark as done what this worker still holds. Raises ``LostClaim``, which undoes the writing, where it does not."""
    now = timezone.now()
    mine = Comparison.objects.filter(pk=comparison.pk, attempts=comparison.attempts)
    held = mine.update(
        state=State.DONE,
        reason="",
        stats=stats,
        tally=tally,
        done=total,
        total=total,
        heard_at=now,
        finished_at=now,
    )
    if not held:
        raise LostClaim


def _keys(version: Version) -> dict[str, int]:
    return dict(version.clauses.values_list("eid", "pk"))


def places(rows: Sequence[Row]) -> list[int]:
    """Where each row stands, with room for its parts after it."""
    found, place = [], 0
    for row in rows:
        found.append(place)
        place += 1 + len(row.parts)
    return found


def count(rows: Iterable[Row], name: str) -> dict[str, int]:
    """How many articles of each ``kind`` or ``standing``; a split or a merge counts once, however many its rows."""
    groups = {row.group: getattr(row, name) for row in rows if row.level == Level.UNIT}
    return dict(sorted(Counter(groups.values()).items()))


def _pair(
    comparison: Comparison,
    row: Row,
    position: int,
    olds: dict[str, int],
    news: dict[str, int],
    inside: ClausePair | None = None,
) -> ClausePair:
    return ClausePair(
        comparison=comparison,
        position=position,
        level=row.level,
        row=inside,
        group=row.group,
        kind=row.kind,
        standing=row.standing or row.kind,
        old_id=olds[row.old.eid] if row.old else None,
        new_id=news[row.new.eid] if row.new else None,
        score=row.score,
        evidence=row.evidence,
        changes=_as_json(row.text),
        heading_changes=_as_json(row.heading),
        size=row.size,
        is_coarse=any(one.text.coarse for one in row.printed if one.text),
        is_replaced=any(one.text.replaced for one in row.printed if one.text),
        is_noise=row.is_noise,
        is_unseen=row.is_unseen,
        is_flat=row.is_flat,
        is_near=row.is_near,
        weight=sum(part.is_near for part in row.parts),
        sentences=row.sentences,
    )


def _as_json(redline: Diff | None) -> list[list[str]]:
    return [[c.op, c.text, c.noise] for c in redline.changes] if redline else []
