"""What people do to annotations, one function each: write, submit, take back, return, publish, drop, withdraw.

Each leaves its line in the log of decisions, and each writing its revision. Beside
them what others say on a note (replies, remarks, readers' notices), what editors do to categories, and which words of
a rendering a note stands on. Replies and questions wait for a reviewer.
"""

import base64
import json
import secrets
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from string import ascii_uppercase
from typing import Any, cast

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.db.models import Max, QuerySet
from django.utils import timezone
from django.utils.crypto import get_random_string, salted_hmac
from django.utils.translation import gettext as _

from lawcompare.accounts.access import may, membership_that_may
from lawcompare.accounts.models import Confirmation, Membership, Person, User, digest_of
from lawcompare.annotations.access import (
    explains_withdrawal,
    may_remark,
    may_set_words,
    organisation_of,
    publishes_own,
    wrote,
)
from lawcompare.annotations.html import check_body, render_body
from lawcompare.annotations.models import (
    Annotation,
    Category,
    CategoryChange,
    Flag,
    NoteDecision,
    NoteStatus,
    NoteStep,
    RenderedWords,
    Reply,
    ReplyStatus,
    ReviewRemark,
    Revision,
)
from lawcompare.annotations.search_entries import index_annotation
from lawcompare.annotations.targets import set_target
from lawcompare.core.jobs.services import create
from lawcompare.core.log.services import record
from lawcompare.languages import columns_of, in_every_language
from lawcompare.laws.access import visible_clauses
from lawcompare.laws.citing import cite
from lawcompare.laws.models import Clause, Version
from lawcompare.laws.proposals import confirmation_of

# Notes of one organisation on one text that are published or wait: its pages, and those of concerns, read them all.
NOTES_ON_TEXT_MAX = 500

Content = dict[str, Any]
Relations = Mapping[str, Sequence[Any]]

FIELDS = (
    "exact", "prefix", "suffix", "start", "end", "body", "proposed_text", "motivation", "risk", "checklist",
    "source_organisation", "source_title", "source_date", "source_url",
)  # fmt: skip
RELATIONS = ("categories", "standards", "answers")

# What passes between people, or changes what readers see, stands in the log of the site too. Drafts do not: until
# they are handed over they are their author's own, and who writes one when is nobody's business.
_SENT_BY_EMAIL = {NoteStep.SUBMITTED, NoteStep.RETURNED, NoteStep.PUBLISHED}
# Entries of the search stand in the order in which they were written: another step would show by it.
_SEEN_BY_READERS = {NoteStep.PUBLISHED, NoteStep.WITHDRAWN}
_IN_SITE_LOG: dict[str, str] = {
    NoteStep.SUBMITTED: "submit",
    NoteStep.TAKEN_BACK: "take back",
    NoteStep.RETURNED: "return",
    NoteStep.DROPPED: "drop other words",
    NoteStep.PUBLISHED: "publish",
    NoteStep.WITHDRAWN: "withdraw",
}


class RestsOnPrivateText(ValueError):
    """A note relies on a clause that not everybody may read, so that it cannot be published."""

    def __init__(self, clause: Clause) -> None:
        sentence = _("The note relies on “%(clause)s”, which readers cannot open: publish that text or take it out.")
        super().__init__(sentence % {"clause": f"{clause.version.name}, {cite(clause)}"})


class EditConflict(RuntimeError):
    """The note was written on in the meantime, perhaps in another window; ``revision`` is that one."""

    def __init__(self, revision: Revision | None) -> None:
        super().__init__(_("Somebody else, or you in another tab or window, has written on this note since."))
        self.revision = revision


# --- What a note says -------------------------------------------------------------------------------------------------


def content_of(annotation: Annotation, relations: Relations | None = None) -> Content:
    """All that an annotation says. ``relations`` hold what is not yet stored of it; the rest is read."""
    given = relations or {}
    content: Content = {name: getattr(annotation, name) for name in FIELDS}
    content["risk"] = int(annotation.risk)
    for name in RELATIONS:
        rows = given[name] if name in given else getattr(annotation, name).all()
        content[name] = sorted(row.code if isinstance(row, Category) else row.pk for row in rows)
    return content


