"""What the program suggests as counterparts of a clause, and what reviewers decide on it."""

from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from lawcompare.audit.services import record
from lawcompare.crosswalk.access import check_visible, reviewer
from lawcompare.crosswalk.checks import check_answer, check_circle, check_statement
from lawcompare.crosswalk.models import (
    Correspondence,
    CorrespondenceDecision,
    CorrespondenceStatus,
    SuggestionRun,
    Topic,
)
from lawcompare.crosswalk.services import change_status, decided_by, place_under_topic, record_decision
from lawcompare.jobs import services as jobs
from lawcompare.laws.models import Clause, Version


@transaction.atomic
def request_suggestions(user: Any, source: Version, target: Version) -> SuggestionRun:
    """Have counterparts of all of ``source`` looked for in ``target``. Starts nothing while a search is under way."""
    membership = reviewer(user)
    check_visible(user, source.pk, target.pk)
    if source.pk == target.pk:
        raise ValidationError(_("Choose two different texts."))
    run, is_new = SuggestionRun.objects.get_or_create(subject_version=source, object_version=target)
    if is_new:
        jobs.enqueue(run)
    elif not jobs.start(run):
        return run
    subject = f"text/{source.address}"
    record("look for counterparts", subject, user, membership.organisation.slug, among=target.address)
    return run


@transaction.atomic
def confirm_correspondence(
    user: Any, correspondence: Correspondence, topic: Topic, relation: str, reasoning: str
) -> CorrespondenceDecision:
    """Say that a suggested counterpart is one, and how it stands to the clause."""
    membership = reviewer(user)
    check_visible(user, correspondence.subject_version_id, correspondence.object_version_id)
    answer = correspondence.object or correspondence.object_version
    check_statement(correspondence.subject, answer, relation, reasoning)
    check_answer(answer, relation)
    check_circle(correspondence.subject, correspondence.object, relation, besides=correspondence)
    _check_unstated(topic, correspondence.subject, answer, besides=correspondence)
    statement = {
        "topic": topic,
        "relation": relation,
        "reasoning": reasoning.strip(),
        "author": membership.organisation.name,
        "organisation": membership.organisation,
        "stated_by": membership.user,
    }
    change_status(correspondence, CorrespondenceStatus.SUGGESTED, CorrespondenceStatus.CONFIRMED, **statement)
    place_under_topic(correspondence)
    return record_decision(correspondence, membership, reasoning)


@transaction.atomic
def refuse_correspondence(user: Any, correspondence: Correspondence, reason: str) -> CorrespondenceDecision:
    """Say that a suggested counterpart is none."""
    membership = reviewer(user)
    check_visible(user, correspondence.subject_version_id, correspondence.object_version_id)
    if not reason.strip():
        raise ValidationError(_("Say why, so that readers can follow the judgement."))
    change_status(correspondence, CorrespondenceStatus.SUGGESTED, CorrespondenceStatus.REFUSED)
    return record_decision(correspondence, membership, reason)


@transaction.atomic
def reopen_correspondence(user: Any, correspondence: Correspondence, reason: str = "") -> CorrespondenceDecision:
    """Take a decision of one's own organisation back: what was confirmed or refused waits again."""
    membership = reviewer(user)
    check_visible(user, correspondence.subject_version_id, correspondence.object_version_id)
    if correspondence.status == CorrespondenceStatus.SUGGESTED:
        raise ValidationError(_("Nothing has been decided on this suggestion yet."))
    if decided_by(correspondence) != membership.organisation:
        raise PermissionDenied(_("Only the organisation that decided can take its decision back."))
    nobody = dict.fromkeys(("organisation", "stated_by", "seconded_for", "seconded_by"))
    change_status(correspondence, correspondence.status, CorrespondenceStatus.SUGGESTED, **nobody)
    return record_decision(correspondence, membership, reason or _("Undone."))


def _check_unstated(topic: Topic, subject: Clause, answer: Clause | Version, besides: Correspondence) -> None:
    answered_by = answer if isinstance(answer, Clause) else None
    same = Correspondence.objects.filter(
        topic=topic, subject=subject, object=answered_by, object_version_id=besides.object_version_id
    )
    other = same.exclude(pk=besides.pk).first()
    if other is not None:
        raise ValidationError(
            _("This pair is already in the list under this topic, by %(author)s.") % {"author": other.author or "—"}
        )
