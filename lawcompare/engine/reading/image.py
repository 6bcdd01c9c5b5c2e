"""Pictures of pages -> Document: one JPEG, PNG or TIFF file, or several in an archive, in the order of their names."""

import io
from collections.abc import Iterator
from contextlib import contextmanager

from PIL import (
    Image,
    ImageOps,
    JpegImagePlugin,  # noqa: F401
    MpoImagePlugin,  # noqa: F401
    PngImagePlugin,  # noqa: F401
    TiffImagePlugin,  # noqa: F401
    UnidentifiedImageError,
)

from lawcompare.engine.document import Document
from lawcompare.engine.errors import ReadingError
from lawcompare.engine.reading.decoding import unpack
from lawcompare.engine.reading.ocr import recogniser
from lawcompare.engine.reading.ocr.pages import LONGEST_SIDE, recognise_pages
from lawcompare.engine.reading.pdf import document_of
from lawcompare.engine.reading.reporting import NumberedPage

MOST_BYTES = 400 * 1024 * 1024  # of all pictures of an archive, unpacked
SHORTEST_SIDE = 1600  # pixels: smaller pictures are enlarged, so that letters have the height the model was taught
MOST_PIXELS = 80_000_000
MOST_IMAGES = 300
TOO_LARGE = f"the picture has more than {MOST_PIXELS // 1_000_000} million pixels; make it smaller"
# Loaded with this module: once inside the sandbox, Pillow can load no more of its decoders. A picture of several in one
# JPEG file (MPO) is opened by the decoder of JPEG and has no entry of its own.
FORMATS = ("JPEG", "PNG", "TIFF")


def read(data: bytes, *, language: str | None = None) -> Document:
    """Read a law from pictures of its pages.

    ``data`` is a picture file, or a ZIP archive of such. A page of the document is a picture, or half of one that shows
    an open book. Raises ReadingError for what is no picture, and where nothing that reads text off pictures is there.
    """
    recognise = recogniser()
    files = [data]
    if data.startswith(b"PK\x03\x04"):
        members = unpack(data, "the archive", lambda _name: True, MOST_BYTES)
        files = [picture for _name, picture in sorted(members, key=lambda member: member[0])]
    total = len(files) if len(files) > MOST_IMAGES else sum(map(count_pictures, files))
    if total > MOST_IMAGES:
        raise ReadingError(f"there are {total} pictures, more than the limit of {MOST_IMAGES}")
    images = (image for file in files for image in decoded(file))
    pictures = (NumberedPage(number, lambda image=image: image) for number, image in enumerate(images, 1))  # type: ignore[misc]
    results = recognise_pages(pictures, total, recognise)
    return document_of([page for number in sorted(results) for page in results[number]], language, "image")


def count_pictures(data: bytes) -> int:
    """How many pictures are in a JPEG, PNG or TIFF file. Raises ReadingError."""
    with _refused_where_broken(), Image.open(io.BytesIO(data), formats=FORMATS) as file:
        count = getattr(file, "n_frames", 1) if file.format == "TIFF" else 1
        if count > MOST_IMAGES:
            raise ReadingError(f"the file has {count} pictures, more than the limit of {MOST_IMAGES}")
        return count


def decoded(data: bytes) -> Iterator[Image.Image]:
    """The pictures in a JPEG, PNG or TIFF file, in grey, each turned as its camera says. Raises ReadingError."""
    count = count_pictures(data)
    with _refused_where_broken(), Image.open(io.BytesIO(data), formats=FORMATS) as file:
        for number in range(count):
            if count > 1:
                file.seek(number)
            if file.width * file.height > MOST_PIXELS:
                raise ReadingError(TOO_LARGE)
            yield _resized(ImageOps.exif_transpose(file).convert("L"))


@contextmanager
def _refused_where_broken() -> Iterator[None]:
    try:
        yield
    except UnidentifiedImageError as error:
        raise ReadingError("the picture is broken or of a form that is not read; save it as JPEG or PNG") from error
    except Image.DecompressionBombError as error:
        raise ReadingError(TOO_LARGE) from error
    except (OSError, ValueError, SyntaxError, EOFError, TypeError, OverflowError) as error:
        raise ReadingError("the picture is broken and cannot be opened; take or save it anew") from error


def _resized(image: Image.Image) -> Image.Image:
    """At the size at which text is recognised best."""
    longest = max(image.size)
    scale = LONGEST_SIDE / longest if longest > LONGEST_SIDE else 1.0
    if longest < SHORTEST_SIDE:
        scale = min(SHORTEST_SIDE / longest, 3.0)
    if scale == 1.0:
        return image
    return image.resize((round(image.width * scale), round(image.height * scale)), Image.Resampling.LANCZOS)
