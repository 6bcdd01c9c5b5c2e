"""Three to six texts of one law in a table: each row an article of the base, each column a text set against it."""

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from operator import itemgetter
from typing import Any

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db.models import Prefetch
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_safe

from lawcompare.accounts.models import EDITORS, Organisation
from lawcompare.accounts.rate_limits import allow
from lawcompare.annotations.access import visible_annotations
from lawcompare.annotations.models import Annotation
from lawcompare.comparisons import access, services
from lawcompare.comparisons.models import (
    ENGINE,
    ClausePair,
    Comparison,
    Level,
    Standing,
    decided_in_words,
    is_unknown,
)
from lawcompare.comparisons.rows import look
from lawcompare.core.page_cache.public import public
from lawcompare.languages import reader_language
from lawcompare.laws.access import TITLE, get_law, nobody_saw, proposal_of_law, titled, visible_versions
from lawcompare.laws.models import Clause, Law, Version
from lawcompare.laws.reports import XLSX, as_workbook, too_many_files, too_much
from lawcompare.laws.translations.services import members_in

MOST = 6
# A table of more rows and parts would take seconds: texts so long are read two by two. A whole title of 8,458 clauses
# beside another text has 9,416.
PAIRS_MAX = 10_000
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
    # A sentence on whose decisions its rows rest, where these are not the site's editors.
    decided_in_words: str = ""

    @cached_property
    def address(self) -> str:
        return self.comparison.get_absolute_url() if self.comparison else ""

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

    @property
    def clauses(self) -> list[Clause]:
        return [*([self.clause] if self.clause else []), *(one for cell in self.cells for one in cell.clauses)]

    def has(self, clause: Clause) -> bool:
        """Whether the clause, of any of the texts, stands in this row, or the row in it, as an article in a chapter."""
        return any(
            one.version_id == clause.version_id
            and (one.position <= clause.position < one.end or clause.position <= one.position < clause.end)
            for one in self.clauses
        )


def columns_of(base: Version, versions: Sequence[Version]) -> list[TextColumn]:
    """The texts in their order, each with its newest finished comparison with the base."""
    others = [version.pk for version in versions if version != base]
    by_pk = {version.pk: version for version in [base, *versions]}
    comparisons: dict[int, Comparison] = {}
    for sides in ({"old": base, "new__in": others}, {"new": base, "old__in": others}):
        finished = Comparison.objects.finished().filter(engine=ENGINE, **sides)
        for comparison in finished.order_by("edition"):
            other = comparison.new_id if comparison.old_id == base.pk else comparison.old_id
            comparison.old, comparison.new = by_pk[comparison.old_id], by_pk[comparison.new_id]
            known = comparisons.get(other)
            if known is None or (known.old_id, known.new_id) == (comparison.old_id, comparison.new_id):
                comparisons[other] = comparison
    decided = ClausePair.objects.filter(comparison__in=comparisons.values(), decision__isnull=False).order_by()
    held = list(decided.values_list("comparison", "decision__decision__organisation").distinct())
    names = Organisation.objects.exclude(slug=EDITORS).in_bulk({own for _of, own in held if own}) if held else {}
    columns = []
    for version in versions:
        with_base = comparisons.get(version.pk)
        by = {str(names[own]) for of, own in held if own in names and with_base and of == with_base.pk}
        if with_base and with_base.takes_over_pairs:
            by.update(with_base.corrected_by)
        columns.append(TextColumn(version, with_base, version == base, decided_in_words(sorted(by))))
    return columns


def _compared(columns: Sequence[TextColumn]) -> list[Comparison]:
    return [column.comparison for column in columns if column.comparison]


