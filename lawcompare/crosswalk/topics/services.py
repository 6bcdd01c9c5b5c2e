"""What people do with topics: adding, changing, ordering, merging, retiring them.

What is the site's, or was, changes once staff confirm it; an organisation does what it will with what it proposes.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import Max, Q
from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import gettext as _

from lawcompare.accounts.access import may, membership_of
from lawcompare.accounts.models import EDITORS, VISITOR, Confirmation, Membership, Person
from lawcompare.core.log.services import record_each
from lawcompare.core.models import Entry
from lawcompare.core.translations.texts import check_length
from lawcompare.crosswalk.access import (
    correspondences_known,
    get_topic_to_change,
    reviewer,
    visible_correspondences,
)
from lawcompare.crosswalk.models import (
    Correspondence,
    CorrespondenceStatus,
    DraftPair,
    Silence,
    Topic,
    TopicAction,
    TopicChange,
    TopicClause,
)
from lawcompare.crosswalk.services import index_topic, set_under_topic, settle_topic
from lawcompare.languages import columns_of
from lawcompare.laws.access import visible_clauses
from lawcompare.laws.editing.services import private_name
from lawcompare.laws.models import Clause, Version
from lawcompare.laws.proposals import check_room, confirmation_of
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
    _check_title(content["title"], membership)
    counted = Topic.objects.filter(Q(organisation=membership.organisation) | ~Q(confirmation=Confirmation.PROPOSED))
    if counted.exclude(confirmation=Confirmation.REFUSED).count() >= TOPICS_MAX:
        raise ValidationError(_("There are %(number)s topics already.") % {"number": TOPICS_MAX})
    topic = Topic(organisation=membership.organisation, confirmation=confirmation_of(membership))
    slug = slugify(content["title"])[:70] or "topic"
    topic.slug = _free_slug(slug) if topic.stands else private_name(slug)
    topic.position = _last_place()
    topic.save()
    _set(topic, content, [clause.pk for clause in _seen(user, clauses)])
    topic.save()
    _do(topic, TopicAction.ADDED, membership, topic.confirmation)
    return topic


@transaction.atomic
def edit_topic(
    user: Person, topic: Topic, content: Mapping[str, str], clauses: Sequence[Clause], based_on: int
) -> TopicChange:
    """Change what a topic says and which clauses stand under it; those the person may not see stay as they are.

    Raises ``TopicConflict`` where it is no longer the revision ``based_on``, and ValidationError.
    """
    membership = reviewer(user)
    held = _held(user, topic)
    if held.revision != based_on:
        raise TopicConflict(held)
    _check_title(content["title"], membership, besides=held)
    wanted = {clause.pk for clause in _seen(user, clauses)}
    seen = set(held.clauses.filter(pk__in=visible_clauses(user).values("pk")).values_list("pk", flat=True))
    words = {name: content.get(name, "").strip() for name in FIELDS}
    added, removed = _named(wanted - seen), _named(seen - wanted)
    return _do(held, TopicAction.CHANGED, membership, added=added, removed=removed, **words)


@transaction.atomic
def move_topic(user: Person, topic: Topic, places: int) -> None:
    """Put a topic so many places further down, or up where ``places`` is negative."""
    membership = reviewer(user)
    if not may_order(user):
        raise PermissionDenied(_("Only the editors of this site order its topics."))
    ordered = sorted(
        Topic.objects.select_for_update(no_key=True).current().order_by("pk"), key=lambda one: (one.position, one.slug)
    )
    at = next((place for place, one in enumerate(ordered) if one.pk == topic.pk), None)
    if at is None:
        raise ValidationError(_("This topic is no longer in use."))
    moved = ordered.pop(at)
    ordered.insert(max(0, min(at + places, len(ordered))), moved)
    for position, one in enumerate(ordered):
        one.position = position
    Topic.objects.bulk_update(ordered, ["position"])
    _do(moved, TopicAction.CHANGED, membership)


def may_order(user: Person) -> bool:
    """Whether the person orders topics, which are everybody's: an editor of the site."""
    membership = membership_of(user)
    return membership is not None and membership.organisation.slug == EDITORS and may(user, "categorise")


@transaction.atomic
def merge_topic(user: Person, topic: Topic, into: Topic, reason: str = "") -> TopicChange:
    """Put all that stands under a topic under another; the address of the first then leads to the second.

    A pair of which both topics say something keeps what the second says. Raises ValidationError.
    """
    membership = reviewer(user)
    if not may(user, "categorise"):
        raise PermissionDenied(_("Only an editor merges topics."))
    if topic.pk == into.pk:
        raise ValidationError(_("A topic cannot be merged into itself: choose another one."))
    held = _held(user, topic, into)
    return _do(held, TopicAction.MERGED, membership, reason=reason or f"→ {into.slug}", into=into.slug)


