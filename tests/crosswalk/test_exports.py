"""Two laws, a topic, the matrix, a comparison and a concern chart as Word files and spreadsheets."""

from __future__ import annotations

import io
import zipfile
from datetime import date
from typing import Any

import docx
import pytest
from lxml import etree

from lawcompare.crosswalk.models import Topic
from lawcompare.crosswalk.services import state_correspondence
from lawcompare.engine.writing.word import W
from lawcompare.laws.citing import pinned_clause
from lawcompare.laws.models import Version, Withdrawal
from lawcompare.laws.reports import LinkCell, Sheet, as_sheets
from tests.conftest import FRONT, OLD_DRAFT
from tests.office import cells_of, footnotes_of, links_of, text_of
from tests.world import made_once

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("empty_cache")]


@pytest.fixture
@made_once
def two_laws(store) -> tuple[Version, Version]:
    """A draft and a treaty, with a clause of the one answered by a clause of the other."""
    from lawcompare.laws.services import Import, import_law
    from lawcompare.publishing.services import publish

    draft = store(OLD_DRAFT, "2019-en")
    front = FRONT.format(law="budapest-convention", version="2001-en", title="Convention", date="2001-11-23")
    front = front.replace("jurisdiction: kh", "jurisdiction: int").replace("kind: draft", "kind: treaty")
    treaty = import_law(Import((front + "## Article 2. Access\n\nAccess without right.\n").encode(), "c.md")).version
    publish(treaty)
    topic = Topic.objects.create(slug="access", title="Illegal access", description="Entering.", position=1)
    topic.clauses.set([draft.clauses.get(num="Article 1"), treaty.clauses.get()])
    state_correspondence(
        topic, draft.clauses.get(num="Article 1"), treaty.clauses.get(), "narrower", "=SUM(1) Why.", "An editor"
    )
    return draft, treaty


PAIR = "/compare/draft/2019-en/with/budapest-convention/2001-en"


def test_two_laws_as_a_word_file_have_headings_a_table_and_cited_clauses(client, two_laws):
    answer = client.get(f"{PAIR}/by-subject.docx")
    assert answer["Content-Disposition"].endswith('-by-subject.docx"')
    assert answer["Cache-Control"] == "private, no-store"
    document = docx.Document(io.BytesIO(answer.content))
    headings = [one.text for one in document.paragraphs if one.style.name.lower().startswith("heading")]
    assert headings == ["Illegal access", "draft 2019-en", "Convention"]
    words = text_of(document)
    for expected in ("Why.", "narrower", "Access without right.", "An editor", two_laws[1].text_hash[:16]):
        assert expected in words
    notes = footnotes_of(answer.content)
    assert "Article 1. Illegal access" in notes[0] and f"SHA-256 {two_laws[0].text_hash[:12]}" in notes[0]
    assert f"http://testserver{pinned_clause(two_laws[1].clauses.get())}" in " ".join(notes)
    answer = client.get("/compare/budapest-convention/2001-en/with/draft/2019-en/by-subject.docx")
    assert "broader" in text_of(docx.Document(io.BytesIO(answer.content)))
    words = text_of(docx.Document(io.BytesIO(client.get(f"/km{PAIR}/by-subject.docx").content)))
    assert "មាត្រា ១" in words and "is to" not in words
    with zipfile.ZipFile(io.BytesIO(client.get(f"{PAIR}/by-subject.docx").content)) as package:
        parts: dict[str, Any] = {name: etree.fromstring(package.read(name)) for name in package.namelist()}
    references = parts["word/document.xml"].iter(f"{{{W}}}footnoteReference")
    numbers = {one.get(f"{{{W}}}id") for one in references}
    kept = {one.get(f"{{{W}}}id") for one in parts["word/footnotes.xml"]}
    assert numbers and numbers < kept and {"-1", "0"} < kept


def test_two_laws_as_a_spreadsheet_have_links_dates_and_a_fixed_head(client, two_laws):
    content = client.get(f"{PAIR}/by-subject.xlsx").content
    rows, values, texts = (cells_of(content, number) for number in (1, 2, 3))
    assert rows[0][:5] == ["Topic", "draft 2019-en", "is to", "Convention", "Reasoning"]
    assert rows[1][2] == "narrower" and rows[1][4] == "=SUM(1) Why."
    assert values[0][4] == "Prison, least (months)"
    assert [row[6] for row in texts[1:]] == [version.text_hash for version in two_laws]
    # A day is a number to a spreadsheet, and a year alone is words.
    assert texts[1][3] == "2020" and texts[2][3] == (date(2001, 11, 23) - date(1899, 12, 30)).days
    assert f"http://testserver{pinned_clause(two_laws[1].clauses.get())}" in links_of(content, 1)
    with zipfile.ZipFile(io.BytesIO(content)) as book:
        sheet = book.read("xl/worksheets/sheet1.xml").decode()
    assert 'state="frozen"' in sheet and "<f>" not in sheet and "autoFilter" in sheet