def with_content(annotation: Annotation, content: Content) -> Annotation:
    """The annotation in memory as ``content`` has it, unsaved; its relations are read by ``relations_of``."""
    for name in FIELDS:
        setattr(annotation, name, content[name])
    return annotation


def relations_of(content: Content, reader: Person | None = None) -> dict[str, list[Any]]:
    """The rows that a content names: all of them, or those that ``reader`` may know of. What is gone is left out."""
    relations: dict[str, list[Any]] = {"categories": list(Category.objects.filter(code__in=content["categories"]))}
    clauses = Clause.objects.all() if reader is None else visible_clauses(reader)
    clauses = clauses.filter(pk__in=content["standards"] + content["answers"]).select_related("version__law")
    clauses = clauses.order_by("version", "position")  # that of their keys would tell when which text was in hand
    by_key = {clause.pk: clause for clause in clauses}
    for name in ("standards", "answers"):
        relations[name] = [row for key, row in by_key.items() if key in content[name]]
    return relations


# --- Names ------------------------------------------------------------------------------------------------------------

# A form that is sent twice makes one thing: a second click, a reload, a browser that tries again on a bad line. Without
# a cookie or a token in the page, a thing gets its name from who wrote what: of two requests at once the unique name
# lets one write. The same words said again later are meant as something new.
SAME_WITHIN = timedelta(minutes=10)


def slug_of(kind: str, *parts: Any) -> str:
    """Returns a name that nobody guesses (72 bits under the site's key) and that is the same for the same parts."""
    form_values = json.dumps(parts, sort_keys=True, ensure_ascii=False, default=str)
    digest = salted_hmac(f"lawcompare.annotations.{kind}", form_values, algorithm="sha256").digest()
    return base64.urlsafe_b64encode(digest[:9]).decode().replace("_", "x").replace("-", "y")


def new_slug() -> str:
    """A name that says nothing of who wrote it or how many there are, and that nobody guesses: 72 random bits."""
    return secrets.token_urlsafe(9).replace("_", "x").replace("-", "y")


# --- Writing and deciding ---------------------------------------------------------------------------------------------


def write_new_annotation(user: Person, annotation: Annotation, relations: dict[str, list[Any]]) -> Annotation:
    """Store a new annotation of a form; the same form sent twice gives the one that is there already."""
    annotation.slug = slug_of(
        "note", user.pk, annotation.clause_id, content_of(annotation, {name: [] for name in RELATIONS} | relations)
    )
    earlier = Annotation.objects.filter(slug=annotation.slug, creator_id=user.pk)
    twins = earlier.filter(revision=1, created_at__gte=timezone.now() - SAME_WITHIN)
    if twin := twins.first():
        return twin
    if earlier.exists():
        annotation.slug = ""
    try:
        return write_annotation(user, annotation, relations)
    except IntegrityError:  # the other of two requests at once was first
        return twins.get()


def _check_member(user: Person, annotation: Annotation | None = None) -> Membership:
    membership = membership_that_may(user, "annotate", _("Only members of an organisation can annotate."))
    if annotation is not None and annotation.organisation_id != membership.organisation_id:
        raise PermissionDenied(_("This note is of another organisation than the one you act for."))
    return membership


@transaction.atomic
def write_annotation(
    user: Person, annotation: Annotation, relations: dict[str, list[Any]], based_on: int | None = None
) -> Annotation:
    """Store a new annotation, or what its next words are.

    A draft is changed itself. A published one keeps its words: the new ones stand in a revision until a reviewer
    publishes them. ``relations`` holds ``categories``, ``standards``, ``answers``; what is absent is left as it is.
    ``based_on`` is the revision that the writer had before them; raises ``EditConflict`` where it is not the last.
    """
    membership = _check_member(user, annotation if annotation.pk else None)
    check_body(annotation.body)
    annotation.body_html = render_body(annotation.body)
    if annotation.status == NoteStatus.DRAFT and annotation.creator_id in {None, user.pk}:
        annotation.name_read = digest_of(cast(User, user).display_name) if annotation.credits_person else ""
    if annotation.pk is None:
        annotation.slug = annotation.slug or new_slug()
        annotation.revision, annotation.status = 1, NoteStatus.DRAFT
        annotation.creator_id, annotation.organisation = user.pk, membership.organisation
        _save(annotation, relations, user)
        _decide(annotation, NoteStep.DRAFT, user)
    elif annotation.status == NoteStatus.PUBLISHED:
        _write_over_published(user, annotation, relations, based_on)
    else:
        _raise_revision(annotation, based_on, {"status": NoteStatus.DRAFT})
        _save(annotation, relations, user)
    return annotation


