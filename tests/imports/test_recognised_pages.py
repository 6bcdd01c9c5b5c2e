"""Pages are recognised once: what a worker that died had recognised is kept, sealed, until the reading is done."""

from __future__ import annotations

import sys
import zlib
from collections.abc import Iterator
from datetime import timedelta

import pytest
from PIL import Image

from lawcompare.core.jobs import runner
from lawcompare.core.jobs.models import Job, JobState
from lawcompare.engine.reading import read
from lawcompare.imports.corrections import corrected
from lawcompare.imports.models import ImportDraft, RecognisedPage
from lawcompare.imports.upload import reading
from lawcompare.imports.upload.services import discard, read_again, take_in
from lawcompare.laws.models import Original
from lawcompare.laws.uploads import originals, sandbox
from tests.engine.test_recognition import as_file
from tests.recognisers import DEADLY, Fixed, bars

pytestmark = pytest.mark.django_db

PAGES = (4, 6, DEADLY, 2)  # how many bars are on each


def scan() -> bytes:
    sheets = [bars(count) for count in PAGES]
    return as_file(sheets[0], "TIFF", save_all=True, append_images=sheets[1:], compression="tiff_lzw")


def kept_numbers(draft: ImportDraft) -> list[int]:
    return sorted(RecognisedPage.objects.filter(draft=draft).values_list("number", flat=True))


@pytest.fixture
def recognised(monkeypatch) -> Iterator[list[int]]:
    """The pages that are recognised, by how many bars they have. While ``dead`` is among them the worker dies there."""
    counts: list[int] = []
    of_fixed = Fixed.recognise

    def recognise(self: Fixed, image: Image.Image) -> object:
        lines = of_fixed(self, image)
        if len(lines) == DEADLY and not counts.count(0):
            raise KeyboardInterrupt  # as a worker that gets a signal to end
        counts.append(len(lines))
        return lines

    monkeypatch.setenv("RECOGNISER", "tests.recognisers:Fixed")
    monkeypatch.setattr(Fixed, "recognise", recognise)
    return counts


def test_a_worker_that_takes_over_recognises_only_the_pages_that_are_left(cast, recognised):
    draft = take_in(cast.eve, scan(), "scan.tiff")[0]
    with pytest.raises(KeyboardInterrupt):
        runner.run_now(draft.reading_job)
    assert recognised == [4, 6] and kept_numbers(draft) == [1, 2]
    for row in RecognisedPage.objects.all():
        content = originals.get(row.content)
        assert b"This law has an" in zlib.decompress(content)
        assert content[:40] not in bytes(Original.objects.get(digest=row.content).data)

    job = Job.objects.get(kind="reading")
    assert (job.state, job.step, job.total) == (JobState.RUNNING, "recognising", 4)
    Job.objects.filter(kind="reading").update(heartbeat=job.heartbeat - timedelta(hours=1))
    recognised.append(0)  # the page is not deadly any more
    runner.run_now(Job.objects.get(kind="reading"))

    assert recognised == [4, 6, 0, DEADLY, 2]
    draft = ImportDraft.objects.get(pk=draft.pk)
    assert corrected(draft).document.clauses == read(scan(), filename="scan.tiff").clauses
    assert [page.image_number for page in draft.pages.all()] == [2, 4, 6, 8] and not kept_numbers(draft)
    images = set(draft.pages.values_list("image", flat=True))
    assert set(Original.objects.values_list("digest", flat=True)) == {draft.original, draft.reading, *images}


def test_what_was_recognised_goes_with_a_draft_that_is_discarded(cast, recognised):
    draft = take_in(cast.eve, scan(), "scan.tiff")[0]
    with pytest.raises(KeyboardInterrupt):
        runner.run_now(draft.reading_job)
    discard(cast.eve, draft)
    assert not RecognisedPage.objects.exists() and not Original.objects.exists()


def test_pages_of_another_recogniser_are_recognised_anew(cast, recognised, monkeypatch):
    draft = take_in(cast.eve, scan(), "scan.tiff")[0]
    with pytest.raises(KeyboardInterrupt):
        runner.run_now(draft.reading_job)
    kept = set(RecognisedPage.objects.values_list("content", flat=True))
    monkeypatch.setattr(reading, "FORM", 0)
    recognised.append(0)
    Job.objects.filter(kind="reading").update(state=JobState.QUEUED)
    runner.run_now(Job.objects.get(kind="reading"))
    assert recognised == [4, 6, 0, 4, 6, DEADLY, 2] and not RecognisedPage.objects.exists()
    assert len(kept) == 2 and not Original.objects.filter(digest__in=kept).exists()


# The reader with two helpers, without the box, in which no test can be imported.
PROGRAM = """
import os, sys
from lawcompare.engine.sandbox import reader
reader.enter = lambda memory, seconds: []
if {spared}: os.environ["SPARED"] = "1"
sys.exit(reader.main(int(sys.argv[1]), int(sys.argv[2]), sys.argv[3], None, *sys.argv[5:]))
"""


def test_a_page_that_ends_a_helper_is_one_sentence_and_the_others_are_kept(cast, settings, monkeypatch):
    settings.READER_SANDBOX, settings.RECOGNISER_PROCESSES = True, 2
    monkeypatch.setenv("RECOGNISER", "tests.recognisers:Mortal")
    monkeypatch.setattr(sandbox, "READER", [sys.executable, "-c", PROGRAM.format(spared=False)])
    draft = take_in(cast.eve, scan(), "scan.tiff")[0]
    runner.run_now(draft.reading_job)
    job = Job.objects.get(kind="reading")
    assert job.state == JobState.FAILED
    assert job.reason == "page 3 could not be recognised within the limits; scan it anew, or leave it out"
    before = kept_numbers(draft)
    assert before and 3 not in before

    monkeypatch.setattr(sandbox, "READER", [sys.executable, "-c", PROGRAM.format(spared=True)])
    numbers: list[int] = []
    keep = reading.KeptPages.keep
    monkeypatch.setattr(
        reading.KeptPages,
        "keep",
        lambda self, number, pages: [numbers.append(number), keep(self, number, pages)],
    )
    read_again(cast.eve, draft)
    runner.run_now(Job.objects.get(kind="reading"))
    assert sorted(numbers + before) == [1, 2, 3, 4]
    draft = ImportDraft.objects.get(pk=draft.pk)
    assert draft.reading and draft.pages.exclude(image="").count() == 4 and not kept_numbers(draft)
    monkeypatch.setenv("RECOGNISER", "tests.recognisers:Fixed")
    whole = read(scan(), filename="scan.tiff")
    assert corrected(draft).document.clauses == whole.clauses and corrected(draft).document.boxes == whole.boxes
