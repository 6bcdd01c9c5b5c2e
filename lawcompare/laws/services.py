"""Actions on laws: reading a file, storing it as a version, publishing. One transaction each."""

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from math import inf
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy

from lawcompare.core.jobs.registry import ignore_progress
from lawcompare.core.log.services import record
from lawcompare.engine import reading
from lawcompare.engine.align import align_translations
from lawcompare.engine.document import (
    HIDDEN_CHARACTERS,
    LANGUAGES,
    LEVELS_MAX,
    WARNINGS_MAX,
    Clause,
    Document,
    first_beyond,
)
from lawcompare.engine.errors import EngineError, TooLarge
from lawcompare.engine.reading.reporting import Keeper, PageStore
from lawcompare.engine.text.words import NOT_IN_XML, OVERRIDES
from lawcompare.engine.wording import ENGLISH
from lawcompare.engine.wording.warnings import warning_message
from lawcompare.languages import columns_of
from lawcompare.laws.access import find_version, unread_of_law
from lawcompare.laws.documents import Progress, load_document, select_sections, store_clauses, text_hash
from lawcompare.laws.editing.services import private_name_pattern
from lawcompare.laws.models import HIDDEN_SIGNS_KEPT, ClauseTranslation, Law, LawChange, LawKind, TextStatus, Version
from lawcompare.laws.uploads import originals
from lawcompare.laws.uploads.sandbox import read_in_sandbox

# Of one clause, with none of those inside it: it stands whole on each page that has it. The longest known has 25,373.
CLAUSE_CHARACTERS_MAX = 100_000
# It stands in contents, lists and maps of clauses too; the longest known has 241.
HEADING_CHARACTERS_MAX = 5_000
# Of a word, or a row of signs: what is looked for in one takes the square of its length. No real text has one of 100.
WORD_CHARACTERS_MAX = 500
# Of its note, source and identifier, which stand wherever its words do; the longest note known has 766.
BESIDE_CLAUSE_CHARACTERS_MAX = 4_000
# Notes, page numbers and the like that stand beside the text; a law has a few for each clause.
FURNITURE_MAX = 250_000
# Of the file: the longest text has as many of ten letters each.
LINES_MAX = 2_000_000


class ImportRefused(EngineError):
    """The file, or its metadata, cannot become a version. Nothing was written."""


@dataclass(frozen=True)
class Import:
    """A file and its metadata. What is left empty is taken from the file itself."""

    data: bytes
    filename: str
    law: str = ""
    version: str = ""
    sections: str = ""
    # title, law_title, jurisdiction, kind, language, date, text_status, source_url, became_public, …
    metadata: Mapping[str, Any] = field(default_factory=dict)
    accept_warnings: bool = False
    # Of a Word file: its text before the changes that are tracked in it.
    before_changes: bool = False
    # Read in a process of its own, so that pages stay quick and a hostile file harms nothing.
    sandboxed: bool = False
    # Whether it is made public at once, and its law called by its name.
    publishes: bool = False
    # Whether who stores it knows of what commands stored and nobody published.
    knows_unseen: bool = True


@dataclass(frozen=True)
class Imported:
    """The version that came of an import; ``is_new`` is False where it was there already."""

    version: Version
    is_new: bool
    warnings: tuple[str, ...] = ()


LAW_FIELDS = ("jurisdiction", "kind", "description", *columns_of("title")[1:], "organisation")
VERSION_FIELDS = (
    "short_title",
    "became_public",
    "became_public_on",
    "note",
    "articles_total",
    "chapters_total",
    "pages_total",
    "pages_proofread",
    "warnings_open",
    "source_url",
)
# Other texts a version may name, as ``law/version``.
LINKS = ("follows", "corrects", "translates")


