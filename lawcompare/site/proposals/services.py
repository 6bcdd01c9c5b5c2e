"""What organisations propose (``accounts.models.Proposable``): what waits, and what staff decide on it."""

import hashlib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from lawcompare.accounts.access import is_staff, membership_of
from lawcompare.accounts.models import EDITORS, Confirmation, Person
from lawcompare.annotations import services as annotating
from lawcompare.annotations.models import CategoryChange
from lawcompare.core.jobs import services as jobs
from lawcompare.core.log.services import record
from lawcompare.crosswalk.findings.models import FindingDecision
from lawcompare.crosswalk.models import (
    Correspondence,
    CorrespondenceStatus,
    TopicAction,
    TopicChange,
    Value,
    ValueStatus,
)
from lawcompare.crosswalk.services import place_under_topic
from lawcompare.crosswalk.topics import services as topics
from lawcompare.crosswalk.values import services as values
from lawcompare.languages import columns_of, in_every_language
from lawcompare.laws.citing import cite
from lawcompare.laws.models import Event, Origin, TranslationReview, Version

# As many of a kind as the page shows.
SHOWN_MAX = 50
# By the name of its button, what a decision makes of a proposal, and how the log calls it.
DECISIONS = {
    "confirm": Confirmation.CONFIRMED,
    "refuse": Confirmation.REFUSED,
    "undo": Confirmation.PROPOSED,
}


@dataclass(frozen=True)
class Kind:
    """What may be proposed: its public ``rows``, of them those that may ``wait``, what one says, and where it stands.

    ``follow`` does after a decision what follows of it; it is given the row and what it was before.
    """

    label: str | Promise
    rows: Callable[[], QuerySet[Any]]
    lines: Callable[[Any], Iterable[str]]
    address: Callable[[Any], str]
    follow: Callable[[Any, str], Any] = lambda row, was: None
    waits: Callable[[], Q] = Q


def _public(model: Any, *texts: str) -> QuerySet[Any]:
    """The rows of a model whose texts, by the names of their columns, are all public."""
    public = Version.objects.published().order_by().values("pk")
    return model._default_manager.filter(**{f"{name}__in": public for name in texts})


def _origin_lines(origin: Origin) -> Iterator[str]:
    yield origin.version.name
    if origin.version.translates:
        yield f"{_('Translates the text')}: {origin.version.translates.name}"


def _changes(before: dict[str, Any], after: dict[str, Any], names: Iterable[str]) -> Iterator[str]:
    for name in names:
        if before.get(name, "") != after.get(name, ""):
            yield f"{before[name]} → {after.get(name) or '–'}" if before.get(name) else str(after[name])


def _category_lines(change: CategoryChange) -> Iterator[str]:
    yield change.category.code
    yield from _changes(change.before, change.after, [*columns_of("label"), *columns_of("question")])
    if change.after.get("is_retired") != change.before.get("is_retired", False):
        yield _("no longer in use") if change.after["is_retired"] else _("in use")


def _topic_lines(change: TopicChange) -> Iterator[str]:
    topic = change.topic
    yield f"{topic}: {change.get_action_display()}"
    now = {name: getattr(topic, name) for name in topics.FIELDS}
    if change.action == TopicAction.ADDED:
        yield from filter(None, now.values())
    elif change.action == TopicAction.CHANGED:
        yield from _changes(change.before or now, change.content, topics.FIELDS)
        for sign in ("added", "removed"):
            for clause in topics.clauses_named(change.content.get(sign, [])):
                yield f"{'+' if sign == 'added' else '−'} {clause.version.name}, {cite(clause)}"
    if change.reason:
        yield change.reason


def _row_lines(row: Correspondence) -> Iterator[str]:
    answer = f", {cite(row.object)}" if row.object else ""
    yield f"{row.subject_version.name}, {cite(row.subject)} – {row.object_version.name}{answer}"
    yield from filter(None, (f"{row.get_relation_display()} ({row.stated_topic})", row.reasoning, row.searched))


def _value_lines(value: Value) -> Iterator[str]:
    words = values.format_value(value.element, value.values)
    yield f"{value.version.name}, {cite(value.clause)}"
    yield from filter(None, (f"{value.get_element_display()}: {words}", value.quote))


def _map_anew(origin: Origin, was: str) -> None:
    version = origin.version
    if version.translates_id:
        jobs.request("translationmapping", version, version.brought_by)  # the comparisons of what stands follow it


