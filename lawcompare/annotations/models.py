"""Notes on the words of a text: what is risky in them, by which standard, said by which organisation."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from lawcompare.accounts.models import EDITORS, Confirmation, Membership, Organisation, Person, Proposable, account_key
from lawcompare.core.jobs.models import Job
from lawcompare.core.models import Translated, translated
from lawcompare.core.translations.texts import localised
from lawcompare.languages import DEFAULT, in_reader_language, reader_language
from lawcompare.laws.formatting import format_date
from lawcompare.laws.models import Clause, Version, public_day


class Risk(models.IntegerChoices):
    NONE = 0, _("no risk stated")
    LOW = 1, pgettext_lazy("risk", "low")
    MEDIUM = 2, pgettext_lazy("risk", "medium")
    HIGH = 3, pgettext_lazy("risk", "high")
    CRITICAL = 4, pgettext_lazy("risk", "critical")


class Motivation(models.TextChoices):
    """Why the note was made, in the words of the W3C Web Annotation vocabulary."""

    ASSESSING = "assessing", _("assessing")
    COMMENTING = "commenting", _("commenting")
    QUESTIONING = "questioning", _("questioning")
    EDITING = "editing", _("proposing wording")


class NoteStatus(models.TextChoices):
    DRAFT = "draft", _("draft")
    SUBMITTED = "submitted", _("submitted")
    PUBLISHED = "published", _("published")
    WITHDRAWN = "withdrawn", _("withdrawn")


class NoteStep(models.TextChoices):
    DRAFT = "draft", _("written")
    SUBMITTED = "submitted", _("submitted for review")
    TAKEN_BACK = "taken-back", _("withdrawn by its author")
    RETURNED = "returned", _("returned to its author")
    PUBLISHED = "published", _("published")
    REVISED = "revised", _("edit begun")
    DROPPED = "dropped", _("edit discarded")
    WITHDRAWN = "withdrawn", _("withdrawn")
    REPLY_PUBLISHED = "reply-published", _("reply published")
    REPLY_REFUSED = "reply-refused", _("reply not published")
    FLAG_CLOSED = "flag-closed", _("notice of a reader closed")


class CategoryQuerySet(models.QuerySet["Category"]):
    def known(self) -> CategoryQuerySet:
        """Returns the site's list: all but those that somebody merely proposes to add."""
        adding = CategoryChange.objects.filter(category=models.OuterRef("pk"), before={})
        return self.exclude(models.Exists(adding.exclude(confirmation=Confirmation.CONFIRMED)))


@translated("label", "question")
class Category(Translated):
    """A kind of risk, with the question by which one tells whether it is there."""

    code = models.CharField(max_length=12, unique=True)
    label = models.CharField(max_length=120)
    question = models.TextField(blank=True)
    position = models.PositiveSmallIntegerField(default=0)
    # Public notes that have it keep it; no other note is given it.
    is_retired = models.BooleanField(default=False)

    objects = CategoryQuerySet.as_manager()

    class Meta:
        ordering = ["position", "code"]

    def __str__(self) -> str:
        return in_reader_language(self, "label")

    @property
    def question_text(self) -> str:
        return in_reader_language(self, "question")

    def get_absolute_url(self) -> str:
        return f"{reverse('kinds')}#{self.code}"


class CategoryChange(Proposable):
    """That an editor changed a category, or added it: then nothing was before. Done once it is confirmed.

    Rows are only ever added; the database refuses to change one but for that.
    """

    category = models.ForeignKey(Category, on_delete=models.CASCADE, related_name="changes")
    # Before and after: {"label": …, "label_km": …, "question": …, "question_km": …, "is_retired": …}.
    before = models.JSONField(default=dict)
    after = models.JSONField()
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    by = account_key()
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["-at", "-pk"]

    def __str__(self) -> str:
        return f"{self.category_id}: {self.at:%Y-%m-%d}"


def _own(user: Person) -> Q:
    """Who was removed reads no draft any more: it may stand on a text that is the organisation's own."""
    organisations = Membership.objects.filter(user_id=user.pk or 0).values("organisation")
    return Q(creator_id=user.pk, organisation__in=organisations)


