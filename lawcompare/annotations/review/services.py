"""What people do beside writing notes, one function each: reply, moderate, close a reader's notice, change a category.

Replies and questions of members wait for a reviewer; every change of a category is kept with what was before and after.
"""

from collections.abc import Sequence
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.db.models import Max, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from lawcompare.accounts.access import membership_that_may
from lawcompare.accounts.models import Membership
from lawcompare.annotations.access import may_remark, organisation_of, organisation_reviewed_by
from lawcompare.annotations.markdown import check_body, render_body
from lawcompare.annotations.models import (
    Annotation,
    Category,
    CategoryChange,
    Flag,
    NoteDecision,
    NoteStatus,
    NoteStep,
    Reply,
    ReplyStatus,
    ReviewRemark,
)
from lawcompare.annotations.services import (
    SAME_WITHIN,
    RestsOnPrivateText,
    new_slug,
    publish_annotation,
    return_annotation,
    slug_of,
)
from lawcompare.core.log.services import record
from lawcompare.languages import columns_of
from lawcompare.laws.citing.find_clause import cite

# What a form names that was tampered with: no note has it, so nothing is published.
NO_REVISION = -1
# What of a category its history keeps.
CATEGORY_FIELDS = (*columns_of("label"), *columns_of("question"), "is_retired")


@transaction.atomic
def write_reply(user: Any, annotation: Annotation, reply: Reply) -> Reply:
    """Keep a reply until a reviewer of the annotation's organisation lets it stand."""
    organisation = organisation_of(user)
    if organisation is None or annotation.status != NoteStatus.PUBLISHED:
        raise PermissionDenied(_("Only members of an organisation can reply, and only to a published note."))
    check_body(reply.body)
    reply.annotation, reply.organisation, reply.creator = annotation, organisation, user
    reply.status, reply.body_html = ReplyStatus.HELD, render_body(reply.body)
    reply.slug = slug_of("reply", user.pk, annotation.pk, reply.kind, reply.body)
    earlier = Reply.objects.filter(slug=reply.slug)
    if twin := _save_once(reply, earlier.filter(at__gte=timezone.now() - SAME_WITHIN), earlier):
        return twin
    record("reply", f"reply/{reply.slug}", by=user, organisation=organisation.slug)
    return reply


@transaction.atomic
def moderate_reply(user: Any, reply: Reply, is_published: bool, reason: str = "") -> None:
    """Let a reply stand, or refuse it with a reason that stays in the log."""
    _check_reviewer(user, reply.annotation)
    status = ReplyStatus.PUBLISHED if is_published else ReplyStatus.REFUSED
    if not Reply.objects.filter(pk=reply.pk, status=ReplyStatus.HELD).update(status=status):
        raise PermissionDenied(_("Somebody else has decided on it in the meantime."))
    reply.status = status
    step = NoteStep.REPLY_PUBLISHED if is_published else NoteStep.REPLY_REFUSED
    NoteDecision.objects.create(annotation=reply.annotation, reply=reply, status=step, by=user, reason=reason)
    action = "publish reply" if is_published else "refuse reply"
    record(action, f"reply/{reply.slug}", by=user, organisation=reply.annotation.organisation.slug)


@transaction.atomic
def write_remark(user: Any, annotation: Annotation, body: str) -> ReviewRemark:
    """Say something to author or reviewers of a note that is not public yet. What is sent twice is kept once."""
    if not may_remark(user, annotation):
        raise PermissionDenied(_("Only its author and its reviewers say something here, while it is not public."))
    check_body(body)
    last = annotation.remarks.last()
    if last is not None and last.by_id == user.pk and last.body == body:
        return last
    record("remark", f"annotation/{annotation.slug}", by=user, organisation=annotation.organisation.slug)
    return ReviewRemark.objects.create(annotation=annotation, body=body, by=user)


class NotDecided(ValueError):
    """Of several notes one could not be decided on, and so none was. ``str`` says which and why."""


