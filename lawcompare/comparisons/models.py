"""Two texts set against each other, once and for good: the clause map and the changes of each pair."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from functools import cached_property
from typing import Any

from django.conf import settings
from django.db import models
from django.urls import reverse
from django.utils.text import Truncator, capfirst
from django.utils.translation import gettext as _
from django.utils.translation import pgettext, pgettext_lazy

from lawcompare.accounts.models import EDITORS, Confirmation, Organisation, Proposable
from lawcompare.core.jobs.models import Job, JobState
from lawcompare.core.translations.texts import localised
from lawcompare.engine.wording.changes import change_sentences, evidence_in_words
from lawcompare.laws.citing import cite
from lawcompare.laws.formatting import LOCALE, number_in_reader_language
from lawcompare.laws.models import Clause, Version, public_day

# The rules by which clauses are mapped and words marked. Another number: a new computation beside the old one.
ENGINE = "3"


class PairKind(models.TextChoices):
    UNCHANGED = "unchanged", pgettext_lazy("clause", "unchanged")
    CHANGED = "changed", pgettext_lazy("clause", "changed")
    RENUMBERED = "renumbered", pgettext_lazy("clause", "renumbered")
    MOVED = "moved", pgettext_lazy("clause", "moved")
    SPLIT = "split", pgettext_lazy("clause", "split")
    MERGED = "merged", pgettext_lazy("clause", "merged")
    ADDED = "added", pgettext_lazy("clause", "added")
    REMOVED = "removed", pgettext_lazy("clause", "removed")


class Standing(models.TextChoices):
    """What a row may say to a reader: its kind, or less where a text is known in part or the pair is doubtful."""

    UNCHANGED = "unchanged", pgettext_lazy("clause", "unchanged")
    CHANGED = "changed", pgettext_lazy("clause", "changed")
    RENUMBERED = "renumbered", pgettext_lazy("clause", "renumbered")
    MOVED = "moved", pgettext_lazy("clause", "moved")
    SPLIT = "split", pgettext_lazy("clause", "split")
    MERGED = "merged", pgettext_lazy("clause", "merged")
    ADDED = "added", pgettext_lazy("clause", "added")
    REMOVED = "removed", pgettext_lazy("clause", "removed")
    DOUBTFUL = "doubtful", pgettext_lazy("clause", "perhaps the same clause")
    SLIPS = "slips", pgettext_lazy("clause", "different by probable slips of reading alone")
    SAME_SUBJECT = "same-subject", pgettext_lazy("clause", "in both texts")
    NOT_IN_OLD = "not-in-old", pgettext_lazy("clause", "first reported")
    NOT_IN_NEW = "not-in-new", pgettext_lazy("clause", "not reported in the new text")


class Level(models.TextChoices):
    """What a pair stands for: a row of the page, a heading above rows, or a part inside a row."""

    UNIT = "unit"
    CONTAINER = "container"
    PART = "part"


class ComparisonQuerySet(models.QuerySet["Comparison"]):
    def current(self) -> ComparisonQuerySet:
        """Of each pair of texts the last finished edition; where none is finished, the first."""
        later = self.model.objects.filter(
            old=models.OuterRef("old"),
            new=models.OuterRef("new"),
            engine=models.OuterRef("engine"),
            edition__gt=models.OuterRef("edition"),
        )
        return self.filter(~models.Exists(later.finished()), models.Q(finished_at__isnull=False) | models.Q(edition=1))

    def finished(self) -> ComparisonQuerySet:
        """Those that are computed."""
        return self.filter(finished_at__isnull=False)


class Comparison(models.Model):
    """An ordered pair of versions under one engine version. A finished one is never edited; one of a private text goes
    when that becomes public, and is made anew.

    What people decide on its clause map makes the next ``edition``, computed whole with all decisions in force.
    """

    old = models.ForeignKey(Version, on_delete=models.PROTECT, related_name="comparisons_from")
    new = models.ForeignKey(Version, on_delete=models.PROTECT, related_name="comparisons_to")
    engine = models.CharField(max_length=20, default=ENGINE)
    edition = models.PositiveIntegerField(default=1)
    # The edition that it was made from, and the decision that asked for it.
    made_from = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="+")
    decision = models.ForeignKey("MapDecision", null=True, on_delete=models.PROTECT, related_name="editions")
    # How many articles of each kind, for programs; and of each standing, for readers.
    stats = models.JSONField(default=dict)
    tally = models.JSONField(default=dict)
    job = models.OneToOneField(Job, on_delete=models.PROTECT, related_name="+")
    # When it was computed; None before. Nothing of a finished one changes any more.
    finished_at = models.DateTimeField(null=True)

    objects = ComparisonQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["old", "new", "engine", "edition"], name="one_comparison_per_pair_engine_and_edition"
            )
        ]

    def __str__(self) -> str:
        return f"{self.old} → {self.new}"

    @property
    def is_done(self) -> bool:
        return self.finished_at is not None

    @property
    def state(self) -> str:
        """That of its job."""
        return JobState.DONE if self.is_done else JobState(self.job.state)

    @property
    def public_day(self) -> datetime:
        """Since when one that is done could be read; of private texts, since when it is done."""
        return public_day(self.finished_at, self.old.published_at, self.new.published_at)

    @property
    def standings(self) -> list[tuple[str, str]]:
        """(standing, words) of the kinds of change that there are."""
        return [(one.value, str(one.label)) for one in Standing if self.tally.get(one.value)]

    @property
    def takes_over_pairs(self) -> bool:
        """Whether its map is that of what its texts translate. Of a decided pair that is not rendered whole no decision
        is kept here, and its row has lost its partner all the same.
        """
        texts = self.old, self.new
        return any(text.translates_id for text in texts) and any(text.is_partial for text in texts)

    @cached_property
    def corrected_by(self) -> list[str]:
        """The organisations, but for the site's editors, on whose decisions rows rest, and how many of each kind."""
        on = models.Q(comparison=self)
        if self.takes_over_pairs:
            originals = {"old": self.old.translates_id or self.old_id, "new": self.new.translates_id or self.new_id}
            on |= models.Q(
                comparison__in=Comparison.objects.current().finished().filter(**originals, engine=self.engine)
            )
        decided = ClausePair.objects.filter(on, decision__isnull=False).order_by()
        if not decided.exists():
            return []
        held = Organisation.objects.filter(pk__in=decided.values("decision__decision__organisation"))
        return [str(one) for one in held.exclude(slug=EDITORS)]

    @property
    def decided_in_words(self) -> str:
        """A sentence that names them; empty where there are none."""
        return decided_in_words(self.corrected_by)

    def get_absolute_url(self) -> str:
        return reverse("comparison", args=[self.old.law.slug, self.old.slug, self.new.law.slug, self.new.slug])


