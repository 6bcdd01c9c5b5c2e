"""A stored comparison as it is read: rows in order, unchanged runs folded, the strip map over all of it.

A row of which nobody wrote or decided anything is read as a few columns, its words as the HTML that is stored; others,
and all where the words themselves are asked for, are loaded whole.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from itertools import zip_longest
from typing import Any, NamedTuple
from urllib.parse import parse_qsl

from django.conf import settings
from django.db.models import Q
from django.utils.translation import gettext as _

from lawcompare.comparisons.models import ClausePair, Comparison, Level, PairKind, Standing, anchor_of
from lawcompare.comparisons.reading.row_filter import Reader, RowFilter, find_rows
from lawcompare.comparisons.row_html import is_unknown
from lawcompare.comparisons.sentences import row_sentences
from lawcompare.languages import digits, reader_language
from lawcompare.laws.citing.numbers import name_in_reader_language, number_in_reader_language, place_in_words
from lawcompare.laws.models import Obtained
from lawcompare.localisation.texts import localised

# What tells who set two clauses together.
DECISION = ["decision__decision__organisation", "decision__decision__by"]

# Looks of rows that say nothing of a change.
QUIET = {"unchanged", "unknown"}

# The most telling first.
ORDER = [
    "changed", "split", "merged", "moved", "renumbered", "added", "removed", "unchanged", "same-subject", "not-in-old",
    "not-in-new",
]  # fmt: skip


class ClauseHead(NamedTuple):
    """What a row needs of a clause where its words are not read."""

    pk: int
    position: int
    end: int
    eid: str
    num: str
    heading: str

    def __str__(self) -> str:
        return name_in_reader_language(self.num, self.heading) or place_in_words(self.eid)


@dataclass(slots=True)
class PairHead:
    """What the map and the pages need of a stored pair where its words are not read."""

    pk: int
    position: int
    level: str
    kind: str
    standing: str
    size: float
    is_noise: bool
    is_unseen: bool
    weight: int
    decision_id: int | None
    old: ClauseHead | None
    new: ClauseHead | None
    # Whether an earlier row stands for the same new clause, as in a merge.
    repeats_new: bool = False
    # Of a row that is printed: what is stored of its words and of what happened.
    html: str = ""
    sentences: list[Any] = field(default_factory=list)
    is_coarse: bool = False
    is_replaced: bool = False

    @property
    def old_id(self) -> int | None:
        return self.old.pk if self.old else None

    @property
    def new_id(self) -> int | None:
        return self.new.pk if self.new else None

    @property
    def sentence(self) -> str:
        return row_sentences(self.sentences)

    @property
    def anchor(self) -> str:
        return anchor_of(self)


class PartHead(NamedTuple):
    """A part of a row as it is printed: its stored HTML."""

    row_id: int | None
    position: int
    html: str
    old_id: int | None
    new_id: int | None
    decision_id: int | None

    @property
    def is_gap(self) -> bool:
        return False


class FoldedPart(NamedTuple):
    """A part of a folded row: the new clause's number, heading and text as HTML."""

    row_id: int
    position: int
    new_id: int
    num: str
    heading: str
    depth: int
    html: str


# A row of which everything is loaded, or what is enough to print one that nobody wrote or decided anything of.
Pair = ClausePair | PairHead


def look(pair: Any) -> str:
    """The standing as a name for the style sheet: ``unknown`` where too little is known to say what happened."""
    if is_unknown(pair):
        return "unknown"
    return "changed" if pair.standing == Standing.SAME_SUBJECT else pair.standing


def is_folded(pair: Any) -> bool:
    """Whether a row tells no news: both sides say the same, or the reports on the new text leave out a mere heading."""
    is_heading_left_out = pair.is_unseen and pair.standing == Standing.NOT_IN_NEW
    return pair.kind == PairKind.UNCHANGED or bool(is_heading_left_out)


def kinds(comparison: Comparison) -> list[tuple[str, str, int]]:
    """(look, words, number) for each standing there is."""
    looks = {Standing.SAME_SUBJECT: "changed", Standing.NOT_IN_OLD: "unknown", Standing.NOT_IN_NEW: "unknown"}
    return [
        (looks.get(standing, standing), str(Standing(standing).label), comparison.tally[standing])  # type: ignore[call-overload]
        for standing in ORDER
        if comparison.tally.get(standing)
    ]


