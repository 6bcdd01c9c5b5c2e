"""Checking a mirror: its signature, every hash, every link, and that nothing private is in it."""

import html
import posixpath
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import unquote, urlsplit

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from django.db.models import Q

from lawcompare.accounts.models import User
from lawcompare.annotations.models import Annotation, NoteStatus
from lawcompare.languages import in_every_language
from lawcompare.laws.models import Clause, Version
from lawcompare.mirror.manifest import (
    NAME,
    PUBLIC_KEY,
    Manifest,
    MirrorError,
    differing,
    read_manifest,
    read_public_key,
)
from lawcompare.mirror.rewriting import STYLE_URL
from lawcompare.mirror.writing import STAGE

LINK = re.compile(r'\s(?:href|src|action)="([^"]*)"')
IDENTIFIER = re.compile(r'\sid="([^"]*)"')
CLOSED = re.compile(r"(?:^|/)(?:accounts|workspace|admin)(?:/|$)")
TOKEN = re.compile(r"csrfmiddlewaretoken|csrftoken|sessionid")
# Texts of other kinds, such as pictures and spreadsheets, are packed: no word can be read in them.
READ_AS_TEXT = (".html", ".js", ".json", ".jsonld", ".csv", ".atom", ".xml", ".txt", ".md", ".bib", ".css")


@dataclass
class MirrorReport:
    """What a check found: ``problems`` make it fail, ``notes`` do not."""

    files: int = 0
    links: int = 0
    problems: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


def check_mirror(folder: Path, key: Ed25519PublicKey | None) -> MirrorReport:
    """Returns all that is wrong with a mirror. Raises ``MirrorError`` where there is none."""
    manifest = read_manifest(folder) if folder.is_dir() else None
    if manifest is None:
        raise MirrorError(f"{folder} holds no mirror: there is no {NAME} in it")
    checked = MirrorReport(files=len(manifest.hashes))
    if not manifest.is_exact:
        checked.problems.append(f"{NAME} has lines that do not belong in it.")
    _check_signature(folder, manifest, key, checked)
    checked.problems += [
        f"{path} is missing or not what the manifest says" for path in differing(folder, manifest.hashes)
    ]
    checked.problems += [f"{path} is not in the manifest" for path in _strangers(folder, manifest)]
    readable = {path: _read(folder / path) for path in manifest.hashes if path.endswith(READ_AS_TEXT)}
    _check_links(readable, set(manifest.hashes), manifest.facts.get("site", ""), checked)
    # What a stopped run left goes along when the folder is copied.
    staged = {path: _read(folder / path) for path in _staged(folder) if path.endswith(READ_AS_TEXT)}
    _check_private(readable | staged, checked)
    return checked


def _check_signature(folder: Path, manifest: Manifest, key: Ed25519PublicKey | None, checked: MirrorReport) -> None:
    if not manifest.signature:
        sentence = "The manifest is not signed."
        (checked.problems if key else checked.notes).append(sentence)
        return
    if key is None:
        checked.notes.append(f"The key is the one beside the manifest ({PUBLIC_KEY}); compare it with one you trust.")
        try:
            key = read_public_key(str(folder / PUBLIC_KEY))
        except MirrorError as error:
            checked.problems.append(f"The signature cannot be checked: {error}")
            return
    if not manifest.is_signed_by(key):
        checked.problems.append("The signature is not by this key, or the manifest was changed.")


def _strangers(folder: Path, manifest: Manifest) -> Iterator[str]:
    known = {*manifest.hashes, NAME, PUBLIC_KEY, f"{STAGE}/PLAN", *_staged(folder)}
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder).as_posix()
        # A link may lead out of the mirror, and what stands behind one to a folder is not walked.
        if path.is_symlink() or (path.is_file() and name not in known):
            yield name


def _staged(folder: Path) -> list[str]:
    """What a run that was stopped had written before it would have been moved into place."""
    files = (folder / STAGE / "files").rglob("*")
    return [path.relative_to(folder).as_posix() for path in files if path.is_file()]


def _read(file: Path) -> str:
    try:
        return file.read_text("utf-8", errors="replace")
    except OSError:
        return ""


