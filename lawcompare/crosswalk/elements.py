"""The elements of clauses of several laws side by side, as the program reads them, with the words they rest on.

The engine reads them from the clause's own article or section, never from a whole law; what it read is kept in the
cache. No person has checked them: pages fold them away under that name, and no sentence about a
difference rests on them.
"""

import hashlib
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import batched
from operator import attrgetter
from typing import Any

from django.core.cache import cache
from django.db.models import OuterRef, Q, Subquery, Sum
from django.db.models.functions import Length
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from pydantic import TypeAdapter, ValidationError

from lawcompare.crosswalk.findings.models import ENGINE
from lawcompare.crosswalk.models import Element
from lawcompare.engine.compare_laws.elements import Elements, Excerpt, elements_of, penalty_of
from lawcompare.engine.document import UNIT_ELEMENTS, Document
from lawcompare.engine.rules.runner import UNSEEN
from lawcompare.engine.wording.values import name_in_words, penalty_sentences, time_in_words
from lawcompare.laws.citing import cite
from lawcompare.laws.documents import document_of
from lawcompare.laws.formatting import LOCALE, format_in_dollars
from lawcompare.laws.models import Clause, Version

type Placed = tuple[Version, Clause]

DAY = 24 * 60 * 60
# An article of so many letters is read as a whole (in half a second: only 17 U.S.C. § 115 and lists of recitals are
# longer), and so many of each clause above it. A clause takes the time of some letters more.
READ_MAX, ABOVE_MAX, OF_A_CLAUSE = 60_000, 2_000, 20
# What is shown before the rest is folded away: labels of at most so many letters, else one.
VALUES_SHOWN = 3
LABEL_SHORT = 40

NAMES = {element.value: element.label for element in Element}
# The sentence shown where nothing was read in a clause, by how much of its text is known. That the program read nothing
# does not mean that the text has nothing.
WHOLE, PART, NOT_SEEN = "whole", "part", "not-seen"
MISSING = {
    WHOLE: gettext_lazy("nothing was read"),
    PART: gettext_lazy("nothing was read in what is known of it"),
    NOT_SEEN: gettext_lazy("not known: the text has not been seen"),
}


@dataclass(frozen=True)
class ElementReading:
    """What the engine read in a clause.

    ``known`` is WHOLE, PART or NOT_SEEN; ``numbers`` the number of each clause that words were taken from, by eid.
    ``is_cut``: its conduct goes on after what is quoted.
    """

    elements: Elements
    known: str
    is_cut: bool
    numbers: Mapping[str, str]

    @property
    def has_values(self) -> bool:
        return any(getattr(self.elements, name) for name in NAMES if name != "conduct")


_PLAIN = TypeAdapter(ElementReading)


# --- reading ----------------------------------------------------------------------------------------------------------


def read_clauses(placed: Iterable[Placed]) -> dict[int, ElementReading]:
    """What the engine reads in each clause, by its key. Four queries for those not read before, however many."""
    wanted = {clause.pk: (version, clause) for version, clause in placed}
    keys = {_cache_key(version, clause): number for number, (version, clause) in wanted.items()}
    stored = {keys[key]: _from_plain(plain) for key, plain in cache.get_many(keys).items()}
    readings = {number: reading for number, reading in stored.items() if reading is not None}
    missing = {number: one for number, one in wanted.items() if number not in readings}
    if missing:
        fresh = _read(missing)
        plain = {key: _PLAIN.dump_python(fresh[number], mode="json") for key, number in keys.items() if number in fresh}
        cache.set_many(plain, DAY)
        readings |= fresh
    return readings


def _from_plain(plain: Any) -> ElementReading | None:
    """Returns None for what the cache cannot have been given by this program."""
    try:
        return _PLAIN.validate_python(plain)
    except ValidationError:
        return None


def _cache_key(version: Version, clause: Clause) -> str:
    """By the words and by what the file says of them, so that no key outlives its text."""
    of_text = f"{version.text_hash} {version.file_hash} {version.text_status} {clause.eid}"
    return f"elements:3:{ENGINE}:{hashlib.sha256(of_text.encode()).hexdigest()}"


def _read(wanted: Mapping[int, Placed]) -> dict[int, ElementReading]:
    # The articles or sections with all inside them and the headings above them, each row once; of one that is too long
    # the clause alone, and nothing of a clause that is too long itself.
    unit_of = units_of(clause for _version, clause in wanted.values())
    sizes = sizes_of({*wanted, *unit_of.values()})
    read = {pk: unit if sizes[unit] <= READ_MAX else pk for pk, unit in unit_of.items() if sizes[pk] <= READ_MAX}
    units = Clause.objects.in_bulk(set(read.values())).values()
    rows = rows_of(
        Q(version=unit.version_id)
        & (Q(position__gte=unit.position, position__lt=unit.end) | Q(position__lt=unit.position, end__gt=unit.position))
        for unit in units
    )
    inside = {(unit.version_id, position) for unit in units for position in range(unit.position, unit.end)}
    for row in rows:
        if len(row.text) > ABOVE_MAX and (row.version_id, row.position) not in inside:
            row.text = ""
    readings = {pk: ElementReading(Elements(is_partly_known=True), PART, False, {}) for pk in wanted if pk not in read}
    for version in {version.pk: version for version, _clause in wanted.values()}.values():
        own = [clause for one, clause in wanted.values() if one.pk == version.pk and clause.pk in read]
        document = document_of(version, [row for row in rows if row.version_id == version.pk])
        found = elements_of(document, [clause.eid for clause in own])
        readings |= {clause.pk: _reading(document, clause.eid, found[clause.eid]) for clause in own}
    return readings


