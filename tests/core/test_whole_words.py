"""Khmer compounds stand in an element of their own on a page, and nowhere else."""

from __future__ import annotations

import re

import pytest
from django.http import HttpResponse

from lawcompare import settings
from lawcompare.core import whole_words
from lawcompare.core.whole_words import COMPOUNDS, EDGE, WHOLE, WholeWords


def page(words: str, content_type: str = "text/html; charset=utf-8") -> str:
    middleware = WholeWords(lambda _request: HttpResponse(words, content_type=content_type))
    return middleware(None).content.decode()  # type: ignore[arg-type, union-attr]


def test_each_compound_is_whole_once_and_no_words_change():
    for word in COMPOUNDS:
        whole = page(f"<p>ក{word} និង{word}</p>")
        assert whole.count(f"<k->{word}</k->") == 2 and re.sub("</?k->", "", whole) == f"<p>ក{word} និង{word}</p>"
        assert page(whole.replace("<k->", "").replace("</k->", "")) == whole


@pytest.mark.parametrize(
    "words",
    [
        '<a title="បទល្មើស" href="/?q=បទល្មើស">ក</a>',
        "<title>បទល្មើស ១</title>",
        "<textarea>បទល្មើស</textarea>",
        "<option>បទល្មើស</option>",
        '<script type="application/json">{"km": "បទល្មើស"}</script>',
        "<svg><text>បទល្មើស</text></svg>",
        "<p>បទល្មើសុ</p>",  # a letter's own sign may not be cut from it
    ],
)
def test_tags_forms_scripts_and_letters_are_left_as_they_are(words):
    assert page(words) == words


def test_a_page_is_measured_with_its_compounds():
    """Sent without compression it would break off where it was said to end."""
    inside = settings.MIDDLEWARE.index(f"{WholeWords.__module__}.WholeWords")
    assert settings.MIDDLEWARE.index("django.middleware.common.CommonMiddleware") < inside


def test_only_pages_are_touched():
    assert page("បទល្មើស", "application/atom+xml") == "បទល្មើស"
    assert WHOLE.search("<p>No Khmer.</p>") is None


def test_behind_a_run_of_words_is_looked_once_however_many_compounds_it_has(monkeypatch):
    """Whoever sends a long field of one word else stops the site."""
    looked: list[int] = []

    class Edge:
        def search(self, words: str, start: int) -> re.Match[str] | None:
            looked.append(start)
            return EDGE.search(words, start)

    monkeypatch.setattr(whole_words, "EDGE", Edge())
    assert page(f"<p>{COMPOUNDS[5] * 1000}</p>").count("<k->") == 1000 and len(looked) == 1
