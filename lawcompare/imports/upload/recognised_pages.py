"""What was recognised of the pages of a draft's file, kept until its reading is done, so that none is recognised twice.

It is words of the file: encrypted as the file is, and gone with the reading or the draft.
"""

import base64
import json
import os
import zlib
from collections.abc import Iterable
from typing import Any

from django.db import transaction

from lawcompare.core.jobs.models import Job
from lawcompare.core.jobs.runner import hold
from lawcompare.engine.errors import EngineError
from lawcompare.engine.reading.ocr import VARIABLE
from lawcompare.engine.reading.reporting import FORM, Facsimile, PlainPages
from lawcompare.imports.models import ImportDraft, RecognisedPage
from lawcompare.imports.upload.page_images import PageImage, encode
from lawcompare.laws.uploads import originals


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
            except EngineError:  # under a key that is no more
                content = None
            if content is None or row.recogniser != self.recogniser:
                _remove([row])
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


def remove(draft: ImportDraft) -> None:
    """Delete what was kept of the pages of a draft's file."""
    _remove(draft.recognised_pages.all())


def _remove(rows: Iterable[RecognisedPage]) -> None:
    for row in rows:
        originals.remove(row.content)
        row.delete()