KINDS = {
    "text": Kind(
        gettext_lazy("Text"),
        lambda: _public(Origin, "version").select_related("version__law", "version__translates"),
        _origin_lines,
        lambda origin: origin.version.get_absolute_url(),
        _map_anew,
        lambda: Q(version__translates=None) | ~Q(version__in=Version.objects.standing().order_by().values("pk")),
    ),
    "check": Kind(
        gettext_lazy("Check of a translation"),
        lambda: _public(TranslationReview, "version").select_related("version__law"),
        lambda one: [one.version.name, _("checked by %s") % one.credit if one.is_checked else _("not checked")],
        lambda one: one.version.get_absolute_url(),
    ),
    "event": Kind(
        gettext_lazy("Event"),
        lambda: Event.objects.filter(is_retired=False, law__versions__in=Version.objects.published()).distinct(),
        lambda event: [
            *in_every_language(event, "title").values(),
            event.date,
            *in_every_language(event, "body").values(),
            *(f"{source['name']} {source['url']}" for source in event.sources),
        ],
        lambda event: f"{event.law.get_absolute_url()}#event-{event.slug}",
    ),
    "kind": Kind(
        gettext_lazy("Kind of risk"),
        lambda: CategoryChange.objects.select_related("category"),
        _category_lines,
        lambda change: f"{reverse('kinds')}#{change.category.code}",
        annotating.follow_confirmation,
    ),
    "topic": Kind(
        gettext_lazy("Topic"),
        # What was done before there were proposals holds nothing by which to take it back.
        lambda: TopicChange.objects.select_related("topic").filter(
            Q(action=TopicAction.ADDED) | ~Q(before={}) | ~Q(confirmation=Confirmation.CONFIRMED)
        ),
        _topic_lines,
        lambda change: change.topic.get_absolute_url(),
        lambda change, was: topics.follow_confirmation(change),
    ),
    "row": Kind(
        gettext_lazy("Clause that answers another"),
        lambda: _public(Correspondence, "subject_version", "object_version").filter(
            status=CorrespondenceStatus.CONFIRMED
        ),
        _row_lines,
        lambda row: row.stated_topic.get_absolute_url(),
        lambda row, was: place_under_topic(row),
    ),
    "value": Kind(
        gettext_lazy("Value"),
        lambda: _public(Value, "version").filter(status__in=[ValueStatus.CONFIRMED, ValueStatus.DISPUTED]),
        _value_lines,
        lambda value: value.clause.get_absolute_url(),
        lambda value, was: values.follow_confirmation(value),
    ),
    "finding": Kind(
        gettext_lazy("Decision on a question of the program"),
        lambda: FindingDecision.objects.filter(finding__version__in=Version.objects.published()),
        lambda one: [one.finding.message, str(one.get_kind_display()), one.reason],
        lambda one: one.finding.clause.get_absolute_url(),
    ),
}


@dataclass(frozen=True)
class Proposal:
    """A row with its kind (``name`` in ``KINDS``), and what the page says of it."""

    name: str
    row: Any

    @property
    def label(self) -> str:
        return str(KINDS[self.name].label)

    @property
    def lines(self) -> list[str]:
        return [line for line in map(str, KINDS[self.name].lines(self.row)) if line]

    @property
    def address(self) -> str:
        return KINDS[self.name].address(self.row)

    @property
    def seen(self) -> str:
        """What tells these words from others: who decides has read them."""
        return hashlib.sha256("\n".join(self.lines).encode()).hexdigest()[:16]


def _rows(user: Person, name: str) -> QuerySet[Any]:
    """Those of a kind that organisations brought: all for staff, else those of the person's own."""
    rows = KINDS[name].rows().filter(organisation__isnull=False).exclude(organisation__slug=EDITORS)
    membership = membership_of(user)
    if not is_staff(user):
        rows = rows.filter(organisation=membership.organisation) if membership else rows.none()
    return rows


def _waiting(user: Person, name: str) -> QuerySet[Any]:
    return _rows(user, name).filter(KINDS[name].waits(), confirmation=Confirmation.PROPOSED)


def count_waiting(user: Person) -> int:
    """Returns how many proposals wait, of all organisations for staff, of their own for others. A query a kind."""
    return sum(_waiting(user, name).count() for name in KINDS)


def waiting(user: Person) -> list[Proposal]:
    """Returns the proposals that wait, the oldest of each kind first."""
    return [Proposal(name, row) for name in KINDS for row in _waiting(user, name).order_by("pk")[:SHOWN_MAX]]


def decided(user: Person) -> list[Proposal]:
    """Returns the last proposals of each kind that were confirmed or refused."""
    return [
        Proposal(name, row)
        for name in KINDS
        for row in _rows(user, name).exclude(confirmation=Confirmation.PROPOSED).order_by("-pk")[:SHOWN_MAX]
    ]


@transaction.atomic
def decide(user: Person, name: str, number: int, decision: str, seen: str) -> bool:
    """Confirm or refuse a proposal whose words were ``seen``, or take that back. Returns whether that is new.

    Raises ``PermissionDenied`` for all but staff, ValidationError where it says something else by now or is gone.
    """
    if not is_staff(user):
        raise PermissionDenied(_("Only the staff of this site decide on proposals."))
    row = _rows(user, name).filter(pk=number).first()
    if row is None:
        raise ValidationError(_("It was changed or taken back since you opened this page. Read it again."))
    row = type(row)._default_manager.select_for_update().get(pk=row.pk)
    if row.confirmation == DECISIONS[decision]:
        return False
    if Proposal(name, row).seen != seen:
        raise ValidationError(_("It was changed or taken back since you opened this page. Read it again."))
    was, row.confirmation = row.confirmation, DECISIONS[decision]
    row.save(update_fields=["confirmation"])
    KINDS[name].follow(row, was)
    record(decision, f"{name}/{row.pk}", by=user, organisation="", proposed_by=row.organisation.slug)
    return True
