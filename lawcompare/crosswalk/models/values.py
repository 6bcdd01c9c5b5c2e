"""What clauses lay down, element by element, as people stated and confirmed it; and how that came about."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from lawcompare.accounts.models import Organisation
from lawcompare.crosswalk.models.correspondences import Element
from lawcompare.laws.models import Clause, Version


class ValueStatus(models.TextChoices):
    """How far a value is checked. What the program alone read is no row."""

    STATED = "stated", pgettext_lazy("value", "stated by one person")
    CONFIRMED = "confirmed", pgettext_lazy("value", "confirmed by a second person")
    DISPUTED = "disputed", pgettext_lazy("value", "disputed")
    STRUCK = "struck", pgettext_lazy("value", "struck out")


class Value(models.Model):
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
    status = models.CharField(max_length=10, choices=ValueStatus, default=ValueStatus.STATED)
    # Who stands for it: an organisation, or the project itself where there is none.
    organisation = models.ForeignKey(Organisation, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    stated_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    confirmed_for = models.ForeignKey(Organisation, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    confirmed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    # The value that it states otherwise, where its author named one.
    disputes = models.ForeignKey("self", null=True, blank=True, on_delete=models.SET_NULL, related_name="disputed_by")
    # The value on an earlier text of the same law whose words were kept.
    carried_from = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.SET_NULL, related_name="carried_to"
    )
    stated_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["version", "clause__position", "element", "words_clause__position", "start", "pk"]
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
    def status_label(self) -> str:
        """How far it is checked, in the reader's language: of what the project alone read no person is named."""
        is_by_people = self.organisation_id or self.confirmed_for_id
        return str(self.get_status_display() if is_by_people else ValueAction(self.status).label)

    @property
    def credit(self) -> str:
        """Who stands for it, in the reader's language."""
        by_project = (
            _("read once by the project, not checked by a lawyer")
            if self.status == ValueStatus.STATED
            else _("read twice by the project, not checked by a lawyer")
        )
        first = str(self.organisation or by_project)
        second = str(self.confirmed_for or "")
        return first if second in {"", first} else f"{first}, {second}"


class ValueAction(models.TextChoices):
    """What a person did with a value."""

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
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"{self.value_id}: {self.action}"
