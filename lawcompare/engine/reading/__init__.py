"""Bytes of a law file -> Document. Finds out what the file is and gives it to the one module that reads that form."""

import io
import re
import zipfile
from dataclasses import replace
from importlib import import_module
from pathlib import PurePath

from lawcompare.engine.document import UNIT_ELEMENTS, Document, ReadingWarning
from lawcompare.engine.errors import ReadingError
from lawcompare.engine.reading.counted_units import count_warnings
from lawcompare.engine.reading.decoding.hidden_characters import hidden_character_warnings
from lawcompare.engine.reading.legacy_fonts import is_torn

FORMATS = ("auto", "text", "markdown", "docx", "odt", "rtf", "pdf", "html", "uslm", "akn", "usbill", "image")
LANGUAGES = ("en", "km")
MAX_BYTES = 50 * 1024 * 1024
_MOST_QUOTED = 80  # letters of a clause in a warning

_NAMES = {
    "text": "plain text",
    "markdown": "Markdown",
    "docx": "a Word file (DOCX)",
    "odt": "an OpenDocument text (ODT)",
    "rtf": "rich text (RTF)",
    "pdf": "a PDF",
    "html": "HTML",
    "uslm": "USLM XML",
    "akn": "Akoma Ntoso XML",
    "usbill": "the XML of a bill of the United States Congress",
    "image": "a picture of a page",
}
# The extensions of law files: what such a file may hold; the first is what it holds where the content does not say.
EXTENSIONS: dict[str, tuple[str, ...]] = {
    ".txt": ("text",),
    ".text": ("text",),
    ".md": ("markdown",),
    ".markdown": ("markdown",),
    ".docx": ("docx",),
    ".odt": ("odt",),
    ".rtf": ("rtf",),
    ".pdf": ("pdf",),
    ".html": ("html",),
    ".htm": ("html",),
    ".xhtml": ("html",),
    ".xml": ("uslm", "akn", "usbill", "html"),
    ".akn": ("akn",),
    ".uslm": ("uslm",),
    **dict.fromkeys((".jpg", ".jpeg", ".png", ".tif", ".tiff", ".pages"), ("image",)),
}
_USLM = ("http://xml.house.gov/schemas/uslm/", "http://schemas.gpo.gov/xml/uslm")
_AKN = ("http://docs.oasis-open.org/legaldocml/ns/akn/", "http://www.akomantoso.org/")
# Where the reader of a format stands, if not in the module of its name.
_MODULES = {
    **{name: f"office.{name}" for name in ("docx", "odt", "rtf")},
    **{name: f"xml.{name}" for name in ("akn", "uslm", "usbill")},
}
_PICTURES = (b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"II*\0", b"MM\0*")
_PICTURE_NAMES = (".jpg", ".jpeg", ".png", ".tif", ".tiff")
_XHTML = "http://www.w3.org/1999/xhtml"
_XML_DECLARATION = re.compile(rb"<\?xml[\s?]")
_HTML_START = re.compile(rb"(?:\s|<!--.*?-->)*+<(?:!doctype\s+html|html)[\s>]", re.IGNORECASE | re.DOTALL)
_HTML_TAG = re.compile(rb"<(?:html|body|head|p|div|h[1-6]|article|section|table|ul|ol|li)[\s>/]", re.IGNORECASE)
_MARKDOWN_HEADING = re.compile(rb"^#{1,6}\s*\S", re.MULTILINE)
_MARKDOWN_FRONT = re.compile(rb"(?:\xef\xbb\xbf)?---[ \t]*\r?\n.*?^---[ \t]*\r?$", re.DOTALL | re.MULTILINE)


def read(
    data: bytes,
    *,
    filename: str = "",
    format: str = "auto",
    language: str | None = None,
    max_bytes: int = MAX_BYTES,
    before_changes: bool = False,
) -> Document:
    """Read a law file.

    ``format`` is one of FORMATS; ``auto`` goes by the content first and by the extension of ``filename`` second.
    ``language`` is ``en``, ``km`` or None (found from the script of the text). ``max_bytes`` is the size limit;
    ``before_changes`` asks of a Word file for its text before the changes that are tracked in it.

    Raises ReadingError, one sentence with the line where there is one, for what is not a law text in that format.

    >>> read(b"Article 1. Aim\\nThis law has an aim.\\n").clauses[0].heading
    'Aim'
    """
    if format not in FORMATS:
        raise ReadingError(f"unknown format {format!r}: one of {', '.join(FORMATS)} is expected")
    if language is not None and language not in LANGUAGES:
        raise ReadingError(f"unknown language {language!r}: one of {', '.join(LANGUAGES)} is expected")
    if len(data) > max_bytes:
        raise ReadingError(f"the file has {len(data):,} bytes, more than the limit of {max_bytes:,}")
    if not data.removeprefix(b"\xef\xbb\xbf").strip(b" \t\r\n\f\v\0"):
        raise ReadingError("the file is empty")
    detected = detect(data, filename) if format == "auto" else format
    if before_changes and detected != "docx":
        raise ReadingError("only a Word file (DOCX) has tracked changes, and so a text before them")
    side = {"side": "before"} if before_changes else {}
    document: Document = import_module(f"{__name__}.{_MODULES.get(detected, detected)}").read(
        data, language=language, **side
    )
    if before_changes and "tracked_changes" not in document.meta:
        raise ReadingError("no changes are tracked in this Word file, so it has no other text before them")
    _refuse_legacy_font(document, data, detected)
    if not any(clause.num or clause.element in UNIT_ELEMENTS - {"preamble"} for clause in document.clauses):
        raise ReadingError("no article, section or numbered clause was found")
    document = document if document.source else replace(document, source=_source_lines(data))
    added = (*hidden_character_warnings(document), *count_warnings(document, data, detected))
    added += _torn_warnings(document) if detected not in ("pdf", "image") else ()
    return replace(document, warnings=(*document.warnings, *added)) if added else document


