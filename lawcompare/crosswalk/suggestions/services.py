"""What the program suggests as counterparts of a clause, and what reviewers decide on it."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from heapq import nlargest
from typing import Any
from uuid import UUID

from django.conf import settings
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection, transaction
from django.db.models import OuterRef, Q, QuerySet, Subquery
from django.utils.translation import gettext as _

from lawcompare.accounts.models import EDITORS, Membership, Organisation, Person
from lawcompare.accounts.rate_limits import allow
from lawcompare.core.jobs import services as jobs
from lawcompare.core.jobs.registry import Report, ignore_progress
from lawcompare.core.log.services import record
from lawcompare.core.seen import check_seen
from lawcompare.crosswalk.access import check_visible, clauses_to_answer, reviewer
from lawcompare.crosswalk.models import (
    Correspondence,
    CorrespondenceDecision,
    CorrespondenceStatus,
    SuggestionRun,
    Topic,
)
from lawcompare.crosswalk.services import (
    change_status,
    check_waits,
    count_together,
    decided_by,
    hold_topics_of,
    record_decisions,
    refuse_suggestions,
    settle_topics,
    state_for,
)
from lawcompare.engine.compare_laws.suggest import Counterparts, Suggestion, units_of
from lawcompare.languages import amount
from lawcompare.laws.documents import load_document
from lawcompare.laws.models import Clause, Version

# Of two texts: articles of the one by those of the other, which are all held against each other; the strongest
# suggestions, which a page lists all; and those that are refused with one press.
PAIRS_MAX, SUGGESTED_MAX, REFUSED_MAX = 10_000_000, 5_000, 2_000
# Suggestions of an organisation that wait, of all texts together.
WAITING_MAX = 100_000
# New rows, or decisions at once, after which PostgreSQL counts the rows again.
COUNTED_ANEW = 200


@transaction.atomic
def request_suggestions(user: Person, source: Version, target: Version) -> SuggestionRun:
    """Have counterparts of all of ``source`` looked for in ``target``. Starts nothing while a search is under way."""
    membership = reviewer(user)
    check_visible(user, source.pk, target.pk)
    if source.pk == target.pk:
        raise ValidationError(_("Choose two different texts."))
    if clauses_to_answer(source).count() * clauses_to_answer(target).count() > PAIRS_MAX:
        raise PermissionDenied(_("These two texts have too many articles: look for counterparts clause by clause."))
    owner = membership.organisation
    waiting = Correspondence.objects.filter(organisation=owner, status=CorrespondenceStatus.SUGGESTED)
    if waiting.count() >= WAITING_MAX:
        sentence = _("%(number)s suggestions of your organisation wait: decide on some of them first.")
        raise PermissionDenied(sentence % {"number": amount(WAITING_MAX)})
    new = {"job": lambda: jobs.create("suggestionrun", owner)}
    wanted = {"subject_version": source, "object_version": target, "organisation": owner}
    run, is_new = SuggestionRun.objects.get_or_create(**wanted, defaults=new)
    if not (is_new or jobs.start(run.job, owner)):
        return run
    if not allow(f"organisation-{owner.pk}", "suggestions", settings.SUGGESTIONS_PER_HOUR):
        raise PermissionDenied(_("Too many requests. Wait a while and try again."))
    subject = f"text/{source.address}"
    record("look for counterparts", subject, user, owner.slug, among=target.address)
    return run


@transaction.atomic
def confirm_correspondence(
    user: Person, correspondence: Correspondence, topic: Topic, relation: str, reasoning: str, seen: str
) -> CorrespondenceDecision:
    """Say that a suggested counterpart, as it was ``seen``, is one, and how it stands to the clause."""
    membership = reviewer(user)
    check_waits([correspondence], membership)
    check_seen(Correspondence.objects.select_for_update(no_key=True).get(pk=correspondence.pk).seen, seen)
    answer = correspondence.object or correspondence.object_version
    statement = (topic, correspondence.subject, answer, relation, reasoning)
    carried = (correspondence.searched, correspondence.elements)
    row = state_for(membership, membership.user, *statement, *carried)
    correspondence.pk = row.pk
    correspondence.refresh_from_db()
    return row.decisions.latest("pk")


@transaction.atomic
def refuse_correspondence(user: Person, correspondence: Correspondence, reason: str) -> CorrespondenceDecision:
    """Say that a suggested counterpart is none."""
    membership = reviewer(user)
    check_visible(user, correspondence.subject_version_id, correspondence.object_version_id)
    if not reason.strip():
        raise ValidationError(_("Say why, so that readers can follow the judgement."))
    return refuse_suggestions([correspondence], membership, reason)[0]


@transaction.atomic
def reopen_correspondence(user: Person, correspondence: Correspondence, reason: str = "") -> CorrespondenceDecision:
    """Take a decision of one's own organisation back: what was confirmed or refused waits again."""
    membership = reviewer(user)
    check_visible(user, correspondence.subject_version_id, correspondence.object_version_id)
    if correspondence.status == CorrespondenceStatus.SUGGESTED:
        raise ValidationError(_("Nothing has been decided on this suggestion yet."))
    if decided_by(correspondence) != membership.organisation:
        raise PermissionDenied(_("Only the organisation that decided can take its decision back."))
    return _reopen([correspondence], membership, reason or _("Undone."))[0]