def _write_over_published(
    user: Person, annotation: Annotation, relations: dict[str, list[Any]], based_on: int | None
) -> None:
    """Keep new words for a published annotation beside it; the row but for the mark of them stays as it is."""
    is_begun = annotation.pending == NoteStatus.DRAFT
    before = {"status": NoteStatus.PUBLISHED, "pending__in": ["", NoteStatus.DRAFT]}
    after: dict[str, Any] = {"pending": NoteStatus.DRAFT}
    named = Annotation.objects.values_list("credits_person", flat=True).get(pk=annotation.pk)
    if annotation.creator_id == user.pk and named and not annotation.credits_person:
        after["credits_person"] = False  # waits for nobody; to be named is asked before it is published
    _raise_revision(annotation, based_on, before, **after)
    _keep_revision(annotation, content_of(annotation, relations), user)
    if not is_begun:
        _decide(annotation, NoteStep.REVISED, user)


def _raise_revision(annotation: Annotation, based_on: int | None, before: dict[str, Any], **after: Any) -> None:
    """Take the next revision number, if nobody else has: of two who write at once, one wins and the other is told."""
    seen = annotation.revision if based_on is None else based_on
    held = Annotation.objects.filter(pk=annotation.pk, revision=seen, **before)
    if not held.update(revision=seen + 1, **after):
        if Annotation.objects.filter(pk=annotation.pk, **before).exists():
            raise EditConflict(annotation.revisions.last())
        raise PermissionDenied(_("Somebody else has already decided on this annotation."))
    annotation.revision = seen + 1
    for name, value in after.items():
        setattr(annotation, name, value)


def _set_relations(annotation: Annotation, relations: dict[str, list[Any]]) -> None:
    for name, rows in relations.items():
        getattr(annotation, name).set(rows)


def _save(
    annotation: Annotation, relations: dict[str, list[Any]], user: Person | None, published_at: datetime | None = None
) -> None:
    """Store the row with its relations, and what it says as a revision."""
    annotation.save()
    _set_relations(annotation, relations)
    _keep_revision(annotation, content_of(annotation), user, published_at)


def _keep_revision(
    annotation: Annotation, content: Content, user: Person | None, published_at: datetime | None = None
) -> None:
    annotation.revisions.create(
        number=annotation.revision, content=content, by_id=user.pk if user else None, published_at=published_at
    )


@transaction.atomic
def record_published(annotation: Annotation, relations: dict[str, list[Any]]) -> Annotation:
    """Store an annotation of the demonstration corpus, which was published elsewhere before."""
    annotation.slug = annotation.slug or new_slug()
    annotation.body_html = render_body(annotation.body)
    annotation.status, annotation.revision = NoteStatus.PUBLISHED, 1
    annotation.published_at = annotation.published_at or timezone.now()
    annotation.kind_words = _words_of(relations.get("categories", []))
    _save(annotation, relations, annotation.creator, annotation.published_at)
    index_annotation(annotation.pk)
    return annotation


@transaction.atomic
def submit_annotation(user: Person, annotation: Annotation) -> None:
    _check_member(user, annotation)
    others = Annotation.objects.filter(organisation=annotation.organisation_id, version=annotation.version_id)
    others = others.filter(status__in=[NoteStatus.SUBMITTED, NoteStatus.PUBLISHED])
    if annotation.status == NoteStatus.DRAFT and others.count() >= NOTES_ON_TEXT_MAX:
        sentence = _("Your organisation has %(number)s notes on this text: no more can be submitted. It stays a draft.")
        raise PermissionDenied(sentence % {"number": NOTES_ON_TEXT_MAX})
    _move_next(annotation, NoteStatus.DRAFT, NoteStatus.SUBMITTED)
    _decide(annotation, NoteStep.SUBMITTED, user)