def lines_of(columns: Sequence[TextColumn]) -> list[ArticleLine]:
    """All rows in reading order: the base's articles, and behind each what other texts have only there."""
    pairs_of = {column: _Pairs(column) for column in columns if column.comparison}
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
    """The rows of the comparison of a column by the base's article."""

    def __init__(self, column: TextColumn) -> None:
        comparison = column.comparison
        assert comparison is not None
        self.by_clause: dict[int, list[ClausePair]] = defaultdict(list)
        self.parts: dict[int, list[ClausePair]] = defaultdict(list)
        # Rows of articles that the base has not, each with the place in the base after which it stands.
        self.alone: list[tuple[int, ClausePair]] = []
        self.of_base: list[Clause] = []
        after = -1
        for pair in comparison.pairs.exclude(level=Level.CONTAINER).prefetch_related("old", "new").order_by("position"):
            # The texts are known: no address of a clause asks for its text and law again.
            for side in ("old", "new"):
                if (clause := getattr(pair, side)) is not None:
                    clause.version = getattr(comparison, side)
            own = pair.new if column.is_reversed else pair.old
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
    return f"{column.address}#{pair.anchor}"


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
    lengths = {
        op: sum(len(words) for one, words, _noise in part.changes if one == op) for op in ("equal", "insert", "delete")
    }
    longer = lengths["equal"] + max(lengths["insert"], lengths["delete"])
    if longer and lengths["equal"] >= KEPT_MIN * longer:
        if not is_reversed:
            return [(op, words, noise) for op, words, noise in part.changes]
        back = {"insert": "delete", "delete": "insert"}
        runs = [(back.get(op, op), words, noise) for op, words, noise in part.changes]
        # Read backwards a replacement stands the wrong way round: what was taken out comes before what was put in.
        for at in range(len(runs) - 1):
            if (runs[at][0], runs[at + 1][0]) == ("insert", "delete"):
                runs[at], runs[at + 1] = runs[at + 1], runs[at]
        return runs
    if is_unknown(part):
        return [("equal", own.text, "")] if own and own.text else []
    if part.changes and own is not None:
        return [("equal", own.text, "")] if own.text else []  # other words altogether: a redline would say nothing
    if own is None:
        return [("delete", base.text, "")] if base and base.text else []
    return [("insert" if base is None else "equal", own.text, "")] if own.text else []


def as_rows(columns: Sequence[TextColumn], lines: Sequence[ArticleLine]) -> list[list[str]]:
    """The table for a spreadsheet: of each text the words of each row, and how they stand to the base."""
    titles = [f"{one.version.name} ({_('base')})" if one.is_base else one.version.name for one in columns]
    heads = ["\n".join(filter(None, [title, one.decided_in_words])) for title, one in zip(titles, columns, strict=True)]
    rows = [[_("Article"), *heads]]
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
            first = bisect_right(rows, clause.position, key=itemgetter(0))
            after = bisect_left(rows, clause.end, key=itemgetter(0))
            clause.inside = [" ".join(filter(None, row[1:])) for row in rows[first:after]]  # type: ignore[attr-defined]


def set_notes(lines: Iterable[ArticleLine], notes: Iterable[Annotation]) -> None:
    """Give each row the notes on its clauses, on what stands in them, and on the chapters in which they stand."""
    places: dict[int, list[tuple[int, int, ArticleLine]]] = defaultdict(list)
    for line in lines:
        for one in line.clauses:
            places[one.version_id].append((one.position, one.end, line))
    for spans in places.values():
        spans.sort(key=itemgetter(0))
    for note in notes:
        clause, spans = note.clause, places[note.clause.version_id]
        at = bisect_right(spans, clause.position, key=itemgetter(0))
        # Rows of one text follow each other: the last that begins before the clause is the one in which it may stand.
        before = bisect_left(spans, spans[at - 1][0], key=itemgetter(0)) if at else 0
        after = bisect_left(spans, clause.end, key=itemgetter(0))
        for _position, end, line in spans[before : max(at, after)]:
            if clause.position < end and (not line.notes or line.notes[-1] is not note):
                line.notes.append(note)


# --- Pages ------------------------------------------------------------------------------------------------------------


LINES_PER_PAGE = 25


@csrf_exempt  # see comparisons.views.comparison
@public("text", "base", "by", "clause", "show", "page", takes_post=True)
def versions_table(request: HttpRequest, law: str) -> HttpResponse:
    """The table. A POST asks for the comparisons with the base that are missing."""
    requested = get_law(request.user, law)
    chosen = _choose(request, requested)
    columns = columns_of(chosen["base"], chosen["texts"])
    missing = [column for column in columns if not column.is_base and column.comparison is None]
    if request.method == "POST":
        return _ask(request, chosen["base"], [column.version for column in missing])
    if refusal := _too_long(request, columns):
        return refusal
    lines, hidden = _lines(request, chosen, columns)
    page = Paginator(lines, LINES_PER_PAGE).get_page(request.GET.get("page"))
    load_insides(page.object_list)
    context = chosen | {"law": requested, "columns": columns, "page": page, "hidden": hidden, "missing": missing}
    return render(request, "comparisons/versions_table.html", context | _links(request))


