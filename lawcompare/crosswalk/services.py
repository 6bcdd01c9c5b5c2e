"""Stating how a clause corresponds to one of another law, and recording who decided on it."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from operator import attrgetter
from typing import Any
from uuid import UUID, uuid4

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.db.models import Q, QuerySet, Sum
from django.db.models.functions import Length
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext as _

from lawcompare.accounts.models import EDITORS, Confirmation, Membership, Organisation, Person
from lawcompare.accounts.rate_limits import allow
from lawcompare.core.log.services import record_each
from lawcompare.core.seen import check_seen
from lawcompare.crosswalk.access import check_visible, correspondences_known, reviewer
from lawcompare.crosswalk.models import (
    VERDICTS,
    Basis,
    Correspondence,
    CorrespondenceDecision,
    CorrespondenceStatus,
    Element,
    Relation,
    Topic,
    TopicClause,
)
from lawcompare.languages import in_every_language
from lawcompare.laws.citing import cite
from lawcompare.laws.models import Clause, Version
from lawcompare.laws.proposals import check_room, confirmation_of
from lawcompare.search import services as search
from lawcompare.search.models import EntryKind

# 18 U.S.C. § 922 has 291 inside; only 17 U.S.C. § 115, of those seen, has more: 481, of which a subsection is named.
INSIDE_MAX = 300
# Suggestions of an organisation that are refused together, or taken back together, in an hour: each is written down for
# good, with its reason.
TOGETHER_PER_HOUR = 10_000
# Of both sides, in letters: a page has so much, and no more is read and printed within a second.
LETTERS_MAX = 200_000


def check_statement(subject: Clause, answer: Clause | Version, relation: str, reasoning: str) -> None:
    """Raise ValidationError where the relation cannot hold between the two clauses."""
    version_id = answer.version_id if isinstance(answer, Clause) else answer.pk
    if relation not in dict(VERDICTS):
        raise ValidationError(_("There is no relation “%(relation)s”.") % {"relation": relation})
    if not reasoning.strip():
        raise ValidationError(_("Say why, so that readers can follow the judgement."))
    if isinstance(answer, Clause) and answer.pk == subject.pk:
        raise ValidationError(_("A clause does not answer itself."))
    if version_id == subject.version_id:
        raise ValidationError(_("Both clauses are of one text; a correspondence joins two texts."))
    sides = [subject, answer] if isinstance(answer, Clause) else [subject]
    if any(clause.end - clause.position > INSIDE_MAX for clause in sides):
        raise ValidationError(
            _("Name an article: this clause has more than %(number)s inside.") % {"number": INSIDE_MAX}
        )
    inside = [Q(version=c.version_id, position__gte=c.position, position__lt=c.end) for c in sides]
    letters = Clause.objects.filter(Q(*inside, _connector=Q.OR)).order_by().aggregate(sum=Sum(Length("text")))["sum"]
    if (letters or 0) > LETTERS_MAX:
        raise ValidationError(
            _("Name clauses inside these: together they have more than %(number)s characters.")
            % {"number": LETTERS_MAX}
        )


def as_stored(verdict: str) -> dict[str, str]:
    """One of ``VERDICTS`` as the columns that hold it: ``heading`` is a basis and no relation."""
    if verdict == Basis.HEADING:
        return {"relation": "", "basis": Basis.HEADING.value}
    return {"relation": verdict, "basis": Basis.WORDS.value}


def check_answer(answer: Clause | Version, relation: str) -> None:
    """Raise ValidationError unless "none found" is about a whole text, and every other relation names a clause."""
    if isinstance(answer, Clause) and relation == Relation.NONE:
        raise ValidationError(_("Where a clause is named, “none found” cannot be said of it."))
    if isinstance(answer, Version) and relation not in {Relation.NONE, Basis.HEADING}:
        raise ValidationError(_("Name the clause that answers, or say that none was found."))


def check_searched(relation: str, searched: str) -> None:
    """Raise ValidationError where none was found and nobody says where it was looked for."""
    if relation == Relation.NONE and not searched.strip():
        raise ValidationError(_("Say where a counterpart was looked for."))


def narrower_in(stated: QuerySet[Correspondence]) -> dict[int, list[int]]:
    """The clauses that confirmed ones of the rows call narrower, by the key of the broader one. One query."""
    stated = stated.filter(
        status=CorrespondenceStatus.CONFIRMED, relation__in=[Relation.BROADER, Relation.NARROWER], object__isnull=False
    )
    narrower: dict[int, list[int]] = {}
    for pair in stated.order_by().values_list("subject_id", "object_id", "relation"):
        if stated_ends := _broader_first(*pair):
            narrower.setdefault(stated_ends[0], []).append(stated_ends[1])
    return narrower


def check_circle(
    subject: Clause, answer: Clause | None, relation: str, narrower: Callable[[], Mapping[int, Sequence[int]]]
) -> None:
    """Raise ValidationError where "broader" would lead, from clause to clause, back to where it began.

    ``narrower`` has what is stated besides (``narrower_in``); it is asked for where it matters.
    """
    ends = _broader_first(subject.pk, answer.pk if answer else None, relation)
    if answer is None or ends is None:
        return
    broad, narrow = ends
    if broad in _reached(narrow, narrower()):
        first, second = (subject, answer) if broad == subject.pk else (answer, subject)
        raise ValidationError(
            _("%(narrow)s is already broader than %(broad)s, in one step or more, and cannot be narrower too.")
            % {"broad": cite(first), "narrow": cite(second)}
        )


def _broader_first(subject: int, answer: int | None, relation: str) -> tuple[int, int] | None:
    if answer is None or relation not in {Relation.BROADER, Relation.NARROWER}:
        return None
    return (subject, answer) if relation == Relation.BROADER else (answer, subject)


def _reached(start: int, narrower: Mapping[int, Sequence[int]]) -> set[int]:
    seen: set[int] = set()
    waiting = [start]
    while waiting:
        for clause in narrower.get(waiting.pop(), []):
            if clause not in seen:
                seen.add(clause)
                waiting.append(clause)
    return seen


@transaction.atomic
def state_correspondence(
    topic: Topic,
    subject: Clause,
    answer: Clause | Version,
    relation: str,
    reasoning: str,
    author: str,
    status: str = CorrespondenceStatus.CONFIRMED,
    searched: str = "",
    elements: Sequence[str] = (),
) -> Correspondence:
    """Record how a clause stands to a clause of another law, or that none was found in a whole version of it.

    What people have decided on since is left as they left it. Raises ValidationError.
    """
    answered_by = answer if isinstance(answer, Clause) else None
    version = answer if isinstance(answer, Version) else answer.version
    # No join: the row is locked, which PostgreSQL does not do on the empty side of one.
    by_site = Q(organisation=None) | Q(organisation__in=Organisation.objects.filter(slug=EDITORS))
    statement = Correspondence.objects.filter(
        by_site, topic=topic, subject=subject, object=answered_by, object_version=version
    )
    decided = statement.filter(decisions__isnull=False).first()
    if decided is not None:
        return decided
    check_statement(subject, answer, relation, reasoning)
    if status == CorrespondenceStatus.CONFIRMED:
        others = Correspondence.objects.stand().exclude(pk__in=statement.values("pk"))
        check_circle(subject, answered_by, relation, lambda: narrower_in(others))
    correspondence, _is_new = statement.filter(organisation=None).update_or_create(
        topic=topic,
        subject=subject,
        object=answered_by,
        object_version=version,
        defaults={
            "subject_version": subject.version,
            **as_stored(relation),
            "reasoning": reasoning,
            "searched": searched,
            "elements": [Element(name).value for name in elements],
            "author": author,
            "status": status,
        },
    )
    return correspondence


def state_by_hand(user: Person, *statement: Any, **more: Any) -> Correspondence:
    """State a correspondence that nobody suggested, or that none was found in a whole text; as ``state_for``."""
    membership = reviewer(user)
    return state_for(membership, membership.user, *statement, **more)


@transaction.atomic
def state_for(
    membership: Membership,
    person: Any,
    topic: Topic,
    subject: Clause,
    answer: Clause | Version,
    *statement: Any,
    **more: Any,
) -> Correspondence:
    """State a correspondence for a membership's organisation, in the name of ``person``; ``statement`` is as that of
    ``Statements.state``. Raises ValidationError.
    """
    version = answer.version if isinstance(answer, Clause) else answer
    statements = Statements(membership, (subject.version_id, version.pk), [subject.pk])
    row = statements.state(person, topic, subject, answer, *statement, **more)
    statements.record()
    return row


class Statements:
    """What a membership's organisation states between two texts at once: what holds for all of it is asked once.

    Use it in a transaction, each pair once, and ``record`` it in the end. Raises PermissionDenied where the person
    may not see both texts.
    """

    def __init__(self, membership: Membership, texts: Sequence[int], subjects: Sequence[int]) -> None:
        check_visible(membership.user, *texts)
        self.membership, self.confirmation = membership, confirmation_of(membership)  # topics are everybody's
        # Nothing that others keep to themselves counts, nor what they merely propose.
        known = correspondences_known(membership.organisation)
        self.known = known.stand() | known.filter(organisation=membership.organisation)
        self.rows: dict[tuple[Any, ...], list[Correspondence]] = {}
        between = self.known.filter(subject__in=subjects, subject_version__in=texts, object_version__in=texts)
        for row in between.select_related("organisation"):
            self.rows.setdefault((row.subject_id, row.object_id, row.object_version_id), []).append(row)
        self.stated: list[Correspondence] = []

    @cached_property
    def narrower(self) -> dict[int, list[int]]:
        return narrower_in(self.known.exclude(confirmation=Confirmation.REFUSED))

    def state(
        self,
        person: Any,
        topic: Topic,
        subject: Clause,
        answer: Clause | Version,
        relation: str,
        reasoning: str,
        searched: str = "",
        elements: Sequence[str] = (),
    ) -> Correspondence:
        """State one, in the name of ``person``; where that is not who acts, who acts confirms it as a second person.

        Raises ValidationError and PermissionDenied, and then has written nothing.
        """
        check_statement(subject, answer, relation, reasoning)
        check_answer(answer, relation)
        check_searched(relation, searched)
        answered_by = answer if isinstance(answer, Clause) else None
        version_id = answer.version_id if isinstance(answer, Clause) else answer.pk
        pair = {"subject_id": subject.pk, "object": answered_by, "object_version_id": version_id}
        rows = self.rows.get((subject.pk, answered_by and answered_by.pk, version_id), [])
        row = min((one for one in rows if one.topic_id == topic.pk), key=attrgetter("status"), default=None)
        row = row or next((one for one in rows if one.status == CorrespondenceStatus.SUGGESTED), None)
        if row is not None:
            _check_own(row, self.membership)
        check_circle(subject, answered_by, relation, lambda: self.narrower)
        if row is None:
            row = Correspondence(**pair, subject_version_id=subject.version_id)
        elif _stays(row, self.confirmation):
            row.pk, row._state.adding = None, True
        row.relation, row.basis = as_stored(relation).values()
        row.topic, row.reasoning, row.searched = topic, reasoning.strip(), searched.strip()
        row.elements = [Element(name).value for name in elements]
        organisation, by = self.membership.organisation, self.membership.user
        row.author, row.status = organisation.name, CorrespondenceStatus.CONFIRMED
        row.made_at = timezone.now()  # nobody learns when it was looked for
        row.organisation, row.stated_by, row.confirmation = organisation, person, self.confirmation
        is_second = person.pk != by.pk
        row.seconded_for, row.seconded_by = (organisation, by) if is_second else (None, None)
        _save(row)
        if ends := _broader_first(row.subject_id, row.object_id, row.relation):
            self.narrower.setdefault(ends[0], []).append(ends[1])
        self.stated.append(row)
        return row

    def record(self) -> None:
        """Write down who stated them, set their clauses under their topics, and refuse what they leave no room for.

        Raises ValidationError where more of the organisation would wait for staff than may.
        """
        if len(self.stated) > 1 and self.confirmation == Confirmation.PROPOSED:
            check_room(self.membership.organisation, coming=-1)  # as it was before the last of them
        self._close_suggestions()
        record_decisions(self.stated, self.membership, [row.reasoning for row in self.stated])
        seconded = [row for row in self.stated if row.seconded_by_id]
        record_decisions(seconded, self.membership, [_("Confirmed by a second person.")] * len(seconded))
        settle_topics([row for row in self.stated if row.stands])

    def _close_suggestions(self) -> None:
        """Where none was found in a whole text, its clauses are suggested no longer, whichever way round they were."""
        closed = {(row.subject_id, row.object_version_id): row for row in self.stated if row.object_id is None}
        if not closed:
            return
        clauses = [clause for clause, _text in closed]
        waiting = correspondences_known(self.membership.organisation).filter(
            Q(subject__in=clauses) | Q(object__in=clauses), status=CorrespondenceStatus.SUGGESTED
        )
        batches = {place: uuid4() for place in closed}
        refused = []
        for one in waiting:
            sides = (one.subject_id, one.object_version_id), (one.object_id, one.subject_version_id)
            if place := next((side for side in sides if side in closed), None):
                refused.append((one, closed[place].reasoning, batches[place]))
        refuse_each(refused, self.membership)


@transaction.atomic
def second_correspondence(user: Person, correspondence: Correspondence, seen: str) -> CorrespondenceDecision:
    """Confirm, as a second person, what another one of one's organisation stated, in the words ``seen``. Raises
    ValidationError for one's own statement, and where it says something else by now.
    """
    membership = reviewer(user)
    check_visible(user, correspondence.subject_version_id, correspondence.object_version_id)
    if correspondence.stated_by_id == membership.user_id:
        raise ValidationError(_("You stated this yourself: a second person has to confirm it."))
    own = Correspondence.objects.filter(pk=correspondence.pk)
    hold_topics_of([correspondence])
    check_seen(own.select_for_update(no_key=True).get().seen, seen)
    held = own.filter(
        status=CorrespondenceStatus.CONFIRMED,
        organisation=membership.organisation,
        seconded_for__isnull=True,
        stated_by=correspondence.stated_by_id,
    )
    organisation = correspondence.organisation
    since = {"made_at": timezone.now()} if organisation and organisation.two_person_rule else {}  # nobody saw it before
    if not held.update(seconded_for=membership.organisation, seconded_by=membership.user, **since):
        raise ValidationError(_("There is no statement of one person here to be confirmed by a second."))
    correspondence.refresh_from_db()
    settle_topics([correspondence] if correspondence.stands else [])
    return record_decisions([correspondence], membership, [_("Confirmed by a second person.")])[0]


def settle_topics(rows: Iterable[Correspondence]) -> None:
    """After a decision on statements: have the clauses under their topics follow it (``settle_topic``)."""
    for topic in hold_topics_of(rows):
        settle_topic(topic)


def hold_topics_of(rows: Iterable[Correspondence]) -> list[Topic]:
    """The topics of statements, held for this transaction before the rows, as who merges topics holds them: of two who
    decide at once the second settles what the first left.
    """
    topics = Topic.objects.select_for_update(no_key=True).filter(pk__in={row.topic_id for row in rows})
    return list(topics.order_by("pk"))


def settle_topic(topic: Topic) -> None:
    """Have the clauses under a topic that organisations' statements name for which the site stands, so that the matrix
    has them, beside those that stand there of themselves, as the site's files say, and no others.
    """
    stated = topic.correspondences.filter(status=CorrespondenceStatus.CONFIRMED, organisation__isnull=False)
    standing = stated.stand().exclude(Correspondence.BY_ONE)
    named = {pk for pair in standing.values_list("subject_id", "object_id") for pk in pair if pk}
    TopicClause.objects.filter(topic=topic, of_itself=False).exclude(clause__in=named).delete()
    topic.clauses.add(*named, through_defaults={"of_itself": False})


def set_under_topic(topic: Topic, clauses: Collection[Any]) -> None:
    """Set clauses, by their keys, under a topic of themselves."""
    topic.clauses.add(*clauses)
    TopicClause.objects.filter(topic=topic, clause__in=clauses, of_itself=False).update(of_itself=True)


def decided_by(correspondence: Correspondence) -> Organisation | None:
    """The organisation whose decision counts: the one that stands for a statement, else that of the last decision."""
    if correspondence.organisation is not None:
        return correspondence.organisation
    last = correspondence.decisions.select_related("organisation").order_by("-pk").first()
    return last.organisation if last else None


def _check_own(row: Correspondence, membership: Membership) -> None:
    if row.status == CorrespondenceStatus.CONFIRMED and row.confirmation != Confirmation.REFUSED:
        raise ValidationError(
            _("This is already stated under this topic, by %(author)s: take that back first.") % {"author": row.credit}
        )
    if row.status == CorrespondenceStatus.REFUSED and decided_by(row) != membership.organisation:
        raise PermissionDenied(_("Only the organisation that decided can take its decision back."))


def _save(row: Correspondence) -> None:
    try:
        with transaction.atomic():
            row.save()
    except IntegrityError as error:
        raise ValidationError(_("Somebody else has stated this pair in the meantime.")) from error


def check_waits(suggestions: Sequence[Correspondence], membership: Membership) -> None:
    """Raise PermissionDenied where the organisation has decided on one of the suggestions, or the site has."""
    known = correspondences_known(membership.organisation).filter(pk__in=[row.pk for row in suggestions])
    if known.filter(status=CorrespondenceStatus.SUGGESTED).count() < len(suggestions):
        raise PermissionDenied(_("Somebody else has already decided on this."))


def refuse_suggestions(
    suggestions: Sequence[Correspondence], membership: Membership, reason: str
) -> list[CorrespondenceDecision]:
    """Refuse them for an organisation; where that is the site's, for all. Several are one batch."""
    batch = uuid4() if len(suggestions) > 1 else None
    return refuse_each([(row, reason, batch) for row in suggestions], membership)