@transaction.atomic
def take_back_annotation(user: Person, annotation: Annotation) -> None:
    """Make a draft again of what waits for review."""
    _check_member(user, annotation)
    _move_next(annotation, NoteStatus.SUBMITTED, NoteStatus.DRAFT)
    _decide(annotation, NoteStep.TAKEN_BACK, user)


@transaction.atomic
def return_annotation(user: Person, annotation: Annotation, reason: str) -> None:
    _check_reviewer(user, annotation)
    _move_next(annotation, NoteStatus.SUBMITTED, NoteStatus.DRAFT)
    _decide(annotation, NoteStep.RETURNED, user, reason)


def _check_not_withdrawn(text: Version) -> None:
    """Once it is back, a history would tell what nobody could read, and of days when it could not be read."""
    if text.published_at and not Version.objects.published().filter(pk=text.pk).exists():
        raise PermissionDenied(_("The text is withdrawn. Notes on it can be published again once it is back."))


@transaction.atomic
def publish_annotation(
    user: Person, annotation: Annotation, revision: int | None = None, *, repeats_another: bool = False
) -> None:
    """Publish what was submitted: a new annotation, or other words for a published one.

    Nobody publishes what they wrote, unless they are the only member. ``revision`` is the one the reviewer read;
    another one is not published in its place. ``repeats_another``: the words are those of a note that somebody else
    wrote and that is published.
    """
    _check_reviewer(user, annotation)
    if revision is not None and revision != annotation.revision:
        raise PermissionDenied(_("Other words were written since you opened this page. Read them before you decide."))
    _check_not_withdrawn(annotation.version)
    if not repeats_another and wrote(user, annotation) and not publishes_own(annotation.organisation):
        raise PermissionDenied(_("Nobody publishes their own note: another reviewer of your organisation decides."))
    now = timezone.now()
    last = annotation.revisions.get(number=annotation.revision)
    _move_next(annotation, NoteStatus.SUBMITTED, NoteStatus.PUBLISHED)
    with_content(annotation, last.content)
    relations = relations_of(last.content)
    relations["categories"] = [kind for kind in relations["categories"] if annotation.keeps(kind)]
    # Raises ``RestsOnPrivateText``. What stands in the note's own text is read where the note is.
    clauses = [clause for name in ("standards", "answers") for clause in relations[name]]
    public = set(Version.objects.published().filter(clauses__in=clauses).values_list("pk", flat=True))
    for clause in clauses:
        if clause.version_id not in public | {annotation.version_id}:
            raise RestsOnPrivateText(clause)
    annotation.body_html = render_body(annotation.body)
    annotation.published_at = annotation.published_at or now
    # With those of its history: a kind keeps the words that it had there first, and who reviews it again reads these.
    # On a private text none are kept: they would tell of the time before it is public (``keep_words_of_kinds``).
    if annotation.version.is_published:
        held = annotation.kind_words
        annotation.kind_words = held | _words_of(kind for kind in relations["categories"] if kind.code not in held)
    else:
        annotation.kind_words = {}
    if last.by_id != annotation.creator_id:  # who is named has not even read these words
        annotation.credits_person = False
    annotation.save()
    _set_relations(annotation, relations)
    annotation.revisions.filter(pk=last.pk).update(published_at=now)
    _decide(annotation, NoteStep.PUBLISHED, user)


def keep_words_of_kinds(version: Version) -> None:
    """Have the notes on a text that becomes public keep what their kinds are called on that day, and lose those that
    are no longer in use: one would tell that the note was there before.
    """
    published = version.annotations.filter(published_at__isnull=False)
    notes = list(published.select_related("descends_from").prefetch_related("categories"))
    for note in notes:
        kinds = list(note.categories.all())
        kept = [kind for kind in kinds if note.keeps(kind)]
        if len(kept) < len(kinds):
            note.categories.set(kept)
        note.kind_words = _words_of(kept)
    Annotation.objects.bulk_update(notes, ["kind_words"], batch_size=100)


