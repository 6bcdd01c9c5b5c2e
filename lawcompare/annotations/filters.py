"""Which notes a reader asks for, in the address: ``?organisation=…&law=…&version=…&category=…&risk=…``.

The one filter of lists, margins, exports, JSON-LD, feeds, the API and the page of concerns; the two lists of the
workspace have theirs at the end. Each name may stand more than once: any of its values is meant. A page passes over a
risk that does not exist; a file refuses it, and a category that does not exist too, since a file that silently held
everything would be taken for the answer.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, fields
from itertools import chain
from typing import Any
from urllib.parse import urlencode

from django.contrib.auth.models import AnonymousUser
from django.db.models import Q, QuerySet
from django.http import Http404, QueryDict
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from lawcompare.accounts.models import Organisation, Person
from lawcompare.annotations.access import WAITS
from lawcompare.annotations.html import read_openings
from lawcompare.annotations.models import Annotation, AnnotationQuerySet, Category, NoteStatus, NoteStep, Risk
from lawcompare.laws.access import TITLE, proposal_of_law, titled, visible_laws
from lawcompare.laws.models import Law

RISKS = {risk.name.lower(): risk for risk in Risk}
# What a page offers to choose by; a file can be asked for by law and version too.
PAGE_NAMES = ("organisation", "category", "risk")


@dataclass(frozen=True)
class NoteFilter:
    """What notes are narrowed to, in the words of the address; an empty field stands for all of them."""

    organisation: tuple[str, ...] = ()
    law: tuple[str, ...] = ()
    version: tuple[str, ...] = ()
    category: tuple[str, ...] = ()
    risk: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return any(getattr(self, name) for name in NAMES)

    @property
    def risks(self) -> set[int]:
        return {RISKS[name] for name in self.risk}

    def of(self, annotations: AnnotationQuerySet) -> AnnotationQuerySet:
        """The rows it shows, asked of the database."""
        wanted = {
            "organisation__slug__in": self.organisation,
            "version__law__slug__in": self.law,
            "version__slug__in": self.version,
            "risk__in": self.risks,
        }
        annotations = annotations.filter(**{lookup: values for lookup, values in wanted.items() if values})
        if not self.category:
            return annotations
        # By key, so that a note with two of the categories is one row.
        among = Annotation.categories.through.objects.filter(category__code__in=self.category)
        return annotations.filter(pk__in=among.values("annotation_id"))

    def shows(self, annotation: Annotation) -> bool:
        """Whether risk, category and organisation fit an annotation of which these are loaded already."""
        return (
            (not self.risk or annotation.risk in self.risks)
            and (not self.organisation or annotation.organisation.slug in self.organisation)
            and (not self.category or any(kind.code in self.category for kind in annotation.categories.all()))
        )

    @property
    def query(self) -> str:
        """As it stands in an address, without the question mark: the same filter gives the same words."""
        return urlencode([(name, value) for name in NAMES for value in getattr(self, name)])

    def names(self) -> list[str]:
        """What was chosen of what is public, by name, in the reader's language."""
        names = [str(row) for row in public_organisations().filter(slug__in=self.organisation)]
        laws = visible_laws(AnonymousUser()).filter(slug__in=self.law)
        names += [titled(law.name, proposal_of_law(law, of=TITLE)) for law in laws]
        names += [str(row) for row in Category.objects.known().filter(code__in=self.category)]
        return names + [str(RISKS[name].label) for name in self.risk]


def public_organisations() -> QuerySet[Organisation]:
    """Returns the organisations of which everybody may read a note, or that it was withdrawn; no others are named."""
    return Organisation.objects.filter(pk__in=Annotation.objects.with_address().order_by().values("organisation"))


NAMES = tuple(each.name for each in fields(NoteFilter))


def page_filter(query: QueryDict) -> NoteFilter:
    """The notes that the address of a page asks for. A risk that does not exist is passed over."""
    values = _values(query, PAGE_NAMES)
    return NoteFilter(**values | {"risk": tuple(name for name in values["risk"] if name in RISKS)})


def file_filter(query: QueryDict) -> NoteFilter:
    """The notes that the address of a file asks for. Raises ``Http404`` for a risk or category that does not exist."""
    values = _values(query, NAMES)
    known = set(Category.objects.known().values_list("code", flat=True)) if values["category"] else set()
    for word in values["risk"]:
        if word not in RISKS:
            sentence = _("There is no risk “%(word)s”: low, medium, high and critical are known.")
            raise Http404(sentence % {"word": word})
    for word in values["category"]:
        if word not in known:
            raise Http404(_("There is no kind of risk “%(word)s” here.") % {"word": word})
    return NoteFilter(**values)


def _values(query: QueryDict, names: Iterable[str]) -> dict[str, tuple[str, ...]]:
    """Each name's values, each once and in an order of their own: risks by their gravity, others by the alphabet."""
    order = list(RISKS)
    # PostgreSQL takes no null character even in a question.
    values = {name: {value.replace("\ufffd", "").strip() for value in query.getlist(name)} - {""} for name in names}
    return {
        name: tuple(sorted(words, key=lambda word: (order.index(word) if word in order else -1, word)))
        for name, words in values.items()
    }


@dataclass(frozen=True)
class FilterOption:
    value: str
    label: str
    is_chosen: bool


