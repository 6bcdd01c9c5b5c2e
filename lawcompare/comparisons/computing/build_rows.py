"""Two documents as rows: articles that belong together, with what stands inside each, marked word by word."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from lawcompare.comparisons.models import Level, Standing
from lawcompare.engine.align import DOUBTFUL, Alignment, Reason, align_documents
from lawcompare.engine.diff import Change, Diff, Read, diff, diff_quoted, which_read
from lawcompare.engine.diff.describe import describe
from lawcompare.engine.diff.noise import Renumbered
from lawcompare.engine.document import Clause, Document

# A kind of the engine's ``wording.changes.SENTENCES`` and its values.
RowSentence = tuple[str, dict[str, Any]]


# What a redline marks, and what it sets beside each other.
CHANGED, ONLY = {"insert", "delete"}, {"only-old", "only-new"}
# What the words of a clause are where they are the law's, and where the editors' but for what they quote.
OWN_WORDS, PARAPHRASE = {"official", "leaked", "unofficial-translation"}, {"restatement", "quotation"}


@dataclass
class DraftRow:
    """A pair on its way to the database, with clauses still by address.

    A row of the page bears no text of its own: its words, those of the article itself first, are in its parts.
    """

    level: str
    kind: str
    group: int
    old: Clause | None
    new: Clause | None
    score: float
    evidence: tuple[Reason, ...]
    text: Diff | None = None
    heading: Diff | None = None
    sentences: list[RowSentence] = field(default_factory=list)
    is_unseen: bool = False
    standing: str = ""
    # Whether ``text`` is the redline of the clause with all inside it.
    is_flat: bool = False
    is_near: bool = True
    parts: list[DraftRow] = field(default_factory=list)

    @property
    def is_doubtful(self) -> bool:
        """Whether the program is not sure that the two are one clause."""
        return self.old is not None and self.new is not None and self.score < DOUBTFUL

    @property
    def changes(self) -> tuple[Change, ...]:
        return self.text.changes if self.text else ()

    @property
    def printed(self) -> list[DraftRow]:
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
        if not self.parts and self.text is None and self.heading is None:
            return 0.0
        changed = total = 0
        for row in self.printed:
            touched, all_of_it = weigh(row)
            changed += touched
            total += all_of_it
        return round(changed / total, 4) if total else 0.0

    @property
    def is_noise(self) -> bool:
        """Whether something differs, and all of it is noise."""
        if self.kind == "unchanged" or self.is_unseen or self.old is None or self.new is None:
            return False
        if self.is_told or any(p.old is None or p.new is None for p in self.parts):
            return False
        return all(change.noise for change in self.all_changes if change.op != "equal")

    @property
    def is_told(self) -> bool:
        """Whether a paraphrase is set beside other words: that these differ is no change of the law."""
        return any(change.op in ONLY for change in self.all_changes)


def weigh(row: DraftRow) -> tuple[int, int]:
    """(characters put in or taken out, characters in all) of heading and text, equal text counted once.

    Of a part with a standing of its own none: it is not reported in the other text.
    """
    touched = total = 0
    for redline, old, new in (
        (row.text, row.old and row.old.text, row.new and row.new.text),
        (row.heading, row.old and row.old.heading, row.new and row.new.heading),
    ):
        length = max(len(old or ""), len(new or ""))
        if redline is not None:
            touched += sum(len(c.text) for c in redline.changes if c.op in CHANGED and c.noise != "slip")
            length = sum(len(c.text) for c in redline.changes)
        elif (old is None or new is None) and not row.standing:
            touched += length
        total += length
    return touched, total


@dataclass(frozen=True)
class Texts:
    """The two sides, and whether each is known in part only."""

    old: Document
    new: Document
    old_is_partial: bool = False
    new_is_partial: bool = False
    # Old number -> new number of articles whose references are expected to follow.
    renumbered: Mapping[str, str] = field(default_factory=dict)
    # Pairs of addresses that a person set together, and those of them that were moved by their decision.
    decided: Collection[tuple[str | None, str | None]] = ()
    moved: Collection[tuple[str | None, str | None]] = ()
    # Addresses of the clauses of either text that were read from a picture or an old font, and by no person since.
    old_read: Collection[str] = ()
    new_read: Collection[str] = ()
    # Whether the new text corrects the old one: then the words of a paraphrase themselves are what was corrected.
    is_correction: bool = False

    def mark(self, old: Clause, new: Clause, old_words: str, new_words: str) -> Diff:
        """The redline of words of two clauses; where a paraphrase is among them, of what both quote."""
        is_told = _is_paraphrase(self.old, old, self.old_is_partial) or _is_paraphrase(
            self.new, new, self.new_is_partial
        )
        if is_told and not self.is_correction:
            return diff_quoted(old_words, new_words, language=self.new.language)
        read = self.which_read(old, new)
        return diff(old_words, new_words, language=self.new.language, renumbered=self.renumbered, read=read)

    def which_read(self, old: Clause, new: Clause) -> Read:
        return which_read(old.eid in self.old_read, new.eid in self.new_read)


def _is_paraphrase(document: Document, clause: Clause, is_partial: bool) -> bool:
    """Whether the words of a clause are the editors' own: by what it is itself or in what it stands."""
    around: Clause | None = clause
    statuses = set()
    while around is not None:
        statuses.add(around.attributes.get("text_status"))
        around = document.by_eid[around.parent] if around.parent else None
    return statuses.isdisjoint(OWN_WORDS) if is_partial else not statuses.isdisjoint(PARAPHRASE)