def decided_in_words(names: Iterable[str]) -> str:
    """The sentence that names the organisations on whose decisions rows rest; empty where there are none."""
    said = ", ".join(names)
    return _("Some clauses are paired as %(names)s decided.") % {"names": said} if said else ""


class MapDecision(Proposable):
    """What an organisation decided on a clause map, or took back. Rows are only added (``triggers.py``), but go with
    what a text's publication ends.

    Until it stands, no computation takes it up: what it ``made`` is not in force.
    """

    CONCERNED = ("old_version", "new_version")
    DECIDED_ON = models.Q(undoes=None, undone_by=None)

    old_version = models.ForeignKey(Version, on_delete=models.PROTECT, related_name="+")
    new_version = models.ForeignKey(Version, on_delete=models.PROTECT, related_name="+")
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    # Whether the person chose to be named beside the organisation; may be withdrawn. And the digest of that name.
    names_person = models.BooleanField(default=False)
    name_read = models.CharField(max_length=64, blank=True)
    reason = models.TextField()
    undoes = models.OneToOneField("self", null=True, on_delete=models.PROTECT, related_name="undone_by")
    # Ids of the clauses whose rows it affects: those it names, and what stood together with them.
    touched = models.JSONField(default=list)
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"{self.organisation}: {self.reason}"

    @property
    def comparison(self) -> Comparison:
        """The two texts that it is about; no row of the database."""
        return Comparison(old=self.old_version, new=self.new_version)

    @property
    def stated(self) -> list[str]:
        """The pairs that it states, a line each."""
        return [one.line for one in self.made.select_related("old", "new").order_by("pk")]

    @property
    def credit(self) -> str:
        """Whom readers see: the organisation, and the person where they wish it and still have an account."""
        person = self.by.named(self.name_read) if self.names_person and self.by else ""
        return f"{self.organisation}, {person}" if person else str(self.organisation)

    @property
    def undoers(self) -> set[str]:
        """The slugs of the organisations that may undo it: the one that decided, and the site."""
        return {self.organisation.slug, EDITORS}

    @property
    def is_taken_back(self) -> bool:
        return hasattr(self, "undone_by")

    @property
    def is_in_force(self) -> bool:
        return self.stands and self.undoes_id is None and not self.is_taken_back


