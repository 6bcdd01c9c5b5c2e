"""The words of a rendering on which notes stand that were written on its original."""

from django.conf import settings
from django.db import models

from lawcompare.accounts.models import Organisation
from lawcompare.annotations.models.notes import Annotation
from lawcompare.laws.models import Clause, Version


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
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    at = models.DateTimeField(auto_now=True)

    class Meta:
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(fields=["annotation", "version"], name="words_of_a_note_on_a_rendering")]

    def __str__(self) -> str:
        return self.exact[:80]