@transaction.atomic
def retire_topic(user: Person, topic: Topic, reason: str) -> TopicChange:
    """Take a topic under which nothing is stated out of use. Raises ValidationError."""
    membership = reviewer(user)
    if not reason.strip():
        raise ValidationError(_("Say why, so that readers can follow the judgement."))
    check_length(reason)
    return _do(_held(user, topic), TopicAction.RETIRED, membership, reason=reason)


@transaction.atomic
def restore_topic(user: Person, topic: Topic) -> TopicChange:
    membership = reviewer(user)
    return _do(_held(user, topic), TopicAction.RESTORED, membership)


# --- What is done at once by who may, and for others once staff confirm it --------------------------------------------


def _do(
    topic: Topic, action: str, membership: Membership, confirmation: str = "", *, reason: str = "", **content: Any
) -> TopicChange:
    """Write down what is done in the topic's history and in the log, and do it where it stands.

    An organisation does what it will with topics that it merely proposes, but for those that staff confirmed once:
    others use them. The same proposed twice is one proposal.
    """
    slugs = [topic.slug, content.get("into", topic.slug)]
    concerned = Topic.objects.filter(slug__in=slugs)
    was_confirmed = Entry.objects.filter(action="confirm", subject__in=[f"topic/{slug}" for slug in slugs]).exists()
    is_own = all(one.organisation_id == membership.organisation_id and not one.stands for one in concerned)
    is_own = is_own and not was_confirmed
    if is_own and action == TopicAction.RESTORED:  # and so waits again
        check_room(membership.organisation)
    confirmation = confirmation or (Confirmation.CONFIRMED if is_own else confirmation_of(membership))
    wanted = {"action": action, "content": words_of(topic) | content, "organisation": membership.organisation}
    change = TopicChange(topic=topic, **wanted, reason=reason.strip(), by=membership.user, confirmation=confirmation)
    _check_possible(topic, change)
    same = topic.changes.filter(**wanted, confirmation=Confirmation.PROPOSED).last()
    if same is not None and confirmation == Confirmation.PROPOSED:
        return same
    change.save()
    follow_confirmation(change)
    subjects = changed_by(change) if change.stands else [f"topic/{topic.slug}"]
    record_each(f"topic {action}", subjects, membership.user, membership.organisation.slug)
    topic.refresh_from_db()
    return change


def _check_possible(topic: Topic, change: TopicChange) -> None:
    """Raise ValidationError where what a change says cannot be done with the topic as it is now."""
    if change.action == TopicAction.MERGED:
        into = Topic.objects.get(slug=change.content["into"])
        if not topic.is_current or not into.is_current or (topic.stands and not into.stands):
            raise ValidationError(_("One of the two topics is no longer in use. Look at the list again."))
    known = correspondences_known(change.organisation).filter(topic=topic, status=CorrespondenceStatus.CONFIRMED)
    if change.action == TopicAction.RETIRED and known.exists():
        raise ValidationError(_("Correspondences stand under this topic: merge it into another one instead."))
    if change.action == TopicAction.RETIRED and topic.retired_at is not None:
        raise ValidationError(_("This topic is no longer in use."))
    if change.action == TopicAction.RESTORED and topic.retired_at is None:
        raise ValidationError(_("This topic is in use already."))


def changed_by(change: TopicChange) -> list[str]:
    """What a change that was done, or taken back, changes as the log names it: of a merge both topics, and those that
    were merged into one of them before.
    """
    topics = [change.topic.slug]
    if "into" in change.content:
        topics += [change.content["into"]]
        others = Topic.objects.filter(merged_into__slug__in=topics).exclude(slug__in=topics)
        topics += others.values_list("slug", flat=True)
    return [f"topic/{slug}" for slug in topics]


