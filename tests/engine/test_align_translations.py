"""Which clause renders which in another language: by numbers and structure, never by words."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lawcompare.engine.align import Rendering, align_documents, align_translations
from lawcompare.engine.document import Clause, Document
from lawcompare.engine.errors import ComparisonError
from lawcompare.engine.reading import read
from lawcompare.engine.structure.numbering import to_khmer
from tests import samples
from tests.conftest import SHARED, needs_shared

KHMER_LETTERS = "កខគឃង"


def english(*sizes: int, chapters: int = 0) -> Document:
    """Articles with so many lettered paragraphs each, in so many chapters."""
    clauses = []
    for number, size in enumerate(sizes, start=1):
        home = (number - 1) * chapters // len(sizes) + 1 if chapters else 0
        if home and not any(clause.eid == f"chp_{home}" for clause in clauses):
            clauses.append(Clause(f"chp_{home}", "chapter", f"Chapter {home}", heading="On something"))
        parent = f"chp_{home}" if home else None
        clauses.append(Clause(f"art_{number}", "article", f"Article {number}", text="Words.", parent=parent))
        for place in range(size):
            clauses.append(
                Clause(
                    f"art_{number}__p_{place}", "paragraph", f"({'abcde'[place]})", text="More.", parent=f"art_{number}"
                )
            )
    return Document("", "en", tuple(clauses))


def in_khmer(document: Document) -> Document:
    """The same clauses with Khmer numbers and other words."""

    def number(renderings: str) -> str:
        if renderings.startswith("("):
            return f"{KHMER_LETTERS['abcde'.index(renderings[1])]}."
        word, _space, digits = renderings.partition(" ")
        return {"Article": "មាត្រា ", "Chapter": "ជំពូកទី "}[word] + to_khmer(digits)

    clauses = (
        replace(c, num=number(c.num), heading=c.heading and "ក្បាល", text=c.text and "ពាក្យ។") for c in document.clauses
    )
    return Document("", "km", tuple(clauses))


def without(document: Document, *eids: str) -> Document:
    gone = {clause.eid for eid in eids for clause in document.subtree(eid)}
    return replace(document, clauses=tuple(c for c in document.clauses if c.eid not in gone))


def pairs(renderings: list[Rendering]) -> list[tuple[str, str]]:
    return [(pair.old, pair.new) for pair in renderings]


sizes = st.lists(st.integers(0, 5), min_size=1, max_size=9)


@given(sizes, st.integers(0, 3))
def test_a_faithful_translation_is_paired_whole(of: list[int], chapters: int) -> None:
    document = english(*of, chapters=min(chapters, len(of)))
    renderings = align_translations(document, in_khmer(document))
    assert pairs(renderings) == [(clause.eid, clause.eid) for clause in document.clauses]


@given(sizes, st.data())
def test_a_clause_that_was_not_translated_shifts_nothing(of: list[int], data: st.DataObject) -> None:
    document = english(*of)
    gone = data.draw(st.sampled_from([clause.eid for clause in document.clauses]))
    rest = without(in_khmer(document), gone)
    assert pairs(align_translations(document, rest)) == [(c.eid, c.eid) for c in rest.clauses]


@given(sizes, st.randoms(use_true_random=False))
def test_no_word_is_read(of: list[int], chance) -> None:
    document = english(*of)
    other = in_khmer(document)
    letters = list("កខគឃងចឆជឈ")
    shuffled = replace(
        other,
        clauses=tuple(
            replace(c, text="".join(chance.choice(letters) for _ in c.text), heading=c.heading) for c in other.clauses
        ),
    )
    assert align_translations(document, shuffled) == align_translations(document, other)


@given(sizes, sizes, st.data())
def test_a_decision_is_kept_and_its_clauses_get_no_other_partner(one: list[int], two: list[int], data) -> None:
    old, new = english(*one), in_khmer(english(*two))
    chosen = data.draw(st.sampled_from(old.clauses)).eid, data.draw(st.sampled_from(new.clauses)).eid
    renderings = align_translations(old, new, decided=[chosen])
    assert [pair for pair in renderings if pair.old == chosen[0] or pair.new == chosen[1]] == [
        Rendering(*chosen, 1.0, ("decided",))
    ]


def test_articles_that_changed_places_are_paired_by_their_numbers_and_less_surely() -> None:
    old = english(0, 0, 0, 0)
    khmer = in_khmer(old).clauses
    swapped = Document("", "km", (khmer[0], khmer[2], khmer[1], khmer[3]))
    renderings = {pair.old: pair for pair in align_translations(old, swapped)}
    assert all(pair.old == pair.new for pair in renderings.values()) and len(renderings) == 4
    assert min(renderings["art_2"].confidence, renderings["art_3"].confidence) == 0.5 < renderings["art_1"].confidence


def test_numbers_that_a_text_cites_tell_unnumbered_paragraphs_apart() -> None:
    def bare(*texts: str) -> Document:
        inside = [Clause(f"art_1__p_{at}", "paragraph", text=text, parent="art_1") for at, text in enumerate(texts)]
        return Document("", "en", (Clause("art_1", "article", "1"), *inside))

    old, new = bare("A fine of 500.", "At least 180 days.", "Within 10 days."), bare("៥០០ រៀល", "១០ ថ្ងៃ")
    assert ("art_1__p_2", "art_1__p_1") in pairs(align_translations(old, new))


def test_a_decision_about_a_clause_that_is_not_there_is_refused() -> None:
    with pytest.raises(ComparisonError, match="art_9"):
        align_translations(english(0), in_khmer(english(0)), decided=[("art_9", None)])


def own(language: str) -> bytes:
    return samples.declaration(language)


def universal(language: str) -> bytes:
    return (SHARED / "data/udhr" / {"en": "eng.html", "km": "khm.html"}[language]).read_bytes()


@pytest.mark.parametrize("page", [own, pytest.param(universal, marks=needs_shared)])
def test_a_declaration_is_paired_whole_where_words_pair_nothing(page) -> None:
    old, new = (read(page(language), filename="a.html") for language in ("en", "km"))
    renderings = align_translations(old, new)
    assert pairs(renderings) == [(clause.eid, clause.eid) for clause in old.clauses]
    assert all(pair.confidence > 0.9 for pair in renderings if pair.old != "preamble")
    assert all(entry.kind in {"added", "removed"} for entry in align_documents(old, new, ignore_numbers=True).units)