def descending_from(user: Person) -> set[int]:
    """The keys of notes that others carried over from one that the person wrote, through however many texts."""
    found: set[int] = set()
    written = Annotation.objects.filter(Q(creator_id=user.pk) | Q(revisions__by=user.pk))
    above = set(written.values_list("pk", flat=True))
    while above := set(Annotation.objects.filter(descends_from__in=above).values_list("pk", flat=True)) - found:
        found |= above
    return found


# What may be long in a note.
NOTE_WORDS = ("body", "body_html", "proposed_text")


class AnnotationQuerySet(models.QuerySet["Annotation"]):
    def published(self) -> AnnotationQuerySet:
        """Those that every reader may see: published themselves, on a published version."""
        return self.filter(status=NoteStatus.PUBLISHED, version__in=Version.objects.published())

    def listed(self) -> AnnotationQuerySet:
        """Published ones that lists, feeds and files name: all but those on translations that somebody proposes."""
        return self.published().filter(version__in=Version.objects.standing())

    def with_address(self) -> AnnotationQuerySet:
        """Published ones, and withdrawn ones, of which only that they were withdrawn is shown."""
        return self.ever_public().filter(version__in=Version.objects.published())

    def ever_public(self) -> AnnotationQuerySet:
        """Those that everybody could once read: none that was withdrawn before its text was public."""
        withdrawn = models.Q(status=NoteStatus.WITHDRAWN, changed_at__gt=models.F("version__published_at"))
        return self.filter(models.Q(status=NoteStatus.PUBLISHED) | withdrawn, version__published_at__isnull=False)

    def of_author(self, user: Person) -> AnnotationQuerySet:
        """Those that the person wrote for an organisation of which they still are a member."""
        return self.filter(_own(user))

    def written_by(self, user: Person) -> AnnotationQuerySet:
        """Those of whose words that are not published yet the person wrote any, or whose words they wrote on an earlier
        text. Words that were dropped are gone.
        """
        same = {"annotation": models.OuterRef("annotation")}
        later = Revision.objects.filter(**same, number__gte=models.OuterRef("number"), published_at__isnull=False)
        dropped = NoteDecision.objects.filter(**same, status=NoteStep.DROPPED, at__gt=models.OuterRef("at"))
        words = Revision.objects.filter(annotation=models.OuterRef("pk"), by_id=user.pk)
        words = words.exclude(models.Exists(later)).exclude(models.Exists(dropped))
        is_theirs = Q(creator_id=user.pk) | Q(pk__in=descending_from(user))
        return self.filter(Q(is_theirs, published_at=None) | models.Exists(words))

    def returned(self) -> AnnotationQuerySet:
        """Those that a reviewer sent back, or whose next words were, and that were not submitted again since."""
        own = NoteDecision.objects.filter(annotation=models.OuterRef("pk"), reply=None, flag=None)
        last = own.order_by("-at", "-pk").values("status")[:1]
        written = self.filter(Q(status=NoteStatus.DRAFT) | Q(pending=NoteStatus.DRAFT))
        return written.alias(last_step=models.Subquery(last)).filter(last_step=NoteStep.RETURNED)

    def visible_to(
        self, user: Person, organisation_reviewed: Organisation | None, public: Iterable[Version] | None = None
    ) -> AnnotationQuerySet:
        """Published ones; one's own, as long as one is a member; what is submitted in the organisation one reviews for.

        ``public``: the public versions to look on, where they are known, in place of all.
        """
        versions = Version.objects.published() if public is None else list(public)
        seen = Q(status=NoteStatus.PUBLISHED, version__in=versions)
        if user.is_authenticated:
            seen |= _own(user)
        if organisation_reviewed is not None:
            seen |= Q(organisation=organisation_reviewed, status=NoteStatus.SUBMITTED)
        return self.filter(seen)

    def for_reading(self) -> AnnotationQuerySet:
        """With what a page shows of each, in a number of queries that does not grow.

        A clause of many is loaded once: joined to each, a long one would fill the memory.
        """
        return self._with_version().prefetch_related("clause")

    def _with_version(self) -> AnnotationQuerySet:
        return self.with_labels().select_related("version__law", "version__origin__organisation")

    def with_labels(self) -> AnnotationQuerySet:
        """With organisation and categories: for a page that has the clauses and versions itself."""
        return self.select_related("organisation").prefetch_related("categories")

    def without_words(self) -> AnnotationQuerySet:
        """Without what they say: five hundred long ones on a text are 60 megabytes. ``html.read_openings`` gets what a
        page shows of it.
        """
        return self.defer(*NOTE_WORDS)

    def on_versions(self, *versions: int) -> AnnotationQuerySet:
        """Those on these texts, the gravest first."""
        first_public = models.F("published_at").asc(nulls_last=True)
        return self.filter(version__in=versions).order_by("-risk", first_public, "slug")

    def for_export(self) -> AnnotationQuerySet:
        """With all that a file says of each, in a number of queries that does not grow.

        ``public_standards`` and ``public_answers`` are lists of the clauses it names that everybody may read;
        ``descends_from`` is None where that note is not public.
        """
        # Without their words: of all notes together they are more than a process holds.
        clauses = models.Prefetch("clause", Clause.objects.select_related("version__law").defer("text"))
        rows = self._with_version().select_related("creator").prefetch_related(clauses)
        # Not "in" those that are published: SQLite would walk through all clauses of them.
        is_public = models.Exists(Version.objects.published().filter(pk=models.OuterRef("version")))
        public = Clause.objects.defer("text").filter(is_public)
        public = public.select_related("version__law", "version__origin__organisation")
        named = [models.Prefetch(name, queryset=public, to_attr=f"public_{name}") for name in ("standards", "answers")]
        return rows.prefetch_related(models.Prefetch("descends_from", queryset=Annotation.objects.published()), *named)