def _reopen(rows: Sequence[Correspondence], membership: Membership, reason: str) -> list[CorrespondenceDecision]:
    nobody: dict[str, Any] = dict.fromkeys(("stated_by", "seconded_for", "seconded_by"))
    # What was stated of an earlier text is, once the site has not decided on it, for everybody to judge anew.
    is_site = membership.organisation.slug == EDITORS
    shared = [row for row in rows if is_site and row.carried_from_id and row.object_id]
    own = [row for row in rows if row not in shared]
    stood = [row for row in rows if row.status == CorrespondenceStatus.CONFIRMED and row.stands]
    hold_topics_of(stood)
    change_status(own, rows[0].status, CorrespondenceStatus.SUGGESTED, **nobody)
    change_status(shared, rows[0].status, CorrespondenceStatus.SUGGESTED, organisation=None, **nobody)
    settle_topics(stood)
    return record_decisions(rows, membership, [reason] * len(rows))


def check_group(waiting: Sequence[Correspondence], number: int, reason: str) -> None:
    """Raise ValidationError where a group is refused without a reason, or is not the ``number`` that were shown."""
    if not reason.strip():
        raise ValidationError(_("Say why, so that readers can follow the judgement."))
    if not waiting or len(waiting) != number:
        raise ValidationError(_("The suggestions have changed in the meantime: look at them again."))


@transaction.atomic
def refuse_group(user: Person, suggestions: QuerySet[Correspondence], number: int, reason: str) -> None:
    """Say at once that none of the suggestions that wait is a counterpart; ``number``: how many were shown."""
    membership = reviewer(user)
    if number > REFUSED_MAX:
        sentence = _("At most %(number)s suggestions are refused at once: narrow the list.")
        raise ValidationError(sentence % {"number": amount(REFUSED_MAX)})
    waiting = list(suggestions.filter(status=CorrespondenceStatus.SUGGESTED)[: REFUSED_MAX + 1])
    check_group(waiting, number, reason)
    check_visible(user, *{pk for row in waiting for pk in (row.subject_version_id, row.object_version_id)})
    count_together(membership, number)
    refuse_suggestions(waiting, membership, reason)
    _count_anew(number)


def _count_anew(number: int) -> None:
    """Until PostgreSQL knew of thousands of new rows or decisions, a minute later, pages took it up to 50 seconds."""
    if connection.vendor == "postgresql" and number > COUNTED_ANEW:
        transaction.on_commit(_count_rows)


