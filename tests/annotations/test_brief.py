"""A brief holds what was published and how it stands in the text, and nobody's name."""

from __future__ import annotations

import io
import zipfile
from datetime import datetime

import docx
import pytest
from django.core.cache import cache

from lawcompare.annotations.brief.document import for_brief, in_context, write_brief
from lawcompare.annotations.brief.paragraphs import write_markdown
from lawcompare.annotations.models import Annotation, NoteStatus
from lawcompare.engine.writing.word import WordDocument

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _nothing_counted_yet():
    cache.clear()


def opened(client, address="/annotations/brief.docx"):
    response = client.get(address)
    assert response.status_code == 200
    assert response["Content-Disposition"] == 'attachment; filename="brief.docx"'
    return docx.Document(io.BytesIO(response.content)), response.content


def words_of(document) -> str:
    cells = [cell.text for table in document.tables for row in table.rows for cell in row.cells]
    return "\n".join([paragraph.text for paragraph in document.paragraphs] + cells)


def test_a_brief_holds_each_concern_with_all_that_is_said_of_it(client, noted):
    document, _data = opened(client)
    words = words_of(document)
    for expected in (
        "What is said of the words", "Contents", "2 concerns", "draft new", "Restated in our own words",
        "Article 3. Publications", "Critical · The Centre", "Vagueness: Can one foresee?", "Nobody can foresee this.",
        "draft old, Article 1. Illegal access", "Whoever intentionally enters a computer", "Legality", "“deemed”",
        "that incites violence against", "A report", "http://testserver/annotations/on-words/", "?text=",
    ):  # fmt: skip
        assert expected in words, expected
    assert words.index("Article 2. Data retention") < words.index("Article 3. Publications")


def test_the_words_it_is_about_are_marked_in_their_context(client, noted):
    document, _data = opened(client)
    paragraph = next(one for one in document.paragraphs if "Whoever publishes content deemed" in one.text)
    assert [run.text for run in paragraph.runs if run.bold] == ["deemed to hinder"]


def test_what_is_far_from_the_words_is_left_out(noted):
    first, _second = noted
    first.clause.text = f"{'before ' * 200}deemed to hinder{' after' * 200}"
    first.start, first.end = 1400, 1416
    runs = in_context(first)
    assert [marked for _words, marked in runs] == [False, True, False]
    assert runs[0][0].startswith("…") and runs[2][0].endswith("…") and runs[1][0] == "deemed to hinder"
    assert all(len(words) < 450 for words, _marked in runs)


def test_other_words_proposed_are_a_redline(client, noted):
    document, _data = opened(client)
    paragraph = next(one for one in document.paragraphs if "that incites violence against" in one.text)
    struck = "".join(run.text for run in paragraph.runs if run.font.strike)
    put_in = "".join(run.text for run in paragraph.runs if run.font.underline)
    assert "deemed" in struck and "incites" in put_in


def test_a_filter_narrows_the_brief_and_stands_on_its_first_page(client, noted):
    words = words_of(opened(client, "/annotations/brief.docx?risk=critical&organisation=centre")[0])
    assert "1 concern" in words and "Article 2. Data retention" not in words
    assert "The Centre" in words
    assert client.get("/annotations/brief.docx?organisation=others").status_code == 404
    assert client.get("/annotations/brief.docx?risk=much").status_code == 404


def test_nobody_and_nothing_private_is_in_it(client, noted, cast):
    client.force_login(cast.alice)
    document, data = opened(client)
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        everything = b"".join(package.read(name) for name in package.namelist()).decode("utf-8", "replace")
    assert "alice" not in everything.lower() and "secret" not in everything
    assert (document.core_properties.author, document.core_properties.last_modified_by) == ("lawcompare", "")
    assert "app.xml" not in everything
    Annotation.objects.update(status=NoteStatus.WITHDRAWN)
    assert client.get("/annotations/brief.docx").status_code == 404


def test_a_person_who_asked_for_it_is_named(client, noted, cast):
    cast.alice.display_name = "Alice A."
    cast.alice.save()
    Annotation.objects.filter(slug="on-words").update(credits_person=True)
    assert "The Centre, Alice A., restating A report" in words_of(opened(client)[0])


def test_the_same_notes_give_the_same_file(client, noted):
    assert opened(client)[1] == opened(client)[1]


def test_the_number_of_queries_does_not_grow(noted, django_assert_num_queries):
    with django_assert_num_queries(4):
        notes = for_brief(Annotation.objects.published())
    with django_assert_num_queries(0):
        write_brief(notes, [], "https://example.org")


def test_a_khmer_brief_speaks_khmer(client, noted):
    assert "មាតិកា" in words_of(opened(client, "/km/annotations/brief.docx")[0])


def test_so_many_briefs_an_hour(client, noted, settings):
    settings.FILES_PER_HOUR = 1
    opened(client)
    assert client.get("/annotations/brief.docx").status_code == 429


MARKDOWN = """A **strong** and *soft* word, a [link](https://example.org) and a [bad one](javascript:alert).

- first
  - inside
- second

3. third

> quoted

    code <b>
"""


def test_markdown_becomes_words_with_their_emphasis_and_lists():
    word = WordDocument("t", "s", datetime(2026, 1, 1), language="en", header="", footer="")
    write_markdown(word, MARKDOWN)
    document = docx.Document(io.BytesIO(word.save()))
    lines = [(one.style.name, one.text) for one in document.paragraphs]
    assert lines == [
        ("Normal", "A strong and soft word, a link and a [bad one](javascript:alert)."),
        ("Bullet", "•\tfirst"),
        ("Bullet", "•\tinside"),
        ("Bullet", "•\tsecond"),
        ("Bullet", "3.\tthird"),
        ("Quotation", "quoted"),
        ("Normal", "code <b>"),
    ]
    assert [run.text for run in document.paragraphs[0].runs if run.bold] == ["strong"]
    links = [rel.target_ref for rel in document.part.rels.values() if rel.is_external]
    assert links == ["https://example.org"]


def test_clauses_without_words_and_long_khmer_are_borne(noted):
    second = noted[1]
    second.clause.text = "ក្ខ" * 3000
    ((words, _marked),) = in_context(second)
    assert words.endswith("ក្ខ…") and len(words) <= 1501
    second.clause.text = ""
    assert in_context(second) == []