def test_a_file_that_cannot_be_made_leads_to_its_page(client, two_laws, store):
    other = "/compare/draft/2019-en/with/other/1"
    store(OLD_DRAFT, "1", law="other")
    answer = client.get(f"{other}/by-subject.docx")
    assert answer.status_code == 302 and answer["Location"] == f"{other}/"


def test_a_withdrawn_text_is_in_no_file_of_two_laws(client, two_laws):
    Withdrawal.objects.create(version=two_laws[1], reason="A mistake.")
    assert client.get(f"{PAIR}/by-subject.docx").status_code == 410
    assert "Access without right" not in text_of(docx.Document(io.BytesIO(client.get("/topics/access.docx").content)))


def test_a_topic_and_the_matrix_as_files(client, two_laws):
    words = text_of(docx.Document(io.BytesIO(client.get("/topics/access.docx").content)))
    assert "Entering." in words and "Access without right." in words and "Why." in words
    rows = cells_of(client.get("/topics/access.xlsx").content, 1)
    assert rows[1][:4] == ["draft 2019-en", "Article 1. Illegal access", "narrower", "Convention"]
    assert client.get("/topics/no-such-topic.docx").status_code == 404
    with zipfile.ZipFile(io.BytesIO(client.get("/topics/matrix.xlsx").content)) as book:
        assert "<dc:creator></dc:creator>" in book.read("docProps/core.xml").decode(), "it names nobody"
    content = client.get("/topics/matrix.docx").content
    words = text_of(docx.Document(io.BytesIO(content)))
    assert "narrower: Article 1" in words and "Measured against: Budapest Convention" in words
    assert docx.Document(io.BytesIO(content)).sections[0].page_width > 10_000_000
    sheet = client.get("/topics/matrix.xlsx").content
    assert cells_of(sheet, 1)[1] == ["Illegal access", "has it: Article 2", "narrower: Article 1"]
    assert cells_of(sheet, 2)[2][:3] == ["Illegal access", "Draft of 2020", "narrower"]


def test_what_rests_on_headings_alone_is_one_row_of_a_subject(client, two_laws):
    draft, treaty = two_laws
    for number in ("Article 2", "Article 3"):
        clause = draft.clauses.get(num=number)
        state_correspondence(Topic.objects.get(), clause, treaty.clauses.get(), "heading", "No words.", "An editor")
    document = docx.Document(io.BytesIO(client.get(f"{PAIR}/by-subject.docx").content))
    rows = [[cell.text for cell in row.cells] for table in document.tables for row in table.rows if len(row.cells) == 4]
    assert [row[1] for row in rows[1:]] == ["narrower", "heading only"]
    assert rows[2][0].count("Article") == 2 and rows[2][2].count("Article") == rows[2][3].count("No words.") == 1


def test_a_comparison_as_a_spreadsheet_has_old_and_new_words(client, drafts):
    content = client.get("/compare/draft/old/with/draft/new.xlsx").content
    rows = cells_of(content, 1)
    changed = next(row for row in rows if "10,000,000 riel" in str(row[8]))
    assert "1,000,000 riel" in changed[7] and 0 < changed[5] < 1 and changed[9] == "program"
    assert rows[1][0] == 1 and len(cells_of(content, 2)) == 3


def test_too_many_files_are_refused_in_a_sentence(client, two_laws, settings):
    settings.FILES_PER_HOUR = 1
    assert client.get("/topics/access.docx").status_code == 200
    answer = client.get("/topics/access.xlsx")
    assert answer.status_code == 429 and "Try again later" in answer.content.decode()


def test_the_chart_of_concerns_as_files(client, demonstration):
    words = text_of(docx.Document(io.BytesIO(client.get("/laws/kh-cybercrime/concerns.docx").content)))
    assert "Did the risk survive?" in words and "not yet assessed" in words
    table = client.get("/laws/kh-cybercrime/concerns.csv").content.decode().count("\n")
    assert len(cells_of(client.get("/laws/kh-cybercrime/concerns.xlsx").content, 1)) <= table + 1
    assert client.get("/laws/no-such-law/concerns.docx").status_code == 404


def test_a_cell_is_cut_and_a_sheet_is_named_as_spreadsheets_take_it():
    name, long = "a/b" * 20, "x" * 40_000
    content = as_sheets([Sheet(name, ["H"], [[long], [LinkCell("w", "https://example.org/" + "y" * 3_000)]])] * 2)
    rows = cells_of(content, 1)
    assert len(rows[1][0]) == 32_000 and rows[2][0] == "w"
    with zipfile.ZipFile(io.BytesIO(content)) as book:
        names = [one.get("name") for one in etree.fromstring(book.read("xl/workbook.xml")).iter("{*}sheet")]
    assert len(set(names)) == 2 and all(len(one) <= 31 and "/" not in one for one in names)
