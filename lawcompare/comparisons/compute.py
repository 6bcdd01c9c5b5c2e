"""Rows of two versions → the engine's clause map and redlines → rows. No request, no Celery."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from django.db import transaction
from django.utils import timezone

from lawcompare.comparisons.models import ClausePair, Comparison, Concordance, Level, Standing, State
from lawcompare.comparisons.sentences import NOT_IN_NEW, NOT_IN_OLD, Sentence, is_unseen, say_unseen
from lawcompare.engine.align import Alignment, align_documents
from lawcompare.engine.describe import describe
from lawcompare.engine.diff import Change, Diff, diff
from lawcompare.engine.document import Clause, Document
from lawcompare.laws.compute import load_document
from lawcompare.laws.models import Version

Progress = Callable[[str, int, int], None]

BATCH = 500
# Progress is written once in so many rows: each writing is a transaction of its own.
ROWS_PER_REPORT = 50


class LostClaim(Exception):
    """Another worker has taken the comparison over, since this one was silent for too long."""


@dataclass
class Row:
    """A pair on its way to the database, with clauses still by address.

    A row of the page bears no text of its own: its words, those of the article itself first, are in its parts.
    """

    level: str
    kind: str
    group: int
    old: Clause | None
    new: Clause | None
    score: float
    evidence: str
    text: Diff | None = None
    heading: Diff | None = None
    sentences: list[Sentence] = field(default_factory=list)
    is_unseen: bool = False
    standing: str = ""
    # Whether ``text`` is the redline of the clause with all inside it.
    is_flat: bool = False
    is_near: bool = True
    parts: list[Row] = field(default_factory=list)

    @property
    def changes(self) -> tuple[Change, ...]:
        return self.text.changes if self.text else ()

    @property
    def printed(self) -> list[Row]:
        """What is printed for it: its parts; a part stands for itself."""
        return self.parts or [self]

    @property
    def all_changes(self) -> Iterator[Change]:
        if self.heading:
            yield from self.heading.changes
        for part in self.parts:
            yield from part.all_changes
        yield from self.changes

    @property
    def size(self) -> float:
        """Share of the row's characters that were put in or taken out."""
        if self.old is None or self.new is None:
            return 1.0
        changed = total = 0
        for row in self.printed:
            touched, all_of_it = _weigh(row)
            changed += touched
            total += all_of_it
        return round(changed / total, 4) if total else 0.0

    @property
    def is_noise(self) -> bool:
        """Whether something differs, and all of it is noise."""
        if self.old is None or self.new is None or any(p.old is None or p.new is None for p in self.parts):
            return False
        touched = [change for change in self.all_changes if change.op != "equal"]
        return self.kind != "unchanged" and all(change.noise for change in touched)


def _weigh(row: Row) -> tuple[int, int]:
    """(characters put in or taken out, characters in all) of heading and text, equal text counted once."""
    touched = total = 0
    for redline, old, new in (
        (row.text, row.old and row.old.text, row.new and row.new.text),
        (row.heading, row.old and row.old.heading, row.new and row.new.heading),
    ):
        length = max(len(old or ""), len(new or ""))
        if redline is not None:
            touched += sum(len(c.text) for c in redline.changes if c.op != "equal")
            length = sum(len(c.text) for c in redline.changes)
        elif old is None or new is None:
            touched += length
        total += length
    return touched, total


def compare(comparison: Comparison, progress: Progress) -> None:
    """Compute a comparison and store it, all of it or nothing. Safe to run twice."""
    progress("reading", 0, 0)
    texts = Texts(
        load_document(comparison.old),
        load_document(comparison.new),
        comparison.old.is_partial,
        comparison.new.is_partial,
    )
    progress("mapping", 0, 0)
    rows = list(build_rows(texts, [_as_eids(said) for said in comparison.decided], progress))
    progress("storing", len(rows), len(rows))
    store(comparison, rows)


@dataclass(frozen=True)
class Texts:
    """The two sides, and whether each is known in part only."""

    old: Document
    new: Document
    old_is_partial: bool = False
    new_is_partial: bool = False


def _as_eids(said: Concordance) -> tuple[str | None, str | None]:
    return said.old.eid if said.old else None, said.new.eid if said.new else None


