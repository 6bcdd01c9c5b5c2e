"""The Khmer renderings of the corpus say clause by clause what the English text says, in words of our own."""

from __future__ import annotations

import json
import re
from collections import Counter

import pytest

from lawcompare.engine.document import Clause
from lawcompare.engine.rules.runner import examine
from lawcompare.engine.structure.numbering import from_khmer
from tests.content.corpus import FIXTURES, SHARED, document, entries, for_each, needs_shared

pytestmark = pytest.mark.content

RENDERINGS = sorted(
    path.relative_to(FIXTURES / "laws").with_suffix("").as_posix() for path in FIXTURES.glob("laws/*/*-km.md")
)
# The Declaration was rendered before the rule, without marks around the words of the text.
WITHOUT_MARKS = {"udhr/1948-km"}
NUMBER = re.compile(r"\d+(?:[.,]\d{3})*")
ENGLISH_QUOTES, KHMER_QUOTES = re.compile(r'"[^"]*"'), re.compile(r"«[^»]*»")
KHMER = re.compile(r"[\u1780-\u17d3]")
# What a court may impose has one form in the Code, which everybody writes.
PENALTY = re.compile(r"ត្រូវ(?:ផ្តន្ទាទោស|ពិន័យ)[^។៖]*?រៀល(?:ទៅ[^។៖]*?រៀល)?|ដាក់ពន្ធនាគារពី[^។៖]*?ឆ្នាំ(?:ទៅ[^។៖]*?ឆ្នាំ)?")
RUN = 61


def pairs(address: str) -> list[tuple[Clause, Clause]]:
    rendering = document(address)
    original = document(rendering.meta["translates"])
    return list(zip(original.clauses, rendering.clauses, strict=False))


def numbers(text: str) -> Counter[str]:
    return Counter(re.sub(r"[.,]", "", number) for number in NUMBER.findall(from_khmer(text)))


def test_the_drafts_and_what_they_are_measured_by_are_rendered():
    drafts = {"kh-cybercrime/2012-v1-km", "kh-cybercrime/2020-08-km", "kh-cybercrime/2024-leak-km"}
    assert drafts | {"budapest-convention/2001-km", "iccpr/1966-km", "kh-criminal-code/2009-km"} <= set(RENDERINGS)


@for_each(RENDERINGS)
def test_a_rendering_has_the_clauses_of_its_original(address):
    rendering = document(address)
    original = document(rendering.meta["translates"])
    here, there = ([clause.eid for clause in law.clauses] for law in (rendering, original))
    if rendering.meta.get("renders_part"):
        assert set(here) <= set(there) and here == [eid for eid in there if eid in set(here)]
    else:
        assert here == there
    assert (rendering.language, rendering.meta["text_status"]) == ("km", "restatement")
    for name in ("law", "date", "jurisdiction", "kind"):
        assert str(rendering.meta[name]) == str(original.meta[name])


@for_each(RENDERINGS)
def test_every_clause_is_rendered_with_its_numbers_and_quotations(address):
    by_eid = {clause.eid: clause for clause in document(document(address).meta["translates"]).clauses}
    for clause in document(address).clauses:
        original = by_eid[clause.eid]
        assert bool(clause.text) == bool(original.text), clause.eid
        assert bool(clause.heading) == bool(original.heading), clause.eid
        assert not clause.text or KHMER.search(clause.text), clause.eid
        assert not numbers(original.text) - numbers(clause.text), clause.eid
        assert clause.attributes.get("source") == original.attributes.get("source"), clause.eid
        assert clause.attributes.get("text_status") == original.attributes.get("text_status"), clause.eid
        if address not in WITHOUT_MARKS:
            quoted = len(ENGLISH_QUOTES.findall(original.text)), len(KHMER_QUOTES.findall(clause.text))
            assert quoted[0] == quoted[1], (clause.eid, quoted)


@for_each(RENDERINGS)
def test_penalties_and_time_limits_are_those_of_the_original(address):
    """Read by the program out of either language: amounts, terms, and whether both or one of the two is imposed."""
    rendering = document(address)
    wanted = {clause.eid for clause in rendering.clauses}
    # In Khmer the program reads no fine without an amount, as US law has it.
    left_out = LEFT_OUT | ({"fine", "fine_max", "currency", "combination"} if address.startswith("us-") else set())
    read = [
        sorted(
            (finding.eid, finding.rule, *sorted((k, str(v)) for k, v in finding.values.items() if k not in left_out))
            for finding in examine(law)
            if finding.rule in {"penalty", "time-limit"} and finding.eid in wanted
        )
        for law in (document(rendering.meta["translates"]), rendering)
    ]
    assert read[0] == read[1]


LEFT_OUT = {"word", "condition"}


@needs_shared
def test_the_criminal_code_is_restated_and_not_copied():
    """No long run of letters is the official text's, but for the formula of penalties."""
    articles = json.loads((SHARED / "kh-criminal-code" / "articles.json").read_text("utf-8"))["articles"]
    official = "".join("".join(KHMER.findall(article["text"])) for article in articles)
    for clause in document("kh-criminal-code/2009-km").clauses:
        assert copied_runs(PENALTY.sub(" ", clause.text.replace(" ", "")), official, RUN) == [], clause.eid


@needs_shared
def test_the_constitution_is_restated_and_not_copied():
    """The names of the Charter and the Declaration, and lists of rights, have shorter runs than this."""
    official = "".join(KHMER.findall((SHARED / "intake" / "kh-constitution-2015.md").read_text("utf-8")))
    for clause in document("kh-constitution/1993-km").clauses:
        assert copied_runs(clause.text, official, 45) == [], clause.eid


def copied_runs(text: str, official: str, length: int) -> list[str]:
    own = "".join(KHMER.findall(text))
    return [own[at : at + length] for at in range(len(own) - length + 1) if own[at : at + length] in official]


def test_what_stands_in_a_correspondence_is_rendered_whole():
    whole = {
        document(address).meta["translates"] for address in RENDERINGS if "renders_part" not in document(address).meta
    }
    compared = {law for row in entries("correspondences.yaml") for side in ("from", "to") for law in row[side]}
    assert compared <= whole
