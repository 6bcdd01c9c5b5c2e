"""Official texts of the United States Code on their way into the library."""

from django.db import models
from django.urls import reverse

from lawcompare.accounts.models import Organisation, account_key
from lawcompare.core.jobs.models import Job
from lawcompare.laws.models import Law, Version


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
    """Sections that a person asked for, and the versions that came of it."""

    wanted = models.CharField(max_length=500)
    # Empty: the one that is current when the work is done.
    release_point = models.CharField(max_length=40, blank=True)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    by = account_key()
    versions = models.ManyToManyField(Version, related_name="+", blank=True)
    job = models.OneToOneField(Job, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["-pk"]

    def __str__(self) -> str:
        return self.wanted

    def get_absolute_url(self) -> str:
        return reverse("uscode")


class ReleaseNotice(models.Model):
    """That a newer release point changed sections on which correspondences rest."""

    law = models.ForeignKey(Law, on_delete=models.CASCADE, related_name="+")
    old = models.ForeignKey(Version, on_delete=models.CASCADE, related_name="+")
    new = models.ForeignKey(Version, on_delete=models.CASCADE, related_name="+")
    # The numbers of the changed sections, as printed.
    sections = models.JSONField(default=list)
    found_at = models.DateTimeField(auto_now_add=True)
    # Whose editors have read it.
    read_for = models.ManyToManyField(Organisation, related_name="+", blank=True)

    class Meta:
        ordering = ["-pk"]
        constraints = [models.UniqueConstraint(fields=["old", "new"], name="one_notice_per_pair_of_releases")]

    def __str__(self) -> str:
        return f"{self.law}: {', '.join(self.sections)}"
