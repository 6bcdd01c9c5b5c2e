"""A stored comparison as it is read: rows in order, unchanged runs folded, the strip map over all of it.

Rows are read as columns and not as model objects, which would take four times as long: a page has hundreds.
"""

import json
from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import cache, cached_property
from itertools import chain, groupby, zip_longest
from operator import attrgetter
from typing import Any, ClassVar
from urllib.parse import parse_qsl

from django.conf import settings
from django.db.models import Case, F, Q, TextField, When, Window
from django.db.models.functions import Cast, RowNumber
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from lawcompare.accounts.models import VISITOR, Person
from lawcompare.comparisons.elements import ElementChange, element_changes, outcomes_in_words
from lawcompare.comparisons.models import (
    ClausePair,
    Comparison,
    Concordance,
    Level,
    PairKind,
    Standing,
    is_unknown,
)
from lawcompare.comparisons.row_filter import RowFilter, find_rows
from lawcompare.core.translations.texts import localised
from lawcompare.languages import digits, reader_language
from lawcompare.laws.access import private_until
from lawcompare.laws.formatting import name_in_reader_language, number_in_reader_language, place_in_words
from lawcompare.laws.models import Clause

# The words of a paraphrase in a redline.
ONLY = {"only-old", "only-new"}
# Lines of what an organisation proposes that stand beside a row.
PROPOSED_SHOWN = 8
# And of all that it proposes on two texts so many are looked at for a page.
PROPOSED_READ = 1_000
# So much is printed of the longest texts: cells of the map and rows that are folded, parts of a row, changes in a list,
# letters of rows with their changes as they are stored. The largest law here has 958 rows, 484 parts, 465,000 letters.
CELLS_MAX, PARTS_MAX, LISTED_MAX, LETTERS_MAX = 2_000, 2_000, 2_000, 1_500_000
# Looks of rows that say nothing of a change.
QUIET = {"unchanged", "unknown"}

# The most telling first.
ORDER = [
    "doubtful", "changed", "split", "merged", "moved", "renumbered", "added", "removed", "slips", "unchanged",
    "same-subject", "not-in-old", "not-in-new",
]  # fmt: skip


@dataclass(slots=True)
class RowClause:
    """What a row needs of a clause. Its place is read for the map, ``depth`` and ``text`` of rows that are printed."""

    pk: int
    eid: str
    num: str
    heading: str
    depth: int = 0
    text: str = ""
    position: int = 0
    end: int = 0

    # One whose words come from elsewhere than its text's, or from a picture, is loaded as a ``Clause``.
    text_status: ClassVar[str] = ""
    source_url: ClassVar[str] = ""
    note: ClassVar[str] = ""
    obtained: ClassVar[str | None] = None
    may_hold_slips: ClassVar[bool] = False

    def __str__(self) -> str:
        return name_in_reader_language(self.num, self.heading) or place_in_words(self.eid)


@dataclass(slots=True)
class RowPair:
    """A stored pair as the map and the pages need it. Its words are read of rows that are printed."""

    pk: int
    position: int
    level: str
    kind: str
    standing: str
    is_unseen: bool
    decision_id: int | None
    score: float
    old: Any  # RowClause, Clause or None
    new: Any
    size: float = 0.0
    is_noise: bool = False
    weight: int = 0
    changes: list[list[str]] = field(default_factory=list)
    heading_changes: list[list[str]] = field(default_factory=list)
    sentences: list[Any] = field(default_factory=list)
    is_flat: bool = False
    is_coarse: bool = False
    is_replaced: bool = False
    decision: Concordance | None = None
    # What organisations propose of the clauses of a row instead.
    proposed: Sequence[Concordance] = ()
    # Whether an earlier row stands for the same new clause, as in a merge.
    repeats_new: bool = False

    @property
    def old_id(self) -> int | None:
        return self.old.pk if self.old else None

    @property
    def new_id(self) -> int | None:
        return self.new.pk if self.new else None

    sentence = ClausePair.sentence
    anchor = ClausePair.anchor


