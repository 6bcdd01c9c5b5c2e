"""The filters of the workspace's lists of annotations: what they leave, what they can be set to, what they hide."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Q

from lawcompare.accounts.models import Organisation
from lawcompare.annotations.access import publishes_own
from lawcompare.annotations.filters import RISKS, FilterOption
from lawcompare.annotations.list_filters.services import ListFilter
from lawcompare.annotations.models import Annotation, AnnotationQuerySet, NoteStatus, NoteStep
from lawcompare.laws.access import visible_laws
from lawcompare.laws.models import Law

WAITS = Q(status=NoteStatus.SUBMITTED) | Q(status=NoteStatus.PUBLISHED, pending=NoteStatus.SUBMITTED)


def submitted_to(user: Any, organisation: Organisation) -> AnnotationQuerySet:
    """The annotations, and the next words of published ones, on which one of an organisation's reviewers decides."""
    waiting = Annotation.objects.filter(WAITS, organisation=organisation)
    return waiting if publishes_own(organisation) else waiting.exclude(pk__in=waiting.written_by(user).values("pk"))


def narrowed(annotations: AnnotationQuerySet, law: str, risk: str) -> AnnotationQuerySet:
    """Those on one law and of one risk. An empty word stands for all; so does a risk that does not exist."""
    if law:
        annotations = annotations.filter(version__law__slug=law)
    return annotations.filter(risk=RISKS[risk]) if risk in RISKS else annotations


def laws_to_choose(user: Any, reviewed: Organisation | None) -> list[Law]:
    """The laws on which the person wrote, or that a note is on which waits for them as a reviewer. A query."""
    listed = Q(creator_id=user.pk)
    if reviewed is not None:
        listed |= WAITS & Q(organisation=reviewed)
    return list(visible_laws(user).filter(pk__in=Annotation.objects.filter(listed).order_by().values("version__law")))


@dataclass(frozen=True)
class FilterField:
    """A choice of a filter's form."""

    name: str
    options: list[FilterOption] = field(default_factory=list)


@dataclass(frozen=True)
class ShownFilter:
    """A filter as its form shows it. ``hidden`` is how many it leaves out; ``is_kept`` that it was chosen before."""

    place: str
    is_on: bool
    is_kept: bool
    hidden: int
    law: FilterField
    risk: FilterField
    status: FilterField | None

    @classmethod
    def of(cls, chosen: ListFilter, laws: Iterable[Law], annotations: AnnotationQuerySet, shown: int) -> ShownFilter:
        """The form of a filter of these annotations, of which so many are shown. A query where it is on, else none."""
        prefix = "waiting_" if chosen.place == "waiting" else ""
        fields = {
            "law": [(law.slug, law.name) for law in laws],
            "risk": [(name, str(risk.label)) for name, risk in RISKS.items()],
            "status": [
                *((value, str(label)) for value, label in NoteStatus.choices),
                (NoteStep.RETURNED.value, str(NoteStep.RETURNED.label)),
            ],
        }
        made = {
            name: FilterField(
                prefix + name,
                [FilterOption(value, label, value == chosen.get(prefix + name)) for value, label in options],
            )
            for name, options in fields.items()
        }
        status = made["status"] if chosen.place == "mine" else None
        hidden = annotations.order_by().count() - shown if chosen else 0
        return cls(chosen.place, bool(chosen), chosen.is_kept, hidden, made["law"], made["risk"], status)
