"""Letters on their way out, and the job that hands them to the mail server."""

from django.db import models
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from lawcompare.jobs.models import Job


class LetterState(models.TextChoices):
    WAITING = "waiting", _("waiting")
    # Marked before it is handed over, so that none is sent twice.
    HANDED = "handed", _("handed over")
    SENT = "sent", _("sent")
    REFUSED = "refused", _("refused: there is no such mailbox")
    FAILED = "failed", _("not sent")
    # Whoever was handing it over ended in the midst of it: it is not sent again.
    UNKNOWN = "unknown", _("not known whether it was sent")


class Letter(models.Model):
    """An email. Address and words are sealed, and forgotten once it is sent or given up."""

    # Whom it is for, as the room that wrote it names them: ``person/7``, ``follower/12``. Never an address.
    recipient = models.CharField(max_length=40, blank=True, db_index=True)
    sealed = models.TextField(blank=True)
    state = models.CharField(max_length=10, choices=LetterState, default=LetterState.WAITING)
    attempts = models.PositiveSmallIntegerField(default=0)
    # Not tried again before.
    due_at = models.DateTimeField(default=timezone.now)
    created_at = models.DateTimeField(default=timezone.now)
    # When it was handed over, or what became of it was known.
    changed_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["pk"]
        indexes = [models.Index(fields=["state", "due_at"], name="letter_state_and_due")]

    def __str__(self) -> str:
        return f"{self.pk}: {self.state}"


class Delivery(Job):
    """The job that hands over all letters that are due, over one connection."""

    steps = {"sending": _("Handing letters to the mail server")}
    unit = "letters"

    class Meta:
        verbose_name = _("sending of letters")

    def __str__(self) -> str:
        return str(self.pk)

    def get_absolute_url(self) -> str:
        return reverse("jobs")
