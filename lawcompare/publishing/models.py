"""What becomes of the notes on a text when the next one is published."""

from __future__ import annotations

from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from lawcompare.accounts.models import account_key
from lawcompare.annotations.models import Annotation, NoteStatus
from lawcompare.core.jobs.models import Job
from lawcompare.laws.models import Clause, Version


class Carrying(models.Model):
    """A search for the published notes of one text in a later one."""

    old = models.ForeignKey(Version, on_delete=models.PROTECT, related_name="carryings_from")
    new = models.ForeignKey(Version, on_delete=models.PROTECT, related_name="carryings_to")
    job = models.OneToOneField(Job, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["-job__requested_at", "-pk"]
        constraints = [models.UniqueConstraint(fields=["old", "new"], name="one_carrying_per_pair_of_versions")]

    def __str__(self) -> str:
        return f"{self.old} → {self.new}"

    def get_absolute_url(self) -> str:
        return reverse("carrying", args=[self.pk])


class Verdict(models.TextChoices):
    """What the program says of a note's words in the later text."""

    KEPT = "kept", _("words kept")
    CHANGED = "changed", _("words changed")
    REVIEW = "review", _("needs review")
    LOST = "lost", _("lost")


class Outcome(models.TextChoices):
    """What a person says became of the risk."""

    KEPT = "kept", pgettext_lazy("risk", "kept")
    SOFTENED = "softened", pgettext_lazy("risk", "softened")
    WORSENED = "worsened", pgettext_lazy("risk", "worsened")
    REMOVED = "removed", pgettext_lazy("risk", "removed")
    NOT_KNOWN = "not-known", _("not known")


class CarriedQuerySet(models.QuerySet["Carried"]):
    def waiting(self) -> CarriedQuerySet:
        """What an organisation has still to decide, or to judge."""
        return self.filter(fate="", annotation__status=NoteStatus.PUBLISHED).exclude(verdict="")

    def for_queue(self) -> CarriedQuerySet:
        return self.select_related(
            "carrying__new__law",
            "annotation__organisation",
            "annotation__version__law",
            "successor",
        ).prefetch_related("annotation__clause", "clause", "rival_clause")


class Carried(models.Model):
    """A note and a later text: what the program found, and what its organisation decided. One row a note and carrying.

    Selectors point into ``clause.text``; with no ``start`` the whole clause is meant, with no clause nothing was found.
    """

    class Decision(models.TextChoices):
        CONFIRMED = "confirmed", _("carried over")
        EDITED = "edited", _("taken up in a new note")
        CLOSED = "closed", _("closed")

    carrying = models.ForeignKey(Carrying, on_delete=models.CASCADE, related_name="carried")
    annotation = models.ForeignKey(Annotation, on_delete=models.CASCADE, related_name="carried")
    # Empty while only a person has spoken.
    verdict = models.CharField(max_length=10, choices=Verdict, blank=True)
    clause = models.ForeignKey(Clause, null=True, on_delete=models.PROTECT, related_name="+")
    exact = models.TextField(blank=True)
    prefix = models.CharField(max_length=64, blank=True)
    suffix = models.CharField(max_length=64, blank=True)
    start = models.PositiveIntegerField(null=True)
    end = models.PositiveIntegerField(null=True)
    score = models.FloatField(default=0)
    # How sure the program is of the place, 0 to 1; None where ``score`` says how alike the words are.
    probability = models.FloatField(null=True)
    # The next best place and its score, for the person who looks.
    rival_clause = models.ForeignKey(Clause, null=True, on_delete=models.PROTECT, related_name="+")
    rival_start = models.PositiveIntegerField(null=True)
    rival_end = models.PositiveIntegerField(null=True)
    second = models.FloatField(default=0)
    # Whether the place is where a person said that the clause went, and not where the words led.
    by_concordance = models.BooleanField(default=False)

    decision = models.CharField(max_length=10, choices=Decision, blank=True)
    fate = models.CharField(max_length=10, choices=Outcome, blank=True)
    reason = models.TextField(blank=True)
    # The note on the later text that takes the concern up again.
    successor = models.ForeignKey(
        Annotation, null=True, blank=True, on_delete=models.SET_NULL, related_name="carried_from"
    )
    decided_by = account_key()
    decided_at = models.DateTimeField(null=True)

    objects = CarriedQuerySet.as_manager()

    class Meta:
        ordering = ["carrying", "annotation__clause__position", "annotation__start", "pk"]
        constraints = [models.UniqueConstraint(fields=["carrying", "annotation"], name="a_note_is_carried_once")]

    def __str__(self) -> str:
        return f"{self.annotation_id}: {self.fate or self.verdict}"

    @property
    def rival_words(self) -> str:
        if self.rival_clause is None:
            return ""
        return self.rival_clause.text[self.rival_start : self.rival_end]

    @property
    def is_unknown(self) -> bool:
        """Whether not being found says nothing, since the later text is known in part only."""
        return self.verdict == Verdict.LOST and self.carrying.new.is_partial
