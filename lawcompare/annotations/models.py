"""Notes on the words of a text: what is risky in them, by which standard, said by which organisation."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import get_language, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from lawcompare.accounts.models import Organisation
from lawcompare.laws.models import Clause, Version


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
    EDITING = "editing", _("proposing other words")


class Status(models.TextChoices):
    DRAFT = "draft", _("draft")
    SUBMITTED = "submitted", _("submitted")
    PUBLISHED = "published", _("published")
    WITHDRAWN = "withdrawn", _("withdrawn")


class Category(models.Model):
    """A kind of risk, with the question by which one tells whether it is there."""

    code = models.CharField(max_length=12, unique=True)
    label = models.CharField(max_length=120)
    label_km = models.CharField(max_length=120, blank=True)
    question = models.TextField(blank=True)
    question_km = models.TextField(blank=True)
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["position", "code"]

    def __str__(self) -> str:
        return (get_language() == "km" and self.label_km) or self.label


class AnnotationQuerySet(models.QuerySet["Annotation"]):
    def published(self) -> AnnotationQuerySet:
        return self.filter(status=Status.PUBLISHED, version__published_at__isnull=False)

    def visible_to(self, user: Any, organisation_reviewed: Organisation | None) -> AnnotationQuerySet:
        """Published ones; one's own; and what is submitted in the organisation one reviews for."""
        seen = Q(status=Status.PUBLISHED, version__published_at__isnull=False)
        if user.is_authenticated:
            seen |= Q(creator=user)
        if organisation_reviewed is not None:
            seen |= Q(organisation=organisation_reviewed, status=Status.SUBMITTED)
        return self.filter(seen)

    def for_reading(self) -> AnnotationQuerySet:
        """With what a page shows of each, in a number of queries that does not grow."""
        standards = Clause.objects.select_related("version__law").defer("text")
        return self.select_related("organisation", "clause", "version__law").prefetch_related(
            "categories", models.Prefetch("standards", queryset=standards)
        )


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
    # Clauses of other laws: the standard relied on, and what answers the criticism.
    standards = models.ManyToManyField(Clause, related_name="relied_on_by", blank=True)
    answers = models.ManyToManyField(Clause, related_name="answers_to", blank=True)

    # Legal tests by name (legality, aim, necessity, …): yes, partly, no or not-in-text.
    checklist = models.JSONField(default=dict, blank=True)

    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="annotations")
    creator = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="annotations"
    )
    # The publication it restates, where it restates one.
    source_organisation = models.CharField(max_length=200, blank=True)
    source_title = models.CharField(max_length=300, blank=True)
    source_date = models.CharField(max_length=10, blank=True)
    source_url = models.URLField(max_length=500, blank=True)

    # The note on an earlier text whose concern this one takes up again.
    descends_from = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="descendants"
    )

    status = models.CharField(max_length=10, choices=Status, default=Status.DRAFT)
    created_at = models.DateTimeField(auto_now_add=True)
    changed_at = models.DateTimeField(auto_now=True)
    published_at = models.DateTimeField(null=True, blank=True)

    objects = AnnotationQuerySet.as_manager()

    class Meta:
        ordering = ["-published_at", "-pk"]
        indexes = [models.Index(fields=["version", "status"])]

    def __str__(self) -> str:
        return f"{self.organisation}: {self.clause}"

    @property
    def is_published(self) -> bool:
        return self.status == Status.PUBLISHED

    @property
    def risk_mark(self) -> str:
        """A sign that tells the risk without colour."""
        return {0: "·", 1: "○", 2: "◐", 3: "◆", 4: "▲"}[self.risk]

    def get_absolute_url(self) -> str:
        return reverse("annotation", args=[self.slug])


class Decision(models.Model):
    """What was decided on an annotation, by whom, and why. Rows are only ever added."""

    annotation = models.ForeignKey(Annotation, on_delete=models.CASCADE, related_name="decisions")
    status = models.CharField(max_length=10, choices=Status)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    reason = models.TextField(blank=True)
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["at", "pk"]

    def __str__(self) -> str:
        return f"{self.annotation_id}: {self.status}"
