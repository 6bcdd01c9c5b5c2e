"""The image of a page of a PDF, drawn when somebody looks at it. As a program it does so in the box of a reader.

Called as ``python -m lawcompare.engine.reading.page_drawing PAGE MEGABYTES SECONDS`` with the file on standard input.
It writes BEGINNING, width and height (four bytes each) and the pixels.
"""

import os
import struct
import sys

from lawcompare.engine.errors import EngineError, ReadingError
from lawcompare.engine.reading import facsimiles
from lawcompare.engine.reading.sandbox.box import enter

BEGINNING = b"PAGE"
SIZE = struct.Struct(">II")
NICENESS = 10  # pages of the site come first


def draw(data: bytes, page: int) -> facsimiles.Facsimile:
    """The image of a page, 1-based, of a PDF file. Raises ReadingError where it cannot be drawn."""
    import pypdfium2  # loaded inside the box

    try:
        document = pypdfium2.PdfDocument(data)
        try:
            own = document[page - 1]
            scale = facsimiles.LONGEST_SIDE / max(*own.get_size(), 1)
            image = own.render(scale=scale, grayscale=True).to_pil().resize(facsimiles.size_of(own))
        finally:
            document.close()
    except (pypdfium2.PdfiumError, IndexError) as error:
        raise ReadingError(f"page {page} of the PDF cannot be drawn") from error
    return facsimiles.reduced(image, facsimiles.image_number(page))


def main(page: int, memory: int, seconds: int) -> int:
    """Draw a page of standard input within limits; return the exit status, 2 where that cannot be done."""
    os.nice(NICENESS)
    enter(memory, seconds)
    try:
        image = draw(sys.stdin.buffer.read(), page)
    except (EngineError, MemoryError):
        return 2
    sys.stdout.buffer.write(BEGINNING + SIZE.pack(image.width, image.height) + image.pixels)
    return 0


if __name__ == "__main__":
    sys.exit(main(*map(int, sys.argv[1:4])))
