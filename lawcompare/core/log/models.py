"""The activity log, whose entries are only added, and the daily statements that cover them."""

import hashlib
import json
import secrets

from django.db import models


def new_salt() -> str:
    """Returns 32 random bytes in hexadecimal."""
    return secrets.token_hex(32)


class Statement(models.Model):
    """What was signed and published on a day (``statements.py``): a file that others keep."""

    day = models.DateField(unique=True)
    words = models.TextField()

    class Meta:
        ordering = ["-day"]

    def __str__(self) -> str:
        return f"statement of {self.day}"

    @property
    def digest(self) -> str:
        """Returns the SHA-256 of the file in hexadecimal, which the next statement names."""
        return hashlib.sha256(self.words.encode()).hexdigest()


class Entry(models.Model):
    """One action of a person or of the program. Triggers in the database refuse to change or delete it."""

    number = models.BigAutoField(primary_key=True)  # rising; a number is left out where an action was undone
    at = models.CharField(max_length=32)  # ISO 8601 in UTC; text, so that every database gives back what was hashed
    # The person's number and nothing else: when a person is deleted, it stands for nobody. None: the program itself.
    actor = models.BigIntegerField(null=True)
    organisation = models.CharField(max_length=50, blank=True)  # slug
    action = models.CharField(max_length=60)
    subject = models.CharField(max_length=300)
    details = models.TextField(default="{}")  # JSON with sorted names
    # Secret: without it nobody can try what an entry may say against a digest.
    salt = models.CharField(max_length=64, default=new_salt)
    digest = models.CharField(max_length=64)
    # The one that covers it: set once, and the only thing that is ever set.
    statement = models.ForeignKey(Statement, models.PROTECT, null=True, related_name="entries")

    class Meta:
        ordering = ["-number"]
        verbose_name_plural = "entries"
        indexes = [models.Index(fields=["action"]), models.Index(fields=["subject"])]

    def __str__(self) -> str:
        return f"{self.number} {self.at} {self.action} {self.subject}"

    @property
    def right_digest(self) -> str:
        """Returns the SHA-256 in hexadecimal of salt and fields, as a JSON list in UTF-8."""
        content = [self.salt, self.at, self.actor, self.organisation, self.action, self.subject, self.details]
        return hashlib.sha256(json.dumps(content, ensure_ascii=False).encode()).hexdigest()
