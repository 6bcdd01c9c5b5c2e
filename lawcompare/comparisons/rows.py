"""A stored comparison as it is read: rows in order, unchanged runs folded, the strip map over all of it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field, replace

from django.conf import settings
from django.utils.translation import gettext

from lawcompare.comparisons.models import ClausePair, Comparison, Level, PairKind

# A sign for each kind, so that colour is never alone.
MARKS = {
    "unchanged": "=",
    "changed": "≠",
    "renumbered": "#",
    "moved": "⇅",
    "split": "⑂",
    "merged": "⑃",
    "added": "+",
    "removed": "−",
}


# Looks of rows that say nothing of a change.
FOLDED = {"unchanged", "unknown"}

# Kinds that say something of numbers or places, which can only be said where both are known.
PAIRED_BY_NUMBER = {PairKind.RENUMBERED, PairKind.MOVED, PairKind.CHANGED, PairKind.UNCHANGED}


def label(pair: ClausePair, comparison: Comparison) -> str:
    """The kind in words. Of a text known in part it is never said that a clause was added or removed."""
    if pair.kind == PairKind.REMOVED and comparison.new.is_partial:
        return gettext("not known in the new text")
    if pair.kind == PairKind.ADDED and comparison.old.is_partial:
        return gettext("not known in the old text")
    if pair.kind in PAIRED_BY_NUMBER and not (pair.old and pair.old.num and pair.new and pair.new.num):
        return gettext("same subject, number not known")
    return str(PairKind(pair.kind).label)


def look(pair: ClausePair, comparison: Comparison) -> str:
    """The kind as a name for the style sheet: ``unknown`` where too little is known to say what happened."""
    is_removed, is_added = pair.kind == PairKind.REMOVED, pair.kind == PairKind.ADDED
    if pair.is_unseen or (is_removed and comparison.new.is_partial) or (is_added and comparison.old.is_partial):
        return "unknown"
    return pair.kind


def kinds(comparison: Comparison) -> list[tuple[str, str, int]]:
    """(look, words, number) for each kind of pair there is, the most telling first."""
    words = {kind: (str(kind), str(PairKind(kind).label)) for kind in MARKS}
    if comparison.new.is_partial:
        words["removed"] = ("unknown", gettext("not known in the new text"))
    if comparison.old.is_partial:
        words["added"] = ("unknown", gettext("not known in the old text"))
    order = ["changed", "split", "merged", "moved", "renumbered", "added", "removed", "unchanged"]
    return [(*words[kind], comparison.stats[kind]) for kind in order if comparison.stats.get(kind)]


@dataclass
class Row:
    """A row of the page: a pair of articles with what stands inside them, or a heading above rows."""

    pair: ClausePair
    comparison: Comparison
    parts: list[ClausePair] = field(default_factory=list)

    is_fold = False

    @property
    def is_heading(self) -> bool:
        return self.pair.level == Level.CONTAINER

    @property
    def mark(self) -> str:
        return MARKS[self.pair.kind]

    @property
    def kind_label(self) -> str:
        return label(self.pair, self.comparison)

    @property
    def look(self) -> str:
        return look(self.pair, self.comparison)

    @property
    def sentence(self) -> str:
        """What happened, in the reader's language."""
        return self.pair.sentence

    @property
    def all(self) -> list[ClausePair]:
        """What is printed, in order. The article's own words are the first part, which repeats its clauses."""
        return self.parts


@dataclass
class Fold:
    """A run of rows that say nothing of a change, shown as one line that opens.

    ``look`` is ``unchanged``, or ``unknown`` for clauses of which too little is known.
    """

    rows: list[Row]
    look: str = PairKind.UNCHANGED

    is_fold = True

    @property
    def first(self) -> ClausePair:
        return self.rows[0].pair

    @property
    def last(self) -> ClausePair:
        return self.rows[-1].pair


@dataclass(frozen=True)
class Cell:
    """A cell of the strip map: ``height`` 1 to 10 by the share of words that changed, and the link to its row."""

    pair: ClausePair
    comparison: Comparison
    page: int
    height: int

    @property
    def mark(self) -> str:
        return MARKS[self.pair.kind]

    @property
    def kind_label(self) -> str:
        return label(self.pair, self.comparison)

    @property
    def look(self) -> str:
        return look(self.pair, self.comparison)


@dataclass(frozen=True)
class Switches:
    """What the reader chose: each a word in the address."""

    is_inline: bool
    only_changes: bool
    hides_noise: bool
    # Two laws that are also compared by topic, read as two texts.
    by_text: bool = False

    def address(self, page: int = 1, **other: bool) -> str:
        """The query string of these switches, with some turned, on a page."""
        now = replace(self, **other)
        words = {
            "by": "text" if now.by_text else "",
            "view": "inline" if now.is_inline else "",
            "show": "" if now.only_changes else "all",
            "noise": "hide" if now.hides_noise else "",
            "page": str(page) if page > 1 else "",
        }
        chosen = [f"{name}={word}" for name, word in words.items() if word]
        return "?" + "&".join(chosen)


