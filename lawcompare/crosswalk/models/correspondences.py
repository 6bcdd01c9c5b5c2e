"""Topics under which clauses of different laws are read together, and what was found when they were."""

from __future__ import annotations

from collections.abc import Iterable

from django.conf import settings
from django.db import models
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from lawcompare.accounts.models import Organisation
from lawcompare.core.jobs.models import Job
from lawcompare.core.models import Translated, translated
from lawcompare.core.standard_names import english_name
from lawcompare.engine.wording.changes import reason_sentence
from lawcompare.languages import in_reader_language
from lawcompare.laws.formatting import LOCALE
from lawcompare.laws.models import Clause, Version


class Relation(models.TextChoices):
    """How the old side's clause stands to the new side's (SKOS mapping relations, and what they lack)."""

    EQUIVALENT = "equivalent", pgettext_lazy("relation", "equivalent")
    NARROWER = "narrower", pgettext_lazy("relation", "narrower")
    BROADER = "broader", pgettext_lazy("relation", "broader")
    PARTIAL = "partial", pgettext_lazy("relation", "partial")
    CONTRARY = "contrary", pgettext_lazy("relation", "contrary")
    NONE = "none", _("none found")


# The same statement read from the other side.
REVERSED = {
    Relation.NARROWER: Relation.BROADER,
    Relation.BROADER: Relation.NARROWER,
}


class TopicQuerySet(models.QuerySet["Topic"]):
    def current(self) -> TopicQuerySet:
        """Those that are in use: neither retired nor merged into another."""
        return self.filter(retired_at__isnull=True, merged_into__isnull=True)


@translated("title", "description")
class Topic(Translated):
    slug = models.SlugField(unique=True, max_length=80)
    title = models.CharField(max_length=200)
    description = models.TextField(blank=True)
    position = models.PositiveSmallIntegerField(default=0)
    # Law outside this library that belongs to the subject, in words: ``United States: First Amendment``.
    elsewhere = models.JSONField(default=list, blank=True)
    clauses = models.ManyToManyField(Clause, related_name="topics", blank=True)
    # Who added it, or nobody where the project did. Saves are counted: of two who save at once one gets an error.
    organisation = models.ForeignKey(Organisation, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    revision = models.PositiveIntegerField(default=1)
    merged_into = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="merged_topics"
    )
    retired_at = models.DateTimeField(null=True, blank=True)

    objects = TopicQuerySet.as_manager()

    class Meta:
        ordering = ["position"]

    def __str__(self) -> str:
        return in_reader_language(self, "title")

    @property
    def is_current(self) -> bool:
        return self.retired_at is None and self.merged_into_id is None

    @property
    def text(self) -> str:
        return in_reader_language(self, "description")

    def elsewhere_in(self, jurisdictions: Iterable[str]) -> list[str]:
        """What belongs to the subject and is not here of the law of these countries."""
        countries = tuple(f"{english_name(code)}:" for code in jurisdictions)
        return [words for words in self.elsewhere if words.startswith(countries)]

    def get_absolute_url(self) -> str:
        return reverse("topic", args=[self.slug])


class TopicAction(models.TextChoices):
    """What a person did with a topic."""

    ADDED = "added", pgettext_lazy("done to a topic", "added")
    CHANGED = "changed", pgettext_lazy("done to a topic", "changed")
    MERGED = "merged", pgettext_lazy("done to a topic", "merged into another")
    RETIRED = "retired", pgettext_lazy("done to a topic", "retired")
    RESTORED = "restored", pgettext_lazy("done to a topic", "in use again")


class TopicChange(models.Model):
    """One thing done to a topic, with what it was after that. Rows are only added; the database changes none."""

    topic = models.ForeignKey(Topic, on_delete=models.PROTECT, related_name="changes")
    action = models.CharField(max_length=10, choices=TopicAction)
    # Titles and descriptions by the name of their field, and the number of clauses.
    content = models.JSONField(default=dict)
    reason = models.TextField(blank=True)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"{self.topic_id}: {self.action}"


class Element(models.TextChoices):
    """What two provisions are compared in, beside their subject."""

    CONDUCT = "conduct", pgettext_lazy("element", "Conduct")
    MENTAL = "mental", pgettext_lazy("element", "Mental element")
    HARM = "harm", pgettext_lazy("element", "Threshold of harm")
    DEFENCES = "defences", pgettext_lazy("element", "Exception or defence")
    PENALTIES = "penalties", pgettext_lazy("element", "Penalty")
    AUTHORISATION = "authorisation", pgettext_lazy("element", "Who authorises")
    TIME_LIMITS = "time_limits", pgettext_lazy("element", "Time limits")
    SCOPE = "scope", pgettext_lazy("element", "Scope")


class SilenceKind(models.TextChoices):
    NOT_KNOWN = "not-known", _("not known")
    ABSENT = "absent", _("none found")


class Silence(models.Model):
    """Why a text has no clause under a topic. Without such a row and without a clause, nothing is stated."""

    topic = models.ForeignKey(Topic, on_delete=models.CASCADE, related_name="silences")
    version = models.ForeignKey(Version, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=10, choices=SilenceKind)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["topic", "version"], name="one_silence_per_text")]

    def __str__(self) -> str:
        return f"{self.topic}: {self.version} {self.kind}"


