"""A stored comparison as it is read: rows in order, unchanged runs folded, the strip map over all of it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from django.conf import settings

from lawcompare.comparisons.models import ClausePair, Comparison, Level, PairKind, Standing

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


# What tells who set two clauses together.
DECISION = ["decision__decision__organisation", "decision__decision__by"]

# Looks of rows that say nothing of a change.
FOLDED = {"unchanged", "unknown"}

# The most telling first.
ORDER = [
    "changed", "split", "merged", "moved", "renumbered", "added", "removed", "unchanged", "same-subject", "not-in-old",
    "not-in-new",
]  # fmt: skip


def look(pair: ClausePair) -> str:
    """The standing as a name for the style sheet: ``unknown`` where too little is known to say what happened."""
    if pair.is_unseen or pair.standing in {Standing.NOT_IN_OLD, Standing.NOT_IN_NEW}:
        return "unknown"
    return "changed" if pair.standing == Standing.SAME_SUBJECT else pair.standing


def kinds(comparison: Comparison) -> list[tuple[str, str, int]]:
    """(look, words, number) for each standing there is."""
    looks = {Standing.SAME_SUBJECT: "changed", Standing.NOT_IN_OLD: "unknown", Standing.NOT_IN_NEW: "unknown"}
    return [
        (looks.get(standing, standing), str(Standing(standing).label), comparison.tally[standing])  # type: ignore[call-overload]
        for standing in ORDER
        if comparison.tally.get(standing)
    ]


@dataclass(frozen=True)
class Gap:
    """So many unchanged parts left out."""

    count: int

    is_gap = True


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
        return str(Standing(self.pair.standing).label)

    @property
    def look(self) -> str:
        return look(self.pair)

    @property
    def sentence(self) -> str:
        """What happened, in the reader's language."""
        return self.pair.sentence

    @property
    def all(self) -> list[ClausePair | Gap]:
        """What is printed, in order. The article's own words are the first part, which repeats its clauses.

        Between parts that are not neighbours stands a gap: so many unchanged parts are left out there.
        """
        found: list[ClausePair | Gap] = []
        at = self.pair.position + 1
        for part in self.parts:
            if part.position > at:
                found.append(Gap(part.position - at))
            found.append(part)
            at = part.position + 1
        return found

    @property
    def says(self) -> bool:
        """Whether there is something to say of where the words of its clauses come from, or that they are not known."""
        clauses = (clause for clause in (self.pair.old, self.pair.new) if clause)
        return self.pair.is_unseen or any(one.text_status or one.source_url or one.note for one in clauses)

    @property
    def old_is_silent(self) -> bool:
        """Whether nothing is known of the old clause's words."""
        return not any(part.old and part.old.text for part in self.parts)

    @property
    def new_is_silent(self) -> bool:
        return not any(part.new and part.new.text for part in self.parts)


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
    page: int
    height: int

    @property
    def mark(self) -> str:
        return MARKS[self.pair.kind]

    @property
    def kind_label(self) -> str:
        return str(Standing(self.pair.standing).label)

    @property
    def look(self) -> str:
        return look(self.pair)


@dataclass(frozen=True)
class Switches:
    """What the reader chose: each a word in the address."""

    is_inline: bool
    only_changes: bool
    hides_noise: bool
    # Two laws that are also compared by topic, read as two texts.
    by_text: bool = False
    # The edition that the address names; 0: the comparison as it stands.
    edition: int = 0
    # Said in words, one change after the other.
    is_list: bool = False

    def address(self, page: int = 1, **other: bool) -> str:
        """The query string of these switches, with some turned, on a page."""
        now = replace(self, **other)
        words = {
            "by": "text" if now.by_text else "",
            "view": "list" if now.is_list else "inline" if now.is_inline else "",
            "show": "" if now.only_changes else "all",
            "noise": "hide" if now.hides_noise else "",
            "edition": str(now.edition or ""),
            "page": str(page) if page > 1 else "",
        }
        chosen = [f"{name}={word}" for name, word in words.items() if word]
        return "?" + "&".join(chosen)


def is_shown(pair: ClausePair, switches: Switches, kept: Collection[int] = ()) -> bool:
    """Whether a row is printed whole; one that is not is folded or hidden.

    ``kept``: ids of clauses whose rows are printed whichever way, such as those with annotations.
    """
    if pair.old_id in kept or pair.new_id in kept or pair.decision_id:
        return True  # what was said of it, or who set it together, is to be read
    if look(pair) in FOLDED:
        return not switches.only_changes
    return not (switches.hides_noise and pair.is_noise)


@dataclass(frozen=True)
class Strip:
    """The map of a whole comparison, its headings, and the ids of the clauses whose rows are never folded."""

    cells: list[Cell]
    headings: list[ClausePair]
    pages: int
    kept: set[int]


