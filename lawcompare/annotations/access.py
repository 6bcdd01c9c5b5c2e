"""Who may see and change which annotation: the only way a view gets one."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.utils.translation import gettext as _

from lawcompare.accounts.access import may, membership_of
from lawcompare.accounts.models import Organisation
from lawcompare.annotations.models import Annotation, AnnotationQuerySet, Status


def organisation_reviewed_by(user: Any) -> Organisation | None:
    membership = membership_of(user)
    return membership.organisation if membership is not None and may(user, "review") else None


def visible_annotations(user: Any) -> AnnotationQuerySet:
    return Annotation.objects.visible_to(user, organisation_reviewed_by(user))


def get_annotation(user: Any, slug: str) -> Annotation:
    """An annotation the person may see. One they may not see does not exist for them."""
    found = visible_annotations(user).for_reading().filter(slug=slug).first()
    if found is None:
        raise Http404(_("There is no annotation “%(slug)s” here.") % {"slug": slug})
    return found


def get_own_annotation(user: Any, slug: str) -> Annotation:
    """An annotation the person wrote and may still change."""
    found = get_annotation(user, slug)
    if found.creator_id != user.pk or found.status != Status.DRAFT:
        raise PermissionDenied(_("Only its author can change an annotation, and only while it is a draft."))
    return found


def get_annotation_to_review(user: Any, slug: str) -> Annotation:
    found = get_annotation(user, slug)
    reviewed = organisation_reviewed_by(user)
    if reviewed is None or found.organisation_id != reviewed.pk or found.status != Status.SUBMITTED:
        raise PermissionDenied(_("Only a reviewer of the organisation can decide on an annotation."))
    return found
