"""Two people of one organisation divide the pages of a scan, and each says which pages they have read."""

from __future__ import annotations

import pytest

from lawcompare.engine.structure.corrections import CorrectionError
from lawcompare.imports.models import DraftPage
from lawcompare.imports.review_page.services import mark_page, take_pages
from lawcompare.imports.storing.services import ask_to_store
from tests.imports.conftest import DETAILS
from tests.imports.test_pages import scan as scan

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]


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


def test_pages_are_taken_read_and_counted(editor, cast, fern, long_scan):
    draft = long_scan
    assert "0 of 12 pages read by a person" in page_of(editor, draft)
    editor.post(f"{draft.get_absolute_url()}pages/", {"first": 1, "last": 6})
    take_pages(fern, draft, 7, 12)
    editor.post(f"{draft.get_absolute_url()}pages/1/read/")
    mark_page(fern, draft, 7, is_read=True)
    html = page_of(editor, draft)
    assert "2 of 12 pages read by a person" in html and ">1–6</a> eve · 1/6" in html and ">7–12</a> fern · 1/6" in html
    assert "?file_page=2#page-2" in html and "read by eve" in html
    editor.post(f"{draft.get_absolute_url()}pages/1/read/", {"not_read": "1"})
    assert "1 of 12 pages read by a person" in page_of(editor, draft)
    editor.post(f"{draft.get_absolute_url()}pages/", {"first": 1, "last": 12, "give_back": "1"})
    assert [run.taken_by for run in draft.pages.all()] == [None] * 6 + [fern] * 6


def test_what_another_has_taken_is_not_taken_from_them(editor, cast, fern, long_scan):
    take_pages(fern, long_scan, 4, 5)
    response = editor.post(f"{long_scan.get_absolute_url()}pages/", {"first": 1, "last": 12}, follow=True)
    assert "fern reads page 4 already." in response.content.decode()
    assert long_scan.pages.filter(taken_by=cast.eve).count() == 0


@pytest.mark.parametrize(("first", "last"), [(0, 3), (5, 4), (1, 99), ("x", "y"), ("", ""), (2**40, 2**40)])
def test_pages_that_are_not_there_are_one_sentence(editor, long_scan, first, last):
    response = editor.post(f"{long_scan.get_absolute_url()}pages/", {"first": first, "last": last}, follow=True)
    assert response.status_code == 200 and "Name the first and the last" in response.content.decode()
    assert not long_scan.pages.exclude(taken_by=None).exists()
    response = editor.post(f"{long_scan.get_absolute_url()}pages/99/read/", follow=True)
    assert "There is no image of this page." in response.content.decode()


def test_a_link_to_a_page_of_the_file_opens_the_clauses_on_it(editor, scan, settings):
    settings.CLAUSES_PER_PAGE = 2
    html = editor.get(f"{scan.get_absolute_url()}?file_page=2").content.decode()
    assert 'id="page-2"' in html and 'id="page-1"' not in html


def test_how_many_pages_were_read_goes_with_the_published_text(
    editor, cast, client, scan, django_capture_on_commit_callbacks
):
    mark_page(cast.eve, scan, 1, is_read=True)
    with django_capture_on_commit_callbacks(execute=True):
        ask_to_store(
            cast.eve, scan, DETAILS | {"law": "lamps", "version": "scan"}, is_public=True, unchecked_is_known=True
        )
    scan.refresh_from_db()
    version = scan.version
    assert (version.pages_total, version.pages_proofread) == (2, 1)
    client.logout()
    words = "1 of 2 pages read by a person"
    address = version.get_absolute_url()
    assert words in " ".join(client.get(address).content.decode().split())
    for name in ("akn.xml", "txt"):
        assert words in client.get(f"{address.rstrip('/')}.{name}").content.decode()
    assert client.get(f"{address.rstrip('/')}.json").json()["pages_proofread"] == 1
    assert client.get("/api/v1/laws/lamps/scan").json()["pages_total"] == 2
    with pytest.raises(CorrectionError, match="stored already"):
        mark_page(cast.eve, scan, 2, is_read=True)
    version.pages_proofread = 2
    with pytest.raises(Exception, match="never changed"):
        version.save()


def test_a_text_that_was_no_scan_says_nothing_of_pages(editor, cast, hand_in, django_capture_on_commit_callbacks):
    draft = hand_in()
    with django_capture_on_commit_callbacks(execute=True):
        ask_to_store(
            cast.eve, draft, DETAILS | {"law": "lamps", "version": "x"}, is_public=True, unchecked_is_known=True
        )
    draft.refresh_from_db()
    assert draft.version.pages_total is None
    assert "read by a person" not in editor.get(draft.version.get_absolute_url()).content.decode()