def title(pair: Pair) -> str:
    """The row's name: its number, or both where they differ, or its heading where it has no number."""
    names = [
        number_in_reader_language(clause.num) or localised(clause.heading) or place_in_words(clause.eid)
        for clause in (pair.old, pair.new)
        if clause
    ]
    if len(names) == 2 and names[0] != names[1]:
        return f"{names[0]} → {names[1]}"
    return names[-1] if names else ""


@dataclass(frozen=True)
class PartsGap:
    """So many unchanged parts left out."""

    count: int

    is_gap = True


@dataclass
class PrintedRow:
    """A row of the page: a pair of articles with what stands inside them, or a heading above rows."""

    pair: Any
    parts: list[Any] = field(default_factory=list)

    is_fold = False

    @property
    def is_heading(self) -> bool:
        return self.pair.level == Level.CONTAINER

    @property
    def kind_label(self) -> str:
        return standing_label(self.pair.standing, reader_language().code)

    @property
    def look(self) -> str:
        return look(self.pair)

    @property
    def sentence(self) -> str:
        """What happened, in the reader's language."""
        return self.pair.sentence

    @property
    def all(self) -> list[Any]:
        """What is printed, in order. The article's own words are the first part, which repeats its clauses.

        Between parts that are not neighbours stands a gap: so many unchanged parts are left out there.
        """
        printed: list[Any] = []
        at = self.pair.position + 1
        for part in self.parts:
            if part.position > at:
                printed.append(PartsGap(part.position - at))
            printed.append(part)
            at = part.position + 1
        return printed

    @property
    def has_sources(self) -> bool:
        """Whether there is something to say of where the words of its clauses come from, or that they are not known."""
        clauses = (clause for clause in (self.pair.old, self.pair.new) if clause)
        return (
            self.pair.is_unseen
            or any(one.text_status or one.source_url or one.note or one.may_hold_slips for one in clauses)
            or self.may_differ_by_slips
        )

    @property
    def may_differ_by_slips(self) -> bool:
        """Whether a difference may be a slip of recognition: the words of one side come from a picture, unchecked."""
        if self.look == "unchanged":
            return False
        pairs = ((self.pair.old, self.pair.new), *((part.old, part.new) for part in self.parts if hasattr(part, "old")))
        return any(old and new and (old.may_hold_slips or new.may_hold_slips) for old, new in pairs)

    @property
    def old_is_silent(self) -> bool:
        """Whether nothing is known of the old clause's words."""
        return not any(part.old and part.old.text for part in self.parts)

    @property
    def new_is_silent(self) -> bool:
        return not any(part.new and part.new.text for part in self.parts)


@dataclass
class RowFold:
    """A run of rows of one standing that tell no news, shown as one line that opens."""

    rows: list[PrintedRow]

    is_fold = True

    @property
    def first(self) -> Pair:
        return self.rows[0].pair

    @property
    def last(self) -> Pair:
        return self.rows[-1].pair


@dataclass(slots=True)
class StripCell:
    """A cell of the strip map: ``height`` 1 to 10 by the share of words that changed, and the link to its row."""

    pair: Pair
    page: int
    height: int
    look: str = ""
    # The cell in the reader's words.
    words: str = ""
    # Whether the reader's filter leaves its row out.
    is_left_out: bool = False

    def __post_init__(self) -> None:
        self.look = look(self.pair)
        self.words = self._in_words()

    def _in_words(self) -> str:
        pair, name = self.pair, title(self.pair)
        kind = standing_label(pair.standing, reader_language().code)
        is_whole = pair.kind == PairKind.UNCHANGED or self.look == "unknown" or not (pair.old and pair.new)
        if is_whole or (pair.kind in {PairKind.SPLIT, PairKind.MERGED} and not pair.size):
            return f"{name}: {kind}"  # of a split or a merge whose parts were set beside nothing no share is known
        values = {"clause": name, "kind": kind, "size": digits(round(pair.size * 100))}
        return _("%(clause)s: %(kind)s, %(size)s %% of the words") % values


