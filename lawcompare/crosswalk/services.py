"""Stating how a clause corresponds to one of another law, and recording who decided on it."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID, uuid4

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from lawcompare.accounts.models import EDITORS, Confirmation, Membership, Organisation, Person
from lawcompare.core.log.services import record_each
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
)
from lawcompare.languages import in_every_language
from lawcompare.laws.citing import cite
from lawcompare.laws.models import Clause, Version
from lawcompare.laws.proposals import confirmation_of
from lawcompare.search import services as search
from lawcompare.search.models import EntryKind

# A page of correspondences reads each clause whole.
INSIDE_MAX = 500


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


def check_circle(
    subject: Clause,
    answer: Clause | None,
    relation: str,
    besides: Correspondence | None = None,
    known: QuerySet[Correspondence] | None = None,
) -> None:
    """Raise ValidationError where "broader" would lead, from clause to clause, back to where it began.

    ``known``: what who states it may know of; without, what the site states.
    """
    ends = _broader_first(subject.pk, answer.pk if answer else None, relation)
    if answer is None or ends is None:
        return
    stated = Correspondence.objects.stand() if known is None else known.exclude(confirmation=Confirmation.REFUSED)
    stated = stated.filter(
        status=CorrespondenceStatus.CONFIRMED, relation__in=[Relation.BROADER, Relation.NARROWER], object__isnull=False
    )
    if besides is not None:
        stated = stated.exclude(pk=besides.pk)
    narrower: dict[int, list[int]] = {}
    for pair in stated.order_by().values_list("subject_id", "object_id", "relation"):
        if stated_ends := _broader_first(*pair):
            narrower.setdefault(stated_ends[0], []).append(stated_ends[1])
    broad, narrow = ends
    if broad in _reached(narrow, narrower):
        first, second = (subject, answer) if broad == subject.pk else (answer, subject)
        raise ValidationError(
            _("%(narrow)s is already broader than %(broad)s, in one step or more, and cannot be narrower too.")
            % {"broad": cite(first), "narrow": cite(second)}
        )


def _broader_first(subject: int, answer: int | None, relation: str) -> tuple[int, int] | None:
    if answer is None or relation not in {Relation.BROADER, Relation.NARROWER}:
        return None
    return (subject, answer) if relation == Relation.BROADER else (answer, subject)


def _reached(start: int, narrower: dict[int, list[int]]) -> set[int]:
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
        check_circle(subject, answered_by, relation, besides=statement.first())
    correspondence, _is_new = statement.update_or_create(
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
    relation: str,
    reasoning: str,
    searched: str = "",
    elements: Sequence[str] = (),
) -> Correspondence:
    """State a correspondence for a membership's organisation, in the name of ``person``. Raises ValidationError."""
    version = answer.version if isinstance(answer, Clause) else answer
    check_visible(membership.user, subject.version_id, version.pk)
    check_statement(subject, answer, relation, reasoning)
    check_answer(answer, relation)
    check_searched(relation, searched)
    answered_by = answer if isinstance(answer, Clause) else None
    pair = {"subject": subject, "object": answered_by, "object_version": version}
    # Nothing that others keep to themselves counts, nor what they merely propose.
    known = correspondences_known(membership.organisation)
    known = known.stand() | known.filter(organisation=membership.organisation)
    rows = known.filter(**pair)
    row = rows.filter(topic=topic).order_by("status").first()
    row = row or rows.filter(status=CorrespondenceStatus.SUGGESTED).first()
    if row is not None:
        _check_own(row, membership)
    check_circle(subject, answered_by, relation, besides=row, known=known)
    confirmation = confirmation_of(membership)  # whosever the texts are: topics are everybody's
    if row is None:
        row = Correspondence(**pair, subject_version=subject.version)
    elif _stays(row, confirmation):
        row.pk, row._state.adding = None, True
    row.relation, row.basis = as_stored(relation).values()
    row.topic, row.reasoning, row.searched = topic, reasoning.strip(), searched.strip()
    row.elements = [Element(name).value for name in elements]
    row.author, row.status = membership.organisation.name, CorrespondenceStatus.CONFIRMED
    row.organisation, row.stated_by, row.confirmation = membership.organisation, person, confirmation
    row.seconded_for = row.seconded_by = None
    _save(row)
    if row.object is None:
        _close_suggestions(row, membership)
    record_decisions([row], membership, reasoning)
    place_under_topic(row)
    return row


