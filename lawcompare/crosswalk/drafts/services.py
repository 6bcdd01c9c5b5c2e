"""What people do with a draft comparison by subject: begin it, decide on pairs, publish it, discard it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from secrets import token_hex
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from lawcompare.accounts.models import Membership
from lawcompare.core.log.services import record
from lawcompare.crosswalk.access import (
    check_visible,
    get_draft,
    reviewable_correspondences,
    reviewer,
    values_among,
    visible_values,
)
from lawcompare.crosswalk.exports import report_of_two_laws
from lawcompare.crosswalk.models import (
    Correspondence,
    CorrespondenceStatus,
    DraftComparison,
    DraftPair,
    Element,
    SuggestionRun,
    Topic,
)
from lawcompare.crosswalk.provisions import TopicRow, rows_between, texts_inside
from lawcompare.crosswalk.services import (
    check_answer,
    check_searched,
    check_statement,
    second_correspondence,
    state_for,
)
from lawcompare.crosswalk.suggestions.services import refuse_correspondence, request_suggestions
from lawcompare.crosswalk.suggestions.views import ListedCorrespondence, excerpt_of, prepare
from lawcompare.laws.citing.find_clause import cite
from lawcompare.laws.models import Clause, Version
from lawcompare.laws.reports import Report

PAIRS_MAX = 1_000


@dataclass(frozen=True)
class Published:
    """How many correspondences a draft became, and how many of them readers see only after a second person."""

    stated: int
    waiting: int


@transaction.atomic
def begin_draft(user: Any, source: Version, target: Version) -> DraftComparison:
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
    user: Any,
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
def refuse_pair(user: Any, draft: DraftComparison, subject: Clause, answer: Clause, reason: str) -> DraftPair:
    """Say in a draft that a clause does not answer another."""
    membership, held = _open(user, draft)
    _check_sides(held, subject, answer)
    if not reason.strip():
        raise ValidationError(_("Say why, so that readers can follow the judgement."))
    statement = {"status": CorrespondenceStatus.REFUSED, "topic": None, "relation": "", "reasoning": reason.strip()}
    return _decide(membership, held, subject, answer, statement)


@transaction.atomic
def undo_pair(user: Any, draft: DraftComparison, number: int) -> DraftPair:
    """Take a decision of a draft back, so that a suggestion waits again. Raises ValidationError where there is none."""
    membership, held = _open(user, draft)
    pair = held.pairs.filter(pk=number).first()
    if pair is None:
        raise ValidationError(_("Somebody else has taken this back in the meantime."))
    pair.delete()
    _log("undo in draft comparison", held, membership)
    return pair


@transaction.atomic
def publish_draft(user: Any, draft: DraftComparison) -> Published:
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
        _collect(problems, pair, partial(_state, membership, held, pair))
    if problems:
        raise ValidationError(problems)
    for pair in pairs:
        if pair.status == CorrespondenceStatus.REFUSED:
            _refuse(membership, pair)
    held.published_at, held.published_by = timezone.now(), membership.user
    held.save(update_fields=["published_at", "published_by"])
    _log("publish draft comparison", held, membership)
    own = [pair for pair in confirmed if pair.by is None or pair.by.pk == membership.user.pk]
    return Published(len(confirmed), len(own) if membership.organisation.two_person_rule else 0)


@transaction.atomic
def discard_draft(user: Any, draft: DraftComparison) -> None:
    """Delete an open draft with what was decided in it. The suggestions wait again."""
    membership, held = _open(user, draft)
    _log("discard draft comparison", held, membership)
    held.delete()


def _open(user: Any, draft: DraftComparison) -> tuple[Membership, DraftComparison]:
    """The reviewer's membership and the draft, held for this transaction. Raises where it was published meanwhile."""
    membership = reviewer(user)
    get_draft(user, draft.key)
    held = DraftComparison.objects.select_for_update().select_related("organisation").filter(pk=draft.pk).first()
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
    if draft.pairs.count() >= PAIRS_MAX:
        raise ValidationError(_("A draft comparison has at most %(number)s pairs.") % {"number": PAIRS_MAX})
    pair, _is_new = draft.pairs.update_or_create(
        subject=subject, object=answer, defaults={**statement, "by": membership.user}
    )
    _log("decide in draft comparison", draft, membership)
    return pair


def _state(membership: Membership, draft: DraftComparison, pair: DraftPair) -> None:
    answer = pair.object or draft.other_text(pair.subject)
    person = pair.by or membership.user
    row = state_for(
        membership,
        person,
        _topic_now(pair),
        pair.subject,
        answer,
        pair.relation,
        pair.reasoning,
        pair.searched,
        pair.elements,
    )
    if person.pk != membership.user.pk:
        second_correspondence(membership.user, row)


def _topic_now(pair: DraftPair) -> Topic:
    """The topic of a pair, or the one it was merged into since. Raises ValidationError where it is out of use."""
    topic = pair.topic
    while topic is not None and topic.merged_into is not None:
        topic = topic.merged_into
    if topic is None or not topic.is_current:
        raise ValidationError(_("The topic “%(title)s” is no longer in use.") % {"title": topic or ""})
    return topic


