"""Memos: ordered documents of rows, notes, charts and own paragraphs; and files of them that a worker makes."""

from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from lawcompare.accounts.models import Organisation, account_key
from lawcompare.annotations.models import Annotation
from lawcompare.core.jobs.models import Job
from lawcompare.core.numbers import seal
from lawcompare.crosswalk.models import Topic
from lawcompare.laws.models import Law, Version


class Memo(models.Model):
    """A document of an organisation, which it alone sees."""

    # What its address says: nobody guesses it.
    key = models.SlugField(unique=True, max_length=20)
    title = models.CharField(max_length=200)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    # Counts the writings, so that of two people who write at once the second gets an error.
    revision = models.PositiveIntegerField(default=1)
    made_by = account_key()
    changed_at = models.DateTimeField(auto_now=True)

    class Meta:
        ordering = ["-changed_at", "-pk"]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("memo", args=[self.key])


class ItemKind(models.TextChoices):
    WORDS = "words", _("Own paragraph")
    SUBJECT = "subject", _("Two laws on a subject")
    CHANGE = "change", _("What changed in an article")
    CLAUSE = "clause", _("A clause")
    COMPARISON = "comparison", _("A whole comparison")
    TOPIC = "topic", _("A topic")
    MATRIX = "matrix", _("Topics by laws")
    NOTE = "note", _("An annotation")
    CONCERNS = "concerns", _("Chart of concerns")


class MemoItem(models.Model):
    """A part of a memo: words of its own, or what stands elsewhere here, which is read anew each time it is shown."""

    memo = models.ForeignKey(Memo, on_delete=models.CASCADE, related_name="items")
    position = models.PositiveSmallIntegerField()
    kind = models.CharField(max_length=10, choices=ItemKind)
    heading = models.CharField(max_length=200, blank=True)
    text = models.TextField(blank=True)
    old = models.ForeignKey(Version, null=True, on_delete=models.SET_NULL, related_name="+")
    new = models.ForeignKey(Version, null=True, on_delete=models.SET_NULL, related_name="+")
    old_eid = models.CharField(max_length=250, blank=True)
    new_eid = models.CharField(max_length=250, blank=True)
    topic = models.ForeignKey(Topic, null=True, on_delete=models.SET_NULL, related_name="+")
    annotation = models.ForeignKey(Annotation, null=True, on_delete=models.SET_NULL, related_name="+")
    # Of a matrix: the keys of the texts that are its columns, or none for the one of all laws on the subject.
    columns = models.JSONField(default=list, blank=True)
    law = models.ForeignKey(Law, null=True, on_delete=models.SET_NULL, related_name="+")
    # What it said when somebody last took note of it: a digest of its words, and when that was.
    seen_digest = models.CharField(max_length=64, blank=True)
    seen_at = models.DateTimeField(auto_now_add=True)
    # Its words then, by language, in lines; and the texts from which those came.
    seen_words = models.JSONField(default=dict, blank=True)
    seen_texts = models.JSONField(default=list, blank=True)

    class Meta:
        ordering = ["position", "pk"]

    def __str__(self) -> str:
        return f"{self.memo_id}: {self.kind} {self.position}"

    @property
    def key(self) -> str:
        """Its name in pages and forms."""
        return seal(self.pk, "memoitem")


class MemoFile(models.Model):
    """A worker's making of a memo's file, and the file, sealed. Made anew when somebody asks again."""

    memo = models.ForeignKey(Memo, on_delete=models.CASCADE, related_name="files")
    form = models.CharField(max_length=4, choices=[("docx", "DOCX"), ("xlsx", "XLSX")])
    language = models.CharField(max_length=5)
    # The site's address, as the links in the file have it.
    root = models.CharField(max_length=300)
    asked_by = account_key()
    content = models.BinaryField(default=bytes)
    # Which writing of the memo it has, and the texts in it: it is given out while all of them may be seen.
    of_revision = models.PositiveIntegerField(default=0)
    texts = models.JSONField(default=list)
    job = models.OneToOneField(Job, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["memo", "form", "language"], name="one_file_of_a_memo")]

    def __str__(self) -> str:
        return f"{self.memo}: {self.form.upper()}"

    def get_absolute_url(self) -> str:
        return self.memo.get_absolute_url()
