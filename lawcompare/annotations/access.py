"""Who may see and change which annotation: the only way a view gets one."""

from collections.abc import Callable
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db.models import Exists, Max, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce, Greatest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from lawcompare.accounts.access import is_staff, may, membership_of
from lawcompare.accounts.models import EDITORS, Confirmation, Organisation, Person
from lawcompare.accounts.responses import first_or_404
from lawcompare.annotations.models import (
    Annotation,
    AnnotationQuerySet,
    Category,
    CategoryChange,
    Flag,
    NoteStatus,
    Reply,
    ReplyStatus,
    ReviewRemark,
    Revision,
    descending_from,
)
from lawcompare.laws.models import Version


def _organisation_in_which(user: Person, action: str) -> Organisation | None:
    membership = membership_of(user)
    return membership.organisation if membership is not None and may(user, action) else None


def organisation_of(user: Person) -> Organisation | None:
    """The organisation for which the person may write notes, or None."""
    return _organisation_in_which(user, "annotate")


def organisation_reviewed_by(user: Person) -> Organisation | None:
    """The organisation for which the person may review, or None."""
    return _organisation_in_which(user, "review")


WAITS = Q(status=NoteStatus.SUBMITTED) | Q(status=NoteStatus.PUBLISHED, pending=NoteStatus.SUBMITTED)


def submitted_to(user: Person, organisation: Organisation) -> AnnotationQuerySet:
    """The annotations, and the next words of published ones, on which one of an organisation's reviewers decides."""
    waiting = Annotation.objects.filter(WAITS, organisation=organisation)
    return waiting if publishes_own(organisation) else waiting.exclude(pk__in=waiting.written_by(user).values("pk"))


def visible_annotations(user: Person) -> AnnotationQuerySet:
    """The annotations that the person may see: published ones, their own, and those submitted for their review."""
    return Annotation.objects.visible_to(user, organisation_reviewed_by(user))


def visible_annotations_on(user: Person, *versions: Version) -> AnnotationQuerySet:
    """The annotations on some versions that the person may see, the gravest first.

    The versions come from ``laws.access``, which gives nobody a withdrawn one: those with a date are public.
    """
    public = [version for version in versions if version.is_published]
    seen = Annotation.objects.visible_to(user, organisation_reviewed_by(user), public)
    return seen.on_versions(*(version.pk for version in versions))


def get_annotation(user: Person, slug: str) -> Annotation:
    """An annotation that the person may see. Raises Http404 for any other, as if it did not exist."""
    return _first(visible_annotations(user).for_reading(), slug)


def _first(annotations: AnnotationQuerySet, slug: str) -> Annotation:
    sentence = _("There is no annotation “%(slug)s” here.") % {"slug": slug}
    return first_or_404(annotations.filter(slug=slug), sentence)


def get_annotation_or_its_notice(user: Person, slug: str) -> Annotation:
    """An annotation that the person may see, or a withdrawn one.

    Of a withdrawn one a page shows only that it was withdrawn, and why.
    """
    annotation = Annotation.objects.with_address().for_reading().select_related("creator").filter(slug=slug).first()
    return annotation or get_annotation(user, slug)


def get_published_annotation(slug: str) -> Annotation:
    """A published annotation, whoever asks. Raises Http404."""
    return _first(Annotation.objects.published().for_reading(), slug)


def get_annotation_to_export(slug: str) -> Annotation:
    """A published annotation with all that a file says of it. Raises Http404."""
    return _first(Annotation.objects.published().for_export(), slug)


def writes(user: Person, annotation: Annotation) -> bool:
    """Whether the person may write the next words.

    A draft is its author's; a published note is open to any member of its organisation.
    """
    organisation = organisation_of(user)
    if organisation is None or annotation.organisation_id != organisation.pk or annotation.is_withdrawn:
        return False
    return annotation.is_published or annotation.creator_id == user.pk


def may_revise(user: Person, annotation: Annotation) -> bool:
    """Whether the person may write the next words now: not while they wait for a reviewer."""
    return writes(user, annotation) and not annotation.is_waiting


def may_take_back(user: Person, annotation: Annotation) -> bool:
    """Whether the person may take back what waits for review: a draft's author, or any member for a published note."""
    return writes(user, annotation) and annotation.is_waiting