LOOKS: dict[str, str] = {
    Standing.SAME_SUBJECT: "changed",
    Standing.DOUBTFUL: "changed",
    Standing.SLIPS: "unchanged",
    Standing.NOT_IN_OLD: "unknown",
    Standing.NOT_IN_NEW: "unknown",
}


def look(pair: Any) -> str:
    """The standing as a name for the style sheet: ``unknown`` where too little is known to say what happened."""
    return "unknown" if pair.is_unseen else LOOKS.get(pair.standing, pair.standing)


def is_folded(pair: Any) -> bool:
    """Whether a row tells no news: both sides say the same, or the reports on the new text leave out a mere heading."""
    is_heading_left_out = pair.is_unseen and pair.standing == Standing.NOT_IN_NEW
    return pair.kind == PairKind.UNCHANGED or pair.standing == Standing.SLIPS or bool(is_heading_left_out)


def kinds(comparison: Comparison) -> list[tuple[str, str, int]]:
    """(look, words, number) for each standing there is."""
    return [
        (LOOKS.get(standing, standing), str(Standing(standing).label), comparison.tally[standing])
        for standing in ORDER
        if comparison.tally.get(standing)
    ]


def title(pair: Any, language: str = "") -> str:
    """The row's name: its number, or both where they differ, or its heading where it has no number.

    ``language``: the reader's, if known.
    """
    names = [
        number_in_reader_language(clause.num, language) or localised(clause.heading) or place_in_words(clause.eid)
        for clause in (pair.old, pair.new)
        if clause
    ]
    if len(names) == 2 and names[0] != names[1]:
        return f"{names[0]} → {names[1]}"
    return names[-1] if names else ""


def name_of(pair: Any) -> str:
    """The row's name by what its clause is about: its heading, or its number where it has none."""
    clause = pair.new or pair.old
    return localised(clause.heading) or title(pair)


@dataclass
class PrintedRow:
    """A row of the page: a pair of articles with what stands inside them, or a heading above rows."""

    pair: Any
    parts: list[Any] = field(default_factory=list)
    # Of two restatements: what changed, element by element.
    elements: list[ElementChange] = field(default_factory=list)
    # Whether there is more in it than the page has room for.
    is_cut: bool = False

    is_fold = False

    @cached_property
    def listed(self) -> "list[ListedChange]":
        """What changed in it, in words."""
        return list_changes(self)

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
        return " ".join(filter(None, [self.pair.sentence, outcomes_in_words(self.elements)]))

    @cached_property
    def is_told(self) -> bool:
        """Whether its words are a paraphrase on either side, set beside the other's."""
        pairs = [self.pair, *self.parts] if self.pair.old and self.pair.new else []
        return any(op in ONLY for one in pairs for op, *_words in (*one.changes, *one.heading_changes))

    @property
    def all(self) -> list[Any]:
        """What is printed, in order. The article's own words are the first part, which repeats its clauses.

        Between parts that are not neighbours stands an ``int``: so many unchanged parts are left out there.
        """
        printed: list[Any] = []
        at = self.pair.position + 1
        for part in self.parts:
            if part.position > at:
                printed.append(part.position - at)
            printed.append(part)
            at = part.position + 1
        return printed

    @property
    def has_sources(self) -> bool:
        """Whether there is something to say of where the words of its clauses come from, or that they are not known."""
        if self.pair.is_unseen:
            return True
        for one in (self.pair.old, self.pair.new):
            if one and (one.text_status or one.source_url or one.note or one.may_hold_slips):
                return True
        return self.may_differ_by_slips

    @property
    def may_differ_by_slips(self) -> bool:
        """Whether a difference may be a slip of recognition: the words of one side come from a picture, unchecked."""
        if self.look == "unchanged":
            return False
        for pair in (self.pair, *self.parts):
            if pair.old and pair.new and (pair.old.may_hold_slips or pair.new.may_hold_slips):
                return True
        return False

    @property
    def unseen_sides(self) -> list[tuple[str, Any]]:
        """Each side that has a clause, with that clause where nothing is known of its words, else None."""
        clauses = [(side, clause) for side in ("old", "new") if (clause := getattr(self.pair, side))]
        told = {side for part in self.parts for side, _clause in clauses if getattr(getattr(part, side), "text", "")}
        return [(side, None if side in told else clause) for side, clause in clauses]