@transaction.atomic
def second_correspondence(user: Person, correspondence: Correspondence) -> CorrespondenceDecision:
    """Confirm, as a second person, what another one stated. Raises ValidationError for one's own statement."""
    membership = reviewer(user)
    check_visible(user, correspondence.subject_version_id, correspondence.object_version_id)
    if correspondence.stated_by_id == membership.user_id:
        raise ValidationError(_("You stated this yourself: a second person has to confirm it."))
    held = Correspondence.objects.filter(
        pk=correspondence.pk,
        status=CorrespondenceStatus.CONFIRMED,
        organisation__isnull=False,
        seconded_for__isnull=True,
        stated_by=correspondence.stated_by_id,
    )
    organisation = correspondence.organisation
    since = {"made_at": timezone.now()} if organisation and organisation.two_person_rule else {}  # nobody saw it before
    if not held.update(seconded_for=membership.organisation, seconded_by=membership.user, **since):
        raise ValidationError(_("There is no statement of one person here to be confirmed by a second."))
    correspondence.refresh_from_db()
    place_under_topic(correspondence)
    return record_decisions([correspondence], membership, _("Confirmed by a second person."))[0]


def place_under_topic(correspondence: Correspondence) -> None:
    """Set the clauses of a statement for which the site stands under its topic, so that the matrix has them, and take
    those that it had set there out where it does not.
    """
    is_by_one = correspondence.organisation and correspondence.organisation.two_person_rule
    is_shown = correspondence.status == CorrespondenceStatus.CONFIRMED and correspondence.stands
    if correspondence.topic is None or (is_shown and is_by_one and not correspondence.seconded_for_id):
        return
    under, placed = correspondence.topic.clauses, set(correspondence.placed)
    if is_shown:
        stated = {pk for pk in (correspondence.subject_id, correspondence.object_id) if pk}
        placed |= stated - set(under.filter(pk__in=stated).values_list("pk", flat=True))
        under.add(*placed)
    else:
        others = correspondence.topic.correspondences.stand().filter(status=CorrespondenceStatus.CONFIRMED)
        under.remove(*placed.difference(*others.values_list("subject_id", "object_id")))
        placed = set()
    Correspondence.objects.filter(pk=correspondence.pk).update(placed=sorted(placed))


def decided_by(correspondence: Correspondence) -> Organisation | None:
    """The organisation whose decision counts: the one that stands for a statement, else that of the last decision."""
    if correspondence.organisation is not None:
        return correspondence.organisation
    last = correspondence.decisions.select_related("organisation").order_by("-pk").first()
    return last.organisation if last else None


def _check_own(row: Correspondence, membership: Membership) -> None:
    if row.status == CorrespondenceStatus.CONFIRMED and row.confirmation != Confirmation.REFUSED:
        raise ValidationError(
            _("This is already stated under this topic, by %(author)s: take that back first.") % {"author": row.author}
        )
    if row.status == CorrespondenceStatus.REFUSED and decided_by(row) != membership.organisation:
        raise PermissionDenied(_("Only the organisation that decided can take its decision back."))


def _close_suggestions(row: Correspondence, membership: Membership) -> None:
    """Where none was found in a whole text, its clauses are suggested no longer, whichever way round they were."""
    this_way = Q(subject_id=row.subject_id, object_version_id=row.object_version_id)
    other_way = Q(object_id=row.subject_id, subject_version_id=row.object_version_id)
    known = correspondences_known(membership.organisation)
    waiting = known.filter(this_way | other_way, status=CorrespondenceStatus.SUGGESTED)
    refuse_suggestions(list(waiting), membership, row.reasoning)


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
    check_waits(suggestions, membership)
    is_sites = membership.organisation.slug == EDITORS
    confirmation = Confirmation.CONFIRMED if is_sites else Confirmation.PROPOSED
    own = {"organisation": membership.organisation, "confirmation": confirmation}
    batch = uuid4() if len(suggestions) > 1 else None
    change_status(suggestions, CorrespondenceStatus.SUGGESTED, CorrespondenceStatus.REFUSED, **own)
    return record_decisions(suggestions, membership, reason, batch)


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
    rows: Sequence[Correspondence], membership: Membership, reason: str, batch: UUID | None = None
) -> list[CorrespondenceDecision]:
    """Write down who decided the same on correspondences, in the history of each and in the log."""
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
    same = {"reason": reason.strip(), "organisation": membership.organisation, "by": membership.user, "batch": batch}
    decisions = [
        CorrespondenceDecision(
            correspondence=row,
            status=row.status,
            relation=row.relation if row.status == CorrespondenceStatus.CONFIRMED else "",
            **same,
        )
        for row in rows
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
