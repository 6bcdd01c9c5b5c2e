"""Who may see and change what is on its way to becoming a version: the members and editors of its organisation."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404
from django.utils.translation import gettext as _

from lawcompare.accounts.access import may, membership_of
from lawcompare.accounts.models import Membership, Organisation
from lawcompare.imports.models import ImportBatch, ImportDraft, ImportDraftQuerySet, Reading, Storing


def editor(user: Any) -> Membership:
    """The membership under which a person imports. Raises PermissionDenied."""
    membership = membership_of(user)
    if membership is None or not may(user, "import"):
        raise PermissionDenied(_("Only an editor of an organisation can import a text."))
    return membership


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
    draft = drafts_of(user).filter(pk=number).first()
    if draft is None:
        raise Http404(_("There is no such import here."))
    return draft


def get_batch(user: Any, number: int) -> ImportBatch:
    batch = ImportBatch.objects.filter(organisation=editor(user).organisation, pk=number).first()
    if batch is None:
        raise Http404(_("There is no such import here."))
    return batch