# In two texts known in part rows stand in groups: those of both texts, of the new one alone, of the old one alone.
BOTH, ONLY_NEW, ONLY_OLD = "both", "new", "old"


def group_of(pair: Any) -> str:
    return BOTH if pair.old and pair.new else ONLY_NEW if pair.new else ONLY_OLD


@dataclass(frozen=True)
class RowGroup:
    """The heading of a group of rows, and how many there are."""

    name: str
    words: str
    count: int
    remark: str = ""

    is_fold = False
    is_heading = True

    @property
    def anchor(self) -> str:
        return f"group-{self.name}"


def groups_of(comparison: Comparison, pairs: Iterable[Any]) -> dict[str, RowGroup]:
    """The groups of rows in their order; none of two whole texts, whose rows stand in the order of the new one."""
    old, new = comparison.old, comparison.new
    if not (old.is_partial or new.is_partial):
        return {}
    counts = Counter(map(group_of, pairs))
    silent = _("No matching clause in the reports on this text: %(text)s. That does not mean that it was deleted.")
    words = {
        BOTH: (_("Reported in both"), ""),
        ONLY_NEW: (_("First reported"), "") if old.is_partial else (capfirst(str(Standing.ADDED.label)), ""),
        ONLY_OLD: (_("Not reported since"), silent % {"text": new.short_name})
        if new.is_partial
        else (capfirst(str(Standing.REMOVED.label)), ""),
    }
    return {name: RowGroup(name, one, counts[name], remark) for name, (one, remark) in words.items() if counts[name]}


@dataclass
class RowFold:
    """A run of rows of one standing that tell no news, shown as one line that opens."""

    rows: list[PrintedRow]

    is_fold = True


def span(fold: RowFold) -> str:
    """The names of a run's first and last row."""
    return " – ".join(dict.fromkeys(title(row.pair) for row in (fold.rows[0], fold.rows[-1])))


@dataclass
class StripCell:
    """A cell of the strip map: ``height`` 1 to 10 by the share of words that changed, and the link to its row."""

    pair: Any
    page: int
    height: int
    # Whether the reader's filter leaves its row out; whether a page has the row, printed or folded: one that differs in
    # noise alone may be hidden; whether going from change to change leaves it out.
    is_left_out: bool = False
    has_row: bool = True
    is_passed_over: bool = False
    # The reader's, if known.
    language: str = ""
    look: str = ""

    def __post_init__(self) -> None:
        self.look = look(self.pair)
        self.is_passed_over = self.is_passed_over or self.is_left_out or self.look in QUIET

    @property
    def anchor(self) -> str:
        return str(self.pair.anchor)

    @cached_property
    def name(self) -> str:
        """The row's name."""
        return title(self.pair, self.language)

    @cached_property
    def words(self) -> str:
        """The cell in the reader's words."""
        pair, language = self.pair, self.language or reader_language().code
        is_sized = (
            pair.kind != PairKind.UNCHANGED
            and pair.standing not in {Standing.SLIPS, Standing.SAME_SUBJECT}
            and bool(self.look != "unknown" and pair.old and pair.new)
            # Of a split or a merge with parts set beside nothing no share is known.
            and bool(pair.size or pair.kind not in {PairKind.SPLIT, PairKind.MERGED})
        )
        size = digits(round(pair.size * 100), language) if is_sized else ""
        values = {"clause": self.name, "kind": standing_label(pair.standing, language), "size": size}
        return _words_of_cell(is_sized, language) % values


