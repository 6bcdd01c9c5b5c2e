"""Statements on Cambodia are drawn by lot for fresh eyes: the same for the same seed, kinds in proportion."""

from __future__ import annotations

from collections import Counter

import pytest

from tests.tools.draw import draw, main, statements

pytestmark = pytest.mark.content


def test_a_seed_draws_the_same_statements_again_and_another_seed_others():
    drawn = draw(7, 100)
    assert len(drawn) == len(set(map(repr, drawn))) == 100
    assert drawn == draw(7, 100) != draw(8, 100)


def test_kinds_are_drawn_in_proportion():
    there, drawn = (Counter(one.kind for one in rows) for rows in (statements(), draw(1, 100)))
    total = sum(there.values())
    assert set(there) >= {"clause", "correspondence", "value", "event", "annotation", "text wanted"}
    assert all(abs(drawn[kind] - 100 * number / total) < 1 for kind, number in there.items())


def test_each_statement_has_its_place_and_what_bears_it():
    for one in statements():
        assert one.words.strip() and one.place, one
        if one.kind in {"clause", "event", "text wanted", "annotation"}:
            # The Criminal Code was read in its official print.
            assert one.sources or one.place.startswith("kh-criminal-code/"), one.place
            assert all(source.startswith("http") for source in one.sources), one.place
            assert one.khmer, one.place


def test_the_command_prints_them_and_refuses_a_number_that_is_not_there(capsys):
    assert main(["--seed", "3", "--count", "5"]) == 0
    assert capsys.readouterr().out.count("   - EN: ") == 5
    assert main(["--count", "0"]) == 2
    assert capsys.readouterr().err.count("\n") == 1
