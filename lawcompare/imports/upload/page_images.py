"""The images of a draft's pages: encrypted as its file is, shown to its organisation alone, deleted with it.

A reader in the sandbox gives pixels; they are made a JPEG here, so that no bytes of a stranger's file reach a browser.
Of pages that were read by their text layer no image is kept: it is drawn from the file each time it is looked at.
"""

import io
from collections.abc import Iterable
from dataclasses import dataclass

from PIL import Image

from lawcompare.engine.reading.reporting import Facsimile, page_of
from lawcompare.imports.models import DraftPage, ImportDraft
from lawcompare.laws.uploads import originals
from lawcompare.laws.uploads.boxed_drawing import draw_page

QUALITY = 60
CONTENT_TYPE = "image/jpeg"


@dataclass(frozen=True)
class PageImage:
    """A page image as it is stored; ``number`` is the reader's. Without data it is drawn when it is looked at."""

    number: int
    width: int
    height: int
    data: bytes

    @property
    def page(self) -> int:
        """Which page of the file it shows."""
        return page_of(self.number)


def encode(facsimile: Facsimile) -> PageImage:
    size = facsimile.width, facsimile.height
    if not facsimile.pixels:
        return PageImage(facsimile.number, *size, b"")
    file = io.BytesIO()
    Image.frombytes("L", size, facsimile.pixels).save(file, "JPEG", quality=QUALITY)
    return PageImage(facsimile.number, *size, file.getvalue())


def store(draft: ImportDraft, images: Iterable[PageImage]) -> None:
    """Keep the pages of a draft in the order of their numbers, in place of those it had."""
    remove(draft)
    in_order = sorted(images, key=lambda image: image.number)
    DraftPage.objects.bulk_create(
        DraftPage(
            draft=draft,
            number=number,
            image_number=image.number,
            image=originals.put(image.data, draft.organisation_id) if image.data else "",
            width=image.width,
            height=image.height,
        )
        for number, image in enumerate(in_order, 1)
    )


def open_image(page: DraftPage) -> bytes:
    """The image of a page as a JPEG file. Raises ``EngineError`` where it cannot be drawn or is not here any more."""
    if page.image:
        return originals.get(page.image)
    return encode(draw_page(originals.get(page.draft.original), page_of(page.image_number))).data


def remove(draft: ImportDraft) -> None:
    """Delete the images of a draft, except one that a page of another draft has too, as two empty pages do."""
    digests = set(DraftPage.objects.filter(draft=draft).exclude(image="").values_list("image", flat=True))
    DraftPage.objects.filter(draft=draft).delete()
    shared = set(DraftPage.objects.filter(image__in=digests).values_list("image", flat=True))
    for digest in digests - shared:
        originals.remove(digest)
