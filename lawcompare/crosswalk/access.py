"""Which topics and correspondences may be seen, and who decides on them."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import PermissionDenied
from django.db.models import F, Q, QuerySet
from django.http import Http404
from django.utils.translation import gettext as _

from lawcompare.accounts.access import may, membership_of
from lawcompare.accounts.models import Membership
from lawcompare.crosswalk.models import (
    Correspondence,
    CorrespondenceStatus,
    SuggestionRun,
    Topic,
    Value,
    ValueStatus,
)
from lawcompare.engine.document import UNIT_ELEMENTS
from lawcompare.laws.access import visible_versions
from lawcompare.laws.models import Clause, Version


def visible_correspondences(user: Any) -> QuerySet[Correspondence]:
    """Confirmed ones between versions the person may see.

    What one person alone stands for is shown only where their organisation waives the second person.
    """
    versions = visible_versions(user).values("pk")
    by_one = Q(organisation__two_person_rule=True, seconded_for__isnull=True)
    return (
        Correspondence.objects.filter(
            status=CorrespondenceStatus.CONFIRMED, subject_version__in=versions, object_version__in=versions
        )
        .exclude(by_one)
        .select_related("topic", "subject", "object", "subject_version__law", "object_version__law")
    )


def visible_values(user: Any) -> QuerySet[Value]:
    """What was confirmed or is disputed of clauses of texts that the person may see."""
    versions = visible_versions(user).values("pk")
    values = Value.objects.filter(status__in=[ValueStatus.CONFIRMED, ValueStatus.DISPUTED], version__in=versions)
    return values.select_related("clause", "words_clause", "organisation", "confirmed_for", "version__law")


def reviewable_values(user: Any) -> QuerySet[Value]:
    """Those of any status of clauses of texts that a reviewer may see. Raises PermissionDenied for others."""
    if not may(user, "review"):
        raise PermissionDenied(_("Only a reviewer can say what a clause lays down."))
    values = Value.objects.filter(version__in=visible_versions(user).values("pk"))
    return values.select_related(
        "clause__version__law", "words_clause", "organisation", "confirmed_for", "version__law"
    )


def get_value(user: Any, number: int) -> Value:
    """A value of a text that the reviewer may see. Raises Http404, and PermissionDenied for others."""
    value = reviewable_values(user).filter(pk=number).first()
    if value is None:
        raise Http404(_("There is no such value here."))
    return value


def get_topic(slug: str) -> Topic:
    """A topic by its slug. Raises Http404."""
    topic = Topic.objects.filter(slug=slug).first()
    if topic is None:
        raise Http404(_("There is no topic “%(slug)s” here.") % {"slug": slug})
    return topic


def reviewable_correspondences(user: Any) -> QuerySet[Correspondence]:
    """Those of any status between versions a reviewer may see; none for anybody else."""
    if not may(user, "review"):
        raise PermissionDenied(_("Only a reviewer can decide on a correspondence."))
    versions = visible_versions(user).values("pk")
    rows = Correspondence.objects.filter(subject_version__in=versions, object_version__in=versions)
    return rows.select_related("topic", "subject", "object", "subject_version__law", "object_version__law")


def get_correspondence(user: Any, number: int) -> Correspondence:
    """A correspondence between texts that the reviewer may see. Raises Http404, and PermissionDenied for others."""
    correspondence = reviewable_correspondences(user).filter(pk=number).first()
    if correspondence is None:
        raise Http404(_("There is no such correspondence here."))
    return correspondence


def clauses_to_answer(version: Version) -> QuerySet[Clause]:
    """The clauses of a text that are matched with another: its articles, or its innermost clauses without any."""
    units = version.clauses.filter(element__in=UNIT_ELEMENTS)
    clauses = units if units.exists() else version.clauses.filter(end=F("position") + 1)
    return clauses.order_by("position")


def visible_runs(user: Any) -> QuerySet[SuggestionRun]:
    versions = visible_versions(user).values("pk")
    runs = SuggestionRun.objects.filter(subject_version__in=versions, object_version__in=versions)
    return runs.select_related("subject_version__law", "object_version__law")


def reviewer(user: Any) -> Membership:
    """The membership under which a person decides on correspondences. Raises PermissionDenied."""
    membership = membership_of(user)
    if membership is None or not may(user, "review"):
        raise PermissionDenied(_("Only a reviewer can decide on a correspondence."))
    return membership


def check_visible(user: Any, *versions: int) -> None:
    """Raise PermissionDenied where the person may not see one of the versions, named by their primary keys."""
    if visible_versions(user).filter(pk__in=set(versions)).count() < len(set(versions)):
        raise PermissionDenied(_("One of these texts is not public, and you may not see it."))
