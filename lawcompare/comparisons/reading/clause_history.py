"""What comparisons know of a clause: how it stands to the other texts of its law, and which ids it had before."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from django.db.models import Exists, OuterRef, Q

from lawcompare.comparisons.models import (
    ENGINE,
    ClausePair,
    Comparison,
    Level,
    Standing,
    row_anchor,
    row_sentences,
)
from lawcompare.comparisons.reading.rows import look
from lawcompare.laws.models import Clause, Version


class ClauseName(NamedTuple):
    """What names a clause of another text."""

    eid: str
    num: str
    heading: str


class PairOfClause(NamedTuple):
    """What is read of a pair in which the clause stands."""

    old_version: int
    new_version: int
    position: int
    standing: str
    is_unseen: bool
    sentences: list[Any]
    old_id: int | None
    new_id: int | None
    old: ClauseName
    new: ClauseName
    # The clauses of the row of which the pair is a part.
    row_old_id: int | None
    row_new_id: int | None


_COLUMNS = (
    "comparison__old_id",
    "comparison__new_id",
    "position",
    "standing",
    "is_unseen",
    "sentences",
    "old_id",
    "new_id",
)
_NAMES = tuple(f"{side}__{name}" for side in ("old", "new") for name in ClauseName._fields)


@dataclass(frozen=True)
class ClauseStep:
    """How a clause stands to another text of its law; ``clause`` None: nothing there answers to it."""

    pair: PairOfClause
    version: Version
    clause: ClauseName | None
    # The row of the comparison in which the clause stands; a part of a row has no place of its own there.
    address: str

    @property
    def look(self) -> str:
        return look(self.pair)

    @property
    def label(self) -> str:
        return str(Standing(self.pair.standing).label)

    @property
    def sentence(self) -> str:
        return row_sentences(self.pair.sentences)


def life_of(clause: Clause, others: Iterable[Version]) -> list[ClauseStep]:
    """Its pairs in the finished comparisons with other texts of the same law, in the order of those texts.

    ``others``: the other texts of the law that the reader may see. One query, two for a part of an article.
    """
    texts = {version.pk: version for version in (clause.version, *others)}
    # The first part of an article is its own words: the row stands for it.
    pairs = [
        pair
        for pair in _pairs(clause)
        if pair.old_version in texts
        and pair.new_version in texts
        and clause.pk not in {pair.row_old_id, pair.row_new_id}
    ]
    rows = {pk for pair in pairs for pk in (pair.row_old_id, pair.row_new_id) if pk}
    eids = dict(Clause.objects.filter(pk__in=rows).order_by().values_list("pk", "eid")) if rows else {}
    steps = []
    for pair in pairs:
        is_old = pair.old_id == clause.pk
        old, new = texts[pair.old_version], texts[pair.new_version]
        address = Comparison(old=old, new=new).get_absolute_url()
        if pair.row_old_id or pair.row_new_id:
            anchor = row_anchor(eids.get(pair.row_old_id or 0), eids.get(pair.row_new_id or 0))
        else:
            anchor = row_anchor(pair.old.eid, pair.new.eid)
        has_other = pair.new_id if is_old else pair.old_id
        other = (pair.new if is_old else pair.old) if has_other else None
        steps.append(ClauseStep(pair, new if is_old else old, other, f"{address}#{anchor}"))
    return sorted(steps, key=lambda step: (step.version.date, step.pair.position))


def _pairs(clause: Clause) -> Iterator[PairOfClause]:
    """The pairs in which a clause stands in finished comparisons, as they stand now. One query."""
    pairs = ClausePair.objects.filter(Q(old=clause) | Q(new=clause), comparison__engine=ENGINE)
    corrected = Comparison.objects.filter(made_from=OuterRef("comparison"), finished_at__isnull=False)
    current = pairs.filter(~Exists(corrected), comparison__finished_at__isnull=False).order_by()
    rows: Any = current.values_list(*_COLUMNS, *_NAMES, "row__old_id", "row__new_id")
    own, old, new = len(_COLUMNS), len(_COLUMNS) + 3, len(_COLUMNS) + 6
    for row in rows:
        yield PairOfClause(*row[:own], ClauseName(*row[own:old]), ClauseName(*row[old:new]), *row[new:])  # type: ignore[call-arg]


def former_ids(version: Version, clauses: Sequence[Clause], others: Iterable[Version]) -> dict[int, list[str]]:
    """Returns clause's key -> ids that it, or what became part of it, had in the texts corrected by ``version``.

    ``others`` are the texts that the reader may see. An id that a clause of ``version`` bears itself is left to that
    one. Where the texts were not compared, or a clause has no counterpart, its id stays at what it stood in. A query
    for the ids of the text, two for each text it corrects.
    """
    by_key = {text.pk: text for text in others}
    if version.corrects_id not in by_key:
        return {}
    own = dict.fromkeys(version.clauses.order_by("position").values_list("eid", flat=True))
    place_of = {eid: eid for eid in own}  # id in the text at hand -> where it stands in ``version``
    former: dict[str, str] = {}
    newer, seen = version, {version.pk}
    while newer.corrects_id in by_key and newer.corrects_id not in seen:
        older = by_key[newer.corrects_id]
        seen.add(older.pk)
        partners = _partners(older, newer)
        places: dict[str, str] = {}
        before = next(iter(own), "")
        for eid in older.clauses.order_by("position").values_list("eid", flat=True):
            place = place_of.get(partners.get(eid, eid)) or _around(eid, places) or before
            if place:
                places[eid] = before = place
        former |= {eid: place for eid, place in places.items() if eid not in own and eid not in former}
        newer, place_of = older, places
    return _by_clause(former, clauses)


def _partners(older: Version, newer: Version) -> dict[str, str]:
    """Returns id in the older text -> id in the newer one, of the clauses that were found to belong together."""
    finished = Comparison.objects.current().filter(old=older, new=newer, finished_at__isnull=False)
    comparison = finished.order_by("-engine", "-edition").first()
    if comparison is None:
        return {}
    pairs = ClausePair.objects.filter(comparison=comparison).exclude(old=None).exclude(new=None)
    rows = pairs.order_by("-position").values_list("old__eid", "new__eid", "level")
    # The first pair of a clause counts; a part says more than the row around it.
    ordered = sorted(rows, key=lambda row: row[2] == Level.PART)
    return {old: new for old, new, _level in ordered}


def _around(eid: str, places: dict[str, str]) -> str:
    """Returns the place of the nearest clause around the one of this id."""
    while "__" in eid:
        eid = eid.rpartition("__")[0]
        if eid in places:
            return places[eid]
    return ""


def _by_clause(former: dict[str, str], clauses: Sequence[Clause]) -> dict[int, list[str]]:
    key_of = {clause.eid: clause.pk for clause in clauses}
    ids: dict[int, list[str]] = defaultdict(list)
    for eid, place in former.items():
        if place in key_of:
            ids[key_of[place]].append(eid)
    return dict(ids)