def _refuse_legacy_font(document: Document, data: bytes, detected: str) -> None:
    """Of pages their own readers decide, which know the fonts."""
    if detected in ("pdf", "image"):
        return
    lines = document.source or (_source_lines(data) if detected in ("text", "markdown") else ())
    if is_torn("\n".join(lines or (clause.text for clause in document.clauses))):
        fonts = (warning.details["font"] for warning in document.warnings if warning.kind == "unread-letters")
        name = next(fonts, "")
        raise ReadingError(
            f"the letters are those of an old Khmer font that is not Unicode{f' ({name})' if name else ''}; "
            "convert the text to Unicode first, or save it as a PDF, whose pages are then read as pictures"
        )


def _torn_warnings(document: Document) -> tuple[ReadingWarning, ...]:
    """A warning for each clause in letters of an old font, where the rest of the file is in others."""
    known = {warning.line for warning in document.warnings if warning.kind == "unread-letters"}
    return tuple(
        ReadingWarning(clause.line, "torn-letters", (clause.heading or clause.text)[:_MOST_QUOTED])
        for clause in document.clauses
        if clause.line not in known and is_torn(f"{clause.heading} {clause.text}")
    )


def _source_lines(data: bytes) -> tuple[str, ...]:
    """The lines of a format that is text. None of an XML file in an encoding that only its declaration names."""
    from lawcompare.engine.reading.decoding.encodings import decode

    try:
        return tuple(decode(data).split("\n"))
    except ReadingError:
        return ()


def detect(data: bytes, filename: str = "") -> str:
    """Return the format of a file; raises ReadingError where content and extension contradict each other.

    >>> detect(b"%PDF-1.7 ...", "law.pdf")
    'pdf'
    """
    extension = PurePath(filename).suffix.lower()
    allowed = EXTENSIONS.get(extension, ())
    detected = _by_content(data, extension)
    if detected is None:
        if allowed and allowed[0] not in ("text", "markdown"):
            raise ReadingError(f"the file is called {extension} but does not hold {_NAMES[allowed[0]]}")
        return allowed[0] if allowed else _kind_of_text(data)
    if allowed and detected not in allowed:
        raise ReadingError(f"the file is called {extension} but holds {_NAMES[detected]}")
    return detected


def _by_content(data: bytes, extension: str) -> str | None:
    if data.startswith(b"PK\x03\x04"):
        return _kind_of_archive(data)
    if data.startswith(_PICTURES):
        return "image"
    if b"%PDF-" in data[:1024]:
        return "pdf"
    if data.startswith(b"\xd0\xcf\x11\xe0"):
        if "EncryptedPackage".encode("utf-16-le") in data:
            raise ReadingError("this Word file is locked with a password; save it without one")
        raise ReadingError(
            "this is a Word file of the old .doc form; open it in Word or LibreOffice and save it as .docx"
        )
    if data.startswith(b"{\\rtf"):
        return "rtf"
    start = data.removeprefix(b"\xef\xbb\xbf").lstrip()
    if _HTML_START.match(start[:100_000]):
        return "html"
    is_xml = _XML_DECLARATION.match(start) or start.startswith(("<?xml".encode("utf-16-le"), b"\xff\xfe<\0?\0"))
    if is_xml or extension in (".xml", ".akn", ".uslm"):
        return _kind_of_xml(data)
    if start.startswith(b"<") and not allowed_as_text(extension):
        return _kind_of_markup(data)
    return None


def allowed_as_text(extension: str) -> bool:
    """A text or Markdown file may begin with a tag or a comment."""
    return EXTENSIONS.get(extension, ("",))[0] in ("text", "markdown")


def _kind_of_archive(data: bytes) -> str:
    try:
        names = zipfile.ZipFile(io.BytesIO(data)).namelist()
    except (zipfile.BadZipFile, OSError, ValueError, EOFError, NotImplementedError) as error:
        raise ReadingError("the file begins like a Word file or a ZIP archive but is broken") from error
    if "word/document.xml" in names:
        return "docx"
    if names and all(name.lower().endswith(_PICTURE_NAMES) for name in names):
        return "image"
    if "content.xml" in names:
        return "odt"
    raise ReadingError("the file is a ZIP archive without word/document.xml, so it is no Word file")


def _kind_of_xml(data: bytes) -> str:
    from lawcompare.engine.reading.decoding.safe_xml import root_name

    namespace, name = root_name(data)
    if namespace.startswith(_USLM):
        return "uslm"
    if namespace.startswith(_AKN) or (name == "akomaNtoso" and "legaldocml" in namespace.lower()):
        return "akn"
    if namespace == _XHTML or name.lower() == "html":
        return "html"
    if not namespace and name in ("bill", "resolution"):
        return "usbill"
    raise ReadingError(f"the XML root element {name!r} is neither USLM nor Akoma Ntoso nor a bill of Congress nor HTML")


def _kind_of_markup(data: bytes) -> str | None:
    """Something that begins with a tag, without XML declaration, doctype or telling extension."""
    try:
        return _kind_of_xml(data)
    except ReadingError:
        tags = len(_HTML_TAG.findall(data))
        return "html" if tags > len(_MARKDOWN_HEADING.findall(data)) else None


def _kind_of_text(data: bytes) -> str:
    if _MARKDOWN_FRONT.match(data) or _MARKDOWN_HEADING.search(data):
        return "markdown"
    return "text"
