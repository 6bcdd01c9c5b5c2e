"""Official texts of the United States Code on their way into the library."""

from __future__ import annotations

from datetime import timedelta

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from lawcompare.accounts.models import Organisation
from lawcompare.laws.models import Law, Version

SILENCE_MAX = timedelta(minutes=2)


class Archive(models.Model):
    """A file of the publisher as it was fetched: what a later download of it has to be equal to."""

    title = models.CharField(max_length=4)
    release_point = models.CharField(max_length=40)
    url = models.CharField(max_length=500)
    sha256 = models.CharField(max_length=64)
    size = models.PositiveBigIntegerField()
    fetched_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["title", "release_point"], name="one_archive_per_title_and_release_point")
        ]

    def __str__(self) -> str:
        return f"{self.title}@{self.release_point}"


class Fetch(models.Model):
    """That a person asked for sections, how far it is, and what came of it."""

    class State(models.TextChoices):
        QUEUED = "queued", _("waiting")
        RUNNING = "running", _("under way")
        DONE = "done", _("done")
        FAILED = "failed", _("failed")

    wanted = models.CharField(max_length=500)
    # Empty: the one that is current when the work is done.
    release_point = models.CharField(max_length=40, blank=True)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    state = models.CharField(max_length=10, choices=State, default=State.QUEUED)
    step = models.CharField(max_length=20, blank=True)
    done = models.PositiveBigIntegerField(default=0)
    total = models.PositiveBigIntegerField(default=0)
    reason = models.TextField(blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    versions = models.ManyToManyField(Version, related_name="+", blank=True)
    asked_at = models.DateTimeField(auto_now_add=True)
    heard_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["-pk"]

    def __str__(self) -> str:
        return self.wanted

    @property
    def is_under_way(self) -> bool:
        return self.state in {self.State.QUEUED, self.State.RUNNING} and not self.is_abandoned

    @property
    def is_abandoned(self) -> bool:
        under_way = self.state in {self.State.QUEUED, self.State.RUNNING}
        return under_way and timezone.now() - self.heard_at > SILENCE_MAX

    @property
    def may_be_tried_again(self) -> bool:
        return self.state == self.State.FAILED or self.is_abandoned

    @property
    def percent(self) -> int:
        return round(100 * self.done / self.total) if self.total else 0


class ReleaseNotice(models.Model):
    """That a newer release point changed sections on which correspondences rest."""

    law = models.ForeignKey(Law, on_delete=models.CASCADE, related_name="+")
    old = models.ForeignKey(Version, on_delete=models.CASCADE, related_name="+")
    new = models.ForeignKey(Version, on_delete=models.CASCADE, related_name="+")
    # The numbers of the changed sections, as printed.
    sections = models.JSONField(default=list)
    found_at = models.DateTimeField(auto_now_add=True)
    read_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-pk"]
        constraints = [models.UniqueConstraint(fields=["old", "new"], name="one_notice_per_pair_of_releases")]

    def __str__(self) -> str:
        return f"{self.law}: {', '.join(self.sections)}"
