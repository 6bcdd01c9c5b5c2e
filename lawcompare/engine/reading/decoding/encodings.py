"""Bytes of a text file -> characters, in one of the encodings law texts come in. Anything else is refused."""

import codecs
import re

from lawcompare.engine.errors import ReadingError
from lawcompare.engine.reading.legacy_fonts import is_torn

_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_COMMON_ENGLISH = re.compile(r"\b(?:the|of|and|or|to|in|shall)\b", re.IGNORECASE)
_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1f\x7f]")


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
    for mark, encoding in _BOMS:
        if data.startswith(mark):
            try:
                return data[len(mark) :].decode(encoding)
            except UnicodeDecodeError as error:
                raise _undecodable(data, error.start + len(mark), encoding.upper()) from error
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        return _western(data, error)


def _western(data: bytes, error: UnicodeDecodeError) -> str:
    """windows-1252 never fails by itself but for five bytes, so it is believed only where the result is English, or the
    letters of an old Khmer font."""
    try:
        text = data.decode("cp1252")
    except UnicodeDecodeError:
        raise _undecodable(data, error.start, "UTF-8") from error
    if is_torn(text) and not _CONTROL.search(text):
        return text
    beyond_ascii = sum(1 for character in text if ord(character) > 127)
    words = len(_COMMON_ENGLISH.findall(text))
    if _CONTROL.search(text) or beyond_ascii > len(text) * 0.05 or words < len(text) / 200:
        raise _undecodable(data, error.start, "UTF-8")
    return text


def _undecodable(data: bytes, at: int, encoding: str) -> ReadingError:
    return ReadingError(
        f"byte {at} (0x{data[at] if at < len(data) else 0:02x}) is not {encoding} text; save the file as UTF-8",
        line=data.count(b"\n", 0, at) + 1,
    )