class Annotation(models.Model):
    """A note. Its selectors point into ``clause.text``; both empty: the whole clause."""

    # Named in links; says nothing of who wrote it or how many there are.
    slug = models.SlugField(unique=True, max_length=80)
    version = models.ForeignKey(Version, on_delete=models.PROTECT, related_name="annotations")
    clause = models.ForeignKey(Clause, on_delete=models.PROTECT, related_name="annotations")
    # W3C TextQuoteSelector and TextPositionSelector, offsets in code points.
    exact = models.TextField(blank=True)
    prefix = models.CharField(max_length=64, blank=True)
    suffix = models.CharField(max_length=64, blank=True)
    start = models.PositiveIntegerField(null=True, blank=True)
    end = models.PositiveIntegerField(null=True, blank=True)

    body = models.TextField()
    body_html = models.TextField(editable=False)
    proposed_text = models.TextField(blank=True)
    motivation = models.CharField(max_length=12, choices=Motivation, default=Motivation.ASSESSING)
    risk = models.PositiveSmallIntegerField(choices=Risk, default=Risk.NONE)
    categories = models.ManyToManyField(Category, related_name="annotations", blank=True)
    # What they were called when it was published: code -> language -> words. Whoever renames one changes no note.
    kind_words = models.JSONField(default=dict, blank=True)
    # Clauses of other laws: the standard relied on, and what answers the criticism.
    standards = models.ManyToManyField(Clause, related_name="relied_on_by", blank=True)
    answers = models.ManyToManyField(Clause, related_name="answers_to", blank=True)

    # Legal tests by name (``TESTS`` below): {"legality": {"answer": "no", "words": "deemed to hinder"}, …}.
    checklist = models.JSONField(default=dict, blank=True)

    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="annotations")
    creator = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="annotations"
    )
    # Whether the author asked to be named beside the organisation, by the name they chose to show.
    credits_person = models.BooleanField(_("name me beside my organisation"), default=False)
    # The digest of the name that stood there when it was written: a reviewer reads what is published.
    name_read = models.CharField(max_length=64, blank=True, editable=False)
    # The publication it restates, where it restates one.
    source_organisation = models.CharField(max_length=200, blank=True)
    source_title = models.CharField(max_length=300, blank=True)
    source_date = models.CharField(max_length=10, blank=True)
    source_url = models.URLField(max_length=500, blank=True)

    # The note on an earlier text whose concern this one takes up again.
    descends_from = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="descendants"
    )

    status = models.CharField(max_length=10, choices=NoteStatus, default=NoteStatus.DRAFT)
    # How often it was written; what two people write at the same time is told apart by it.
    revision = models.PositiveIntegerField(default=0)
    # Of a published one: whether other words are being written (draft) or wait for review (submitted). The row keeps
    # the published words until then; the others stand in its last revision.
    pending = models.CharField(
        max_length=10, blank=True, choices=[c for c in NoteStatus.choices if c[0] in {"draft", "submitted"}]
    )
    created_at = models.DateTimeField(auto_now_add=True)
    changed_at = models.DateTimeField(auto_now=True)
    published_at = models.DateTimeField(null=True, blank=True)

    # Of rows that ``for_export`` gave: what everybody may read of ``standards`` and ``answers``.
    public_standards: list[Clause]
    # Of rows that a memo read: what its reader may see of ``standards``.
    standards_seen: list[Clause]
    public_answers: list[Clause]
    # On a page with a rendering of its text: the note on the words of that, which the margin quotes.
    in_rendering: Annotation
    # In a list of the author: the decision by which it was sent back, if it was.
    returned: NoteDecision | None

    objects = AnnotationQuerySet.as_manager()

    class Meta:
        ordering = ["-published_at", "slug"]  # whose key tells which was begun first
        indexes = [models.Index(fields=["version", "status"])]

    def __str__(self) -> str:
        return f"{self.organisation}: {self.clause}"

    @property
    def is_published(self) -> bool:
        return self.status == NoteStatus.PUBLISHED

    @property
    def public_day(self) -> datetime:
        """Since when a published one could be read."""
        return public_day(self.published_at, self.version.published_at)

    @property
    def changed_day(self) -> datetime:
        """When it last became what it is for readers."""
        return public_day(self.changed_at, self.published_at, self.version.published_at)

    @property
    def is_waiting(self) -> bool:
        """Whether it, or other words for it, wait for a reviewer."""
        return self.status == NoteStatus.SUBMITTED or (self.is_published and self.pending == NoteStatus.SUBMITTED)

    @property
    def is_being_written(self) -> bool:
        """Whether it, or other words for it, are with the author: a draft, or sent back."""
        return self.status == NoteStatus.DRAFT or (self.is_published and self.pending == NoteStatus.DRAFT)

    @property
    def is_withdrawn(self) -> bool:
        return self.status == NoteStatus.WITHDRAWN

    @property
    def person_credited(self) -> str:
        """The author's chosen name, if they asked to be named with this note, by this name."""
        return self.creator.named(self.name_read) if self.credits_person and self.creator else ""

    @property
    def restating(self) -> str:
        """Whose publication it restates, and of when; without one, of the editors of the site, that they judge."""
        who = localised(self.source_organisation or self.source_title)
        if who:
            return gettext("restating %(who)s") % {"who": ", ".join(filter(None, [who, format_date(self.source_date)]))}
        return gettext("editors’ judgement") if self.organisation.slug == EDITORS else ""

    @property
    def voice(self) -> str:
        """Whose it is and what it restates, where only words may stand; ``note/_note.html`` has the link."""
        return ", ".join(filter(None, [str(self.organisation), self.restating]))

    @property
    def kinds(self) -> list[str]:
        """Its kinds of risk in the language of the page, as they were called when it was published."""
        return [words for words, _question in self.kinds_asked]

    @property
    def kinds_asked(self) -> list[tuple[str, str]]:
        """The same, each with what it asked then; of earlier notes as long as the kind is called so."""
        found = []
        for kind in self.categories.all():
            words = self.called(kind.code, str(kind))
            found.append((words, self.called(f"{kind.code}?", kind.question_text if words == str(kind) else "")))
        return found

    def called(self, key: str, now: str) -> str:
        """What a kind of risk, by its code, was called when it was published; ``now``: what it is called today."""
        words = self.kind_words.get(key, {DEFAULT.code: now})
        return words.get(reader_language().code) or words.get(DEFAULT.code, "")

    def keeps(self, kind: Category) -> bool:
        """Whether it is published with a kind: one no longer in use only where readers saw it there, or on the note
        from which it descends. Any other would tell of the time before its text was public.
        """
        earlier = self.descends_from
        return not kind.is_retired or kind.code in (self.kind_words | (earlier.kind_words if earlier else {}))

    @property
    def proposes(self) -> bool:
        """Whether it proposes other words, or that the words be struck out."""
        return bool(self.proposed_text) or self.motivation == Motivation.EDITING

    def get_absolute_url(self) -> str:
        return reverse("annotation", args=[self.slug])


