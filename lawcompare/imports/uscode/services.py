"""What an editor does: ask for official sections, try again, and mark a notice as read."""

from django.db import transaction
from django.utils.translation import gettext as _

from lawcompare.accounts.access import membership_that_may
from lawcompare.accounts.models import EDITORS, Membership, Organisation, Person
from lawcompare.core.jobs import services as jobs
from lawcompare.core.jobs.models import UNFINISHED, JobState
from lawcompare.core.log.services import record
from lawcompare.imports.uscode.models import Fetch, ReleaseNotice
from lawcompare.imports.uscode.publisher import FetchRefused, read_release, read_wanted
from lawcompare.laws.models import Version

# Official texts that one organisation has brought in.
TEXTS_MAX = 100


def check_editor(user: Person) -> Membership:
    return membership_that_may(user, "import", _("Only an editor brings in official texts."))


@transaction.atomic
def request_fetch(user: Person, wanted: str, release_point: str) -> Fetch:
    """Have official sections fetched. Raises EngineError for what names no sections or no release point."""
    membership = check_editor(user)
    sections = " ".join(str(one) for one in read_wanted(wanted))
    release = str(read_release(release_point)) if release_point.strip() else ""
    waiting = Fetch.objects.filter(organisation=membership.organisation, job__state=JobState.QUEUED)
    if twin := waiting.filter(wanted=sections, release_point=release).first():
        Fetch.objects.filter(pk=twin.pk).update(by_id=user.pk)  # done with what who asked last may do
        return twin
    _check_room(membership.organisation, len(sections.split()))
    fetch = Fetch.objects.create(
        wanted=sections,
        release_point=release,
        organisation=membership.organisation,
        by_id=user.pk,
        job=jobs.create("fetch", membership.organisation),
    )
    record("imports.fetch", f"us-code/{sections}", user, membership.organisation.slug, release_point=release)
    return fetch


def _check_room(organisation: Organisation, coming: int) -> None:
    """Raises ``FetchRefused`` where an organisation fetched enough: each choice of sections is a text that all see."""
    own = Fetch.objects.filter(organisation=organisation)
    waiting = own.filter(job__state__in=UNFINISHED).values_list("wanted", flat=True)
    coming += sum(len(sections.split()) for sections in waiting)
    stored = Version.objects.filter(pk__in=own.values("versions")).count()
    if organisation.slug != EDITORS and stored + coming > TEXTS_MAX:
        sentence = _("Your organisation has fetched %(number)s texts: ask the staff of this site for more.")
        raise FetchRefused(sentence % {"number": TEXTS_MAX})


@transaction.atomic
def try_again(user: Person, fetch: Fetch) -> None:
    """Have a fetch that failed run again, in the person's name. Raises ``PermissionDenied``."""
    check_editor(user)
    if jobs.retry(fetch.job, user, fetch.organisation.slug):
        Fetch.objects.filter(pk=fetch.pk).update(by_id=user.pk)


@transaction.atomic
def put_aside(user: Person, notice: ReleaseNotice) -> None:
    """Say that a notice was read in the person's organisation; others go on seeing it."""
    membership = check_editor(user)
    if not notice.read_for.filter(pk=membership.organisation_id).exists():
        notice.read_for.add(membership.organisation)
        record("uscode.notice-read", f"us-notice/{notice.pk}", user, membership.organisation.slug)
