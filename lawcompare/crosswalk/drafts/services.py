"""What people do with a draft comparison by subject: begin it, decide on pairs, publish it, discard it."""

from dataclasses import dataclass
from secrets import token_hex
from typing import Any
from uuid import uuid4

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from lawcompare.accounts.models import Membership, Person
from lawcompare.core.log.services import record
from lawcompare.crosswalk.access import check_visible, correspondences_known, get_draft, reviewer, values_among
from lawcompare.crosswalk.models import Correspondence, CorrespondenceStatus, DraftComparison, DraftPair, Element, Topic
from lawcompare.crosswalk.provisions import TopicRow, rows_between
from lawcompare.crosswalk.services import (
    as_stored,
    check_answer,
    check_searched,
    check_statement,
    second_correspondence,
    state_for,
)
from lawcompare.crosswalk.suggestions.services import check_group, refuse_correspondence, request_suggestions
from lawcompare.laws.citing import cite
from lawcompare.laws.models import Clause, Version

# All are published while a person waits.
PAIRS_MAX = 100


@dataclass(frozen=True)
class Published:
    """How many correspondences a draft became, and how many of them readers see only after a second person."""

    stated: int
    waiting: int


@transaction.atomic
def begin_draft(user: Person, source: Version, target: Version) -> DraftComparison:
    """The open draft comparison of the person's organisation between two texts; begun where there is none."""
    membership = reviewer(user)
    request_suggestions(user, source, target)
    draft, is_new = DraftComparison.objects.get_or_create(
        source=source,
        target=target,
        organisation=membership.organisation,
        published_at=None,
        defaults={"key": token_hex(6), "made_by": membership.user},
    )
    if is_new:
        _log("begin draft comparison", draft, membership)
    return draft


@transaction.atomic
def confirm_pair(
    user: Person,
    draft: DraftComparison,
    subject: Clause,
    answer: Clause | Version,
    topic: Topic,
    relation: str,
    reasoning: str,
    searched: str = "",
    elements: Any = (),
) -> DraftPair:
    """Say in a draft that a clause answers another, or that none in the other text does (``answer`` is that text)."""
    membership, held = _open(user, draft)
    answered_by = answer if isinstance(answer, Clause) else None
    _check_sides(held, subject, answer)
    check_statement(subject, answer, relation, reasoning)
    check_answer(answer, relation)
    check_searched(relation, searched)
    statement = {
        "status": CorrespondenceStatus.CONFIRMED,
        "topic": topic,
        "relation": relation,
        "reasoning": reasoning.strip(),
        "searched": searched.strip(),
        "elements": [Element(name).value for name in elements],
    }
    return _decide(membership, held, subject, answered_by, statement)


@transaction.atomic
def refuse_pair(user: Person, draft: DraftComparison, subject: Clause, answer: Clause, reason: str) -> DraftPair:
    """Say in a draft that a clause does not answer another."""
    membership, held = _open(user, draft)
    _check_sides(held, subject, answer)
    if not reason.strip():
        raise ValidationError(_("Say why, so that readers can follow the judgement."))
    statement = {"status": CorrespondenceStatus.REFUSED, "topic": None, "relation": "", "reasoning": reason.strip()}
    return _decide(membership, held, subject, answer, statement)


@transaction.atomic
def refuse_group(
    user: Person, draft: DraftComparison, suggestions: QuerySet[Correspondence], number: int, reason: str
) -> None:
    """Say in a draft at once that none of the suggestions is a counterpart; ``number``: how many were shown."""
    membership, held = _open(user, draft)
    waiting = list(suggestions)
    check_group(waiting, number, reason)
    same = {"status": CorrespondenceStatus.REFUSED, "reasoning": reason.strip(), "by": membership.user}
    batch = uuid4()
    pairs = [DraftPair(draft=held, subject=one.subject, object=one.object, batch=batch, **same) for one in waiting]
    # What somebody else decided in the meantime stays.
    DraftPair.objects.bulk_create(pairs, ignore_conflicts=True)
    _log("decide in draft comparison", held, membership)


@transaction.atomic
def undo_pair(user: Person, draft: DraftComparison, number: int) -> DraftPair:
    """Take a decision of a draft back, with all that was decided at once with it, so that suggestions wait again.

    Raises ValidationError where there is none.
    """
    membership, held = _open(user, draft)
    pair = held.pairs.filter(pk=number).first()
    if pair is None:
        raise ValidationError(_("Somebody else has taken this back in the meantime."))
    held.pairs.filter(Q(pk=pair.pk) | Q(batch=pair.batch, batch__isnull=False)).delete()
    _log("undo in draft comparison", held, membership)
    return pair