def build_rows(texts: Texts, decided: Sequence[tuple[str | None, str | None]], progress: Progress) -> Iterator[Row]:
    """Headings and rows in reading order, each row with its parts."""
    found = align_documents(texts.old, texts.new, decided=decided)
    containers = _Containers(texts.old, texts.new, found.containers)
    group = 0
    for index, unit in enumerate(found.units):
        if index % ROWS_PER_REPORT == 0:
            progress("marking", index, len(found.units))
        for heading in containers.above(unit):
            group += 1
            heading.group = group
            yield heading
        group += 1
        yield from unit_rows(texts, unit, found.parts.get(index, ()), group)
    for heading in containers.rest():
        group += 1
        heading.group = group
        yield heading


class _Containers:
    """Pairs of chapters and the like, each given out once, before the first row that stands inside it."""

    def __init__(self, old: Document, new: Document, alignments: Iterable[Alignment]) -> None:
        self.old, self.new = old, new
        self.by_new: dict[str, Row] = {}
        self.by_old: dict[str, Row] = {}
        for alignment in alignments:
            for row in _rows_of(old, new, alignment, Level.CONTAINER, 0):
                if row.new:
                    self.by_new[row.new.eid] = row
                elif row.old:
                    self.by_old[row.old.eid] = row

    def above(self, unit: Alignment) -> Iterator[Row]:
        if unit.new:
            yield from self._take(self.new, self.by_new, unit.new[0])
        elif unit.old:
            yield from self._take(self.old, self.by_old, unit.old[0])

    def rest(self) -> Iterator[Row]:
        yield from self.by_new.values()
        yield from self.by_old.values()

    def _take(self, document: Document, waiting: dict[str, Row], eid: str) -> Iterator[Row]:
        path = []
        parent = document.by_eid[eid].parent
        while parent is not None:
            path.append(parent)
            parent = document.by_eid[parent].parent
        for ancestor in reversed(path):
            if ancestor in waiting:
                yield waiting.pop(ancestor)


def unit_rows(texts: Texts, unit: Alignment, parts: Sequence[Alignment], group: int) -> list[Row]:
    """The rows of one article or section: one, or several for a split or a merge, with what stands inside each."""
    old, new = texts.old, texts.new
    rows = [
        Row(Level.UNIT, unit.kind, group, one, other, round(unit.score, 4), unit.evidence, heading=heading)
        for one, other, heading in _pairs_with_headings(old, new, unit)
    ]
    home = _homes(old, new, rows)
    for number, part in enumerate(parts or [unit], start=1):
        for row in _rows_of(old, new, part, Level.PART, number):
            home[_address(row, unit.kind)].parts.append(row)
    for row in rows:
        _flatten(row, texts)
        _describe(row, unit, texts)
        row.standing = _stand(row, texts)
        _mark_near(row)
    return rows


def _stand(row: Row, texts: Texts) -> str:
    """What may be said of a row. Of a text known in part it is never said that a clause was added or removed."""
    if row.new is None and texts.new_is_partial:
        return Standing.NOT_IN_NEW
    if row.old is None and texts.old_is_partial:
        return Standing.NOT_IN_OLD
    if row.kind not in {"split", "merged"} and (row.is_unseen or not _are_placed(row)):
        return Standing.SAME_SUBJECT
    return row.kind


def _mark_near(row: Row) -> None:
    """Tell the parts that changed, with what stands above and right beside each, from those that may be folded."""
    if row.old is None or row.new is None or row.kind == "unchanged":
        return
    changed = [place for place, part in enumerate(row.parts) if _says_something(part)]
    near = {place + step for place in changed for step in (-1, 0, 1)}
    above = {parent for place in changed for parent in _parents(row.parts[place])}
    for place, part in enumerate(row.parts):
        names = {clause.eid for clause in (part.old, part.new) if clause}
        part.is_near = place == 0 or place in near or bool(names & above)


def _says_something(part: Row) -> bool:
    return part.kind != "unchanged" or part.text is not None or part.heading is not None


def _parents(part: Row) -> set[str]:
    """The addresses of the clauses a part stands in, up to the article."""
    eids = [clause.eid.split("__") for clause in (part.old, part.new) if clause]
    return {"__".join(steps[:count]) for steps in eids for count in range(1, len(steps))}


def _flatten(row: Row, texts: Texts) -> None:
    """Redline an article as one text where its parts were only cut in another way.

    The same words may be marked up as paragraphs in one text and as flush text in the other; part by part most of
    them would then seem put in and taken out.
    """
    is_cut_alike = all(part.old and part.new and part.kind not in {"split", "merged"} for part in row.parts)
    if row.old is None or row.new is None or row.kind in {"split", "merged"} or is_cut_alike:
        return
    old, new = _flat_text(texts.old, row.old), _flat_text(texts.new, row.new)
    marked = sum(_weigh(part)[0] for part in row.parts)
    whole = diff(old, new, language=texts.new.language)
    if row.kind == "unchanged" or 2 * sum(len(c.text) for c in whole.changes if c.op != "equal") < marked:
        row.parts = [Row(Level.PART, row.kind, 1, row.old, row.new, row.score, "", whole, is_flat=True)]