def units_of(clauses: Iterable[Clause]) -> dict[int, int]:
    """The key of the article or section in which each clause stands, its own where it stands in none. One query."""
    wanted = list(clauses)
    units = Clause.objects.filter(version__in={one.version_id for one in wanted}, element__in=UNIT_ELEMENTS)
    places = [(*row, True) for row in units.order_by().values_list("version_id", "position", "end", "pk")]
    places += [(one.version_id, one.position, one.end, one.pk, False) for one in wanted]
    found: dict[int, int] = {}
    around: list[tuple[int, int, int]] = []  # units that are open at a place, the innermost last
    for version, position, end, pk, is_unit in sorted(places, key=lambda place: (*place[:2], not place[4])):
        while around and (around[-1][0] != version or around[-1][1] <= position):
            around.pop()
        if is_unit:
            around.append((version, end, pk))
        else:
            found[pk] = around[-1][2] if around else pk
    return found


def sizes_of(keys: Collection[int]) -> dict[int, int]:
    """How much there is to read in each clause and those inside it, in letters. One query."""
    inside = Clause.objects.filter(
        version=OuterRef("version"), position__gte=OuterRef("position"), position__lt=OuterRef("end")
    )
    letters = inside.order_by().values("version").annotate(letters=Sum(Length("text") + OF_A_CLAUSE)).values("letters")
    return dict(Clause.objects.filter(pk__in=keys).order_by().values_list("pk", Subquery(letters)))


def rows_of(conditions: Iterable[Q]) -> list[Clause]:
    """Clauses that meet any of the conditions, by text and in its order. A query for every 300 conditions."""
    found: dict[int, Clause] = {}
    for some in batched(conditions, 300):  # SQLite takes no more than 1,000 in one
        found |= {row.pk: row for row in Clause.objects.filter(Q(*some, _connector=Q.OR))}
    return sorted(found.values(), key=attrgetter("version_id", "position"))


# So much is shown of one element of a clause: 700 penalties above each of 90 clauses took a page for a minute.
EXCERPTS_MAX = 50


def _reading(document: Document, eid: str, elements: Elements) -> ElementReading:
    inside = list(document.subtree(eid))
    cut = {name: getattr(elements, name)[:EXCERPTS_MAX] for name in NAMES}
    if any(len(cut[name]) < len(getattr(elements, name)) for name in NAMES):
        elements = replace(elements, **cut, is_partly_known=True)
    excerpts = [excerpt for name in NAMES for excerpt in getattr(elements, name)]
    statuses = {clause.attributes.get("text_status", "") for clause in inside}
    known = PART if elements.is_partly_known or not UNSEEN.isdisjoint(statuses) else WHOLE
    return ElementReading(
        elements,
        known if elements.conduct else NOT_SEEN,
        any(document.by_eid[one.eid].text[one.end : one.end + 1] == " " for one in elements.conduct),
        {excerpt.eid: document.by_eid[excerpt.eid].num for excerpt in excerpts},
    )


# --- showing ----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Quote:
    """Words of a text; ``clause`` names where they stand, unless that is the clause that is being shown."""

    words: str
    eid: str
    clause: str = ""


@dataclass
class ElementValue:
    """A value in the reader's words (empty: the text's own words say it), with the words it rests on.

    ``status`` and ``credit`` say how far people checked it, and who; both are empty of what the program read.
    """

    label: str
    quotes: list[Quote] = field(default_factory=list)
    in_dollars: str = ""
    status: str = ""
    credit: str = ""
    # A condition of it, in the reader's language.
    note: str = ""


@dataclass(frozen=True)
class SharedValues:
    """The values of an element that several clauses have in common, with those clauses."""

    clauses: list[Clause]
    values: list[ElementValue]


@dataclass(frozen=True)
class ElementColumn:
    """A law's clauses under a subject; a clause inside another of them is not listed by itself."""

    version: Version
    clauses: list[Clause]

    @property
    def only(self) -> Clause | None:
        """The clause, where there is only one: then no value has to name it."""
        return self.clauses[0] if len(self.clauses) == 1 else None


@dataclass(frozen=True)
class ElementCell:
    """An element in one law: ``silent`` are the clauses without it, under the sentence shown for that."""

    column: ElementColumn
    entries: list[SharedValues]
    silent: dict[str, list[Clause]]

    @property
    def lines(self) -> list[tuple[str, str, str, str]]:
        """Each different value: its label, or the words themselves where they are the value; its status and note."""
        lines: dict[tuple[str, str, str, str], None] = {}
        for value in (value for entry in self.entries for value in entry.values):
            quote = "" if value.label or not value.quotes else value.quotes[0].words
            lines[value.label, quote, value.status, value.note] = None
        return list(lines)

    @property
    def brief(self) -> list[tuple[str, str, str, str]]:
        """What of it fills about a line: the first words, or the first labels."""
        return self.lines[: VALUES_SHOWN if self.lines and len(self.lines[0][0]) in range(1, LABEL_SHORT) else 1]

    @property
    def more_count(self) -> int:
        return len(self.lines) - len(self.brief)