class ConcordanceQuerySet(models.QuerySet["Concordance"]):
    def between(self, old_version: int, new_version: int) -> ConcordanceQuerySet:
        return self.filter(old_version=old_version, new_version=new_version)

    def in_force(self) -> ConcordanceQuerySet:
        return self.filter(ended_by__isnull=True)

    def proposed(self) -> ConcordanceQuerySet:
        rows = self.filter(decision__undoes=None, decision__undone_by=None)
        return rows.filter(decision__confirmation=Confirmation.PROPOSED)


# Letters of a clause as it is named in a line of a pair: a heading may have thousands, and a table has as many lines.
LINE_MAX = 200


class Concordance(models.Model):
    """A person's or an official table's word on which clauses of two versions belong together.

    Every computation keeps it as long as it is in force. A missing side: the clause has no partner.
    """

    old_version = models.ForeignKey(Version, on_delete=models.PROTECT, related_name="+")
    new_version = models.ForeignKey(Version, on_delete=models.PROTECT, related_name="+")
    old = models.ForeignKey(Clause, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    new = models.ForeignKey(Clause, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    author = models.CharField(max_length=300)
    reason = models.TextField()
    # The word that it was moved, where the order of the two texts would not say so.
    is_moved = models.BooleanField(default=False)
    # None: it came with the library. Who took it back or decided otherwise, if anyone did; its own decision where that
    # is merely proposed.
    decision = models.ForeignKey(MapDecision, null=True, on_delete=models.PROTECT, related_name="made")
    ended_by = models.ForeignKey(MapDecision, null=True, on_delete=models.PROTECT, related_name="ended")
    made_at = models.DateTimeField(auto_now_add=True)

    # How sure it is. A pair of the program's that a translation takes over has that of the originals.
    score = 1.0

    objects = ConcordanceQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["old", "new"],
                condition=models.Q(ended_by__isnull=True),
                name="one_word_in_force_per_pair_of_clauses",
            ),
            models.CheckConstraint(
                condition=models.Q(old__isnull=False) | models.Q(new__isnull=False), name="a_concordance_names_a_clause"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.old} → {self.new}"

    @property
    def line(self) -> str:
        """The pair in one line, as clauses are cited."""
        sides = (Truncator(cite(clause)).chars(LINE_MAX) if clause else "–" for clause in (self.old, self.new))
        pair = " → ".join(sides)
        return f"{pair} ({pgettext('clause', 'moved')})" if self.is_moved else pair

    @property
    def is_over(self) -> bool:
        """Whether it was in force and no longer is."""
        return self.ended_by_id is not None and self.ended_by_id != self.decision_id

    @property
    def credit(self) -> str:
        return self.decision.credit if self.decision else self.author

    def matched_by(self, *, both: bool) -> str:
        """Who set clauses together, or (not ``both``) one apart, in the reader's language, as pages say it of a row."""
        if self.decision and not self.decision.stands:
            return str(capfirst(self.decision.proposal_label))
        words = _("Matched by %(who)s:") if both else _("Without counterpart, says %(who)s:")
        return (words % {"who": localised(self.credit)}).rstrip(f" {_(':')}")


class ClausePair(models.Model):
    """Clauses that belong together, or a clause with no partner. A split or merge is several rows of one ``group``.

    A row (``unit``) states what happened to a whole article; its words are in its parts, the article's own words first.
    """

    comparison = models.ForeignKey(Comparison, on_delete=models.CASCADE, related_name="pairs")
    # Reading order in the comparison. Parts follow their row and are inside ``row``.
    position = models.PositiveIntegerField()
    level = models.CharField(max_length=10, choices=Level)
    row = models.ForeignKey("self", null=True, on_delete=models.CASCADE, related_name="parts")
    group = models.PositiveIntegerField()
    kind = models.CharField(max_length=12, choices=PairKind)
    standing = models.CharField(max_length=12, choices=Standing)
    old = models.ForeignKey(Clause, null=True, on_delete=models.PROTECT, related_name="pairs_as_old")
    new = models.ForeignKey(Clause, null=True, on_delete=models.PROTECT, related_name="pairs_as_new")
    score = models.FloatField()
    # Why they were set together, or why one is alone, as [[kind, values], …] of the engine's ``wording.evidence``.
    reasons = models.JSONField(default=list)
    # [[op, text, noise], …] of the clause's own text and of its heading; empty where nothing differs.
    changes = models.JSONField(default=list)
    heading_changes = models.JSONField(default=list)
    # Share of the row's words that were put in or taken out, 0 to 1.
    size = models.FloatField(default=0)
    is_coarse = models.BooleanField(default=False)
    is_replaced = models.BooleanField(default=False)
    # Whether all that differs is renumbering, punctuation, spelling or white space.
    is_noise = models.BooleanField(default=False)
    # Whether the words of either clause are not known, so that there is nothing to compare but headings.
    is_unseen = models.BooleanField(default=False)
    # Of a part: whether its changes are those of the clause with all inside it, since they were cut in another way.
    is_flat = models.BooleanField(default=False)
    # Of a part: whether it changed, or is needed to read what did; the others are folded. Of a row: how many such.
    is_near = models.BooleanField(default=True)
    weight = models.PositiveIntegerField(default=0)
    # The person's word by which the clauses belong together, where it was not the program that found it.
    decision = models.ForeignKey(Concordance, null=True, on_delete=models.PROTECT, related_name="+")
    # What happened, as [[kind, values], …] of the engine's ``wording.changes``.
    sentences = models.JSONField(default=list)

    class Meta:
        ordering = ["comparison", "position"]
        constraints = [models.UniqueConstraint(fields=["comparison", "position"], name="pair_position_in_comparison")]

    def __str__(self) -> str:
        return f"{self.kind}: {self.old} → {self.new}"

    @property
    def sentence(self) -> str:
        """What happened to the clause, in the language of the present reader."""
        return row_sentences(self.sentences)

    @property
    def why(self) -> str:
        """Why the clauses were set together, or why one has no counterpart, in the language of the present reader."""
        return evidence_in_words(LOCALE, [(kind, _named(values)) for kind, values in self.reasons])

    # Set where rows are laid out: an earlier row stands for the same new clause, as in a merge; what organisations
    # propose of its clauses instead.
    repeats_new = False
    proposed: Sequence[Concordance] = ()

    @property
    def may_rest_on(self) -> list[str]:
        """The organisations whose decisions on other clauses may be why the program paired these so; asked for once for
        each ``comparison`` object.
        """
        return [] if self.decision or self.standing == Standing.UNCHANGED else self.comparison.corrected_by

    @property
    def anchor(self) -> str:
        """Its name in the page: the new clause's address, or ``old-`` and the old one's."""
        old, new = (clause.eid if clause else None for clause in (self.old, self.new))
        return row_anchor(old, None if self.repeats_new and old else new) or f"pair-{self.position}"


class LeadSentence(Proposable):
    """What changed between two texts, in a sentence of a person's that leads their page. Rows are only added."""

    old = models.ForeignKey(Version, on_delete=models.PROTECT, related_name="+")
    new = models.ForeignKey(Version, on_delete=models.PROTECT, related_name="+")
    body = models.TextField(max_length=400)
    # None: it came with the library.
    organisation = models.ForeignKey(Organisation, null=True, on_delete=models.PROTECT, related_name="+")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    at = models.DateTimeField(auto_now_add=True)

    CONCERNED = ("old", "new")

    class Meta:
        ordering = ["pk"]

    def __str__(self) -> str:
        return self.body

    @property
    def pair(self) -> Comparison:
        """The two texts, as what has their page."""
        return Comparison(old=self.old, new=self.new)


class ComparisonFile(models.Model):
    """A worker's writing of a long comparison as a file, and the file, sealed. Forgotten after a day."""

    comparison = models.ForeignKey(Comparison, on_delete=models.CASCADE, related_name="files")
    form = models.CharField(max_length=4, choices=[("docx", "DOCX"), ("pdf", "PDF"), ("xlsx", "XLSX")])
    language = models.CharField(max_length=5)
    # The site's address, as the links in the file have it.
    root = models.CharField(max_length=300)
    content = models.BinaryField(default=bytes)
    job = models.OneToOneField(Job, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["comparison", "form", "language"], name="one_file_of_a_comparison")
        ]

    def __str__(self) -> str:
        return f"{self.comparison}: {self.form.upper()}"

    def get_absolute_url(self) -> str:
        return self.comparison.get_absolute_url()


