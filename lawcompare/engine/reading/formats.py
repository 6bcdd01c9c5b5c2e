"""What a file is: one of the formats that are read, by its content first and by its extension second."""

import io
import re
import zipfile
from pathlib import PurePath

from lawcompare.engine.errors import ReadingError
from lawcompare.engine.reading.decoding import root_name

FORMATS = ("auto", "text", "markdown", "docx", "odt", "rtf", "pdf", "html", "uslm", "akn", "usbill", "justice", "image")
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
    "justice": "the XML of an act, regulation or bill of Canada",
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
    ".xml": ("uslm", "akn", "usbill", "justice", "html"),
    ".akn": ("akn",),
    ".uslm": ("uslm",),
    **dict.fromkeys((".jpg", ".jpeg", ".png", ".tif", ".tiff", ".pages"), ("image",)),
}
_USLM = ("http://xml.house.gov/schemas/uslm/", "http://schemas.gpo.gov/xml/uslm")
_AKN = ("http://docs.oasis-open.org/legaldocml/ns/akn/", "http://www.akomantoso.org/")
_PICTURES = (b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"II*\0", b"MM\0*")
_PICTURE_NAMES = (".jpg", ".jpeg", ".png", ".tif", ".tiff")
_FORMEX = frozenset({"ACT", "CONS.ACT", "GENERAL", "AGR", "DOC", "PUBLICATION", "COMBINED.REF"})
_XHTML = "http://www.w3.org/1999/xhtml"
_XML_DECLARATION = re.compile(rb"<\?xml[\s?]")
_HTML_START = re.compile(rb"(?:\s|<!--.*?-->)*+<(?:!doctype\s+html|html)[\s>]", re.IGNORECASE | re.DOTALL)
_HTML_TAG = re.compile(rb"<(?:html|body|head|p|div|h[1-6]|article|section|table|ul|ol|li)[\s>/]", re.IGNORECASE)
_MARKDOWN_HEADING = re.compile(rb"^#{1,6}\s*\S", re.MULTILINE)
_MARKDOWN_FRONT = re.compile(rb"(?:\xef\xbb\xbf)?---[ \t]*\r?\n.*?^---[ \t]*\r?$", re.DOTALL | re.MULTILINE)


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
        is_markdown = _MARKDOWN_FRONT.match(data) or _MARKDOWN_HEADING.search(data)
        return allowed[0] if allowed else "markdown" if is_markdown else "text"
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
    # A text or Markdown file may begin with a tag or a comment.
    if start.startswith(b"<") and EXTENSIONS.get(extension, ("",))[0] not in ("text", "markdown"):
        try:
            return _kind_of_xml(data)
        except ReadingError:  # a tag, without XML declaration, doctype or telling extension
            is_html = len(_HTML_TAG.findall(data)) > len(_MARKDOWN_HEADING.findall(data))
            return "html" if is_html else None
    return None


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
    namespace, name = root_name(data)
    if namespace.startswith(_USLM):
        return "uslm"
    if namespace.startswith(_AKN) or (name == "akomaNtoso" and "legaldocml" in namespace.lower()):
        return "akn"
    if namespace == _XHTML or name.lower() == "html":
        return "html"
    if not namespace and name in ("bill", "resolution"):
        return "usbill"
    if not namespace and name in ("Statute", "Regulation", "Bill"):
        return "justice"
    if name in _FORMEX:
        raise ReadingError("this is Formex XML, which is not read; EUR-Lex has the same text as HTML: save that")
    raise ReadingError(
        f"the XML root element {name!r} is none of the forms of XML that are read: USLM, Akoma Ntoso, bills of "
        "Congress, acts of Canada, HTML; save the law as one of these, as a Word file, or as text"
    )
