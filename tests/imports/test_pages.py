"""The pages of a file beside its clauses: images, places of clauses, who sees them, who reads them, when they go."""

from __future__ import annotations

import io
import re
import sys
from threading import BoundedSemaphore

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from PIL import Image

from lawcompare.core.jobs.models import Job
from lawcompare.core.jobs.registry import ignore_progress
from lawcompare.core.jobs.runner import run_now
from lawcompare.engine.document import Clause, Document, Furniture, LineBox
from lawcompare.engine.errors import ReadingError
from lawcompare.engine.reading import reporting
from lawcompare.engine.reading.ocr import tesseract
from lawcompare.engine.structure.corrections import CorrectionError
from lawcompare.imports import corrections
from lawcompare.imports.corrections import make_correction, start_correcting
from lawcompare.imports.models import DraftPage, DraftState, ImportDraft
from lawcompare.imports.review_page import views
from lawcompare.imports.review_page.layout import boxes_of, furniture_lines
from lawcompare.imports.review_page.services import mark_page, take_pages
from lawcompare.imports.storing.services import ask_to_store, details_state
from lawcompare.imports.upload.services import discard
from lawcompare.laws.models import Original, Version
from lawcompare.laws.uploads import originals, sandbox
from lawcompare.laws.uploads.sandbox import read_in_sandbox
from tests.conftest import require
from tests.engine.test_read_pdf import Print
from tests.engine.test_recognition import as_file, page
from tests.imports.conftest import DETAILS
from tests.recognisers import bars
from tests.world import made_once

pytestmark = pytest.mark.django_db


@pytest.fixture
def scan(cast, django_capture_on_commit_callbacks, monkeypatch):
    """Two photographs handed in at once as one text of six articles: encrypted, with a key that each process draws."""
    monkeypatch.setenv("RECOGNISER", "tests.recognisers:Fixed")

    files = [SimpleUploadedFile(f"{at}.png", as_file(bars(count))) for at, count in ((1, 8), (2, 4))]
    client = Client()
    client.force_login(cast.eve)
    with django_capture_on_commit_callbacks(execute=True):
        client.post(reverse("imports"), {"files": files})
    return ImportDraft.objects.get()


def printed() -> bytes:
    """Two pages of a print with a text layer."""
    text = Print()
    for number in range(1, 5):
        if number == 3:
            text.pages.append([])
        text.put(72, 760 - 60 * number, f"Article {number}. Aim", 12)
        text.put(72, 740 - 60 * number, "This law has an aim that all may know.", 12)
    return text.data()


def test_each_clause_has_its_page_and_box_and_the_image_shows_it(scan, editor):
    assert [(each.number, each.width, each.height) for each in scan.pages.all()] == [(1, 1183, 1600), (2, 1183, 1600)]
    html = editor.get(scan.get_absolute_url()).content.decode()
    figures = re.findall(r'<figure id="page-(\d)">(.*?)</figure>', html, re.S)
    assert [(number, len(re.findall("<rect", figure))) for number, figure in figures] == [("1", 4), ("2", 2)]
    keys = re.findall(r'data-box="(\w+)"', html)
    assert keys and all(f'id="c-{key}"' in html for key in keys)
    assert html.count('href="#page-1"') == 4 and html.count('href="#page-2"') == 2
    box = re.search(r'<rect\s+x="(\d+)"\s+y="(\d+)"\s+width="(\d+)"\s+height="(\d+)"', figures[0][1])
    left, top, width, height = (int(part) / 1000 for part in box.groups())
    # The ink of the first two bars, which are one article, is in the box.
    assert abs(top - 300 / 2300) < 0.01 and abs(top + height - 390 / 2300) < 0.01
    assert left < 110 / 1700 and left + width > 0.5


def test_an_image_is_shown_to_its_organisation_alone_and_kept_by_no_browser(scan, editor, client, cast):
    address = scan.pages.first().get_absolute_url()
    response = editor.get(address)
    assert response["Content-Type"] == "image/jpeg" and response["Cache-Control"] == "private, no-store"
    with Image.open(io.BytesIO(response.content)) as image:
        assert image.size == (1183, 1600) and not image.getexif()
    assert editor.get(address.replace("/1/", "/9/")).status_code == 404
    for person in (cast.charlie, cast.alice, None):
        client.logout()
        if person:
            client.force_login(person)
        response = client.get(address)
        assert response.status_code in (302, 403, 404) and b"JFIF" not in response.content