@require_safe
def versions_table_xlsx(request: HttpRequest, law: str) -> HttpResponse:
    requested = get_law(request.user, law)
    if not allow(request, "files", settings.FILES_PER_HOUR):
        return too_many_files()
    chosen = _choose(request, requested)
    columns = columns_of(chosen["base"], chosen["texts"])
    if refusal := _too_long(request, columns):
        return refusal
    lines, _hidden = _lines(request, chosen, columns)
    load_insides(lines)
    name = f"{requested.slug}-{chosen['base'].slug}.xlsx"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    written = as_workbook(as_rows(columns, lines), _("Texts side by side"))
    return HttpResponse(written, content_type=XLSX, headers=headers)


def _too_long(request: HttpRequest, columns: Sequence[TextColumn]) -> HttpResponse | None:
    """The answer instead of a table of texts that are too long for one, or of one too many of them in an hour."""
    compared = _compared(columns)
    count = ClausePair.objects.filter(comparison__in=compared).count()
    written = Clause.objects.filter(version__in=[column.version for column in columns])
    return redirect(compared[0].get_absolute_url()) if count > PAIRS_MAX else too_much(request, count, written)


def _choose(request: HttpRequest, law: Law) -> dict[str, Any]:
    """The base, the texts beside it in the same language, and all that could be chosen. What is unknown is left out."""
    everything = list(visible_versions(request.user).filter(law=law).order_by("date", "slug"))
    if not everything:
        raise nobody_saw(law)
    # Where nothing but a proposed translation can be read, that is what there is.
    texts = members_in(reader_language().code, everything) or everything
    by_slug = {text.slug: text for text in everything}
    wanted = [by_slug[slug] for slug in request.GET.getlist("text") if slug in by_slug]
    settled = [text for text in texts if not text.unchecked_of]
    base = by_slug.get(request.GET.get("base", "")) or (wanted or settled or texts)[0]
    same = [text for text in members_in(base.language, everything) if text.language == base.language] or [base]
    # What staff have not confirmed stands there where it was chosen, or nothing else can.
    chosen = [text for text in same if text == base or (text in wanted if wanted else not text.unchecked_of)]
    chosen = chosen if wanted or len(chosen) > 1 else same
    if len(chosen) > MOST:
        chosen = sorted([base, *[text for text in chosen if text != base][: MOST - 1]], key=same.index)
    proposal = proposal_of_law(law, everything, TITLE)
    shown = {"base": base, "texts": chosen, "possible": texts, "most": MOST}
    return shown | {"proposal": proposal, "titled": titled(law.name, proposal)}


def _lines(request: HttpRequest, chosen: dict[str, Any], columns: list[TextColumn]) -> tuple[list[ArticleLine], int]:
    """The rows that were asked for, and how many more there are."""
    everything = lines = lines_of(columns)
    notes = visible_annotations(request.user).published().filter(version__in=chosen["texts"])
    notes = notes.with_labels().without_words().prefetch_related(Prefetch("clause", Clause.objects.defer("text")))
    notes = notes.order_by("-risk", "-published_at", "slug")
    set_notes(lines, notes)
    if eid := request.GET.get("clause"):
        named = chosen["base"].clauses.filter(eid=eid).first()
        lines = [line for line in lines if named is not None and line.has(named)]
    elif request.GET.get("by") == "concern":
        lines = sorted((line for line in lines if line.notes), key=lambda line: -line.risk)
    elif request.GET.get("show") != "all":
        lines = [line for line in lines if line.is_changed]
    return lines, len(everything) - len(lines)


def _links(request: HttpRequest) -> dict[str, str]:
    """Addresses of this page with one thing changed."""

    def with_(**change: str) -> str:
        query: QueryDict = request.GET.copy()
        for name in ("page", "by", "clause", "show"):
            query.pop(name, None)
        for name, value in change.items():
            query[name] = value
        return "?" + query.urlencode()

    query = request.GET.copy()
    query.pop("page", None)
    return {
        "by_article": with_(),
        "by_concern": with_(by="concern"),
        "everything": with_(show="all"),
        "query": query.urlencode(),
        "mode": "clause"
        if request.GET.get("clause")
        else request.GET.get("by") or request.GET.get("show") or "changes",
    }


def _ask(request: HttpRequest, base: Version, others: list[Version]) -> HttpResponse:
    if not access.comes_from_here(request):
        raise PermissionDenied(_("Request a comparison from this site’s own pages."))
    for other in others:
        try:
            access.count_comparison(request, *services.size_of(base.pk, other.pk))
        except access.AskedTooMuch:
            continue  # a shorter one may be within the limits
        old, new = sorted((base, other), key=lambda text: (text.date, text.slug))
        services.request_comparison(old, new, by=request.user)
    return redirect(request.get_full_path())