def import_law(wanted: Import, progress: Progress = ignore_progress) -> Imported:
    """Read a file and store it as a version; all of it or nothing.

    The same file under the same name again changes nothing: ``is_new`` is then False. Raises ``EngineError`` with one
    sentence where the file or its metadata cannot be used.
    """
    progress("reading", 0, 1)
    document = read_file(wanted, progress)
    metadata = _collect_metadata(wanted, document)
    file_hashes = originals.digests_of(wanted.data, None)
    with transaction.atomic():
        known = _known(wanted, metadata, file_hashes)
        if known is not None and (known.file_hash not in file_hashes or known.selection != wanted.sections):
            raise ImportRefused(f"{known.address} is taken by another text; choose another version name")
        if known is None:
            _refuse_names_given_way(wanted, metadata)
            if metadata.get("translates") and not wanted.accept_warnings:
                check_translation(document, metadata)
        version = known or store_text(document, metadata, file_hashes[0], selection=wanted.sections, progress=progress)
        if wanted.publishes and not version.is_published:
            _call_by_its_name(version, metadata)
    if known is not None:
        return Imported(known, is_new=False)
    return Imported(version, True, tuple(f"line {w.line}: {warning_message(ENGLISH, w)}" for w in document.warnings))


def _known(wanted: Import, metadata: Mapping[str, Any], file_hashes: Sequence[str]) -> Version | None:
    """The text of this name; or the same one that gave way, unpublished, when somebody else wanted its name."""
    texts = Version.objects.select_related("law")
    named = texts.filter(law__slug=metadata["law"], slug=metadata["version"]).first()
    if (named is not None and named.file_hash in file_hashes) or not wanted.knows_unseen:
        return named
    moved = texts.filter(published_at=None, origin=None, file_hash__in=file_hashes, selection=wanted.sections)
    law, version = (private_name_pattern(str(metadata[name])) for name in ("law", "version"))
    return moved.filter(law__slug__regex=law, slug__regex=version).first() or named


def _refuse_names_given_way(wanted: Import, metadata: Mapping[str, Any]) -> None:
    """Raises ``ImportRefused`` where a name is meant for what staff alone see, which gave it to somebody else since."""
    if not wanted.knows_unseen:
        return
    unseen = Version.objects.filter(published_at=None, origin=None).select_related("law").order_by("pk")
    public = Version.objects.filter(published_at__isnull=False).values("law")
    moved = unseen.filter(law__slug__regex=private_name_pattern(metadata["law"])).exclude(law__slug=metadata["law"])
    if text := moved.exclude(law__in=public).first():
        raise _given_way("law", metadata["law"], text.law.slug)
    for link in filter(metadata.get, LINKS):
        law, _separator, slug = str(metadata[link]).partition("/")
        like = unseen.filter(law__slug__regex=private_name_pattern(law), slug__regex=private_name_pattern(slug))
        if text := like.exclude(law__slug=law, slug=slug).first():
            raise _given_way(link, metadata[link], text.address)


def _given_way(name: str, before: str, now: str) -> ImportRefused:
    return ImportRefused(f"{name}: {before}, which staff alone see, is {now} since somebody else took its name")


@dataclass(frozen=True)
class TranslationGaps:
    """Clauses without counterpart: of the original (``missing``), and of its translation (``extra``)."""

    missing: tuple[Clause, ...] = ()
    extra: tuple[Clause, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.missing or self.extra)


def translation_gaps(document: Document, translates: str, pairs_most: float = inf) -> TranslationGaps:
    """Returns the clauses of a translation and of its original, ``law/version``, that have no counterpart; none where
    more than ``pairs_most`` pairs of clauses would be weighed. Raises ``ImportRefused`` where there is no original.
    """
    version = _get_linked_version("translates", translates)
    if len(document.clauses) * version.clause_count > pairs_most:
        return TranslationGaps()
    original = load_document(version)
    pairs = align_translations(original, document)
    olds, news = {pair.old for pair in pairs}, {pair.new for pair in pairs}
    return TranslationGaps(
        tuple(clause for clause in original.clauses if clause.eid not in olds),
        tuple(clause for clause in document.clauses if clause.eid not in news),
    )


