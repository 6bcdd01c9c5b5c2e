"""The manifest of a mirror: the SHA-256 of every file, signed with Ed25519 where there is a key. No Django.

Its lines are those of ``sha256sum``, so that ``sha256sum -c MANIFEST`` checks a copy; facts about the mirror stand
above them in lines that begin with ``#``. The signature is over all lines but its own.
"""

import base64
import binascii
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

NAME, PUBLIC_KEY = "MANIFEST", "MANIFEST.pub"
FIRST = "# lawcompare mirror 1"
SIGNATURE = "# signature: "


class MirrorError(Exception):
    """Why a mirror cannot be written or read, in one sentence. Nothing was changed."""


@dataclass
class Manifest:
    """Hashes by path, and facts by name."""

    hashes: dict[str, str] = field(default_factory=dict)
    # Facts about the mirror: site, edition, release, made.
    facts: dict[str, str] = field(default_factory=dict)
    signature: str = ""
    # Whether the file it was read from holds these lines in their one form, and no other.
    is_exact: bool = True

    @property
    def signed_words(self) -> bytes:
        """The bytes that are signed: all lines but that of the signature."""
        lines = [FIRST, *(f"# {name}: {value}" for name, value in sorted(self.facts.items()))]
        lines += [f"{digest}  {path}" for path, digest in sorted(self.hashes.items())]
        return ("\n".join(lines) + "\n").encode()

    def as_bytes(self, key: Ed25519PrivateKey | None) -> bytes:
        """Returns the file, signed with the key where there is one."""
        words = self.signed_words
        if key is None:
            return words
        signature = base64.b64encode(key.sign(words)).decode()
        first, _newline, rest = words.decode().partition("\n")
        return f"{first}\n{SIGNATURE}{signature}\n{rest}".encode()

    def is_signed_by(self, key: Ed25519PublicKey) -> bool:
        """Returns whether the signature is of this key."""
        try:
            key.verify(base64.b64decode(self.signature), self.signed_words)
        except (InvalidSignature, binascii.Error, ValueError):
            return False
        return True


def read_manifest(folder: Path) -> Manifest | None:
    """The manifest of a mirror, or None where there is none. Raises ``MirrorError``."""
    try:
        words = (folder / NAME).read_text("utf-8")
    except FileNotFoundError:
        return None
    except (OSError, UnicodeDecodeError) as error:
        raise MirrorError(f"{folder / NAME} cannot be read: {error}") from None
    lines = words.splitlines()
    if lines[:1] != [FIRST]:
        raise MirrorError(f"{folder / NAME} is no manifest of a mirror")
    manifest = Manifest()
    for line in lines[1:]:
        if line.startswith(SIGNATURE):
            manifest.signature = line.removeprefix(SIGNATURE)
        elif line.startswith("# "):
            name, _colon, value = line[2:].partition(": ")
            manifest.facts[name] = value
        else:
            digest, _spaces, path = line.partition("  ")
            manifest.hashes[path] = digest
    first, rest = manifest.signed_words.decode().split("\n", 1)
    signed = [f"{SIGNATURE}{manifest.signature}\n"] if manifest.signature else []
    manifest.is_exact = words == "".join([f"{first}\n", *signed, rest])
    return manifest


def sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def read_public_key(encoded: str) -> Ed25519PublicKey:
    """Returns a public key given in base64 or as a file with it. Raises ``MirrorError``."""
    file = Path(encoded)
    try:
        words = file.read_text("ascii") if file.is_file() else encoded
    except (OSError, UnicodeDecodeError) as error:
        raise MirrorError(f"{encoded} cannot be read: {error}") from None
    try:
        return Ed25519PublicKey.from_public_bytes(base64.b64decode(words.strip(), validate=True))
    except (binascii.Error, ValueError):
        raise MirrorError("the public key is not 32 bytes in base64") from None


def public_words(key: Ed25519PrivateKey) -> bytes:
    """Returns the public key of a private one in base64, as a line."""
    raw = key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
    return base64.b64encode(raw) + b"\n"


def differing(folder: Path, hashes: Mapping[str, str]) -> list[str]:
    """Returns the files of a mirror that are missing or have another hash than the manifest says."""
    paths = []
    for path, digest in hashes.items():
        try:
            data = (folder / path).read_bytes()
        except OSError:
            paths.append(path)
            continue
        if sha256(data) != digest:
            paths.append(path)
    return paths
