"""Whether renderings were checked against their originals: reading and recording what editors state."""

from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import Count, Q
from django.utils.translation import gettext as _

from lawcompare.accounts.access import may, membership_of
from lawcompare.core.log.services import record
from lawcompare.laws.access import visible_versions
from lawcompare.laws.models import RenderingReview, TextStatus, Version, VersionQuerySet

# Other texts that translate one are official, or leaked, in both languages: nobody rendered them.
RENDERED = (TextStatus.RESTATEMENT, TextStatus.UNOFFICIAL_TRANSLATION)


def visible_renderings(user: Any) -> VersionQuerySet:
    """Returns the renderings a reviewer may see, of originals that they may see, each with the number of pairs that
    nobody has confirmed as ``waiting``.
    """
    waiting = Count("clause_translations", filter=Q(clause_translations__confirmed_by=""))
    renderings = visible_versions(user).filter(translates__in=visible_versions(user), text_status__in=RENDERED)
    return renderings.annotate(waiting=waiting).select_related("translates__law").order_by("law__title", "date", "slug")


def review_of(version: Version) -> RenderingReview | None:
    """Returns the last review of a rendering. Asks nothing of other texts."""
    if version.translates_id is None or version.text_status not in RENDERED:
        return None
    return max(version.reviews.all(), key=lambda review: review.pk, default=None)  # may be prefetched


def label_of(version: Version) -> str:
    """Returns the label of a rendering, in the reader's language; empty for other texts."""
    if not version.stands:
        words = {"language": version.get_language_display(), "organisation": version.brought_by}
        return _("%(language)s translation, proposed by %(organisation)s") % words
    if version.translates_id is None or version.text_status not in RENDERED:
        return ""
    values = {"language": version.get_language_display()}
    review = review_of(version)
    if review is not None and review.is_checked:
        return _("%(language)s rendering, checked by %(credit)s") % (values | {"credit": review.credit})
    if version.brought_by is None:
        return _("%(language)s rendering by the project, not checked by a lawyer") % values
    return _("%(language)s rendering, not checked by a lawyer") % values


@transaction.atomic
def set_review(user: Any, version: Version, *, is_checked: bool, credit: str, note: str) -> RenderingReview:
    """Say that a rendering was checked, and by whom, or that it was not. Raises ValidationError, PermissionDenied."""
    membership = membership_of(user)
    if membership is None or not may(user, "import"):
        raise PermissionDenied(_("Only an editor says whether a rendering was checked."))
    if not visible_renderings(user).filter(pk=version.pk).exists():
        raise PermissionDenied(_("This text renders no other, or you may not see it."))
    credit = " ".join(credit.split())
    if is_checked and not credit:
        raise ValidationError({"credit": _("Name who checked it, as they wish to be named.")})
    review = RenderingReview.objects.create(
        version=version,
        is_checked=is_checked,
        credit=credit if is_checked else "",
        note=note.strip(),
        organisation=membership.organisation,
        by=user,
    )
    record("review rendering", f"text/{version.address}", by=user, organisation=membership.organisation.slug)
    return review
