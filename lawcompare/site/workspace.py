"""The workspace: who has one, and what waits for a person over all apps."""

from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import urlencode

from django.core.exceptions import PermissionDenied
from django.db.models import Count
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from lawcompare.accounts.access import may, membership_of
from lawcompare.accounts.models import Membership, Person
from lawcompare.annotations.access import open_flags, remarks_to_answer, replies_to_moderate, submitted_to
from lawcompare.annotations.models import Annotation
from lawcompare.core.jobs.models import JobState
from lawcompare.core.jobs.services import jobs_of
from lawcompare.crosswalk.access import reviewable_correspondences, reviewable_values
from lawcompare.crosswalk.models import CorrespondenceStatus, ValueStatus
from lawcompare.imports.access import drafts_of
from lawcompare.laws.access import visible_originals, visible_versions
from lawcompare.laws.models import ClauseTranslation, Version
from lawcompare.publishing.access import waiting_concerns

# Of the open imports, how many are looked into for their warnings; all are counted.
LOOKED_INTO = 50


def require_membership(user: Person) -> Membership:
    """Returns the membership under which a person acts. Raises ``PermissionDenied`` where there is none."""
    membership = membership_of(user)
    if membership is None:
        raise PermissionDenied(_("Only members of an organisation have a workspace."))
    return membership


@dataclass(frozen=True)
class WaitingItem:
    """How many of something wait. ``is_problem``: something failed, or somebody may be in danger.

    ``blocks_others``: somebody else cannot go on before it is decided. ``is_queue``: a long list that nobody waits for.
    """

    count: int
    label: str
    address: str
    is_problem: bool = False
    blocks_others: bool = False
    is_queue: bool = False


def waiting_for(user: Person) -> list[WaitingItem]:
    """Returns what waits for the person: problems, what others wait for, the rest, long queues; nothing empty."""
    membership = membership_of(user)
    if membership is None:
        return []
    waiting = [one for one in _all(user, membership) if one.count]
    return sorted(waiting, key=lambda one: (one.is_queue, not one.is_problem, not one.blocks_others))


def _all(user: Person, membership: Membership) -> Iterator[WaitingItem]:
    n = Annotation.objects.of_author(user).returned().count()
    label = ngettext("annotation of yours that was returned", "annotations of yours that were returned", n)
    yield WaitingItem(n, label, "?status=returned#mine", blocks_others=True)
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
        yield WaitingItem(n, label, reverse("translations"), is_queue=True)
    n = waiting_concerns(user).count()
    yield WaitingItem(
        n,
        ngettext("concern to look at in a later text", "concerns to look at in a later text", n),
        reverse("carryings"),
    )
    n = remarks_to_answer(user).count()
    label = ngettext("annotation of yours with a reviewer’s remark", "annotations of yours with a reviewer’s remark", n)
    yield WaitingItem(n, label, "#mine", blocks_others=True)
    yield from _jobs(user)


def _imports(user: Person) -> Iterator[WaitingItem]:
    drafts = drafts_of(user)
    address = reverse("imports")
    n = drafts.filter(reading="", reading_job__state=JobState.FAILED).count()
    yield WaitingItem(n, ngettext("file that could not be read", "files that could not be read", n), address, True)
    n = drafts.filter(storing_job__state=JobState.FAILED).count()
    yield WaitingItem(n, ngettext("text that could not be stored", "texts that could not be stored", n), address, True)
    ready = drafts.open().filter(storing_job=None)
    newest = ready.select_related(None).only("warning_count", "warnings_checked")[:LOOKED_INTO]
    n = sum(draft.unchecked_count > 0 for draft in newest)
    yield WaitingItem(
        n, ngettext("import with warnings nobody has reviewed", "imports with warnings nobody has reviewed", n), address
    )
    n = ready.count() - n
    yield WaitingItem(n, ngettext("import to finish", "imports to finish", n), address)


def _reviews(user: Person, membership: Membership) -> Iterator[WaitingItem]:
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
    n = replies_to_moderate(user, organisation).count()
    yield WaitingItem(n, ngettext("reply to read", "replies to read", n), "#held", blocks_others=True)
    n = submitted_to(user, organisation).count()
    label = ngettext("annotation to decide on", "annotations to decide on", n)
    yield WaitingItem(n, label, "#waiting", blocks_others=True)
    yield from _suggestions(user)
    stated = reviewable_values(user).filter(status=ValueStatus.STATED).exclude(stated_by=user.pk)
    n = stated.count()
    label = ngettext("value to confirm", "values to confirm", n)
    yield WaitingItem(n, label, reverse("values_waiting"), blocks_others=True)


def _suggestions(user: Person) -> Iterator[WaitingItem]:
    """The suggestions between two texts, each pair with the page on which they are decided. Two queries."""
    texts = visible_originals(user).order_by().values("pk")  # which that page shows
    waiting = reviewable_correspondences(user).filter(
        status=CorrespondenceStatus.SUGGESTED, subject_version__in=texts, object_version__in=texts
    )
    pairs = waiting.order_by().values_list("subject_version", "object_version").annotate(n=Count("pk"))
    counts = {(source, target): n for source, target, n in pairs.order_by("-n", "subject_version", "object_version")}
    named = Version.objects.select_related("law", "origin__organisation")
    versions = named.in_bulk({pk for pair in counts for pk in pair}) if counts else {}
    for pair, n in counts.items():
        source, target = (versions[pk] for pk in pair)
        label = ngettext("likely counterpart to confirm or refuse", "likely counterparts to confirm or refuse", n)
        query = urlencode({"source": source.address, "target": target.address})
        address = f"{reverse('suggestions')}?{query}"
        yield WaitingItem(n, f"{label}: {source.name} – {target.name}", address, is_queue=True)


def _jobs(user: Person) -> Iterator[WaitingItem]:
    jobs = [job for job in jobs_of(user) if job.kind not in {"reading", "storing"}]  # which are counted as imports
    address = reverse("jobs")
    n = sum(job.may_be_retried for job in jobs)
    yield WaitingItem(n, ngettext("job that failed", "jobs that failed", n), address, True)
    n = sum(job.is_under_way for job in jobs)
    yield WaitingItem(n, ngettext("job under way", "jobs under way", n), address)