@cache
def standing_label(standing: str, language: str) -> str:
    """The words for a standing in a language, which is the reader's; looked up once, for a page has hundreds."""
    return str(Standing(standing).label)


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
    # Which rows are asked for.
    filter: RowFilter = field(default_factory=RowFilter)

    def address(self, page: int = 1, **other: Any) -> str:
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
        return "?" + ("&".join(chosen) + now.filter.query).lstrip("&")

    @property
    def kept(self) -> list[tuple[str, str]]:
        """What a form of the page sends along, so that the address goes on saying it."""
        return parse_qsl(replace(self, filter=RowFilter()).address()[1:])


def is_shown(pair: Pair, switches: Switches, noted: Collection[int] = ()) -> bool:
    """Whether a row is printed whole; one that is not is folded or hidden.

    ``noted``: ids of clauses whose rows are printed whichever way, such as those with annotations.
    """
    if pair.old_id in noted or pair.new_id in noted or pair.decision_id:
        return True  # the notes on it, or who set it together, are to be read
    if is_folded(pair):
        return not switches.only_changes
    return not (switches.hides_noise and pair.is_noise)


@dataclass(frozen=True)
class Strip:
    """The map of a whole comparison, its headings, and the ids of the clauses whose rows are never folded."""

    cells: list[StripCell]
    headings: list[PairHead]
    pages: int
    noted: set[int]


_CLAUSE = ("pk", "position", "end", "eid", "num", "heading")
_PAIR = ("pk", "position", "level", "kind", "standing", "size", "is_noise", "is_unseen", "weight", "decision_id")
_HEADS = (*_PAIR, *(f"{side}__{name}" for side in ("old", "new") for name in _CLAUSE))


def strip(comparison: Comparison, switches: Switches, notes: Sequence[tuple[int, int]] = (), user: Any = None) -> Strip:
    """Lay out the map and the pages. One query, which reads no text, and one for a filter.

    ``notes``: (version, position) of each annotated clause; the rows they are in are never folded. ``user`` is whose
    findings are meant where the filter asks for rows with findings.
    """
    pairs = _heads(comparison)
    noted = _articles_with(notes, comparison, pairs)
    asked_for = find_rows(comparison, pairs, switches.filter, Reader(user, noted))
    cells, headings = [], []
    page, rows_on_page, parts_on_page = 1, 0, 0
    for pair in pairs:
        if pair.level == Level.CONTAINER:
            headings.append(pair)
            continue
        is_left_out = pair not in asked_for
        if not is_left_out and is_shown(pair, switches, noted):
            is_full = rows_on_page >= settings.ROWS_PER_PAGE or parts_on_page + pair.weight > settings.PARTS_PER_PAGE
            if is_full and rows_on_page:
                page, rows_on_page, parts_on_page = page + 1, 0, 0
            rows_on_page, parts_on_page = rows_on_page + 1, parts_on_page + pair.weight
        height = 1 if pair.kind == PairKind.UNCHANGED else max(2, round(pair.size * 10))
        cells.append(StripCell(pair, page, height, is_left_out=is_left_out))
    return Strip(cells, headings, page, noted)


def _heads(comparison: Comparison) -> list[PairHead]:
    """All rows and headings in reading order. Only the first row of a merge bears the new clause's name."""
    old, new = len(_PAIR), len(_PAIR) + len(_CLAUSE)
    rows: Any = comparison.pairs.exclude(level=Level.PART).order_by("position").values_list(*_HEADS)
    heads = []
    named: set[int] = set()
    for row in rows:
        clauses = [None if side[0] is None else ClauseHead(*side) for side in (row[old:new], row[new:])]
        pair = PairHead(*row[:old], *clauses)
        if pair.new:
            pair.repeats_new = pair.new.pk in named
            named.add(pair.new.pk)
        heads.append(pair)
    return heads


def is_passed_over(cell: StripCell, switches: Switches) -> bool:
    """Whether going from change to change leaves the row out."""
    return cell.is_left_out or cell.look in QUIET or (switches.hides_noise and cell.pair.is_noise)


def _articles_with(notes: Iterable[tuple[int, int]], comparison: Comparison, pairs: Iterable[PairHead]) -> set[int]:
    """Ids of the articles in which an annotated clause stands."""
    places: dict[int, list[int]] = defaultdict(list)
    for version, position in notes:
        places[version].append(position)
    if not places:
        return set()
    sides = places[comparison.old_id], places[comparison.new_id]
    return {
        clause.pk
        for pair in pairs
        for clause, side in zip((pair.old, pair.new), sides, strict=True)
        if clause and any(clause.position <= at < clause.end for at in side)
    }