@pytest.fixture
@made_once
def stored(scan, cast):
    """The text that was made of the two photographs, of which a person has read the first."""
    mark_page(cast.eve, scan, 1, is_read=True)
    details = {"law": "draft", "law_title": "Draft", "jurisdiction": "kh", "kind": "draft", "version": "scan"}
    details |= {"title": "T", "language": "en"}
    ask_to_store(cast.eve, scan, details, is_public=True, unchecked_is_known=True)
    run_now(Job.objects.get(kind="storing"))
    return Version.objects.get()


def test_who_corrects_a_published_text_has_its_pages_beside_it_again(scan, stored, editor, client, cast):
    before = editor.get(scan.pages.first().get_absolute_url()).content
    draft = start_correcting(cast.eve, stored)
    html = editor.get(draft.get_absolute_url()).content.decode()
    figures = re.findall(r'<figure id="page-(\d)">(.*?)</figure>', html, re.S)
    assert [(number, len(re.findall("<rect", figure))) for number, figure in figures] == [("1", 4), ("2", 2)]
    own = draft.pages.first()
    assert editor.get(own.get_absolute_url()).content == before and own.read_by == cast.eve
    # A text that came of the correction says how many pages were read, and may be corrected in its turn.
    make_correction(cast.eve, draft, "words", "c1", {"heading": "Aims"}, "Misread.", 0)
    ask_to_store(cast.eve, draft, {**draft.details, "version": "again"}, is_public=True)
    run_now(ImportDraft.objects.get(pk=draft.pk).storing_job)
    again = Version.objects.exclude(pk=stored.pk).get()
    assert (again.pages_total, again.pages_proofread) == (2, 1)
    assert start_correcting(cast.eve, again).pages.count() == 2
    client.force_login(cast.charlie)
    assert client.get(own.get_absolute_url()).status_code in (403, 404)


def test_another_organisation_corrects_a_published_text_without_its_pages(client, cast, stored):
    cast.charlie.memberships.update(role="editor")
    draft = start_correcting(cast.charlie, stored)
    assert not draft.pages.exists()
    client.force_login(cast.charlie)
    html = client.get(draft.get_absolute_url()).content.decode()
    assert "<figure" not in html and "This law has an aim." in html


def test_a_discarded_correction_leaves_the_pages_of_the_text(scan, stored, editor, cast):
    discard(cast.eve, start_correcting(cast.eve, stored))
    assert editor.get(scan.pages.first().get_absolute_url()).content[:2] == b"\xff\xd8"


@pytest.mark.ocr
def test_a_folder_of_models_that_is_not_there_does_not_end_the_reader(monkeypatch, tmp_path):
    try:
        tesseract.TesseractRecogniser()
    except ReadingError as reason:
        require("ocr", str(reason))
    monkeypatch.setenv("TESSDATA_PREFIX", str(tmp_path / "none"))
    document = read_in_sandbox(as_file(page()), "scan.png", None, ignore_progress)
    assert [clause.num for clause in document.clauses] == ["មាត្រា ១", "មាត្រា ២"]


def test_images_lie_encrypted_go_with_their_draft_and_stay_for_another_that_shares_them(scan, cast, hand_in):
    shared, last = scan.pages.all()
    stored = bytes(Original.objects.get(digest=shared.image).data)
    assert b"JFIF" not in stored and originals.get(shared.image)[:2] == b"\xff\xd8"
    other = hand_in()
    DraftPage.objects.create(draft=other, number=1, image_number=2, image=shared.image, width=1, height=1)
    discard(cast.eve, scan)
    assert originals.get(shared.image) and not Original.objects.filter(digest=last.image).exists()
    discard(cast.eve, other)
    assert not DraftPage.objects.exists() and not Original.objects.filter(digest=shared.image).exists()


