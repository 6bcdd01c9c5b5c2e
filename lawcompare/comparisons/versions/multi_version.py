"""Three to six texts of one law in a table: each row an article of the base, each column a text set against it."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _

from lawcompare.annotations.models import Annotation
from lawcompare.comparisons.models import ENGINE, ClausePair, Comparison, Level, Standing, is_unknown
from lawcompare.comparisons.reading.rows import look
from lawcompare.laws.models import Clause, Version

MOST = 6
# Below this share of common words two passages are shown as they stand, not as a redline.
KEPT_MIN = 0.25

# (op, words, noise): the words of a text against those of the base, read from the base's side.
Runs = list[tuple[str, str, str]]


@dataclass(frozen=True)
class TextColumn:
    """A text of the table. ``comparison`` None: it is the base, or was not yet compared with it."""

    version: Version
    comparison: Comparison | None = None
    is_base: bool = False

    @property
    def is_reversed(self) -> bool:
        """Whether the comparison has the base as its new side, so that its changes are read backwards."""
        return self.comparison is not None and self.comparison.old_id == self.version.pk


@dataclass
class TextCell:
    """What a text has in the place of a row. Without pieces: nothing, or nothing that is known."""

    column: TextColumn
    look: str
    label: str
    clauses: list[Clause] = field(default_factory=list)
    pieces: list[tuple[str, Runs]] = field(default_factory=list)  # number, words
    address: str = ""

    @property
    def is_same(self) -> bool:
        return self.look == "unchanged"


@dataclass
class ArticleLine:
    """A row: an article of the base, or one that only other texts have."""

    clause: Clause | None
    cells: list[TextCell]
    notes: list[Annotation] = field(default_factory=list)

    @property
    def name(self) -> Clause | None:
        """The clause by which a reader knows the row."""
        return self.clause or next((clause for cell in self.cells for clause in cell.clauses), None)

    @property
    def is_changed(self) -> bool:
        """Whether texts differ here, or words are known of one that are not reported of another."""
        has_words = self.clause is None or bool(self.clause.text)
        return any(
            has_words or any(runs for _number, runs in cell.pieces)
            if cell.look == "unknown"
            else cell.look not in {"base", "unchanged", "none"}
            for cell in self.cells
        )

    @property
    def risk(self) -> int:
        return max((note.risk for note in self.notes), default=0)

    def has(self, clause: Clause) -> bool:
        """Whether the clause, of any of the texts, stands in this row, or the row in it, as an article in a chapter."""
        clauses = [*([self.clause] if self.clause else []), *(one for cell in self.cells for one in cell.clauses)]
        return any(
            one.version_id == clause.version_id
            and (one.position <= clause.position < one.end or clause.position <= one.position < clause.end)
            for one in clauses
        )


def columns_of(base: Version, versions: Sequence[Version]) -> list[TextColumn]:
    """The texts in their order, each with its newest finished comparison with the base."""
    others = [version.pk for version in versions if version != base]
    by_pk = {version.pk: version for version in [base, *versions]}
    comparisons: dict[int, Comparison] = {}
    for sides in ({"old": base, "new__in": others}, {"new": base, "old__in": others}):
        for comparison in Comparison.objects.filter(finished_at__isnull=False, engine=ENGINE, **sides).order_by(
            "edition"
        ):
            other = comparison.new_id if comparison.old_id == base.pk else comparison.old_id
            comparison.old, comparison.new = by_pk[comparison.old_id], by_pk[comparison.new_id]
            known = comparisons.get(other)
            if known is None or (known.old_id, known.new_id) == (comparison.old_id, comparison.new_id):
                comparisons[other] = comparison
    return [TextColumn(version, comparisons.get(version.pk), version == base) for version in versions]


def lines_of(base: Version, columns: Sequence[TextColumn]) -> list[ArticleLine]:
    """All rows in reading order: the base's articles, and behind each what other texts have only there."""
    pairs_of = {column: _Pairs(base, column) for column in columns if column.comparison}
    units = {clause.pk: clause for pairs in pairs_of.values() for clause in pairs.of_base}
    keyed: list[tuple[tuple[int, int, int], ArticleLine]] = []
    for clause in units.values():
        cells = [_cell(column, pairs_of.get(column), clause) for column in columns]
        keyed.append(((clause.position, 0, 0), ArticleLine(clause, cells)))
    for number, column in enumerate(columns):
        for after, pair in pairs_of[column].alone if column in pairs_of else []:
            cells = [_alone(pair, column) if one is column else _nothing(one) for one in columns]
            keyed.append(((after, number + 1, pair.position), ArticleLine(None, cells)))
    return [line for _key, line in sorted(keyed, key=lambda one: one[0])]