@cache
def _words_of_cell(is_sized: bool, _language: str) -> str:
    return _("%(clause)s: %(kind)s, %(size)s %% of the words") if is_sized else f"%(clause)s{_(':')} %(kind)s"


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
    # Probable slips of reading are hidden unless the reader asks for them.
    shows_slips: bool = False
    # Two laws that are also compared by topic, read as two texts.
    by_text: bool = False
    # The edition that the address names; 0: the comparison as it stands.
    edition: int = 0
    # Said in words, one change after the other.
    is_list: bool = False
    # The pairs of which the program is least sure come first.
    by_doubt: bool = False
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
            "slips": "show" if now.shows_slips else "",
            "order": "doubt" if now.by_doubt else "",
            "edition": str(now.edition or ""),
            "page": str(page) if page > 1 else "",
        }
        chosen = [f"{name}={word}" for name, word in words.items() if word]
        return "?" + ("&".join(chosen) + now.filter.query).lstrip("&")

    def in_order(self, pairs: list[RowPair]) -> list[RowPair]:
        """Pairs in reading order, or the least sure of those with both sides first."""
        return sorted(pairs, key=lambda pair: pair.score if pair.old and pair.new else 2) if self.by_doubt else pairs

    @property
    def kept(self) -> list[tuple[str, str]]:
        """What a form of the page sends along, so that the address goes on saying it."""
        return parse_qsl(replace(self, filter=RowFilter()).address()[1:])


def is_shown(pair: Any, switches: Switches, noted: Collection[int] = ()) -> bool:
    """Whether a row is printed whole; one that is not is folded or hidden.

    ``noted``: ids of clauses whose rows are printed whichever way, such as those with annotations.
    """
    if pair.decision_id or pair.proposed or (noted and (pair.old_id in noted or pair.new_id in noted)):
        return True  # the notes on it, or who set it together or would, are to be read
    if is_folded(pair):
        is_asked_for = switches.shows_slips or switches.filter.change == Standing.SLIPS
        return not switches.only_changes or (pair.standing == Standing.SLIPS and is_asked_for)
    return not (switches.hides_noise and pair.is_noise)


@dataclass(frozen=True)
class Strip:
    """The map of a whole comparison, its headings, and the ids of the clauses whose rows are never folded."""

    cells: list[StripCell]
    headings: list[RowPair]
    pages: int
    # The gravest risk that is stated of each noted article.
    noted: dict[int, int]
    # The keys of the rows that are printed whole.
    shown: set[int] = field(default_factory=set)
    groups: dict[str, RowGroup] = field(default_factory=dict)
    # What changed in the elements of rows, by the key of the row.
    elements: dict[int, list[ElementChange]] = field(default_factory=dict)

    @property
    def is_long(self) -> bool:
        return len(self.cells) > CELLS_MAX

    def listed(self, page: int) -> list[StripCell]:
        """The cells that a page prints: of the longest texts its own, and the first of each other page."""
        if not self.is_long:
            return self.cells
        cells = [cell for cell in self.cells if not cell.is_left_out]
        first = {cell.page: cell for cell in reversed(cells)}
        return [cell for cell in cells if cell.page == page or cell is first[cell.page]]

    @property
    def changes(self) -> list[StripCell]:
        """Those that one comes to, going from change to change."""
        return [cell for cell in self.cells if not cell.is_passed_over]

    @property
    def lacks_numbers(self) -> bool:
        """Whether a clause is known without its number."""
        return any(one and not one.num for cell in self.cells for one in (cell.pair.old, cell.pair.new))

    def risk_of(self, pair: Any) -> int | None:
        """The gravest risk stated of a row; None where nobody wrote a note on it."""
        noted = self.noted
        return max((noted[pk] for pk in (pair.old_id, pair.new_id) if pk in noted), default=None) if noted else None


_CLAUSE = ("pk", "eid", "num", "heading")
_PAIR = ("pk", "position", "level", "kind", "standing", "is_unseen", "decision_id", "score")
_PLACE = ("position", "end")
_SIZES = ("size", "is_noise", "weight")
_OF_SIDES = [f"{side}__{name}" for side in ("old", "new") for name in (*_CLAUSE, *_PLACE)]
# Always the same but for the comparison, and asked for each page: a copy is asked, which spares looking up each column.
_heads = cache(
    lambda: ClausePair.objects.exclude(level=Level.PART).order_by("position").values_list(*_PAIR, *_SIZES, *_OF_SIDES)
)