def check_translation(document: Document, metadata: Mapping[str, Any]) -> None:
    """Raises ``ImportRefused`` with every clause of a translation and of its original that has no counterpart.

    With ``renders_part`` in the metadata the rest of the original is not missed.
    """
    gaps = translation_gaps(document, str(metadata["translates"]))
    problems = []
    if gaps.missing and not metadata.get("renders_part"):
        problems.append(f"not translated: {', '.join(clause.eid for clause in gaps.missing)}")
    if gaps.extra:
        problems.append(f"translating nothing: {', '.join(clause.eid for clause in gaps.extra)}")
    if problems:
        clauses = "; ".join(problems)
        raise ImportRefused(f"the clauses of this text do not match those of {metadata['translates']}: {clauses}")


def check_file(filename: str, size: int) -> None:
    """Raises ``ImportRefused`` for a file whose name or size alone rules it out."""
    if size > settings.IMPORT_BYTES_MAX:
        megabytes = settings.IMPORT_BYTES_MAX // (1024 * 1024)
        raise ImportRefused(f"{filename} is larger than the limit of {megabytes} MB (the setting IMPORT_BYTES_MAX)")
    suffix = Path(filename).suffix.lower()
    # A file may also have no extension; what it holds decides, and must not contradict it.
    if suffix and suffix not in reading.EXTENSIONS:
        known = ", ".join(sorted(reading.EXTENSIONS))
        # A name with a full stop in it may say anything behind that.
        ending = suffix if re.fullmatch(r"\.[a-z0-9]{1,8}", suffix) else "what the name ends in"
        raise ImportRefused(f"{ending} is no extension of a law file; those read are {known}")
    if not size:
        raise ImportRefused("the file is empty")


def read_file(
    wanted: Import,
    progress: Progress = ignore_progress,
    keep_image: Keeper | None = None,
    pages: PageStore | None = None,
) -> Document:
    """Returns the document in the file, with only the sections asked for. Raises ``EngineError``.

    Where it is read in the sandbox, ``keep_image`` is given the images of its pages, and ``pages`` what is recognised
    of them.
    """
    check_file(wanted.filename, len(wanted.data))
    language = wanted.metadata.get("language") or None
    if language and language not in LANGUAGES:
        raise ImportRefused(f"{str(language)[:20]!r} is no language of ISO 639-1, such as en, km or th")
    language = language if language in reading.LANGUAGES else None
    limits = _limits()
    if wanted.sandboxed:
        try:
            document = read_in_sandbox(
                wanted.data,
                wanted.filename,
                language,
                progress,
                keep_image,
                pages,
                before_changes=wanted.before_changes,
                limits=None if wanted.sections else limits,  # of the sections alone, which are not chosen there
            )
        except TooLarge as error:
            raise _beyond(error.limit) from error
    else:
        document = reading.read(
            wanted.data, filename=wanted.filename, language=language, before_changes=wanted.before_changes
        )
    if wanted.sections:
        document = select_sections(document, wanted.sections)
    repeated = next((w for w in document.warnings if w.kind == "repeated-number"), None)
    if repeated and not wanted.accept_warnings:
        raise ImportRefused(warning_message(ENGLISH, repeated), line=repeated.line)
    if name := first_beyond(document, limits):
        raise _beyond(name)
    return document


BEYOND = {
    "characters": gettext_lazy("the text is longer than the limit of %(most)s characters"),
    "clauses": gettext_lazy("the text has more clauses than the limit of %(most)s"),
    "characters of a clause": gettext_lazy("a clause of the text is longer than the limit of %(most)s characters"),
    "characters beside a clause": gettext_lazy(
        "what the file says of a clause beside its words is longer than the limit of %(most)s characters"
    ),
    "characters of a heading": gettext_lazy("a heading of the text is longer than the limit of %(most)s characters"),
    "characters of a word": gettext_lazy("a word, or row of signs, is longer than the limit of %(most)s characters"),
    "odd addresses": gettext_lazy(
        "a clause has an address (eId) that no page can have, or is called by too many letters"
    ),
    "levels": gettext_lazy("the clauses stand in each other more than %(most)s levels deep"),
    "warnings": gettext_lazy("the text has more warnings of the reader than the limit of %(most)s"),
    "furniture": gettext_lazy("the file has more notes and page numbers beside the text than the limit of %(most)s"),
    "lines": gettext_lazy("the file has more lines than the limit of %(most)s"),
}
OF_A_READING = ("warnings", "furniture", "lines")