class Revision(models.Model):
    """All that an annotation said after one writing. Readers see those that were published.

    Rows are only ever added; that it was published is the one thing that the database lets be noted on it, once.
    """

    annotation = models.ForeignKey(Annotation, on_delete=models.CASCADE, related_name="revisions")
    number = models.PositiveIntegerField()
    content = models.JSONField()
    by = account_key()
    at = models.DateTimeField(auto_now_add=True)
    published_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["number"]
        constraints = [models.UniqueConstraint(fields=["annotation", "number"], name="number_of_revision")]

    def __str__(self) -> str:
        return f"{self.annotation_id}: {self.number}"


class ReplyKind(models.TextChoices):
    REPLY = "reply", _("reply")
    QUESTION = "question", _("question")


class ReplyStatus(models.TextChoices):
    HELD = "held", _("waiting for a reviewer")
    PUBLISHED = "published", _("published")
    REFUSED = "refused", _("not published")


class Reply(models.Model):
    """What a member of any organisation answers or asks on a published annotation, once a reviewer let it stand."""

    slug = models.SlugField(unique=True, max_length=40)
    annotation = models.ForeignKey(Annotation, on_delete=models.CASCADE, related_name="replies")
    kind = models.CharField(max_length=10, choices=ReplyKind, default=ReplyKind.REPLY)
    body = models.TextField()
    body_html = models.TextField(editable=False)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="replies")
    creator = account_key()
    status = models.CharField(max_length=10, choices=ReplyStatus, default=ReplyStatus.HELD)
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name_plural = "replies"
        ordering = ["at", "pk"]

    def __str__(self) -> str:
        return f"{self.organisation}: {self.annotation_id}"


