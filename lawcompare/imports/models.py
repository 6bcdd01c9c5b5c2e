"""Files on their way to becoming a version: what was uploaded, what was read, and how people corrected it."""

from __future__ import annotations

from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from lawcompare.accounts.models import Organisation, account_key
from lawcompare.core.jobs.models import UNFINISHED, Job, JobState
from lawcompare.core.standard_names import language_choices
from lawcompare.imports.uscode.models import Archive, Fetch, ReleaseNotice  # noqa: F401
from lawcompare.laws.models import Version

NAME_MAX = 200
# Before the name of a checked warning that a correction has settled: undoing that brings it back as checked.
GONE = "-"


class DraftState(models.TextChoices):
    QUEUED = "queued", _("waiting to be read")
    READING = "reading", _("being read")
    FAILED = "failed", _("could not be read")
    READY = "ready", _("ready to review and publish")
    ASKED = "asked", _("waiting to be stored")
    STORING = "storing", _("being stored")
    KEPT = "kept", _("kept private")
    PUBLISHED = "published", _("published")


class CorrectionKind(models.TextChoices):
    JOIN = "join", _("joined with the clause before")
    SPLIT = "split", _("split in two")
    LEVEL = "level", _("moved a level in or out")
    NUMBER = "number", _("number or kind set right")
    WORDS = "words", _("heading or words set right")
    ASIDE = "aside", _("set aside, as no law text")
    BRING_BACK = "bring-back", _("brought back, as law text")
    HEADING_NUMBER = "heading-number", _("number taken out of the heading")
    # Of an instruction of an act that amends a text (``imports.amending``).
    SKIP = "skip", _("instruction not carried out")
    TARGET = "target", _("clause of an instruction chosen")
    OUTCOME = "outcome", _("outcome of an instruction written by hand")


# What the buttons make that are called otherwise than the correction.
KIND_OF_BUTTON = {
    "bring": CorrectionKind.BRING_BACK,
    "contents": CorrectionKind.ASIDE,
    "kinds": CorrectionKind.NUMBER,
    "numbering": CorrectionKind.HEADING_NUMBER,
}

# The reason shown of a correction that was made without one; of the other kinds a reason is asked.
DEFAULT_REASONS = {
    CorrectionKind.JOIN: _("The reader had cut one clause in two."),
    CorrectionKind.SPLIT: _("The reader had run two clauses together."),
    CorrectionKind.NUMBER: _("The reader had taken it for another kind of clause."),
    CorrectionKind.LEVEL: _("The reader had put it on another level than the print."),
    CorrectionKind.ASIDE: _("It is printed with the law and is not part of it."),
    CorrectionKind.BRING_BACK: _("The reader had set aside what is part of the law."),
    CorrectionKind.HEADING_NUMBER: _("The reader had left the number in the heading."),
    CorrectionKind.SKIP: _("It changes nothing in this text."),
    CorrectionKind.TARGET: _("The program had not found which clause the act means."),
    CorrectionKind.OUTCOME: _("The program had not carried it out as the act says."),
}


class ImportBatch(models.Model):
    """Several files handed in at once. Those that became a draft name it; ``others`` says what became of the rest."""

    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="+")
    creator = account_key()
    created_at = models.DateTimeField(auto_now_add=True)
    # [{"name", "reason"}, {"name", "draft": id}, {"name", "version": address, "title"}] …
    others = models.JSONField(default=list)

    def __str__(self) -> str:
        return f"{self.created_at:%Y-%m-%d %H:%M}"

    def get_absolute_url(self) -> str:
        return reverse("import_batch", args=[self.pk])


class ImportDraftQuerySet(models.QuerySet["ImportDraft"]):
    def open(self) -> ImportDraftQuerySet:
        """Those that can be corrected and published."""
        is_being_stored = models.Q(storing_job__state__in=UNFINISHED)
        return self.filter(version=None).exclude(reading="").exclude(is_being_stored)


