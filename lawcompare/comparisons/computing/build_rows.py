"""Two documents as rows: articles that belong together, with what stands inside each, marked word by word."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace

from lawcompare.comparisons.computing.draft_rows import DraftRow, Texts, weigh
from lawcompare.comparisons.computing.row_sentences import describe_row, standing_if_unknown, standing_of
from lawcompare.comparisons.models import Level
from lawcompare.engine.align import Alignment, align_documents
from lawcompare.engine.diff import Change, Diff, diff
from lawcompare.engine.document import Clause, Document

Progress = Callable[[str, int, int], None]

# Progress is written once in so many rows: each writing is a transaction of its own.
ROWS_PER_REPORT = 50


def build_rows(texts: Texts, progress: Progress) -> Iterator[DraftRow]:
    """Headings and rows in reading order, each row with its parts."""
    in_part = texts.old_is_partial or texts.new_is_partial
    alignment = align_documents(texts.old, texts.new, decided=texts.decided, in_part=in_part)
    texts = replace(texts, renumbered=_renumbered(texts, alignment.units))
    containers = _Containers(texts, alignment.containers)
    group = 0
    for index, unit in enumerate(alignment.units):
        if index % ROWS_PER_REPORT == 0:
            progress("marking", index, len(alignment.units))
        for heading in containers.above(unit):
            group += 1
            heading.group = group
            yield heading
        group += 1
        yield from unit_rows(texts, unit, alignment.parts.get(index, ()), group)
    for heading in containers.rest():
        group += 1
        heading.group = group
        yield heading


def _renumbered(texts: Texts, units: Iterable[Alignment]) -> dict[str, str]:
    """Old number -> new number of the articles that kept their words under another one: references follow them."""
    pairs = [
        (texts.old.by_eid[unit.old[0]].num, texts.new.by_eid[unit.new[0]].num)
        for unit in units
        if unit.kind in {"renumbered", "moved"}
    ]
    return {old: new for old, new in pairs if old and new and old != new}


class _Containers:
    """Pairs of chapters and the like, each given out once, before the first row that stands inside it."""

    def __init__(self, texts: Texts, alignments: Iterable[Alignment]) -> None:
        self.old, self.new = texts.old, texts.new
        self.by_new: dict[str, DraftRow] = {}
        self.by_old: dict[str, DraftRow] = {}
        for alignment in alignments:
            for row in _rows_of(texts, alignment, Level.CONTAINER, 0):
                row.standing = standing_if_unknown(row, texts)
                if row.new:
                    self.by_new[row.new.eid] = row
                elif row.old:
                    self.by_old[row.old.eid] = row

    def above(self, unit: Alignment) -> Iterator[DraftRow]:
        if unit.new:
            yield from self._take(self.new, self.by_new, unit.new[0])
        if unit.old:
            # A chapter that the new text does not have stands where it stood, even above articles that were kept.
            yield from self._take(self.old, self.by_old, unit.old[0])

    def rest(self) -> Iterator[DraftRow]:
        yield from self.by_new.values()
        yield from self.by_old.values()

    def _take(self, document: Document, waiting: dict[str, DraftRow], eid: str) -> Iterator[DraftRow]:
        path = []
        parent = document.by_eid[eid].parent
        while parent is not None:
            path.append(parent)
            parent = document.by_eid[parent].parent
        for ancestor in reversed(path):
            if ancestor in waiting:
                yield waiting.pop(ancestor)


def unit_rows(texts: Texts, unit: Alignment, parts: Sequence[Alignment], group: int) -> list[DraftRow]:
    """The rows of one article or section: one, or several for a split or a merge, with what stands inside each."""
    old, new = texts.old, texts.new
    if len(unit.old) == len(unit.new) == 1 and (unit.old[0], unit.new[0]) in texts.moved:
        unit = replace(unit, kind="moved")
    rows = [
        DraftRow(Level.UNIT, unit.kind, group, one, other, round(unit.score, 4), unit.evidence, heading=heading)
        for one, other, heading in _pairs_with_headings(texts, unit)
    ]
    home = _homes(old, new, rows)
    for number, part in enumerate(parts or [unit], start=1):
        for row in _rows_of(texts, part, Level.PART, number):
            row.standing = standing_if_unknown(row, texts)
            home[_address(row, unit.kind)].parts.append(row)
    for row in rows:
        _flatten(row, texts)
        describe_row(row, unit, texts)
        row.standing = standing_of(row, texts)
        _mark_near(row)
    return rows


def _mark_near(row: DraftRow) -> None:
    """Tell the parts that changed, with what stands above and right beside each, from those that may be folded."""
    if row.old is None or row.new is None or row.kind == "unchanged":
        return
    changed = [place for place, part in enumerate(row.parts) if _differs(part)]
    near = {place + step for place in changed for step in (-1, 0, 1)}
    above = {parent for place in changed for parent in _parents(row.parts[place])}
    for place, part in enumerate(row.parts):
        names = {clause.eid for clause in (part.old, part.new) if clause}
        part.is_near = place == 0 or place in near or bool(names & above)


def _differs(part: DraftRow) -> bool:
    return part.kind != "unchanged" or part.text is not None or part.heading is not None


def _parents(part: DraftRow) -> set[str]:
    """The addresses of the clauses a part stands in, up to the article."""
    eids = [clause.eid.split("__") for clause in (part.old, part.new) if clause]
    return {"__".join(steps[:count]) for steps in eids for count in range(1, len(steps))}


def _flatten(row: DraftRow, texts: Texts) -> None:
    """Redline an article as one text where its parts were only cut in another way.

    The same words may be marked up as paragraphs in one text and as flush text in the other; part by part most of
    them would then seem put in and taken out.
    """
    is_cut_alike = all(part.old and part.new and part.kind not in {"split", "merged"} for part in row.parts)
    if row.old is None or row.new is None or row.kind in {"split", "merged"} or is_cut_alike:
        return
    if any(_is_decided(part, row, texts) for part in row.parts):
        return  # what a person set together inside the article is to be seen
    old, new = _flat_text(texts.old, row.old), _flat_text(texts.new, row.new)
    marked = sum(weigh(part)[0] for part in row.parts)
    whole = _mark(old, new, texts)
    if row.kind == "unchanged" or 2 * sum(len(c.text) for c in whole.changes if c.op != "equal") < marked:
        row.parts = [DraftRow(Level.PART, row.kind, 1, row.old, row.new, row.score, (), whole, is_flat=True)]


def _is_decided(part: DraftRow, row: DraftRow, texts: Texts) -> bool:
    is_own = (part.old, part.new) == (row.old, row.new)
    return not is_own and (part.old and part.old.eid, part.new and part.new.eid) in texts.decided


def _flat_text(document: Document, clause: Clause) -> str:
    """The words of a clause and of all inside it, a line for each, with their numbers."""
    lines = [clause.text]
    for inside in list(document.subtree(clause.eid))[1:]:
        lines.append(" ".join(filter(None, [inside.num, inside.heading, inside.text])))
    return "\n".join(filter(None, lines))


def _address(part: DraftRow, kind: str) -> tuple[str, str]:
    """The clause by which a part finds its row: the new one, but the old one where several were merged into one."""
    if part.new is None or (part.old is not None and kind == "merged"):
        assert part.old is not None
        return "old", part.old.eid
    return "new", part.new.eid


def _homes(old: Document, new: Document, rows: Sequence[DraftRow]) -> dict[tuple[str, str], DraftRow]:
    """Which row prints a clause. The first row of a split keeps what was removed from the clause that was split."""
    home: dict[tuple[str, str], DraftRow] = {}
    for row in rows:
        for side, document, clause in (("old", old, row.old), ("new", new, row.new)):
            for inside in document.subtree(clause.eid) if clause else ():
                home.setdefault((side, inside.eid), row)
    return home


def _pairs_with_headings(texts: Texts, unit: Alignment) -> Iterator[tuple[Clause | None, Clause | None, Diff | None]]:
    pairs = _pairs([texts.old.by_eid[eid] for eid in unit.old], [texts.new.by_eid[eid] for eid in unit.new])
    for one, other in pairs:
        yield one, other, _redline(one.heading, other.heading, texts) if one and other else None


def _rows_of(texts: Texts, alignment: Alignment, level: str, group: int) -> list[DraftRow]:
    olds = [texts.old.by_eid[eid] for eid in alignment.old]
    news = [texts.new.by_eid[eid] for eid in alignment.new]
    pairs = _pairs(olds, news)
    redlines = _redlines(olds, news, texts)
    return [
        DraftRow(
            level,
            alignment.kind,
            group,
            one,
            other,
            round(alignment.score, 4),
            alignment.evidence,
            text,
            _redline(one.heading, other.heading, texts) if one and other else None,
        )
        for (one, other), text in zip(pairs, redlines, strict=True)
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


def _redline(old: str, new: str, texts: Texts) -> Diff | None:
    return _mark(old, new, texts) if old != new else None


def _mark(old: str, new: str, texts: Texts) -> Diff:
    return diff(old, new, language=texts.new.language, renumbered=texts.renumbered)


def _redlines(olds: list[Clause], news: list[Clause], texts: Texts) -> list[Diff | None]:
    """The redline of each pair. For a split, that of the old text against all its parts, cut where the parts end."""
    if len(olds) == 1 and len(news) == 1:
        return [_redline(olds[0].text, news[0].text, texts)]
    if not olds or not news:
        return [None] * (len(olds) + len(news))
    if len(olds) == 1:
        whole = _mark(olds[0].text, "\n".join(clause.text for clause in news), texts)
        return list(_cut(whole, [len(clause.text) for clause in news], "insert"))
    if len(news) == 1:
        whole = _mark("\n".join(clause.text for clause in olds), news[0].text, texts)
        return list(_cut(whole, [len(clause.text) for clause in olds], "delete"))
    return [_redline(one.text if one else "", other.text if other else "", texts) for one, other in _pairs(olds, news)]


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
