"""The rows of the room: notes and what is said of them, and what later texts made of them."""

from lawcompare.annotations.models.carrying import (
    Carried,
    CarriedQuerySet,
    Carrying,
    Fate,
    Verdict,
)
from lawcompare.annotations.models.notes import (
    Annotation,
    AnnotationQuerySet,
    Category,
    CategoryChange,
    Flag,
    FlagKind,
    Motivation,
    NoteDecision,
    NoteStatus,
    NoteStep,
    Reply,
    ReplyKind,
    ReplyStatus,
    ReviewRemark,
    Revision,
    Risk,
    returns_of,
)
from lawcompare.annotations.models.own_notes import OwnNote
from lawcompare.annotations.models.renderings import RenderedWords