Progress = Callable[[str, int, int], None]

# Progress is written once in so many rows: each writing is a transaction of its own.
ROWS_PER_REPORT = 50


def build_rows(texts: Texts, progress: Progress) -> Iterator[DraftRow]:
    """Headings and rows in reading order, each row with its parts."""
    in_part = texts.old_is_partial or texts.new_is_partial
    alignment = align_documents(texts.old, texts.new, decided=texts.decided, in_part=in_part)
    # Articles that kept their words under another number: references follow them.
    numbers = [
        (texts.old.by_eid[unit.old[0]].num, texts.new.by_eid[unit.new[0]].num)
        for unit in alignment.units
        if unit.kind in {"renumbered", "moved"}
    ]
    texts = replace(texts, renumbered=Renumbered({old: new for old, new in numbers if old and new and old != new}))
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
    if len(unit.old) == len(unit.new) == 1 and (unit.old[0], unit.new[0]) in texts.moved:
        unit = replace(unit, kind="moved")
    rows = []
    for one, other in _pairs([texts.old.by_eid[eid] for eid in unit.old], [texts.new.by_eid[eid] for eid in unit.new]):
        heading = _heading(texts, one, other)
        score = unit.pairs.get((one.eid, other.eid), unit.score) if one and other else unit.score
        rows.append(DraftRow(Level.UNIT, unit.kind, group, one, other, score, unit.evidence, heading=heading))
    # Which row prints a clause. The first row of a split keeps what was removed from the clause that was split.
    home: dict[tuple[str, str], DraftRow] = {}
    for row in rows:
        for side, document, clause in (("old", texts.old, row.old), ("new", texts.new, row.new)):
            for inside in document.subtree(clause.eid) if clause else ():
                home.setdefault((side, inside.eid), row)
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
    changed = [
        place
        for place, part in enumerate(row.parts)
        if part.kind != "unchanged" or part.text is not None or part.heading is not None
    ]
    near = {place + step for place in changed for step in (-1, 0, 1)}
    # The addresses of the clauses in which a changed part stands, up to the article.
    steps = [one.eid.split("__") for place in changed for one in (row.parts[place].old, row.parts[place].new) if one]
    above = {"__".join(names[:count]) for names in steps for count in range(1, len(names))}
    for place, part in enumerate(row.parts):
        names = {clause.eid for clause in (part.old, part.new) if clause}
        part.is_near = place == 0 or place in near or bool(names & above)