class ImportDraft(models.Model):
    """A file that was handed in, or a published text taken up to be corrected, until it is a version itself."""

    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="imports")
    creator = account_key()
    batch = models.ForeignKey(ImportBatch, null=True, on_delete=models.SET_NULL, related_name="drafts")
    # How the file was called, without its folders. Shown to the organisation alone.
    name = models.CharField(max_length=NAME_MAX)
    # Where ``laws.uploads.originals`` keeps the file, and what was read from it.
    original = models.CharField(max_length=64)
    reading = models.CharField(max_length=64, blank=True)
    size = models.PositiveIntegerField(default=0)
    # What the reader is told; empty: found out from the text.
    language = models.CharField(max_length=2, choices=language_choices, blank=True)

    # What the reader found: the title, how many clauses, how many warnings; and the names of those (``warning_keys``)
    # that a person has checked.
    title = models.CharField(max_length=300, blank=True)
    clause_count = models.PositiveIntegerField(default=0)
    warning_count = models.PositiveIntegerField(default=0)
    warnings_checked = models.JSONField(default=list)
    # Raised by every correction, undo and redo, so that whoever works on an older state is told.
    revision = models.PositiveIntegerField(default=0)
    # What is said of the text so far, as typed; complete only when it is published.
    details = models.JSONField(default=dict)

    # Whether the text before the changes tracked in a Word file is wanted too.
    wants_before = models.BooleanField(default=False)
    # Of a Word file with tracked changes there are then two drafts; the one of the text after them names that before.
    before_changes = models.OneToOneField("self", null=True, on_delete=models.SET_NULL, related_name="after_changes")
    corrects = models.ForeignKey(Version, null=True, on_delete=models.PROTECT, related_name="+")
    # Of a text that an act amends, whose ``reading`` is then that text and ``original`` the act as it was read: the
    # text, and the act, which is a text here too or an upload of the organisation.
    amends = models.ForeignKey(Version, null=True, on_delete=models.PROTECT, related_name="+")
    act = models.ForeignKey(Version, null=True, on_delete=models.PROTECT, related_name="+")
    act_file = models.ForeignKey("self", null=True, on_delete=models.SET_NULL, related_name="+")
    # Where ``laws.uploads.originals`` keeps what became of each instruction of the act, as of one revision.
    review = models.CharField(max_length=64, blank=True)
    version = models.OneToOneField(Version, null=True, on_delete=models.PROTECT, related_name="made_by")
    warnings_unchecked = models.PositiveIntegerField(default=0)  # when it became a version
    # The jobs that read its file, and make a version of it; asked for again after a failure, the latter is a new one.
    reading_job = models.OneToOneField(Job, null=True, on_delete=models.PROTECT, related_name="+")
    storing_job = models.OneToOneField(Job, null=True, on_delete=models.PROTECT, related_name="+")
    # As what it is to be stored, the state of text and details then, whether to be published, and who asked for it.
    store_as = models.JSONField(default=dict)
    store_state = models.CharField(max_length=40, blank=True, db_default="")
    store_publicly = models.BooleanField(default=False)
    stored_by = account_key()
    created_at = models.DateTimeField(auto_now_add=True)
    changed_at = models.DateTimeField(auto_now=True)

    objects = ImportDraftQuerySet.as_manager()

    class Meta:
        ordering = ["-changed_at", "-pk"]

    def __str__(self) -> str:
        return self.title or self.name

    @property
    def job(self) -> Job | None:
        """The job that counts: its storing, once that was asked for; else its reading, where it was a file."""
        return self.storing_job or self.reading_job

    @property
    def state(self) -> DraftState:
        if self.version is not None:
            return DraftState.PUBLISHED if self.version.is_published else DraftState.KEPT
        job = self.job
        is_queued = job is not None and job.state == JobState.QUEUED
        if self.is_being_stored:
            return DraftState.ASKED if is_queued else DraftState.STORING
        if self.reading:
            return DraftState.READY
        if job is not None and job.is_failed:
            return DraftState.FAILED
        return DraftState.QUEUED if is_queued else DraftState.READING

    @property
    def is_being_stored(self) -> bool:
        """Whether it is on its way to becoming a version."""
        return self.storing_job is not None and self.storing_job.state in UNFINISHED

    @property
    def is_open(self) -> bool:
        return self.state == DraftState.READY

    @property
    def counterpart(self) -> ImportDraft | None:
        """The draft of the same file's text before its tracked changes, or after them."""
        return self.before_changes or getattr(self, "after_changes", None)

    @property
    def reasons_typed(self) -> list[str]:
        """The reasons that people gave in it, the last first, each once."""
        given = self.corrections.exclude(reason="").order_by("-number").values_list("reason", flat=True)
        return list(dict.fromkeys(given))[:8]

    @property
    def unchecked_count(self) -> int:
        return self.warning_count - sum(not str(key).startswith(GONE) for key in self.warnings_checked)

    def get_absolute_url(self) -> str:
        return reverse("import", args=[self.pk])


