"""Read pictures of pages: one JPEG, PNG or TIFF file, or several in an archive, in the order of their names."""

import io
import zipfile
from collections.abc import Callable, Iterator, Sequence

from PIL import Image

from lawcompare.engine.document import Document
from lawcompare.engine.errors import ReadingError
from lawcompare.engine.reading.layout.pdf_lines import PdfPage
from lawcompare.engine.reading.ocr import recogniser
from lawcompare.engine.reading.ocr.many_pages import recognise_pages
from lawcompare.engine.reading.ocr.page_images import MOST_IMAGES, count_pictures, decoded
from lawcompare.engine.reading.page_results import NumberedPage
from lawcompare.engine.reading.pdf import document_of

MOST_BYTES = 400 * 1024 * 1024  # of all pictures of an archive, unpacked


def read(data: bytes, *, language: str | None = None) -> Document:
    """Read a law from pictures of its pages.

    ``data`` is a picture file, or a ZIP archive of such. A page of the document is a picture, or half of one that shows
    an open book. Raises ReadingError for what is no picture, and where nothing that reads text off pictures is there.
    """
    recognise = recogniser()
    files = list(_files(data))
    total = sum(map(count_pictures, files))
    if total > MOST_IMAGES:
        raise ReadingError(f"there are {total} pictures, more than the limit of {MOST_IMAGES}")
    results = recognise_pages(_pictures(files), total, recognise)
    pages: list[PdfPage] = [page for number in sorted(results) for page in results[number]]
    return document_of(pages, language, "image")


def _pictures(files: Sequence[bytes]) -> Iterator[NumberedPage]:
    number = 0
    for file in files:
        for image in decoded(file):
            number += 1
            yield NumberedPage(number, _given(image))


def _given(image: Image.Image) -> Callable[[], Image.Image]:
    return lambda: image


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
