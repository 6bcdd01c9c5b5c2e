"""Pictures lose what a camera wrote there; their pages are recognised once, and what was recognised is kept sealed."""

from __future__ import annotations

import io
import struct
import sys
import zlib
from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from PIL import Image, PngImagePlugin

from lawcompare.core.jobs import runner
from lawcompare.core.jobs.models import Job, JobState
from lawcompare.engine.document import Clause, Document
from lawcompare.engine.reading import read
from lawcompare.imports.corrections import corrected
from lawcompare.imports.models import DraftState, ImportDraft, RecognisedPage
from lawcompare.imports.upload import reading
from lawcompare.imports.upload.files import packed, without_metadata
from lawcompare.imports.upload.services import discard, read_again, take_in
from lawcompare.laws.models import Original
from lawcompare.laws.services import ImportRefused
from lawcompare.laws.uploads import originals, sandbox
from tests.engine.test_recognition import as_file
from tests.processor_time import at_most
from tests.recognisers import DEADLY, Fixed, bars

pytestmark = pytest.mark.django_db

ARTICLE, RECOGNISED = Clause("art_1", "article", "មាត្រា ១", "", "បទ"), {"text": "recognised"}
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


@pytest.fixture
def half_read(world, cast, recognised) -> ImportDraft:
    """A scan whose worker died at the third of its four pages."""

    def make() -> ImportDraft:
        draft = take_in(cast.eve, scan(), "scan.tiff")[0]
        with pytest.raises(KeyboardInterrupt):
            runner.run_now(draft.reading_job)
        assert recognised == [4, 6] and kept_numbers(draft) == [1, 2]
        recognised.clear()
        return draft

    return world.has("half read", make)


@pytest.mark.parametrize(
    ("words", "is_proposed"),
    [("ច្បាប់ស្តីពីការរំលូតកូន", True), ("ច្បាប់ស្តីពីការផ្តលសំន្ធិកម្ម", False), ("ឆ្នាំទី៨ . លេខ២៨ ថ្ងៃទី៣១", False)],
)
def test_a_title_that_is_not_legible_is_shown_and_not_proposed(
    client, cast, recognised, monkeypatch, words, is_proposed
):
    monkeypatch.setattr(reading, "read_file", lambda *args: Document(words, "km", (ARTICLE,), meta=RECOGNISED))
    draft = take_in(cast.eve, scan(), "scan.tiff")[0]
    runner.run_now(draft.reading_job)
    client.force_login(cast.eve)
    page = client.get(reverse("import_about", args=[draft.pk])).content.decode()
    assert (f'value="{words}"' in page) == is_proposed
    assert (f"Read from the picture as “{words}”." in page) != is_proposed


def test_a_worker_that_takes_over_recognises_only_the_pages_that_are_left(half_read, recognised):
    draft = half_read
    for row in RecognisedPage.objects.all():
        content = originals.get(row.content)
        assert b"This law has an" in zlib.decompress(content)
        assert content[:40] not in bytes(Original.objects.get(digest=row.content).data)

    job = Job.objects.get(kind="reading")
    assert (job.state, job.step, job.total) == (JobState.RUNNING, "recognising", 4)
    Job.objects.filter(kind="reading").update(heartbeat=job.heartbeat - timedelta(hours=1))
    recognised.append(0)  # the page is not deadly any more
    runner.run_now(Job.objects.get(kind="reading"))

    assert recognised == [0, DEADLY, 2]
    draft = ImportDraft.objects.get(pk=draft.pk)
    assert corrected(draft).document.clauses == read(scan(), filename="scan.tiff").clauses
    assert [page.image_number for page in draft.pages.all()] == [2, 4, 6, 8] and not kept_numbers(draft)
    images = set(draft.pages.values_list("image", flat=True))
    assert set(Original.objects.values_list("digest", flat=True)) == {draft.original, draft.reading, *images}


def test_what_was_recognised_goes_with_a_draft_that_is_discarded(cast, half_read):
    discard(cast.eve, half_read)
    assert not RecognisedPage.objects.exists() and not Original.objects.exists()


def test_pages_of_another_recogniser_are_recognised_anew(half_read, recognised, monkeypatch):
    kept = set(RecognisedPage.objects.values_list("content", flat=True))
    monkeypatch.setattr(reading, "FORM", 0)
    recognised.append(0)
    Job.objects.filter(kind="reading").update(state=JobState.QUEUED)
    runner.run_now(Job.objects.get(kind="reading"))
    assert recognised == [0, 4, 6, DEADLY, 2] and not RecognisedPage.objects.exists()
    assert len(kept) == 2 and not Original.objects.filter(digest__in=kept).exists()


