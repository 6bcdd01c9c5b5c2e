"""What people do with topics: adding, changing, ordering, merging, retiring them."""

from collections.abc import Iterable, Mapping, Sequence

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import gettext as _

from lawcompare.accounts.access import may
from lawcompare.accounts.models import Membership, Person
from lawcompare.core.log.services import record
from lawcompare.crosswalk.access import get_topic_to_change, reviewer
from lawcompare.crosswalk.models import (
    Correspondence,
    DraftPair,
    Topic,
    TopicAction,
    TopicChange,
)
from lawcompare.crosswalk.services import index_topic
from lawcompare.languages import columns_of
from lawcompare.laws.access import visible_clauses
from lawcompare.laws.models import Clause
from lawcompare.search import services as search
from lawcompare.search.models import EntryKind

FIELDS = (*columns_of("title"), *columns_of("description"))
# Topics are the rows of one table that people read.
TOPICS_MAX = 500


class TopicConflict(Exception):
    """Somebody else changed a topic in the meantime. ``topic`` is what stands there now."""

    def __init__(self, topic: Topic) -> None:
        super().__init__(_("Somebody else changed this topic while you wrote. Nothing of yours is lost."))
        self.topic = topic


@transaction.atomic
def add_topic(user: Person, content: Mapping[str, str], clauses: Sequence[Clause]) -> Topic:
    """Add a topic at the end, with clauses under it. Raises ValidationError."""
    membership = reviewer(user)
    _check_title(content["title"])
    if Topic.objects.count() >= TOPICS_MAX:
        raise ValidationError(_("There are %(number)s topics already.") % {"number": TOPICS_MAX})
    last = Topic.objects.aggregate(last=Max("position"))["last"]
    topic = Topic(slug=_free_slug(content["title"]), organisation=membership.organisation)
    topic.position = 0 if last is None else last + 1
    _write(topic, content)
    topic.clauses.set(_seen(user, clauses))
    _keep(topic, TopicAction.ADDED, membership)
    return topic


@transaction.atomic
def edit_topic(
    user: Person, topic: Topic, content: Mapping[str, str], clauses: Sequence[Clause], based_on: int
) -> Topic:
    """Change what a topic says and which clauses stand under it; those the person may not see stay as they are.

    Raises ``TopicConflict`` where it is no longer the revision ``based_on``, and ValidationError.
    """
    membership = reviewer(user)
    held = _held(user, topic)
    if held.revision != based_on:
        raise TopicConflict(held)
    _check_title(content["title"], besides=held)
    unseen = held.clauses.exclude(pk__in=visible_clauses(user).values("pk"))
    kept = [*_seen(user, clauses), *unseen]
    _write(held, content)
    held.clauses.set(kept)
    _keep(held, TopicAction.CHANGED, membership)
    return held


@transaction.atomic
def move_topic(user: Person, topic: Topic, places: int) -> None:
    """Put a topic so many places further down, or up where ``places`` is negative."""
    membership = _editor(user)
    ordered = list(Topic.objects.select_for_update().current())
    at = next((place for place, one in enumerate(ordered) if one.pk == topic.pk), None)
    if at is None:
        raise ValidationError(_("This topic is no longer in use."))
    moved = ordered.pop(at)
    ordered.insert(max(0, min(at + places, len(ordered))), moved)
    for position, one in enumerate(ordered):
        one.position = position
    Topic.objects.bulk_update(ordered, ["position"])
    _keep(moved, TopicAction.CHANGED, membership)


@transaction.atomic
def merge_topic(user: Person, topic: Topic, into: Topic, reason: str = "") -> None:
    """Put all that stands under a topic under another; the address of the first then leads to the second.

    A pair of which both topics say something keeps what the second says. Raises ValidationError.
    """
    membership = _editor(user)
    if topic.pk == into.pk:
        raise ValidationError(_("A topic cannot be merged into itself: choose another one."))
    rows = {one.pk: one for one in Topic.objects.select_for_update().filter(pk__in=[topic.pk, into.pk])}
    held, target = rows[topic.pk], rows[into.pk]
    if not held.is_current or not target.is_current:
        raise ValidationError(_("One of the two topics is no longer in use. Look at the list again."))
    target.clauses.add(*held.clauses.all())
    _move_statements(held, target)
    _move_silences(held, target)
    DraftPair.objects.filter(topic=held).update(topic=target)
    held.elsewhere, target.elsewhere = [], list(dict.fromkeys([*target.elsewhere, *held.elsewhere]))
    held.merged_into = target
    Topic.objects.filter(merged_into=held).update(merged_into=target)
    held.revision += 1
    target.revision += 1
    held.save(update_fields=["elsewhere", "merged_into", "revision"])
    target.save(update_fields=["elsewhere", "revision"])
    search.take_out(EntryKind.TOPIC, held.slug)
    _keep(held, TopicAction.MERGED, membership, reason or f"→ {target.slug}")
    _keep(target, TopicAction.CHANGED, membership)


