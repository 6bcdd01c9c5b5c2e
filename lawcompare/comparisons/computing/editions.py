"""The next edition of a comparison: what a decision touches is computed anew, all else is copied as it stands."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from django.db import connection, transaction
from django.db.models import Q

from lawcompare.comparisons.computing.build_rows import unit_rows
from lawcompare.comparisons.computing.compare import Writer, finish, texts_of
from lawcompare.comparisons.computing.draft_rows import Row
from lawcompare.comparisons.computing.row_places import (
    Group,
    Top,
    group_rows,
    groups_of,
    in_reading_order,
    tops_of,
    touched,
)
from lawcompare.comparisons.models import ClausePair, Comparison, Level
from lawcompare.engine.align import Around, align_documents
from lawcompare.laws.documents import document_of
from lawcompare.laws.models import Clause, Version


def touched_clauses(comparison: Comparison, tops: Iterable[Top], clauses: Iterable[int]) -> set[int]:
    """Ids of the clauses of all rows in which some clauses stand: what a decision on these touches."""
    return {pk for top in _standing_in(comparison, tops, clauses) for pk in top.clauses}


def _standing_in(comparison: Comparison, tops: Iterable[Top], clauses: Iterable[int]) -> list[Top]:
    places: dict[int, list[int]] = {comparison.old_id: [], comparison.new_id: []}
    rows = Clause.objects.filter(pk__in=set(clauses), version__in=list(places))
    for version, position in rows.values_list("version_id", "position"):
        places[version].append(position)
    return touched(tops, places[comparison.old_id], places[comparison.new_id])


def compute_edition(edition: Comparison, tops: Sequence[Top] = ()) -> None:
    """Fill an edition from the one it was made from and its decision; all of it or nothing.

    ``tops`` are the rows of the one it was made from, where they were read already.
    """
    base, decision = edition.made_from, edition.decision
    assert base is not None and decision is not None
    tops = tops or tops_of(base)
    left = _standing_in(base, tops, decision.touched)
    restored = _restored(edition, left)
    rows = groups_of(restored) if restored is not None else _computed(edition, tops, left)
    gone = {top.position for top in left}
    kept = [top for top in tops if top.position not in gone]
    headings = [top for top in kept if top.level == Level.CONTAINER]
    order = in_reading_order(groups_of(kept) + rows, headings)
    with transaction.atomic():
        edition.pairs.all().delete()
        _write(edition, order)


def _restored(edition: Comparison, left: Sequence[Top]) -> list[Top] | None:
    """The rows as they were before the decision that is taken back, where an edition still has them."""
    decision = edition.decision
    assert decision is not None
    if decision.undoes_id is None:
        return None
    made = Comparison.objects.filter(
        decision=decision.undoes_id, engine=edition.engine, made_from__isnull=False
    ).first()
    if made is None or made.made_from is None:
        return None
    before = made.made_from
    rows = _standing_in(before, tops_of(before), decision.touched)
    same = {pk for top in rows for pk in top.clauses} == {pk for top in left for pk in top.clauses}
    return rows if same else None


# --- Computing what is touched ---------------------------------------------------------------------------------------


def _computed(edition: Comparison, tops: Sequence[Top], left: Sequence[Top]) -> list[Group]:
    """Align and redline the touched articles among themselves, as they stand in the rest."""
    olds, news = (_inside(version, left, side) for version, side in ((edition.old, "old"), (edition.new, "new")))
    said = [row for row in edition.decided if _is_among(row.old, olds) and _is_among(row.new, news)]
    texts = texts_of(edition, document_of(edition.old, olds.values()), document_of(edition.new, news.values()), said)
    gone = {top.position for top in left}
    kept = [top for top in tops if top.level == Level.UNIT and top.position not in gone]
    around = Around(
        {eid: clause.position for eid, clause in olds.items()},
        {eid: clause.position for eid, clause in news.items()},
        [(top.old.start, top.new.start) for top in kept if top.old and top.new and top.kind != "moved"],
    )
    found = align_documents(texts.old, texts.new, decided=texts.decided, around=around)
    texts = replace(texts, renumbered=_renumbered(kept))
    first = max((top.group for top in tops), default=0) + 1
    rows: list[Row] = []
    for index, unit in enumerate(found.units):
        rows += unit_rows(texts, unit, found.parts.get(index, ()), first + index)
    return group_rows(rows, olds, news)


def _inside(version: Version, tops: Iterable[Top], name: str) -> dict[str, Clause]:
    """The clauses of rows on one side, with all inside them, by address."""
    sides = {side for top in tops if (side := top.old if name == "old" else top.new)}
    if not sides:
        return {}
    wanted = Q()
    for side in sides:
        wanted |= Q(position__gte=side.start, position__lt=side.end)
    return {clause.eid: clause for clause in version.clauses.filter(wanted).order_by("position")}


def _is_among(clause: Clause | None, clauses: dict[str, Clause]) -> bool:
    return clause is None or clause.eid in clauses


def _renumbered(tops: Iterable[Top]) -> dict[str, str]:
    pairs = ((top.old.num, top.new.num) for top in tops if top.kind in {"renumbered", "moved"} and top.old and top.new)
    return {old: new for old, new in pairs if old and new and old != new}


# --- Writing ---------------------------------------------------------------------------------------------------------


@dataclass
class _Run:
    """Rows of one edition that follow each other and are copied together, so many places further on."""

    source: int
    start: int
    end: int
    shift: int


def _write(edition: Comparison, order: Sequence[Top | Row]) -> None:
    runs: list[_Run] = []
    fresh: list[tuple[Row, int]] = []
    place = 0
    for row in order:
        if isinstance(row, Row):
            fresh.append((row, place))
            place += 1 + len(row.parts)
            continue
        last = runs[-1] if runs else None
        if last and (last.source, last.end, last.end + last.shift) == (row.source, row.position, place):
            last.end += row.span
        else:
            runs.append(_Run(row.source, row.position, row.position + row.span, place - row.position))
        place += row.span
    for run in runs:
        _copy(edition, run)
    _writer(edition, [row for row, _place in fresh]).write([row for row, _place in fresh], [at for _row, at in fresh])
    finish(edition, len(order), _count(order, "kind"), _count(order, "standing"))


def _writer(edition: Comparison, rows: Sequence[Row]) -> Writer:
    """A writer that knows the clauses of some rows."""
    eids = [
        {clause.eid for row in rows for one in (row, *row.parts) if (clause := one.old if name == "old" else one.new)}
        for name in ("old", "new")
    ]
    olds, news = (
        dict(version.clauses.filter(eid__in=names).values_list("eid", "pk")) if names else {}
        for version, names in zip((edition.old, edition.new), eids, strict=True)
    )
    return Writer(edition, edition.decided if rows else [], olds, news)


def _count(order: Iterable[Top | Row], name: str) -> dict[str, int]:
    """How many articles of each ``kind`` or ``standing``; a split or a merge counts once."""
    groups = {(getattr(row, "source", 0), row.group): getattr(row, name) for row in order if row.level == Level.UNIT}
    return dict(sorted(Counter(groups.values()).items()))


def _copy(edition: Comparison, run: _Run) -> None:
    """Copy rows with their parts inside the database: the words of what is untouched are not even read."""
    own = {"id", "comparison_id", "position", "row_id"}
    quote = connection.ops.quote_name
    table = quote(ClausePair._meta.db_table)
    same = [quote(name) for field in ClausePair._meta.concrete_fields if (name := str(field.column)) not in own]
    into = f"INSERT INTO {table} (comparison_id, position, row_id, {', '.join(same)})"
    taken = ", ".join(f"p.{column}" for column in same)
    where = "p.comparison_id = %s AND p.position >= %s AND p.position < %s"
    span = [run.source, run.start, run.end]
    with connection.cursor() as cursor:
        cursor.execute(
            f"{into} SELECT %s, p.position + %s, NULL, {taken} FROM {table} p WHERE {where} AND p.level <> %s",  # noqa: S608
            [edition.pk, run.shift, *span, Level.PART.value],
        )
        cursor.execute(
            f"{into} SELECT %s, p.position + %s, now_.id, {taken} FROM {table} p"  # noqa: S608
            f" JOIN {table} was ON was.id = p.row_id"
            f" JOIN {table} now_ ON now_.comparison_id = %s AND now_.position = was.position + %s"
            f" WHERE {where} AND p.level = %s",
            [edition.pk, run.shift, edition.pk, run.shift, *span, Level.PART.value],
        )
