"""Putting a letter on its way, and what is done about those that could not leave.

``queue`` is for every room: the letter leaves by a worker after the present transaction is committed. Its address and
its words are encrypted in the database until then, and deleted afterwards.
"""

import json
import logging
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta

from cryptography.fernet import InvalidToken, MultiFernet
from django.conf import settings
from django.db.models import F
from django.utils import timezone

from lawcompare.encryption import make_cipher
from lawcompare.jobs import services as jobs
from lawcompare.jobs.models import SILENCE_MAX, UNFINISHED, JobState
from lawcompare.mail.models import Delivery, Letter, LetterState

log = logging.getLogger(__name__)

# A letter that the mail server would not take for so long is given up.
GIVE_UP_AFTER = timedelta(days=3)
FIRST_DELAY, LONGEST_DELAY = timedelta(minutes=1), timedelta(hours=1)
# For so long it is kept what became of a letter, without its address and words.
KEEP_FOR = timedelta(days=30)


@dataclass(frozen=True)
class LetterWords:
    """What is sealed of a letter: to whom, and what it says."""

    to: str
    subject: str
    body: str
    headers: Mapping[str, str] = field(default_factory=dict)


def queue(*letters: tuple[str, LetterWords]) -> None:
    """Have letters sent, each given as (recipient, words), by a worker, once the present transaction is committed."""
    cipher = _cipher()
    Letter.objects.bulk_create(
        [Letter(recipient=recipient, sealed=_seal(cipher, words)) for recipient, words in letters], batch_size=500
    )
    request_delivery()


def request_delivery() -> None:
    """Have a worker send what is due, unless one is about to begin."""
    if not Delivery.objects.filter(state=JobState.QUEUED).exists():
        jobs.enqueue(Delivery.objects.create())


def tidy() -> None:
    """At each sweep: send what is due again, report what was lost, forget what is long done."""
    report_lost()
    now = timezone.now()
    due = Letter.objects.filter(state=LetterState.WAITING, due_at__lte=now)
    if due.exists() and not Delivery.objects.filter(state__in=UNFINISHED).exists():
        request_delivery()
    Letter.objects.filter(changed_at__lt=now - KEEP_FOR).exclude(state=LetterState.WAITING).delete()
    Delivery.objects.filter(state=JobState.DONE, finished_at__lt=now - KEEP_FOR).delete()


def report_lost() -> int:
    """Say of the letters whose worker ended while it handed them over that nobody knows whether they left."""
    lost = Letter.objects.filter(state=LetterState.HANDED, changed_at__lt=timezone.now() - SILENCE_MAX)
    numbers = list(lost.values_list("pk", flat=True))
    for number in numbers:
        log.warning("letter %s: its worker ended while it was handed over; it is not sent again", number)
    Letter.objects.filter(pk__in=numbers, state=LetterState.HANDED).update(
        state=LetterState.UNKNOWN, sealed="", changed_at=timezone.now()
    )
    return len(numbers)


def delay_after(attempts: int) -> timedelta:
    """How long after so many attempts a letter is tried again: a minute, two, four, at most an hour."""
    return min(FIRST_DELAY * 2 ** min(attempts, 16), LONGEST_DELAY)


def put_off(letters: Iterable[int], attempts: int) -> None:
    """Try these letters again later; those that have been tried for days are given up."""
    now = timezone.now()
    rows = Letter.objects.filter(pk__in=list(letters))
    rows.filter(created_at__lt=now - GIVE_UP_AFTER).update(state=LetterState.FAILED, sealed="", changed_at=now)
    rows.exclude(state=LetterState.FAILED).update(
        state=LetterState.WAITING, attempts=F("attempts") + 1, due_at=now + delay_after(attempts)
    )


def unseal(letter: Letter) -> LetterWords | None:
    """The address and words of a letter; None where none of the site's keys opens them."""
    try:
        return LetterWords(**json.loads(_cipher().decrypt(letter.sealed.encode())))
    except InvalidToken:
        return None


def _seal(cipher: MultiFernet, words: LetterWords) -> str:
    return cipher.encrypt(json.dumps(words.__dict__).encode()).decode()


def _cipher() -> MultiFernet:
    secrets = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    return MultiFernet([make_cipher(secret, "letters") for secret in secrets])