def _words_of(kinds: Iterable[Category]) -> dict[str, dict[str, str]]:
    """Returns what the kinds are called, by their codes, and what they ask, by code and question mark."""
    fields = (("", "label"), ("?", "question"))
    return {f"{kind.code}{mark}": in_every_language(kind, field) for kind in kinds for mark, field in fields}


def _check_reviewer(user: Person, annotation: Annotation) -> None:
    _check_member(user, annotation)
    if not may(user, "review"):
        raise PermissionDenied(_("Only a reviewer of the organisation can decide on an annotation."))


@transaction.atomic
def drop_revision(user: Person, annotation: Annotation) -> None:
    """Give up other words for a published annotation."""
    _check_member(user, annotation)
    held = Annotation.objects.filter(pk=annotation.pk, status=NoteStatus.PUBLISHED, pending=NoteStatus.DRAFT)
    if not held.update(pending=""):
        raise PermissionDenied(_("Somebody else has already decided on this annotation."))
    annotation.pending = ""
    _decide(annotation, NoteStep.DROPPED, user)


@transaction.atomic
def withdraw_annotation(user: Person, annotation: Annotation, reason: str) -> None:
    """Take a published annotation out of public sight. Its address stays, with a notice, and the reason where readers
    are told it (``explains_withdrawal``).
    """
    _check_member(user, annotation)
    if annotation.creator_id != user.pk:
        _check_reviewer(user, annotation)
    if not explains_withdrawal(user, annotation):
        reason = ""
    elif not reason.strip():
        raise PermissionDenied(_("Readers are told why a note was withdrawn: give the reason."))
    held = Annotation.objects.filter(pk=annotation.pk, status=NoteStatus.PUBLISHED)
    if not held.update(status=NoteStatus.WITHDRAWN, pending="", changed_at=timezone.now()):
        raise PermissionDenied(_("Somebody else has already decided on this annotation."))
    annotation.status, annotation.pending = NoteStatus.WITHDRAWN, ""
    _decide(annotation, NoteStep.WITHDRAWN, user, reason.strip())


def next_words(annotation: Annotation) -> tuple[Content, Revision | None]:
    """What an editor or a reviewer has before them: the words not yet published, else those that are."""
    last = annotation.revisions.last() if annotation.pending else None
    return (last.content if last else content_of(annotation)), last


def _move_next(annotation: Annotation, before: str, after: str) -> None:
    """Move what is under way from ``before`` to ``after``, if it still is there: of two who decide at once, one wins.

    Under way is the annotation itself, or, of a published one, its next words.
    """
    held = Annotation.objects.filter(pk=annotation.pk, revision=annotation.revision)
    if annotation.status == NoteStatus.PUBLISHED:
        pending = "" if after == NoteStatus.PUBLISHED else after
        is_done = held.filter(status=NoteStatus.PUBLISHED, pending=before).update(pending=pending)
        annotation.pending = pending
    else:
        is_done = held.filter(status=before).update(status=after, changed_at=timezone.now())
        annotation.status = after
    if not is_done:
        raise PermissionDenied(_("Somebody else has already decided on this annotation."))


def _decide(annotation: Annotation, step: str, user: Person, reason: str = "") -> None:
    job = create("note-news", annotation.organisation) if step in _SENT_BY_EMAIL else None
    NoteDecision.objects.create(annotation=annotation, status=step, by_id=user.pk, reason=reason, job=job)
    if step in _IN_SITE_LOG:
        record(_IN_SITE_LOG[step], f"annotation/{annotation.slug}", by=user, organisation=annotation.organisation.slug)
    if step in _SEEN_BY_READERS:
        index_annotation(annotation.pk)


# Replies of one organisation that may wait for the reviewers of another.
REPLIES_WAITING_MAX = 30
# What a form names that was tampered with: no note has it, so nothing is published.
NO_REVISION = -1
# What of a category its history keeps.
CATEGORY_FIELDS = (*columns_of("label"), *columns_of("question"), "is_retired")


