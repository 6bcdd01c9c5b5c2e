"""One Khmer word for one term, in every text of the project."""

from __future__ import annotations

import pytest
import yaml

from tests.conftest import ROOT
from tests.content.corpus import for_each

pytestmark = pytest.mark.content

TERMS = yaml.safe_load((ROOT / "docs/terms.yaml").read_text("utf-8"))
TEXTS = [
    ROOT / "locale/km/LC_MESSAGES/django.po",
    ROOT / "lawcompare/engine/compare_laws/thesaurus.yaml",
    *sorted((ROOT / "fixtures").glob("*.yaml")),
    *sorted((ROOT / "fixtures/localised").glob("*.yaml")),
    *sorted((ROOT / "fixtures/laws").glob("*/*-km.md")),
]


def test_no_text_has_a_second_word_for_a_term():
    for path in TEXTS:
        words = path.read_text("utf-8")
        # A thesaurus finds what laws say, in whatever words: its phrases are theirs, its labels ours.
        if path.name == "thesaurus.yaml":
            words = "\n".join(line for line in words.splitlines() if "label:" in line)
        second = [(row["en"], word) for row in TERMS for word in row.get("not", []) if word in words]
        assert second == [], path.name


def test_a_word_stands_for_one_term_alone():
    khmer = [row["km"] for row in TERMS]
    assert len(khmer) == len(set(khmer)) > 40
    refused = {word for row in TERMS for word in row.get("not", [])}
    assert not refused & set(khmer)


@for_each(TERMS)
def test_a_term_says_where_its_word_is_from(row):
    assert set(row) <= {"en", "km", "source", "not"} and row["source"]
