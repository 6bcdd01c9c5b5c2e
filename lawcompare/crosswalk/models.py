"""Topics under which clauses of different laws are read together, their correspondences and values, and drafts."""

from __future__ import annotations

from collections.abc import Iterable

from django.db import models
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from lawcompare.accounts.models import Confirmation, Organisation, Proposable, ProposableQuerySet, account_key
from lawcompare.core.jobs.models import UNFINISHED, Job
from lawcompare.core.models import Translated, translated
from lawcompare.core.seen import digest_of_words
from lawcompare.core.standard_names import english_name
from lawcompare.core.translations.texts import localised
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


class Basis(models.TextChoices):
    """What a correspondence rests on. Of what is known by its heading alone no relation is stated."""

    WORDS = "words", _("words that were read")
    HEADING = "heading", pgettext_lazy("relation", "heading only")


# Where several are stated of one subject, the first of these leads.
GRAVITY = [
    *(Relation.CONTRARY, "adds", Relation.NONE, Relation.BROADER, Relation.PARTIAL, Relation.NARROWER),
    *(Relation.EQUIVALENT, Basis.HEADING),
]

# What a person chooses who states a correspondence: a relation, or that a heading is all that is known.
VERDICTS = [*Relation.choices, (Basis.HEADING.value, Basis.HEADING.label)]

# The same statement read from the other side.
REVERSED = {
    Relation.NARROWER: Relation.BROADER,
    Relation.BROADER: Relation.NARROWER,
}


class TopicQuerySet(ProposableQuerySet["Topic"]):
    def current(self) -> TopicQuerySet:
        """Those that are in use: neither retired nor merged into another, nor merely proposed."""
        return self.stand().filter(retired_at__isnull=True, merged_into__isnull=True)

    def offered_to(self, organisation: Organisation | None) -> TopicQuerySet:
        """Those in use, and what the organisation proposes, which it alone sees."""
        own = self.not_refused().filter(organisation=organisation, retired_at__isnull=True, merged_into__isnull=True)
        return self.current() | own if organisation else self.current()


@translated("title", "description")
class Topic(Proposable, Translated):
    slug = models.SlugField(unique=True, max_length=80)
    title = models.CharField(max_length=200)
    description = models.TextField(blank=True)
    position = models.PositiveSmallIntegerField(default=0)
    # Law outside this library that belongs to the subject, in words: ``United States: First Amendment``.
    elsewhere = models.JSONField(default=list, blank=True)
    clauses = models.ManyToManyField(Clause, related_name="topics", blank=True, through="TopicClause")
    # Who added it, or nobody where the project did. Saves are counted: of two who save at once one gets an error.
    organisation = models.ForeignKey(Organisation, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    revision = models.PositiveIntegerField(default=1)
    merged_into = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="merged_topics"
    )
    retired_at = models.DateTimeField(null=True, blank=True)

    DECIDED_ON = models.Q(pk__in=())  # but on its adding, a TopicChange

    objects = TopicQuerySet.as_manager()  # type: ignore[misc]

    class Meta:
        ordering = ["position", "slug"]

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


class TopicClause(models.Model):
    """A clause under a topic: it stands there of itself, or as long as a statement for which the site stands names it
    (``services.settle_topic``).
    """

    topic = models.ForeignKey(Topic, on_delete=models.CASCADE, related_name="+")
    clause = models.ForeignKey(Clause, on_delete=models.CASCADE, related_name="+")
    of_itself = models.BooleanField(default=True)

    class Meta:
        db_table = "crosswalk_topic_clauses"
        unique_together = [("topic", "clause")]

    def __str__(self) -> str:
        return f"{self.topic_id}: {self.clause_id}"


class TopicAction(models.TextChoices):
    ADDED = "added", pgettext_lazy("done to a topic", "added")
    CHANGED = "changed", pgettext_lazy("done to a topic", "changed")
    MERGED = "merged", pgettext_lazy("done to a topic", "merged into another")
    RETIRED = "retired", pgettext_lazy("done to a topic", "retired")
    RESTORED = "restored", pgettext_lazy("done to a topic", "in use again")


