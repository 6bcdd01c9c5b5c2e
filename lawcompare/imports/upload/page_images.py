"""The images of a draft's pages: encrypted as its file is, shown to its organisation alone, deleted with it.

A reader in the sandbox gives pixels; they are made a JPEG here, so that no bytes of a stranger's file reach a browser.
"""

from __future__ import annotations

import io
from collections.abc import Iterable
from dataclasses import dataclass

from PIL import Image

from lawcompare.engine.reading.facsimiles import Facsimile
from lawcompare.imports.models import DraftPage, ImportDraft
from lawcompare.laws.uploads import originals

QUALITY = 60
CONTENT_TYPE = "image/jpeg"


@dataclass(frozen=True)
class PageImage:
    """A page image as it is stored; ``number`` is the reader's."""

    number: int
    width: int
    height: int
    data: bytes


def encode(facsimile: Facsimile) -> PageImage:
    size = facsimile.width, facsimile.height
    file = io.BytesIO()
    Image.frombytes("L", size, facsimile.pixels).save(file, "JPEG", quality=QUALITY)
    return PageImage(facsimile.number, *size, file.getvalue())


def store(draft: ImportDraft, images: Iterable[PageImage]) -> None:
    """Keep the images of a draft in the order of their numbers, in place of those it had."""
    remove(draft)
    in_order = sorted(images, key=lambda image: image.number)
    DraftPage.objects.bulk_create(
        DraftPage(
            draft=draft,
            number=number,
            image_number=image.number,
            image=originals.put(image.data),
            width=image.width,
            height=image.height,
        )
        for number, image in enumerate(in_order, 1)
    )


def remove(draft: ImportDraft) -> None:
    """Delete the images of a draft, except one that a page of another draft has too, as two empty pages do."""
    digests = set(DraftPage.objects.filter(draft=draft).values_list("image", flat=True))
    DraftPage.objects.filter(draft=draft).delete()
    shared = set(DraftPage.objects.filter(image__in=digests).values_list("image", flat=True))
    for digest in digests - shared:
        originals.remove(digest)