def may_decide(user: Person, annotation: Annotation) -> bool:
    """Whether the person may publish or return the annotation: a reviewer of its organisation, while it waits.

    Nobody decides on their own words, unless the organisation has nobody else.
    """
    reviewed = organisation_reviewed_by(user)
    if reviewed is None or annotation.organisation_id != reviewed.pk or not annotation.is_waiting:
        return False
    return not wrote(user, annotation) or publishes_own(reviewed)


def wrote(user: Person, annotation: Annotation) -> bool:
    """Whether the person wrote any of the words that are not published yet."""
    return Annotation.objects.filter(pk=annotation.pk).written_by(user).exists()


def publishes_own(organisation: Organisation) -> bool:
    """Whether who wrote a note may publish it: its one active member, unless it asks for two persons."""
    active = organisation.memberships.filter(user__is_active=True)
    return not organisation.two_person_rule and active.count() == 1


def reads_remarks(user: Person, annotation: Annotation) -> bool:
    """Whether the person reads what author and reviewers said to each other: who wrote the note, and who reviews it."""
    reviewed = organisation_reviewed_by(user)
    own = organisation_of(user) if annotation.creator_id == user.pk else reviewed
    return own is not None and annotation.organisation_id == own.pk


def may_remark(user: Person, annotation: Annotation) -> bool:
    """Whether the person may add to it: while the note, or its next words, are not published."""
    is_under_way = annotation.status in {NoteStatus.DRAFT, NoteStatus.SUBMITTED} or bool(annotation.pending)
    return is_under_way and reads_remarks(user, annotation)


def may_withdraw(user: Person, annotation: Annotation) -> bool:
    """Whether the person may withdraw it: its author, or a reviewer of its organisation.

    An author who fears for somebody need not wait for another person.
    """
    if annotation.status != NoteStatus.PUBLISHED:
        return False
    allowed = {organisation_reviewed_by(user), organisation_of(user) if annotation.creator_id == user.pk else None}
    return annotation.organisation_id in {organisation.pk for organisation in allowed if organisation}


def explains_withdrawal(user: Person, annotation: Annotation) -> bool:
    """Whether readers are told why the person withdraws it: nobody else has read the reason of who wrote any of it."""
    return annotation.pk not in with_words_of(user) or publishes_own(annotation.organisation)


REFUSALS: dict[Callable[..., bool], Any] = {
    writes: gettext_lazy("Only its author can change a draft, and only a member of its organisation a published note."),
    may_take_back: gettext_lazy("Only its author can withdraw it from review, and only while it is waiting."),
    may_decide: gettext_lazy("Only a reviewer of the organisation who did not write it can decide on an annotation."),
    may_remark: gettext_lazy("Only its author and its reviewers say something here, while it is not public."),
    may_withdraw: gettext_lazy("Only its author or a reviewer of its organisation can withdraw a note."),
}


def get_annotation_for(user: Person, slug: str, allowed: Callable[[Person, Annotation], bool]) -> Annotation:
    """An annotation with which the person may do what one of ``REFUSALS`` asks for. Raises PermissionDenied."""
    annotation = get_annotation(user, slug)
    if not allowed(user, annotation):
        raise PermissionDenied(REFUSALS[allowed])
    return annotation


def remarks_to_answer(user: Person) -> AnnotationQuerySet:
    """The person's own notes under way of which a reviewer spoke last."""
    last = ReviewRemark.objects.filter(annotation=OuterRef("pk")).order_by("-pk").values("by")[:1]
    own = Annotation.objects.of_author(user).exclude(status=NoteStatus.PUBLISHED, pending="")
    own = own.exclude(status=NoteStatus.WITHDRAWN).filter(
        Exists(ReviewRemark.objects.filter(annotation=OuterRef("pk")))
    )
    return own.annotate(spoke_last=Subquery(last)).exclude(spoke_last=user.pk)