def count_together(membership: Membership, number: int) -> None:
    """Count what an organisation refuses, or takes back, together. Raises ValidationError where that is too much."""
    if number and not allow(f"organisation-{membership.organisation_id}", "together", TOGETHER_PER_HOUR, uses=number):
        raise ValidationError(_("Too many requests. Wait a while and try again."))


def refuse_each(
    refused: Sequence[tuple[Correspondence, str, UUID | None]], membership: Membership
) -> list[CorrespondenceDecision]:
    """Refuse suggestions as ``refuse_suggestions`` does, each for its own reason and with its own batch."""
    rows = [row for row, _reason, _batch in refused]
    check_waits(rows, membership)
    is_sites = membership.organisation.slug == EDITORS
    confirmation = Confirmation.CONFIRMED if is_sites else Confirmation.PROPOSED
    own = {"organisation": membership.organisation, "confirmation": confirmation}
    change_status(rows, CorrespondenceStatus.SUGGESTED, CorrespondenceStatus.REFUSED, **own)
    reasons, batches = [reason for _row, reason, _batch in refused], [batch for _row, _reason, batch in refused]
    return record_decisions(rows, membership, reasons, batches)


def _stays(row: Correspondence, confirmation: str) -> bool:
    """Whether it is a suggestion to all, which stays for the others when one organisation decides for itself."""
    is_shared = row.organisation_id is None and row.status == CorrespondenceStatus.SUGGESTED
    return is_shared and confirmation != Confirmation.CONFIRMED


