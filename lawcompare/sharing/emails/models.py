"""Email notifications: who subscribed to what, and the notices that wait to be sent."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from lawcompare.accounts.models import Organisation
from lawcompare.core.jobs.models import Job
from lawcompare.crosswalk.models import Topic
from lawcompare.laws.models import Law


class EmailKind(models.TextChoices):
    SUBMITTED = "submitted", _("An annotation waits for your review")
    RETURNED = "returned", _("An annotation of yours was returned")
    PUBLISHED = "published", _("An annotation of yours was published")
    CARRIED = "carried", _("Notes wait for a decision in a later text")
    JOB = "job", _("A job that you started is done or failed")
    TEXT = "text", _("There is a new text of a law that you follow")


# What members choose for themselves; a law is followed on its own page.
CHOSEN_KINDS = [kind for kind in EmailKind if kind != EmailKind.TEXT]


class Pace(models.TextChoices):
    NEVER = "never", _("No email")
    AT_ONCE = "at-once", _("At once")
    DAILY = "daily", _("Once a day")


class Choice(models.Model):
    """Which e-mails a person wants. Without a row they get none."""

    user = models.OneToOneField(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="email_choice")
    # {EmailKind: Pace}; what is missing is never.
    paces = models.JSONField(default=dict)
    # The language of the page on which they chose, and scheme and host under which they know this site.
    language = models.CharField(max_length=10)
    root = models.CharField(max_length=300)
    # When their mail server answered that there is no such mailbox; no e-mail is sent after that.
    refused_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"person/{self.user_id}"

    def pace_of(self, kind: str) -> str:
        return str(self.paces.get(kind, Pace.NEVER))


class FollowerQuerySet(models.QuerySet["Follower"]):
    def confirmed(self) -> FollowerQuerySet:
        return self.filter(confirmed_at__isnull=False)


class Follower(models.Model):
    """An address, or a person with an account, that subscribed to new texts of a law or under a topic.

    Nothing is used of the address but to send these e-mails. It is encrypted, and found again by a keyed digest.
    """

    law = models.ForeignKey(Law, null=True, on_delete=models.CASCADE, related_name="followers")
    topic = models.ForeignKey(Topic, null=True, on_delete=models.CASCADE, related_name="followers")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.CASCADE, related_name="follows")
    # Of a visitor: the address, encrypted, and its digest under a key of the site.
    sealed = models.TextField(blank=True)
    digest = models.CharField(max_length=64, blank=True)
    pace = models.CharField(max_length=10, choices=[c for c in Pace.choices if c[0] != Pace.NEVER])
    language = models.CharField(max_length=10)
    root = models.CharField(max_length=300)
    asked_at = models.DateTimeField(default=timezone.now)
    confirmed_at = models.DateTimeField(null=True)

    objects = FollowerQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(law__isnull=False, topic__isnull=True)
                | models.Q(law__isnull=True, topic__isnull=False),
                name="a_law_or_a_topic_is_followed",
            ),
            models.CheckConstraint(
                condition=models.Q(user__isnull=False, sealed="", digest="")
                | (models.Q(user__isnull=True) & ~models.Q(sealed="") & ~models.Q(digest="")),
                name="a_person_or_an_address_follows",
            ),
            models.UniqueConstraint(fields=["law", "user"], name="a_person_follows_a_law_once"),
            models.UniqueConstraint(fields=["topic", "user"], name="a_person_follows_a_topic_once"),
            models.UniqueConstraint(
                fields=["law", "digest"], condition=~models.Q(digest=""), name="an_address_follows_a_law_once"
            ),
            models.UniqueConstraint(
                fields=["topic", "digest"], condition=~models.Q(digest=""), name="an_address_follows_a_topic_once"
            ),
        ]

    def __str__(self) -> str:
        return f"follower/{self.pk}"

    def pace_of(self, kind: str) -> str:
        return self.pace

    @property
    def subject(self) -> Any:
        return self.law or self.topic


class Notice(models.Model):
    """What an e-mail tells a person or a follower: the one of ``job``, or the next daily one."""

    choice = models.ForeignKey(Choice, null=True, on_delete=models.CASCADE, related_name="notices")
    follower = models.ForeignKey(Follower, null=True, on_delete=models.CASCADE, related_name="notices")
    kind = models.CharField(max_length=10, choices=EmailKind)
    # Whose work it tells a person of: it is told to nobody who acts for them no more.
    organisation = models.ForeignKey(Organisation, null=True, on_delete=models.CASCADE, related_name="+")
    job = models.ForeignKey(Job, null=True, on_delete=models.CASCADE, related_name="+")
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(choice__isnull=False, follower__isnull=True)
                | models.Q(choice__isnull=True, follower__isnull=False),
                name="a_notice_is_for_a_person_or_a_follower",
            )
        ]

    def __str__(self) -> str:
        return f"{self.recipient}: {self.kind}"

    @classmethod
    def about(
        cls, recipient: Choice | Follower, kind: str, organisation: int | None = None, job: Job | None = None
    ) -> Notice:
        """A notice that is not stored yet."""
        side = {"choice": recipient} if isinstance(recipient, Choice) else {"follower": recipient}
        return cls(kind=kind, organisation_id=organisation, job=job, **side)

    @property
    def recipient(self) -> Choice | Follower:
        recipient = self.choice or self.follower
        assert recipient is not None
        return recipient
