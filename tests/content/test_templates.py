"""Templates and style sheets can be read in a diff, and formatting puts no line break into words of law."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from lawcompare.core.template_loader import without_indent
from tests.conftest import ROOT
from tests.content.corpus import for_each

pytestmark = pytest.mark.content

COLUMNS = 120
# Elements whose inside is read to the letter: spaces and line breaks show, or a program counts letters from the start.
TO_THE_LETTER = re.compile(
    r"""<(?!fieldset)(\w+)\s[^<>]*?"""
    r"""(?:class="(?:[^"]*\ )?(?:runs|words)[\ "]|data-eid=|data-copy(?![\w-]))[^<>]*>(.*?)</\1>""",
    re.DOTALL,
)
DJANGO = re.compile(r"\{[%{#].*?[%}#]\}")
GAPS = re.compile(r"^\s*\n|\n\s*$")


TEMPLATES = sorted((ROOT / "templates").rglob("*.html"))
WRITTEN = [
    *(ROOT / "templates").rglob("*.*"),
    *(ROOT / "static/css").rglob("*.css"),
    *(ROOT / "static/js").rglob("*.js"),
]


@for_each(WRITTEN)
def test_no_line_of_a_page_is_longer_than_the_window(path: Path):
    long = [number for number, line in enumerate(path.read_text("utf-8").splitlines(), 1) if len(line) > COLUMNS]
    assert long == []


@for_each(TEMPLATES)
def test_words_of_law_gain_no_line_break_by_formatting(path: Path):
    """What is read to the letter neither begins nor ends with a line break."""
    template = DJANGO.sub("…", path.read_text("utf-8"))
    assert [inside for _tag, inside in TO_THE_LETTER.findall(template) if GAPS.search(inside)] == []


@for_each(TEMPLATES)
def test_what_is_read_to_the_letter_has_no_indentation_to_lose(path: Path):
    template = path.read_text("utf-8")
    held = re.findall(r"<(?:pre|textarea)\b[^<>]*>(.*?)</", DJANGO.sub("…", template), re.DOTALL)
    messages = re.findall(r"\{% blocktranslate (?!trimmed)(.*?)\{% endblocktranslate", template, re.DOTALL)
    assert [without_indent(inside) for inside in held + messages] == held + messages


# Shows invented samples as they are; its own words are marked.
SAMPLES = ROOT / "templates/site/styleguide.html"
FILE_FORMATS = {"CSV", "XLSX", "DOCX", "JSON", "XML", "Markdown", "BibTeX", "Akoma", "Ntoso", "PDF"}
SPOKEN_ATTRIBUTES = r"(?:title|aria-label|aria-description|placeholder|alt|data-words|data-count)"


@for_each(path for path in TEMPLATES if path != SAMPLES)
def test_a_template_says_nothing_that_is_not_marked(path):
    source = path.read_text("utf-8")
    source = re.sub(r"{% blocktranslate.*?{% endblocktranslate %}", "", source, flags=re.S)
    source = re.sub(r"{% comment %}.*?{% endcomment %}", "", source, flags=re.S)
    source = re.sub(r"{#.*?#}|{%.*?%}|{{.*?}}", "", source, flags=re.S)
    spoken = re.findall(rf'\s{SPOKEN_ATTRIBUTES}="([^"]*)"', source)
    source = re.sub(
        r"<(script|style|kbd|code)\b.*?</\1>|<a class=\"tongue\".*?</a>|<[^>]*>|&\w+;", " ", source, flags=re.S
    )
    assert set(re.findall(r"[A-Za-z]{2,}", " ".join([source, *spoken]))) <= FILE_FORMATS
