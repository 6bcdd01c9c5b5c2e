"""A stored comparison as it is read: rows in order, unchanged runs folded, the strip map over all of it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from django.conf import settings

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


@dataclass
class Row:
    """A row of the page: a pair of articles with what stands inside them, or a heading above rows."""

    pair: ClausePair
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
        return str(PairKind(self.pair.kind).label)

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
    """A run of rows that did not change, shown as one line that opens."""

    rows: list[Row]

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
    page: int
    height: int

    @property
    def mark(self) -> str:
        return MARKS[self.pair.kind]

    @property
    def kind_label(self) -> str:
        return str(PairKind(self.pair.kind).label)


@dataclass(frozen=True)
class Switches:
    """What the reader chose: each a word in the address."""

    is_inline: bool
    only_changes: bool
    hides_noise: bool

    def address(self, **other: bool) -> str:
        """The query string of these switches with some turned."""
        now = {"is_inline": self.is_inline, "only_changes": self.only_changes, "hides_noise": self.hides_noise} | other
        words = {
            "view": "inline" if now["is_inline"] else "",
            "show": "" if now["only_changes"] else "all",
            "noise": "hide" if now["hides_noise"] else "",
        }
        chosen = [f"{name}={word}" for name, word in words.items() if word]
        return "?" + "&".join(chosen)


def is_shown(pair: ClausePair, switches: Switches) -> bool:
    """Whether a row is printed whole; one that is not is folded or hidden."""
    if pair.kind == PairKind.UNCHANGED:
        return not switches.only_changes
    return not (switches.hides_noise and pair.is_noise)


def strip(comparison: Comparison, switches: Switches) -> tuple[list[Cell], int]:
    """The cells of the strip map, and the number of pages. One query, which reads no text."""
    tops = comparison.pairs.filter(level=Level.UNIT).select_related("old", "new")
    light = tops.only(
        "position", "level", "kind", "size", "is_noise", "group", "old__num", "old__eid", "old__heading", "new__num",
        "new__eid", "new__heading",
    )  # fmt: skip
    cells, page, on_page = [], 1, 0
    for pair in light.order_by("position"):
        shown = is_shown(pair, switches)
        if shown and on_page == settings.ROWS_PER_PAGE:
            page, on_page = page + 1, 0
        on_page += shown
        height = 1 if pair.kind == PairKind.UNCHANGED else max(2, round(pair.size * 10))
        cells.append(Cell(pair, page, height))
    return cells, page


def page_of_rows(comparison: Comparison, cells: Sequence[Cell], page: int) -> list[Row]:
    """The rows of one page with their clauses and parts. One query."""
    on_page = [cell.pair.position for cell in cells if cell.page == page]
    if not on_page:
        return []
    later = [cell.pair.position for cell in cells if cell.page == page + 1][:1]
    pairs = comparison.pairs.filter(position__gte=_start(cells, page)).select_related("old", "new").order_by("position")
    if later:
        pairs = pairs.filter(position__lt=_start(cells, page + 1))
    rows: list[Row] = []
    for pair in pairs:
        if pair.level == Level.PART:
            rows[-1].parts.append(pair)
        else:
            rows.append(Row(pair))
    return rows


def _start(cells: Sequence[Cell], page: int) -> int:
    """The position at which a page begins; the first page takes the headings above its first row."""
    return 0 if page == 1 else next(cell.pair.position for cell in cells if cell.page == page)


def fold(rows: Iterable[Row], switches: Switches) -> list[Row | Fold]:
    """Rows with the unchanged runs folded. A heading that changed, or has rows under it, is kept."""
    folded: list[Row | Fold] = []
    for row in rows:
        if row.is_heading or is_shown(row.pair, switches):
            folded.append(row)
        elif row.pair.kind == PairKind.UNCHANGED:
            if folded and isinstance(folded[-1], Fold):
                folded[-1].rows.append(row)
            else:
                folded.append(Fold([row]))
    return folded


def count_hidden(cells: Iterable[Cell]) -> int:
    """How many rows differ in nothing but noise: what the noise switch hides."""
    return sum(cell.pair.is_noise for cell in cells if cell.pair.kind != PairKind.UNCHANGED)
