"""What people say about e-mails: which they want, what they follow, that an address is theirs, that it is enough."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.core.validators import validate_email
from django.db import transaction
from django.utils import timezone

from lawcompare.accounts.models import User
from lawcompare.accounts.rate_limits import DAY, allow
from lawcompare.core.log.services import record
from lawcompare.core.mail import queue
from lawcompare.sharing.emails.access import digests_of, get_follower_to_confirm, get_follower_to_end, seal
from lawcompare.sharing.emails.models import CHOSEN_KINDS, Choice, Follower, Pace
from lawcompare.sharing.emails.words import email_to_confirm

# E-mails to confirm that one address is sent in a day, whoever asks.
CONFIRMATIONS_PER_DAY = 3


@transaction.atomic
def choose(user: Any, paces: Mapping[str, str], language: str, root: str) -> None:
    """Keep which e-mails a person wants, in the language of the page on which they chose them."""
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
    """Send a visitor the e-mail by which they confirm. The same is done whether they follow already or not.

    Of the e-mails that somebody confirmed nothing changes: whoever knows an address may ask. However often others did,
    the first of a day about a law or topic is sent.
    """
    digests = digests_of(address)
    who, what = f"follower-{digests[0]}", next((f"{kind}-{row.pk}" for kind, row in subject.items()), "")
    is_first = allow(f"{who}-{what}", "follower-subject", 1, DAY)
    if not (allow(who, "follower", CONFIRMATIONS_PER_DAY, DAY) or is_first):
        return
    follower = Follower.objects.filter(digest__in=digests, **subject).first()
    if follower is None:  # two that are sent at once ask alike
        new = {"sealed": seal(address), "pace": Pace(pace), "language": language, "root": root}
        follower, _is_new = Follower.objects.get_or_create(digest=digests[0], **subject, defaults=new)
    elif follower.confirmed_at is None:
        follower.language, follower.root, follower.asked_at = language, root, timezone.now()
        follower.save(update_fields=["language", "root", "asked_at"])
    queue(email_to_confirm(follower))


@transaction.atomic
def confirm(token: str) -> Follower:
    """Begin the e-mails of whoever holds the link. Raises ``ValidationError``."""
    follower = get_follower_to_confirm(token)
    Follower.objects.filter(pk=follower.pk, confirmed_at=None).update(confirmed_at=timezone.now())
    return follower


@transaction.atomic
def end(token: str) -> None:
    """End the e-mails of whoever holds the link, and forget the address. Raises ``ValidationError``."""
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