@transaction.atomic
def write_reply(user: Person, annotation: Annotation, reply: Reply) -> Reply:
    """Keep a reply until a reviewer of the annotation's organisation lets it stand. Raises ValidationError where so
    many of one's organisation wait for them that others' would be lost among these.
    """
    organisation = organisation_of(user)
    if organisation is None or annotation.status != NoteStatus.PUBLISHED:
        raise PermissionDenied(_("Only members of an organisation can reply, and only to a published note."))
    _check_not_withdrawn(annotation.version)
    check_body(reply.body)
    held = Reply.objects.filter(status=ReplyStatus.HELD, organisation=organisation)
    if held.filter(annotation__organisation=annotation.organisation).count() >= REPLIES_WAITING_MAX:
        sentence = _("%(number)s replies of your organisation wait for the reviewers of this note: no more are taken.")
        raise ValidationError(sentence % {"number": REPLIES_WAITING_MAX})
    reply.annotation, reply.organisation, reply.creator_id = annotation, organisation, user.pk
    reply.status, reply.body_html = ReplyStatus.HELD, render_body(reply.body)
    reply.slug = slug_of("reply", user.pk, annotation.pk, reply.kind, reply.body)
    earlier = Reply.objects.filter(slug=reply.slug)
    if twin := _save_once(reply, earlier.filter(at__gte=timezone.now() - SAME_WITHIN), earlier):
        return twin
    record("reply", f"reply/{reply.slug}", by=user, organisation=organisation.slug)
    return reply


@transaction.atomic
def moderate_reply(user: Person, reply: Reply, is_published: bool, reason: str = "") -> None:
    """Let a reply stand, or refuse it with a reason that stays in the log."""
    _check_reviewer(user, reply.annotation)
    if is_published:
        _check_not_withdrawn(reply.annotation.version)
    status = ReplyStatus.PUBLISHED if is_published else ReplyStatus.REFUSED
    if not Reply.objects.filter(pk=reply.pk, status=ReplyStatus.HELD).update(status=status):
        raise PermissionDenied(_("Somebody else has already decided."))
    reply.status = status
    step = NoteStep.REPLY_PUBLISHED if is_published else NoteStep.REPLY_REFUSED
    NoteDecision.objects.create(annotation=reply.annotation, reply=reply, status=step, by_id=user.pk, reason=reason)
    action = "publish reply" if is_published else "refuse reply"
    record(action, f"reply/{reply.slug}", by=user, organisation=reply.annotation.organisation.slug)


@transaction.atomic
def write_remark(user: Person, annotation: Annotation, body: str) -> ReviewRemark:
    """Say something to author or reviewers of a note that is not public yet. What is sent twice is kept once."""
    if not may_remark(user, annotation):
        raise PermissionDenied(_("Only its author and its reviewers say something here, while it is not public."))
    check_body(body)
    last = annotation.remarks.last()
    if last is not None and last.by_id == user.pk and last.body == body:
        return last
    record("remark", f"annotation/{annotation.slug}", by=user, organisation=annotation.organisation.slug)
    return ReviewRemark.objects.create(annotation=annotation, body=body, by_id=user.pk)


class NotDecided(ValueError):
    """Of several notes one could not be decided on, and so none was. ``str`` says which and why."""


@transaction.atomic
def decide_many(user: Person, chosen: Sequence[tuple[Annotation, int | None]], reason: str | None) -> int:
    """Publish several submitted notes, each with the revision that was read; or return all for one ``reason``.

    Raises ``NotDecided``, and then decides on none. Returns how many.
    """
    if not chosen:
        raise NotDecided(_("Select annotations first."))
    if reason is not None and not reason.strip():
        raise NotDecided(_("Say why they are returned, so that their authors can correct them."))
    # In the order in which others hold them, as who indexes them anew: of two neither waits for the other.
    for annotation, revision in sorted(chosen, key=lambda one: one[0].pk):
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
def close_flag(user: Person, flag: Flag, reason: str) -> None:
    _check_reviewer(user, flag.annotation)
    if not Flag.objects.filter(pk=flag.pk, closed_at=None).update(closed_at=timezone.now()):
        raise PermissionDenied(_("Somebody else has already decided."))
    NoteDecision.objects.create(
        annotation=flag.annotation, flag=flag, status=NoteStep.FLAG_CLOSED, by_id=user.pk, reason=reason
    )
    record("close notice", f"notice/{flag.slug}", by=user, organisation=flag.annotation.organisation.slug)


# --- Kinds of risk ---------------------------------------------------------------------------------------------------