def strip(comparison: Comparison, switches: Switches, noted: Sequence[tuple[int, int]] = ()) -> Strip:
    """Lay out the map and the pages. One query, which reads no text.

    ``noted``: (version, position) of each annotated clause; the rows they are in are never folded.
    """
    tops = comparison.pairs.exclude(level=Level.PART).select_related("old", "new", *DECISION)
    pairs = list(tops.defer("old__text", "new__text").order_by("position"))
    _tell_repeated(pairs)
    kept = _clauses_around(pairs, noted)
    cells, headings = [], []
    page, rows_on_page, parts_on_page = 1, 0, 0
    for pair in pairs:
        if pair.level == Level.CONTAINER:
            headings.append(pair)
            continue
        if is_shown(pair, switches, kept):
            is_full = rows_on_page >= settings.ROWS_PER_PAGE or parts_on_page + pair.weight > settings.PARTS_PER_PAGE
            if is_full and rows_on_page:
                page, rows_on_page, parts_on_page = page + 1, 0, 0
            rows_on_page, parts_on_page = rows_on_page + 1, parts_on_page + pair.weight
        height = 1 if pair.kind == PairKind.UNCHANGED else max(2, round(pair.size * 10))
        cells.append(Cell(pair, page, height))
    return Strip(cells, headings, page, kept)


def is_passed_over(cell: Cell, switches: Switches) -> bool:
    """Whether going from change to change leaves the row out."""
    return cell.look in FOLDED or (switches.hides_noise and cell.pair.is_noise)


def _tell_repeated(pairs: Iterable[ClausePair]) -> None:
    """Only the first row of a merge bears the new clause's name: a name leads to one place of a page."""
    named: set[int] = set()
    for pair in pairs:
        if pair.new_id is not None:
            pair.repeats_new = pair.new_id in named
            named.add(pair.new_id)


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


def page_of_rows(comparison: Comparison, strip: Strip, page: int, switches: Switches) -> list[Row]:
    """The rows of one page, with headings, and with the parts of those that are printed whole. One query."""
    cells = [cell for cell in strip.cells if cell.page == page]
    if not cells:
        return []
    start = 0 if page == 1 else cells[0].pair.position
    end = next((cell.pair.position for cell in strip.cells if cell.page == page + 1), None)
    tops = [cell.pair for cell in cells]
    tops += [pair for pair in strip.headings if start <= pair.position and (end is None or pair.position < end)]
    rows = {pair.pk: Row(pair) for pair in sorted(tops, key=lambda pair: pair.position)}
    wanted = [cell.pair.pk for cell in _printed(cells, switches, strip.kept)]
    _take_parts(comparison, rows, wanted, switches)
    return list(rows.values())


def some_rows(comparison: Comparison, wanted: Mapping[int, bool], switches: Switches) -> dict[int, Row]:
    """Rows by the id of their pair, with what is printed of them; ``wanted``: ids, and whether ``repeats_new``."""
    pairs = comparison.pairs.filter(pk__in=wanted).select_related("old", "new", *DECISION)
    rows = {pair.pk: Row(pair) for pair in pairs.defer("old__text", "new__text")}
    for pk, row in rows.items():
        row.pair.repeats_new = wanted[pk]
    _take_parts(comparison, rows, wanted, switches)
    return rows


def _take_parts(comparison: Comparison, rows: Mapping[int, Row], wanted: Collection[int], switches: Switches) -> None:
    """Load into rows the parts that are printed of those ``wanted``."""
    parts = comparison.pairs.filter(row__in=wanted).select_related("old", "new", *DECISION).order_by("position")
    if switches.only_changes:
        parts = parts.filter(is_near=True)
    for part in parts:
        rows[part.row_id].parts.append(part)  # type: ignore[index]


def _printed(cells: Sequence[Cell], switches: Switches, kept: Collection[int]) -> list[Cell]:
    """The rows whose words are loaded: those printed whole, and folded ones as long as the page stays light."""
    shown = [cell for cell in cells if is_shown(cell.pair, switches, kept)]
    left = settings.PARTS_PER_PAGE - sum(cell.pair.weight for cell in shown)
    printed = {cell.pair.pk for cell in shown}
    folded = [cell for cell in cells if cell.pair.pk not in printed]
    return shown + (folded if sum(cell.pair.weight for cell in folded) <= left else [])


def fold(rows: Iterable[Row], switches: Switches, kept: Collection[int] = ()) -> list[Row | Fold]:
    """Rows with those folded that say nothing of a change, runs of one look together; headings stay."""
    folded: list[Row | Fold] = []
    for row in rows:
        if row.is_heading or is_shown(row.pair, switches, kept):
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
