"""Comparisons of two laws by subject while an organisation works on them: private to it until it publishes them."""

from django.conf import settings
from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from lawcompare.accounts.models import Organisation
from lawcompare.crosswalk.models.correspondences import CorrespondenceStatus, Relation, Topic
from lawcompare.laws.models import Clause, Version


class DraftComparison(models.Model):
    """Two texts of which an organisation decides, pair by pair, which clause answers which. It alone sees it.

    What it decides becomes ``Correspondence`` rows when it is published, and not before: nothing that readers see
    reads these tables.
    """

    # What its address says: nobody guesses it.
    key = models.SlugField(unique=True, max_length=20)
    source = models.ForeignKey(Version, on_delete=models.CASCADE, related_name="+")
    target = models.ForeignKey(Version, on_delete=models.CASCADE, related_name="+")
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    made_at = models.DateTimeField(auto_now_add=True)
    published_at = models.DateTimeField(null=True, blank=True)
    published_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )

    class Meta:
        ordering = ["-made_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["source", "target", "organisation"],
                condition=models.Q(published_at__isnull=True),
                name="one_open_draft_of_two_texts_and_organisation",
            )
        ]

    def __str__(self) -> str:
        return f"{self.source} – {self.target}"

    @property
    def is_published(self) -> bool:
        return self.published_at is not None

    def get_absolute_url(self) -> str:
        return reverse("draft_comparison", args=[self.key])

    def text_of(self, clause: Clause) -> Version:
        """Which of the two texts a clause of one of them is of."""
        return self.source if clause.version_id == self.source_id else self.target

    def other_text(self, clause: Clause) -> Version:
        return self.target if clause.version_id == self.source_id else self.source


class DraftPair(models.Model):
    """What was decided in a draft of two clauses, or of a clause that nothing in the other text answers."""

    STATUSES = [
        (CorrespondenceStatus.CONFIRMED.value, _("confirmed")),
        (CorrespondenceStatus.REFUSED.value, _("refused")),
    ]

    draft = models.ForeignKey(DraftComparison, on_delete=models.CASCADE, related_name="pairs")
    # Of the first text; where none was found (no object), of either.
    subject = models.ForeignKey(Clause, on_delete=models.CASCADE, related_name="+")
    object = models.ForeignKey(Clause, null=True, blank=True, on_delete=models.CASCADE, related_name="+")
    status = models.CharField(max_length=10, choices=STATUSES)
    topic = models.ForeignKey(Topic, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    relation = models.CharField(max_length=12, choices=Relation, blank=True)
    reasoning = models.TextField()
    elements = models.JSONField(default=list, blank=True)
    searched = models.TextField(blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    at = models.DateTimeField(auto_now=True)

    class Meta:
        ordering = ["topic__position", "subject__position", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["draft", "subject", "object"],
                condition=models.Q(object__isnull=False),
                name="one_decision_per_pair_in_a_draft",
            ),
            models.UniqueConstraint(
                fields=["draft", "subject"],
                condition=models.Q(object__isnull=True),
                name="one_none_found_per_clause_in_a_draft",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.draft_id}: {self.subject_id} {self.status} {self.object_id}"

    @property
    def sides(self) -> tuple[Clause | None, Clause | None]:
        """Its clause of the first text and that of the second; None where none was found."""
        if self.object is None and self.subject.version_id == self.draft.target_id:
            return None, self.subject
        return self.subject, self.object
