"""Bytes of a file -> characters, an XML tree, or the parts of an archive. What is made to harm is refused.

The libraries that parse are loaded where they are used, which is inside the box.
"""

import codecs
import io
import re
import zipfile
import zlib
from collections.abc import Callable
from typing import TYPE_CHECKING

from lawcompare.engine.errors import ReadingError
from lawcompare.engine.reading.legacy_fonts import is_torn

if TYPE_CHECKING:
    from lxml import etree

_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_COMMON_ENGLISH = re.compile(r"\b(?:the|of|and|or|to|in|shall)\b", re.IGNORECASE)
_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1f\x7f\ufffe\uffff]")


def decode(data: bytes) -> str:
    """Return the text of a file: UTF-8, UTF-16 with a byte order mark or English in windows-1252; line ends as ``\\n``.

    Raises ReadingError, naming line and byte, for text in any other encoding and for binary data.

    >>> decode(b"\\xef\\xbb\\xbfArticle 1\\r\\n")
    'Article 1\\n'
    """
    text = _characters(data).replace("\r\n", "\n").replace("\r", "\n").replace("\x85", "\n")
    # A form feed is a page break and a vertical tab a line break: both are white space of a text file.
    control = _CONTROL.search(text)
    if control:
        line = text.count("\n", 0, control.start()) + 1
        raise ReadingError(f"the file holds the control character U+{ord(control[0]):04X}, so it is no text", line=line)
    return text


def _characters(data: bytes) -> str:
    mark, encoding = next((each for each in _BOMS if data.startswith(each[0])), (b"", "utf-8"))
    try:
        return data[len(mark) :].decode(encoding)
    except UnicodeDecodeError as error:
        if not mark and (text := _western(data)) is not None:
            return text
        at = error.start + len(mark)
        raise ReadingError(
            f"byte {at} (0x{data[at] if at < len(data) else 0:02x}) is not {encoding.upper()} text; "
            "save the file as UTF-8",
            line=data.count(b"\n", 0, at) + 1,
        ) from error


def _western(data: bytes) -> str | None:
    """windows-1252 never fails by itself but for five bytes, so it is believed only where the result is English, or the
    letters of an old Khmer font."""
    try:
        text = data.decode("cp1252")
    except UnicodeDecodeError:
        return None
    beyond_ascii = sum(1 for character in text if ord(character) > 127)
    words = len(_COMMON_ENGLISH.findall(text))
    is_english = beyond_ascii <= len(text) * 0.05 and words >= len(text) / 200
    return text if (is_english or is_torn(text)) and not _CONTROL.search(text) else None


UNPACKED_MAX = 200 * 1024 * 1024  # bytes of the parts of a word processor's file


class _RootSeen(Exception):
    """Stops the look at the prolog once the root element has begun."""


def parse(data: bytes) -> "etree._Element":
    """Return the root element of an XML document: no entity is expanded, no DTD is loaded, nothing is fetched.

    Raises ReadingError, with the line, for XML that is not well formed, that declares entities (they can be made to
    grow without bound, or to read files), or that nests deeper than 256 elements.

    >>> parse(b"<act><num>1</num></act>").tag
    'act'
    """
    from lxml import etree

    root_name(data)
    # Without huge_tree libxml2 stops at 256 levels and at text nodes of 10 MB, which no law reaches.
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, dtd_validation=False, huge_tree=False
    )
    try:
        root = etree.fromstring(data, parser)
    except etree.XMLSyntaxError as error:
        raise ReadingError(f"the XML is not well formed: {_reason(error.msg)}", line=error.lineno or None) from error
    except (ValueError, LookupError) as error:
        raise ReadingError(f"the XML cannot be read: {_reason(str(error))}") from error
    if root is None:
        raise ReadingError("the XML has no root element")
    return root


def root_name(data: bytes) -> tuple[str, str]:
    """Return namespace (empty for none) and local name of the root element, reading no further than its start tag.

    Raises ReadingError where there is no XML, or where the document type declares an entity.

    >>> root_name(b'<?xml version="1.0"?><bill xmlns="http://schemas.gpo.gov/xml/uslm"/>')
    ('http://schemas.gpo.gov/xml/uslm', 'bill')
    """
    from xml.parsers import expat

    def element_begins(name: str, _attributes: dict[str, str]) -> None:
        raise _RootSeen(name)

    def entity_is_declared(*_declaration: object) -> None:
        raise ReadingError(
            "the document type declares an entity, which is refused; remove the DOCTYPE", line=parser.CurrentLineNumber
        )

    parser = expat.ParserCreate(namespace_separator=" ")
    parser.StartElementHandler = element_begins
    parser.EntityDeclHandler = entity_is_declared
    try:
        parser.Parse(data, True)
    except _RootSeen as root:
        namespace, _, name = root.args[0].rpartition(" ")
        return namespace, name
    except expat.ExpatError as error:
        reason = expat.errors.messages.get(error.code, "syntax error")
        raise ReadingError(f"the XML is not well formed: {reason}", line=error.lineno) from error
    except (ValueError, LookupError) as error:  # an encoding that Python does not know
        raise ReadingError(f"the XML cannot be read: {_reason(str(error))}") from error
    raise ReadingError("the XML has no root element")


def _reason(message: str | None) -> str:
    """libxml2 appends its own position, which the error already names."""
    return (message or "unknown reason").split(", line ")[0].replace("\n", " ")


def unpack(data: bytes, what: str, wanted: Callable[[str], bool], most: int) -> list[tuple[str, bytes]]:
    """Names and bytes of those parts of a ZIP archive whose name is ``wanted``.

    Raises ReadingError, which says ``what`` is broken, locked, or unpacks to more than ``most`` bytes.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            parts = [info for info in archive.infolist() if wanted(info.filename)]
            if sum(info.file_size for info in parts) > most:
                raise ReadingError(f"{what} unpacks to more than the limit")
            return [(info.filename, archive.read(info)) for info in parts]
    except (zipfile.BadZipFile, zipfile.LargeZipFile, OSError, ValueError, EOFError, NotImplementedError) as error:
        raise ReadingError(f"{what} is broken and cannot be unpacked") from error
    except (RuntimeError, zlib.error) as error:  # encrypted; damaged inside
        raise ReadingError(f"{what} is encrypted or damaged") from error