def _refuse(membership: Membership, pair: DraftPair) -> None:
    """Refuse a suggestion that still waits; what somebody else decided meanwhile stays."""
    waiting = Correspondence.objects.filter(
        subject=pair.subject, object=pair.object, status=CorrespondenceStatus.SUGGESTED
    )
    for suggestion in waiting:
        check_visible(membership.user, suggestion.subject_version_id, suggestion.object_version_id)
        refuse_correspondence(membership.user, suggestion, pair.reasoning)


def _collect(problems: list[str], pair: DraftPair, act: Callable[[], None]) -> None:
    try:
        with transaction.atomic():
            act()
    except (ValidationError, PermissionDenied) as error:
        reasons = error.messages if isinstance(error, ValidationError) else [str(error)]
        problems.append(f"{cite(pair.subject)}: {' '.join(reasons)}")


def _log(action: str, draft: DraftComparison, membership: Membership) -> None:
    record(action, f"draft-comparison/{draft.key}", by=membership.user, organisation=membership.organisation.slug)


# As many suggestions as somebody decides on at a sitting stand on one page.
SHOWN_MAX = 60
# The groups of suggestions, each with the topic under which the two clauses would be read.
type Groups = list[tuple[Topic | None, list[ListedCorrespondence]]]


def waiting_in(user: Any, draft: DraftComparison) -> QuerySet[Correspondence]:
    """Suggestions between the two texts on which the draft says nothing yet, by topic, the likeliest first."""
    decided = DraftPair.objects.filter(draft=draft, subject=OuterRef("subject"), object=OuterRef("object"))
    none_found = DraftPair.objects.filter(
        Q(subject=OuterRef("subject")) | Q(subject=OuterRef("object")), draft=draft, object__isnull=True
    )
    suggested = reviewable_correspondences(user).filter(
        subject_version=draft.source_id,
        object_version=draft.target_id,
        status=CorrespondenceStatus.SUGGESTED,
        object__isnull=False,
    )
    waiting = suggested.exclude(Exists(decided)).exclude(Exists(none_found))
    return waiting.order_by(F("topic__position").asc(nulls_last=True), "-score", "subject__position", "pk")


def queue_of(user: Any, draft: DraftComparison) -> list[int]:
    """What waits, as the page shows it: the primary keys of the suggestions, topic after topic."""
    waiting = waiting_in(user, draft).values_list("topic_id", "pk")
    groups: dict[int | None, list[int]] = {}
    for topic, number in waiting:
        groups.setdefault(topic, []).append(number)
    return [number for numbers in groups.values() for number in numbers]


def run_of(draft: DraftComparison) -> SuggestionRun | None:
    """The search for counterparts between the two texts."""
    return SuggestionRun.objects.filter(subject_version=draft.source_id, object_version=draft.target_id).first()


def private_texts(draft: DraftComparison) -> list[Version]:
    """Those of its two texts for which nobody outside the organisation sees what is published."""
    return [version for version in (draft.source, draft.target) if not version.is_published]


def groups_of(user: Any, draft: DraftComparison, topics: Sequence[Topic]) -> Groups:
    """The first suggestions that wait, in groups by topic, with their forms. Queries do not grow with them."""
    chosen = list(waiting_in(user, draft)[:SHOWN_MAX])
    texts = texts_inside({one.pk: one for each in chosen for one in (each.subject, each.object) if one}.values())
    groups: dict[int | None, tuple[Topic | None, list[ListedCorrespondence]]] = {}
    for one in chosen:
        assert one.object is not None
        item = ListedCorrespondence(one, excerpt_of(texts[one.object.pk]))
        item.subject_excerpt = excerpt_of(texts[one.subject.pk])
        prepare(user, item, topics)
        item.confirm_address = reverse("draft_pair_confirm", args=[draft.key, one.pk])
        item.refuse_address = reverse("draft_pair_refuse", args=[draft.key, one.pk])
        groups.setdefault(one.topic_id, (one.topic, []))[1].append(item)
    return list(groups.values())


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
        relation=pair.relation,
        reasoning=pair.reasoning,
        elements=pair.elements,
        searched=pair.searched,
        author=draft.organisation.name,
        organisation=draft.organisation,
        stated_by=pair.by,
        status=CorrespondenceStatus.CONFIRMED,
    )


def clauses_inside(rows: Sequence[TopicRow]) -> dict[int, list[Clause]]:
    """Each clause of the rows with what stands in it."""
    return texts_inside({clause.pk: clause for row in rows for clause in [*row.olds, *row.news]}.values())


def report_of_draft(user: Any, draft: DraftComparison, address: str, root: str) -> Report:
    """The draft as a report for Word, which says on its first page that it is one."""
    rows = rows_of_draft(draft)
    report = report_of_two_laws(
        draft.source, draft.target, rows, visible_values(user), clauses_inside(rows), address, root
    )
    if not draft.is_published:
        report.lead = _("Draft, private to %(organisation)s: not published") % {"organisation": draft.organisation}
    return report
