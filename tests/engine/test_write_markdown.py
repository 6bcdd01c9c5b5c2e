"""A law as Markdown and back: the same clauses, whatever they hold."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lawcompare.engine.document import Clause, Document
from lawcompare.engine.errors import ReadingError
from lawcompare.engine.reading import markdown, read
from lawcompare.engine.structure.numbering import eid_for
from lawcompare.engine.writing import text
from lawcompare.engine.writing.markdown import write
from tests.conftest import ROOT

LINE = st.text(alphabet=st.sampled_from(list("\u00a0\u202fab1.)(*_#>[]<&`\\|{}:;=-~^\"' កខ២។")), max_size=20)
ODD = LINE.map(lambda line: " ".join(word for word in line.split(" ") if word.strip()))
TEXT = st.lists(ODD.filter(bool), max_size=3).map("\n".join)
NUM = st.sampled_from(["", "Article 28", "§ 1030", "(a)", "1.", "មាត្រា ២៨", "CHAPTER IV"])
ELEMENT = st.sampled_from(["chapter", "article", "section", "paragraph", "point", "wrapUp", "hcontainer", "preamble"])
PARTS = st.lists(st.tuples(ELEMENT, NUM, ODD, TEXT, st.integers(0, 3), ODD), max_size=8)


def made(parts) -> Document:
    """A document of any shape: each clause stands in one of those open at the depth drawn for it."""
    clauses: list[Clause] = []
    above: list[str] = []
    taken: set[str] = set()
    for place, (element, num, heading, words, depth, note) in enumerate(parts, start=1):
        del above[depth:]
        parent = above[-1] if above else None
        eid = eid_for(parent, element, num, taken, place)
        attributes = {"note": note, "text_status": "quotation"} if note else {}
        clauses.append(Clause(eid, element, num, heading, words, len(above), parent, 0, attributes))
        above.append(eid)
    return Document("A: law # 1", "en", tuple(clauses))


def facts(clause: Clause):
    values = (clause.eid, clause.element, clause.num, clause.heading, clause.text, clause.depth, clause.parent)
    return (*values, dict(clause.attributes))


@given(PARTS)
def test_what_is_written_is_read_as_the_same(parts):
    law = made(parts)
    document = markdown.read(write(law, {"law": "x", "note": "a: b # c"}).encode())
    assert [facts(clause) for clause in document.clauses] == [facts(clause) for clause in law.clauses]
    assert (document.title, document.language, document.meta["note"]) == (law.title, "en", "a: b # c")


@pytest.mark.verify
def test_the_corpus_is_written_and_read_as_the_same(subtests):
    for path in sorted((ROOT / "fixtures" / "laws").glob("*/*.md")):
        with subtests.test(path=path):
            law = read(path.read_bytes(), filename=path.name)
            again = markdown.read(write(law, law.meta).encode())
            assert [facts(clause) for clause in again.clauses] == [facts(clause) for clause in law.clauses]


def test_it_reads_as_plain_markdown():
    article = Clause("art_28", "article", "Article 28", "Contents", "Whoever publishes any of these.\nAnd more.")
    point = Clause("art_28__point_a", "point", "(a)", "", "lies;", 1, "art_28", 0, {"text_status": "quotation"})
    written = write(Document("A law", "en", (article, point)), {"law": "x"})
    assert written == (
        "---\ntitle: A law\nlanguage: en\nlaw: x\nclauses: marked\n---\n\n"
        "# Article 28. Contents\n{: eid=art_28 }\n\nWhoever publishes any of these.\n\nAnd more.\n\n"
        "(a) lies;\n{: eid=art_28__point_a text_status=quotation }\n"
    )


def test_what_is_marked_wrongly_is_refused_with_its_line(subtests):
    for body, line, sentence in [
        ("Words alone", 4, "above the first marked clause"),
        ("# A\n{: num=1 }", 4, "no eid"),
        ("# A\n{: eid=art_1 }\n\n# B\n{: eid=art_1 }", 7, "given to two"),
        ("(a) x\n{: eid=art_1__point_a }", 4, "not above it"),
        ("# A\n{: eid=art_1 num=Z }", 4, "does not begin with"),
        ("# A\n{: eid=art_1 !!! }", 5, "cannot be read"),
    ]:
        with subtests.test(body=body):
            with pytest.raises(ReadingError, match=sentence) as refused:
                markdown.read(f"---\nclauses: marked\n---\n{body}\n".encode())
            assert refused.value.line == line


def test_plain_text_has_all_words_in_order():
    law = made([("article", "Article 28", "Aim", "One.\nTwo.", 0, ""), ("point", "(a)", "", "Three.", 1, "")])
    assert text.write(law) == "Article 28. Aim\n\nOne.\n\nTwo.\n\n  (a) Three.\n"