def _move_statements(held: Topic, target: Topic) -> None:
    """Where a pair has a correspondence under both topics, the source's row stays stored and the target's is shown."""
    stated = set(
        Correspondence.objects.filter(topic=target).values_list("subject_id", "object_id", "object_version_id")
    )
    moved = [
        row.pk
        for row in Correspondence.objects.filter(topic=held)
        if (row.subject_id, row.object_id, row.object_version_id) not in stated
    ]
    Correspondence.objects.filter(pk__in=moved).update(topic=target)


def _move_silences(held: Topic, target: Topic) -> None:
    known = set(target.silences.values_list("version_id", flat=True))
    known |= set(target.clauses.values_list("version_id", flat=True))
    held.silences.exclude(version__in=known).update(topic=target)
    target.silences.filter(version__in=target.clauses.values("version_id")).delete()


@transaction.atomic
def retire_topic(user: Person, topic: Topic, reason: str) -> None:
    """Take a topic under which nothing is stated out of use. Raises ValidationError."""
    membership = reviewer(user)
    held = _held(user, topic)
    if not reason.strip():
        raise ValidationError(_("Say why, so that readers can follow the judgement."))
    if held.correspondences.exists():
        raise ValidationError(_("Correspondences stand under this topic: merge it into another one instead."))
    if held.retired_at is not None:
        raise ValidationError(_("This topic is no longer in use."))
    held.retired_at = timezone.now()
    held.revision += 1
    held.save(update_fields=["retired_at", "revision"])
    search.take_out(EntryKind.TOPIC, held.slug)
    _keep(held, TopicAction.RETIRED, membership, reason)


@transaction.atomic
def restore_topic(user: Person, topic: Topic) -> None:
    """Bring a retired topic into use again."""
    membership = reviewer(user)
    held = _held(user, topic)
    if held.retired_at is None:
        raise ValidationError(_("This topic is in use already."))
    held.retired_at = None
    held.revision += 1
    held.save(update_fields=["retired_at", "revision"])
    index_topic(held)
    _keep(held, TopicAction.RESTORED, membership)


def _held(user: Person, topic: Topic) -> Topic:
    get_topic_to_change(user, topic.slug)
    return Topic.objects.select_for_update().get(pk=topic.pk)


def _editor(user: Person) -> Membership:
    """The membership under which a person orders and merges topics, which are everybody's. Raises PermissionDenied."""
    membership = reviewer(user)
    if not may(user, "categorise"):
        raise PermissionDenied(_("Only an editor orders and merges topics."))
    return membership


def _seen(user: Person, clauses: Iterable[Clause]) -> list[Clause]:
    wanted = {clause.pk for clause in clauses}
    seen = list(visible_clauses(user).filter(pk__in=wanted))
    if len(seen) < len(wanted):
        raise PermissionDenied(_("One of these texts is not public, and you may not see it."))
    return seen


def _check_title(title: str, besides: Topic | None = None) -> None:
    same = Topic.objects.current().filter(title__iexact=title.strip())
    if besides is not None:
        same = same.exclude(pk=besides.pk)
    if same.exists():
        raise ValidationError({"title": _("There is a topic of this title already.")})


def _free_slug(title: str) -> str:
    stem = slugify(title)[:70] or "topic"
    taken = set(Topic.objects.filter(slug__startswith=stem).values_list("slug", flat=True))
    return next(slug for slug in (stem, *(f"{stem}-{number}" for number in range(2, 1_000))) if slug not in taken)


def _write(topic: Topic, content: Mapping[str, str]) -> None:
    for name in FIELDS:
        setattr(topic, name, content.get(name, "").strip())
    if topic.pk:
        topic.revision += 1
    topic.save()
    index_topic(topic)


def _keep(topic: Topic, action: str, membership: Membership, reason: str = "") -> None:
    """Write down what was done, in the topic's history and in the log."""
    record(f"topic {action}", f"topic/{topic.slug}", by=membership.user, organisation=membership.organisation.slug)
    content = {name: getattr(topic, name) for name in FIELDS} | {"clauses": topic.clauses.count()}
    TopicChange.objects.create(
        topic=topic,
        action=action,
        content=content,
        reason=reason.strip(),
        organisation=membership.organisation,
        by=membership.user,
    )
