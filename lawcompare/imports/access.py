"""Who may see and change what is on its way to becoming a version: the members and editors of its organisation."""

from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from lawcompare.accounts.access import may, membership_of, membership_that_may
from lawcompare.accounts.models import Membership
from lawcompare.accounts.responses import first_or_404
from lawcompare.imports.models import ImportBatch, ImportDraft, ImportDraftQuerySet


def editor(user: Any) -> Membership:
    """The membership under which a person imports. Raises PermissionDenied."""
    return membership_that_may(user, "import", _("Only an editor of an organisation can import a text."))


def drafts_of(user: Any) -> ImportDraftQuerySet:
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


def visible_drafts(user: Any) -> QuerySet[ImportDraft]:
    """Those of the organisation under which the person may import; none of others."""
    membership = membership_of(user)
    if membership is None or not may(user, "import"):
        return ImportDraft.objects.none()
    return ImportDraft.objects.filter(organisation=membership.organisation)


def get_draft(user: Any, number: int) -> ImportDraft:
    """A draft of the person's organisation. Another organisation's does not exist for them."""
    return first_or_404(drafts_of(user).filter(pk=number), _("There is no such import here."))


def get_batch(user: Any, number: int) -> ImportBatch:
    batches = ImportBatch.objects.filter(organisation=editor(user).organisation)
    return first_or_404(batches.filter(pk=number), _("There is no such import here."))
