"""Photographs and scans handed in: what a camera wrote into them is forgotten, several are one text."""

from __future__ import annotations

import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from PIL import Image, PngImagePlugin

from lawcompare.imports.models import DraftState, ImportDraft
from lawcompare.imports.upload.files import packed, without_metadata
from lawcompare.laws.models import Original
from lawcompare.laws.services import ImportRefused
from lawcompare.laws.uploads import originals
from tests.engine.test_recognition import as_file
from tests.recognisers import bars
from tests.test_hostile_files import blank_png

pytestmark = pytest.mark.django_db
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


def test_pictures_are_packed_in_the_order_of_their_names():
    first, second = as_file(bars(2)), as_file(bars(4))
    _, one = packed([("scan 10.png", second), ("scan 9.png", first)])
    _, other = packed([("a.png", first), ("b.png", second)])
    assert one == other and b"scan" not in one


def test_photographs_handed_in_at_once_become_one_text(editor, reads, monkeypatch):
    monkeypatch.setenv("RECOGNISER", "tests.recognisers:Fixed")
    files = [
        SimpleUploadedFile(f"{NAME} {number}.jpg", as_file(bars(2), "JPEG", comment=NAME.encode())) for number in (2, 1)
    ]
    with reads():
        response = editor.post(reverse("imports"), {"files": files})
    draft = ImportDraft.objects.get()
    assert response.status_code == 302 and draft.state == DraftState.READY and draft.clause_count
    assert NAME not in draft.name
    assert all(NAME.encode() not in originals.get(each.digest) for each in Original.objects.all())
    html = editor.get(draft.get_absolute_url()).content.decode()
    assert "This law has an aim." in html and NAME not in html


def test_a_single_photograph_forgets_its_name(editor, reads, monkeypatch):
    monkeypatch.setenv("RECOGNISER", "tests.recognisers:Fixed")
    with reads():
        editor.post(reverse("imports"), {"files": SimpleUploadedFile(f"{NAME}.png", picture("PNG"))})
    draft = ImportDraft.objects.get()
    assert draft.name == "picture.png" and draft.clause_count == 1
    assert NAME.encode() not in originals.get(draft.original)


def test_a_picture_without_text_fails_in_one_sentence(editor, reads, monkeypatch):
    monkeypatch.setenv("RECOGNISER", "tests.engine.test_read_pdf:Blind")
    with reads():
        editor.post(reverse("imports"), {"files": SimpleUploadedFile("cat.jpg", as_file(bars(3), "JPEG"))})
    draft = ImportDraft.objects.get()
    assert draft.state == DraftState.FAILED and draft.job.reason.startswith("no text could be read in the picture")


def test_a_picture_of_a_hundred_megapixels_fails_in_one_sentence(editor, reads, monkeypatch):
    monkeypatch.setenv("RECOGNISER", "tests.recognisers:Fixed")
    with reads():
        editor.post(reverse("imports"), {"files": SimpleUploadedFile("page.png", blank_png(10_000, 10_000))})
    draft = ImportDraft.objects.get()
    assert draft.state == DraftState.FAILED
    assert draft.job.reason == "the picture has more than 80 million pixels; make it smaller"
