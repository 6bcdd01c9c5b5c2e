"""Words of editors in other languages: texts, and names of rows beside those of their columns."""

from collections.abc import Callable
from typing import Any

from django.db import models

from lawcompare.languages import OTHERS, TRANSLATED_FIELDS


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