class TopicChange(Proposable):
    """One thing done to a topic, or to be done once it is confirmed, with what it was after that. Rows are only added;
    the database changes none but whether it was confirmed, and ``before``.
    """

    topic = models.ForeignKey(Topic, on_delete=models.PROTECT, related_name="changes")
    action = models.CharField(max_length=10, choices=TopicAction)
    # Titles and descriptions by the name of their field, the ``clauses``, and the topic ``into`` which it is merged.
    content = models.JSONField(default=dict)
    # What taking it back brings back; empty where it was not done.
    before = models.JSONField(default=dict)
    reason = models.TextField(blank=True)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    by = account_key()
    at = models.DateTimeField(auto_now_add=True)

    # What was done before there were proposals holds nothing by which to take it back; what an organisation itself
    # took out of use is proposed no longer.
    DECIDED_ON = (
        models.Q(action=TopicAction.ADDED) | ~models.Q(before={}) | ~models.Q(confirmation=Confirmation.CONFIRMED)
    ) & (
        models.Q(topic__retired_at=None, topic__merged_into=None)
        | ~models.Q(action=TopicAction.ADDED, topic__confirmation=Confirmation.PROPOSED)
    )

    class Meta:
        ordering = ["pk"]

    @property
    def clauses_added(self) -> list[Clause]:
        """The clauses under a topic that is added, or merely proposed, as they are now."""
        clauses = self.topic.clauses.filter(version__in=Version.objects.published().order_by().values("pk"))
        is_new = self.action == TopicAction.ADDED or not self.topic.stands  # or comes under another with it
        return list(clauses.select_related("version__law").order_by("version", "position")) if is_new else []

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