@dataclass(frozen=True)
class ElementRow:
    """An element; ``is_text`` where the law's own words are all that is shown of it."""

    name: str
    cells: list[ElementCell]
    is_text: bool


@dataclass(frozen=True)
class ElementTable:
    """Elements by laws; ``nowhere`` are the elements of which nothing was read in any of them.

    ``credit`` is that of all values, where it is the same; ``is_project``: they are the project's, as a page says once.
    """

    columns: list[ElementColumn]
    lines: list[ElementRow]
    nowhere: list[str]
    credit: str = ""
    is_project: bool = False


def without_confirmed(table: ElementTable | None, confirmed: ElementTable | None) -> ElementTable | None:
    """What the program read, but for the elements that people confirmed in every law; None where nothing is left."""
    if table is None or confirmed is None or len(confirmed.columns) < len(table.columns):
        return table
    settled = {line.name for line in confirmed.lines if all(cell.entries for cell in line.cells)}
    lines = [line for line in table.lines if line.name not in settled]
    return replace(table, lines=lines) if lines else None


def build_table(
    shelves: Iterable[tuple[Version, Sequence[Clause]]], readings: Mapping[int, ElementReading]
) -> ElementTable | None:
    """The elements of each law's clauses side by side, or None where there is no value to show."""
    columns = [ElementColumn(version, outermost(clauses)) for version, clauses in shelves if clauses]
    if not any(readings[clause.pk].has_values for column in columns for clause in column.clauses):
        return None
    lines, nowhere = [], []
    for element, name in NAMES.items():
        cells = [_cell(column, element, readings) for column in columns]
        if any(cell.entries for cell in cells):
            lines.append(ElementRow(str(name), cells, element == "conduct"))
        else:
            nowhere.append(str(name))
    return ElementTable(columns, lines, nowhere)


def outermost(clauses: Iterable[Clause]) -> list[Clause]:
    """The clauses of one text in its order, without those inside another of them."""
    outer: list[Clause] = []
    for clause in sorted(clauses, key=lambda clause: (clause.position, -clause.end)):
        if not outer or clause.position >= outer[-1].end:
            outer.append(clause)
    return outer


def _cell(column: ElementColumn, element: str, readings: Mapping[int, ElementReading]) -> ElementCell:
    by_values: list[SharedValues] = []
    silent: dict[str, list[Clause]] = {}
    for clause in column.clauses:
        reading = readings[clause.pk]
        values = values_of(element, reading, clause.eid)
        same = next((entry for entry in by_values if entry.values == values), None)
        if same:
            same.clauses.append(clause)
        elif values:
            by_values.append(SharedValues([clause], values))
        else:
            silent.setdefault(str(MISSING[reading.known]), []).append(clause)
    return ElementCell(column, by_values, silent)


def values_of(element: str, reading: ElementReading, eid: str) -> list[ElementValue]:
    """The values of an element, each once, with the different words it rests on."""
    values: dict[str, ElementValue] = {}
    for excerpt in getattr(reading.elements, element):
        label = value_in_words(element, excerpt)
        value = values.setdefault(label, ElementValue(label))
        quote = quoted(excerpt, reading, eid, "…" if element == "conduct" and reading.is_cut else "")
        if quote.words.casefold() not in {each.words.casefold() for each in value.quotes}:
            value.quotes.append(quote)
        if element == "penalties":
            value.in_dollars = format_in_dollars(excerpt.values)
    return list(values.values())


def quoted(excerpt: Excerpt, reading: ElementReading, eid: str, end: str = "") -> Quote:
    """The words of an excerpt, with the clause they stand in unless that is ``eid``; ``end`` says that they go on."""
    num = reading.numbers.get(excerpt.eid, "")
    place = "" if excerpt.eid == eid else cite(Clause(eid=excerpt.eid, num=num))
    return Quote(" ".join(excerpt.quote.split()) + end, excerpt.eid, place)


# Under which key of its values an element of one word has it.
_NAMED_BY = {"mental": "level", "defences": "kind", "authorisation": "body"}


def value_in_words(element: str, excerpt: Excerpt) -> str:
    """What an excerpt says, in the reader's language; empty where its own words are the value."""
    if element in _NAMED_BY:
        return str(name_in_words(LOCALE, str(excerpt.values[_NAMED_BY[element]])))
    if element == "time_limits":
        return str(time_in_words(LOCALE, excerpt.values))
    if element != "penalties":
        return ""
    values = penalty_of(excerpt).all_values
    condition = values.pop("condition", "")
    words = str(penalty_sentences(LOCALE, values))
    return _("%(penalty)s Where: “%(condition)s”.") % {"penalty": words, "condition": condition} if condition else words