def visible_replies(annotation: Annotation) -> QuerySet[Reply]:
    """The replies to an annotation that readers see, by when they were let stand, or its text became public: nobody
    learns which was first. ``answers_earlier_words``: the note said something else when it was written; of what was
    changed before its text was public nothing is told.
    """
    shown = annotation.replies.filter(status=ReplyStatus.PUBLISHED).select_related("organisation")
    public = Coalesce(OuterRef("annotation__version__published_at"), OuterRef("at"))
    since = Revision.objects.filter(annotation=annotation, published_at__gt=Greatest(OuterRef("at"), public))
    shown = shown.annotate(published_at=Max("decisions__at"), answers_earlier_words=Exists(since))
    return shown.order_by(Greatest("published_at", "annotation__version__published_at"), "slug")


def replies_to_moderate(user: Person, organisation: Organisation) -> QuerySet[Reply]:
    """The replies on the published annotations of an organisation that wait for one of its reviewers: others', on notes
    that others wrote.
    """
    held = Reply.objects.filter(status=ReplyStatus.HELD, annotation__organisation=organisation)
    held = held.filter(annotation__status=NoteStatus.PUBLISHED)
    if not publishes_own(organisation):
        held = held.exclude(Q(creator=user.pk) | Q(annotation__in=with_words_of(user)))
    return held.select_related("organisation", "annotation__clause", "annotation__version__law")


def get_reply_to_moderate(user: Person, slug: str) -> Reply:
    """A reply that waits for the person's decision. Raises Http404."""
    reviewed = organisation_reviewed_by(user)
    replies = replies_to_moderate(user, reviewed) if reviewed else Reply.objects.none()
    return first_or_404(
        replies.filter(slug=slug), _("There is no reply “%(slug)s” that waits for you.") % {"slug": slug}
    )


def with_words_of(user: Person) -> set[int]:
    """The keys of the notes that the person wrote, or whose words they wrote on an earlier text."""
    written = Annotation.objects.filter(Q(creator=user.pk) | Q(revisions__by=user.pk))
    return {*written.values_list("pk", flat=True), *descending_from(user)}


def open_flags(organisation: Organisation) -> QuerySet[Flag]:
    """The open notices of readers on an organisation's annotations, those of danger to somebody first."""
    flags = Flag.objects.filter(closed_at=None, annotation__organisation=organisation)
    return flags.select_related("annotation__clause", "annotation__version__law").order_by("kind", "pk")


def flags_to_close(user: Person, organisation: Organisation) -> QuerySet[Flag]:
    """Those that one of its reviewers closes: of no note that they wrote, also if withdrawn, unless nobody else can."""
    flags = open_flags(organisation)
    return flags if publishes_own(organisation) else flags.exclude(annotation__in=with_words_of(user))


def get_open_flag(user: Person, slug: str) -> Flag:
    """A reader's notice that the person may close. Raises Http404."""
    reviewed = organisation_reviewed_by(user)
    flags = flags_to_close(user, reviewed) if reviewed else Flag.objects.none()
    return first_or_404(
        flags.filter(slug=slug), _("There is no notice “%(slug)s” that waits for you.") % {"slug": slug}
    )


def may_set_words(user: Person, annotation: Annotation) -> bool:
    """Whether the person sets the words of a note on translations: an editor of who wrote it, or of the site."""
    own = _organisation_in_which(user, "import")
    return own is not None and (own == annotation.organisation or own.slug == EDITORS)


def get_category(user: Person, code: str) -> Category:
    """A kind of risk by its code; a proposed one for its organisation and staff alone. Raises Http404."""
    kinds = Category.objects.all()
    if not is_staff(user):
        own = kinds.filter(changes__organisation=organisation_of(user), changes__before={})
        kinds = kinds.filter(Q(pk__in=kinds.known().values("pk")) | Q(pk__in=own.values("pk")))
    return first_or_404(kinds.filter(code=code), _("There is no kind of risk “%(code)s” here.") % {"code": code})


def changes_of(user: Person, category: Category) -> QuerySet[CategoryChange]:
    """What was changed of a kind of risk, and what the person's organisation proposes; for staff what all do."""
    changes, own = category.changes.select_related("organisation"), organisation_of(user)
    known = changes.filter(Q(organisation=own) | Q(confirmation=Confirmation.CONFIRMED))
    return changes if is_staff(user) else known.newest_first(own, "organisation__slug", "after", "before")
