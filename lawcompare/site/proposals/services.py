"""What organisations propose (``accounts.models.Proposable``): what waits, and what staff decide on it."""

import hashlib
from collections.abc import Callable
from operator import attrgetter
from typing import Any, NamedTuple

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import Manager, Q, QuerySet
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
from lawcompare.crosswalk.models import Correspondence, TopicAction, TopicChange, Value
from lawcompare.crosswalk.services import place_under_topic
from lawcompare.crosswalk.topics import services as topics
from lawcompare.crosswalk.values import services as values
from lawcompare.laws.citing import cite
from lawcompare.laws.models import Clause, Event, Origin, TranslationReview, Version
from lawcompare.publishing.carrying_forward.services import request_carryings

# As many of a kind as the page shows.
SHOWN_MAX = 50
# By the name of its button, which the log has too, what a decision makes of a proposal.
DECISIONS = {"confirm": Confirmation.CONFIRMED, "refuse": Confirmation.REFUSED, "undo": Confirmation.PROPOSED}


def _follow_text(origin: Origin, was: str) -> None:
    if origin.version.translates_id:  # the comparisons of what stands follow it
        jobs.request("translationmapping", origin.version, origin.organisation)
    if origin.stands:  # until then nobody heard of it, and no note was carried to it
        request_carryings(origin.version)
        jobs.request("text-news", origin.version, origin.organisation)


class Kind(NamedTuple):
    """What may be proposed: its model, the columns of the texts that must be public, the attributes that say what it
    is and the one with the address where it stands, and which rows readers see.

    ``follow`` does what follows of a decision; it is given the row and what it was before.
    """

    label: str | Promise
    model: Any
    texts: str
    words: str
    place: str
    shown: Q = Q()
    follow: Callable[[Any, str], Any] = lambda row, was: None

    def rows(self) -> QuerySet[Any]:
        public = Version.objects.published().order_by().values("pk")
        rows = self.model._default_manager.exclude(organisation__slug=EDITORS).filter(organisation__isnull=False)
        seen = rows.filter(self.shown, **{f"{name}__in": public for name in self.texts.split()})
        return rows.filter(pk__in=seen.order_by().values("pk"))


# What was done before there were proposals holds nothing by which to take it back.
_UNDOABLE = Q(action=TopicAction.ADDED) | ~Q(before={}) | ~Q(confirmation=Confirmation.CONFIRMED)
_TOPIC = "topic get_action_display topic.title topic.description topic.in_other_languages clauses_added content reason"
_EVENT = "get_kind_display title date body in_other_languages sources versions"
_ROW = "subject_version subject get_relation_display object_version object topic reasoning searched element_labels"
_TEXT = "version version.law version.get_text_status_display version.source_url version.note version.translates"
KINDS = {
    "text": Kind(gettext_lazy("Text"), Origin, "version", _TEXT, "version", follow=_follow_text),
    "check": Kind(gettext_lazy("Check of a translation"), TranslationReview, "version", "__str__", "version"),
    "event": Kind(
        *(gettext_lazy("Event"), Event, "law__versions", _EVENT, "law"),
        Q(is_retired=False),
    ),
    "kind": Kind(
        *(gettext_lazy("Kind of risk"), CategoryChange, "", "category.code before after", "category", Q()),
        annotating.follow_confirmation,
    ),
    "topic": Kind(
        *(gettext_lazy("Topic"), TopicChange, "", _TOPIC, "topic", _UNDOABLE),
        lambda change, was: topics.follow_confirmation(change),
    ),
    "row": Kind(
        *(gettext_lazy("Clause that answers another"), Correspondence, "subject_version object_version", _ROW, "topic"),
        Q(status="confirmed"),
        lambda row, was: place_under_topic(row),
    ),
    "value": Kind(
        *(gettext_lazy("Value"), Value, "version", "version clause get_element_display values quote", "clause"),
        Q(status__in=["confirmed", "disputed"]),
        lambda value, was: values.follow_confirmation(value),
    ),
    "finding": Kind(
        *(gettext_lazy("Decision on a question of the program"), FindingDecision, "finding__version"),
        *("finding.message get_kind_display reason", "finding.clause"),
    ),
}