class CorrespondenceStatus(models.TextChoices):
    SUGGESTED = "suggested", _("suggested")
    CONFIRMED = "confirmed", _("confirmed")
    REFUSED = "refused", _("refused")


STANDINGS = {
    "project": _("judged by the project, not checked by a lawyer"),
    "stated": pgettext_lazy("value", "stated by one person"),
    "confirmed": pgettext_lazy("value", "confirmed by a second person"),
}


class Correspondence(models.Model):
    """A clause of one law answered by a clause of another, or by none that was found in ``object_version``."""

    # A suggestion may have none yet; who confirms it chooses one.
    topic = models.ForeignKey(Topic, null=True, blank=True, on_delete=models.PROTECT, related_name="correspondences")
    subject = models.ForeignKey(Clause, on_delete=models.PROTECT, related_name="correspondences")
    subject_version = models.ForeignKey(Version, on_delete=models.PROTECT, related_name="+")
    object = models.ForeignKey(
        Clause, null=True, blank=True, on_delete=models.PROTECT, related_name="correspondences_to"
    )
    object_version = models.ForeignKey(Version, on_delete=models.PROTECT, related_name="+")
    # A program suggests that two clauses answer each other, never how.
    relation = models.CharField(max_length=12, choices=Relation, blank=True)
    reasoning = models.TextField(blank=True)
    # The elements in which the two differ, as its author sees it: values of ``Element``.
    elements = models.JSONField(default=list, blank=True)
    # Where a counterpart was looked for and not found.
    searched = models.TextField(blank=True)
    author = models.CharField(max_length=200)
    status = models.CharField(max_length=10, choices=CorrespondenceStatus, default=CorrespondenceStatus.SUGGESTED)
    made_at = models.DateTimeField(auto_now_add=True)
    # Who stands for a confirmed statement, or nobody where the project does; and the second person who confirmed it.
    organisation = models.ForeignKey(Organisation, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    stated_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    seconded_for = models.ForeignKey(Organisation, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    seconded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    # The statement on an earlier text of the same law from which this one was carried over, for a person to confirm.
    carried_from = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.SET_NULL, related_name="carried_to"
    )
    # Of a suggestion: what orders it among others, and why it was made, as ``SuggestionReason`` of the engine has it.
    score = models.FloatField(null=True, blank=True)
    reasons = models.JSONField(default=list, blank=True)

    class Meta:
        ordering = ["topic__position", "subject__position", "object__position"]
        constraints = [
            models.UniqueConstraint(
                fields=["topic", "subject", "object"],
                condition=models.Q(object__isnull=False),
                name="one_statement_per_pair",
            ),
            models.UniqueConstraint(
                fields=["topic", "subject", "object_version"],
                condition=models.Q(object__isnull=True),
                name="one_none_found_per_version",
            ),
            models.UniqueConstraint(
                fields=["subject", "object"],
                condition=models.Q(topic__isnull=True),
                name="one_suggestion_without_topic_per_pair",
            ),
            models.CheckConstraint(
                condition=models.Q(object__isnull=False) | models.Q(relation="none"), name="no_counterpart_means_none"
            ),
            models.CheckConstraint(
                condition=~models.Q(status="confirmed") | (models.Q(topic__isnull=False) & ~models.Q(relation="")),
                name="confirmed_says_topic_and_relation",
            ),
        ]

    @property
    def standing(self) -> str:
        """How far a confirmed statement is checked: ``stated`` by one, ``confirmed`` by a second, or ``project``."""
        if self.organisation_id is None:
            return "project"
        return "confirmed" if self.seconded_for_id else "stated"

    @property
    def standing_label(self) -> str:
        """The same in the reader's language."""
        return str(STANDINGS[self.standing])

    @property
    def element_labels(self) -> list[str]:
        """The elements in which the two differ, in the reader's language."""
        return [str(Element(name).label) for name in self.elements]

    def __str__(self) -> str:
        return f"{self.subject} {self.relation} {self.object or self.object_version}"

    @property
    def reason_sentences(self) -> list[str]:
        """Why a program suggested it, in the reader's language."""
        return [reason_sentence(LOCALE, reason["kind"], reason["concepts"], reason["words"]) for reason in self.reasons]

    @property
    def stated_topic(self) -> Topic:
        """The topic of a confirmed correspondence, which always has one."""
        assert self.topic is not None
        return self.topic


class CorrespondenceDecision(models.Model):
    """What a person made of a correspondence. Rows are only ever added (migration 0003); the last one counts."""

    correspondence = models.ForeignKey(Correspondence, on_delete=models.PROTECT, related_name="decisions")
    status = models.CharField(max_length=10, choices=CorrespondenceStatus)
    relation = models.CharField(max_length=12, choices=Relation, blank=True)
    reason = models.TextField()
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"{self.correspondence_id}: {self.status}"


class SuggestionRun(models.Model):
    """A search for counterparts of all of one text in another."""

    subject_version = models.ForeignKey(Version, on_delete=models.CASCADE, related_name="+")
    object_version = models.ForeignKey(Version, on_delete=models.CASCADE, related_name="+")
    job = models.OneToOneField(Job, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["subject_version", "object_version"], name="one_run_per_pair_of_texts")
        ]

    def __str__(self) -> str:
        return f"{self.subject_version} → {self.object_version}"

    def get_absolute_url(self) -> str:
        pair = {"source": self.subject_version.address, "target": self.object_version.address}
        return f"{reverse('suggestions')}?{urlencode(pair)}"
