"""What people note for themselves."""

from django.conf import settings
from django.db import models

from lawcompare.laws.models import Clause, Version


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
