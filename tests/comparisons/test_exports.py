"""A comparison as Word and PDF: both texts whole, with where they come from."""

from __future__ import annotations

import io
import json
import sys
import zipfile

import pypdfium2
import pytest

from lawcompare.comparisons import exports
from lawcompare.comparisons.exports import paragraphs_of
from lawcompare.comparisons.models import Comparison
from lawcompare.comparisons.services import request_comparison
from lawcompare.engine.writing.text import set_lines
from lawcompare.laws.documents import load_document
from lawcompare.laws.services import Import, import_law
from lawcompare.publishing.services import publish
from tests.conftest import NEW_DRAFT, OLD_DRAFT
from tests.engine.test_write_docx import body_of, decide
from tests.hostile_worker import hostile_program
from tests.redlines import accepted, refused

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("empty_cache")]
PAIR = "/compare/draft/old/with/draft/new"


@pytest.fixture
def comparison(drafts) -> Comparison:
    """Of two texts that are known in part."""
    return Comparison.objects.select_related("old__law", "new__law").get()


@pytest.fixture
def translated(store, django_capture_on_commit_callbacks) -> Comparison:
    """Of two texts that are known whole."""
    with django_capture_on_commit_callbacks(execute=True):
        store(OLD_DRAFT, "old", date="2019", status="unofficial-translation")
        store(NEW_DRAFT, "new", date="2020", status="unofficial-translation")
    return Comparison.objects.select_related("old__law", "new__law").get()


def lines(version) -> list[str]:
    return [line for setting in set_lines(load_document(version)) for line in setting.paragraphs]


def words_of(pdf: bytes) -> str:
    document = pypdfium2.PdfDocument(pdf)
    return "\n".join(page.get_textpage().get_text_range() for page in document)


def test_all_of_both_texts_is_in_it_and_in_their_order(translated, django_assert_max_num_queries):
    comparison = translated
    with django_assert_max_num_queries(5):
        paragraphs = paragraphs_of(comparison)
    assert accepted(paragraphs) == lines(comparison.new)
    assert refused(paragraphs) == lines(comparison.old)
    assert ("insert", "10,000,000") in [run for one in paragraphs for run in one.runs]


def test_the_word_file_holds_real_tracked_changes(client, translated):
    comparison = translated
    response = client.get(f"{PAIR}.docx")
    assert response["Content-Type"].endswith("wordprocessingml.document")
    assert response["Content-Disposition"] == 'attachment; filename="draft-old--draft-new.docx"'
    assert "\n".join(lines(comparison.new)) in "\n".join(decide(response.content, "accept"))
    assert "\n".join(lines(comparison.old)) in "\n".join(decide(response.content, "refuse"))
    day = f"{comparison.public_day:%Y-%m-%dT00:00:00Z}"
    assert day in body_of(response.content).xpath("string(//@*[local-name()='date'])")


def test_the_word_file_says_where_both_texts_come_from(client, comparison):
    front = " ".join(decide(client.get(f"{PAIR}.docx").content, "accept"))
    front += " ".join(body_of(client.get(f"{PAIR}.docx").content).itertext())
    for words in ("draft old", "draft new", "https://example.org/draft", "Restated in our own words"):
        assert words in front
    assert "known only in part" in front and f"texts={comparison.old.text_hash[:12]}" in front


def test_the_pdf_is_tagged_names_its_source_and_embeds_its_faces(client, comparison):
    response = client.get(f"{PAIR}.pdf")
    assert response["Content-Type"] == "application/pdf"
    assert b"/MarkInfo" in response.content or b"/StructTreeRoot" in response.content
    document = pypdfium2.PdfDocument(response.content)
    assert document.get_metadata_dict()["Title"] == "draft old → draft new"
    titles = [bookmark.get_title() for bookmark in document.get_toc()]
    assert "Article 4. Entry into force" in " ".join(titles)
    words = words_of(response.content)
    assert "https://example.org/draft" in words and "10,000,000" in words
    assert f"1 / {len(document)}" in words


def test_the_pdf_says_the_same_each_time_and_nothing_is_gone_of_a_text_known_in_part(client, comparison):
    assert client.get(f"{PAIR}.pdf").content == client.get(f"{PAIR}.pdf").content
    words = words_of(client.get(f"{PAIR}.pdf").content)
    assert "[not reported in the new text] Article 3. Interception" in words and "known only in part" in words
    with zipfile.ZipFile(io.BytesIO(client.get(f"/km{PAIR}.docx").content)) as package:
        assert 'w:val="km-KH"' in package.read("word/styles.xml").decode()
    assert client.get(f"/km{PAIR}.pdf").status_code == 200