def page_of_rows(
    comparison: Comparison, strip: Strip, page: int, switches: Switches, notes: Collection[int] = ()
) -> list[PrintedRow]:
    """The rows of one page, with headings, and with the parts of those that are printed whole.

    Two queries, and two for all rows that are loaded whole. ``notes``: ids of the clauses on which notes are shown.
    """
    cells = [cell for cell in strip.cells if cell.page == page and not cell.is_left_out]
    if not cells:
        return []
    start = 0 if page == 1 else cells[0].pair.position
    later = (cell.pair.position for cell in strip.cells if cell.page == page + 1 and not cell.is_left_out)
    end = next(later, None)
    tops: list[Any] = [cell.pair for cell in cells]
    tops += [pair for pair in strip.headings if start <= pair.position and (end is None or pair.position < end)]
    tops.sort(key=lambda pair: pair.position)
    printed = {cell.pair.pk for cell in _printed(cells, switches, strip.noted)}
    rest = {} if switches.is_list else _rest_of_rows(comparison, {pair.pk: pair for pair in tops}, printed, switches)
    noted = strip.noted | set(notes)
    whole = {pair.pk: pair.repeats_new for pair in tops if _is_loaded_whole(pair, rest.get(pair.pk), noted)}
    loaded = some_rows(comparison, whole, printed, switches)
    rows = [loaded.get(pair.pk) or PrintedRow(pair, rest[pair.pk].parts) for pair in tops]
    folded = {
        row.pair.pk: row
        for row in rows
        if row.look == PairKind.UNCHANGED
        and row.pair.pk in printed
        and row.pair.pk not in whole
        and not is_shown(row.pair, switches)
    }
    for pk, inside in _folded_parts(comparison, folded).items():
        folded[pk].parts = inside
    return rows


@dataclass
class _RestOfRow:
    """What is read of a printed row beside its head: its parts, and whether its clauses name sources of their own."""

    parts: list[PartHead] = field(default_factory=list)
    has_sources: bool = False


_PRINTED = ("row_id", "position", "html", "old_id", "new_id", "decision_id")
_DETAILS = ("sentences", "is_coarse", "is_replaced")
_SOURCES = tuple(
    f"{side}__{name}" for side in ("old", "new") for name in ("text_status", "source_url", "note", "obtained")
)


def _rest_of_rows(
    comparison: Comparison, tops: Mapping[int, PairHead], printed: Collection[int], switches: Switches
) -> dict[int, _RestOfRow]:
    """By row what is printed of it; the heads get what is stored of the rows themselves. One query."""
    rest = {pk: _RestOfRow() for pk in tops}
    near = {"is_near": True} if switches.only_changes else {}
    wanted: Any = comparison.pairs.filter(Q(pk__in=tops) | Q(row__in=printed, **near)).order_by("position")
    details, sources = len(_PRINTED) + 1, len(_PRINTED) + 1 + len(_DETAILS)
    for row in wanted.values_list("pk", *_PRINTED, *_DETAILS, *_SOURCES):
        part = PartHead(*row[1:details])
        if part.row_id is not None:
            rest[part.row_id].parts.append(part)
            if Obtained.RECOGNISED in row[sources:]:  # an article may begin on one page and end on a scanned one
                rest[part.row_id].has_sources = True
            continue
        pair = tops[row[0]]
        pair.html = part.html
        pair.sentences, pair.is_coarse, pair.is_replaced = row[details:sources]
        rest[pair.pk].has_sources = any(row[sources:])
    return rest


def _is_loaded_whole(pair: PairHead, rest: _RestOfRow | None, noted: Collection[int]) -> bool:
    """Whether more is to be printed of a row than what is stored as HTML; where ``rest`` is not read, its words are."""
    if rest is None or pair.is_unseen or rest.has_sources:
        return True
    printed: list[Any] = [pair, *rest.parts]
    return any(one.decision_id or one.old_id in noted or one.new_id in noted for one in printed)