def _limits() -> dict[str, int]:
    """Returns what each of the sizes of a text may be (``engine.document.sizes``): what is computed of a longer one
    would keep the workers from others.
    """
    return {
        "characters": settings.TEXT_CHARACTERS_MAX,
        "clauses": settings.TEXT_CLAUSES_MAX,
        "characters of a clause": CLAUSE_CHARACTERS_MAX,
        "characters beside a clause": BESIDE_CLAUSE_CHARACTERS_MAX,
        "characters of a heading": HEADING_CHARACTERS_MAX,
        "characters of a word": WORD_CHARACTERS_MAX,
        "odd addresses": 0,
        "levels": LEVELS_MAX,
        "warnings": WARNINGS_MAX,
        "furniture": FURNITURE_MAX,
        "lines": LINES_MAX,
    }


def _beyond(name: str) -> ImportRefused:
    return ImportRefused(str(BEYOND[name] % {"most": _limits()[name]}))


def _collect_metadata(wanted: Import, document: Document) -> dict[str, Any]:
    """Returns the metadata of the text: what the person gave, else what the file's front matter says."""
    metadata: dict[str, Any] = {key: value for key, value in document.meta.items() if value is not None}
    metadata.update({key: value for key, value in wanted.metadata.items() if value})
    metadata["law"] = wanted.law or metadata.get("law", "")
    metadata["version"] = wanted.version or metadata.get("version", "")
    metadata["title"] = metadata.get("title") or document.title or f"{metadata['law']} {metadata['version']}".strip()
    metadata["language"] = wanted.metadata.get("language") or document.language
    if metadata.get("text_status") == TextStatus.CONSOLIDATED:
        raise ImportRefused("text_status: the program alone consolidates a text, from an act and a text that are here")
    for name in ("law", "version"):
        if not metadata[name]:
            raise ImportRefused(f"{wanted.filename} does not say which {name} it is; name it with --{name}")
    return metadata


@transaction.atomic
def store_text(
    document: Document,
    metadata: Mapping[str, Any],
    file_hash: str,
    *,
    selection: str = "",
    progress: Progress = ignore_progress,
) -> Version:
    """Store a document as an unpublished version with its clauses.

    ``metadata`` has ``law``, ``version``, ``title``, ``language``, and where the law is new its ``law_title``,
    ``jurisdiction`` and ``kind``. Raises ``ImportRefused``.
    """
    # Once more: corrections add words.
    if name := first_beyond(document, {each: most for each, most in _limits().items() if each not in OF_A_READING}):
        raise _beyond(name)
    document = replace(document, clauses=tuple(map(_without_odd_signs, document.clauses)))
    version = describe_text(document, metadata, file_hash, selection=selection)
    if version.law.pk is None:
        version.law.save()
        version.law = version.law  # the row's number, which it has only now
    version.save()
    store_clauses(version, document, progress)
    return version


def _without_odd_signs(clause: Clause) -> Clause:
    """Returns the clause without what no XML may have, and with a number, a heading and a note that turn no words which
    stand beside them.
    """
    num, heading, text = (NOT_IN_XML.sub("", words) for words in (clause.num, clause.heading, clause.text))
    said = {name: OVERRIDES.sub("", one) if isinstance(one, str) else one for name, one in clause.attributes.items()}
    return replace(clause, num=OVERRIDES.sub("", num), heading=OVERRIDES.sub("", heading), text=text, attributes=said)


