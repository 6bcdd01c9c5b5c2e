"""A search stands behind every statement of the corpus that something was not reported, seen or known."""

from __future__ import annotations

import datetime

import pytest
import yaml

from tests.tools.searches import FILES, SEARCHES, behind, claims, main, places

pytestmark = pytest.mark.content

ROWS = yaml.safe_load(SEARCHES.read_text("utf-8"))


@pytest.mark.parametrize(
    "words",
    [
        "Whether a fine is added was not reported.",
        "The article itself was not seen; the rest is quoted.",
        "Of this article only the heading is known, so the subject is matched.",
        "Nothing was reported of whom this draft reaches.",
        "Not searched: state law.",
        "The other articles were not reached.",
    ],
)
def test_what_says_that_something_is_not_known_is_found(words):
    assert len(list(claims(words))) == 1


def test_what_is_known_is_no_such_statement():
    assert list(claims("The article does not ask for intent; as reported it is punished by prison.")) == []


@pytest.mark.parametrize("file", FILES)
def test_behind_every_line_that_says_not_known_stands_a_search(file):
    alone = {place: parts for place, parts in places(file).items() if parts and not behind(file, place)}
    assert alone == {}


def test_a_search_names_places_that_are_there():
    named = [(row["key"], file, place) for row in ROWS for file, names in row["places"].items() for place in names]
    assert len(named) > 300
    assert [(key, file) for key, file, _place in named if file not in FILES] == []
    assert [(key, place) for key, file, place in named if place not in places(file)] == []


def test_a_search_says_when_and_with_which_words_it_was_made_or_why_it_was_not():
    assert len({row["key"] for row in ROWS}) == len(ROWS)
    for row in ROWS:
        assert row["question"], row["key"]
        if row["result"] == "left out by choice":
            assert row["how"] and "asked" not in row, row["key"]
            continue
        assert isinstance(row["searched"], datetime.date), row["key"]
        assert row["opened"], row["key"]
        if row["result"] == "not looked for again":
            assert row["how"] and "asked" not in row, row["key"]
            continue
        assert len(set(row["asked"])) >= 3, row["key"]
        assert row["result"] in {"known in part", "not known"}, row["key"]
        assert "found" in row or row["result"] == "not known", row["key"]


def test_the_command_lists_lines_with_their_search_and_refuses_another_file(capsys):
    assert main(["topics.yaml"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert "topics.yaml\tharassment\tnot known: kh-cybercrime/2012-v1-en" in lines
    assert any(line.startswith("\t2026-") and "http" in line for line in lines)
    assert main(["elsewhere.yaml"]) == 2
    assert capsys.readouterr().err.count("\n") == 1
