"""The audit log: entries are only added, and each holds the digest of the one before, so that a change shows."""

import hashlib
import json

from django.db import models

# What the first entry holds in place of an earlier digest.
BEGINNING = "0" * 64


class Entry(models.Model):
    """One action of a person or of the program. Triggers in the database refuse to change or delete it."""

    number = models.PositiveBigIntegerField(primary_key=True)  # 1, 2, 3 … without a gap
    at = models.CharField(max_length=32)  # ISO 8601 in UTC; text, so that every database gives back what was hashed
    # The person's number and nothing else: when a person is deleted, it stands for nobody. None: the program itself.
    actor = models.BigIntegerField(null=True)
    organisation = models.CharField(max_length=50, blank=True)  # slug
    action = models.CharField(max_length=60)
    subject = models.CharField(max_length=300)
    details = models.TextField(default="{}")  # JSON with sorted names
    previous = models.CharField(max_length=64)
    digest = models.CharField(max_length=64)

    class Meta:
        ordering = ["-number"]
        verbose_name_plural = "entries"
        indexes = [models.Index(fields=["action"]), models.Index(fields=["subject"])]

    def __str__(self) -> str:
        return f"{self.number} {self.at} {self.action} {self.subject}"

    @property
    def right_digest(self) -> str:
        """Returns the SHA-256 in hexadecimal of the entry's fields and the digest before it."""
        content = [
            self.number, self.at, self.actor, self.organisation, self.action, self.subject, self.details, self.previous
        ]  # fmt: skip
        return hashlib.sha256(json.dumps(content, ensure_ascii=False).encode()).hexdigest()


class Leaf(models.Model):
    """An entry's place in the hash tree of the log. Its salt, which is secret, keeps the entry from being guessed."""

    number = models.PositiveBigIntegerField(primary_key=True)
    salt = models.CharField(max_length=64)
    hash = models.CharField(max_length=64)

    class Meta:
        verbose_name_plural = "leaves"

    def __str__(self) -> str:
        return f"leaf {self.number}"


class Statement(models.Model):
    """What was signed and published on a day: the head of the log and the hashes of the texts (``statements.py``)."""

    day = models.DateField(unique=True)
    size = models.PositiveBigIntegerField()
    words = models.TextField()

    class Meta:
        ordering = ["-day"]

    def __str__(self) -> str:
        return f"statement of {self.day}"

    @property
    def root(self) -> str:
        """Returns the hash of the log's tree in hexadecimal."""
        return self.words.partition("\nlog-root: ")[2][:64]
