"""What can be found: a row for each public clause, annotation and topic, with its words as they are searched.

Both databases search the same ``tokens``. PostgreSQL makes a vector of them in a column of its own, SQLite an FTS5
table that triggers keep in step (migration 0002). A migration that rebuilds this table on SQLite must make the
triggers anew.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from time import monotonic
from typing import Any
from uuid import uuid4

from django.db import OperationalError, connection, models, transaction
from django.utils.translation import gettext_lazy as _

from lawcompare.accounts.models import Organisation
from lawcompare.core.standard_names import language_choices
from lawcompare.laws.models import Clause, Law, Version
from lawcompare.search.question import Condition, Token, all_of
from lawcompare.search.words import neighbours


@contextmanager
def by_index() -> Iterator[None]:
    """Have PostgreSQL ask the index and not read all vectors: its planner does not know how long they are.

    What it must read whole then seems so dear that it would compile the query, for 0.2 s.
    """
    if connection.vendor != "postgresql":
        yield
        return
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL enable_seqscan = off; SET LOCAL jit = off")
        yield


class TookTooLong(Exception):
    """What was asked of the database took longer than it may."""


@contextmanager
def until(moment: float) -> Iterator[None]:
    """Has PostgreSQL look things up until a moment of the monotonic clock, then raises ``TookTooLong``. For reading
    alone, in a transaction.
    """
    if connection.vendor != "postgresql":
        yield
        return

    def look(execute: Any, *asked: Any) -> Any:
        if monotonic() > moment:
            raise TookTooLong
        return execute(*asked)

    before = transaction.savepoint_create()
    try:
        with connection.cursor() as cursor:
            cursor.execute(f"SET LOCAL statement_timeout = {max(1, round(1000 * (moment - monotonic())))}")
        with connection.execute_wrapper(look):
            yield
    except OperationalError as error:
        raise TookTooLong from error
    finally:
        transaction.savepoint_rollback(before)  # and so the limit is what it was


class EntryKind(models.TextChoices):
    CLAUSE = "clause", _("Clauses")
    ANNOTATION = "annotation", _("Annotations")
    TOPIC = "topic", _("Topics")


@models.TextField.register_lookup
class TokensMatch(models.Lookup):
    """The lookup ``tokens__answers``, whose SQL differs between the two databases."""

    lookup_name = "answers"
    prepare_rhs = False

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, Any]:
        raise NotImplementedError(f"there is no search on {connection.vendor}")

    def as_sqlite(self, compiler: Any, connection: Any) -> tuple[str, list[str]]:
        inside = "SELECT rowid FROM search_index WHERE search_index MATCH %s"
        return f'"{self.lhs.alias}".id IN ({inside})', [self.rhs.for_sqlite()]

    def as_postgresql(self, compiler: Any, connection: Any) -> tuple[str, list[str]]:
        return f'"{self.lhs.alias}".vector @@ %s::tsquery', [self.rhs.for_postgresql()]


def by_key() -> Any:
    """The order of entries by key, in a form that keeps PostgreSQL from walking through all of them."""
    return "pk" if connection.vendor == "sqlite" else models.F("pk") + 0


class SearchEntryQuerySet(models.QuerySet["SearchEntry"]):
    def of_texts(self, versions: Iterable[Version]) -> SearchEntryQuerySet:
        """Returns the entries of these texts and of what belongs to none, so that a text withdrawn meanwhile is not
        shown.
        """
        public = [version.pk for version in versions]
        # Nearly always none, and then nothing need be asked of each entry. What never was public has no entry.
        ever = Version.objects.filter(published_at__isnull=False)
        hidden = list(ever.exclude(pk__in=public).order_by().values_list("pk", flat=True))
        return self.filter(models.Q(version=None) | ~models.Q(version__in=hidden)) if hidden else self.all()

    def answering(self, condition: Condition, phrases: Iterable[tuple[str, ...]] = ()) -> SearchEntryQuerySet:
        """Returns the entries whose tokens meet the condition and whose words contain each phrase.

        The index knows which two words follow each other; words are read for longer phrases alone.
        """
        pairs = [Token(f"p{pair}") for phrase in phrases for pair in neighbours(phrase)]
        entries = self.filter(tokens__answers=all_of([condition, *pairs]))
        for phrase in phrases:
            if len(phrase) > 2:
                entries = entries.filter(words__contains=f" {' '.join(phrase)} ")
        return entries


class SearchEntry(models.Model):
    """A thing that can be searched. Short columns stand first, so that counting need not read the words."""

    kind = models.CharField(max_length=10, choices=EntryKind)
    # With its kind, what it is of: the clause's address, the slug of an annotation or topic.
    key = models.CharField(max_length=250)
    language = models.CharField(max_length=2, choices=language_choices)
    law = models.ForeignKey(Law, null=True, on_delete=models.CASCADE, related_name="+")
    version = models.ForeignKey(Version, null=True, on_delete=models.CASCADE, related_name="+")
    clause = models.ForeignKey(Clause, null=True, on_delete=models.CASCADE, related_name="+")
    date = models.CharField(max_length=10, blank=True)
    risk = models.PositiveSmallIntegerField(null=True)
    organisation = models.ForeignKey(Organisation, null=True, on_delete=models.CASCADE, related_name="+")
    # Codes with a space before and after each.
    categories = models.CharField(max_length=500, blank=True)
    is_whole = models.BooleanField(default=True)  # an article and no part of one
    # ``art:28.3``, ``sec:1030.a.2``: how a clause is cited.
    citation = models.CharField(max_length=200, blank=True)
    # What is shown: the heading it stands under; the words, of a clause those that tell it plainly, its own being kept
    # with it.
    title = models.TextField(blank=True)
    text = models.TextField(blank=True)
    # Words in order, with a space before and after each: of the heading, and of heading and text.
    heading = models.TextField(blank=True)
    words = models.TextField(blank=True)
    # Each once, a letter for its class before it (``indexing``).
    tokens = models.TextField(blank=True)

    objects = SearchEntryQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        indexes = [
            models.Index(fields=["citation"], name="search_by_place"),
            models.Index(fields=["kind", "key"], name="search_by_key"),
        ]

    def __str__(self) -> str:
        return f"{self.kind}: {self.title or self.key}"


def new_token() -> str:
    return uuid4().hex


class SearchModel(models.Model):
    """What the search learned from the public texts (``fitted.py``). The newest row counts."""

    # By which a process knows that what it keeps is this very row.
    token = models.CharField(max_length=32, default=new_token)
    # Entries it was learned from, and the state of the index then.
    entries = models.PositiveIntegerField()
    of = models.CharField(max_length=60)
    # A line each: a word, or two Khmer words joined by a sign that no text has, and the number of entries with it.
    words = models.TextField()
    # Vectors of terms and entries, as numpy writes arrays; empty where there are too few texts in two languages.
    meaning = models.BinaryField()

    class Meta:
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"search model of {self.entries} entries"