def strip(
    comparison: Comparison, switches: Switches, notes: Sequence[tuple[int, int, int]] = (), user: Person = VISITOR
) -> Strip:
    """Lay out the map and the pages. One query, which reads no text, one for proposals, and one for a filter.

    ``notes``: (version, position, risk) of each annotated clause; the rows they are in are never folded. ``user`` is
    whose findings are meant where the filter asks for rows with findings.
    """
    pairs = heads_of(comparison)
    noted = _articles_with(notes, comparison, pairs)
    _add_proposals(comparison, pairs)
    asked_for = find_rows(comparison, pairs, switches.filter, user, noted)
    groups = groups_of(comparison, (pair for pair in pairs if pair.level != Level.CONTAINER))
    headings = [pair for pair in pairs if pair.level == Level.CONTAINER]
    rows = [pair for pair in pairs if pair.level != Level.CONTAINER]
    if groups:
        rows = [pair for name in groups for pair in rows if group_of(pair) == name]
    cells: list[StripCell] = []
    shown: set[int] = set()
    language = reader_language().code
    page, rows_on_page, parts_on_page, cells_on_page = 1, 0, 0, 0
    rows_most, parts_most = settings.ROWS_PER_PAGE, settings.PARTS_PER_PAGE
    for pair in rows if groups else switches.in_order(rows):
        is_left_out, is_whole = pair.pk not in asked_for, is_shown(pair, switches, noted)
        if is_whole:
            shown.add(pair.pk)
        is_full = cells_on_page >= CELLS_MAX
        if is_whole and not is_left_out:
            is_full |= rows_on_page > 0 and (rows_on_page >= rows_most or parts_on_page + pair.weight > parts_most)
        if is_full:
            page, rows_on_page, parts_on_page, cells_on_page = page + 1, 0, 0, 0
        if is_whole and not is_left_out:
            rows_on_page, parts_on_page = rows_on_page + 1, parts_on_page + pair.weight
        cells_on_page += not is_left_out
        height = 1 if pair.kind == PairKind.UNCHANGED else max(2, round(pair.size * 10))
        has_row = not is_left_out and (is_whole or is_folded(pair))
        is_hidden = switches.hides_noise and pair.is_noise
        cells.append(StripCell(pair, page, height, is_left_out, has_row, is_hidden, language))
    if not groups:
        cells.sort(key=lambda cell: cell.pair.position)
    elements = element_changes(comparison, [cell.pair for cell in cells])
    return Strip(cells, headings, page, noted, shown, groups, elements)


def heads_of(comparison: Comparison, *which: Q) -> list[RowPair]:
    """Rows and headings in reading order, without words. Only the first row of a merge bears the new clause's name."""
    old, of_side, place = len(_PAIR) + len(_SIZES), len(_CLAUSE) + len(_PLACE), len(_CLAUSE)
    rows: Any = _heads().filter(*which, comparison=comparison)
    heads = []
    named: set[int] = set()
    for row in rows:
        sides = row[old : old + of_side], row[old + of_side :]
        clauses = [side[0] and RowClause(*(*side[:place], 0, "", *side[place:])) for side in sides]
        pair = RowPair(*row[: len(_PAIR)], *clauses, *row[len(_PAIR) : old])
        if pair.new:
            pair.repeats_new = pair.new.pk in named
            named.add(pair.new.pk)
        heads.append(pair)
    return heads


def _articles_with(
    notes: Iterable[tuple[int, int, int]], comparison: Comparison, pairs: Iterable[RowPair]
) -> dict[int, int]:
    """Id of each article in which an annotated clause stands -> the gravest risk stated there."""
    places: dict[int, list[tuple[int, int]]] = defaultdict(list)
    for version, position, risk in notes:
        places[version].append((position, risk))
    sides = sorted(places[comparison.old_id]), sorted(places[comparison.new_id])
    noted = {}
    for pair in pairs if notes else ():
        for clause, side in zip((pair.old, pair.new), sides, strict=True):
            if clause and (inside := side[bisect_left(side, (clause.position,)) : bisect_left(side, (clause.end,))]):
                noted[clause.pk] = max(risk for _at, risk in inside)
    return noted