@dataclass(frozen=True)
class FilterChoices:
    """What a page's filter can be set to."""

    risks: list[FilterOption]
    categories: list[FilterOption]
    organisations: list[FilterOption]

    @classmethod
    def offered(
        cls, risks: Iterable[int], kinds: Iterable[Category], organisations: Iterable[Organisation], chosen: NoteFilter
    ) -> FilterChoices:
        return cls(
            [
                FilterOption(risk.name.lower(), capfirst(str(risk.label)), risk.name.lower() in chosen.risk)
                for risk in sorted(map(Risk, risks), reverse=True)
            ],
            [
                FilterOption(kind.code, str(kind), kind.code in chosen.category)
                for kind in sorted(kinds, key=lambda kind: (kind.position, kind.code))
            ],
            [
                FilterOption(each.slug, str(each), each.slug in chosen.organisation)
                for each in sorted(organisations, key=str)
            ],
        )

    def __bool__(self) -> bool:
        """Whether there is anything to choose."""
        return max(len(self.risks), len(self.categories), len(self.organisations)) > 1


# --- The notes of a page ----------------------------------------------------------------------------------------------


class Notes(dict[int, list[Annotation]]):
    """The notes shown on the clauses of a page, by clause; how many the filter hides, and what it may be set to."""

    # Marks in a text lead to these notes, which stand on the same page.
    is_linked = True

    def __init__(self, chosen: NoteFilter) -> None:
        super().__init__()
        self.filter = chosen
        self.total = self.hidden = 0
        self.choices = FilterChoices([], [], [])
        # By clause of a rendering, notes on what it renders, on the words that a person set for them.
        self.rendered: dict[int, list[Annotation]] = {}
        # What else is in the address, which the filter's form takes along.
        self.kept: list[tuple[str, str]] = []

    @property
    def shown(self) -> int:
        return self.total - self.hidden


def notes_among(query: QueryDict, annotations: Iterable[Annotation], clauses: Collection[int]) -> Notes:
    """Of the notes that the reader may see on some texts, those on the clauses of a page that the address asks for."""
    chosen, rows = page_filter(query), list(annotations)
    notes = Notes(chosen)
    kinds = {kind for row in rows for kind in row.categories.all()}
    organisations = {row.organisation for row in rows}
    notes.choices = FilterChoices.offered({row.risk for row in rows}, kinds, organisations, chosen)
    notes.kept = [(name, value) for name, values in query.lists() if name not in PAGE_NAMES for value in values]
    for note in rows:
        if note.clause_id in clauses:
            notes.total += 1
            if chosen.shows(note):
                notes.setdefault(note.clause_id, []).append(note)
    read_openings(chain.from_iterable(notes.values()))
    notes.hidden = notes.total - sum(map(len, notes.values()))
    return notes


# --- The lists of the workspace ---------------------------------------------------------------------------------------

# By list, the names that its filter has in the address.
LISTS = {"mine": ("status", "law", "risk"), "waiting": ("waiting_law", "waiting_risk")}
VALUE_MAX = 200


def laws_to_choose(user: Person, reviewed: Organisation | None) -> list[Law]:
    """The laws on which the person wrote, or that a note is on which waits for them as a reviewer. A query."""
    listed = Q(creator_id=user.pk)
    if reviewed is not None:
        listed |= WAITS & Q(organisation=reviewed)
    return list(visible_laws(user).filter(pk__in=Annotation.objects.filter(listed).order_by().values("version__law")))


@dataclass(frozen=True)
class ListFilter:
    """What the address narrows a list of the workspace to: the person's own notes, or those that wait for them."""

    place: str
    values: Mapping[str, str]

    @classmethod
    def asked_for(cls, place: str, query: Mapping[str, str]) -> ListFilter:
        values = {name: str(query.get(name, ""))[:VALUE_MAX].strip() for name in LISTS[place]}
        return cls(place, {name: value for name, value in values.items() if value})

    def __bool__(self) -> bool:
        return bool(self.values)

    def get(self, name: str) -> str:
        """The value chosen for ``status``, ``law`` or ``risk``; empty where any is meant."""
        return self.values.get(self.name_of(name), "")

    def name_of(self, name: str) -> str:
        return f"waiting_{name}" if self.place == "waiting" else name

    @property
    def query(self) -> str:
        """As it stands in an address, without the question mark."""
        return urlencode(self.values)

    def of(self, annotations: AnnotationQuerySet) -> AnnotationQuerySet:
        """The rows it shows, asked of the database. A status or risk that does not exist stands for all."""
        if self.get("law"):
            annotations = annotations.filter(version__law__slug=self.get("law"))
        if self.get("risk") in RISKS:
            annotations = annotations.filter(risk=RISKS[self.get("risk")])
        if self.get("status") == NoteStep.RETURNED:
            return annotations.returned()
        return annotations.filter(status=self.get("status")) if self.get("status") in NoteStatus.values else annotations


def filter_form(
    chosen: ListFilter, other: ListFilter, laws: Iterable[Law], annotations: AnnotationQuerySet, shown: int
) -> dict[str, Any]:
    """What ``_list_filter.html`` shows of a filter of these annotations, of which so many are shown; ``other`` is that
    of the other list, ``hidden`` how many notes it leaves out. A query where it is on, else none.
    """
    offered = {"law": [(law.slug, titled(law.name, proposal_of_law(law, of=TITLE))) for law in laws]}
    offered["risk"] = [(name, str(risk.label)) for name, risk in RISKS.items()]
    if chosen.place == "mine":
        states = [*NoteStatus.choices, (NoteStep.RETURNED.value, NoteStep.RETURNED.label)]
        offered["status"] = [(value, str(label)) for value, label in states]
    choices = {
        name: {
            "name": chosen.name_of(name),
            "options": [FilterOption(value, label, value == chosen.get(name)) for value, label in options],
        }
        for name, options in offered.items()
    }
    hidden = annotations.order_by().count() - shown if chosen else 0
    return {"place": chosen.place, "is_on": bool(chosen), "hidden": hidden, "other": other, **choices}
