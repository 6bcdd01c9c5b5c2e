"""Who may see and change which annotation: the only way a view gets one."""

from collections.abc import Callable
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db.models import Exists, Max, OuterRef, Q, QuerySet, Subquery
from django.http import Http404
from django.utils.translation import gettext as _

from lawcompare.accounts.access import may, membership_of
from lawcompare.accounts.models import Organisation
from lawcompare.accounts.responses import first_or_404
from lawcompare.annotations.models import (
    Annotation,
    AnnotationQuerySet,
    Category,
    Flag,
    NoteStatus,
    Reply,
    ReplyStatus,
    ReviewRemark,
)
from lawcompare.laws.models import Version


def organisation_reviewed_by(user: Any) -> Organisation | None:
    """The organisation for which the person may review, or None."""
    membership = membership_of(user)
    return membership.organisation if membership is not None and may(user, "review") else None


WAITS = Q(status=NoteStatus.SUBMITTED) | Q(status=NoteStatus.PUBLISHED, pending=NoteStatus.SUBMITTED)


def submitted_to(user: Any, organisation: Organisation) -> AnnotationQuerySet:
    """The annotations, and the next words of published ones, on which one of an organisation's reviewers decides."""
    waiting = Annotation.objects.filter(WAITS, organisation=organisation)
    return waiting if publishes_own(organisation) else waiting.exclude(pk__in=waiting.written_by(user).values("pk"))


def organisation_of(user: Any) -> Organisation | None:
    """The organisation for which the person may write notes, or None."""
    membership = membership_of(user)
    return membership.organisation if membership is not None and may(user, "annotate") else None


def visible_annotations(user: Any) -> AnnotationQuerySet:
    """The annotations that the person may see: published ones, their own, and those submitted for their review."""
    return Annotation.objects.visible_to(user, organisation_reviewed_by(user))


def visible_annotations_on(user: Any, *versions: Version) -> AnnotationQuerySet:
    """The annotations on some versions that the person may see, the gravest first.

    The versions come from ``laws.access``, which gives nobody a withdrawn one: those with a date are public.
    """
    public = [version for version in versions if version.is_published]
    seen = Annotation.objects.visible_to(user, organisation_reviewed_by(user), public)
    return seen.on_versions(*(version.pk for version in versions))


def get_annotation(user: Any, slug: str) -> Annotation:
    """An annotation that the person may see. Raises Http404 for any other, as if it did not exist."""
    annotation = visible_annotations(user).for_reading().filter(slug=slug).first()
    if annotation is None:
        raise _nothing(slug)
    return annotation


def get_annotation_or_its_notice(user: Any, slug: str) -> Annotation:
    """An annotation that the person may see, or a withdrawn one.

    Of a withdrawn one a page shows only that it was withdrawn, and why.
    """
    annotation = Annotation.objects.with_address().for_reading().select_related("creator").filter(slug=slug).first()
    return annotation or get_annotation(user, slug)


def get_published_annotation(slug: str) -> Annotation:
    """A published annotation, whoever asks. Raises Http404."""
    annotation = Annotation.objects.published().for_reading().filter(slug=slug).first()
    if annotation is None:
        raise _nothing(slug)
    return annotation


def _nothing(slug: str) -> Http404:
    return Http404(_("There is no annotation “%(slug)s” here.") % {"slug": slug})


def writes(user: Any, annotation: Annotation) -> bool:
    """Whether the person may write the next words.

    A draft is its author's; a published note is open to any member of its organisation.
    """
    organisation = organisation_of(user)
    if organisation is None or annotation.organisation_id != organisation.pk or annotation.is_withdrawn:
        return False
    return annotation.is_published or annotation.creator_id == user.pk


def may_revise(user: Any, annotation: Annotation) -> bool:
    """Whether the person may write the next words now: not while they wait for a reviewer."""
    return writes(user, annotation) and not annotation.is_waiting


def may_take_back(user: Any, annotation: Annotation) -> bool:
    """Whether the person may take back what waits for review: a draft's author, or any member for a published note."""
    return writes(user, annotation) and annotation.is_waiting


def may_decide(user: Any, annotation: Annotation) -> bool:
    """Whether the person may publish or return the annotation: a reviewer of its organisation, while it waits.

    Nobody decides on their own words, unless the organisation has nobody else.
    """
    reviewed = organisation_reviewed_by(user)
    if reviewed is None or annotation.organisation_id != reviewed.pk or not annotation.is_waiting:
        return False
    return not wrote(user, annotation) or publishes_own(reviewed)


def wrote(user: Any, annotation: Annotation) -> bool:
    """Whether the person wrote any of the words that are not published yet."""
    return Annotation.objects.filter(pk=annotation.pk).written_by(user).exists()


def publishes_own(organisation: Organisation) -> bool:
    """Whether who wrote a note may publish it: its one active member, unless it asks for two persons."""
    active = organisation.memberships.filter(user__is_active=True)
    return not organisation.two_person_rule and active.count() == 1


def reads_remarks(user: Any, annotation: Annotation) -> bool:
    """Whether the person reads what author and reviewers said to each other: who wrote the note, and who reviews it."""
    reviewed = organisation_reviewed_by(user)
    own = organisation_of(user) if annotation.creator_id == user.pk else reviewed
    return own is not None and annotation.organisation_id == own.pk