def follow_confirmation(change: TopicChange) -> None:
    """Do what a change says where it stands; undo it where it was done and stands no longer.

    Raises ValidationError where the topic was changed otherwise since.
    """
    topic = hold_topics([change])[change.topic_id]
    if change.action == TopicAction.ADDED:
        if topic.stands and not change.stands and _changed_by_others_since(change):
            raise ValidationError(_("It was changed again since: take that back first."))
        if change.stands and not topic.stands:  # neither its place nor its rows tell how long it was proposed
            topic.position = _last_place()
            topic.correspondences.update(made_at=timezone.now())
        topic.confirmation = change.confirmation
    elif change.stands and not change.before:
        _check_possible(topic, change)
        change.before = {"is_done": True} | _perform(topic, change)
    elif not change.stands and change.before:
        if change.action == TopicAction.MERGED:
            _part(topic, change)
        elif change.action != TopicAction.CHANGED:
            topic.retired_at = None if change.action == TopicAction.RETIRED else timezone.now()
        elif not words_of(topic).items() <= change.content.items():
            raise ValidationError(_("It was changed again since: take that back first."))
        else:
            before, content = change.before, change.content
            _set(
                topic,
                before,
                before.get("taken", content.get("removed", ())),
                before.get("set", content.get("added", ())),
            )
        change.before = {}
    else:
        return
    change.save(update_fields=["before"])
    topic.revision += change.action != TopicAction.ADDED
    topic.save()
    for one in Topic.objects.filter(slug__in=[topic.slug, change.content.get("into", topic.slug)]):
        if change.stands and one.stands:  # what staff could not read with it does not come under it when it is public
            hidden = one.clauses.exclude(version__in=Version.objects.published().order_by().values("pk"))
            private = Q(version__published_at=None, version__origin__organisation=change.organisation)
            hidden = hidden.filter(private | Q(pk__in=_brought(change, one)))
            one.clauses.remove(*hidden.exclude(version__origin__organisation__slug=EDITORS))
        if one.stands and one.is_current:
            index_topic(one)
        else:
            search.take_out(EntryKind.TOPIC, one.slug)


def _changed_by_others_since(added: TopicChange) -> bool:
    """Whether others changed the topic that a change added, or merged one of theirs into it."""
    here = Q(topic=added.topic_id) | Q(action=TopicAction.MERGED, content__into=added.topic.slug)
    later = TopicChange.objects.stand().filter(here, pk__gt=added.pk)
    return later.exclude(organisation=added.organisation).exists()


def _brought(change: TopicChange, topic: Topic) -> Iterable[Any]:
    """The keys of the clauses that a change brings under a topic."""
    if change.action == TopicAction.ADDED:
        return topic.clauses.order_by().values("pk")
    return [*change.content.get("added", ()), *change.before.get("clauses", ())]


def _perform(topic: Topic, change: TopicChange) -> dict[str, Any]:
    """Do it. Returns what taking it back brings back."""
    if change.action == TopicAction.MERGED:
        return _merge(topic, Topic.objects.get(slug=change.content["into"]))
    if change.action != TopicAction.CHANGED:
        topic.retired_at = timezone.now() if change.action == TopicAction.RETIRED else None
        return {}
    own = _of_themselves(topic)
    added, removed = ({int(pk) for pk in change.content.get(name, ())} for name in ("added", "removed"))
    before = words_of(topic) | {"set": sorted(added - own), "taken": sorted(removed & own)}
    _set(topic, change.content, added, removed)
    return before


def _of_themselves(topic: Topic) -> set[int]:
    return set(TopicClause.objects.filter(topic=topic, of_itself=True).values_list("clause", flat=True))


def _merge(held: Topic, target: Topic) -> dict[str, Any]:
    """Where a pair has a correspondence under both topics, the source's row stays stored and the target's is shown: of
    one organisation, or what stands for everybody. What others keep to themselves or propose takes nobody's place.
    """
    clauses = sorted(_of_themselves(held) - _of_themselves(target))
    pair = ("subject_id", "object_id", "object_version_id")
    own = set(target.correspondences.values_list("organisation_id", *pair))
    shown = set(visible_correspondences(VISITOR).stand().filter(topic=target).values_list(*pair))
    rows = held.correspondences.values_list("pk", "organisation_id", *pair)
    statements = [pk for pk, by, *ends in rows if (by, *ends) not in own and tuple(ends) not in shown]
    set_under_topic(target, clauses)
    since = {} if held.stands else {"made_at": timezone.now()}  # nobody else saw them before
    Correspondence.objects.filter(pk__in=statements).update(topic=target, **since)
    settle_topic(target)
    before = {
        "clauses": clauses,
        "statements": statements,
        "silences": _move_silences(held, target),
        "pairs": list(DraftPair.objects.filter(topic=held).values_list("pk", flat=True)),
        "merged": list(held.merged_topics.values_list("pk", flat=True)),
        "elsewhere": [held.elsewhere, target.elsewhere],
        "revision": target.revision,
    }
    DraftPair.objects.filter(topic=held).update(topic=target)
    held.merged_topics.update(merged_into=target)
    held.merged_into = target
    target.elsewhere, held.elsewhere = list(dict.fromkeys([*target.elsewhere, *held.elsewhere])), []
    target.revision += 1
    target.save(update_fields=["elsewhere", "revision"])
    return before


def _move_silences(held: Topic, target: Topic) -> list[list[Any]]:
    """Returns [topic, text, kind] of all silences that there were under both."""
    before = list(map(list, Silence.objects.filter(topic__in=[held, target]).values_list("topic", "version", "kind")))
    known = set(target.silences.values_list("version_id", flat=True))
    known |= set(target.clauses.values_list("version_id", flat=True))
    held.silences.exclude(version__in=known).update(topic=target)
    target.silences.filter(version__in=target.clauses.values("version_id")).delete()
    return before