class FlagKind(models.TextChoices):
    DANGER = "danger", _("it endangers someone")
    WRONG = "wrong", _("what it says is wrong")
    QUOTATION = "quotation", _("the quotation is wrong")
    OTHER = "other", _("something else")


class Flag(models.Model):
    """What a reader without an account says is wrong with a published annotation. Nothing of the reader is kept."""

    slug = models.SlugField(unique=True, max_length=40)
    annotation = models.ForeignKey(Annotation, on_delete=models.CASCADE, related_name="flags")
    kind = models.CharField(max_length=10, choices=FlagKind)
    words = models.CharField(max_length=1000, blank=True)
    # The day alone: the minute could tell who sent it.
    on = models.DateField(auto_now_add=True)
    closed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["on", "pk"]

    def __str__(self) -> str:
        return f"{self.annotation_id}: {self.kind}"


class NoteDecision(models.Model):
    """What was decided on an annotation, by whom, and why. Rows are only ever added; the database refuses the rest."""

    annotation = models.ForeignKey(Annotation, on_delete=models.CASCADE, related_name="decisions")
    status = models.CharField(max_length=16, choices=NoteStep)
    # What else it was decided on.
    reply = models.ForeignKey(Reply, null=True, blank=True, on_delete=models.CASCADE, related_name="decisions")
    flag = models.ForeignKey(Flag, null=True, blank=True, on_delete=models.CASCADE, related_name="decisions")
    by = account_key()
    reason = models.TextField(blank=True)
    at = models.DateTimeField(auto_now_add=True)
    # The job that tells people of it who asked for e-mails; forgotten after a day.
    job = models.OneToOneField(Job, null=True, on_delete=models.SET_NULL, related_name="+")

    class Meta:
        ordering = ["at", "pk"]

    def __str__(self) -> str:
        return f"{self.annotation_id}: {self.status}"


def returns_of(notes: Iterable[Annotation]) -> dict[int, NoteDecision]:
    """By note the decision by which it was sent back, of those that were and are not submitted again. One query."""
    written = [note.pk for note in notes if note.is_being_written]
    if not written:
        return {}
    steps = NoteDecision.objects.filter(annotation__in=written, reply=None, flag=None).order_by("at", "pk")
    last = {step.annotation_id: step for step in steps}
    return {number: step for number, step in last.items() if step.status == NoteStep.RETURNED}


class ReviewRemark(models.Model):
    """What the author and a reviewer of a note say to each other while it is not public. Nobody else reads it."""

    annotation = models.ForeignKey(Annotation, on_delete=models.CASCADE, related_name="remarks")
    body = models.TextField()
    by = account_key()
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"{self.annotation_id}: {self.pk}"


