"""The activity log and its statements, words of editors in other languages, and the token of kept pages."""

import hashlib
import json
import re
import secrets
from collections.abc import Callable
from typing import Any

from django.db import models

from lawcompare.core.jobs.models import Job  # noqa: F401  # a table of this app
from lawcompare.core.numbers import seal
from lawcompare.languages import OTHERS, TRANSLATED_FIELDS


def new_salt() -> str:
    """Returns 32 random bytes in hexadecimal."""
    return secrets.token_hex(32)


class Statement(models.Model):
    """What was signed and published on a day (``log/services.py``): a file that others keep."""

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
    def shown_subject(self) -> str:
        """Returns the subject as members read it: a number alone would tell how many others there are."""
        return re.sub(r"^([^/]+/)(\d+)$", lambda found: found[1] + seal(int(found[2]), found[1])[:8], self.subject)

    @property
    def right_digest(self) -> str:
        """Returns the SHA-256 in hexadecimal of salt and fields, as a JSON list in UTF-8."""
        content = [self.salt, self.at, self.actor, self.organisation, self.action, self.subject, self.details]
        return hashlib.sha256(json.dumps(content, ensure_ascii=False).encode()).hexdigest()


class LocalisedText(models.Model):
    """A note, a reason, a heading or a title in another language of the interface.

    It belongs to the exact words it translates, wherever they stand: where an editor changes them, readers get the
    changed words as they are until they are translated again, never a translation of what stood there before.
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


class Translated(models.Model):
    """A row with translated fields (see ``translated``): their columns hold the words in the default language."""

    # Name of a field -> code of another language -> the words in it; nothing is stored of empty ones.
    in_other_languages = models.JSONField(default=dict, blank=True)

    class Meta:
        abstract = True


def translated[Row: type[Translated]](*fields: str) -> Callable[[Row], Row]:
    """Have a model know ``fields`` as translated, each with an attribute for every other language of the interface:
    ``title_km`` reads and sets the Khmer words of ``title``. They are no columns: queries cannot name them.
    """

    def add(model: Row) -> Row:
        TRANSLATED_FIELDS[model._meta.label] = fields
        for field in fields:
            for language in OTHERS:
                setattr(model, f"{field}_{language.code}", _words(field, language.code))
        return model

    return add


def _words(field: str, code: str) -> property:
    def read(row: Any) -> str:
        return str(row.in_other_languages.get(field, {}).get(code, ""))

    def write(row: Any, words: str) -> None:
        texts = {**row.in_other_languages.get(field, {}), code: words}
        texts = {other: text for other, text in texts.items() if text}
        stored = {**row.in_other_languages, field: texts}
        row.in_other_languages = {name: texts for name, texts in stored.items() if texts}

    return property(read, write)


class ContentToken(models.Model):
    """One row, whose token triggers replace after each change of what visitors may see (``content_token.py``)."""

    token = models.CharField(max_length=32)

    def __str__(self) -> str:
        return self.token