def test_a_pdf_is_drawn_when_looked_at_and_its_lines_have_places(editor, client, cast, hand_in):
    draft = hand_in(printed(), "law.pdf")
    assert draft.state == DraftState.READY
    assert [(each.image, each.width, each.height) for each in draft.pages.all()] == [("", 1236, 1600)] * 2
    # No image is kept: the file and what was read from it are all.
    assert set(Original.objects.values_list("digest", flat=True)) == {draft.original, draft.reading}
    document = corrections.corrected(draft).document
    assert len(document.boxes) == len(document.source) == 8
    first, last = document.boxes[0], document.boxes[-1]
    assert (first.image, last.image) == (2, 4)
    assert abs(first.left - 1000 * 72 / 612) < 15 and first.top < 1000 * (792 - 700) / 792 < first.bottom
    html = editor.get(draft.get_absolute_url()).content.decode()
    assert html.count("<figure") == 2 and "facsimiles.js" in html
    for row, box in zip(draft.pages.all(), (first, last), strict=True):
        response = editor.get(row.get_absolute_url())
        assert response["Content-Type"] == "image/jpeg" and response["Cache-Control"] == "private, no-store"
        with Image.open(io.BytesIO(response.content)) as image:
            assert image.size == (1236, 1600)
            part = [at * image.size[n % 2] // 1000 for n, at in enumerate((box.left, box.top, box.right, box.bottom))]
            assert image.crop(part).getextrema()[0] < 100, "the line is not where its box is"
    address = draft.pages.first().get_absolute_url()
    for person in (cast.charlie, cast.alice):
        client.force_login(person)
        assert b"JFIF" not in client.get(address).content
    discard(cast.eve, draft)
    assert not DraftPage.objects.exists() and not Original.objects.exists()


def test_a_page_that_cannot_be_drawn_is_not_there(editor, hand_in, settings, monkeypatch):
    draft = hand_in(printed(), "law.pdf")
    settings.READER_SANDBOX = True
    monkeypatch.setattr(sandbox, "PAGE_WORKER", [sys.executable, "-c", "print('PAGE' + 20 * 'x')"])
    response = editor.get(draft.pages.first().get_absolute_url())
    assert response.status_code == 404 and "There is no image of this page." in response.content.decode()


def test_pages_that_take_long_to_draw_count_whichever_they_are(editor, hand_in, settings, monkeypatch):
    """A PDF of a kilobyte drew for 40 s in the process that serves pages, as often and as many at once as was asked."""
    draft = hand_in(printed(), "law.pdf")
    settings.READER_SANDBOX, settings.LONG_SECONDS_PER_HOUR = True, 2
    monkeypatch.setattr(sandbox, "PAGE_SECONDS", 1)
    monkeypatch.setattr(sandbox, "PAGE_WORKER", [sys.executable, "-c", "import time; time.sleep(60)"])
    first, second = (page.get_absolute_url() for page in draft.pages.all()[:2])
    assert [editor.get(address).status_code for address in (first, second)] == [404, 429]


def test_a_page_waits_its_turn_where_others_are_drawn_and_takes_a_place(editor, hand_in, settings, monkeypatch):
    draft = hand_in(printed(), "law.pdf")
    settings.READER_SANDBOX = True
    monkeypatch.setattr(sandbox, "MAKER_WAITS", 0.01)
    monkeypatch.setattr(sandbox, "makers", BoundedSemaphore(1))
    address = draft.pages.first().get_absolute_url()
    with sandbox.makers:
        assert editor.get(address).status_code == 429, "it is there, but not now"
    assert editor.get(address).status_code == 200
    monkeypatch.setattr(views, "has_place", lambda request: False)
    assert editor.get(address).status_code == 429


def test_a_page_is_drawn_in_the_box_as_without_it(settings):
    settings.READER_SANDBOX = False
    drawn = sandbox.draw_page(printed(), 2)
    settings.READER_SANDBOX = True
    assert sandbox.draw_page(printed(), 2) == drawn and min(drawn.pixels) < 100
    for data, number in ((printed(), 3), (b"%PDF-1.7 broken", 1)):
        with pytest.raises(ReadingError, match=f"page {number} of the PDF cannot be drawn"):
            sandbox.draw_page(data, number)


@pytest.mark.parametrize(
    "message",
    [
        {"image": 2, "width": 10, "height": 10, "pixels": "not base64"},
        {"image": 2, "width": 10, "height": 10, "pixels": "eJxLTEoGAAJNASc="},
        {"image": 2, "width": 99999, "height": 10, "pixels": ""},
        {"image": "x", "width": 1, "height": 1, "pixels": ""},
        {"image": 2},
    ],
)
def test_an_image_that_is_not_what_it_says_is_no_image(message):
    from lawcompare.laws.uploads.sandbox import _facsimile

    assert _facsimile(message) is None


def test_lines_that_follow_each_other_are_one_box_and_the_page_number_is_none():
    boxes = (
        LineBox(2, 100, 900, 800, 920), LineBox(2, 400, 980, 500, 990),
        LineBox(4, 100, 100, 800, 120), LineBox(4, 120, 130, 850, 150), None, LineBox(4, 900, 50, 990, 90),
    )  # fmt: skip
    document = Document(
        "Law", "en", (Clause("art_1", "article", line=1),),
        boxes=boxes, source=("Article 1.", "1", "This", "law", "", "."),
        furniture=(Furniture("separator", ".", 1), Furniture("page-number", "1", 2)),
    )  # fmt: skip
    lines = [line for line in range(1, 9) if line not in furniture_lines(document)]
    assert boxes_of(document, lines) == [
        LineBox(2, 100, 900, 800, 920),
        LineBox(4, 100, 100, 850, 150),
        LineBox(4, 900, 50, 990, 90),
    ]


def test_a_photograph_larger_than_needed_is_kept_small():
    kept: list[reporting.Facsimile] = []
    with reporting.listening(reporting.Listeners(keep_image=kept.append)):
        reporting.keep_image(page(size=(3200, 2000)), 1)
        reporting.keep_image(page(size=(300, 200)), reporting.MOST_IMAGES + 1)
    assert [(image.width, image.height) for image in kept] == [(1600, 1000)]


def test_lines_of_a_web_page_are_shown_as_they_read(editor, hand_in):
    page = "<html><body><h2 class='x'>Article 1. Aim</h2><p>This <b>law</b> has an aim.</p></body></html>"
    draft = hand_in(page, "law.html")
    html = " ".join(editor.get(draft.get_absolute_url()).content.decode().split())
    assert "This law has an aim." in html and "&lt;" not in html
    assert "facsimile" not in html and "The file, by lines" in html, "it has no pages"
    assert corrections.corrected(draft).document.clauses[0].line == 1


def test_a_long_text_takes_as_many_queries_as_a_short_one_and_no_long_page(editor, cast, settings):
    settings.CLAUSES_PER_PAGE = 200
    image = originals.put(b"\xff\xd8 a page", cast.centre.pk)

    def draft_of(count: int) -> ImportDraft:
        clauses = tuple(
            Clause(f"art_{at}", "article", f"Article {at}", "Aim", "Words of it.", line=at)
            for at in range(1, count + 1)
        )
        boxes = tuple(LineBox(2 * (1 + at // 10), 100, 90 * (at % 10), 900, 90 * (at % 10) + 80) for at in range(count))
        document = Document("Law", "en", clauses, source=tuple("Words" for _ in range(count)), boxes=boxes)
        reading = corrections.keep_reading(document, cast.centre.pk)
        draft = ImportDraft.objects.create(organisation=cast.centre, name="law.pdf", original="x", reading=reading)
        DraftPage.objects.bulk_create(
            DraftPage(draft=draft, number=at, image_number=2 * at, image=image, width=10, height=10, taken_by=cast.eve)
            for at in range(1, 1 + -(-count // 10))
        )
        return draft

    counts, sizes = [], []
    for draft in (draft_of(20), draft_of(3000)):
        editor.get(draft.get_absolute_url())  # unpacked once
        with CaptureQueriesContext(connection) as queries:
            response = editor.get(f"{draft.get_absolute_url()}?page=2")
        counts.append(len(queries))
        sizes.append(len(response.content))
    assert counts[0] == counts[1]
    html = response.content.decode()
    assert html.count("<figure") <= 22 and html.count("data-row=") <= 210 and sizes[1] < 600_000


@pytest.fixture
def long_scan(scan):
    """As if it had twelve pages; the text stands on the first two."""
    DraftPage.objects.bulk_create(
        DraftPage(draft=scan, number=number, image_number=2 * number, image=scan.pages.first().image, width=9, height=9)
        for number in range(3, 13)
    )
    return scan


def page_of(editor, draft) -> str:
    return " ".join(editor.get(draft.get_absolute_url()).content.decode().split())


def test_pages_are_taken_read_and_counted(long_scan, editor, cast, fern):
    draft = long_scan
    assert "0 of 12 pages read by a person" in page_of(editor, draft)
    editor.post(f"{draft.get_absolute_url()}pages/", {"first": 1, "last": 6})
    take_pages(fern, draft, 7, 12)
    editor.post(f"{draft.get_absolute_url()}pages/1/read/")
    mark_page(fern, draft, 7, is_read=True)
    html = page_of(editor, draft)
    assert "2 of 12 pages read by a person" in html and "fern" not in html
    assert ">1–6</a> e…@e….org · 1/6" in html and ">7–12</a> f…@e….org · 1/6" in html
    assert "?file_page=2#page-2" in html and "read by e…@e….org" in html
    editor.post(f"{draft.get_absolute_url()}pages/1/read/", {"not_read": "1"})
    assert "1 of 12 pages read by a person" in page_of(editor, draft)
    editor.post(f"{draft.get_absolute_url()}pages/", {"first": 1, "last": 12, "give_back": "1"})
    assert [run.taken_by for run in draft.pages.all()] == [None] * 6 + [fern] * 6


def test_what_another_has_taken_is_not_taken_from_them(long_scan, editor, cast, fern):
    take_pages(fern, long_scan, 4, 5)
    response = editor.post(f"{long_scan.get_absolute_url()}pages/", {"first": 1, "last": 12}, follow=True)
    assert "f…@e….org reads page 4 already." in response.content.decode()
    assert long_scan.pages.filter(taken_by=cast.eve).count() == 0


def test_pages_that_are_not_there_are_one_sentence(long_scan, editor):
    for first, last in [(0, 3), (5, 4), (1, 99), ("x", "y"), ("", ""), (2**40, 2**40)]:
        response = editor.post(f"{long_scan.get_absolute_url()}pages/", {"first": first, "last": last}, follow=True)
        assert response.status_code == 200 and "Name the first and the last" in response.content.decode(), first
    assert not long_scan.pages.exclude(taken_by=None).exists()
    response = editor.post(f"{long_scan.get_absolute_url()}pages/99/read/", follow=True)
    assert "There is no image of this page." in response.content.decode()


def test_a_link_to_a_page_of_the_file_opens_the_clauses_on_it(scan, editor, settings):
    settings.CLAUSES_PER_PAGE = 2
    html = editor.get(f"{scan.get_absolute_url()}?file_page=2").content.decode()
    assert 'id="page-2"' in html and 'id="page-1"' not in html


def test_how_many_pages_were_read_goes_with_the_published_text(scan, stored, cast, client):
    scan.refresh_from_db()
    version = stored
    assert (version.pages_total, version.pages_proofread) == (2, 1)
    words = "1 of 2 pages read by a person"
    address = version.get_absolute_url()
    assert version.warnings_open == scan.unchecked_count > 0
    state = f"read from pictures, 1 of 2 pages proofread, {version.warnings_open} warning"
    html = " ".join(client.get(address).content.decode().split())
    assert words in html and state in html
    data = client.get(f"/api/v1/laws/{version.address}").json()
    assert (data["warnings_open"], data["pages_total"]) == (version.warnings_open, 2)
    for name in ("akn.xml", "txt"):
        assert words in client.get(f"{address.rstrip('/')}.{name}").content.decode()
    assert client.get(f"{address.rstrip('/')}.json").json()["pages_proofread"] == 1
    with pytest.raises(CorrectionError, match="stored already"):
        mark_page(cast.eve, scan, 2, is_read=True)
    version.pages_proofread = 2
    with pytest.raises(Exception, match="never changed"):
        version.save()


def test_a_scan_is_official_only_when_a_person_says_that_they_compared_it(scan, editor):
    address = f"{scan.get_absolute_url()}about/"
    fields = DETAILS | {"text_status": "official", "source_url": "https://example.org/law", "preview": "1"}
    assert "I compared all of it with its source" in editor.get(address).content.decode()

    def post(**more: str):
        revision = details_state(ImportDraft.objects.get(pk=scan.pk))
        return editor.post(address, fields | more | {"revision": revision})

    refused = editor.get(post()["Location"]).content.decode()
    assert "is official only when a person compared it" in refused
    assert post(compared="on")["Location"].endswith("/preview/")
    assert post(text_status="leaked")["Location"].endswith("/preview/")
