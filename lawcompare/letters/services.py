"""What people say about letters: which they want, what they follow, that an address is theirs, that it is enough."""

from collections.abc import Iterable, Mapping
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.core.validators import validate_email
from django.db import transaction
from django.utils import timezone

from lawcompare.accounts.models import User
from lawcompare.accounts.rate_limits import DAY, allow
from lawcompare.audit.services import record
from lawcompare.jobs.models import JobState
from lawcompare.jobs.services import enqueue
from lawcompare.letters.access import DAYS_TO_CONFIRM, get_follower_to_confirm, get_follower_to_end
from lawcompare.letters.address import digests_of, seal
from lawcompare.letters.models import CHOSEN_KINDS, Announcement, Choice, Digest, Follower, Notice, Pace
from lawcompare.letters.words import letter_to_confirm
from lawcompare.mail.models import Letter, LetterState
from lawcompare.mail.services import queue

# Letters to confirm that one address is sent in a day, whoever asks.
CONFIRMATIONS_PER_DAY = 3
KEEP_FOR = timedelta(days=30)


@transaction.atomic
def choose(user: Any, paces: Mapping[str, str], language: str, root: str) -> None:
    """Keep which letters a person wants, in the language of the page on which they chose them."""
    wanted = {kind.value: Pace(paces.get(kind, Pace.NEVER)).value for kind in CHOSEN_KINDS}
    Choice.objects.update_or_create(
        user_id=user.pk, defaults={"paces": wanted, "language": language, "root": root, "refused_at": None}
    )
    record("choose letters", f"person/{user.pk}", by=user)


@transaction.atomic
def follow(user: Any, subject: Mapping[str, Any], pace: str, language: str, root: str) -> None:
    """Subscribe a person with an account to new texts. ``subject`` is ``{"law": …}`` or ``{"topic": …}``."""
    values = {"pace": Pace(pace), "language": language, "root": root, "confirmed_at": timezone.now()}
    Follower.objects.update_or_create(user_id=user.pk, **subject, defaults=values)
    record("follow", f"person/{user.pk}", by=user)


@transaction.atomic
def unfollow(user: Any, number: int) -> None:
    """End what a person with an account follows."""
    Follower.objects.filter(pk=number, user_id=user.pk).delete()
    record("unfollow", f"person/{user.pk}", by=user)


@transaction.atomic
def ask_to_follow(address: str, subject: Mapping[str, Any], pace: str, language: str, root: str) -> None:
    """Send a visitor the letter by which they confirm. The same is done whether they follow already or not.

    Of the letters that somebody confirmed nothing changes: whoever knows an address may ask.
    """
    digests = digests_of(address)
    if not allow(f"follower-{digests[0]}", "follower", CONFIRMATIONS_PER_DAY, DAY):
        return
    follower = Follower.objects.filter(digest__in=digests, **subject).first()
    if follower is None:
        follower = Follower.objects.create(
            sealed=seal(address), digest=digests[0], pace=Pace(pace), language=language, root=root, **subject
        )
    elif follower.confirmed_at is None:
        follower.language, follower.root, follower.asked_at = language, root, timezone.now()
        follower.save(update_fields=["language", "root", "asked_at"])
    queue((follower.recipient, letter_to_confirm(follower)))


@transaction.atomic
def confirm(token: str) -> Follower:
    """Begin the letters of whoever holds the link. Raises ``ValidationError``."""
    follower = get_follower_to_confirm(token)
    Follower.objects.filter(pk=follower.pk, confirmed_at=None).update(confirmed_at=timezone.now())
    return follower


@transaction.atomic
def end(token: str) -> None:
    """End the letters of whoever holds the link, and forget the address. Raises ``ValidationError``."""
    get_follower_to_end(token).delete()


@transaction.atomic
def end_for_addresses(addresses: Iterable[str]) -> int:
    """Write no more to addresses whose mailboxes do not exist. Returns to how many people and followers."""
    ended = 0
    for address in addresses:
        validate_email(address)
        followers, _rows = Follower.objects.filter(digest__in=digests_of(address)).delete()
        people = User.objects.filter(email__iexact=address)
        ended += bool(followers) + Choice.objects.filter(user__in=people).update(paces={}, refused_at=timezone.now())
        Follower.objects.filter(user__in=people).delete()
    return ended


def tidy() -> None:
    """At each sweep: ask for the letters of the day, end those that were refused, forget who never confirmed."""
    now = timezone.now()
    _request_digest()
    _end_refused()
    Follower.objects.filter(confirmed_at=None, asked_at__lt=now - timedelta(days=DAYS_TO_CONFIRM)).delete()
    for kind in (Announcement, Digest):
        kind.objects.filter(state=JobState.DONE, finished_at__lt=now - KEEP_FOR).delete()


def _request_digest() -> None:
    now = timezone.now()
    if now.hour < settings.DIGEST_HOUR or not Notice.objects.exists():
        return
    digest, is_new = Digest.objects.get_or_create(day=now.date())
    if is_new:
        enqueue(digest)


def _end_refused() -> None:
    """An address that its own server refused for good gets no more letters; whoever has an account sees a notice."""
    refused = Letter.objects.filter(state=LetterState.REFUSED).exclude(recipient="")
    names = set(refused.values_list("recipient", flat=True))
    if not names:
        return
    with transaction.atomic():
        people, followers = _numbers(names, "person/"), _numbers(names, "follower/")
        Choice.objects.filter(user__in=people).update(paces={}, refused_at=timezone.now())
        Follower.objects.filter(pk__in=followers).delete()
        refused.filter(recipient__in=names).update(recipient="")


def _numbers(recipients: Iterable[str], kind: str) -> list[int]:
    return [int(one.removeprefix(kind)) for one in recipients if one.startswith(kind)]
