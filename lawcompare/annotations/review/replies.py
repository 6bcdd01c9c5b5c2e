"""What others say on a published annotation, and its moderation: replies and questions of members, readers' notices."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from lawcompare.annotations.access import organisation_of, organisation_reviewed_by
from lawcompare.annotations.models import Annotation, Decision, Flag, Reply, Status, Step
from lawcompare.annotations.services import check_body, new_slug, render_body
from lawcompare.audit.services import record


@transaction.atomic
def write_reply(user: Any, annotation: Annotation, reply: Reply) -> Reply:
    """Keep a reply until a reviewer of the annotation's organisation lets it stand."""
    organisation = organisation_of(user)
    if organisation is None or annotation.status != Status.PUBLISHED:
        raise PermissionDenied(_("Only members of an organisation can reply, and only to a published note."))
    check_body(reply.body)
    reply.slug, reply.annotation, reply.organisation, reply.creator = new_slug(), annotation, organisation, user
    reply.standing, reply.body_html = Reply.Standing.HELD, render_body(reply.body)
    reply.save()
    record("reply", f"reply/{reply.slug}", by=user, organisation=organisation.slug)
    return reply


@transaction.atomic
def moderate_reply(user: Any, reply: Reply, is_published: bool, reason: str = "") -> None:
    """Let a reply stand, or refuse it with a reason that stays in the log."""
    _check_reviewer(user, reply.annotation)
    standing = Reply.Standing.PUBLISHED if is_published else Reply.Standing.REFUSED
    if not Reply.objects.filter(pk=reply.pk, standing=Reply.Standing.HELD).update(standing=standing):
        raise PermissionDenied(_("Somebody else has decided on it in the meantime."))
    reply.standing = standing
    step = Step.REPLY_PUBLISHED if is_published else Step.REPLY_REFUSED
    Decision.objects.create(annotation=reply.annotation, reply=reply, status=step, by=user, reason=reason)
    action = "publish reply" if is_published else "refuse reply"
    record(action, f"reply/{reply.slug}", by=user, organisation=reply.annotation.organisation.slug)


@transaction.atomic
def write_flag(annotation: Annotation, flag: Flag) -> Flag:
    """Keep what a reader says is wrong. Nothing of the reader is kept: not who, not from where, not the minute."""
    flag.slug, flag.annotation = new_slug(), annotation
    flag.save()
    return flag


@transaction.atomic
def close_flag(user: Any, flag: Flag, reason: str) -> None:
    _check_reviewer(user, flag.annotation)
    if not Flag.objects.filter(pk=flag.pk, closed_at=None).update(closed_at=timezone.now()):
        raise PermissionDenied(_("Somebody else has decided on it in the meantime."))
    Decision.objects.create(annotation=flag.annotation, flag=flag, status=Step.FLAG_CLOSED, by=user, reason=reason)
    record("close notice", f"notice/{flag.slug}", by=user, organisation=flag.annotation.organisation.slug)


def _check_reviewer(user: Any, annotation: Annotation) -> None:
    reviewed = organisation_reviewed_by(user)
    if reviewed is None or reviewed.pk != annotation.organisation_id:
        raise PermissionDenied(_("Only a reviewer of the organisation can decide on an annotation."))
