"""Between which clauses a person chooses who corrects a pairing: those set together now, those likely, all others."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.db.models import Q

from lawcompare.comparisons.models import ClausePair, Comparison, Level
from lawcompare.engine.align.model import number_key
from lawcompare.laws.citing.find_clause import cite
from lawcompare.laws.models import Clause, ClauseTranslation, Version

# So many neighbours on either side are offered.
NEIGHBOURS = 2


@dataclass(frozen=True)
class ClauseChoice:
    """One side: ``chosen`` are set together now; ``clauses`` are all of that side in order."""

    chosen: list[Clause]
    clauses: list[Clause]
    likely: list[Clause]


def choices_of(
    comparison: Comparison | None, old: Version, new: Version, eids: tuple[str, str]
) -> tuple[ClauseChoice, ClauseChoice] | None:
    """What can be chosen for the pair of two addresses, one of which may be empty; None where there is no such pair."""
    if comparison is None:
        return _between_languages(old, new, eids)
    pair = pair_at(comparison, eids)
    if pair is None:
        return None
    beside = list(
        comparison.pairs.filter(level=pair.level, row=pair.row_id)
        .select_related("old", "new")
        .defer("old__text", "new__text")
    )
    group = [one for one in beside if one.group == pair.group]
    sides = [_in_order(getattr(one, name) for one in beside) for name in ("old", "new")]
    if pair.level == Level.PART and pair.row is not None:
        # A paragraph may belong to another one of either article, wherever the program put that.
        tops = pair.row.old, pair.row.new
        sides = [_in_order([*side, *_inside(top)]) for side, top in zip(sides, tops, strict=True)]
    chosen = [_in_order(getattr(one, name) for one in group) for name in ("old", "new")]
    # Where a side has none the place of the row among the others tells what is near.
    at = beside.index(pair)
    near = [_nearest(beside, at, name) for name in ("old", "new")]
    return _choice(sides[0], chosen[0], chosen[1], near[0]), _choice(sides[1], chosen[1], chosen[0], near[1])


def pair_at(comparison: Comparison, eids: tuple[str, str]) -> ClausePair | None:
    """The row, or else the part, of two addresses, one of which may be empty."""
    wanted = Q()
    for side, eid in zip(("old", "new"), eids, strict=True):
        wanted &= Q(**{f"{side}__eid": eid}) if eid else Q(**{f"{side}__isnull": True})
    pairs = comparison.pairs.filter(wanted).exclude(level=Level.CONTAINER).select_related("row__old", "row__new")
    return min(pairs, key=lambda pair: pair.level == Level.PART, default=None)


def _between_languages(old: Version, new: Version, eids: tuple[str, str]) -> tuple[ClauseChoice, ClauseChoice] | None:
    rows = ClauseTranslation.objects.filter(original_version=old, translation_version=new)
    sides = [list(version.clauses.order_by("position").defer("text")) for version in (old, new)]
    named = [[clause for clause in side if clause.eid == eid] for side, eid in zip(sides, eids, strict=True)]
    if not any(named) or any(eid and not clauses_named for eid, clauses_named in zip(eids, named, strict=True)):
        return None
    if named[0]:
        rows = rows.filter(original=named[0][0])
    if named[1]:
        rows = rows.filter(translation=named[1][0])
    together = rows.values_list("original", "translation")
    ids = {pk for row in together for pk in row} | {clause.pk for part in named for clause in part}
    chosen = [[clause for clause in side if clause.pk in ids] for side in sides]
    near = [part[0] if part else None for part in chosen]
    near = [near[0] or _at_place_of(near[1], sides[0]), near[1] or _at_place_of(near[0], sides[1])]
    return _choice(sides[0], chosen[0], chosen[1], near[0]), _choice(sides[1], chosen[1], chosen[0], near[1])


def _at_place_of(clause: Clause | None, side: Sequence[Clause]) -> Clause | None:
    return side[min(clause.position, len(side) - 1)] if clause and side else None


def _in_order(clauses: Iterable[Clause | None]) -> list[Clause]:
    return sorted({clause for clause in clauses if clause}, key=lambda clause: clause.position)


def _inside(clause: Clause | None) -> list[Clause]:
    if clause is None:
        return []
    return list(clause.version.clauses.filter(position__gte=clause.position, position__lt=clause.end).defer("text"))


def _nearest(rows: Sequence[ClausePair], at: int, name: str) -> Clause | None:
    places = sorted(range(len(rows)), key=lambda place: (abs(place - at), place))
    return next((clause for place in places if (clause := getattr(rows[place], name))), None)


def _choice(clauses: list[Clause], chosen: list[Clause], partners: list[Clause], near: Clause | None) -> ClauseChoice:
    """``likely``: those chosen, their neighbours, and what has the number of a partner."""
    places = [at for at, clause in enumerate(clauses) if clause in chosen or clause == near]
    numbers = {number_key(partner.num) for partner in partners} - {""}
    likely = [
        clause
        for at, clause in enumerate(clauses)
        if clause in chosen
        or any(abs(at - place) <= NEIGHBOURS for place in places)
        or (number_key(clause.num) in numbers and clause.depth == (near or clause).depth)
    ]
    return ClauseChoice(chosen, clauses, likely)


def label(clause: Clause) -> str:
    """A clause in one line of a list."""
    citation = cite(clause)
    return citation if len(citation) <= 90 else citation[:89] + "…"