def row_anchor(old: str | None, new: str | None) -> str:
    """The name of a row by the addresses of its clauses: the new one's, or ``old-`` and the old one's."""
    return new or (f"old-{old}" if old else "")


def is_unknown(pair: Any) -> bool:
    """Whether too little is known of the clauses of a row or part to say what happened to them."""
    return pair.is_unseen or pair.standing in {Standing.NOT_IN_OLD, Standing.NOT_IN_NEW}


# --- What happened to a row, with the clauses it names called as the page calls them ---------------------------------

# Kinds of change whose values name clauses; those of others are words of the texts, which stay as they are.
_NAMING = {
    *("renumbered", "moved", "moved-after", "split", "merged"),
    *("unchanged-renumbered", "unchanged-moved", "unchanged-moved-after"),
    *("doubtful", "perhaps-in-new", "perhaps-in-old"),
}


def row_sentences(changes: Iterable[tuple[str, Mapping[str, Any]]]) -> str:
    """Returns the sentences of a row's changes, one after the other."""
    return change_sentences(LOCALE, [(kind, _named(values) if kind in _NAMING else values) for kind, values in changes])


def slips_in(changes: Iterable[tuple[str, Mapping[str, Any]]]) -> int:
    """Returns of how many probable slips of reading the sentences of a row tell."""
    return sum(values["count"] for kind, values in changes if kind in {"only-slips", "slips-beside"})


