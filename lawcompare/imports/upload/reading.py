"""What a worker does to read the file of a draft, and what it keeps: the images of pages, and what was recognised.

The images are encrypted as the file is, shown to its organisation alone, and deleted with it.
A reader in the sandbox gives pixels; they are made a JPEG here, so that no bytes of a stranger's file reach a browser.
Of pages that were read by their text layer no image is kept: it is drawn from the file each time it is looked at.
"""

import base64
import io
import json
import os
import zlib
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

from django.db import transaction
from django.utils import timezone
from PIL import Image

from lawcompare.core.jobs.models import Job
from lawcompare.core.jobs.registry import Report
from lawcompare.core.jobs.runner import finish, hold
from lawcompare.engine.document import Document
from lawcompare.engine.errors import EngineError
from lawcompare.engine.reading.ocr import VARIABLE
from lawcompare.engine.reading.reporting import FORM, Facsimile, PlainPages, page_of
from lawcompare.engine.structure.front_matter import is_legible_title
from lawcompare.imports.corrections import keep_reading, laws_amended
from lawcompare.imports.models import DraftPage, ImportDraft, RecognisedPage
from lawcompare.laws.services import Import, read_file
from lawcompare.laws.uploads import originals
from lawcompare.laws.uploads.sandbox import draw_page

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


def store_images(draft: ImportDraft, images: Iterable[PageImage]) -> None:
    """Keep the pages of a draft in the order of their numbers, in place of those it had."""
    remove_images(draft)
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


def remove_images(draft: ImportDraft) -> None:
    """Delete the images of a draft, except one that a page of another draft has too, as two empty pages do."""
    digests = set(DraftPage.objects.filter(draft=draft).exclude(image="").values_list("image", flat=True))
    DraftPage.objects.filter(draft=draft).delete()
    shared = set(DraftPage.objects.filter(image__in=digests).values_list("image", flat=True))
    for digest in digests - shared:
        originals.remove(digest)


# --- What was recognised, kept until the reading is done, so that no page is recognised twice -------------------------
# It is words of the file: encrypted as the file is, and gone with the reading or the draft.


class KeptPages:
    """The pages of a reading: those that an earlier try recognised, and those that this one does."""

    def __init__(self, draft: ImportDraft, job: Job) -> None:
        self.draft, self.job = draft, job
        self.recogniser = f"{FORM} {os.environ.get(VARIABLE, '')}"[:200]
        self.known: dict[int, PlainPages] = {}
        self.images: list[PageImage] = []
        for row in draft.recognised_pages.all():
            try:
                content = json.loads(zlib.decompress(originals.get(row.content)))
            except (originals.OriginalClosed, originals.OriginalLost):  # under a key that is no more
                content = None
            if content is None or row.recogniser != self.recogniser:
                remove_recognised([row])
                continue
            self.known[row.number] = content["pages"]
            for image, width, height, data in content["images"]:
                self.images.append(PageImage(image, width, height, base64.b64decode(data)))

    def keep_image(self, image: Facsimile) -> None:
        self.images.append(encode(image))

    def keep(self, number: int, pages: PlainPages) -> None:
        """Keep what was recognised of a page, with its images, which came before. Raises ``LostClaim``."""
        images = [
            (image.number, image.width, image.height, base64.b64encode(image.data).decode())
            for image in self.images
            if image.data and image.page == number
        ]
        # With the draft in it, it is the content of no other page.
        content: dict[str, Any] = {"draft": self.draft.pk, "page": number, "pages": pages, "images": images}
        with transaction.atomic():
            hold(self.job)
            packed = zlib.compress(json.dumps(content).encode())
            digest = originals.put(packed, self.draft.organisation_id)
            RecognisedPage.objects.create(draft=self.draft, number=number, recogniser=self.recogniser, content=digest)


def remove_recognised(rows: Iterable[RecognisedPage]) -> None:
    """Delete what was kept of pages."""
    for row in rows:
        originals.remove(row.content)
        row.delete()


# --- Reading ----------------------------------------------------------------------------------------------------------

# What the front matter of our own Markdown says of a text is what its importer would type.
FRONT_MATTER = (
    *("law", "version", "short_title", "date", "text_status"),
    *("source_url", "became_public", "became_public_on", "note"),
)


def run_reading(draft: ImportDraft, report: Report) -> None:
    job = draft.reading_job
    assert job is not None
    wanted = Import(
        originals.open_original(draft.original, f"import/{draft.pk}", None, draft.organisation.slug),
        draft.name,
        metadata={"language": draft.language},
        accept_warnings=True,
        sandboxed=True,
    )
    pages = KeptPages(draft, job)
    document = read_file(wanted, report, pages.keep_image, pages)
    before = _before_changes(draft, wanted, document, report)
    with transaction.atomic():
        finish(job)
        _keep(draft, document)
        store_images(draft, pages.images)
        remove_recognised(draft.recognised_pages.all())
        if before is not None:
            _keep_before(draft, before)


def _before_changes(draft: ImportDraft, wanted: Import, document: Document, report: Report) -> Document | None:
    """The text of a Word file before the changes tracked in it, where wanted; None where there is none, or no law."""
    if not draft.wants_before or "tracked_changes" not in document.meta:
        return None
    try:
        before = read_file(replace(wanted, before_changes=True), report)
    except EngineError:
        return None
    return before if before.clauses != document.clauses else None


def _keep_before(draft: ImportDraft, before: Document) -> None:
    """A draft of its own for the text before the changes, beside the one of the text after them."""
    other = draft.before_changes or ImportDraft.objects.create(
        organisation=draft.organisation,
        creator=draft.creator,
        batch=draft.batch,
        name=draft.name,
        original=draft.original,
        size=draft.size,
        language=draft.language,
    )
    _keep(other, before)
    ImportDraft.objects.filter(pk=draft.pk).update(before_changes=other)


# Of what a file says of itself, in letters of each: every list of files loads it.
DETAIL_MAX = 5_000


def _keep(draft: ImportDraft, document: Document) -> None:
    details = {name: str(document.meta[name])[:DETAIL_MAX] for name in FRONT_MATTER if document.meta.get(name)}
    is_sure = "recognised" not in str(document.meta.get("text", "")) or is_legible_title(document.title)
    ImportDraft.objects.filter(pk=draft.pk).update(
        reading=keep_reading(document, draft.organisation_id),
        title=document.title[:300],
        clause_count=len(document.clauses),
        warning_count=len(document.warnings),
        details=draft.details
        | {"title": document.title[:300] if is_sure else "", "language": document.language}
        | {"laws_amended": laws_amended(document)}
        | details,
        changed_at=timezone.now(),
    )