def may_remark(user: Any, annotation: Annotation) -> bool:
    """Whether the person may add to it: while the note, or its next words, are not published."""
    is_under_way = annotation.status in {NoteStatus.DRAFT, NoteStatus.SUBMITTED} or bool(annotation.pending)
    return is_under_way and reads_remarks(user, annotation)


def may_withdraw(user: Any, annotation: Annotation) -> bool:
    """Whether the person may withdraw it: its author, or a reviewer of its organisation.

    An author who fears for somebody need not wait for another person.
    """
    if annotation.status != NoteStatus.PUBLISHED:
        return False
    organisation, reviewed = organisation_of(user), organisation_reviewed_by(user)
    is_author = annotation.creator_id == user.pk and organisation is not None
    return (is_author and annotation.organisation_id == getattr(organisation, "pk", None)) or (
        reviewed is not None and annotation.organisation_id == reviewed.pk
    )


def get_own_annotation(user: Any, slug: str) -> Annotation:
    """An annotation whose next words the person writes, though it may wait for review. Raises PermissionDenied."""
    refusal = _("Only its author can change a draft, and only a member of its organisation a published note.")
    return _allowed(user, slug, writes, refusal)


def get_annotation_to_take_back(user: Any, slug: str) -> Annotation:
    """An annotation that the person may take back from review. Raises PermissionDenied."""
    refusal = _("Only who wrote it can take it back, and only while it waits for review.")
    return _allowed(user, slug, may_take_back, refusal)


def get_annotation_to_review(user: Any, slug: str) -> Annotation:
    """An annotation that the person may publish or return. Raises PermissionDenied."""
    refusal = _("Only a reviewer of the organisation who did not write it can decide on an annotation.")
    return _allowed(user, slug, may_decide, refusal)


def get_annotation_to_remark_on(user: Any, slug: str) -> Annotation:
    """An annotation under way of whose thread the person is a part. Raises PermissionDenied."""
    refusal = _("Only its author and its reviewers say something here, while it is not public.")
    return _allowed(user, slug, may_remark, refusal)


def get_annotation_to_withdraw(user: Any, slug: str) -> Annotation:
    """An annotation that the person may withdraw. Raises PermissionDenied."""
    refusal = _("Only its author or a reviewer of its organisation can withdraw a note.")
    return _allowed(user, slug, may_withdraw, refusal)


def _allowed(user: Any, slug: str, test: Callable[[Any, Annotation], bool], refusal: str) -> Annotation:
    annotation = get_annotation(user, slug)
    if not test(user, annotation):
        raise PermissionDenied(refusal)
    return annotation


def remarks_to_answer(user: Any) -> AnnotationQuerySet:
    """The person's own notes under way of which a reviewer spoke last."""
    last = ReviewRemark.objects.filter(annotation=OuterRef("pk")).order_by("-pk").values("by")[:1]
    own = Annotation.objects.of_author(user).exclude(status=NoteStatus.PUBLISHED, pending="")
    own = own.exclude(status=NoteStatus.WITHDRAWN).filter(
        Exists(ReviewRemark.objects.filter(annotation=OuterRef("pk")))
    )
    return own.annotate(spoke_last=Subquery(last)).exclude(spoke_last=user.pk)


def visible_replies(annotation: Annotation) -> QuerySet[Reply]:
    """The replies to an annotation that readers see."""
    shown = annotation.replies.filter(status=ReplyStatus.PUBLISHED).select_related("organisation")
    return shown.annotate(published_at=Max("decisions__at"))


def replies_to_moderate(user: Any, organisation: Organisation) -> QuerySet[Reply]:
    """The replies on the published annotations of an organisation that wait for one of its reviewers, others' alone."""
    held = Reply.objects.filter(status=ReplyStatus.HELD, annotation__organisation=organisation)
    held = held.filter(annotation__status=NoteStatus.PUBLISHED)
    held = held if publishes_own(organisation) else held.exclude(creator=user)
    return held.select_related("organisation", "annotation__clause", "annotation__version__law")


def get_reply_to_moderate(user: Any, slug: str) -> Reply:
    """A reply that waits for the person's decision. Raises Http404."""
    reviewed = organisation_reviewed_by(user)
    reply = replies_to_moderate(user, reviewed).filter(slug=slug).first() if reviewed else None
    if reply is None:
        raise Http404(_("There is no reply “%(slug)s” that waits for you.") % {"slug": slug})
    return reply


def open_flags(organisation: Organisation) -> QuerySet[Flag]:
    """The open notices of readers on an organisation's annotations, those of danger to somebody first."""
    flags = Flag.objects.filter(closed_at=None, annotation__organisation=organisation)
    return flags.select_related("annotation__clause", "annotation__version__law").order_by("kind", "pk")


def get_open_flag(user: Any, slug: str) -> Flag:
    """A reader's notice that the person may close. Raises Http404."""
    reviewed = organisation_reviewed_by(user)
    flag = open_flags(reviewed).filter(slug=slug).first() if reviewed else None
    if flag is None:
        raise Http404(_("There is no notice “%(slug)s” that waits for you.") % {"slug": slug})
    return flag


def get_category(code: str) -> Category:
    """A kind of risk by its code. Raises Http404."""
    return first_or_404(
        Category.objects.filter(code=code), _("There is no kind of risk “%(code)s” here.") % {"code": code}
    )
