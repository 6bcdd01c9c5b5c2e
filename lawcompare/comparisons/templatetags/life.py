"""A clause through the other texts of its law, for the page of a clause."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, NamedTuple

from django import template
from django.db.models import Exists, OuterRef, Q

from lawcompare.comparisons.models import ENGINE, ClausePair, Comparison, Standing, row_anchor
from lawcompare.comparisons.reading.former_ids import former_ids
from lawcompare.comparisons.reading.rows import look
from lawcompare.comparisons.sentences import row_sentences
from lawcompare.jobs.models import JobState
from lawcompare.laws.models import Clause, Version

register = template.Library()
register.simple_tag(former_ids)


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


@register.simple_tag
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
    corrected = Comparison.objects.filter(made_from=OuterRef("comparison"), state=JobState.DONE)
    current = pairs.filter(~Exists(corrected), comparison__state=JobState.DONE).order_by()
    rows: Any = current.values_list(*_COLUMNS, *_NAMES, "row__old_id", "row__new_id")
    own, old, new = len(_COLUMNS), len(_COLUMNS) + 3, len(_COLUMNS) + 6
    for row in rows:
        yield PairOfClause(*row[:own], ClauseName(*row[own:old]), ClauseName(*row[old:new]), *row[new:])  # type: ignore[call-arg]
