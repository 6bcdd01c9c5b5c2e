"""The rows of the room: notes and what is said of them, and what later texts made of them."""

from lawcompare.annotations.models.carrying import (
    SILENCE_MAX,
    Carried,
    CarriedQuerySet,
    Carrying,
    CarryingState,
    Fate,
    Verdict,
)
from lawcompare.annotations.models.notes import (
    Annotation,
    AnnotationQuerySet,
    Category,
    CategoryChange,
    Decision,
    Flag,
    Motivation,
    Reply,
    Revision,
    Risk,
    Status,
    Step,
)

__all__ = [
    "SILENCE_MAX",
    "Annotation",
    "AnnotationQuerySet",
    "Carried",
    "CarriedQuerySet",
    "Carrying",
    "CarryingState",
    "Category",
    "CategoryChange",
    "Decision",
    "Fate",
    "Flag",
    "Motivation",
    "Reply",
    "Revision",
    "Risk",
    "Status",
    "Step",
    "Verdict",
]
