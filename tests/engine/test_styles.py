"""Laws in the styles in which states print them: one file a style in ``tests/data/styles``, in our own words.

``NAME.outline`` says what is to be read: the title, the kinds of the warnings, chapters, sections and headings between
them, and, after ``text``, words that must stand in a clause.
"""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

from lawcompare.engine.reading import read
from tests.engine.reading_cases import characters, kept

STYLES = Path(__file__).parents[1] / "data" / "styles"
SHOWN = {
    *("article", "section", "rule", "part", "chapter", "title", "subtitle", "book", "division", "subdivision"),
    *("subpart", "subchapter", "schedule", "preamble", "component", "crossHeading"),
}


def outline_of(document):
    return [
        f"{'  ' * clause.depth}{clause.element} {clause.num} | {clause.heading}"
        for clause in document.clauses
        if clause.element in SHOWN
    ]


def words_under(document, num):
    """The words of the clauses with a number and of what is inside them."""
    eids = {clause.eid for clause in document.clauses if clause.num == num}
    return "\n".join(
        f"{clause.heading} {clause.text}"
        for clause in document.clauses
        if clause.eid in eids or any(clause.eid.startswith(f"{eid}__") for eid in eids)
    )


def squeezed(lines):
    return [re.sub(r"(?<=\S) +", " ", line).rstrip() for line in lines]


def test_a_law_is_read_as_its_state_prints_it(subtests):
    for name in sorted(path.stem for path in STYLES.glob("*.outline")):
        with subtests.test(name=name):
            expected = (STYLES / f"{name}.outline").read_text().splitlines()
            document = read((STYLES / name).read_bytes(), filename=name)
            for line in expected:
                if line.startswith("title: "):
                    assert document.title == line.removeprefix("title: ")
                elif line.startswith("warnings:"):
                    kinds = [kind for kind in re.split(r",\s*", line.removeprefix("warnings:").strip()) if kind]
                    assert sorted(warning.kind for warning in document.warnings) == sorted(kinds)
                elif line.startswith("text "):
                    num, words = line.removeprefix("text ").split(" :: ")
                    assert words in words_under(document, num)
            shown = [line for line in expected if not line.startswith(("title: ", "warnings:", "text "))]
            assert squeezed(outline_of(document)) == squeezed(shown)
            assert len({clause.eid for clause in document.clauses}) == len(document.clauses)


def test_no_letter_of_a_text_is_lost(subtests):
    for name in sorted(path.stem for path in STYLES.glob("*.txt.outline")):
        with subtests.test(name=name):
            printed = (STYLES / name).read_text()
            lost = characters(printed) - kept(read(printed.encode(), filename=name))
            assert not lost - Counter("1[")  # the mark of an amendment in India: "1[4A."
