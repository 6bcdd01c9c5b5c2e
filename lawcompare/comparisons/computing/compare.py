"""What a worker does for a comparison: rows of two versions → the engine's clause map and redlines → rows."""

from __future__ import annotations

import csv
import io
import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from itertools import accumulate
from operator import attrgetter
from typing import Any

from django.db import connection, transaction
from django.db.models import JSONField, Model, Q
from django.utils import timezone

from lawcompare.comparisons.computing.build_rows import DraftRow, Texts, build_rows
from lawcompare.comparisons.models import (
    ENGINE,
    ClausePair,
    Comparison,
    Concordance,
    Level,
    MapDecision,
    Standing,
    is_unknown,
)
from lawcompare.comparisons.services import decided_on, drop_editions, follow_decisions, followers
from lawcompare.core.jobs import runner
from lawcompare.core.jobs.registry import Report, ignore_progress
from lawcompare.crosswalk.values.services import carry_values
from lawcompare.engine.diff import READ, Diff
from lawcompare.engine.document import Document
from lawcompare.engine.structure.outline import CROSS_HEADING
from lawcompare.laws.documents import load_document
from lawcompare.laws.models import Amendment, Version
from lawcompare.laws.proposals import lock_texts
from lawcompare.laws.translations import services as translations


def compare(comparison: Comparison, progress: Report = ignore_progress) -> None:
    """Compute a comparison with all decisions in force and store it, all of it or nothing, and have those of
    translations follow it. Safe to run twice.
    """
    if not comparison.is_done:  # else its worker was lost while others followed
        progress("reading", 0, 0)
        decided = decided_on(comparison.old, comparison.new)
        texts = texts_of(comparison, load_document(comparison.old), load_document(comparison.new), decided)
        progress("mapping", 0, 0)
        rows = list(build_rows(texts, progress))
        progress("storing", len(rows), len(rows))
        store(comparison, rows, decided)
    _have_follow(followers(comparison), comparison.decision)
    runner.finish(comparison.job)


def _have_follow(comparisons: Iterable[Comparison], decision: MapDecision | None = None) -> None:
    """Each in a transaction of its own, since nobody decides on its texts meanwhile; in the order of ``lock_texts``,
    where short ones are compared inside a longer one.
    """
    for comparison in sorted(comparisons, key=attrgetter("new_id")):
        with transaction.atomic():
            lock_texts(comparison.new_id)
            follow_decisions(comparison, decision)


def texts_of(comparison: Comparison, old: Document, new: Document, decided: Iterable[Concordance]) -> Texts:
    """The two sides with what people decided on their clauses."""
    by_eids = {as_eids(row): row for row in decided}
    moved = {eids for eids, row in by_eids.items() if row.is_moved}
    partial = comparison.old.is_partial, comparison.new.is_partial
    # Of a text that was corrected, or amended by the program, the words are compared, whoever wrote them.
    corrects = comparison.new.corrects_id == comparison.old_id
    corrects |= Amendment.objects.filter(version=comparison.new_id, base=comparison.old_id).exists()
    # What corrects a reading differs from it in its slips, and these are what was corrected; an act changes words.
    old_read, new_read = (frozenset() if corrects else clauses_read(one) for one in (comparison.old, comparison.new))
    return Texts(
        *(old, new, *partial),
        decided=by_eids,
        moved=frozenset(moved),
        old_read=old_read,
        new_read=new_read,
        is_correction=corrects,
    )


def clauses_read(version: Version) -> frozenset[str]:
    """The addresses of the clauses whose letters were read from a picture or an old font, and by no person since."""
    if version.pages_total and version.pages_proofread == version.pages_total:
        return frozenset()
    read = version.clauses.filter(obtained__in=READ).exclude(is_corrected=True)
    return frozenset(read.order_by().values_list("eid", flat=True))


def as_eids(row: Concordance) -> tuple[str | None, str | None]:
    """Returns the addresses of the clauses of a row."""
    return row.old.eid if row.old else None, row.new.eid if row.new else None