def _check_links(readable: dict[str, str], files: set[str], site: str, checked: MirrorReport) -> None:
    identifiers = {path: set(IDENTIFIER.findall(words)) for path, words in readable.items() if path.endswith(".html")}
    for path, words in readable.items():
        links = set(LINK.findall(words)) if path.endswith(".html") else set()
        if path.endswith(".css"):
            links = {link for link in STYLE_URL.findall(words) if not link.startswith("data:")}
        checked.links += len(links)
        for link in sorted(links):
            problem = _problem_of(html.unescape(link), path, files, identifiers, site)
            if problem:
                checked.problems.append(f"{path}: the link {link} {problem}")


def _problem_of(link: str, path: str, files: set[str], identifiers: dict[str, set[str]], site: str) -> str:
    parts = urlsplit(link)
    if site and (link == site or link.startswith(f"{site}/")):
        return "leads to the site itself"
    if parts.scheme or parts.netloc:
        return "" if parts.scheme in {"http", "https", "mailto"} else "is of an unknown kind"
    if parts.path.startswith("/"):
        return "works at the root of a host only"
    if CLOSED.search(parts.path):
        return "leads to a door that a copy does not have"
    target = posixpath.normpath(posixpath.join(posixpath.dirname(path), unquote(parts.path))) if parts.path else path
    if target not in files:
        return "leads nowhere"
    name = unquote(parts.fragment)
    if name and target in identifiers and name not in identifiers[target]:
        return "leads to a place that the page does not have"
    return ""


def _check_private(readable: dict[str, str], checked: MirrorReport) -> None:
    private_words = [re.escape(word) for word in _private_words()]
    private = re.compile(rf"(?<![\w-])(?:{'|'.join(private_words)})(?![\w-])") if private_words else None
    titles, phrases = _private_titles(), _private_phrases()
    for path, text in readable.items():
        if TOKEN.search(text):
            checked.problems.append(f"{path} holds the token of a form")
        match = private.search(text) or private.search(path) if private else None
        if match:
            checked.problems.append(f"{path} holds something private: {match[0]}")
        words = plain_words(text)
        checked.problems += [
            f"{path} names a text that is not public: {title.strip()}" for title in titles if title in words
        ]
        checked.problems += [f"{path} holds words of {phrases[one]}" for one in phrases.keys() & _runs_of(words)]


def _private_words() -> Iterator[str]:
    """Yields addresses of people, of versions that are not public, and of notes that are not."""
    yield from User.objects.exclude(email="").values_list("email", flat=True)
    public = Version.objects.published().values("pk")
    for law, slug in Version.objects.exclude(pk__in=public).values_list("law__slug", "slug"):
        yield f"{law}/{slug}"
    hidden = Annotation.objects.exclude(Q(status=NoteStatus.PUBLISHED) & Q(version__in=public))
    yield from hidden.values_list("slug", flat=True)


# So many words in a row are nobody's way of speaking but the text's own.
RUN = 12
TAG = re.compile(r"<[^>]*>")


def plain_words(text: str) -> str:
    """The words of a file without tags, each divided from the next by one space, with one at both ends."""
    return f" {' '.join(html.unescape(TAG.sub(' ', text)).split())} "


def _runs_of(words: str) -> set[str]:
    rows = words.split()
    return {" ".join(rows[at : at + RUN]) for at in range(len(rows) - RUN + 1)}


def _private_titles() -> list[str]:
    """What texts and laws are called that are not public, between spaces, without what public ones are called too."""
    public = Version.objects.published().select_related("law")
    shown = {title for text in public for title in (text.title, *in_every_language(text.law, "title").values())}
    hidden = Version.objects.exclude(pk__in=public.values("pk")).select_related("law")
    titles = {title for text in hidden for title in (text.title, *in_every_language(text.law, "title").values())}
    return sorted(f" {title} " for title in titles - shown - {""})


def _private_phrases() -> dict[str, str]:
    """The first ``RUN`` words of each clause that is not public -> the address of its text; but for public words."""
    public = Version.objects.published().values("pk")
    phrases: dict[str, str] = {}
    hidden = Clause.objects.exclude(version__in=public).exclude(text="").select_related("version__law")
    for clause in hidden.only("text", "version__slug", "version__law__slug").iterator(chunk_size=2000):
        opening = clause.text.split()[:RUN]
        if len(opening) == RUN:
            phrases[" ".join(opening)] = clause.version.address
    if phrases:
        for text in Clause.objects.filter(version__in=public).values_list("text", flat=True).iterator(chunk_size=2000):
            for run in phrases.keys() & _runs_of(text):
                del phrases[run]
    return phrases
