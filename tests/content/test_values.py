"""What people stated of clauses (``fixtures/values/``), as far as it can be checked without judgement."""

from __future__ import annotations

import re

import pytest
import yaml

from lawcompare.engine.document import Clause
from tests.content.corpus import FIXTURES, document, entries, for_each, resolve

pytestmark = pytest.mark.content

FILES = sorted((FIXTURES / "values").glob("*.yaml"))


def rows_of(path) -> list[tuple[str, str, dict]]:
    """(text, citation, value) of a file."""
    data = yaml.safe_load(path.read_text("utf-8"))
    return [(data["text"], cited, row) for cited, rows in data["clauses"].items() for row in rows]


def stands_in(address: str, part: Clause, whole: Clause) -> bool:
    return part.eid in {clause.eid for clause in document(address).subtree(whole.eid)}


@for_each(FILES)
def test_no_value_is_stated_twice(path):
    stated = [(cited, yaml.dump(row)) for _address, cited, row in rows_of(path)]
    assert len(stated) == len(set(stated))


@for_each(FILES)
def test_a_threshold_stands_in_the_offence_and_not_where_its_penalty_is_graded(path):
    """What only makes a penalty heavier is the condition of that penalty."""
    for address, cited, row in rows_of(path):
        if row["element"] == "harm" and "in" in row:
            assert stands_in(address, resolve(address, row["in"]), resolve(address, cited)), (cited, row["words"])


@for_each(FILES)
def test_the_words_of_a_value_do_not_break_off_within_a_quotation(path):
    for _address, cited, row in rows_of(path):
        words = row["words"]
        assert words.count('"') % 2 == 0 and words.count("“") == words.count("”"), (cited, words)


# Words by which what was said before goes on.
GOES_ON = re.compile(r"(?:must|is|are|was|has|have|had|may|shall|does|do|can|cannot|receives?|which|that|who)\b")


@for_each(FILES)
def test_the_words_of_a_value_can_be_read_alone_or_are_an_item_of_the_rule_above_them(path):
    """An item is taken whole, with the "and" or "or" that joins it to the next."""
    for address, cited, row in rows_of(path):
        words = " ".join(row["words"].split())
        if row["element"] in {"conduct", "defences", "scope", "harm"} and GOES_ON.match(words.lstrip('"')):
            text = " ".join(resolve(address, row.get("in", cited)).text.split())
            assert text.startswith(words), (cited, words)
            assert not re.fullmatch(r"; (?:and|or)", text.removeprefix(words)), (cited, words)


@for_each(FILES)
def test_a_condition_of_a_penalty_is_written_once(path):
    values = [row["value"] for _address, _cited, row in rows_of(path) if "if:" in row.get("value", "")]
    conditions = [value.partition("if:")[2].strip() for value in values]
    assert [words for words in conditions if not words or re.match(r"(?i)if\b", words)] == []


def test_every_clause_of_us_law_in_a_correspondence_has_values():
    stated = {(address, cited) for path in FILES for address, cited, _row in rows_of(path)}
    sides = {
        (address, cited)
        for row in entries("correspondences.yaml")
        for side in (row["from"], row["to"])
        for address, cited in side.items()
        if address.startswith("us-") and cited
    }
    assert len(sides) > 60
    assert sorted(sides - stated) == []
