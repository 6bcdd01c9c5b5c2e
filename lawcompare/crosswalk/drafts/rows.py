"""A draft comparison as rows: what waits, what was decided, and what readers would see of it."""

from collections.abc import Sequence
from typing import Any

from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _

from lawcompare.crosswalk.access import reviewable_correspondences, values_among, visible_values
from lawcompare.crosswalk.elements.provisions import TopicRow, rows_between, texts_inside
from lawcompare.crosswalk.exports.two_laws import report_of_two_laws
from lawcompare.crosswalk.models import (
    Correspondence,
    CorrespondenceStatus,
    DraftComparison,
    DraftPair,
    SuggestionRun,
    Topic,
)
from lawcompare.crosswalk.suggestions.listed import ListedCorrespondence, excerpt_of, prepare
from lawcompare.laws.exports.reports import Report
from lawcompare.laws.models import Clause, Version

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
