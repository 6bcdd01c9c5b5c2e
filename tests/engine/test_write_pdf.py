"""The PDF of a redline: PDF/UA-1, and what is read aloud is every word of both texts, once and in order."""

from __future__ import annotations

import io
import json
import re
from datetime import UTC, datetime

import pikepdf
from pdfua import Severity, validate

from lawcompare.engine.writing.redline import Paragraph
from lawcompare.engine.writing.typeset import redline_data, set_pages
from tests.pdf_structure import StructuredPdf, problems, read_aloud

MOMENT = datetime(2024, 5, 1, 12, tzinfo=UTC)
# Signs above and below, a consonant below another, one letter of two signs, a word three times over.
KHMER = "ច្បាប់ស្តីពីបទល្មើសបច្ចេកវិទ្យានៃព្រះរាជាណាចក្រកម្ពុជា ម្ពុម្ពុម្ពុ កើតឡើង ត្រូវផ្តន្ទាទោសដាក់ពន្ធនាគារ"


def labels(**more) -> dict:
    side = {"label": "Old text", "title": "A law", "facts": [("Source", "https://example.org/a"), ("Date", "2012")]}
    return {
        "title": "A law against its successor",
        "site": "lawcompare",
        "language": "en",
        "law_language": "en",
        "footer": "https://example.org/compare/",
        "end": "End.",
        "provenance": "About the texts",
        "sides": [side, side | {"facts": [("Date", "2020"), ("Note", "Leaked.")]}],
        "facts": [("Address", "https://example.org/compare/")],
        "lead": "Two articles became four.",
        "notices": ["Known in part."],
        "legend": {"label": "Marks", "runs": [("insert", "inserted"), ("delete", "deleted")]},
        **more,
    }


def pdf_of(paragraphs: list[Paragraph], **more) -> bytes:
    return set_pages(json.loads(json.dumps(redline_data(labels(**more), paragraphs, MOMENT))), MOMENT)


def test_a_redline_breaks_no_rule_that_a_program_can_check(tmp_path):
    paragraphs = [
        Paragraph([("equal", "Chapter 1")], level=1),
        Paragraph([("equal", "A fine of "), ("delete", "100"), ("insert", "200"), ("equal", ".")]),
        Paragraph([("equal", KHMER)], indent=1),
    ]
    content = pdf_of(paragraphs)
    assert problems(content) == []
    (tmp_path / "redline.pdf").write_bytes(content)
    findings = validate(str(tmp_path / "redline.pdf")).findings
    assert [one.message for one in findings if one.severity >= Severity.WARNING] == []


def test_each_word_is_read_once_and_in_order(subtests):
    for language in ["en", "km"]:
        with subtests.test(language=language):
            paragraphs = [
                Paragraph([("equal", f"មាត្រា ១. {KHMER}")], level=2),
                Paragraph([("delete", KHMER), ("insert", f"{KHMER} (NACC) "), ("equal", "ពីរ")]),
                Paragraph([("equal", "Article 1, in English, of the law.")]),
            ]
            blocks = read_aloud(pdf_of(paragraphs, language=language, law_language="km", title=KHMER))
            assert blocks[0] == ("H1", KHMER)
            words = ["".join(text for _op, text in one.runs) for one in paragraphs]
            assert [re.sub(r"\s+", " ", text) for _kind, text in blocks[-4:-1]] == words


def test_each_run_says_in_which_language_it_is():
    content = pdf_of([Paragraph([("equal", f"{KHMER} Budapest Convention")])], law_language="km")
    paragraph = next(one for one in StructuredPdf(content).elements if one.tag == "P" and "Budapest" in one.words)
    assert {language for language, words in paragraph.pieces if "Budapest" in words} == {"en"}
    assert {language for language, words in paragraph.pieces if "ច្បាប" in words} == {"km"}


def test_headings_leave_out_no_level_whatever_the_law_does():
    levels = [3, 4, 1, 5, 5, 2]
    blocks = read_aloud(pdf_of([Paragraph([("equal", f"Heading {level}")], level=level) for level in levels]))
    headings = [int(kind[1:]) for kind, _words in blocks if kind.startswith("H")]
    assert headings == [1, 2, 3, 2, 3, 4, 3]


def test_facts_of_both_texts_are_a_table_with_heads_and_links():
    content = pdf_of([Paragraph([("equal", "Words.")])])
    cells = [block for block in read_aloud(content) if block[0] in {"TH", "TD"}]
    assert cells[:3] == [("TH", "About the texts"), ("TH", "Old text: A law"), ("TH", "Old text: A law")]
    rows = [words for kind, words in cells if kind == "TD"]
    assert rows[:9] == ["Source", "https://example.org/a", "", "Date", "2012", "2020", "Note", "", "Leaked."]
    with pikepdf.open(io.BytesIO(content)) as pdf:
        links = {str(one.A.URI) for page in pdf.pages for one in page.get("/Annots", [])}
    assert links == {"https://example.org/a", "https://example.org/compare/"}


def test_a_heading_and_its_label_do_not_run_together():
    paragraph = Paragraph([("label", "[not reported] "), ("only-old", "Article 2")], level=1, eid="art_2")
    assert "[not reported] Article 2" in [
        re.sub(r"\s+", " ", words) for _kind, words in read_aloud(pdf_of([paragraph]))
    ]


def test_a_letter_of_a_third_script_costs_the_claim_and_not_the_file():
    content = pdf_of([Paragraph([("equal", "The law of 中国.")])])
    faults = problems(content)
    assert "5: it does not say that it is PDF/UA-1" in faults
    assert not [one for one in faults if "neither tagged" in one]