class OwnNote(models.Model):
    """A person's note to themselves on a clause. Nobody else reads it, in whatever role; it is never published."""

    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    # Empty once the text was discarded: the words stay.
    version = models.ForeignKey(Version, null=True, on_delete=models.SET_NULL, related_name="+")
    clause = models.ForeignKey(Clause, null=True, on_delete=models.SET_NULL, related_name="+")
    body = models.TextField()
    # Counts the writings: of two windows that hold the same note, the second gets an error.
    revision = models.PositiveIntegerField(default=1)
    changed_at = models.DateTimeField(auto_now=True)

    class Meta:
        ordering = ["-changed_at", "-pk"]
        constraints = [models.UniqueConstraint(fields=["person", "clause"], name="one_note_of_a_person_on_a_clause")]

    def __str__(self) -> str:
        return str(self.pk)  # what it says is nobody's business


class RenderedWords(models.Model):
    """The words of a rendering that say what a note's own words say, as an editor set them.

    Without it a note stands on the whole clause of the rendering.
    """

    annotation = models.ForeignKey(Annotation, on_delete=models.CASCADE, related_name="rendered_words")
    version = models.ForeignKey(Version, on_delete=models.CASCADE, related_name="+")
    clause = models.ForeignKey(Clause, on_delete=models.CASCADE, related_name="+")
    # The note's own words when these were set, which stand for no others; empty: of a note on the whole clause.
    of_exact = models.TextField(blank=True)
    # As those of a note: offsets in code points into ``clause.text``; empty where the editor said: the whole clause.
    exact = models.TextField(blank=True)
    start = models.PositiveIntegerField(null=True)
    end = models.PositiveIntegerField(null=True)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    by = account_key()
    at = models.DateTimeField(auto_now=True)

    class Meta:
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(fields=["annotation", "version"], name="words_of_a_note_on_a_rendering")]

    def __str__(self) -> str:
        return self.exact[:80]


# --- Legal tests ------------------------------------------------------------------------------------------------------
# What a restriction has to pass, each a question that a person answers on a clause. They follow ICCPR 15, 17 and 19(3)
# and Budapest Convention 15, as read by the Human Rights Committee and the UN's special rapporteurs; the standard that
# a note relies on says which of them matter for it.


class TestAnswer(models.TextChoices):
    YES = "yes", pgettext_lazy("legal test", "yes")
    PARTLY = "partly", pgettext_lazy("legal test", "partly")
    NO = "no", pgettext_lazy("legal test", "no")
    NOT_IN_TEXT = "not-in-text", pgettext_lazy("legal test", "not in the text")


@dataclass(frozen=True)
class LegalTest:
    name: str
    label: str | Promise
    question: str | Promise


TESTS = (
    LegalTest("legality", _("Legality"), _("Can a person tell from these words what is forbidden, and what is not?")),
    LegalTest("aim", _("Legitimate aim"), _("Is the aim one of those for which this right may be restricted?")),
    LegalTest("necessity", _("Necessity"), _("Is it needed for that aim, and is it the mildest means that would do?")),
    LegalTest(
        "proportionality",
        _("Proportionality of the penalty"),
        _("Is the penalty in proportion to the harm, and no heavier than for the same act offline?"),
    ),
    LegalTest("mental-element", _("Mental element"), _("Must intent or knowledge be proved for every element?")),
    LegalTest(
        "defence", _("Defence"), _("Is there a defence for the public interest, research, journalism or good faith?")
    ),
    LegalTest("authorisation", _("Authorisation"), _("Must a judge or another independent body allow it beforehand?")),
    LegalTest("supervision", _("Supervision"), _("Does a body independent of those who use the power oversee it?")),
    LegalTest("remedy", _("Remedy"), _("Can the person concerned learn of it and have it reviewed?")),
    LegalTest(
        "scope-and-duration", _("Scope and duration"), _("Does the text limit what is covered, and for how long?")
    ),
)


@dataclass(frozen=True)
class AnsweredTest:
    """A test with its answer and the words of the text it rests on."""

    test: LegalTest
    answer: TestAnswer
    words: str

    @property
    def look(self) -> str:
        """The sign that goes with the answer's word."""
        return {"yes": "equivalent", "partly": "partial", "no": "contrary", "not-in-text": "absent"}[self.answer]


def answered(checklist: Mapping[str, Any]) -> Iterator[AnsweredTest]:
    for test in TESTS:
        row = checklist.get(test.name)
        if row:
            yield AnsweredTest(test, TestAnswer(row["answer"]), row.get("words", ""))