def _count_rows() -> None:
    tables = ", ".join(model._meta.db_table for model in (Correspondence, Organisation))
    with connection.cursor() as cursor:
        cursor.execute(f"ANALYZE {tables}")


def refused_together(membership: Membership, batch: UUID) -> QuerySet[Correspondence]:
    """What an organisation refused at once and nobody of it decided on since."""
    own = Correspondence.objects.filter(organisation=membership.organisation, status=CorrespondenceStatus.REFUSED)
    last = CorrespondenceDecision.objects.filter(correspondence=OuterRef("pk")).order_by("-pk").values("batch")[:1]
    return own.annotate(batch=Subquery(last)).filter(batch=batch)


@transaction.atomic
def reopen_group(user: Person, correspondence: Correspondence) -> None:
    """Take back what was refused at once with a suggestion, and was not decided on since."""
    membership = reviewer(user)
    check_visible(user, correspondence.subject_version_id, correspondence.object_version_id)
    batch = correspondence.decisions.latest("pk").batch
    rows = list(refused_together(membership, batch)) if batch else []
    if not rows:
        raise ValidationError(_("Nothing has been decided on this suggestion yet."))
    count_together(membership, len(rows))
    _reopen(rows, membership, _("Undone."))
    _count_anew(len(rows))


Pair = tuple[int, int]


def store_suggestions(
    source: Version,
    target: Version,
    asked: Iterable[Clause] | None = None,
    owner: Organisation | None = None,
    report: Report = ignore_progress,
) -> list[Correspondence]:
    """Store what of ``target`` may answer the articles of ``source``, or the clauses ``asked`` about, for the
    organisation that had it looked for and alone sees it; the site's without one.

    Safe to run twice. What a person confirmed or refused stays, and is not suggested again; so does what a person took
    back into the list.
    """
    draft, law = load_document(source), load_document(target)
    clauses = {clause.eid: clause for clause in source.clauses.defer("text", "note")}
    answers = {clause.eid: clause for clause in target.clauses.defer("text", "note")}
    wanted = [clauses[unit.eid] for unit in units_of(draft)] if asked is None else list(asked)
    counterparts = Counterparts(law)
    suggested = []
    for done, clause in enumerate(wanted):
        report("searching", done, len(wanted))
        suggested += [(clause, answers[each.eid], each) for each in counterparts.suggest(draft, clause.eid)]
    if len(suggested) > SUGGESTED_MAX:
        suggested = nlargest(SUGGESTED_MAX, suggested, key=lambda one: one[2].strength)
    with transaction.atomic():
        return _write(source, target, wanted, suggested, owner)


def _write(
    source: Version,
    target: Version,
    wanted: Sequence[Clause],
    suggested: Sequence[tuple[Clause, Clause, Suggestion]],
    owner: Organisation | None,
) -> list[Correspondence]:
    """Add what is new, bring what waits up to date, and drop what is suggested no longer and nobody has touched."""
    stated = _between(source, target, owner)
    open_rows = {(row.subject_id, row.object_id): row for row in stated if _waits(row, source, owner)}
    own = {pair: row for pair, row in open_rows.items() if row.organisation == owner and row.carried_from_id is None}
    known = [row for row in stated if row.organisation == owner or not row.is_by_one]
    decided = Decided(row for row in known if row.status != CorrespondenceStatus.SUGGESTED)
    topics = Topics(source, target)
    kept: set[Pair] = set()
    new: list[Correspondence] = []
    for clause, answer, suggestion in suggested:
        pair = (clause.pk, answer.pk)
        if decided.covers(clause, answer):
            continue
        kept.add(pair)
        if pair in open_rows and pair not in own:
            continue  # the site's, or stated of an earlier text: it stays as it is
        row = own.get(pair)
        if row is None:
            row = Correspondence(
                subject=clause,
                object=answer,
                subject_version=source,
                object_version=target,
                organisation=owner,
                status=CorrespondenceStatus.SUGGESTED,
            )
            row.topic_id = topics.guess(clause, answer)
            new.append(row)
        row.score = suggestion.strength
        row.reasons = [
            {
                "kind": reason.kind,
                "concepts": {key: list(names) for key, names in reason.concepts.items()},
                "words": list(reason.words),
            }
            for reason in suggestion.reasons
        ]
    asked = {clause.pk for clause in wanted}
    stale = [row.pk for pair, row in own.items() if pair[0] in asked and pair not in kept and not row.decisions.all()]
    Correspondence.objects.filter(pk__in=stale, status=CorrespondenceStatus.SUGGESTED).delete()
    Correspondence.objects.bulk_update([own[pair] for pair in kept & own.keys()], ["score", "reasons"])
    # A suggestion stored by another worker in the meantime is the same suggestion.
    Correspondence.objects.bulk_create(new, ignore_conflicts=True)
    _count_anew(len(new))
    rows = _between(source, target, owner)
    return [row for row in rows if _waits(row, source, owner) and (row.subject_id, row.object_id) in kept]