@transaction.atomic
def change_category(user: Person, category: Category) -> CategoryChange | None:
    """Change the words of a category, and whether it is retired, once that is confirmed: what is offered to all is the
    site's. Returns the change; None where nothing of it is new.
    """
    membership = _editor(user)
    stored = Category.objects.select_for_update(no_key=True).get(pk=category.pk)
    before, after = _fields_of(stored), _fields_of(category)
    same = {"before": before, "after": after, "organisation": membership.organisation}
    if before == after or category.changes.filter(**same, confirmation=Confirmation.PROPOSED).exists():
        return None
    return _keep_change(user, membership, "change category", stored, before, after)


@transaction.atomic
def add_category(user: Person, category: Category) -> CategoryChange:
    """Put a new category at the end of the list, once that is confirmed."""
    membership = _editor(user)
    category.position = _last_place(category)
    after, category.is_retired = _fields_of(category) | {"code": category.code}, True  # until then no note is given it
    category.code = get_random_string(12, ascii_uppercase)  # nor does it take anybody's code, or show by it
    category.save(force_insert=True)
    return _keep_change(user, membership, "add category", category, {}, after)


def _keep_change(
    user: Person, membership: Membership, action: str, category: Category, before: dict[str, Any], after: dict[str, Any]
) -> CategoryChange:
    change = CategoryChange(category=category, before=before, after=after, organisation=membership.organisation)
    change.by_id, change.confirmation = user.pk, confirmation_of(membership)
    change.save()
    record(action, f"category/{category.code}", by=user, organisation=membership.organisation.slug)
    follow_confirmation(change, Confirmation.PROPOSED)
    return change


def follow_confirmation(change: CategoryChange, was: str) -> None:
    """Give a category the words of a change that was confirmed, or back those before one that no longer is.

    Raises ValidationError where it was changed otherwise since.
    """
    if change.stands == (was == Confirmation.CONFIRMED):
        return
    category = Category.objects.select_for_update(no_key=True).get(pk=change.category_id)
    before = change.before or change.after | {"is_retired": True}
    now, then = (before, change.after) if change.stands else (change.after, before)
    if not _fields_of(category).items() <= now.items():
        raise ValidationError(_("It was changed again since: take that back first."))
    code = then.get("code", category.code)
    if Category.objects.exclude(pk=category.pk).filter(code=code).exists():
        raise ValidationError(_("There is a kind of risk “%(code)s” already.") % {"code": code})
    for name, value in then.items():
        setattr(category, name, value)
    if change.stands and not change.before:  # its place does not tell how long it was proposed
        category.position = _last_place(category)
    category.save(update_fields=["code", "label", "question", "in_other_languages", "is_retired", "position"])


def _last_place(category: Category) -> int:
    """The place behind all other categories."""
    last = Category.objects.exclude(pk=category.pk).aggregate(last=Max("position"))["last"]
    return 0 if last is None else last + 1


def _fields_of(category: Category) -> dict[str, Any]:
    return {name: getattr(category, name) for name in CATEGORY_FIELDS}


def _editor(user: Person) -> Membership:
    return membership_that_may(user, "categorise", _("Only an editor can change the kinds of risk."))


@transaction.atomic
def set_words(user: Person, annotation: Annotation, clause: Clause, exact: str, start: int | None) -> None:
    """Set the words of ``clause``, which renders the note's own, on which the note stands; empty: the whole clause.

    Raises TargetError where they are not there, PermissionDenied.
    """
    membership = membership_that_may(user, "import", _("Only an editor sets the words of a note on a rendering."))
    if not may_set_words(user, annotation):
        raise PermissionDenied(_("Only the organisation that wrote a note sets its words."))
    place = Annotation()
    set_target(place, clause, exact, start)
    RenderedWords.objects.update_or_create(
        annotation=annotation,
        version=clause.version,
        defaults={
            "clause": clause,
            "of_exact": annotation.exact,
            "exact": place.exact,
            "start": place.start,
            "end": place.end,
            "organisation": membership.organisation,
            "by_id": user.pk,
        },
    )
    record("mark rendering", f"annotation/{annotation.slug}", by=user, organisation=membership.organisation.slug)