def _flat_text(document: Document, clause: Clause) -> str:
    """The words of a clause and of all inside it, a line for each, with their numbers."""
    lines = [clause.text]
    for inside in list(document.subtree(clause.eid))[1:]:
        lines.append(" ".join(filter(None, [inside.num, inside.heading, inside.text])))
    return "\n".join(filter(None, lines))


def _address(part: Row, kind: str) -> tuple[str, str]:
    """The clause by which a part finds its row: the new one, but the old one where several were merged into one."""
    if part.new is None or (part.old is not None and kind == "merged"):
        assert part.old is not None
        return "old", part.old.eid
    return "new", part.new.eid


def _homes(old: Document, new: Document, rows: Sequence[Row]) -> dict[tuple[str, str], Row]:
    """Which row prints a clause. The first row of a split keeps what was removed from the clause that was split."""
    home: dict[tuple[str, str], Row] = {}
    for row in rows:
        for side, document, clause in (("old", old, row.old), ("new", new, row.new)):
            for inside in document.subtree(clause.eid) if clause else ():
                home.setdefault((side, inside.eid), row)
    return home


def _pairs_with_headings(
    old: Document, new: Document, unit: Alignment
) -> Iterator[tuple[Clause | None, Clause | None, Diff | None]]:
    pairs = _pairs([old.by_eid[eid] for eid in unit.old], [new.by_eid[eid] for eid in unit.new])
    for one, other in pairs:
        yield one, other, _redline(one.heading, other.heading, new.language) if one and other else None


def _rows_of(old: Document, new: Document, alignment: Alignment, level: str, group: int) -> list[Row]:
    olds = [old.by_eid[eid] for eid in alignment.old]
    news = [new.by_eid[eid] for eid in alignment.new]
    pairs = _pairs(olds, news)
    texts = _redlines(olds, news, new.language)
    return [
        Row(
            level,
            alignment.kind,
            group,
            one,
            other,
            round(alignment.score, 4),
            alignment.evidence,
            text,
            _redline(one.heading, other.heading, new.language) if one and other else None,
        )
        for (one, other), text in zip(pairs, texts, strict=True)
    ]


def _pairs(olds: list[Clause], news: list[Clause]) -> Sequence[tuple[Clause | None, Clause | None]]:
    if not olds:
        return [(None, clause) for clause in news]
    if not news:
        return [(clause, None) for clause in olds]
    if len(olds) == 1:
        return [(olds[0], clause) for clause in news]
    if len(news) == 1:
        return [(clause, news[0]) for clause in olds]
    first = olds[0]
    return [(first, clause) for clause in news] + [(clause, news[0]) for clause in olds[1:]]


def _redline(old: str, new: str, language: str) -> Diff | None:
    return diff(old, new, language=language) if old != new else None


def _redlines(olds: list[Clause], news: list[Clause], language: str) -> list[Diff | None]:
    """The redline of each pair. For a split, that of the old text against all its parts, cut where the parts end."""
    if len(olds) == 1 and len(news) == 1:
        return [_redline(olds[0].text, news[0].text, language)]
    if not olds or not news:
        return [None] * (len(olds) + len(news))
    if len(olds) == 1:
        whole = diff(olds[0].text, "\n".join(clause.text for clause in news), language=language)
        return list(_cut(whole, [len(clause.text) for clause in news], "insert"))
    if len(news) == 1:
        whole = diff("\n".join(clause.text for clause in olds), news[0].text, language=language)
        return list(_cut(whole, [len(clause.text) for clause in olds], "delete"))
    return [
        _redline(one.text if one else "", other.text if other else "", language) for one, other in _pairs(olds, news)
    ]


def _cut(whole: Diff, lengths: list[int], op: str) -> Iterator[Diff]:
    """Cut a redline where the texts on one side end; ``op`` is that side's own change, ``insert`` or ``delete``.

    The newline that joins two texts goes with neither. What the other side alone has goes with the text before it.
    """
    runs = list(whole.changes)
    for number, length in enumerate(lengths):
        taken: list[Change] = []
        left = length
        last = number == len(lengths) - 1
        while runs and (left > 0 or last or runs[0].op not in {"equal", op}):
            run = runs.pop(0)
            counts = run.op in {"equal", op}
            if counts and len(run.text) > left:
                taken.append(Change(run.op, run.text[:left], run.noise))
                runs.insert(0, Change(run.op, run.text[left:], run.noise))
                left = 0
                break
            taken.append(run)
            left -= len(run.text) if counts else 0
        if runs and not last:
            joint = runs.pop(0)
            if len(joint.text) > 1:
                runs.insert(0, Change(joint.op, joint.text[1:], joint.noise))
        yield Diff(tuple(c for c in taken if c.text), whole.coarse, whole.replaced, whole.ratio)