@transaction.atomic
def decide_many(user: Any, chosen: Sequence[tuple[Annotation, int | None]], reason: str | None) -> int:
    """Publish several submitted notes, each with the revision that was read; or return all for one ``reason``.

    Raises ``NotDecided``, and then decides on none. Returns how many.
    """
    if not chosen:
        raise NotDecided(_("Choose the annotations first."))
    if reason is not None and not reason.strip():
        raise NotDecided(_("Say why they are returned, so that their authors can correct them."))
    for annotation, revision in chosen:
        try:
            if reason is None:
                publish_annotation(user, annotation, NO_REVISION if revision is None else revision)
            else:
                return_annotation(user, annotation, reason.strip())
        except (PermissionDenied, RestsOnPrivateText) as problem:
            raise NotDecided(f"{cite(annotation.clause)}: {problem}") from problem
    return len(chosen)


@transaction.atomic
def write_flag(annotation: Annotation, flag: Flag) -> Flag:
    """Keep what a reader says is wrong. Nothing of the reader is kept: not who, not from where, not the minute."""
    flag.annotation = annotation
    flag.slug = slug_of("flag", annotation.pk, flag.kind, flag.words)
    earlier = Flag.objects.filter(slug=flag.slug)
    return _save_once(flag, earlier.filter(closed_at=None), earlier) or flag


def _save_once[Thing: (Reply, Flag)](thing: Thing, twins: QuerySet[Thing], earlier: QuerySet[Thing]) -> Thing | None:
    """Save a new row, or return the one that the same form made when it was sent first."""
    if twin := twins.first():
        return twin
    if earlier.exists():
        thing.slug = new_slug()
    try:
        with transaction.atomic():
            thing.save()
    except IntegrityError:  # the other of two requests at once was first
        return twins.get()
    return None


@transaction.atomic
def close_flag(user: Any, flag: Flag, reason: str) -> None:
    _check_reviewer(user, flag.annotation)
    if not Flag.objects.filter(pk=flag.pk, closed_at=None).update(closed_at=timezone.now()):
        raise PermissionDenied(_("Somebody else has decided on it in the meantime."))
    NoteDecision.objects.create(
        annotation=flag.annotation, flag=flag, status=NoteStep.FLAG_CLOSED, by=user, reason=reason
    )
    record("close notice", f"notice/{flag.slug}", by=user, organisation=flag.annotation.organisation.slug)


def _check_reviewer(user: Any, annotation: Annotation) -> None:
    reviewed = organisation_reviewed_by(user)
    if reviewed is None or reviewed.pk != annotation.organisation_id:
        raise PermissionDenied(_("Only a reviewer of the organisation can decide on an annotation."))


# --- Kinds of risk ---------------------------------------------------------------------------------------------------


@transaction.atomic
def change_category(user: Any, category: Category) -> bool:
    """Store the words of a category, and whether it is retired. Returns whether anything of it is new."""
    membership = _editor(user)
    stored = Category.objects.select_for_update().get(pk=category.pk)
    before, after = _fields_of(stored), _fields_of(category)
    if before == after:
        return False
    category.save(update_fields=["label", "question", "in_other_languages", "is_retired"])
    CategoryChange.objects.create(
        category=category, before=before, after=after, organisation=membership.organisation, by=user
    )
    record("change category", f"category/{category.code}", by=user, organisation=membership.organisation.slug)
    return True


@transaction.atomic
def add_category(user: Any, category: Category) -> None:
    """Put a new category at the end of the list."""
    membership = _editor(user)
    last = Category.objects.aggregate(last=Max("position"))["last"]
    category.position = 0 if last is None else last + 1
    category.save(force_insert=True)
    CategoryChange.objects.create(
        category=category, after=_fields_of(category), organisation=membership.organisation, by=user
    )
    record("add category", f"category/{category.code}", by=user, organisation=membership.organisation.slug)


def _fields_of(category: Category) -> dict[str, Any]:
    return {name: getattr(category, name) for name in CATEGORY_FIELDS}


def _editor(user: Any) -> Membership:
    return membership_that_may(user, "categorise", _("Only an editor can change the kinds of risk."))
