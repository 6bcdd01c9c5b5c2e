"""Links by which a named outsider reads a private text, comparison or memo, without an account, for some days."""

from typing import Any

from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone

from lawcompare.accounts.models import Organisation, account_key
from lawcompare.comparisons.models import Comparison
from lawcompare.crosswalk.models import DraftComparison
from lawcompare.laws.models import Version
from lawcompare.memos.models import Memo


class GuestLink(models.Model):
    """A link to one text (``new``), to the comparison of two, or to a memo. Its token is stored as a digest alone."""

    old = models.ForeignKey(Version, null=True, on_delete=models.CASCADE, related_name="+")
    new = models.ForeignKey(Version, null=True, on_delete=models.CASCADE, related_name="+")
    memo = models.ForeignKey(Memo, null=True, on_delete=models.CASCADE, related_name="+")
    # Two laws by subject, not by their words; as a draft has them, or as it is stated.
    by_subject = models.BooleanField(default=False)
    draft = models.ForeignKey(DraftComparison, null=True, on_delete=models.CASCADE, related_name="+")
    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="guest_links")
    by = account_key()
    # For whom it is, encrypted: who reads a leaked text is nobody's business but its organisation's.
    sealed_name = models.TextField()
    token_digest = models.CharField(max_length=64, unique=True)
    made_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-made_at", "-pk"]
        constraints = [
            models.CheckConstraint(condition=~Q(old=models.F("new")), name="two_texts_or_one"),
            models.CheckConstraint(
                condition=Q(memo__isnull=False, old__isnull=True, new__isnull=True)
                | Q(memo__isnull=True, new__isnull=False),
                name="a_text_or_a_memo",
            ),
            models.CheckConstraint(
                condition=Q(by_subject=True, old__isnull=False) | Q(by_subject=False, draft__isnull=True),
                name="by_subject_are_two_texts",
            ),
        ]

    def __str__(self) -> str:
        return f"guest-link/{self.pk}"

    @property
    def versions(self) -> list[Version]:
        return [version for version in (self.old, self.new) if version is not None]

    @property
    def is_over(self) -> bool:
        return self.ended_at is not None or self.expires_at <= timezone.now()

    @property
    def title(self) -> str:
        return str(self.memo or " – ".join(version.name for version in self.versions))

    def get_absolute_url(self) -> str:
        """The page of what it shows, for its organisation."""
        shown: Any = self.memo or self.new  # one of them
        if self.old is None:
            return str(shown.get_absolute_url())
        if self.draft is not None and not self.draft.is_published:
            return reverse("draft_comparison_preview", args=[self.draft.key])
        return Comparison(old=self.old, new=shown).get_absolute_url()


class GuestOpening(models.Model):
    """That a link was opened, or turned to another page. Nothing is kept of who did, or from where."""

    link = models.ForeignKey(GuestLink, on_delete=models.CASCADE, related_name="openings")
    page = models.PositiveIntegerField(default=1)
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"{self.link_id}: {self.at:%Y-%m-%d}"