def _describe(row: Row, unit: Alignment, texts: Texts) -> None:
    """Say what happened, or that too little is known to say it."""
    unseen = is_unseen(texts.old, row.old), is_unseen(texts.new, row.new)
    if row.new is None and texts.new_is_partial:
        row.sentences = [(NOT_IN_NEW, {})]
    elif row.old is None and texts.old_is_partial:
        row.sentences = [(NOT_IN_OLD, {})]
    elif row.old is not None and row.new is not None and any(unseen):
        row.is_unseen = True
        row.sentences = [say_unseen(*unseen)]
        for part in row.parts:
            part.text = None
    else:
        row.sentences = _describe_words(row, unit, texts)


def _describe_words(row: Row, unit: Alignment, texts: Texts) -> list[Sentence]:
    said = describe(
        unit.kind if _are_placed(row) else "changed",
        [_name(texts.old.by_eid[eid]) for eid in unit.old],
        [_name(texts.new.by_eid[eid]) for eid in unit.new],
        _joined(row),
        language=texts.new.language,
    )
    return [(sentence.template, dict(sentence.values)) for sentence in said.sentences]


def _are_placed(row: Row) -> bool:
    """Whether numbers can be spoken of: both clauses have one, or neither does."""
    return row.old is None or row.new is None or bool(row.old.num) == bool(row.new.num)


def _name(clause: Clause) -> str:
    return clause.num or clause.heading


def _joined(row: Row) -> Diff | None:
    """All that differs in a row, as one redline: what the sentence about it counts."""
    if row.old is None or row.new is None:
        return None
    changes: list[Change] = []
    for one in row.printed:
        if one.text is not None:
            changes += one.changes
        elif one.old is None and one.new is not None and one.new.text:
            changes.append(Change("insert", one.new.text))
        elif one.new is None and one.old is not None and one.old.text:
            changes.append(Change("delete", one.old.text))
    coarse = any(one.text.coarse for one in row.printed if one.text)
    return Diff(tuple(changes), coarse, any(one.text.replaced for one in row.printed if one.text), row.size)


def store(comparison: Comparison, rows: Sequence[Row]) -> None:
    """Write all pairs and the end state in one transaction, in place of what an earlier try may have left."""
    olds, news = _keys(comparison.old), _keys(comparison.new)
    decisions = {(said.old_id, said.new_id): said.pk for said in comparison.decided}
    with transaction.atomic():
        comparison.pairs.all().delete()
        places = _places(rows)
        tops = [_pair(comparison, row, place, olds, news) for row, place in zip(rows, places, strict=True)]
        for pair in tops:
            pair.decision_id = decisions.get((pair.old_id, pair.new_id))
        ClausePair.objects.bulk_create(tops, batch_size=BATCH)
        inside = [
            _pair(comparison, part, place + number, olds, news, top)
            for row, top, place in zip(rows, tops, places, strict=True)
            for number, part in enumerate(row.parts, start=1)
        ]
        ClausePair.objects.bulk_create(inside, batch_size=BATCH)
        _finish(comparison, rows)


def _finish(comparison: Comparison, rows: Sequence[Row]) -> None:
    """Mark as done what this worker still holds. Raises ``LostClaim``, which undoes the writing, where it does not."""
    now = timezone.now()
    mine = Comparison.objects.filter(pk=comparison.pk, attempts=comparison.attempts)
    held = mine.update(
        state=State.DONE,
        reason="",
        stats=_count(rows, "kind"),
        tally=_count(rows, "standing"),
        done=len(rows),
        total=len(rows),
        heard_at=now,
        finished_at=now,
    )
    if not held:
        raise LostClaim


def _keys(version: Version) -> dict[str, int]:
    return dict(version.clauses.values_list("eid", "pk"))


def _places(rows: Sequence[Row]) -> list[int]:
    places, place = [], 0
    for row in rows:
        places.append(place)
        place += 1 + len(row.parts)
    return places


def _count(rows: Iterable[Row], name: str) -> dict[str, int]:
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
