"""How the words of a clause came out of a file: kept with it, shown, exported; a comparison says where slips may be."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from lawcompare.comparisons.services import request_comparison
from lawcompare.core.jobs.runner import run_now
from lawcompare.engine.document import Clause as EngineClause
from lawcompare.engine.document import Document
from lawcompare.engine.reading import read
from lawcompare.engine.structure.corrections import Correction, apply_corrections
from lawcompare.imports.models import ImportDraft
from lawcompare.laws.documents import document_to_correct, whole_document
from lawcompare.laws.models import Clause, Version
from lawcompare.laws.services import store_text
from lawcompare.publishing.services import publish

pytestmark = pytest.mark.django_db

ORIGIN = {"origin": "recognised", "confidence": "0.87"}
ABOUT = {"law": "lamps", "language": "en", "jurisdiction": "kh", "kind": "draft", "law_title": "Law on lamps"}


def store(slug: str, words: str, attributes: dict[str, str], date: str) -> Version:
    clauses = (
        EngineClause("art_1", "article", "Article 1", "Aim", "Lamps give light at night.", attributes=attributes),
        EngineClause("art_2", "article", "Article 2", "Duty", words, attributes=attributes),
    )
    document = Document("Lamps", "en", clauses)
    version = store_text(document, ABOUT | {"version": slug, "title": f"Lamps {slug}", "date": date}, slug)
    publish(version)
    return version


@pytest.fixture
def scanned(db):
    return store("scan", "Each lamp is lit for 6 hours.", ORIGIN, "2020")


def test_a_recognised_clause_says_so_on_its_page_and_in_every_export(client, scanned):
    html = client.get(Clause.objects.get(eid="art_2").get_absolute_url()).content.decode()
    assert "recognised from a picture" in html and "confidence 87 %" in html and "corrected by a person" not in html
    clause = Clause.objects.get(eid="art_2")
    assert (clause.obtained, clause.confidence, clause.is_corrected) == ("recognised", 0.87, None)
    api = json.loads(client.get("/api/v1/laws/lamps/scan/clauses/art_2").content)
    assert (api["obtained"], api["confidence"], api["is_corrected"]) == ("recognised", 0.87, None)
    for ending in ("akn.xml", "md"):
        exported = client.get(f"/laws/lamps/scan.{ending}")
        again = read(exported.content, filename=f"a.{ending.rpartition('.')[2]}")
        assert again.by_eid["art_2"].attributes.items() >= ORIGIN.items()


@pytest.mark.both_databases
def test_the_page_of_a_text_counts_what_was_recognised_and_what_a_person_corrected(client, scanned, cast):
    version = store_text(
        Document("Lamps", "en", (
            EngineClause("art_1", "article", "Article 1", "Aim", "Light.", attributes=ORIGIN),
            EngineClause("art_2", "article", "Article 2", "Duty", "Oil.", attributes=ORIGIN | {"corrected": "yes"}),
            EngineClause("art_3", "article", "Article 3", "Scope", "Lamps."),
        )),
        ABOUT | {"version": "page", "title": "Page", "date": "2022"},
        "page",
    )  # fmt: skip
    publish(version)
    ImportDraft.objects.create(organisation=cast.centre, name="x", original="page", version=version)
    html = " ".join(client.get(version.get_absolute_url()).content.decode().split())
    for words in ("2 clauses were recognised from pictures", "confidence 87 %", "1 of them corrected by a person"):
        assert words in html
    assert "recognised from" not in client.get(store("plain", "Words.", {}, "2023").get_absolute_url()).content.decode()


def test_what_a_person_corrects_is_marked_and_kept_through_a_new_version(scanned):
    document = document_to_correct(scanned)
    words = Correction(1, "words", "c1", {"text": "Each lamp is lit for 8 hours."})
    corrected = apply_corrections(document, [words]).document
    assert dict(corrected.clauses[1].attributes) == ORIGIN | {"corrected": "yes"}
    assert "corrected" not in corrected.clauses[0].attributes
    after = store_text(corrected, ABOUT | {"version": "mended", "title": "Mended"}, "x")
    clause = after.clauses.get(eid="art_2")
    assert (clause.obtained, clause.is_corrected, clause.may_hold_slips) == ("recognised", True, False)


def test_a_comparison_says_where_a_difference_may_be_a_slip(client, scanned):
    typed = store("typed", "Each lamp is lit for 8 hours.", {}, "2021")
    comparison = request_comparison(scanned, typed)
    run_now(comparison.job)
    html = client.get(comparison.get_absolute_url()).content.decode()
    assert html.count("may be a slip of recognition") == 1  # article 1 is the same in both
    # Among the sources of the row, with the name of its text.
    words = " ".join(html.split())
    assert words.count("recognised from a picture (confidence 87 %)") == 1
    assert f"{scanned.short_name}: recognised from a picture (confidence 87 %)" in words


@pytest.mark.parametrize(("attributes", "slips"), [(ORIGIN, 1), (ORIGIN | {"corrected": "yes"}, 0), ({}, 0)])
def test_a_slip_may_stand_in_a_part_of_an_article_that_begins_on_another_page(client, db, attributes, slips):
    versions = []
    for slug, words, origin in (("scan", "in 6 hours", attributes), ("typed", "in 8 hours", {})):
        clauses = (
            EngineClause(
                "art_1", "article", "Article 1", "Duty", "Each lamp is lit:", attributes={"origin": "text-layer"}
            ),
            EngineClause("art_1__point_a", "point", "(a)", "", f"at night, {words};", 1, "art_1", attributes=origin),
            EngineClause("art_1__point_b", "point", "(b)", "", "in winter.", 1, "art_1", attributes=origin),
        )
        about = ABOUT | {"version": slug, "title": slug, "date": f"202{len(versions)}"}
        versions.append(store_text(Document("Lamps", "en", clauses), about, slug))
        publish(versions[-1])
    comparison = request_comparison(*versions)
    run_now(comparison.job)
    assert client.get(comparison.get_absolute_url()).content.decode().count("may be a slip of recognition") == slips


def test_the_clauses_of_a_pdf_with_text_came_from_its_text_layer(client, db):
    clauses = (EngineClause("art_1", "article", "Article 1", "Aim", "Light."),)
    document = Document("Lamps", "en", clauses, meta={"format": "pdf", "pages": 1})
    version = store_text(document, ABOUT | {"version": "pdf", "title": "PDF", "date": "2020"}, "pdf")
    publish(version)
    assert json.loads(client.get("/api/v1/laws/lamps/pdf/clauses/art_1").content)["obtained"] == "text-layer"
    assert b"text-layer" in client.get("/laws/lamps/pdf.akn.xml").content


@pytest.mark.parametrize("share", ["", "1.7", "-0.3", "many", "nan", "0.123456"])
def test_a_confidence_that_is_none_is_left_out(share):
    version = store("odd", "Words.", {"origin": "magic", "confidence": share}, "2020")
    assert set(version.clauses.values_list("obtained", "confidence")) == {(None, None)}


@pytest.mark.both_databases
def test_a_stored_text_gives_back_the_clauses_and_the_first_hidden_signs_of_its_reading(db):
    read_text = (
        b"# Lamps\n\n## Article 1. Aim\n\nLight.\n\n(a) at night;\n\n## Article 3. Oil\n\nOil is clean\xe2\x80\x8b.\n"
    )
    reading = read(read_text, filename="lamps.md")
    assert [warning.kind for warning in reading.warnings]
    version = store_text(reading, ABOUT | {"version": "whole", "title": "Whole"}, "whole")
    assert [replace(clause, line=0) for clause in reading.clauses] == list(whole_document(version).clauses)
    assert version.reader_warnings == [], "every list of texts loads them"
    turned = b"".join(b"## Article %d. Aim\n\nLi\xe2\x80\xaeght.\n\n" % number for number in range(1, 20))
    version = store_text(read(turned, filename="a.md"), ABOUT | {"version": "turned", "title": "Turned"}, "turned")
    assert [one["kind"] for one in version.reader_warnings] == ["turning-sign"] * 10 and len(version.hidden_signs) == 10
