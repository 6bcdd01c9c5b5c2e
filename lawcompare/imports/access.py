"""Who may see and change what is on its way to becoming a version: the members and editors of its organisation."""

from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from lawcompare.accounts.access import may, membership_of, membership_that_may
from lawcompare.accounts.models import Membership, Organisation
from lawcompare.accounts.responses import first_or_404
from lawcompare.imports.models import ImportBatch, ImportDraft, ImportDraftQuerySet, Reading, Storing


def editor(user: Any) -> Membership:
    """The membership under which a person imports. Raises PermissionDenied."""
    return membership_that_may(user, "import", _("Only an editor of an organisation can import a text."))


def drafts_of(user: Any) -> ImportDraftQuerySet:
    return ImportDraft.objects.filter(organisation=editor(user).organisation).select_related(
        "version__law",
        "corrects__law",
        "creator",
        "organisation",
        "read_by",
        "storing",
        "before_changes",
        "after_changes",
    )


def visible_readings(user: Any) -> QuerySet[Reading]:
    return Reading.objects.filter(draft__organisation__in=_organisations(user)).select_related("draft")


def visible_storings(user: Any) -> QuerySet[Storing]:
    return Storing.objects.filter(draft__organisation__in=_organisations(user)).select_related("draft")


def _organisations(user: Any) -> list[Organisation]:
    """The organisation whose imports the person sees, in a list; an empty one where there is none."""
    membership = membership_of(user)
    return [membership.organisation] if membership is not None and may(user, "import") else []


def get_draft(user: Any, number: int) -> ImportDraft:
    """A draft of the person's organisation. Another organisation's does not exist for them."""
    return first_or_404(drafts_of(user).filter(pk=number), _("There is no such import here."))


def get_batch(user: Any, number: int) -> ImportBatch:
    batches = ImportBatch.objects.filter(organisation=editor(user).organisation)
    return first_or_404(batches.filter(pk=number), _("There is no such import here."))
