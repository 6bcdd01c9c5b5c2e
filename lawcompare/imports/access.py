"""Who may see and change what is on its way to becoming a version: the members and editors of its organisation."""

from django.db.models import Prefetch, QuerySet
from django.utils.translation import gettext as _

from lawcompare.accounts.access import may, membership_of, membership_that_may
from lawcompare.accounts.models import Membership, Person
from lawcompare.accounts.responses import first_or_404
from lawcompare.imports.models import ImportBatch, ImportDraft, ImportDraftQuerySet
from lawcompare.imports.uscode.models import Fetch, ReleaseNotice
from lawcompare.laws.access import visible_versions

# Of newer releases, at once.
NOTICES_SHOWN = 20


def editor(user: Person) -> Membership:
    """The membership under which a person imports. Raises PermissionDenied."""
    return membership_that_may(user, "import", _("Only an editor of an organisation can import a text."))


def drafts_of(user: Person) -> ImportDraftQuerySet:
    return ImportDraft.objects.filter(organisation=editor(user).organisation).select_related(
        "version__law",
        "corrects__law",
        "creator",
        "organisation",
        "reading_job",
        "storing_job",
        "before_changes",
        "after_changes",
    )


def visible_drafts(user: Person) -> QuerySet[ImportDraft]:
    """Those of the organisation under which the person may import; none of others."""
    membership = membership_of(user)
    if membership is None or not may(user, "import"):
        return ImportDraft.objects.none()
    return ImportDraft.objects.filter(organisation=membership.organisation)


def get_draft(user: Person, number: int) -> ImportDraft:
    """A draft of the person's organisation. Another organisation's does not exist for them."""
    return first_or_404(drafts_of(user).filter(pk=number), _("There is no such import here."))


def get_batch(user: Person, number: int) -> ImportBatch:
    batches = ImportBatch.objects.filter(organisation=editor(user).organisation)
    return first_or_404(batches.filter(pk=number), _("There is no such import here."))


def visible_fetches(user: Person) -> QuerySet[Fetch]:
    """Those that the organisation asked for under which the person may import; none of others."""
    membership = membership_of(user)
    if membership is None or not may(user, "import"):
        return Fetch.objects.none()
    versions = Prefetch("versions", queryset=visible_versions(user).select_related("follows__law"))
    fetches = Fetch.objects.filter(organisation=membership.organisation)
    return fetches.select_related("organisation", "job").prefetch_related(versions)


def unread_notices(user: Person) -> QuerySet[ReleaseNotice]:
    """The first notices of newer releases of texts that an editor may see and that nobody of their organisation put
    aside; as they do, the next come.
    """
    membership, versions = membership_of(user), visible_versions(user).values("pk")
    if membership is None or not may(user, "import"):
        return ReleaseNotice.objects.none()
    notices = ReleaseNotice.objects.filter(old__in=versions, new__in=versions).exclude(read_for=membership.organisation)
    return notices.select_related("law", "old__law", "new__law")[:NOTICES_SHOWN]
