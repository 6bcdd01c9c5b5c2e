"""Stating that clauses of two laws answer each other."""

from __future__ import annotations

from django.db import transaction

from lawcompare.crosswalk.models import Correspondence, Topic
from lawcompare.laws.models import Clause, Version


@transaction.atomic
def state_correspondence(
    topic: Topic,
    subject: Clause,
    answer: Clause | Version,
    relation: str,
    reasoning: str,
    author: str,
    status: str = Correspondence.Status.CONFIRMED,
    searched: str = "",
) -> Correspondence:
    """Record how a clause stands to a clause of another law, or that none was found in a whole version of it."""
    answered_by = answer if isinstance(answer, Clause) else None
    version = answer if isinstance(answer, Version) else answer.version
    correspondence, _is_new = Correspondence.objects.update_or_create(
        topic=topic,
        subject=subject,
        object=answered_by,
        object_version=version,
        defaults={
            "subject_version": subject.version,
            "relation": relation,
            "reasoning": reasoning,
            "searched": searched,
            "author": author,
            "status": status,
        },
    )
    return correspondence