def describe_text(document: Document, metadata: Mapping[str, Any], file_hash: str, *, selection: str = "") -> Version:
    """Returns the version that ``store_text`` would store, unsaved, and so its law where that is new. Raises
    ``ImportRefused``.
    """
    hidden = [warning for warning in document.warnings if warning.kind in HIDDEN_CHARACTERS]
    warnings = [
        {"line": one.line, "kind": one.kind, "subject": one.subject, "details": dict(one.details)}
        for one in hidden[:HIDDEN_SIGNS_KEPT]
    ]
    given = {name: value for name in VERSION_FIELDS if (value := metadata.get(name))}
    version = Version(
        law=_law(metadata),
        slug=metadata["version"],
        title=OVERRIDES.sub("", metadata["title"]),
        language=metadata["language"],
        date=str(metadata.get("date") or ""),
        text_status=metadata.get("text_status") or "official",
        file_hash=file_hash,
        text_hash=text_hash(document.clauses),
        selection=selection,
        reader_warnings=warnings,
        clause_count=len(document.clauses),
        **{name: value if isinstance(value, int) else str(value) for name, value in given.items()},
        **{name: _get_linked_version(name, str(metadata[name])) for name in LINKS if metadata.get(name)},
    )
    if version.translates and version.translates.language == version.language:
        raise ImportRefused(f"translates: {version.translates.address} is in the same language as this text")
    _check(version, but={"law"} if version.law.pk is None else ())
    return version


def _law(metadata: Mapping[str, Any]) -> Law:
    known = Law.objects.filter(slug=metadata["law"]).first()
    return known or _described(Law(slug=metadata["law"]), metadata)


def _call_by_its_name(version: Version, metadata: Mapping[str, Any]) -> None:
    """Give the law of a text that came with the site, or by its staff, and becomes public, its own name where it had
    another: until now it was what who brought an unconfirmed text of it called it, also where they withdrew that since.
    """
    others = Version.objects.filter(law=version.law_id).exclude(pk=version.pk).exclude(published_at=None, origin=None)
    is_read = others.confirmed().exists() or version.law.wanted.exists()
    if others.exists() and (unread_of_law(version.law) or not is_read):
        law, names = version.law, ("title", *LAW_FIELDS)
        before = {name: str(getattr(law, name)) for name in names}
        _described(law, metadata).save()
        # So that it is known whose words they are now, also where they are the same.
        changed = {name: [before[name], str(getattr(law, name))] for name in names}
        LawChange.objects.create(law=law, fields=changed, confirmation="")
        record("change law", f"law/{law.slug}")


def _described(law: Law, metadata: Mapping[str, Any]) -> Law:
    """Returns the law as the metadata of a text describes it. Raises ``ImportRefused``."""
    law.title, law.in_other_languages = OVERRIDES.sub("", metadata.get("law_title") or metadata["title"]), {}
    for name in LAW_FIELDS:
        setattr(law, name, metadata.get(name) or "")
    law.date = str(metadata.get("law_date") or "") or str(metadata.get("date") or "")[:4] or law.date
    if not law.jurisdiction or not law.kind:
        raise ImportRefused(f"{law.slug} is a new law: say its --jurisdiction and --kind ({', '.join(LawKind.values)})")
    _check(law)
    return law


def _get_linked_version(link: str, address: str) -> Version:
    try:
        return find_version(address)
    except Version.DoesNotExist:
        raise ImportRefused(f"{link}: there is no version {address}") from None


def _check(row: Law | Version, but: Collection[str] = ()) -> None:
    """Raises ``ImportRefused`` with the first of the model's own validation errors."""
    try:
        row.full_clean(exclude=set(but))
    except ValidationError as error:
        name, messages = next(iter(error.message_dict.items()))
        of_field = "" if name == NON_FIELD_ERRORS else f"{name}: "
        raise ImportRefused(of_field + messages[0]) from None


def mark_published(version: Version, at: datetime | None = None) -> bool:
    """Make a version public, for good; for ``publishing`` alone, which does the rest. False where it already was.

    What it translates is kept apart while that never was public itself.
    """
    at, hidden = at or timezone.now(), Version.objects.filter(pk=version.translates_id or 0, published_at=None).first()
    changed: dict[str, Any] = {"published_at": at}
    if hidden is not None:
        changed |= {"translates": None, "kept_original": hidden}
    if not Version.objects.filter(pk=version.pk, published_at=None).update(**changed):
        return False
    if hidden is not None:  # the map is made anew once they belong together again
        ClauseTranslation.objects.filter(translation_version=version).delete()
    for name, value in changed.items():
        setattr(version, name, value)
    return True