class Correspondence(Proposable):
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
    basis = models.CharField(max_length=8, choices=Basis, default=Basis.WORDS)
    reasoning = models.TextField(blank=True)
    # The elements in which the two differ, as its author sees it: values of ``Element``.
    elements = models.JSONField(default=list, blank=True)
    # Where a counterpart was looked for and not found.
    searched = models.TextField(blank=True)
    author = models.CharField(max_length=200)
    status = models.CharField(max_length=10, choices=CorrespondenceStatus, default=CorrespondenceStatus.SUGGESTED)
    # Or since when others see it, where a second person, or its topic, had to be confirmed first.
    made_at = models.DateTimeField(auto_now_add=True)
    # Who stands for a confirmed statement, or nobody where the project does; and the second person who confirmed it.
    organisation = models.ForeignKey(Organisation, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    stated_by = account_key(blank=True)
    seconded_for = models.ForeignKey(Organisation, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    seconded_by = account_key(blank=True)
    # The statement on an earlier text of the same law from which this one was carried over, for a person to confirm.
    carried_from = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.SET_NULL, related_name="carried_to"
    )
    # Of a suggestion: what orders it among others, and why it was made, as ``SuggestionReason`` of the engine has it.
    score = models.FloatField(null=True, blank=True)
    reasons = models.JSONField(default=list, blank=True)

    CONCERNED = ("subject_version", "object_version")
    # What one person alone stands for, where their organisation does not waive the second, is seen by it alone.
    BY_ONE = models.Q(organisation__two_person_rule=True, seconded_for__isnull=True)
    DECIDED_ON = models.Q(status=CorrespondenceStatus.CONFIRMED) & ~BY_ONE
    SOON = models.Q(status=CorrespondenceStatus.CONFIRMED) & BY_ONE

    class Meta:
        # By what is public alone, and completely: no key tells which was stated first, while nobody else saw it.
        ordering = [
            *("topic", "subject_version", "subject__position", "object_version", "object__position"),
            "organisation__slug",
        ]
        constraints = [
            # Of the site, and of each organisation: what one states or refuses takes nobody else's place.
            models.UniqueConstraint(
                fields=["topic", "subject", "object"],
                condition=models.Q(object__isnull=False, organisation=None),
                name="one_statement_per_pair",
            ),
            models.UniqueConstraint(
                fields=["topic", "subject", "object", "organisation"],
                condition=models.Q(object__isnull=False),
                name="one_statement_per_pair_and_organisation",
            ),
            models.UniqueConstraint(
                fields=["topic", "subject", "object_version"],
                condition=models.Q(object__isnull=True, organisation=None),
                name="one_none_found_per_version",
            ),
            models.UniqueConstraint(
                fields=["topic", "subject", "object_version", "organisation"],
                condition=models.Q(object__isnull=True),
                name="one_none_found_per_version_and_organisation",
            ),
            models.UniqueConstraint(
                fields=["subject", "object"],
                condition=models.Q(topic__isnull=True, organisation=None),
                name="one_suggestion_without_topic_per_pair",
            ),
            models.UniqueConstraint(
                fields=["subject", "object", "organisation"],
                condition=models.Q(topic__isnull=True),
                name="one_suggestion_without_topic_per_pair_and_organisation",
            ),
            models.CheckConstraint(
                condition=models.Q(object__isnull=False) | models.Q(relation="none") | models.Q(basis="heading"),
                name="no_counterpart_means_none",
            ),
            models.CheckConstraint(
                condition=models.Q(basis="words") | models.Q(relation=""), name="no_relation_rests_on_a_heading"
            ),
            models.CheckConstraint(
                condition=~models.Q(status="confirmed")
                | (models.Q(topic__isnull=False) & (~models.Q(relation="") | models.Q(basis="heading"))),
                name="confirmed_says_topic_and_relation",
            ),
        ]

    @property
    def verdict(self) -> str:
        """Its relation, or ``heading`` where a heading is all that is known; empty of a suggestion."""
        return self.relation if self.basis == Basis.WORDS else self.basis

    @property
    def verdict_label(self) -> str:
        """The same in the reader's language."""
        return str(dict(VERDICTS).get(self.verdict, ""))

    @property
    def standing(self) -> str:
        """How far a confirmed statement is checked: ``stated`` by one, ``confirmed`` by a second, or ``project``."""
        if self.organisation_id is None:
            return "project"
        return "confirmed" if self.seconded_for_id else "stated"

    @property
    def is_by_one(self) -> bool:
        """Whether it is confirmed, and one of ``BY_ONE``."""
        asks_for_two = bool(self.organisation and self.organisation.two_person_rule)
        return self.status == CorrespondenceStatus.CONFIRMED and asks_for_two and not self.seconded_for_id

    @property
    def seen(self) -> str:
        """What tells its words from others to who decides on it (``core.seen``)."""
        said = (self.relation, self.basis, self.reasoning, self.searched, self.elements)
        return digest_of_words(self.subject_id, self.object_id, self.object_version_id, self.topic_id, *said)

    @property
    def by(self) -> str:
        """Whose statement it is, in the reader's language: ``proposed by …`` where the site does not stand for it."""
        return self.proposal_label or localised(self.credit)

    @property
    def credit(self) -> str:
        """Who states it: an organisation by the name that it has now."""
        return self.organisation.name if self.organisation else self.author

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
    """What a person made of a correspondence. Rows are only added; the last one counts."""

    correspondence = models.ForeignKey(Correspondence, on_delete=models.PROTECT, related_name="decisions")
    status = models.CharField(max_length=10, choices=CorrespondenceStatus)
    relation = models.CharField(max_length=12, choices=Relation, blank=True)
    reason = models.TextField()
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    by = account_key()
    at = models.DateTimeField(auto_now_add=True)
    # The same for all that was decided at once, and is undone at once.
    batch = models.UUIDField(null=True)

    class Meta:
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"{self.correspondence_id}: {self.status}"


class SuggestionRun(models.Model):
    """A search for counterparts of all of one text in another, which an organisation asked for and alone knows of."""

    organisation = models.ForeignKey(Organisation, null=True, on_delete=models.PROTECT, related_name="+")
    subject_version = models.ForeignKey(Version, on_delete=models.CASCADE, related_name="+")
    object_version = models.ForeignKey(Version, on_delete=models.CASCADE, related_name="+")
    job = models.OneToOneField(Job, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "subject_version", "object_version"], name="one_run_per_pair_and_organisation"
            )
        ]

    def __str__(self) -> str:
        return f"{self.subject_version} → {self.object_version}"

    def get_absolute_url(self) -> str:
        pair = {"source": self.subject_version.address, "target": self.object_version.address}
        return f"{reverse('suggestions')}?{urlencode(pair)}"


class ValueStatus(models.TextChoices):
    """How far a value is checked. What the program alone read is no row."""

    STATED = "stated", pgettext_lazy("value", "stated by one person")
    CONFIRMED = "confirmed", pgettext_lazy("value", "confirmed by a second person")
    DISPUTED = "disputed", pgettext_lazy("value", "disputed")
    STRUCK = "struck", pgettext_lazy("value", "struck out")


