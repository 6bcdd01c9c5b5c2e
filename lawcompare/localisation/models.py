"""Texts of editors in other languages than they were written in."""

from django.db import models


class LocalisedText(models.Model):
    """A note, a reason, a heading or a title in another language of the interface.

    It belongs to the exact words it renders, wherever they stand: where an editor changes them, readers get the changed
    words as they are until they are rendered again, never a rendering of what stood there before.
    """

    language = models.CharField(max_length=8)
    # White space counts as one space.
    original = models.TextField()
    # SHA-256 of the original, by which it is found: an index holds no text of any length.
    digest = models.CharField(max_length=64)
    words = models.TextField()
    # Who compared it with its original, credited as they wish; empty until somebody did.
    checked_by = models.CharField(max_length=200, blank=True)
    changed_at = models.DateTimeField(auto_now=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["language", "digest"], name="one_text_per_language")]

    def __str__(self) -> str:
        return self.original[:80]