# The reader with two helpers, without the box, in which no test can be imported.
PROGRAM = """
import os, sys
from lawcompare.engine.sandbox import reader
reader.enter = lambda memory, seconds: []
if {spared}: os.environ["SPARED"] = "1"
sys.exit(reader.main(int(sys.argv[1]), int(sys.argv[2]), sys.argv[3], None, *sys.argv[5:]))
"""


@pytest.mark.verify
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


NAME = "Somebody Whose Name"
GPS_IFD, ORIENTATION, ARTIST, SOFTWARE = 0x8825, 0x0112, 0x013B, 0x0131


@pytest.fixture
def reads(django_capture_on_commit_callbacks):
    return lambda: django_capture_on_commit_callbacks(execute=True)


def exif() -> Image.Exif:
    written = Image.Exif()
    written[ORIENTATION], written[ARTIST], written[SOFTWARE] = 6, NAME, "Camera 1"
    written.get_ifd(GPS_IFD).update({1: "N", 2: (11.0, 33.0, 20.0), 29: "2026:01:02"})
    return written


def picture(form: str) -> bytes:
    image = bars(2)
    if form == "PNG":
        text = PngImagePlugin.PngInfo()
        text.add_text("Author", NAME)
        return as_file(image, form, pnginfo=text, exif=exif())
    if form == "TIFF":
        return as_file(image, form, tiffinfo={ARTIST: NAME, 270: NAME})
    return as_file(image, form, exif=exif(), comment=NAME.encode())


@pytest.mark.parametrize("form", ["JPEG", "PNG", "TIFF"])
def test_a_picture_keeps_its_look_and_nothing_else(form):
    data = picture(form)
    clean = without_metadata(data)
    assert NAME.encode() in data and NAME.encode() not in clean and b"Camera 1" not in clean and b"2026:01" not in clean
    with Image.open(io.BytesIO(data)) as before, Image.open(io.BytesIO(clean)) as after:
        assert before.tobytes() == after.tobytes()
        assert not after.getexif().get_ifd(GPS_IFD)
        if form == "JPEG":
            assert dict(after.getexif()) == {ORIENTATION: 6}


@pytest.mark.parametrize("form", ["JPEG", "PNG", "TIFF"])
def test_a_broken_picture_is_refused_or_left_to_the_reader(form):
    data = picture(form)
    for length in (9, 30, 200):
        try:
            without_metadata(data[:length])
        except ImportRefused as refused:
            assert "broken" in str(refused)


def _tiff(*, tag_kind: int, values: int, place: int, number: int, length: int = 0) -> bytes:
    entries = struct.pack("<HHII", 700, tag_kind, values, place) * number
    return (b"II*\0" + struct.pack("<IH", 8, number) + entries + struct.pack("<I", 8)).ljust(length, b"\0")


@pytest.mark.parametrize(
    "made",
    [
        lambda: _tiff(tag_kind=1, values=1 << 22, place=1, number=1000, length=1 << 22),  # each entry names the file
        lambda: _tiff(tag_kind=4, values=1, place=8, number=2000),  # each entry names its directory, as that does
        lambda: b"\xff\xd8" + b"\xff" * 20_000_000,
    ],
)
def test_a_picture_made_to_be_walked_for_ever_is_refused_at_once(made):
    data = made()
    with at_most(1.4), pytest.raises(ImportRefused, match="broken"):
        without_metadata(data)


def test_pictures_are_packed_in_the_order_of_their_names():
    first, second = as_file(bars(2)), as_file(bars(4))
    _, one = packed([("scan 10.png", second), ("scan 9.png", first)])
    _, other = packed([("a.png", first), ("b.png", second)])
    assert one == other and b"scan" not in one


def test_photographs_are_one_text_and_their_names_and_what_a_camera_wrote_are_forgotten(editor, reads, monkeypatch):
    monkeypatch.setenv("RECOGNISER", "tests.recognisers:Fixed")
    together = {f"{NAME} {number}.jpg": as_file(bars(2), "JPEG", comment=NAME.encode()) for number in (2, 1)}
    for files, clauses in (({f"{NAME}.png": picture("PNG")}, 1), (together, 2)):
        with reads():
            uploads = [SimpleUploadedFile(*file) for file in files.items()]
            assert editor.post(reverse("imports"), {"files": uploads}).status_code == 302
        draft = ImportDraft.objects.latest("pk")
        assert draft.state == DraftState.READY and draft.clause_count == clauses
        assert NAME not in draft.name and (draft.name == "picture.png") == (clauses == 1)
        assert all(NAME.encode() not in originals.get(each.digest) for each in Original.objects.all())
        html = editor.get(draft.get_absolute_url()).content.decode()
        assert "This law has an aim." in html and NAME not in html