class Value(Proposable):
    """One value of an element of a clause, with the words it rests on, which may stand in another clause of its text.

    ``values`` are those of the engine's element: ``level``; ``kind``; ``body``; ``days``, ``bound`` and ``amount``;
    those of a ``Penalty``; none where the words alone are the value. ``{"none": true}``, without words, says that the
    whole text has no such element.
    """

    clause = models.ForeignKey(Clause, on_delete=models.PROTECT, related_name="stated_values")
    version = models.ForeignKey(Version, on_delete=models.PROTECT, related_name="+")
    element = models.CharField(max_length=15, choices=Element)
    values = models.JSONField(default=dict, blank=True)
    # Code points into the own text of ``words_clause``.
    words_clause = models.ForeignKey(Clause, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    start = models.PositiveIntegerField(null=True, blank=True)
    end = models.PositiveIntegerField(null=True, blank=True)
    quote = models.TextField(blank=True)
    # A condition of it, or what its words leave out, in a sentence that stands beside it.
    note = models.TextField(blank=True)
    status = models.CharField(max_length=10, choices=ValueStatus, default=ValueStatus.STATED)
    # Who stands for it: an organisation, or the project itself where there is none.
    organisation = models.ForeignKey(Organisation, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    stated_by = account_key(blank=True)
    confirmed_for = models.ForeignKey(Organisation, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    confirmed_by = account_key(blank=True)
    # The value that it states otherwise, where its author named one.
    disputes = models.ForeignKey("self", null=True, blank=True, on_delete=models.SET_NULL, related_name="disputed_by")
    # The value on an earlier text of the same law whose words were kept.
    carried_from = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.SET_NULL, related_name="carried_to"
    )
    stated_at = models.DateTimeField(auto_now_add=True)

    CONCERNED = ("version",)
    DECIDED_ON = models.Q(status__in=[ValueStatus.CONFIRMED, ValueStatus.DISPUTED])

    class Meta:
        # As of correspondences; those that come down to the key say the same.
        ordering = [
            *("version", "clause__position", "element", "words_clause__position", "start", "end", "values", "note"),
            *("status", "confirmation", "organisation__slug", "confirmed_for__slug", "pk"),
        ]
        indexes = [models.Index(fields=["version", "status"], name="value_of_text")]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(words_clause__isnull=True, start__isnull=True, end__isnull=True, quote="")
                | models.Q(words_clause__isnull=False, start__isnull=False, end__gt=models.F("start")),
                name="value_has_its_words_or_none",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.clause}: {self.element}"

    @property
    def is_absence(self) -> bool:
        """Whether it says that the whole text has no such element."""
        return bool(self.values.get("none"))

    @property
    def seen(self) -> str:
        """What tells its words from others to who decides on it (``core.seen``)."""
        return digest_of_words(self.values, self.words_clause_id, self.start, self.end, self.note)

    @property
    def status_label(self) -> str:
        """How far it is checked, in the reader's language: of what the project alone read no person is named.

        Of what is merely proposed that it is, and by whom, in place of the credit.
        """
        if not self.stands:
            return self.proposal_label
        is_by_people = self.organisation_id or self.confirmed_for_id
        return str(self.get_status_display() if is_by_people else ValueAction(self.status).label)

    @property
    def credit(self) -> str:
        """Who stands for it, in the reader's language; empty where it is merely proposed."""
        if not self.stands:
            return ""
        by_project = (
            _("read once by the project, not checked by a lawyer")
            if self.status == ValueStatus.STATED
            else _("read twice by the project, not checked by a lawyer")
        )
        first = str(self.organisation or by_project)
        second = str(self.confirmed_for or "")
        return first if second in {"", first} else f"{first}, {second}"


class ValueAction(models.TextChoices):
    STATED = "stated", pgettext_lazy("done to a value", "stated")
    TAKEN_OVER = "taken-over", pgettext_lazy("done to a value", "taken over from what the program read")
    CORRECTED = "corrected", pgettext_lazy("done to a value", "corrected")
    CONFIRMED = "confirmed", pgettext_lazy("done to a value", "confirmed")
    DISPUTED = "disputed", pgettext_lazy("done to a value", "disputed")
    SETTLED = "settled", pgettext_lazy("done to a value", "no longer disputed")
    STRUCK = "struck", pgettext_lazy("done to a value", "struck out")
    CARRIED = "carried", pgettext_lazy("done to a value", "carried over from an earlier text")


class ValueChange(models.Model):
    """One thing done to a value, with what it was after that. Rows are only added; the database changes none."""

    value = models.ForeignKey(Value, on_delete=models.PROTECT, related_name="changes")
    action = models.CharField(max_length=12, choices=ValueAction)
    status = models.CharField(max_length=10, choices=ValueStatus)
    values = models.JSONField(default=dict)
    words_eid = models.CharField(max_length=250, blank=True)
    quote = models.TextField(blank=True)
    reason = models.TextField(blank=True)
    organisation = models.ForeignKey(Organisation, null=True, on_delete=models.PROTECT, related_name="+")
    by = account_key()
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"{self.value_id}: {self.action}"


class DraftComparison(models.Model):
    """Two texts of which an organisation decides, pair by pair, which clause answers which. It alone sees it.

    What it decides becomes ``Correspondence`` rows when it is published, and not before: nothing that readers see
    reads these tables.
    """

    # What its address says: nobody guesses it.
    key = models.SlugField(unique=True, max_length=20)
    source = models.ForeignKey(Version, on_delete=models.CASCADE, related_name="+")
    target = models.ForeignKey(Version, on_delete=models.CASCADE, related_name="+")
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    made_by = account_key()
    made_at = models.DateTimeField(auto_now_add=True)
    published_at = models.DateTimeField(null=True, blank=True)
    published_by = account_key(blank=True)
    # Its publishing; in whose name that is, and in whose language it says why it failed.
    job = models.OneToOneField(Job, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    asked_by = account_key(blank=True)
    language = models.CharField(max_length=5, blank=True)

    class Meta:
        ordering = ["-made_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["source", "target", "organisation"],
                condition=models.Q(published_at__isnull=True),
                name="one_open_draft_of_two_texts_and_organisation",
            )
        ]

    def __str__(self) -> str:
        return f"{self.source} – {self.target}"

    @property
    def is_published(self) -> bool:
        return self.published_at is not None

    @property
    def is_being_published(self) -> bool:
        return self.job is not None and self.job.state in UNFINISHED

    @property
    def seen(self) -> str:
        """What tells all that is decided in it from what is decided otherwise (``core.seen``)."""
        columns = ("subject", "object", "status", "topic", "relation", "reasoning", "elements", "searched", "by")
        return digest_of_words(list(self.pairs.order_by("pk").values_list(*columns)))

    @property
    def problems(self) -> list[str]:
        """Why it was not published when that was asked for last, in sentences."""
        return self.job.reason.splitlines() if self.job is not None and self.job.is_failed else []

    def get_absolute_url(self) -> str:
        return reverse("draft_comparison", args=[self.key])

    def text_of(self, clause: Clause) -> Version:
        """Which of the two texts a clause of one of them is of."""
        return self.source if clause.version_id == self.source_id else self.target

    def other_text(self, clause: Clause) -> Version:
        return self.target if clause.version_id == self.source_id else self.source


class DraftPair(models.Model):
    """What was decided in a draft of two clauses, or of a clause that nothing in the other text answers."""

    STATUSES = [
        (CorrespondenceStatus.CONFIRMED.value, _("confirmed")),
        (CorrespondenceStatus.REFUSED.value, _("refused")),
    ]

    draft = models.ForeignKey(DraftComparison, on_delete=models.CASCADE, related_name="pairs")
    # Of the first text; where none was found (no object), of either.
    subject = models.ForeignKey(Clause, on_delete=models.CASCADE, related_name="+")
    object = models.ForeignKey(Clause, null=True, blank=True, on_delete=models.CASCADE, related_name="+")
    status = models.CharField(max_length=10, choices=STATUSES)
    topic = models.ForeignKey(Topic, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    relation = models.CharField(max_length=12, choices=VERDICTS, blank=True)
    reasoning = models.TextField()
    elements = models.JSONField(default=list, blank=True)
    searched = models.TextField(blank=True)
    by = account_key()
    at = models.DateTimeField(auto_now=True)
    # The same for all that was decided at once, and is undone at once.
    batch = models.UUIDField(null=True)

    element_labels = Correspondence.element_labels

    class Meta:
        ordering = ["topic__position", "subject__position", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["draft", "subject", "object"],
                condition=models.Q(object__isnull=False),
                name="one_decision_per_pair_in_a_draft",
            ),
            models.UniqueConstraint(
                fields=["draft", "subject"],
                condition=models.Q(object__isnull=True),
                name="one_none_found_per_clause_in_a_draft",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.draft_id}: {self.subject_id} {self.status} {self.object_id}"

    @property
    def sides(self) -> tuple[Clause | None, Clause | None]:
        """Its clause of the first text and that of the second; None where none was found."""
        if self.object is None and self.subject.version_id == self.draft.target_id:
            return None, self.subject
        return self.subject, self.object
