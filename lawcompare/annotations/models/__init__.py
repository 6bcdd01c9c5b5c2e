"""The rows of the room: notes and what is said of them, and what later texts made of them."""

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
    OwnNote,
    RenderedWords,
    Reply,
    ReplyKind,
    ReplyStatus,
    ReviewRemark,
    Revision,
    Risk,
    returns_of,
)