def store(comparison: Comparison, rows: Sequence[DraftRow], decided: Iterable[Concordance]) -> None:
    """Write all pairs, each row followed by its parts, and the end state in one transaction.

    What an earlier try may have left is replaced. Raises ``LostClaim``, and nothing is written, where another worker
    has the job now.
    """
    by_clauses = {(row.old_id, row.new_id): row for row in decided}
    olds, news = (dict(text.clauses.values_list("eid", "pk")) for text in (comparison.old, comparison.new))
    places = list(accumulate((1 + len(row.parts) for row in rows), initial=0))[:-1]

    def values(
        row: DraftRow, position: int, inside: tuple[int, int | None, int | None] | None = None
    ) -> dict[str, Any]:
        """The columns of a pair; ``inside``: the ids of the row of which it is a part, and of the clauses of that."""
        old_id = olds[row.old.eid] if row.old else None
        new_id = news[row.new.eid] if row.new else None
        # The article's own words: a decision on the article is shown at the row.
        is_own = inside is not None and (old_id, new_id) == inside[1:]
        decision = by_clauses.get((old_id, new_id))
        reasons: dict[str, str] = {"decided": decision.reason or "given"} if decision and decision.pk is None else {}
        return {
            "comparison_id": comparison.pk,
            "position": position,
            "level": row.level,
            "row_id": inside and inside[0],
            "group": row.group,
            "kind": row.kind,
            "standing": row.standing or row.kind,
            "old_id": old_id,
            "new_id": new_id,
            "score": decision.score if decision else row.score,
            "reasons": [[reasons.get(reason.kind, reason.kind), dict(reason.values)] for reason in row.evidence],
            "changes": _as_json(row.text),
            "heading_changes": _as_json(row.heading),
            "size": 0.0 if is_unknown(row) else row.size,
            "is_coarse": any(one.text.coarse for one in row.printed if one.text),
            "is_replaced": any(one.text.replaced for one in row.printed if one.text),
            "is_noise": row.is_noise,
            "is_unseen": row.is_unseen,
            "is_flat": row.is_flat,
            "is_near": row.is_near,
            "weight": sum(part.is_near for part in row.parts),
            "decision_id": None if is_own or not decision else decision.pk,
            "sentences": row.sentences,
        }

    with transaction.atomic():
        comparison.pairs.all().delete()
        insert_rows(ClausePair, (values(row, place) for row, place in zip(rows, places, strict=True)))
        tops = list(comparison.pairs.order_by("position").values_list("pk", "old_id", "new_id"))
        parts = (
            values(part, place + number, top)
            for row, place, top in zip(rows, places, tops, strict=True)
            for number, part in enumerate(row.parts, start=1)
        )
        insert_rows(ClausePair, parts)
        comparison.stats, comparison.tally = _count(rows, "kind"), _count(rows, "standing")
        comparison.finished_at = timezone.now()
        # The comparison before its job, as ``follow_decisions`` does: else the two could wait for each other.
        earlier = Comparison.objects.filter(old=comparison.old, new=comparison.new, edition__lt=comparison.edition)
        # Of a private text nobody cites an earlier one, and publishing would have to delete a pile of them.
        is_private = Version.objects.filter(pk__in=[comparison.old_id, comparison.new_id], published_at=None).exists()
        comparison.made_from = None if is_private else comparison.made_from
        comparison.save(update_fields=["stats", "tally", "finished_at", "made_from"])
        runner.hold(comparison.job, done=len(rows), total=len(rows))
        if is_private:
            drop_editions(earlier.filter(engine=comparison.engine))


def _count(rows: Iterable[DraftRow], name: str) -> dict[str, int]:
    """How many articles of each ``kind`` or ``standing``; a split or a merge counts once, however many its rows.

    Those in which nothing but slips of reading differs are counted apart in either. Headings between articles are none.
    """
    articles = [row for row in rows if row.level == Level.UNIT]
    articles = [row for row in articles if {one.element for one in (row.old, row.new) if one} != {CROSS_HEADING}]
    units = sorted(articles, key=lambda row: not row.is_doubtful)
    groups = {row.group: row.standing if row.standing == Standing.SLIPS else getattr(row, name) for row in units}
    return dict(sorted(Counter(groups.values()).items()))


def _as_json(redline: Diff | None) -> list[list[str]]:
    return [[c.op, c.text, c.noise] for c in redline.changes] if redline else []


# --- Adding thousands of rows of a table at once, in the quickest way that the database has ---------------------------


def insert_rows(model: type[Model], rows: Iterable[Mapping[str, Any]]) -> None:
    """Add rows, each a value for every column but the id, by the column's name in the model (``law_id``).

    Ids are given by the database. In a quarter of the time of ``bulk_create``, which makes an object of each row and
    one statement of hundreds of them.
    """
    fields = [field for field in model._meta.concrete_fields if not field.primary_key]
    names = [(field.attname, isinstance(field, JSONField)) for field in fields]
    values = [
        # Most columns of JSON hold an empty list.
        [("[]" if row[name] == [] else json.dumps(row[name])) if is_json else row[name] for name, is_json in names]
        for row in rows
    ]
    columns = ", ".join(connection.ops.quote_name(str(field.column)) for field in fields)
    table = connection.ops.quote_name(model._meta.db_table)
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            # What is None stands there without quotes, and an empty text with them.
            lines = io.StringIO()
            csv.writer(lines, quoting=csv.QUOTE_NOTNULL).writerows(values)
            lines.seek(0)
            with connection.wrap_database_errors:
                cursor.copy_expert(f"COPY {table} ({columns}) FROM STDIN WITH (FORMAT csv)", lines)
        else:
            places = ", ".join(["%s"] * len(fields))
            cursor.executemany(f"INSERT INTO {table} ({columns}) VALUES ({places})", values)  # noqa: S608


def run_comparison(comparison: Comparison, report: Report) -> None:
    runner.leave_to_later_release(comparison.engine, ENGINE)
    compare(comparison, report)
    old, new = comparison.old, comparison.new
    is_later = old.date < new.date or new.corrects_id == old.pk
    if old.law_id == new.law_id and old.language == new.language and is_later:
        carry_values(old, new)


def map_translation(version: Version, report: Report) -> None:
    """Find which clause of a translation answers which clause of its original; what people decided stays."""
    if version.translates is None:
        return
    decided = Concordance.objects.between(version.translates.pk, version.pk).in_force()
    # Before others' texts are held: of long ones it takes minutes. A decision meanwhile has the job begin again.
    rows = translations.map_of(version, {(row.old_id, row.new_id): row.author for row in decided})
    with transaction.atomic():
        lock_texts(version.pk)
        if version.mapping_job is not None:
            runner.hold(version.mapping_job)
        if Version.objects.filter(
            pk=version.pk, translates=version.translates
        ).exists():  # else it became public meanwhile, and that not
            translations.store_map(version, rows)
    _have_follow(Comparison.objects.current().filter(Q(old=version) | Q(new=version), engine=ENGINE))
    if version.mapping_job is not None:
        runner.finish(version.mapping_job)