def _add_proposals(comparison: Comparison, pairs: Iterable[RowPair]) -> None:
    """Set beside each row what each organisation proposed last of its clauses; not in an earlier edition."""
    related = ["old", "new", "decision__organisation", "decision__by"]
    rows = Concordance.objects.between(comparison.old_id, comparison.new_id).proposed()
    # What was proposed in private comes before the rest, by what is public of it: nobody learns which was first.
    public = private_until(VISITOR, comparison.old, comparison.new)
    since = Case(When(decision__at__gt=public, then=F("decision"))) if public else F("decision")
    rows = rows.order_by(since.asc(nulls_first=True), "decision__reason", "decision__touched", "decision", "pk")
    if not rows.exists():
        return
    newest_first = Window(RowNumber(), F("decision__organisation"), (F("decision").desc(), F("pk").asc()))
    rows = rows.annotate(place=newest_first).filter(place__lte=PROPOSED_READ)
    proposed = list(rows.select_related(*related).defer("old__text", "new__text"))
    if not Comparison.objects.current().filter(pk=comparison.pk).exists():
        return
    sides = [
        sorted((getattr(one, side).position, at) for at, one in enumerate(proposed) if getattr(one, side))
        for side in ("old", "new")
    ]
    for pair in pairs:
        found: set[int] = set()
        for places, clause in zip(sides, (pair.old, pair.new), strict=True):
            if clause and pair.level == Level.UNIT:
                first, last = (bisect_left(places, (position,)) for position in (clause.position, clause.end))
                found.update(at for _position, at in places[first:last])
        by_decision = groupby((proposed[at] for at in sorted(found)), key=attrgetter("decision"))
        newest = {decision.organisation_id: list(made)[:PROPOSED_SHOWN] for decision, made in by_decision}
        pair.proposed = [one for made in newest.values() for one in made]


def page_of_rows(comparison: Comparison, strip: Strip, page: int, switches: Switches) -> list[PrintedRow]:
    """The rows of one page, with headings, and with the parts of those that are printed whole."""
    tops: list[RowPair] = [cell.pair for cell in strip.cells if cell.page == page and not cell.is_left_out]
    if not tops:
        return []
    # Words are loaded of rows printed whole, and of folded ones as long as the page stays light.
    keys = {pair.pk for pair in tops}
    all_are_few = sum(pair.weight for pair in tops) <= settings.PARTS_PER_PAGE
    printed = keys if all_are_few else keys & strip.shown
    if not strip.groups:
        start = 0 if page == 1 else tops[0].position
        later = (cell.pair.position for cell in strip.cells if cell.page == page + 1 and not cell.is_left_out)
        end = next(later, None)
        if switches.by_doubt:
            start = end = 0
        tops += [pair for pair in strip.headings if start <= pair.position and (end is None or pair.position < end)]
        tops = switches.in_order(sorted(tops, key=attrgetter("position")))
    rows = with_words(comparison, tops, printed, only_near=switches.only_changes)
    for row in rows:
        row.elements = strip.elements.get(row.pair.pk, [])
    return rows


# JSON is read as it is stored, and decoded in one piece.
_JSON = [Cast(name, TextField()) for name in ("changes", "heading_changes", "sentences")]
_WORDS = (*_JSON, "is_flat", "is_coarse", "is_replaced")
_CLAUSE_WORDS = (*_CLAUSE, "depth", "text")
_SOURCES = ("text_status", "source_url", "note", "obtained")
_WORDS_OF_SIDES = [f"{side}__{name}" for side in ("old", "new") for name in (*_CLAUSE_WORDS, *_SOURCES)]
_COLUMNS: Any = ("row_id", *_PAIR, *_WORDS, *_WORDS_OF_SIDES)
_words = cache(lambda: ClausePair.objects.order_by("position").values_list(*_COLUMNS))