def some_rows(
    comparison: Comparison, wanted: Mapping[int, bool], printed: Collection[int], switches: Switches
) -> dict[int, PrintedRow]:
    """Rows by the id of their pair, loaded whole, those ``printed`` with their parts. Two queries, or none.

    ``wanted``: ids, and whether ``repeats_new``.
    """
    if not wanted:
        return {}
    related = ["old", "new", *DECISION]
    rows = {pair.pk: PrintedRow(pair) for pair in comparison.pairs.filter(pk__in=wanted).select_related(*related)}
    for pk, row in rows.items():
        row.pair.repeats_new = wanted[pk]
    parts = comparison.pairs.filter(row__in=[pk for pk in wanted if pk in printed])
    if switches.only_changes:
        parts = parts.filter(is_near=True)
    for part in parts.select_related(*related).order_by("position"):
        rows[part.row_id].parts.append(part)  # type: ignore[index]
    return rows


def _folded_parts(comparison: Comparison, rows: Collection[int]) -> dict[int, list[FoldedPart]]:
    """By folded row its parts, as the new text has them."""
    by_row: dict[int, list[FoldedPart]] = defaultdict(list)
    if rows:
        names = ("row_id", "position", "new_id", "new__num", "new__heading", "new__depth", "new__html")
        parts = comparison.pairs.filter(row__in=rows, is_near=True, new__isnull=False).order_by("position")
        for part in parts.values_list(*names):
            by_row[part[0]].append(FoldedPart(*part))
    return by_row


def _printed(cells: Sequence[StripCell], switches: Switches, noted: Collection[int]) -> list[StripCell]:
    """The rows whose words are loaded: those printed whole, and folded ones as long as the page stays light."""
    shown = [cell for cell in cells if is_shown(cell.pair, switches, noted)]
    left = settings.PARTS_PER_PAGE - sum(cell.pair.weight for cell in shown)
    printed = {cell.pair.pk for cell in shown}
    folded = [cell for cell in cells if cell.pair.pk not in printed]
    return shown + (folded if sum(cell.pair.weight for cell in folded) <= left else [])


def fold(rows: Iterable[PrintedRow], switches: Switches, noted: Collection[int] = ()) -> list[PrintedRow | RowFold]:
    """Rows with those folded that tell no news, runs of one standing together; headings stay."""
    folded: list[PrintedRow | RowFold] = []
    for row in rows:
        if row.is_heading or is_shown(row.pair, switches, noted):
            folded.append(row)
        elif is_folded(row.pair):
            last = folded[-1] if folded else None
            if isinstance(last, RowFold) and last.first.standing == row.pair.standing:
                last.rows.append(row)
            else:
                folded.append(RowFold([row]))
    return _without_empty_headings(folded, keeps_changed=not switches.filter)


def _without_empty_headings(folded: list[PrintedRow | RowFold], keeps_changed: bool) -> list[PrintedRow | RowFold]:
    """Leave out a heading that nothing follows but the next one; where ``keeps_changed``, not one that changed."""
    kept = []
    for row, following in zip_longest(folded, folded[1:]):
        is_heading = isinstance(row, PrintedRow) and row.is_heading
        is_empty = following is None or (isinstance(following, PrintedRow) and following.is_heading)
        has_change = keeps_changed and isinstance(row, PrintedRow) and row.look not in QUIET
        if not (is_heading and is_empty) or has_change:
            kept.append(row)
    return kept


def count_left_out(cells: Iterable[StripCell]) -> int:
    """How many rows with a change the reader's filter leaves out."""
    return sum(cell.is_left_out and cell.look not in QUIET for cell in cells)


def count_hidden(cells: Iterable[StripCell]) -> int:
    """How many rows differ in nothing but noise: what the noise switch hides."""
    shown = (cell for cell in cells if not cell.is_left_out)
    return sum(cell.pair.is_noise for cell in shown if cell.pair.kind != PairKind.UNCHANGED)


def clauses_of(rows: Iterable[PrintedRow]) -> set[int]:
    """Ids of the clauses that rows print."""
    pairs = (pair for row in rows for pair in (row.pair, *row.parts) if not isinstance(pair, FoldedPart))
    return {pk for pair in pairs for pk in (pair.old_id, pair.new_id) if pk}