def _part(held: Topic, change: TopicChange) -> None:
    """Put back under its topic all that a merge moved and that is still where it moved it."""
    target, before = held.merged_into, change.before
    others = TopicChange.objects.filter(action=TopicAction.MERGED, content__into=change.content["into"])
    later = [one for one in others if one.before and one.before.get("revision", 0) > before.get("revision", 0)]
    if target is None or target.slug != change.content["into"] or later:  # what both brought would go with the first
        raise ValidationError(_("It was changed again since: take that back first."))
    brought = set(before["clauses"])
    for one in TopicChange.objects.stand().filter(topic=target, action=TopicAction.CHANGED):
        # What such a change added too stays, and goes with that.
        if one.before and (also := brought & {int(pk) for pk in one.content.get("added", ())}):
            one.before["set"] = sorted(also.union(one.before.get("set", ())))
            one.save(update_fields=["before"])
            brought -= also
    target.clauses.remove(*brought)
    Correspondence.objects.filter(pk__in=before["statements"], topic=target).update(topic=held)
    for topic in (held, target):
        settle_topic(topic)
    Silence.objects.filter(topic__in=[held, target]).delete()
    silences = (Silence(topic_id=topic, version_id=version, kind=kind) for topic, version, kind in before["silences"])
    Silence.objects.bulk_create(silences)
    DraftPair.objects.filter(pk__in=before["pairs"], topic=target).update(topic=held)
    Topic.objects.filter(pk__in=before["merged"], merged_into=target).update(merged_into=held)
    held.merged_into = None
    held.elsewhere, target.elsewhere = before["elsewhere"]
    target.revision += 1
    target.save(update_fields=["elsewhere", "revision"])


def _held(user: Person, topic: Topic, *others: Topic) -> Topic:
    get_topic_to_change(user, topic.slug)
    return _hold(Q(pk__in=[one.pk for one in (topic, *others)]))[topic.pk]


def hold_topics(changes: Iterable[TopicChange]) -> dict[int, Topic]:
    """Holds the topics that changes concern (``_hold``). Returns them by their keys."""
    named = [(one.topic_id, one.content.get("into", "")) for one in changes]
    return _hold(Q(pk__in=[pk for pk, _into in named]), Q(slug__in=[into for _pk, into in named]))


def _hold(*wanted: Q) -> dict[int, Topic]:
    """Topics held for this transaction, by key and in that order: of two who merge the same two neither waits for the
    other's second one.
    """
    held = Topic.objects.select_for_update(no_key=True).filter(Q(*wanted, _connector=Q.OR)).order_by("pk")
    return {one.pk: one for one in held}


def _seen(user: Person, clauses: Iterable[Clause]) -> list[Clause]:
    wanted = {clause.pk for clause in clauses}
    seen = list(visible_clauses(user).filter(pk__in=wanted))
    if len(seen) < len(wanted):
        raise PermissionDenied(_("One of these texts is not public, and you may not see it."))
    return seen


def _check_title(title: str, membership: Membership, besides: Topic | None = None) -> None:
    same = Topic.objects.offered_to(membership.organisation).filter(title__iexact=title.strip())
    if besides is not None:
        same = same.exclude(pk=besides.pk)
    if same.exists():
        raise ValidationError({"title": _("There is a topic of this title already.")})


def _last_place() -> int:
    last = Topic.objects.aggregate(last=Max("position"))["last"]
    return 0 if last is None else last + 1


def _free_slug(stem: str) -> str:
    taken = set(Topic.objects.filter(slug__startswith=stem).values_list("slug", flat=True))
    return next(slug for slug in (stem, *(f"{stem}-{number}" for number in range(2, 1_000))) if slug not in taken)


def words_of(topic: Topic) -> dict[str, str]:
    """Returns titles and descriptions in each language, by the name of their column."""
    return {name: getattr(topic, name) for name in FIELDS}


def _set(topic: Topic, words: Mapping[str, str], added: Iterable[Any], removed: Iterable[Any] = ()) -> None:
    for name in FIELDS:
        setattr(topic, name, words.get(name, "").strip())
    set_under_topic(topic, list(added))
    topic.clauses.remove(*removed)
    settle_topic(topic)


def _named(numbers: Iterable[int]) -> dict[str, str]:
    """The keys of clauses, each with what staff may read of it: its place in a text that is public."""
    clauses = Clause.objects.filter(pk__in=numbers).select_related("version__law").order_by("version", "position")
    return {str(one.pk): f"{one.version.address} {one.eid}" if one.version.published_at else "–" for one in clauses}
