"""Which notes a reader asks to see, by risk, kind of risk and organisation, in the address: a link keeps it.

``?risk=high&risk=critical&category=VAGUE&organisation=centre``. What is named there and unknown here is passed over.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.http import QueryDict

from lawcompare.accounts.models import Organisation
from lawcompare.annotations.models import Annotation, AnnotationQuerySet, Category, Risk

NAMES = ("risk", "category", "organisation")
RISKS = {risk.name.lower(): risk for risk in Risk}


def _is_name(word: str) -> bool:
    """Whether it may name something; PostgreSQL takes no null character even in a question."""
    return bool(word) and "\x00" not in word


@dataclass(frozen=True)
class NoteFilter:
    """Notes of one of these risks, with one of these categories, by one of these organisations; empty: of any."""

    risks: frozenset[int] = frozenset()
    categories: frozenset[str] = frozenset()
    organisations: frozenset[str] = frozenset()

    @classmethod
    def asked_for(cls, query: QueryDict) -> NoteFilter:
        return cls(
            frozenset(RISKS[name] for name in query.getlist("risk") if name in RISKS),
            frozenset(filter(_is_name, query.getlist("category"))),
            frozenset(filter(_is_name, query.getlist("organisation"))),
        )

    def __bool__(self) -> bool:
        return bool(self.risks or self.categories or self.organisations)

    def shows(self, annotation: Annotation) -> bool:
        """Whether it shows an annotation whose categories and organisation are already loaded."""
        if self.risks and annotation.risk not in self.risks:
            return False
        if self.organisations and annotation.organisation.slug not in self.organisations:
            return False
        return not self.categories or any(kind.code in self.categories for kind in annotation.categories.all())

    def of(self, annotations: AnnotationQuerySet) -> AnnotationQuerySet:
        """The rows it shows, asked of the database."""
        if self.risks:
            annotations = annotations.filter(risk__in=self.risks)
        if self.organisations:
            annotations = annotations.filter(organisation__slug__in=self.organisations)
        if self.categories:
            annotations = annotations.filter(
                pk__in=Annotation.categories.through.objects.filter(category__code__in=self.categories).values(
                    "annotation_id"
                )
            )
        return annotations

    @property
    def query(self) -> str:
        """As it stands in an address, without the question mark: the same filter gives the same words."""
        query = QueryDict(mutable=True)
        query.setlist("risk", [name for name, risk in RISKS.items() if risk in self.risks])
        query.setlist("category", sorted(self.categories))
        query.setlist("organisation", sorted(self.organisations))
        return query.urlencode()


@dataclass(frozen=True)
class Choice:
    value: str
    label: str
    is_chosen: bool


@dataclass(frozen=True)
class Choices:
    """What there is to choose from: all that the notes at hand have."""

    risks: list[Choice]
    categories: list[Choice]
    organisations: list[Choice]

    @classmethod
    def among(cls, annotations: Iterable[Annotation], chosen: NoteFilter) -> Choices:
        """The choices that notes already loaded leave, without another query."""
        rows = list(annotations)
        kinds = {kind for row in rows for kind in row.categories.all()}
        return cls.offered({row.risk for row in rows}, kinds, {row.organisation for row in rows}, chosen)

    @classmethod
    def offered(
        cls, risks: Iterable[int], kinds: Iterable[Category], organisations: Iterable[Organisation], chosen: NoteFilter
    ) -> Choices:
        return cls(
            [
                Choice(Risk(risk).name.lower(), str(Risk(risk).label), risk in chosen.risks)
                for risk in sorted(risks, reverse=True)
            ],
            [
                Choice(kind.code, str(kind), kind.code in chosen.categories)
                for kind in sorted(kinds, key=lambda kind: (kind.position, kind.code))
            ],
            [
                Choice(each.slug, str(each), each.slug in chosen.organisations)
                for each in sorted(organisations, key=str)
            ],
        )

    def __bool__(self) -> bool:
        """Whether there is anything to choose."""
        return max(len(self.risks), len(self.categories), len(self.organisations)) > 1
