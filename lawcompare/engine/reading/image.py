"""Read pictures of pages: one JPEG, PNG or TIFF file, or several in an archive, in the order of their names."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator

from lawcompare.engine.document import Document
from lawcompare.engine.errors import ReadingError
from lawcompare.engine.reading.layout.pdf_lines import PdfPage
from lawcompare.engine.reading.ocr import recogniser
from lawcompare.engine.reading.ocr.page_images import MOST_IMAGES, decoded
from lawcompare.engine.reading.ocr.page_lines import recognise_page
from lawcompare.engine.reading.pdf import document_of
from lawcompare.engine.reading.sandbox import progress

MOST_BYTES = 400 * 1024 * 1024  # of all pictures of an archive, unpacked


def read(data: bytes, *, language: str | None = None) -> Document:
    """Read a law from pictures of its pages.

    ``data`` is a picture file, or a ZIP archive of such. A page of the document is a picture, or half of one that shows
    an open book. Raises ReadingError for what is no picture, and where nothing that reads text off pictures is there.
    """
    recognise = recogniser()
    files = list(_files(data))
    pages: list[PdfPage] = []
    for done, file in enumerate(files):
        for image in decoded(file):
            pages += recognise_page(image, len(pages) + 1, recognise)
        progress.report("recognising", done + 1, len(files))
    return document_of(pages, language, "image")


def _files(data: bytes) -> Iterator[bytes]:
    if not data.startswith(b"PK\x03\x04"):
        yield data
        return
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            members = sorted(archive.infolist(), key=lambda member: member.filename)
            if len(members) > MOST_IMAGES:
                raise ReadingError(f"there are {len(members)} pictures, more than the limit of {MOST_IMAGES}")
            if sum(member.file_size for member in members) > MOST_BYTES:
                raise ReadingError("the pictures unpack to more than the limit")
            for member in members:
                yield archive.read(member)
    except (zipfile.BadZipFile, OSError, ValueError, EOFError, NotImplementedError, RuntimeError) as error:
        raise ReadingError("the archive of pictures is broken") from error