class _Pairs:
    """The rows of one comparison by the base's article."""

    def __init__(self, base: Version, column: TextColumn) -> None:
        assert column.comparison is not None
        self.comparison = column.comparison
        self.side = "new" if column.is_reversed else "old"
        self.by_clause: dict[int, list[ClausePair]] = defaultdict(list)
        self.parts: dict[int, list[ClausePair]] = defaultdict(list)
        self.alone: list[tuple[int, ClausePair]] = []
        self.of_base: list[Clause] = []
        rows = column.comparison.pairs.exclude(level=Level.CONTAINER).select_related("old", "new")
        self._sort(rows.order_by("position"))

    def _sort(self, rows: Iterable[ClausePair]) -> None:
        after = -1
        for pair in rows:
            # The texts are known: no address of a clause asks for its text and law again.
            for side in ("old", "new"):
                if (clause := getattr(pair, side)) is not None:
                    clause.version = getattr(self.comparison, side)
            own = getattr(pair, self.side)
            if pair.level == Level.PART:
                assert pair.row_id is not None
                self.parts[pair.row_id].append(pair)
            elif own is None:
                self.alone.append((after, pair))
            else:
                after = own.position
                self.by_clause[own.pk].append(pair)
                self.of_base.append(own)


def _cell(column: TextColumn, pairs: _Pairs | None, clause: Clause) -> TextCell:
    if column.is_base:
        return TextCell(column, "base", "", [clause])
    if pairs is None:
        return TextCell(column, "none", _("not compared yet"))
    rows = pairs.by_clause.get(clause.pk, [])
    if not rows:
        return TextCell(column, "none", "")
    other = "old" if column.is_reversed else "new"
    first = rows[0]
    clauses = [one for pair in rows if (one := getattr(pair, other)) is not None]
    seen = look(first)
    seen = BACKWARDS.get(seen, seen) if column.is_reversed else seen
    cell = TextCell(column, seen, _label(first, column), clauses, address=_address(column, first))
    if not cell.is_same and clauses:
        cell.pieces = [piece for pair in rows for piece in _pieces(pairs.parts[pair.pk], column)]
    return cell


def _alone(pair: ClausePair, column: TextColumn) -> TextCell:
    clause = pair.old if column.is_reversed else pair.new
    look_of = "unknown" if look(pair) == "unknown" else "added"
    label = _label(pair, column) if look_of == "unknown" else _("only in this text")
    return TextCell(column, look_of, label, [clause] if clause else [], address=_address(column, pair))


def _nothing(column: TextColumn) -> TextCell:
    in_part = column.version.is_partial
    if column.is_base:
        return TextCell(column, "base", _("not reported in the base") if in_part else "")
    label = (_("not set beside this clause") if in_part else "") if column.comparison else _("not compared yet")
    return TextCell(column, "none", label)


def _address(column: TextColumn, pair: ClausePair) -> str:
    assert column.comparison is not None
    return f"{column.comparison.get_absolute_url()}#{pair.anchor}"


BACKWARDS = {"added": "removed", "removed": "added", "split": "merged", "merged": "split"}


def _label(pair: ClausePair, column: TextColumn) -> str:
    """What the text has done with the base's article, or what the base did with the text's."""
    standing = pair.standing
    if column.is_reversed:
        standing = BACKWARDS.get(standing, standing)
        standing = {"not-in-old": "not-in-new", "not-in-new": "not-in-old"}.get(standing, standing)
    if standing == Standing.NOT_IN_NEW:
        return _("not reported in this text")
    if standing == Standing.NOT_IN_OLD:
        return _("not reported in the base")
    return str(Standing(standing).label)