def _flatten(row: DraftRow, texts: Texts) -> None:
    """Redline an article as one text where its parts were only cut in another way.

    The same words may be marked up as paragraphs in one text and as flush text in the other; part by part most of
    them would then seem put in and taken out. So may the first line of one that was read be taken for its heading.
    """
    is_cut_alike = all(part.old and part.new and part.kind not in {"split", "merged"} for part in row.parts)
    if row.old is None or row.new is None or row.kind in {"split", "merged"}:
        return
    with_heading = bool(row.heading and texts.which_read(row.old, row.new))
    if is_cut_alike and not with_heading:
        return
    for part in row.parts:
        is_own = (part.old, part.new) == (row.old, row.new)
        if not is_own and (part.old and part.old.eid, part.new and part.new.eid) in texts.decided:
            return  # what a person set together inside the article is to be seen
    old, new = _flat_text(texts.old, row.old, with_heading), _flat_text(texts.new, row.new, with_heading)
    marked = sum(weigh(part)[0] for part in row.parts)
    whole = texts.mark(row.old, row.new, old, new)
    if any(change.op in ONLY for change in whole.changes):
        return  # what is told stands beside each other part by part
    left = sum(len(c.text) for c in whole.changes if c.op != "equal" and c.noise != "slip")
    if row.kind == "unchanged" or (left if with_heading else 2 * left) < marked:
        row.parts = [DraftRow(Level.PART, row.kind, 1, row.old, row.new, row.score, (), whole, is_flat=True)]
        row.heading = Diff((Change("equal", ""),)) if with_heading else row.heading  # it is told with the words


def _flat_text(document: Document, clause: Clause, with_heading: bool) -> str:
    """The words of a clause and of all inside it, a line for each, with their numbers."""
    lines = [clause.heading if with_heading else "", clause.text]
    for inside in list(document.subtree(clause.eid))[1:]:
        lines.append(" ".join(filter(None, [inside.num, inside.heading, inside.text])))
    return "\n".join(filter(None, lines))


def _address(part: DraftRow, kind: str) -> tuple[str, str]:
    """The clause by which a part finds its row: the new one, but the old one where several were merged into one."""
    if part.new is None or (part.old is not None and kind == "merged"):
        assert part.old is not None
        return "old", part.old.eid
    return "new", part.new.eid


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
            alignment.pairs.get((one.eid, other.eid), alignment.score) if one and other else alignment.score,
            alignment.evidence,
            text,
            _heading(texts, one, other),
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


def _heading(texts: Texts, old: Clause | None, new: Clause | None) -> Diff | None:
    if old is None or new is None or old.heading == new.heading:
        return None
    return texts.mark(old, new, old.heading, new.heading)


def _redline(old: Clause, new: Clause, texts: Texts) -> Diff | None:
    return texts.mark(old, new, old.text, new.text) if old.text != new.text else None


def _redlines(olds: list[Clause], news: list[Clause], texts: Texts) -> list[Diff | None]:
    """The redline of each pair. For a split, that of the old text against all its parts, cut where the parts end."""
    if not olds or not news:
        return [None] * (len(olds) + len(news))
    pairs = [_redline(one, other, texts) for one, other in _pairs(olds, news) if one and other]
    if len(pairs) == 1 or (len(olds) > 1 and len(news) > 1) or any(c.op in ONLY for d in pairs if d for c in d.changes):
        return list(pairs)
    whole = texts.mark(olds[0], news[0], *("\n".join(clause.text for clause in side) for side in (olds, news)))
    if len(olds) == 1:
        return list(_cut(whole, [len(clause.text) for clause in news], "insert"))
    return list(_cut(whole, [len(clause.text) for clause in olds], "delete"))


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


# --- The sentences about a row: those of the engine where the words are known, and less where they are not ------------


UNSEEN = {"heading-only", "not-known"}


def is_unseen(document: Document, clause: Clause | None) -> bool:
    """Whether the source says that the words of the clause are not known, and nothing inside it has any."""
    if clause is None or clause.attributes.get("text_status") not in UNSEEN:
        return False
    return not any(inside.text for inside in document.subtree(clause.eid))


def standing_of(row: DraftRow, texts: Texts) -> str:
    """The standing of a row. In a text known in part no clause is shown as added or removed."""
    unknown = standing_if_unknown(row, texts)
    if unknown:
        return unknown
    if row.is_doubtful:
        return Standing.DOUBTFUL
    is_redlined = any(change.op in CHANGED and not change.noise for change in row.all_changes)
    is_told = row.is_told and not is_redlined
    if row.kind not in {"split", "merged"} and (row.is_unseen or is_told or not _are_placed(row)):
        return Standing.SAME_SUBJECT
    is_changed = is_redlined or any((part.old is None or part.new is None) and not part.standing for part in row.parts)
    if row.kind == "renumbered" and is_changed:
        # The sentence tells of the new number; what a reader must not miss is that the words changed too.
        return Standing.CHANGED
    if row.kind == "changed" and row.is_noise and any(change.noise == "slip" for change in row.all_changes):
        return Standing.SLIPS
    return row.kind