def _between(one: Version, other: Version, owner: Organisation | None) -> list[Correspondence]:
    """What an organisation itself and the site say and suggest of two texts, whichever way round."""
    pair = Q(subject_version=one, object_version=other) | Q(subject_version=other, object_version=one)
    rows = Correspondence.objects.stand() | Correspondence.objects.filter(organisation=owner)
    return list(rows.filter(pair).select_related("organisation").prefetch_related("subject", "object", "decisions"))


def _waits(row: Correspondence, source: Version, owner: Organisation | None) -> bool:
    return (
        row.status == CorrespondenceStatus.SUGGESTED
        and row.organisation in (None, owner)
        and row.subject_version_id == source.pk
        and row.object_id is not None
    )


class Decided:
    """What people have decided between two texts, asked article by article.

    Whoever confirmed ``1030(a)(2)`` needs no suggestion of 1030; whoever found nothing in a whole text needs none.
    """

    def __init__(self, rows: Iterable[Correspondence]) -> None:
        self.rows = list(rows)

    def covers(self, clause: Clause, answer: Clause) -> bool:
        """Whether something was decided on the two clauses, or on clauses inside them."""
        return any(self._speaks_of(row, clause, answer) or self._speaks_of(row, answer, clause) for row in self.rows)

    def _speaks_of(self, row: Correspondence, subject: Clause, answer: Clause) -> bool:
        if not _holds(subject, row.subject):
            return False
        if row.object is None:
            return row.status == CorrespondenceStatus.CONFIRMED and row.object_version_id == answer.version_id
        return _holds(answer, row.object)


def _holds(outer: Clause, inner: Clause) -> bool:
    return outer.version_id == inner.version_id and outer.position <= inner.position < outer.end


class Topics:
    """Under which topic two clauses would be read together."""

    def __init__(self, *versions: Version) -> None:
        rows = (
            Topic.objects.current()
            .filter(clauses__version__in=[version.pk for version in versions])
            .order_by("position")
            .values_list("clauses__version_id", "clauses__position", "pk")
        )
        # (position, topic) of the clauses of each text.
        self.placed: dict[int, list[tuple[int, int]]] = defaultdict(list)
        for version, position, topic in rows:
            self.placed[version].append((position, topic))

    def guess(self, clause: Clause, answer: Clause) -> int | None:
        """The topic both stand under; else the clause's own, else the answer's if it has only one, else none."""
        own, others = self._of(clause), self._of(answer)
        both = [topic for topic in own if topic in others]
        if both or own:
            return (both or own)[0]
        return others[0] if len(others) == 1 else None

    def _of(self, clause: Clause) -> list[int]:
        placed = self.placed[clause.version_id]
        return list(dict.fromkeys(topic for position, topic in placed if clause.position <= position < clause.end))


def run_suggestions(run: SuggestionRun, report: Report) -> None:
    """What a worker does to find the counterparts of a whole text."""
    store_suggestions(run.subject_version, run.object_version, owner=run.organisation, report=report)