def _pieces(parts: Sequence[ClausePair], column: TextColumn) -> Iterator[tuple[str, Runs]]:
    for part in parts:
        if not part.is_near:
            continue
        own, base = (part.old, part.new) if column.is_reversed else (part.new, part.old)
        number = (own or base).num if (own or base) and part is not parts[0] else ""  # type: ignore[union-attr]
        yield number, _against_base(part, own, base, column.is_reversed)


def _against_base(part: ClausePair, own: Clause | None, base: Clause | None, is_reversed: bool) -> Runs:
    if part.changes and _is_same_in_part(part.changes):
        back = {"insert": "delete", "delete": "insert"} if is_reversed else {}
        runs = [(back.get(op, op), words, noise) for op, words, noise in part.changes]
        return _deletions_first(runs) if is_reversed else runs
    if is_unknown(part):
        return [("equal", own.text, "")] if own and own.text else []
    if part.changes and own is not None:
        return [("equal", own.text, "")] if own.text else []  # other words altogether: a redline would say nothing
    if own is None:
        return [("delete", base.text, "")] if base and base.text else []
    return [("insert" if base is None else "equal", own.text, "")] if own.text else []


def _is_same_in_part(changes: Runs) -> bool:
    lengths = {
        op: sum(len(words) for one, words, _noise in changes if one == op) for op in ("equal", "insert", "delete")
    }
    return lengths["equal"] >= KEPT_MIN * max(
        lengths["equal"] + lengths["insert"], lengths["equal"] + lengths["delete"]
    )


def _deletions_first(runs: Runs) -> Runs:
    """Read backwards a replacement stands the wrong way round: what was taken out comes before what was put in."""
    out = list(runs)
    for at in range(len(out) - 1):
        if (out[at][0], out[at + 1][0]) == ("insert", "delete"):
            out[at], out[at + 1] = out[at + 1], out[at]
    return out


def mark_concerns(lines: Iterable[ArticleLine], notes: Iterable[Annotation]) -> None:
    """Give each row the published notes on any of its clauses, the gravest first."""
    notes = sorted(notes, key=lambda note: -note.risk)
    for line in lines:
        line.notes = [note for note in notes if line.has(note.clause)]


def as_rows(columns: Sequence[TextColumn], lines: Sequence[ArticleLine]) -> list[list[str]]:
    """The table for a spreadsheet: of each text the words of each row, and how they stand to the base."""
    titles = [f"{one.version.name} ({_('base')})" if one.is_base else one.version.name for one in columns]
    rows = [[_("Article"), *titles]]
    for line in lines:
        rows.append([str(line.name)])
        for cell in line.cells:
            words = [" ".join(filter(None, [str(clause), whole_text(clause)])) for clause in cell.clauses]
            rows[-1].append("\n".join(filter(None, [f"[{cell.label}]" if cell.label else "", *words])))
    return rows


def whole_text(clause: Clause) -> str:
    """A clause's words with those of all that stands inside it; ``load_insides`` has read them."""
    return "\n".join(filter(None, [clause.text, *getattr(clause, "inside", [])]))


def load_insides(lines: Iterable[ArticleLine]) -> None:
    """Read what stands inside the clauses shown whole, one query for each text."""
    shown: dict[int, list[Clause]] = defaultdict(list)
    for line in lines:
        for clause in [one for cell in line.cells for one in cell.clauses]:
            shown[clause.version_id].append(clause)
    for version, clauses in shown.items():
        within = Clause.objects.filter(version=version, depth__gt=min(one.depth for one in clauses))
        rows: Any = list(within.order_by("position").values_list("position", "num", "heading", "text"))
        for clause in clauses:
            clause.inside = [  # type: ignore[attr-defined]
                " ".join(filter(None, row[1:])) for row in rows if clause.position < row[0] < clause.end
            ]
