"""What people do with a draft comparison by subject: begin it, decide on pairs, publish it, discard it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from secrets import token_hex
from typing import Any
from uuid import uuid4

from django.core.exceptions import PermissionDenied, ValidationError
from django.core.paginator import Page
from django.db import transaction
from django.db.models import Q, QuerySet
from django.http import Http404
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override

from lawcompare.accounts.access import act_for
from lawcompare.accounts.models import Membership, Person
from lawcompare.core.jobs import services as jobs
from lawcompare.core.jobs.registry import Report, ignore_progress
from lawcompare.core.jobs.runner import finish
from lawcompare.core.log.services import record
from lawcompare.core.seen import check_seen
from lawcompare.crosswalk.access import correspondences_known, get_draft, reviewer, values_among
from lawcompare.crosswalk.models import Correspondence, CorrespondenceStatus, DraftComparison, DraftPair, Element, Topic
from lawcompare.crosswalk.provisions import TopicRow, pages_of_pairs, rows_between
from lawcompare.crosswalk.services import (
    Statements,
    as_stored,
    check_answer,
    check_searched,
    check_statement,
    count_together,
    refuse_each,
)
from lawcompare.crosswalk.suggestions.services import check_group, request_suggestions
from lawcompare.engine.errors import EngineError
from lawcompare.laws.citing import cite
from lawcompare.laws.models import Clause, Version

# What is confirmed, and what is refused, of one draft: all is published in one transaction.
PAIRS_MAX = 500
REFUSED_MAX = 2_000
# So many sentences say why a draft cannot be published.
PROBLEMS_MAX = 20


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
    _check_refused(held, 1)
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
    _check_refused(held, len(waiting))
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
def ask_to_publish(user: Person, draft: DraftComparison, language: str, seen: str) -> None:
    """Have the draft published in the person's name, as it was ``seen``; of one that is on its way nothing is begun.

    Until that is done or has failed nobody changes the draft. Raises ValidationError where nothing is confirmed, or
    something else by now.
    """
    membership, found = reviewer(user), get_draft(user, draft.key)
    if found.job is not None and found.job.is_under_way:  # the job holds the draft: one would wait for its end
        return
    _membership, held = _held(user, draft)
    if held.job is not None and held.job.is_under_way:
        return
    _check_confirmed(held)
    check_seen(held.seen, seen)
    if not held.is_being_published:  # else in the name of who read it: the page of what is on its way does not show it
        held.asked_by, held.language = membership.user, language
        held.save(update_fields=["asked_by", "language"])
    jobs.request("draftpublishing", held, held.organisation)
    _log("ask to publish draft comparison", held, membership)


@transaction.atomic
def run_publishing(draft: DraftComparison, report: Report) -> None:
    """What a worker does to publish a draft, with what whoever asked for it may do by now: all of it, once, or nothing.

    Raises EngineError with a sentence for each reason why it cannot be.
    """
    job, asker = draft.job, draft.asked_by
    assert job is not None
    with override(draft.language):
        try:
            if asker is None or not asker.is_active or act_for(asker, draft.organisation_id) is None:
                raise PermissionDenied(_("Whoever asked for this is here no longer: ask for it again."))
            publish_draft(asker, draft, report)
        except (ValidationError, PermissionDenied, Http404) as error:
            reasons = error.messages if isinstance(error, ValidationError) else [str(error)]
            raise EngineError("\n".join(" ".join(reason.split()) for reason in reasons)) from error
    finish(job)


@transaction.atomic
def publish_draft(user: Person, draft: DraftComparison, report: Report = ignore_progress) -> Published:
    """State all that the draft confirmed, and refuse what it refused.

    Whoever publishes what another person confirmed confirms it as a second person. Raises ValidationError, with a
    sentence for each pair that cannot be stated, and then publishes nothing.
    """
    membership, held = _held(user, draft)
    _check_confirmed(held)
    pairs = list(held.pairs.select_related("topic", "by").prefetch_related("subject", "object"))
    confirmed = [pair for pair in pairs if pair.status == CorrespondenceStatus.CONFIRMED]
    statements = Statements(membership, (held.source_id, held.target_id), [pair.subject_id for pair in confirmed])
    problems: list[str] = []
    for done, pair in enumerate(confirmed):
        report("publishing", done, len(confirmed))
        try:
            answer = pair.object or held.other_text(pair.subject)
            statement = (pair.subject, answer, pair.relation, pair.reasoning, pair.searched, pair.elements)
            statements.state(pair.by or membership.user, _topic_now(pair), *statement)
        except (ValidationError, PermissionDenied) as error:
            reasons = error.messages if isinstance(error, ValidationError) else [str(error)]
            problems.append(f"{cite(pair.subject)}: {' '.join(reasons)}")
        if len(problems) == PROBLEMS_MAX:
            break
    if problems:
        raise ValidationError(problems)
    statements.record()
    _refuse(membership, held, [pair for pair in pairs if pair.status == CorrespondenceStatus.REFUSED])
    held.published_at, held.published_by = timezone.now(), membership.user
    held.save(update_fields=["published_at", "published_by"])
    _log("publish draft comparison", held, membership)
    return published(held)


def published(draft: DraftComparison) -> Published:
    """What a draft became that was published."""
    confirmed = draft.pairs.filter(status=CorrespondenceStatus.CONFIRMED)
    own = confirmed.filter(Q(by=None) | Q(by=draft.published_by_id)).count()
    return Published(confirmed.count(), own if draft.organisation.two_person_rule else 0)


def _refuse(membership: Membership, draft: DraftComparison, pairs: Sequence[DraftPair]) -> None:
    """Refuse the suggestions of the pairs that still wait; what somebody else decided meanwhile stays."""
    refused = {(pair.subject_id, pair.object_id): pair for pair in pairs}
    waiting = correspondences_known(membership.organisation).filter(
        subject__in={pair.subject_id for pair in pairs},
        object_version=draft.target_id,
        status=CorrespondenceStatus.SUGGESTED,
    )
    decided = [(one, refused.get((one.subject_id, one.object_id))) for one in waiting] if pairs else []
    together = [(one, pair.reasoning, pair.batch) for one, pair in decided if pair]
    count_together(membership, len(together))
    refuse_each(together, membership)


@transaction.atomic
def discard_draft(user: Person, draft: DraftComparison) -> None:
    """Delete an open draft with what was decided in it. The suggestions wait again."""
    membership, held = _open(user, draft)
    _log("discard draft comparison", held, membership)
    held.delete()


def _open(user: Person, draft: DraftComparison) -> tuple[Membership, DraftComparison]:
    """As ``_held``. Raises where it is being published, without waiting for that."""
    refusal = _("This draft comparison is being published. Nobody can change it until that is done.")
    is_under_way = PermissionDenied(refusal)
    if get_draft(user, draft.key).is_being_published:
        raise is_under_way
    membership, held = _held(user, draft)
    if held.is_being_published:
        raise is_under_way
    return membership, held


def _held(user: Person, draft: DraftComparison) -> tuple[Membership, DraftComparison]:
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


def _check_confirmed(draft: DraftComparison) -> None:
    if not draft.pairs.filter(status=CorrespondenceStatus.CONFIRMED).exists():
        raise ValidationError(_("Nothing is confirmed yet: there is nothing to publish."))


def _check_refused(draft: DraftComparison, more: int) -> None:
    if draft.pairs.filter(status=CorrespondenceStatus.REFUSED).count() + more > REFUSED_MAX:
        raise ValidationError(_("At most %(number)s pairs are refused in a draft.") % {"number": REFUSED_MAX})


def _check_sides(draft: DraftComparison, subject: Clause, answer: Clause | Version) -> None:
    sides = (subject.version_id, answer.version_id if isinstance(answer, Clause) else answer.pk)
    is_none_in_first = isinstance(answer, Version) and sides == (draft.target_id, draft.source_id)
    if sides != (draft.source_id, draft.target_id) and not is_none_in_first:
        raise ValidationError(_("These clauses are not of the two texts that are compared here."))


def _decide(
    membership: Membership, draft: DraftComparison, subject: Clause, answer: Clause | None, statement: dict[str, Any]
) -> DraftPair:
    confirmed = draft.pairs.exclude(status=CorrespondenceStatus.REFUSED)
    if statement["status"] == CorrespondenceStatus.CONFIRMED and confirmed.count() >= PAIRS_MAX:
        raise ValidationError(_("A draft comparison has at most %(number)s pairs.") % {"number": PAIRS_MAX})
    pair, _is_new = draft.pairs.update_or_create(
        subject=subject, object=answer, defaults={**statement, "by": membership.user, "batch": None}
    )
    _log("decide in draft comparison", draft, membership)
    return pair


def _topic_now(pair: DraftPair) -> Topic:
    """The topic of a pair, or the one it was merged into since. Raises ValidationError where it is out of use."""
    topic = pair.topic
    while topic is not None and topic.merged_into is not None:
        topic = topic.merged_into
    if topic is None or not topic.is_current:
        raise ValidationError(_("The topic “%(title)s” is no longer in use.") % {"title": topic or ""})
    return topic


def _log(action: str, draft: DraftComparison, membership: Membership) -> None:
    record(action, f"draft-comparison/{draft.key}", by=membership.user, organisation=membership.organisation.slug)


def decided_in(draft: DraftComparison, pairs: Iterable[DraftPair]) -> list[DraftPair]:
    """The pairs of a draft, each clause with its text."""
    decided = list(pairs)
    for pair in decided:
        pair.draft = draft
        pair.subject.version = draft.text_of(pair.subject)
        if pair.object:
            pair.object.version = draft.target
    return decided


def pages_of_draft(draft: DraftComparison, number: Any) -> Page[list[int]]:
    """A page of what the draft confirms: its one object has the primary keys of the pairs, by topic."""
    confirmed = list(draft.pairs.filter(status=CorrespondenceStatus.CONFIRMED).values_list("pk", "subject", "object"))
    page = pages_of_pairs([(subject, answer, True) for _pk, subject, answer in confirmed], number)
    page.object_list = [[confirmed[place][0] for place in page.object_list[0]]]
    return page


def rows_of_draft(draft: DraftComparison, page: Page[list[int]]) -> list[TopicRow]:
    """A page of what the draft confirms, as the rows that readers would see who may see both texts; nothing of it is
    stored.
    """
    pairs = draft.pairs.filter(pk__in=page.object_list[0]).select_related("topic", "by")
    pairs = pairs.prefetch_related("subject", "object")
    stated = [_as_stated(draft, pair) for pair in decided_in(draft, pairs)]
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
