"""What the engine's rules notice in a text, with the words it rests on; and what people decided on it."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.db.models import OuterRef
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from lawcompare.accounts.models import Organisation, Proposable, account_key
from lawcompare.core.jobs.models import Job
from lawcompare.engine.wording.values import finding_message
from lawcompare.laws.formatting import LOCALE
from lawcompare.laws.models import Clause, Version

# The rules by which texts are examined, raised whenever what they say of a text changes (tests/data/examined-rules.yaml
# tells). Another number: ``manage.py examine`` has published texts examined anew, beside the old findings.
ENGINE = "4"

# Rules that read values and ask no question.
VALUE_RULES = {"penalty", "time-limit", "mental-element", "authorisation", "defence"}


class Examination(models.Model):
    """That a version was examined, by which engine. Its findings are written with it or not at all."""

    version = models.ForeignKey(Version, on_delete=models.CASCADE, related_name="examinations")
    engine = models.CharField(max_length=20, default=ENGINE)
    job = models.OneToOneField(Job, on_delete=models.PROTECT, related_name="+")
    # When it was done.
    finished_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["version", "engine"], name="one_examination_per_engine")]

    def __str__(self) -> str:
        return f"{self.version} ({self.engine})"

    def get_absolute_url(self) -> str:
        return self.version.get_absolute_url()


class FindingQuerySet(models.QuerySet["Finding"]):
    def of_today(self) -> FindingQuerySet:
        """Returns the findings of the present rules."""
        return self.filter(examination__engine=ENGINE)

    def questions(self) -> FindingQuerySet:
        """Returns the findings that ask a question, without values that were read."""
        return self.exclude(rule__in=VALUE_RULES)

    def with_last(self) -> Any:
        """Returns the findings with the kind of the last decision on each that stands, or nothing, as ``last``."""
        last = FindingDecision.objects.stand().filter(finding=OuterRef("pk")).order_by("-pk")
        kind = Coalesce(models.Subquery(last.values("kind")[:1]), models.Value(""))
        return self.annotate(last=kind)

    def open(self) -> FindingQuerySet:
        """Returns the findings that are not dismissed; the last decision that stands counts."""
        return self.with_last().exclude(last=FindingDecisionKind.DISMISSED)

    def open_rows(self) -> list[Finding]:
        """Returns the findings that are not dismissed. Two simple queries, or one where there is no finding."""
        rows = list(self)
        decisions = FindingDecision.objects.stand().filter(finding__in=[row.pk for row in rows]).order_by("pk")
        last = dict(decisions.values_list("finding_id", "kind")) if rows else {}
        return [row for row in rows if last.get(row.pk) != FindingDecisionKind.DISMISSED]


class Finding(models.Model):
    """A value read from a text, or a question a rule asks of it. Never a verdict."""

    examination = models.ForeignKey(Examination, on_delete=models.CASCADE, related_name="findings")
    version = models.ForeignKey(Version, on_delete=models.CASCADE, related_name="findings")
    clause = models.ForeignKey(Clause, on_delete=models.CASCADE, related_name="findings")
    rule = models.CharField(max_length=60)
    # Code points into the clause's own text.
    start = models.PositiveIntegerField()
    end = models.PositiveIntegerField()
    quote = models.TextField(blank=True)
    values = models.JSONField(default=dict)

    objects = FindingQuerySet.as_manager()

    class Meta:
        ordering = ["clause__position", "start", "pk"]
        indexes = [models.Index(fields=["version", "rule"])]

    def __str__(self) -> str:
        return f"{self.rule}: {self.quote}"

    @property
    def message(self) -> str:
        """The sentences of the finding in the language of the page."""
        return finding_message(LOCALE, self.rule, self.quote, self.values)


class FindingDecisionKind(models.TextChoices):
    DISMISSED = "dismissed", _("dismissed")
    REOPENED = "reopened", _("reopened")


class FindingDecision(Proposable):
    """A person's decision on a finding. Rows are only added; the last one that stands counts."""

    finding = models.ForeignKey(Finding, on_delete=models.CASCADE, related_name="decisions")
    kind = models.CharField(max_length=10, choices=FindingDecisionKind)
    reason = models.TextField()
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    by = account_key()
    at = models.DateTimeField(auto_now_add=True)

    CONCERNED = ("finding__version",)

    class Meta:
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"{self.finding_id}: {self.kind}"