class Proposal:
    """A row with what the page says of it. ``seen`` tells these words from others: who decides has read them."""

    def __init__(self, name: str, row: Any) -> None:
        kind = KINDS[name]
        self.name, self.row, self.label = name, row, str(kind.label)
        self.address = attrgetter(kind.place)(row).get_absolute_url()
        said = [(path, _said(attrgetter(path)(row))) for path in kind.words.split()]
        self.lines = [f"→ {words}" if path in {"after", "content"} else words for path, words in said if words]
        self.seen = hashlib.sha256(repr(said).encode()).hexdigest()[:16]


def _said(value: Any) -> str:
    if isinstance(value, Manager):  # of texts
        value = list(value.filter(pk__in=Version.objects.published().order_by().values("pk")))
    if isinstance(value, dict):
        value = [f"{name}: {_said(each)}" for name, each in value.items() if each]
    if isinstance(value, list):
        return " · ".join(map(_said, value))
    if isinstance(value, Version) and not Version.objects.published().filter(pk=value.pk).exists():
        return "–"
    if isinstance(value, Clause):
        return cite(value)
    return "" if value is None else str(value() if callable(value) else value)


def _rows(user: Person, name: str, *, waiting: bool) -> QuerySet[Any]:
    """Those of a kind that wait, or are decided on: all for staff, else those of one's own organisation."""
    membership, proposed = membership_of(user), Q(confirmation=Confirmation.PROPOSED)
    rows = KINDS[name].rows().filter(proposed if waiting else ~proposed)
    if waiting and name == "text":  # who brought both a text and its translation proposes nothing
        rows = rows.exclude(version__in=Version.objects.standing().filter(translates__isnull=False).order_by())
    return rows if is_staff(user) else rows.filter(organisation=membership and membership.organisation)


def count_waiting(user: Person) -> int:
    """Returns how many proposals wait, of all organisations for staff, of their own for others. A query a kind."""
    return sum(_rows(user, name, waiting=True).count() for name in KINDS)


def proposals(user: Person, *, waiting: bool) -> list[Proposal]:
    """Returns the proposals that wait, the oldest of each kind first, or those last decided on."""
    order = "pk" if waiting else "-pk"
    return [
        Proposal(name, row) for name in KINDS for row in _rows(user, name, waiting=waiting).order_by(order)[:SHOWN_MAX]
    ]


@transaction.atomic
def decide(user: Person, name: str, number: int, decision: str, seen: str) -> bool:
    """Confirm or refuse a proposal whose words were ``seen``, or take that back. Returns whether that is new.

    Raises ``PermissionDenied`` for all but staff, ValidationError where it says something else by now or is gone.
    """
    if not is_staff(user):
        raise PermissionDenied(_("Only the staff of this site decide on proposals."))
    kind, confirmation = KINDS[name], DECISIONS[decision]
    row = kind.model._default_manager.select_for_update().filter(pk=number).order_by("pk").first()
    is_there = row is not None and kind.rows().filter(pk=number).exists()
    if is_there and row.confirmation == confirmation:
        return False
    if not is_there or Proposal(name, row).seen != seen:
        raise ValidationError(_("It was changed or taken back since you opened this page. Read it again."))
    was, row.confirmation = row.confirmation, confirmation
    row.save(update_fields=["confirmation"])
    kind.follow(row, was)
    for subject in _changed_by(row):
        record(decision, subject, by=user, organisation="", proposed_by=row.organisation.slug)
    return True


def _changed_by(row: Any) -> list[str]:
    """What deciding on a row changes, as the log names it."""
    if isinstance(row, CategoryChange):
        return [f"category/{row.category.code}"]
    topics = [row.topic.slug] if getattr(row, "topic", None) else []
    if isinstance(row, TopicChange):
        topics += [row.content["into"]] if "into" in row.content else []
        return [f"topic/{slug}" for slug in topics]
    return [f"{row._meta.label_lower}/{row.pk}", *(f"topic/{slug}" for slug in topics)]
