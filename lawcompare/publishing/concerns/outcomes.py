"""Which concern survived which text: the lines of notes of a law, text by text, as people judged them.

A concern is a note and what took it up on later texts. What became of it is what a person said; where nobody has, what
the program found of its words stands in that place, and is never counted as a judgement.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import product

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from lawcompare.accounts.models import EDITORS, Person
from lawcompare.annotations.filters import FilterChoices, NoteFilter
from lawcompare.annotations.models import NOTE_WORDS, Annotation, Category, NoteStatus, Risk
from lawcompare.comparisons.models import MapDecision
from lawcompare.core.translations.texts import localised
from lawcompare.crosswalk.access import visible_correspondences
from lawcompare.crosswalk.topics.matrix import DEFAULT_MEASURE as CONVENTION
from lawcompare.engine.writing.report import Block, Grid, Line, Prose, ReportHeading, StyledText, plain
from lawcompare.languages import digits, reader_address
from lawcompare.laws.citing import cite, pinned_clause
from lawcompare.laws.formatting import format_date
from lawcompare.laws.models import Clause, Jurisdiction, Version
from lawcompare.laws.reports import LinkCell, Report, Sheet, SheetCell, citation, clause_link
from lawcompare.publishing.carrying_forward.services import SURVIVING, in_order
from lawcompare.publishing.models import Carried, Outcome, Verdict

# Of several judgements in one text the first of these names the cell: nobody is told less than was said.
GRAVITY = ["worsened", "kept", "softened", "not-known", "removed"]
OUTCOMES = Outcome.values


@dataclass
class ConcernCell:
    """A concern in one text. ``state``: an outcome, ``raised`` there first, ``unjudged``; empty until it was raised."""

    version: Version
    state: str = ""
    notes: list[Annotation] = field(default_factory=list)
    rows: list[Carried] = field(default_factory=list)
    # The organisations as whose decisions clauses of the two texts are paired, by which the program looked.
    paired_by: str = ""

    @property
    def words(self) -> str:
        return state_words(self.state)

    @property
    def program(self) -> str:
        """What the program found, for a cell that nobody has judged."""
        if self.state != "unjudged":
            return ""
        if self.notes:
            return _("taken up by a note")
        if not self.rows:
            return _("not looked for yet")
        verdict = self.rows[0].verdict
        found = str(Verdict(verdict).label) if verdict else _("not looked for yet")
        if verdict == Verdict.LOST:
            found = _("not known in the new text") if self.version.is_partial else _("words not found")
        elif verdict == Verdict.REVIEW:
            found = _("similar words found")
        said = _("%(found)s; clauses are paired as %(names)s decided")
        return said % {"found": found, "names": self.paired_by} if self.paired_by else found

    @property
    def found(self) -> str:
        """What became of it, and in brackets what the program found."""
        return f"{self.words} ({self.program})" if self.program else self.words

    @property
    def reason(self) -> str:
        return next((row.reason for row in self.rows if row.reason and public_outcome(row) == self.state), "")

    @property
    def risk(self) -> int:
        return max((note.risk for note in self.notes), default=0)


def state_words(state: str) -> str:
    if state in Outcome.values:
        return str(Outcome(state).label)
    return {"": "", "raised": _("raised"), "unjudged": _("not yet assessed")}[state]


@dataclass
class Concern:
    """A line of notes: ``notes`` in the order of the texts, the one that raised it first."""

    notes: list[Annotation]
    cells: list[ConcernCell] = field(default_factory=list)

    @property
    def root(self) -> Annotation:
        return self.notes[0]

    @property
    def latest(self) -> Annotation:
        return self.notes[-1]

    @property
    def risk(self) -> Risk:
        """The highest that was ever stated of it."""
        return Risk(max(note.risk for note in self.notes))

    @property
    def kinds(self) -> set[Category]:
        return {kind for note in self.notes for kind in note.categories.all()}

    @property
    def category(self) -> Category | None:
        """The one under which it is listed: the first of its first note, so that each concern is counted once."""
        return min(self.root.categories.all(), key=lambda kind: (kind.position, kind.code), default=None)


@dataclass(frozen=True)
class ConcernTally:
    """What became, in one text, of the concerns raised on the ones before it."""

    version: Version
    counts: Counter[str]

    @property
    def total(self) -> int:
        return self.counts.total()

    @property
    def sentence(self) -> str:
        """What an honest report says: what people judged, what is not known, and what nobody has judged."""
        first = ngettext(
            "Of %(total)s concern raised on earlier texts, %(surviving)s survives in “%(title)s”",
            "Of %(total)s concerns raised on earlier texts, %(surviving)s survive in “%(title)s”",
            self.total,
        )
        how = _("%(kept)s kept, %(softened)s softened, %(worsened)s worsened")
        rest = _("Removed: %(removed)s; not known there: %(unknown)s; not yet assessed: %(unjudged)s.")
        counts = {state.replace("-", "_"): digits(self.counts[state]) for state in (*OUTCOMES, "unjudged")}
        values = counts | {
            "total": digits(self.total),
            "surviving": digits(self.surviving),
            "title": self.version.short_name,
            "unknown": counts["not_known"],
        }
        return " ".join([f"{first % values} ({how % values}).", rest % values])

    @property
    def headline(self) -> str:
        """How many survive, in a few words."""
        words = _("%(surviving)s of %(total)s concerns raised on earlier texts survive in the latest.")
        return words % {"surviving": digits(self.surviving), "total": digits(self.total)}

    @property
    def surviving(self) -> int:
        return sum(self.counts[state] for state in SURVIVING)

    @property
    def not_known(self) -> int:
        return self.counts["not-known"]


@dataclass(frozen=True)
class Survival:
    """The concerns of a law in one line of texts."""

    versions: list[Version]
    concerns: list[Concern]

    @property
    def tallies(self) -> list[ConcernTally | None]:
        """For each text what became of earlier concerns there; None for a text before which none was raised."""
        tallies: list[ConcernTally | None] = []
        for place, version in enumerate(self.versions):
            counts = Counter(concern.cells[place].state for concern in self.concerns)
            counts = Counter({state: n for state, n in counts.items() if state not in {"", "raised"}})
            tallies.append(ConcernTally(version, counts) if counts else None)
        return tallies

    @property
    def last_tally(self) -> ConcernTally | None:
        return next((tally for tally in reversed(self.tallies) if tally), None)

    @property
    def groups(self) -> list[tuple[str, list[Concern]]]:
        """The concerns by the kind of risk they are listed under, called as when they were published, gravest first."""
        shelves: dict[tuple[bool, int, str, str], list[Concern]] = {}
        for concern in self.concerns:
            kind = concern.category
            words = concern.root.called(kind.code, str(kind)) if kind else ""
            place = (kind is None, kind.position if kind else 0, kind.code if kind else "", words)
            shelves.setdefault(place, []).append(concern)
        return [(place[-1], shelves[place]) for place in sorted(shelves)]


def narrowed(survival: Survival, chosen: NoteFilter, raised: str = "") -> Survival:
    """The concerns of which a note is of the organisations, kinds and risks asked for; a risk is the highest stated.

    ``raised`` is the slug of the text on which they were raised first, or empty.
    """
    concerns = [
        one
        for one in survival.concerns
        if (not raised or one.root.version.slug == raised)
        and (not chosen.risk or one.risk in chosen.risks)
        and (not chosen.organisation or {note.organisation.slug for note in one.notes} & {*chosen.organisation})
        and (not chosen.category or {kind.code for kind in one.kinds} & {*chosen.category})
    ]
    return Survival(survival.versions, concerns)


def choices(survival: Survival, chosen: NoteFilter) -> FilterChoices:
    """What the filter of the page can be set to: all that the concerns have."""
    kinds = {kind for one in survival.concerns for kind in one.kinds}
    organisations = {note.organisation for one in survival.concerns for note in one.notes}
    return FilterChoices.offered({one.risk for one in survival.concerns}, kinds, organisations, chosen)


def rows_in_other_law(user: Person, clauses: Iterable[Clause]) -> dict[int, dict[str, str]]:
    """For each clause the rows that set it, or what it stands in, beside US law and the Convention: name to address."""
    wanted = list(clauses)
    stated = visible_correspondences(user).stand().filter(subject_version__in={one.version_id for one in wanted})
    theirs = Q(object_version__law__jurisdiction=Jurisdiction.UNITED_STATES) | Q(object_version__law__slug=CONVENTION)
    rows: dict[int, dict[str, str]] = {}
    for row in stated.filter(theirs):
        old, new = row.subject_version, row.object_version
        address = reverse("comparison", args=[old.law.slug, old.slug, new.law.slug, new.slug])
        for clause in wanted:
            is_inside = row.subject.position <= clause.position < row.subject.end
            if clause.version_id == old.pk and is_inside:
                rows.setdefault(clause.pk, {}).setdefault(new.short_name, f"{address}#{row.stated_topic.slug}")
    return rows


def main_language(texts: Iterable[Version]) -> str:
    """Returns the language in which most of the texts are."""
    spoken = [text.language for text in texts]
    return max(sorted(set(spoken)), key=spoken.count, default="en")


def survival(versions: Iterable[Version]) -> Survival:
    """The concerns on these texts of one law and language. Seven queries, however many they are."""
    line = in_order(versions)
    notes = list(Annotation.objects.published().filter(version__in=line).for_reading().without_words())
    rows = (
        Carried.objects.filter(
            carrying__new__in=line, annotation__status=NoteStatus.PUBLISHED, annotation__version__in=line
        )
        .select_related("carrying", "successor")
        .defer(*(f"successor__{name}" for name in NOTE_WORDS))
    )
    places = {version.pk: place for place, version in enumerate(line)}
    for note in notes:
        note.version = note.clause.version = line[places[note.version_id]]
    concerns = [Concern(each) for each in _lines_of_notes(notes, places)]
    by_note: dict[int, list[Carried]] = {}
    for row in rows:
        by_note.setdefault(row.annotation_id, []).append(row)
    names = _paired_by(line) if by_note else {}
    for concern in concerns:
        concern.cells = _cells(concern, line, by_note)
        for cell in concern.cells:
            cell.paired_by = names.get((cell.rows[0].carrying.old_id, cell.version.pk), "") if cell.rows else ""
    concerns.sort(key=lambda one: (places[one.root.version_id], -one.risk, one.root.clause.position, one.root.slug))
    return Survival(line, concerns)


def _paired_by(line: Sequence[Version]) -> dict[tuple[int, int], str]:
    """Earlier and later text -> the organisations, but for the site's editors, that decided which clauses belong
    together.
    """
    # Clauses of translations are paired as those of their originals.
    texts = defaultdict(list)
    for text in line:
        for pk in {text.pk, text.translates_id or text.pk}:
            texts[pk].append(text.pk)
    decided = MapDecision.objects.stand().filter(old_version__in=texts, new_version__in=texts, undoes=None)
    decided = decided.exclude(organisation__slug=EDITORS).filter(made__ended_by=None).distinct()
    names: dict[tuple[int, int], list[str]] = {}
    for one in decided.select_related("organisation").order_by("organisation__name", "pk"):
        for pair in product(texts[one.old_version_id], texts[one.new_version_id]):
            said = names.setdefault(pair, [])
            said += [str(one.organisation)] if str(one.organisation) not in said else []
    return {pair: ", ".join(each) for pair, each in names.items()}


def _lines_of_notes(notes: Sequence[Annotation], places: dict[int, int]) -> list[list[Annotation]]:
    """Published notes by the first of the line each stands in; what was withdrawn in between breaks no line."""
    parents = dict(Annotation.objects.filter(version__in=list(places)).values_list("pk", "descends_from_id"))
    shown = {note.pk for note in notes}
    lines: dict[int, list[Annotation]] = {}
    for note in notes:
        first, at, seen = note.pk, parents.get(note.pk), {note.pk}
        while at is not None and at not in seen:
            seen.add(at)
            first = at if at in shown else first
            at = parents.get(at)
        lines.setdefault(first, []).append(note)
    # The notes of one text by the day on which they became public: a key would tell which was begun first.
    place = {note.pk: (places[note.version_id], note.public_day, note.slug) for note in notes}
    return [sorted(line, key=lambda note: place[note.pk]) for line in lines.values()]


def _cells(concern: Concern, line: Sequence[Version], by_note: dict[int, list[Carried]]) -> list[ConcernCell]:
    notes_on: dict[int, list[Annotation]] = {}
    found_in: dict[int, list[Carried]] = {}
    for note in concern.notes:
        notes_on.setdefault(note.version_id, []).append(note)
        for row in by_note.get(note.pk, []):
            found_in.setdefault(row.carrying.new_id, []).append(row)
    cells, is_raised = [], False
    for version in line:
        notes = notes_on.get(version.pk, [])
        # Of several rows what was found from the latest text comes first.
        rows = found_in.get(version.pk, [])[::-1]
        cell = ConcernCell(version, notes=notes, rows=rows)
        if not is_raised:
            cell.state = "raised" if notes else ""
            is_raised = bool(notes)
        else:
            outcomes = {public_outcome(row) for row in rows} - {""}
            cell.state = min(outcomes, key=GRAVITY.index, default="unjudged")
        cells.append(cell)
    return cells


def public_outcome(row: Carried) -> str:
    """A judgement that readers may know: a published note stands for it, or a reviewer closed the concern with it."""
    is_public = row.decision == Carried.Decision.CLOSED or (row.successor is not None and row.successor.is_published)
    return row.fate if is_public else ""


def as_table(survival: Survival) -> list[list[str]]:
    """The concerns as rows of words, the first being the head: for CSV."""
    names = [f"{one.name} ({format_date(one.date)})" if one.date else one.name for one in survival.versions]
    rows = [_head(names)]
    for kind, concerns in survival.groups:
        for one in concerns:
            line = [kind, one.root.exact, cite(one.root.clause), one.root.voice, str(one.risk.label)]
            rows.append(line + [words for cell in one.cells for words in (cell.found, cell.reason)])
    return rows


def _head(texts: Iterable[str]) -> list[str]:
    """The names of columns: what is said of each concern, then for each text what became of it and why."""
    head = [_("Kind of risk"), _("Concern"), _("Clause"), _("Organisation"), _("Risk")]
    return head + [name for text in texts for name in (text, _("%(text)s: reason") % {"text": text})]


# --- As files ---------------------------------------------------------------------------------------------------------


def report_of_concerns(survival: Survival, title: str, lead: str, address: str, root: str) -> Report:
    """``lead`` is the tally in a sentence, and of whose concerns it speaks."""
    return Report(
        title=title,
        address=address,
        texts=survival.versions,
        lead=lead,
        blocks=concern_blocks(survival, root),
        sheets=[_sheet(survival, root)],
        is_wide=True,
    )


def concern_blocks(survival: Survival, root: str, level: int = 1) -> list[Block]:
    """A table for each kind of risk: a row for each concern, a column for each text."""
    blocks: list[Block] = []
    shares = [6, *([3] * len(survival.versions))]
    for kind, concerns in survival.groups:
        rows = [[_name_lines(one, root), *(_cell_lines(cell, root) for cell in one.cells)] for one in concerns]
        blocks.append(ReportHeading(kind or _("No kind of risk stated"), level))
        blocks.append(Grid([_("Concern"), *(version.name for version in survival.versions)], rows, shares))
    judged = _("Judged by those who wrote the notes; what nobody has judged says so.")
    return [*blocks, Prose(plain(judged), "Remark")] if blocks else []


def _name_lines(one: Concern, root: str) -> list[Line]:
    root_note = one.root
    clause, address = root_note.clause, root + reader_address(pinned_clause(root_note.clause))
    words = f"“{root_note.exact}”" if root_note.exact else ""
    return [
        (StyledText(cite(clause), address=address, note=citation(clause), note_address=address),),
        *([plain(words, language=root_note.version.language)] if words else []),
        plain(f"{root_note.voice} · {one.risk.label}"),
    ]


def _cell_lines(cell: ConcernCell, root: str) -> list[Line]:
    lines: list[Line] = [plain(cell.words, bold=True)]
    if cell.program:
        lines.append(plain(cell.program))
    if cell.reason:
        lines.append(plain(localised(cell.reason)))
    for note in cell.notes:
        lines.append((StyledText(cite(note.clause), address=root + note.get_absolute_url()),))
    return lines


def _sheet(survival: Survival, root: str) -> Sheet:
    rows: list[Sequence[SheetCell]] = []
    for kind, concerns in survival.groups:
        for one in concerns:
            note = one.root
            row: list[SheetCell] = [
                kind,
                LinkCell(note.exact or cite(note.clause), root + note.get_absolute_url()),
                clause_link(note.clause, root),
                note.voice,
                str(one.risk.label),
            ]
            rows.append(row + [words for cell in one.cells for words in (cell.found, localised(cell.reason))])
    return Sheet(_("Concerns"), _head(version.name for version in survival.versions), rows)