def with_words(
    comparison: Comparison, tops: Sequence[RowPair], printed: Collection[int], only_near: bool
) -> list[PrintedRow]:
    """Rows with their words, those ``printed`` with their parts as far as a page has room. One query, and one each for
    decisions, sources and each of the longest rows.

    ``only_near``: without the parts that are not needed to read what changed.
    """
    rows = {pair.pk: PrintedRow(pair) for pair in tops}
    near = {"is_near": True} if only_near else {}
    places = [pair.position for pair in tops] or [0]
    own = Q(row=None, position__range=(min(places), max(places)))  # faster than by the key of each
    # Of the longest articles no more is read than there is room for.
    long = {pair.pk for pair in tops for one in (pair.old, pair.new) if one and one.end - one.position > PARTS_MAX}
    wanted: Any = _words().filter(own | Q(row__in={*printed} - long, **near), comparison=comparison)
    of_long = (_words().filter(row=pk, **near)[: PARTS_MAX + 1] for pk in sorted(long.intersection(printed)))
    letters = 0
    words_at, old_at, new_at = len(_PAIR), len(_PAIR) + len(_WORDS), -len(_WORDS_OF_SIDES) // 2
    pairs: list[RowPair] = []
    stored: list[str] = []
    sourced: set[int] = set()
    for row_id, *values in chain(wanted, *of_long):
        head, words, sides = values[:words_at], values[words_at:old_at], (values[old_at:new_at], values[new_at:])
        if row_id is None and head[0] not in rows:
            continue
        clauses = [side[0] and RowClause(*side[: len(_CLAUSE_WORDS)]) for side in sides]
        if row_id and (letters > LETTERS_MAX or len(rows[row_id].parts) >= PARTS_MAX):
            rows[row_id].is_cut = True
            continue
        letters += len(words[0]) + sum(len(clause.text) for clause in clauses if clause and row_id)
        if row_id is None:
            pair = rows[head[0]].pair
            pair.old, pair.new = clauses
        else:
            pair = RowPair(*head, *clauses)
            rows[row_id].parts.append(pair)
        stored += words[: len(_JSON)]
        pair.is_flat, pair.is_coarse, pair.is_replaced = words[len(_JSON) :]
        pairs.append(pair)
        sourced.update(side[0] for side in sides if any(side[len(_CLAUSE_WORDS) :]))
    decoded = iter(json.loads(f"[{','.join(stored)}]"))
    for pair in pairs:
        pair.changes, pair.heading_changes, pair.sentences = next(decoded), next(decoded), next(decoded)
    decided = {pair.decision_id for pair in pairs if pair.decision_id}
    with_credit = Concordance.objects.select_related("decision__organisation", "decision__by")
    decisions = with_credit.in_bulk(decided) if decided else {}
    for pair in pairs:
        pair.decision = decisions.get(pair.decision_id)  # who set the clauses together, where the program did not
    if sourced:
        loaded = Clause.objects.in_bulk(sourced)
        for pair in pairs:
            pair.old, pair.new = loaded.get(pair.old_id, pair.old), loaded.get(pair.new_id, pair.new)
    return list(rows.values())


def fold(rows: Iterable[PrintedRow], strip: Strip, switches: Switches) -> list[PrintedRow | RowFold | RowGroup]:
    """Rows with those folded that tell no news, runs of one standing together; headings above rows stay.

    Each group has its heading before its first row.
    """
    folded: list[PrintedRow | RowFold | RowGroup] = []
    group = ""
    for row in rows:
        if strip.groups and group != (group := group_of(row.pair)):
            folded.append(strip.groups[group])
        if row.is_heading or row.pair.pk in strip.shown:
            folded.append(row)
        elif is_folded(row.pair):
            last = folded[-1] if folded else None
            if isinstance(last, RowFold) and last.rows[0].pair.standing == row.pair.standing:
                last.rows.append(row)
            else:
                folded.append(RowFold([row]))
    # A heading that nothing follows but the next one is left out, unless it changed and no filter is set.
    kept: list[PrintedRow | RowFold | RowGroup] = []
    shows_all = not switches.filter
    for item, following in zip_longest(folded, folded[1:]):
        if isinstance(item, RowGroup):
            kept.append(item)
            continue
        is_heading = isinstance(item, PrintedRow) and item.is_heading
        is_empty = following is None or (isinstance(following, PrintedRow) and following.is_heading)
        has_change = shows_all and isinstance(item, PrintedRow) and item.look not in QUIET
        if not (is_heading and is_empty) or has_change:
            kept.append(item)
    return kept