class DraftPage(models.Model):
    """A page of the file of a draft, as an image that its clauses are read beside.

    Kept are images of pages that were recognised, upright as they were read; others are drawn from the file when
    somebody looks at them.
    """

    draft = models.ForeignKey(ImportDraft, on_delete=models.CASCADE, related_name="pages")
    number = models.PositiveIntegerField()  # from 1, in the order of the file
    # By which number the boxes of lines name the image (``engine.reading.reporting``), and where it is stored; empty
    # where it is drawn.
    image_number = models.PositiveIntegerField()
    image = models.CharField(max_length=64, blank=True)
    width = models.PositiveIntegerField()
    height = models.PositiveIntegerField()
    # Who reads it against the text, where people have divided the pages, and who has done so.
    taken_by = account_key()
    read_by = account_key()
    read_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["draft", "number"]
        constraints = [models.UniqueConstraint(fields=["draft", "number"], name="page_number_in_draft")]

    def __str__(self) -> str:
        return str(self.number)

    def get_absolute_url(self) -> str:
        return reverse("import_page", args=[self.draft_id, self.number])


class RecognisedPage(models.Model):
    """What was recognised of a page by a reading job that is not done; the next worker goes on from there."""

    draft = models.ForeignKey(ImportDraft, on_delete=models.CASCADE, related_name="recognised_pages")
    number = models.PositiveIntegerField()  # of the page in the file, from 1
    # By what it was recognised: the results of another recogniser, or of another release of this one, are not used.
    recogniser = models.CharField(max_length=200)
    # Where ``laws.uploads.originals`` keeps the results and the images.
    content = models.CharField(max_length=64)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["draft", "number"], name="recognised_once_in_draft")]

    def __str__(self) -> str:
        return str(self.number)


class ImportCorrectionQuerySet(models.QuerySet["ImportCorrection"]):
    def active(self) -> ImportCorrectionQuerySet:
        return self.filter(undone_at__isnull=True)


class ImportCorrection(models.Model):
    """A correction of the text that was read (``engine.structure.correcting``), kept with the version made of it."""

    draft = models.ForeignKey(ImportDraft, on_delete=models.CASCADE, related_name="corrections")
    number = models.PositiveIntegerField()
    kind = models.CharField(max_length=20, choices=CorrectionKind)
    target = models.CharField(max_length=20)
    values = models.JSONField(default=dict)
    was = models.JSONField(default=dict)
    # Keys of all clauses it concerns, so that two people who correct different ones do not wait for each other.
    touches = models.JSONField(default=list)
    # How the clause is called where the corrections are listed for readers: its number, never its words.
    clause = models.CharField(max_length=300, blank=True)
    reason = models.TextField(blank=True)
    by = account_key()
    at = models.DateTimeField(auto_now_add=True)
    made_in = models.PositiveIntegerField()  # the revision that it, and its last undoing, made
    undone_in = models.PositiveIntegerField(default=0)
    undone_at = models.DateTimeField(null=True)
    undone_by = account_key()

    objects = ImportCorrectionQuerySet.as_manager()

    class Meta:
        ordering = ["draft", "number"]
        constraints = [models.UniqueConstraint(fields=["draft", "number"], name="correction_number_in_draft")]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}: {self.clause}"

    @property
    def is_active(self) -> bool:
        return self.undone_at is None

    @property
    def clause_count(self) -> int:
        """How many clauses it is of, where it was made for many at once; else 0."""
        return int(self.values.get("count") or 0)

    @property
    def reason_text(self) -> str:
        return self.reason or str(DEFAULT_REASONS.get(CorrectionKind(self.kind), ""))