def standing_if_unknown(row: DraftRow, texts: Texts) -> str:
    """The standing of a row, heading or part that a text known in part does not show; empty for all others."""
    if row.new is None and texts.new_is_partial:
        return Standing.NOT_IN_NEW
    if row.old is None and texts.old_is_partial:
        return Standing.NOT_IN_OLD
    return ""


def describe_row(row: DraftRow, unit: Alignment, texts: Texts) -> None:
    """Say what happened, or that too little is known to say it."""
    unseen = is_unseen(texts.old, row.old), is_unseen(texts.new, row.new)
    if row.new is None and texts.new_is_partial:
        row.sentences, row.is_unseen = [("not-in-new", {})], unseen[0]
    elif row.old is None and texts.old_is_partial:
        row.sentences, row.is_unseen = [("not-in-old", {})], unseen[1]
    elif row.old is not None and row.new is not None and any(unseen):
        row.is_unseen = True
        row.sentences = [("unseen-both" if all(unseen) else "unseen-old" if unseen[0] else "unseen-new", {})]
        for part in row.parts:
            part.text = None
    elif row.is_doubtful and row.old and row.new:
        names = {"old": name_of(row.old), "new": name_of(row.new)}
        row.sentences = [("doubtful", names)] if all(names.values()) else [("doubtful-unnamed", {})]
    else:
        # What is doubtful of a split or a merge is a question of its own row.
        sure = {eid for pair, score in unit.pairs.items() if score >= DOUBTFUL for eid in pair}
        olds = [texts.old.by_eid[eid] for eid in unit.old if eid in sure or not unit.new]
        news = [texts.new.by_eid[eid] for eid in unit.new if eid in sure or not unit.old]
        joined = _joined(row)
        if joined and row.heading and row.old and row.new and texts.which_read(row.old, row.new):
            # What is told of slips is told of the heading too.
            joined = replace(joined, changes=(*row.heading.changes, *joined.changes))
        changes = describe(
            unit.kind if row.kind in {"split", "merged"} or _are_placed(row) else "changed",
            list(map(name_of, olds)),
            list(map(name_of, news)),
            joined,
            language=texts.new.language,
        )
        is_told = row.is_told and joined is None
        row.sentences = [(c.kind, dict(c.values)) for c in changes if not (is_told and c.kind == "changed")]
        row.sentences += [(one.kind, dict(one.values)) for one in row.evidence if one.kind.startswith("perhaps-in-")]


def name_of(clause: Clause) -> str:
    return clause.num or clause.heading


def _are_placed(row: DraftRow) -> bool:
    """Whether numbers can be spoken of: both clauses have one, or neither does."""
    return row.old is None or row.new is None or bool(row.old.num) == bool(row.new.num)


def _joined(row: DraftRow) -> Diff | None:
    """All that differs in a row, as one redline: what the sentence about it counts."""
    if row.old is None or row.new is None:
        return None
    changes: list[Change] = []
    for one in row.printed:
        if one.text is not None:
            changes += one.changes
        elif one.standing:
            continue  # not reported is neither put in nor taken out
        elif one.old is None and one.new is not None and one.new.text:
            changes.append(Change("insert", one.new.text))
        elif one.new is None and one.old is not None and one.old.text:
            changes.append(Change("delete", one.old.text))
    if row.is_told:  # of a paraphrase what both quote
        changes = [change for change in changes if change.op not in ONLY]
        if all(change.op == "equal" for change in changes):
            return None
    coarse = any(one.text.coarse for one in row.printed if one.text)
    # A row is replaced where all of it is: an article with one new paragraph keeps its other words.
    compared = [one.text for one in row.printed if one.text is not None]
    replaced = bool(compared) and all(text.replaced for text in compared)
    return Diff(tuple(changes), coarse, replaced, row.size)