def _named(values: Mapping[str, Any]) -> dict[str, Any]:
    return {
        key: list(map(_name, value)) if isinstance(value, list) else _name(value) if isinstance(value, str) else value
        for key, value in values.items()
    }


def _name(number_or_heading: str) -> str:
    return number_in_reader_language(localised(number_or_heading))


def matched_by(*rows: int) -> dict[int, list[str]]:
    """Who set clauses of these rows, or of their parts, together or apart, where the program did not; each once."""
    decided = ClausePair.objects.filter(models.Q(pk__in=rows) | models.Q(row__in=rows), decision__isnull=False)
    said: dict[int, list[str]] = {row: [] for row in rows}
    for one in decided.select_related("decision__decision__organisation", "decision__decision__by").order_by("pk"):
        words = one.decision.matched_by(both=bool(one.old_id and one.new_id)) if one.decision else ""
        for lines in (said[row] for row in (one.pk, one.row_id) if row in said):
            lines += [words] if words not in lines else []
    # What was decided of others may be why a clause has no partner, or another one.
    silent = ClausePair.objects.filter(pk__in=[row for row, lines in said.items() if not lines])
    silent = silent.exclude(standing=Standing.UNCHANGED).order_by()
    comparisons = Comparison.objects.in_bulk(set(silent.values_list("comparison", flat=True)))
    named = {pk: words for pk, one in comparisons.items() if (words := one.decided_in_words)}
    for row, comparison in silent.filter(comparison__in=named).values_list("pk", "comparison") if named else ():
        said[row].append(named[comparison])
    return said
