"""The store of uploaded files and of what was read from them: once an organisation, under a keyed digest, encrypted.

A plain digest would tell which of several copies a file is, to whoever has another one of them: a file is named by
an HMAC under ``ORIGINALS_KEY``, which is neither in the database nor in a backup. The organisation is in it too: the
same bytes of another one have another name, and to store them is the same work as to store what nobody has.

A file itself is handed out by ``open_original`` alone, which checks nothing of who asks but records every opening in
the audit log. Metadata inside a file (its author, its place, its program) is never read out of it.
"""

import base64
import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from threading import RLock
from time import perf_counter

from cryptography.fernet import InvalidToken, MultiFernet
from django.conf import settings
from django.db import transaction
from django.db.models.functions import Length
from django.utils.translation import gettext as _

from lawcompare.accounts.models import Person
from lawcompare.accounts.responses import add_wait
from lawcompare.core.encryption import hmac_of, key_name, make_cipher
from lawcompare.core.log.services import record
from lawcompare.engine.errors import EngineError
from lawcompare.laws.models import Original

PURPOSE = "originals"
# Bytes from which on a process encrypts or decrypts one file at a time, which takes ten times as many of memory. The
# next one waits for so many seconds.
BIG, WAITS = 10_000_000, 10
in_turn = RLock()


class OriginalLost(EngineError):
    """No file with this digest is stored."""

    def __init__(self) -> None:
        super().__init__("the file is not here any more")


class OriginalClosed(EngineError):
    """The file is stored, and either none of the site's keys decrypts it or it is not the file of its digest."""

    def __init__(self) -> None:
        super().__init__("the file is encrypted with a key that this site does not have; tell whoever runs it")


class OriginalsBusy(EngineError):
    """Other large files were being stored or opened for so long that this one could not be."""

    def __init__(self) -> None:
        super().__init__(_("Another large file is being stored or opened. Try again in a minute."))


@contextmanager
def _one_at_a_time(size: int) -> Iterator[None]:
    if size <= BIG:
        yield
        return
    begun = perf_counter()
    try:
        has_turn = in_turn.acquire(timeout=WAITS)
        add_wait(perf_counter() - begun)
        if not has_turn:
            raise OriginalsBusy
        yield
    finally:
        try:  # noqa: SIM105 (as ``answer_limits.holding``: who is ended as it has been given its turn gives it back)
            in_turn.release()
        except RuntimeError:
            pass  # it had none


def digests_of(data: bytes, organisation: int | None) -> list[str]:
    """Returns the digests, of 64 hexadecimal digits, by which an organisation's bytes may be stored: under today's key,
    and under earlier ones. None is whoever runs the site's commands.
    """
    plain = hashlib.sha256(data).hexdigest()
    return [keyed(plain, secret, organisation) for secret in _secrets()]


def keyed(plain: str, secret: str, organisation: int | None = None) -> str:
    """Returns the HMAC of a SHA-256 in hexadecimal, under a key derived from ``secret`` for this use alone."""
    whose = "" if organisation is None else f" {organisation}"
    return hmac_of(secret, "digests", f"{plain}{whose}".encode())


def put(data: bytes, organisation: int | None) -> str:
    """Store an organisation's bytes unless it has them already. Returns their digest, which ``get`` takes. Raises
    ``OriginalsBusy``.
    """
    digests = digests_of(data, organisation)
    known = Original.objects.filter(digest__in=digests).values_list("digest", flat=True).first()
    if known is not None:
        return known
    with _one_at_a_time(len(data)):
        digest = digests[0]
        encrypted = {"data": _encrypt(digest.encode() + data), "key": _current_key()}
        Original.objects.get_or_create(digest=digest, defaults=encrypted)
        return digest


def get(digest: str) -> bytes:
    """The stored bytes with this digest. Raises ``OriginalLost``, ``OriginalClosed`` or ``OriginalsBusy``.

    For what was read from a file, and for drawing its pages; a file itself is handed out by ``open_original``.
    """
    stored = Original.objects.filter(digest=digest)
    with _one_at_a_time(stored.values_list(Length("data"), flat=True).first() or 0):
        original = stored.first()
        if original is None:
            raise OriginalLost
        return _decrypt(original)


@transaction.atomic
def open_original(digest: str, subject: str, by: Person | None, organisation: str) -> bytes:
    """Returns a file as uploaded and records in the audit log that it was opened. ``by``: None for the program."""
    data = get(digest)
    record("open original", subject, by=by, organisation=organisation)
    return data


def remove(digest: str) -> None:
    """Delete the bytes; the caller has checked that no row needs them any more."""
    Original.objects.filter(digest=digest).delete()


def reencrypt() -> tuple[int, int]:
    """Encrypt with today's key what an earlier key encrypted. Returns (files encrypted anew, files no key opens).

    One transaction a file, since files are large: a run that was stopped goes on where it was.
    """
    done = closed = 0
    outdated = Original.objects.exclude(key=_current_key()).order_by("digest").values_list("digest", flat=True)
    for digest in list(outdated):
        with transaction.atomic():
            original = Original.objects.select_for_update(no_key=True).filter(digest=digest).first()
            if original is None:
                continue
            try:
                bound = original.digest.encode() + _decrypt(original)
                original.data, original.key = _encrypt(bound), _current_key()
            except OriginalClosed:
                closed += 1
                continue
            original.save(update_fields=["data", "key"])
            done += 1
    return done, closed


def count_closed() -> int:
    """How many stored files are encrypted with a key that this site does not have."""
    return Original.objects.exclude(key__in=[key_name(secret, PURPOSE) for secret in _secrets()]).count()


def _secrets() -> list[str]:
    return [settings.ORIGINALS_KEY, *settings.ORIGINALS_KEYS_OLD]


def _ciphers() -> MultiFernet:
    """Encrypts with the first key and decrypts with any."""
    return MultiFernet([make_cipher(secret, PURPOSE) for secret in _secrets()])


def _current_key() -> str:
    return key_name(settings.ORIGINALS_KEY, PURPOSE)


def _encrypt(data: bytes) -> bytes:
    """The bytes of a Fernet token, without its base64, which would take a third more room."""
    return base64.urlsafe_b64decode(_ciphers().encrypt(data))


def _decrypt(original: Original) -> bytes:
    """Raises ``OriginalClosed``, also where another file was put under this digest."""
    try:
        data = _ciphers().decrypt(base64.urlsafe_b64encode(original.data))
    except InvalidToken:
        raise OriginalClosed from None
    bound = original.digest.encode()  # what is encrypted begins with the digest it is stored under
    if not data.startswith(bound):
        raise OriginalClosed
    return data[len(bound) :]