@transaction.atomic
def publish_draft(user: Person, draft: DraftComparison) -> Published:
    """State all that the draft confirmed, and refuse what it refused.

    Whoever publishes what another person confirmed confirms it as a second person. Raises ValidationError, with a
    sentence for each pair that cannot be stated, and then publishes nothing.
    """
    membership, held = _open(user, draft)
    pairs = list(held.pairs.select_related("subject", "object", "topic", "by"))
    confirmed = [pair for pair in pairs if pair.status == CorrespondenceStatus.CONFIRMED]
    if not confirmed:
        raise ValidationError(_("Nothing is confirmed yet: there is nothing to publish."))
    problems: list[str] = []
    for pair in confirmed:
        try:
            with transaction.atomic():
                _state(membership, held, pair)
        except (ValidationError, PermissionDenied) as error:
            reasons = error.messages if isinstance(error, ValidationError) else [str(error)]
            problems.append(f"{cite(pair.subject)}: {' '.join(reasons)}")
    if problems:
        raise ValidationError(problems)
    for pair in pairs:
        if pair.status == CorrespondenceStatus.REFUSED:
            # Refuse a suggestion that still waits; what somebody else decided meanwhile stays.
            waiting = correspondences_known(membership.organisation).filter(
                subject=pair.subject, object=pair.object, status=CorrespondenceStatus.SUGGESTED
            )
            for suggestion in waiting:
                check_visible(membership.user, suggestion.subject_version_id, suggestion.object_version_id)
                refuse_correspondence(membership.user, suggestion, pair.reasoning)
    held.published_at, held.published_by = timezone.now(), membership.user
    held.save(update_fields=["published_at", "published_by"])
    _log("publish draft comparison", held, membership)
    own = [pair for pair in confirmed if pair.by is None or pair.by.pk == membership.user.pk]
    return Published(len(confirmed), len(own) if membership.organisation.two_person_rule else 0)


@transaction.atomic
def discard_draft(user: Person, draft: DraftComparison) -> None:
    """Delete an open draft with what was decided in it. The suggestions wait again."""
    membership, held = _open(user, draft)
    _log("discard draft comparison", held, membership)
    held.delete()


def _open(user: Person, draft: DraftComparison) -> tuple[Membership, DraftComparison]:
    """The reviewer's membership and the draft, held for this transaction. Raises where it was published meanwhile."""
    membership = reviewer(user)
    get_draft(user, draft.key)
    held = (
        DraftComparison.objects.select_for_update(no_key=True)
        .select_related("organisation")
        .filter(pk=draft.pk)
        .first()
    )
    if held is None:
        raise PermissionDenied(_("Somebody else has discarded this draft in the meantime."))
    if held.is_published:
        raise PermissionDenied(_("This draft comparison is published already."))
    return membership, held


def _check_sides(draft: DraftComparison, subject: Clause, answer: Clause | Version) -> None:
    sides = (subject.version_id, answer.version_id if isinstance(answer, Clause) else answer.pk)
    is_none_in_first = isinstance(answer, Version) and sides == (draft.target_id, draft.source_id)
    if sides != (draft.source_id, draft.target_id) and not is_none_in_first:
        raise ValidationError(_("These clauses are not of the two texts that are compared here."))


def _decide(
    membership: Membership, draft: DraftComparison, subject: Clause, answer: Clause | None, statement: dict[str, Any]
) -> DraftPair:
    if draft.pairs.exclude(status=CorrespondenceStatus.REFUSED).count() >= PAIRS_MAX:
        raise ValidationError(_("A draft comparison has at most %(number)s pairs.") % {"number": PAIRS_MAX})
    pair, _is_new = draft.pairs.update_or_create(
        subject=subject, object=answer, defaults={**statement, "by": membership.user, "batch": None}
    )
    _log("decide in draft comparison", draft, membership)
    return pair


def _state(membership: Membership, draft: DraftComparison, pair: DraftPair) -> None:
    answer = pair.object or draft.other_text(pair.subject)
    person = pair.by or membership.user
    statement = (pair.subject, answer, pair.relation, pair.reasoning, pair.searched, pair.elements)
    # The topic of a pair, or the one it was merged into since. Raises ValidationError where it is out of use.
    topic = pair.topic
    while topic is not None and topic.merged_into is not None:
        topic = topic.merged_into
    if topic is None or not topic.is_current:
        raise ValidationError(_("The topic “%(title)s” is no longer in use.") % {"title": topic or ""})
    row = state_for(membership, person, topic, *statement)
    if person.pk != membership.user.pk:
        second_correspondence(membership.user, row)


def _log(action: str, draft: DraftComparison, membership: Membership) -> None:
    record(action, f"draft-comparison/{draft.key}", by=membership.user, organisation=membership.organisation.slug)


def decided_in(draft: DraftComparison) -> list[DraftPair]:
    """What was decided, by topic; each clause with its text."""
    pairs = list(draft.pairs.select_related("subject", "object", "topic", "by"))
    for pair in pairs:
        pair.draft = draft
        pair.subject.version = draft.text_of(pair.subject)
        if pair.object:
            pair.object.version = draft.target
    return pairs


def rows_of_draft(draft: DraftComparison) -> list[TopicRow]:
    """What the draft confirms, as the rows that readers would see who may see both texts; nothing of it is stored."""
    stated = [_as_stated(draft, pair) for pair in decided_in(draft) if pair.status == CorrespondenceStatus.CONFIRMED]
    texts = Version.objects.filter(pk__in=[draft.source_id, draft.target_id])
    return rows_between(stated, values_among(texts), draft.source, draft.target)


def _as_stated(draft: DraftComparison, pair: DraftPair) -> Correspondence:
    return Correspondence(
        topic=pair.topic,
        subject=pair.subject,
        subject_version=draft.text_of(pair.subject),
        object=pair.object,
        object_version=draft.other_text(pair.subject),
        **as_stored(pair.relation),
        reasoning=pair.reasoning,
        elements=pair.elements,
        searched=pair.searched,
        author=draft.organisation.name,
        organisation=draft.organisation,
        stated_by=pair.by,
        status=CorrespondenceStatus.CONFIRMED,
    )