def change_status(rows: Sequence[Correspondence], before: str, after: str, **changes: Any) -> None:
    """Change the state of all if it still is ``before``: two people deciding at once cannot both win."""
    confirmation = changes.get("confirmation", Confirmation.CONFIRMED)
    copied = [row for row in rows if _stays(row, confirmation)]
    own = {row.pk for row in rows} - {row.pk for row in copied}
    if Correspondence.objects.filter(pk__in=own, status=before).update(status=after, **changes) < len(own):
        raise PermissionDenied(_("Somebody else has already decided on this."))
    for row in rows:
        for name, value in {"status": after, **changes}.items():
            setattr(row, name, value)
    for row in copied:
        row.pk = None
    try:
        with transaction.atomic():
            Correspondence.objects.bulk_create(copied)
    except IntegrityError as error:
        raise ValidationError(_("Somebody else has stated this pair in the meantime.")) from error


def record_decisions(
    rows: Sequence[Correspondence], membership: Membership, reasons: Sequence[str], batches: Sequence[UUID | None] = ()
) -> list[CorrespondenceDecision]:
    """Write down who decided the same on correspondences, each for its reason, in their histories and in the log."""
    if not rows:
        return []
    actions = {
        CorrespondenceStatus.CONFIRMED: "confirm counterpart",
        CorrespondenceStatus.REFUSED: "refuse counterpart",
    }
    action = actions.get(CorrespondenceStatus(rows[0].status), "reopen counterpart")
    subjects = [f"correspondence/{row.pk}" for row in rows]
    topics = {row.topic_id for row in rows if row.topic_id and row.stands}  # clauses come under them, or leave them
    subjects += [f"topic/{slug}" for slug in Topic.objects.filter(pk__in=topics).values_list("slug", flat=True)]
    record_each(action, subjects, membership.user, membership.organisation.slug)
    same = {"organisation": membership.organisation, "by": membership.user}
    decisions = [
        CorrespondenceDecision(
            correspondence=row,
            status=row.status,
            relation=row.relation if row.status == CorrespondenceStatus.CONFIRMED else "",
            reason=reason.strip(),
            batch=batch,
            **same,
        )
        for row, reason, batch in zip(rows, reasons, batches or [None] * len(rows), strict=True)
    ]
    return CorrespondenceDecision.objects.bulk_create(decisions)


def index_topic(topic: Topic) -> None:
    """Put a topic into the search index, in each language it is written in."""
    descriptions = in_every_language(topic, "description")
    findables = [
        search.Findable(EntryKind.TOPIC, topic.slug, title, descriptions.get(language, ""), language)
        for language, title in in_every_language(topic, "title").items()
    ]
    search.put(EntryKind.TOPIC, topic.slug, findables)


def index_all_topics() -> int:
    """Index every topic anew. Returns how many."""
    search.take_out_all(EntryKind.TOPIC)
    topics = list(Topic.objects.current().order_by("position", "pk"))
    for topic in topics:
        index_topic(topic)
    return len(topics)
