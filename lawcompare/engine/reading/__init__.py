"""Bytes of a law file -> Document. Finds out what the file is and gives it to the one module that reads that form."""

from dataclasses import replace
from importlib import import_module

from lawcompare.engine.document import LEVELS_MAX, UNIT_ELEMENTS, Document, ReadingWarning
from lawcompare.engine.errors import ReadingError
from lawcompare.engine.reading.checks import count_warnings, hidden_character_warnings, torn_warnings
from lawcompare.engine.reading.decoding import decode
from lawcompare.engine.reading.formats import EXTENSIONS, FORMATS, detect
from lawcompare.engine.reading.legacy_fonts import is_torn

__all__ = ["EXTENSIONS", "FORMATS", "LANGUAGES", "detect", "read"]

# The languages whose headings are known; texts in others are read by their numbers.
LANGUAGES = ("en", "km", "fr", "vi")
_OF_LEVELS = ("akn", "uslm", "usbill", "justice")  # say themselves what their clauses are


def read(
    data: bytes,
    *,
    filename: str = "",
    format: str = "auto",
    language: str | None = None,
    max_bytes: int | None = None,
    before_changes: bool = False,
) -> Document:
    """Read a law file.

    ``format`` is one of FORMATS; ``auto`` goes by the content first and by the extension of ``filename`` second.
    ``language`` is one of LANGUAGES or None (found from script and words). ``max_bytes`` is the size limit, if any;
    ``before_changes`` asks of a Word file for its text before the changes that are tracked in it.

    Raises ReadingError, one sentence with the line where there is one, for what is not a law text in that format.

    >>> read(b"Article 1. Aim\\nThis law has an aim.\\n").clauses[0].heading
    'Aim'
    """
    if format not in FORMATS:
        raise ReadingError(f"unknown format {format!r}: one of {', '.join(FORMATS)} is expected")
    if language is not None and language not in LANGUAGES:
        raise ReadingError(f"unknown language {language!r}: one of {', '.join(LANGUAGES)} is expected")
    if max_bytes is not None and len(data) > max_bytes:
        raise ReadingError(f"the file has {len(data):,} bytes, more than the limit of {max_bytes:,}")
    if not data.removeprefix(b"\xef\xbb\xbf").strip(b" \t\r\n\f\v\0"):
        raise ReadingError("the file is empty")
    detected = detect(data, filename) if format == "auto" else format
    if before_changes and detected != "docx":
        raise ReadingError("only a Word file (DOCX) has tracked changes, and so a text before them")
    side = {"side": "before"} if before_changes else {}
    document: Document = import_module(f"{__name__}.{detected}").read(data, language=language, **side)
    if before_changes and "tracked_changes" not in document.meta:
        raise ReadingError("no changes are tracked in this Word file, so it has no other text before them")
    is_paged = detected in ("pdf", "image")  # such readers know the fonts of their pages
    if not is_paged:
        _refuse_legacy_font(document, data, detected)
    if not any(clause.num or clause.element in UNIT_ELEMENTS - {"preamble"} for clause in document.clauses):
        if not document.furniture and not any(
            clause.heading.strip() or clause.text.strip() for clause in document.clauses
        ):
            raise ReadingError("the file holds no words")
        unknown = document.language not in LANGUAGES
        reason = f"; headings of laws in this language ({document.language}) are not known" if unknown else ""
        raise ReadingError(f"no article, section or numbered clause was found{reason}")
    if deep := next((clause for clause in document.clauses if clause.depth >= LEVELS_MAX), None):
        raise ReadingError(f"the clauses stand in each other more than {LEVELS_MAX} levels deep", line=deep.line)
    document = document if document.source else replace(document, source=_source_lines(data))
    added = (*hidden_character_warnings(document), *count_warnings(document, data, detected))
    added += torn_warnings(document) if not is_paged else ()
    if document.language not in LANGUAGES and detected not in _OF_LEVELS:
        added += (ReadingWarning(0, "language-unknown", document.language),)
    return replace(document, warnings=(*document.warnings, *added)) if added else document


def _refuse_legacy_font(document: Document, data: bytes, detected: str) -> None:
    lines = document.source or (_source_lines(data) if detected in ("text", "markdown") else ())
    if is_torn("\n".join(lines or (clause.text for clause in document.clauses))):
        fonts = (warning.details["font"] for warning in document.warnings if warning.kind == "unread-letters")
        name = next(fonts, "")
        raise ReadingError(
            f"the letters are those of an old Khmer font that is not Unicode{f' ({name})' if name else ''}; "
            "convert the text to Unicode first, or save it as a PDF, whose pages are then read as pictures"
        )


def _source_lines(data: bytes) -> tuple[str, ...]:
    """The lines of a format that is text. None of an XML file in an encoding that only its declaration names."""
    try:
        return tuple(decode(data).split("\n"))
    except ReadingError:
        return ()