def is_shown(pair: ClausePair, comparison: Comparison, switches: Switches, kept: Collection[int] = ()) -> bool:
    """Whether a row is printed whole; one that is not is folded or hidden.

    ``kept``: ids of clauses whose rows are printed whichever way, such as those with annotations.
    """
    if pair.old_id in kept or pair.new_id in kept:
        return True
    if look(pair, comparison) in FOLDED:
        return not switches.only_changes
    return not (switches.hides_noise and pair.is_noise)


@dataclass(frozen=True)
class Strip:
    """The map of a whole comparison, and the ids of the clauses whose rows are never folded."""

    cells: list[Cell]
    pages: int
    kept: set[int]


def strip(comparison: Comparison, switches: Switches, noted: Sequence[tuple[int, int]] = ()) -> Strip:
    """Lay out the map and the pages. One query, which reads no text.

    ``noted``: (version, position) of each annotated clause; the rows they are in are never folded.
    """
    pairs = list(
        comparison.pairs.filter(level=Level.UNIT).select_related("old", "new").only(*LIGHT).order_by("position")
    )
    kept = _clauses_around(pairs, noted)
    cells, page, on_page = [], 1, 0
    for pair in pairs:
        shown = is_shown(pair, comparison, switches, kept)
        if shown and on_page == settings.ROWS_PER_PAGE:
            page, on_page = page + 1, 0
        on_page += shown
        height = 1 if pair.kind == PairKind.UNCHANGED else max(2, round(pair.size * 10))
        cells.append(Cell(pair, comparison, page, height))
    return Strip(cells, page, kept)


LIGHT = ["position", "level", "kind", "size", "is_noise", "is_unseen", "group"] + [
    f"{side}__{name}" for side in ("old", "new") for name in ("num", "eid", "heading", "version_id", "position", "end")
]


def _clauses_around(pairs: Iterable[ClausePair], noted: Sequence[tuple[int, int]]) -> set[int]:
    """The articles in which an annotated clause stands."""
    articles = [clause for pair in pairs for clause in (pair.old, pair.new) if clause]
    places: dict[int, list[int]] = {}
    for version, position in noted:
        places.setdefault(version, []).append(position)
    return {
        clause.pk
        for clause in articles
        if any(clause.position <= at < clause.end for at in places.get(clause.version_id, ()))
    }


def page_of_rows(comparison: Comparison, cells: Sequence[Cell], page: int) -> list[Row]:
    """The rows of one page with their clauses and parts. One query."""
    on_page = [cell.pair.position for cell in cells if cell.page == page]
    if not on_page:
        return []
    later = [cell.pair.position for cell in cells if cell.page == page + 1][:1]
    pairs = (
        comparison.pairs.filter(position__gte=_start(cells, page))
        .select_related("old", "new", "decision")
        .order_by("position")
    )
    if later:
        pairs = pairs.filter(position__lt=_start(cells, page + 1))
    rows: list[Row] = []
    for pair in pairs:
        if pair.level == Level.PART:
            rows[-1].parts.append(pair)
        else:
            rows.append(Row(pair, comparison))
    return rows


def _start(cells: Sequence[Cell], page: int) -> int:
    """The position at which a page begins; the first page takes the headings above its first row."""
    return 0 if page == 1 else next(cell.pair.position for cell in cells if cell.page == page)


def fold(rows: Iterable[Row], switches: Switches, kept: Collection[int] = ()) -> list[Row | Fold]:
    """Rows with those folded that say nothing of a change, runs of one look together; headings stay."""
    folded: list[Row | Fold] = []
    for row in rows:
        if row.is_heading or is_shown(row.pair, row.comparison, switches, kept):
            folded.append(row)
        elif row.look in FOLDED:
            last = folded[-1] if folded else None
            if isinstance(last, Fold) and last.look == row.look:
                last.rows.append(row)
            else:
                folded.append(Fold([row], row.look))
    return _without_empty_headings(folded)


def _without_empty_headings(folded: list[Row | Fold]) -> list[Row | Fold]:
    """Leave out a heading that nothing follows but the next one, unless it changed itself."""
    kept = []
    for row, following in zip(folded, [*folded[1:], None], strict=True):
        is_heading = isinstance(row, Row) and row.is_heading
        is_empty = following is None or (isinstance(following, Row) and following.is_heading)
        if not (is_heading and is_empty and isinstance(row, Row) and row.look in FOLDED):
            kept.append(row)
    return kept


def count_hidden(cells: Iterable[Cell]) -> int:
    """How many rows differ in nothing but noise: what the noise switch hides."""
    return sum(cell.pair.is_noise for cell in cells if cell.pair.kind != PairKind.UNCHANGED)
