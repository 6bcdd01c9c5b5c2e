"""What a worker does with the notes on a text when a later one is there: it finds the words of each in that one.

The clause map is that of the comparison, with what people decided on it. What is found is stored in batches, so that
a worker that takes over goes on where the one before was ended, and no note is carried twice.
"""

from collections import Counter, defaultdict
from collections.abc import Iterator
from itertools import batched

from django.db import transaction

from lawcompare.annotations.models import Annotation
from lawcompare.comparisons.computing.compare import as_eids
from lawcompare.comparisons.services import decided_on
from lawcompare.core.jobs.registry import Report
from lawcompare.core.jobs.runner import finish, hold
from lawcompare.engine.align import align
from lawcompare.engine.anchor import AnnotatedSpan, CarriedSpan, Carrier, select
from lawcompare.engine.text.words import is_word, words
from lawcompare.laws.documents import document_of
from lawcompare.laws.models import Clause, Version
from lawcompare.publishing.carrying_forward.services import uncarried
from lawcompare.publishing.models import Carried, Carrying, Verdict

# Notes carried in one transaction: so much is done again when a worker is ended in the midst.
BATCH = 50
ROUNDS = 3


def run_carrying(carrying: Carrying, report: Report) -> None:
    """Carry the notes that are not carried yet."""
    # Again, for notes that were published, or of which a person spoke, while the work was going on.
    for _round in range(ROUNDS):
        waiting = list(uncarried(carrying).prefetch_related("clause").order_by("pk"))
        done = carrying.carried.exclude(verdict="").count()
        hold(carrying.job, step="carrying", done=done, total=done + len(waiting))
        if not waiting:
            break
        finder = Finder(carrying.old, carrying.new)  # anew: a person may have said where clauses went
        hold(carrying.job)
        # Note -> the published note on the later text that already says to descend from it.
        descendants = Annotation.objects.published().filter(version=carrying.new, descends_from__in=list(waiting))
        taken_up = {
            parent: pk
            for pk, parent in descendants.order_by("-pk").values_list("pk", "descends_from_id")
            if parent is not None
        }
        for batch in batched(waiting, BATCH):
            rows = [finder.find(annotation) for annotation in batch]
            done += len(rows)
            _store(carrying, rows, taken_up, done)
    done = carrying.carried.exclude(verdict="").count()
    with transaction.atomic():
        finish(carrying.job, done=done, total=done)


def _store(carrying: Carrying, rows: list[Carried], taken_up: dict[int, int], done: int) -> None:
    """Write a batch and how far the work is, both or neither: what another worker took over stays as that leaves it."""
    spoken = {row.annotation_id: row for row in carrying.carried.filter(annotation__in=[r.annotation_id for r in rows])}
    new, again = [], []
    for row in rows:
        row.carrying = carrying
        known = spoken.get(row.annotation_id)
        if known is not None:  # a person spoke before the program
            row.pk = known.pk
            again.append(row)
        else:
            if row.annotation_id in taken_up:
                row.decision, row.successor_id = Carried.Decision.EDITED, taken_up[row.annotation_id]
            new.append(row)
    with transaction.atomic():
        hold(carrying.job, done=done)
        Carried.objects.bulk_create(new, ignore_conflicts=True)
        Carried.objects.bulk_update(again, CARRIED_FIELDS)


CARRIED_FIELDS = [
    *("verdict", "clause", "exact", "prefix", "suffix", "start", "end", "score", "probability"),
    *("rival_clause", "rival_start", "rival_end", "second", "by_concordance"),
]


class Finder:
    """Two texts ready for finding the notes of the old one in the new one."""

    def __init__(self, old: Version, new: Version) -> None:
        self._language = new.language
        self._olds, self._news = _clauses(old), _clauses(new)
        decided = decided_on(old, new)
        olds = document_of(old, self._olds.values()).clauses
        news = document_of(new, self._news.values()).clauses
        alignments = align(olds, news, decided=map(as_eids, decided))
        self._carrier = Carrier(olds, news, alignments, self._language)
        self._partners: defaultdict[str, list[str]] = defaultdict(list)
        for alignment in alignments:
            for eid in alignment.old:
                self._partners[eid] += [other for other in alignment.new if other not in self._partners[eid]]
        self._decided: defaultdict[str, list[str]] = defaultdict(list)
        for one, other in [as_eids(row) for row in decided if row.pk]:
            if one is not None and other is not None:
                self._decided[one].append(other)

    def find(self, annotation: Annotation) -> Carried:
        """Where the note's words are in the new text, as a row that is not stored yet."""
        row = Carried(annotation=annotation)
        clause, start, end = annotation.clause, annotation.start, annotation.end
        if not clause.text:
            # A note on a clause of which only the heading is known goes with it.
            partners = self._partners[clause.eid]
            if not partners:
                return self._find_by_concordance(row, clause)
            row.clause = self._news[partners[0]]
            is_same = (row.clause.heading, row.clause.text) == (clause.heading, clause.text)
            row.verdict = Verdict.KEPT if is_same and len(partners) == 1 else Verdict.REVIEW
            row.score, row.by_concordance = 1.0 if is_same else 0.5, partners[0] in self._decided[clause.eid]
            return row
        is_whole = start is None or end is None
        if start is None or end is None:
            start, end = 0, len(clause.text)
        carried = self._carrier.carry(AnnotatedSpan(str(annotation.pk), clause.eid, start, end))
        if carried.clause is None:
            return self._find_by_concordance(row, clause)
        return self._fill(row, carried, is_whole)

    def _fill(self, row: Carried, carried: CarriedSpan, is_whole: bool) -> Carried:
        assert carried.clause is not None and carried.start is not None and carried.end is not None
        clause = self._news[carried.clause]
        row.verdict, row.clause, row.second = carried.verdict, clause, carried.second
        row.score = row.probability = carried.score
        if not (is_whole and (carried.start, carried.end) == (0, len(clause.text))):
            quote, position = select(clause.text, carried.start, carried.end)
            row.exact, row.prefix, row.suffix = quote
            row.start, row.end = position
        if carried.rival is not None:
            row.rival_clause = self._news[carried.rival.clause]
            row.rival_start, row.rival_end = carried.rival.start, carried.rival.end
        return row

    def _find_by_concordance(self, row: Carried, clause: Clause) -> Carried:
        """Lost, unless a person said where the clause, or one that it stands in, went: then that is for review."""
        row.verdict = Verdict.LOST
        for eid in _path(clause.eid):
            partners = sorted(self._decided[eid], key=lambda other: -self._likeness(clause, self._news[other]))
            if partners:
                row.verdict, row.clause, row.by_concordance = Verdict.REVIEW, self._news[partners[0]], True
                if len(partners) > 1:
                    row.rival_clause = self._news[partners[1]]
                    row.rival_start, row.rival_end = 0, len(row.rival_clause.text)
                break
        return row

    def _likeness(self, old: Clause, new: Clause) -> int:
        """How many of the old clause's words the new one has, those of more than three letters."""
        bags = [
            Counter(word for word in words(one.text.lower(), self._language) if is_word(word) and len(word) > 3)
            for one in (old, new)
        ]
        return (bags[0] & bags[1]).total()


def _path(eid: str) -> Iterator[str]:
    """The clause's own address and those it stands in, nearest first."""
    steps = eid.split("__")
    for count in range(len(steps), 0, -1):
        yield "__".join(steps[:count])


def _clauses(version: Version) -> dict[str, Clause]:
    return {clause.eid: clause for clause in version.clauses.order_by("position")}