def count_left_out(cells: Iterable[StripCell]) -> int:
    """How many rows with a change the reader's filter leaves out."""
    return sum(cell.is_left_out and cell.look not in QUIET for cell in cells)


def count_hidden(cells: Iterable[StripCell]) -> int:
    """How many rows differ in nothing but noise: what the noise switch hides."""
    shown = (cell for cell in cells if not cell.is_left_out)
    return sum(cell.pair.is_noise for cell in shown if not is_folded(cell.pair))


def clauses_of(rows: Iterable[PrintedRow]) -> set[int]:
    """Ids of the clauses that rows print."""
    pairs = (pair for row in rows for pair in (row.pair, *row.parts))
    return {pk for pair in pairs for pk in (pair.old_id, pair.new_id) if pk}


# --- The changes of a row as a plain list in words, for screen readers, e-mails and print ----------------------------

# Words before a place that tell where it is.
BEFORE = 6
SEPARATORS = " \t\n"


@dataclass(frozen=True)
class ListedChange:
    """One change. ``old`` and ``new``: the words taken out and put in; ``after``: those just before the place.

    ``is_only``: the other text is not known there, so that its words are neither.
    """

    number: str
    old: str = ""
    new: str = ""
    after: str = ""
    is_noise: bool = False
    is_slip: bool = False
    is_only: bool = False


def list_all(rows: Iterable[PrintedRow]) -> None:
    """Set what changed in the rows of a page, in words, as far as it has room."""
    left = LISTED_MAX
    for row in rows:
        changes = list_changes(row)
        row.listed, row.is_cut = changes[:left], row.is_cut or len(changes) > left
        left -= len(row.listed)


def list_changes(row: PrintedRow) -> list[ListedChange]:
    """The changes inside a row, in reading order."""
    changes = [] if row.is_told else list(_in_changes(row.pair.heading_changes, ""))
    for at, part in enumerate(row.parts):
        clause = part.new or part.old
        number = clause.num if clause and at else ""
        old, new = part.old.text if part.old else "", part.new.text if part.new else ""
        is_told = any(op in ONLY for op, *_words in part.changes) and not any(
            op in {"insert", "delete"} for op, *_words in part.changes
        )
        if is_told or is_unknown(row.pair) or is_unknown(part):
            sides = [(old, ""), ("", new)]
            changes += [ListedChange(number, one, other, is_only=True) for one, other in sides if one or other]
        elif part.changes:
            changes += _in_changes(part.changes, number)
        elif (part.old is None or part.new is None) and (old or new):
            changes.append(ListedChange(number, old, new))
    return changes


def _in_changes(changes: Sequence[Sequence[str]], number: str) -> Iterator[ListedChange]:
    """What was taken out and put in at one place is one change."""
    old = new = before = ""
    noises: set[str] = set()
    for op, words, noise in [*changes, ("equal", "", "")]:
        if op == "delete":
            old, noises = old + words, noises | {noise}
        elif op == "insert":
            new, noises = new + words, noises | {noise}
        else:
            sides = old.strip(SEPARATORS), new.strip(SEPARATORS)
            if any(sides):
                yield ListedChange(number, *sides, _last_words(before), all(noises), is_slip=noises == {"slip"})
            old = new = ""
            noises, before = set(), "" if op == "only-old" else words


def _last_words(text: str) -> str:
    """The end of a passage; of one without spaces, as in Khmer, so many letters.

    >>> _last_words("Whoever enters a computer without right is punished by ")
    'computer without right is punished by'
    """
    words = text.split()
    if len(words) < BEFORE:
        return text.strip()[-60:]
    return " ".join(words[-BEFORE:])[-80:]
