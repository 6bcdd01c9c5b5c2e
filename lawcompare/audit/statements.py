"""Daily statements: the head of the audit log and the hashes of the published texts, signed, for others to keep.

Who has kept one can show later that an entry or a text was changed, whoever owns the database. A statement tells
nothing private: the log is one hash over salted leaves, and of a text that was withdrawn its hash alone is listed.
"""

import base64
import binascii
import re
import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from django.db import transaction

from lawcompare.audit.merkle import consistency_proof, hash_leaf, root_of
from lawcompare.audit.models import Entry, Leaf, Statement
from lawcompare.audit.services import BrokenLog, take_turn

FIRST = "lawcompare statement 1"
SIGNATURE = "signature: "
LINES = re.compile(
    rf"{FIRST}\nsite: (?P<site>[^\n]*)\nday: (?P<day>\d{{4}}-\d\d-\d\d)\nlog-size: (?P<size>\d+)\n"
    r"log-root: (?P<root>[0-9a-f]{64})\ntexts: (?P<count>\d+)\n(?P<texts>(?:[0-9a-f]{64}(?:  \S+)?\n)*)"
    rf"(?:{SIGNATURE}(?P<signature>\S+)\n)?"
)


class BadStatement(Exception):
    """A file is no statement, or its signature is not by the key. The message is a sentence."""


@dataclass(frozen=True)
class Read:
    """What a statement says. ``texts`` are (hash, address); the address is empty where the text was withdrawn."""

    site: str
    day: date
    size: int
    root: bytes
    texts: list[tuple[str, str]]
    signed: bytes
    signature: str

    def is_signed_by(self, key: Ed25519PublicKey) -> bool:
        """Returns whether the signature is of this key."""
        try:
            key.verify(base64.b64decode(self.signature), self.signed)
        except (InvalidSignature, binascii.Error, ValueError):
            return False
        return True


def read_statement(words: str) -> Read:
    """Returns what the text of a statement says. Raises ``BadStatement``."""
    match = LINES.fullmatch(words)
    if match is None:
        raise BadStatement("it is not a statement as publish_statement writes it")
    texts = [(line[:64], line[66:]) for line in match["texts"].splitlines()]
    if len(texts) != int(match["count"]):
        raise BadStatement("it does not list as many texts as it says")
    signed = words.partition(f"\n{SIGNATURE}")[0].removesuffix("\n") + "\n"
    return Read(match["site"], date.fromisoformat(match["day"]), int(match["size"]), bytes.fromhex(match["root"]),
                texts, signed.encode(), match["signature"] or "")  # fmt: skip


def read_files(path: Path) -> list[Read]:
    """Returns the statement in a file, or those in a folder, oldest first. Raises ``BadStatement``."""
    paths = sorted(path.glob("*.txt")) if path.is_dir() else [path]
    statements = []
    for one in paths:
        try:
            statements.append(read_statement(one.read_text("utf-8")))
        except (OSError, UnicodeDecodeError, BadStatement) as error:
            raise BadStatement(f"{one} cannot be used: {error}") from None
    return statements


@transaction.atomic
def publish(site: str, day: date, texts: Iterable[tuple[str, str]], key: Ed25519PrivateKey) -> Statement:
    """Make and keep the statement of a day, or return the one that was made on it. ``texts`` as in ``Read``."""
    take_turn()
    made = Statement.objects.filter(day=day).first()
    if made is not None:
        return made
    if (later := Statement.objects.filter(day__gt=day).order_by("day").first()) is not None:
        raise BadStatement(
            f"The clock says {day}, and there is a statement of {later.day} already: set the clock right"
        )
    _add_leaves()
    hashes = _leaves()
    lines = sorted(f"{digest}  {address}" if address else digest for digest, address in texts)
    words = "\n".join([FIRST, f"site: {site}", f"day: {day}", f"log-size: {len(hashes)}",
                       f"log-root: {root_of(hashes).hex()}", f"texts: {len(lines)}", *lines]) + "\n"  # fmt: skip
    signature = base64.b64encode(key.sign(words.encode())).decode()
    return Statement.objects.create(day=day, size=len(hashes), words=f"{words}{SIGNATURE}{signature}\n")


def proof_between(old: Statement, new: Statement) -> list[str]:
    """Returns the hashes, in hexadecimal, that prove the log of ``new`` to begin with that of ``old``."""
    if old.size == 0 or old.size == new.size:
        return []
    return [one.hex() for one in consistency_proof(old.size, _leaves(new.size))]


def check_statement(statement: Read) -> None:
    """Compute the head again from the log itself. Raises ``BrokenLog``."""
    leaves = []
    rows = Leaf.objects.filter(number__lte=statement.size).order_by("number")
    digests = dict(Entry.objects.filter(number__lte=statement.size).values_list("number", "digest"))
    for leaf in rows.iterator(chunk_size=2000):
        if leaf.number not in digests:
            raise BrokenLog(leaf.number, f"is missing, though it was stated on {statement.day}")
        leaves.append(_hash(leaf.salt, digests[leaf.number]))
    if len(leaves) != statement.size or root_of(leaves) != statement.root:
        raise BrokenLog(statement.size, f"or one before it is not as it was stated on {statement.day}")


def _add_leaves() -> None:
    """Give every new entry its salt, without which its hash tells nothing, not even by trying what it may say."""
    last = Leaf.objects.order_by("-number").values_list("number", flat=True).first() or 0
    new = Entry.objects.filter(number__gt=last).order_by("number").values_list("number", "digest")
    leaves = []
    for number, digest in new.iterator(chunk_size=2000):
        salt = secrets.token_hex(32)
        leaves.append(Leaf(number=number, salt=salt, hash=_hash(salt, digest).hex()))
    Leaf.objects.bulk_create(leaves, batch_size=1000)


def _hash(salt: str, digest: str) -> bytes:
    return hash_leaf(bytes.fromhex(salt) + bytes.fromhex(digest))


def _leaves(size: int | None = None) -> list[bytes]:
    rows = Leaf.objects.order_by("number")
    if size is not None:
        rows = rows.filter(number__lte=size)
    return [bytes.fromhex(one) for one in rows.values_list("hash", flat=True)]


def read_signing_key(encoded: str) -> Ed25519PrivateKey:
    """Returns the key of ``MIRROR_KEY``: 32 bytes in base64. Raises ``BadStatement``."""
    try:
        return Ed25519PrivateKey.from_private_bytes(base64.b64decode(encoded, validate=True))
    except (binascii.Error, ValueError):
        raise BadStatement("MIRROR_KEY is not 32 bytes in base64") from None


def public_key(encoded: str) -> str:
    """Returns the public key of ``MIRROR_KEY`` in base64, empty where there is none that can be used."""
    try:
        key = read_signing_key(encoded)
    except BadStatement:
        return ""
    return base64.b64encode(key.public_key().public_bytes_raw()).decode()
