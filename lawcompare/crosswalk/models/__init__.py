"""The rows of the room: topics, which clause of one law answers which of another, and what clauses lay down."""

from lawcompare.crosswalk.findings.models import (
    Examination,
    Finding,
    FindingDecision,
    FindingDecisionKind,
    FindingQuerySet,
)
from lawcompare.crosswalk.models.correspondences import (
    REVERSED,
    Correspondence,
    CorrespondenceDecision,
    CorrespondenceStatus,
    Element,
    Relation,
    Silence,
    SilenceKind,
    SuggestionRun,
    Topic,
    TopicAction,
    TopicChange,
)
from lawcompare.crosswalk.models.drafts import DraftComparison, DraftPair
from lawcompare.crosswalk.models.values import Value, ValueAction, ValueChange, ValueStatus
