"""What waits for a person, over all rooms: each a number and the page where it is done."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import ngettext

from lawcompare.accounts.access import may, membership_of
from lawcompare.accounts.models import Membership
from lawcompare.annotations.access import carryings_of, open_flags, replies_to_moderate
from lawcompare.annotations.models import Annotation, NoteStatus
from lawcompare.crosswalk.access import reviewable_correspondences, reviewable_values
from lawcompare.crosswalk.models import CorrespondenceStatus, ValueStatus
from lawcompare.imports.access import drafts_of
from lawcompare.imports.models import Reading, Storing
from lawcompare.jobs.access import jobs_of
from lawcompare.jobs.models import JobState
from lawcompare.laws.access import visible_versions
from lawcompare.laws.models import ClauseTranslation


@dataclass(frozen=True)
class WaitingItem:
    """How many of something wait. ``is_problem``: something failed, or somebody may be in danger."""

    count: int
    label: str
    address: str
    is_problem: bool = False


def waiting_for(user: Any) -> list[WaitingItem]:
    """Returns what waits for the person, problems first, without what has nothing waiting."""
    membership = membership_of(user)
    if membership is None:
        return []
    waiting = [one for one in _all(user, membership) if one.count]
    return sorted(waiting, key=lambda one: not one.is_problem)


def _all(user: Any, membership: Membership) -> Iterator[WaitingItem]:
    if may(user, "import"):
        yield from _imports(user)
    if may(user, "review"):
        yield from _reviews(user, membership)
    if may(user, "map"):
        texts = visible_versions(user)
        n = ClauseTranslation.objects.filter(
            confirmed_by="", translation_version__in=texts, original_version__in=texts
        ).count()
        label = ngettext(
            "pair of clauses in two languages to confirm", "pairs of clauses in two languages to confirm", n
        )
        yield WaitingItem(n, label, "#languages")
    _organisation, carryings = carryings_of(user)
    n = sum(carrying.waiting_count for carrying in carryings)  # type: ignore[attr-defined]
    yield WaitingItem(
        n,
        ngettext("concern to look at in a later text", "concerns to look at in a later text", n),
        reverse("carryings"),
    )
    yield from _jobs(user)


def _imports(user: Any) -> Iterator[WaitingItem]:
    drafts = drafts_of(user)
    address = reverse("imports")
    n = drafts.filter(reading="", read_by__state=JobState.FAILED).count()
    yield WaitingItem(n, ngettext("file that could not be read", "files that could not be read", n), address, True)
    n = drafts.filter(storing__state=JobState.FAILED).count()
    yield WaitingItem(n, ngettext("text that could not be stored", "texts that could not be stored", n), address, True)
    ready = drafts.open().filter(storing=None)
    waiting = [draft for draft in ready.defer("details") if draft.unchecked_count]
    n = len(waiting)
    yield WaitingItem(
        n, ngettext("import with warnings nobody has reviewed", "imports with warnings nobody has reviewed", n), address
    )
    n = ready.count() - n
    yield WaitingItem(n, ngettext("import to finish", "imports to finish", n), address)


def _reviews(user: Any, membership: Membership) -> Iterator[WaitingItem]:
    organisation = membership.organisation
    flags = open_flags(organisation)
    n = flags.filter(kind="danger").count()
    yield WaitingItem(
        n,
        ngettext("reader says that a note endangers someone", "readers say that notes endanger someone", n),
        "#flags",
        True,
    )
    n = flags.exclude(kind="danger").count()
    yield WaitingItem(
        n, ngettext("reader says that something is wrong", "readers say that something is wrong", n), "#flags"
    )
    n = replies_to_moderate(organisation).count()
    yield WaitingItem(n, ngettext("reply to read", "replies to read", n), "#held")
    waits = Q(status=NoteStatus.SUBMITTED) | Q(status=NoteStatus.PUBLISHED, pending=NoteStatus.SUBMITTED)
    n = Annotation.objects.filter(waits, organisation=organisation).count()
    yield WaitingItem(n, ngettext("annotation to decide on", "annotations to decide on", n), "#waiting")
    n = reviewable_correspondences(user).filter(status=CorrespondenceStatus.SUGGESTED).count()
    yield WaitingItem(
        n,
        ngettext("likely counterpart to confirm or refuse", "likely counterparts to confirm or refuse", n),
        reverse("suggestions"),
    )
    stated = reviewable_values(user).filter(status=ValueStatus.STATED).exclude(stated_by=user)
    n = stated.count()
    yield WaitingItem(n, ngettext("value to confirm", "values to confirm", n), reverse("values_waiting"))


def _jobs(user: Any) -> Iterator[WaitingItem]:
    jobs = [job for job in jobs_of(user) if not isinstance(job, Reading | Storing)]  # which are counted as imports
    address = reverse("jobs")
    n = sum(job.may_be_retried for job in jobs)
    yield WaitingItem(n, ngettext("job that failed", "jobs that failed", n), address, True)
    n = len(jobs) - n
    yield WaitingItem(n, ngettext("job under way", "jobs under way", n), address)