def test_what_looks_like_markup_in_a_law_is_only_words(client, store, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        known = {"law": "odd", "status": "unofficial-translation"}
        store('## Article 1. Aim\n\nA #read("/etc/passwd") $x$ <w:p> fine.\n', "a", date="2019", **known)
        store("## Article 1. Aim\n\nA #panic() *bold* @ref <w:p> fine.\n", "b", date="2020", **known)
    page = "/compare/odd/a/with/odd/b"
    assert '#read("/etc/passwd")' in words_of(client.get(f"{page}.pdf").content)
    assert "#panic() bold @ref <w:p> fine." in "\n".join(decide(client.get(f"{page}.docx").content, "accept"))


def test_a_comparison_that_is_not_there_yet_leads_to_its_page(client, store):
    store(OLD_DRAFT, "old", law="one", date="2019")
    store(NEW_DRAFT, "new", law="two", date="2020")
    answer = client.get("/compare/one/old/with/two/new.docx")
    assert answer.status_code == 302 and answer["Location"] == "/compare/one/old/with/two/new/?by=text"
    assert client.get("/compare/one/old/with/two/none.pdf").status_code == 404
    assert not Comparison.objects.filter(old__law__slug="one").exists(), "asking for a file asks for no work"


def test_so_many_files_an_hour_and_no_more(client, comparison, settings):
    settings.FILES_PER_HOUR = 1
    assert client.get(f"{PAIR}.docx").status_code == 200
    refused_page = client.get(f"{PAIR}.docx")
    assert refused_page.status_code == 429 and b"Too many files" in refused_page.content


def test_two_khmer_texts(client, store, django_capture_on_commit_callbacks):
    front = "---\nlaw: km\nversion: {v}\ntitle: ច្បាប់\njurisdiction: kh\nkind: draft\nlanguage: km\ndate: {d}\n---\n"
    text = "## មាត្រា ១. គោលបំណង\n\nច្បាប់នេះកំណត់អំពីការការពារ{x}ប្រព័ន្ធព័ត៌មានវិទ្យា។\n"
    with django_capture_on_commit_callbacks(execute=True):
        for version, day, words in (("a", "2019", ""), ("b", "2020", "ទិន្នន័យ និង")):
            data = (front.format(v=version, d=day) + text.format(x=words)).encode()
            publish(import_law(Import(data, "x.md")).version)
    comparison = Comparison.objects.get(old__law__slug="km")
    request_comparison(comparison.old, comparison.new)
    paragraphs = paragraphs_of(comparison)
    assert accepted(paragraphs) == lines(comparison.new) and refused(paragraphs) == lines(comparison.old)
    assert client.get("/compare/km/a/with/km/b.pdf").status_code == 200


HOSTILE = hostile_program("pdf", "set_pages", b"%PDF-")


@pytest.fixture
def boxed(settings):
    settings.READER_SANDBOX = True


def test_the_pdf_is_set_inside_the_box_and_is_the_same(client, comparison, settings):
    plain = client.get(f"{PAIR}.pdf").content
    settings.READER_SANDBOX = True
    assert client.get(f"{PAIR}.pdf").content == plain


@pytest.mark.skipif(sys.platform != "linux", reason="the box is made of what Linux gives")
def test_words_that_take_the_setter_of_a_pdf_over_read_write_start_and_reach_nothing(
    client, comparison, boxed, monkeypatch, tmp_path
):
    (tmp_path / "secret").write_text("a key")
    monkeypatch.setenv("SECRET_KEY", "the-secret-of-the-site")
    command = [sys.executable, "-c", HOSTILE, str(tmp_path), str(tmp_path / "secret")]
    monkeypatch.setattr(exports, "WORKER", command)
    succeeded, knows_key, title = json.loads(client.get(f"{PAIR}.pdf").content.removeprefix(b"%PDF-"))
    assert succeeded == [] and not knows_key and title


@pytest.mark.parametrize("program", ["import os; os.abort()", "print('no PDF')", "import time; time.sleep(60)"])
def test_a_setter_that_breaks_down_is_a_sentence(client, comparison, boxed, monkeypatch, program):
    monkeypatch.setattr(exports, "WORKER", [sys.executable, "-c", program])
    monkeypatch.setattr(exports, "SECONDS_AT_ONCE", 1)
    response = client.get(f"{PAIR}.pdf")
    assert response.status_code == 503 and "The PDF could not be made" in response.content.decode()
