"""Pages and style sheets can be read in a diff: one form, lines that fit, no line break put into words of law."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest
from django.template import Context, Template

from lawcompare.template_loader import without_indent
from tests.formatting import ROOT, formatted, stylesheets

COLUMNS = 120
# Elements whose inside is read to the letter: spaces and line breaks show, or a program counts letters from the start.
TO_THE_LETTER = re.compile(
    r"""<(?!fieldset)(\w+)\s[^<>]*?"""
    r"""(?:class="(?:[^"]*\ )?(?:runs|words)[\ "]|data-eid=|data-copy(?![\w-]))[^<>]*>(.*?)</\1>""",
    re.DOTALL,
)
DJANGO = re.compile(r"\{[%{#].*?[%}#]\}")
GAPS = re.compile(r"^\s*\n|\n\s*$")


def templates() -> list[Path]:
    return sorted((ROOT / "templates").rglob("*.html"))


def too_long(paths: list[Path]) -> list[str]:
    return [
        f"{path.relative_to(ROOT)}:{number}: {len(line)} columns"
        for path in paths
        for number, line in enumerate(path.read_text("utf-8").splitlines(), 1)
        if len(line) > COLUMNS
    ]


def letters_with_gaps(template: str) -> list[str]:
    """The insides, read to the letter, that begin or end with a line break."""
    return [inside for _tag, inside in TO_THE_LETTER.findall(DJANGO.sub("…", template)) if GAPS.search(inside)]


def test_no_line_of_a_page_is_longer_than_the_window():
    paths = [*(ROOT / "templates").rglob("*.*"), *stylesheets(), *(ROOT / "static/js").rglob("*.js")]
    assert len(paths) > 200
    assert not too_long(paths)


def test_a_line_that_is_too_long_is_found(tmp_path, monkeypatch):
    monkeypatch.setattr("tests.test_formatting.ROOT", tmp_path)
    page = tmp_path / "page.html"
    page.write_text("<p>\n" + "ក" * 121 + "\n</p>\n", "utf-8")
    assert too_long([page]) == ["page.html:2: 121 columns"]


def test_style_sheets_are_formatted():
    unformatted = [path.name for path in stylesheets() if formatted(path.read_text("utf-8")) != path.read_text("utf-8")]
    assert stylesheets()
    assert not unformatted, "make format"


def test_templates_are_formatted():
    djangofmt = Path(sys.executable).with_name("djangofmt")
    run = subprocess.run([djangofmt, "--check", "templates"], cwd=ROOT, capture_output=True, text=True, timeout=120)
    assert run.returncode == 0, run.stdout + run.stderr


def test_words_of_law_gain_no_line_break_by_formatting():
    gaps = {path.name: gaps for path in templates() if (gaps := letters_with_gaps(path.read_text("utf-8")))}
    assert not gaps


@pytest.mark.parametrize(
    ("template", "count"),
    [
        ('<p class="runs" lang="{{ tongue }}">{{ clause.text }}</p>', 0),
        ('<p class="runs" lang="{{ tongue }}">\n  {{ clause.text }}\n</p>', 1),
        ('<dd class="runs"{% if a > b %} lang="{{ c }}"{% endif %}>\n  {{ text }}</dd>', 1),
        ('<div data-eid="{{ clause.eid }}">{% law_text clause notes %}\n</div>', 1),
        ('<div class="rows">\n  {{ rows }}\n</div>', 0),
    ],
)
def test_a_line_break_in_words_of_law_is_found(template, count):
    assert len(letters_with_gaps(template)) == count


def test_pages_are_sent_without_the_indentation_of_their_templates(client, db):
    page = client.get("/about/").content.decode()
    assert page.count("\n") > 50
    assert not re.findall(r"\n[ \t]+\S", page)


def test_what_is_read_to_the_letter_has_no_indentation_to_lose():
    for path in templates():
        template = path.read_text("utf-8")
        held = re.findall(r"<(?:pre|textarea)\b[^<>]*>(.*?)</", DJANGO.sub("…", template), re.DOTALL)
        messages = re.findall(r"\{% blocktranslate (?!trimmed)(.*?)\{% endblocktranslate", template, re.DOTALL)
        assert [without_indent(inside) for inside in held + messages] == held + messages, path.name


@pytest.mark.parametrize("names", [[], ["one"], ["one", "two"]])
@pytest.mark.parametrize(
    "template",
    [
        "<p>\n  {% for name in names %}\n    · {{ name }}{% endfor %}\n  end\n</p>\n",
        "<p>words{% if names %}\n    more\n  {% endif %}\n  end</p>\n",
        "<p>words{% if names %}\n    more\n  {% else %}\n    none\n  {% endif %}\n  end</p>\n",
        "<p>words{% for name in names %}\n    {{ name }}\n  {% empty %}\n    none\n  {% endfor %}\n  end</p>\n",
        "<p>\n  {% if names %}\n    more{% endif %}\n  {% with last=names.0 %}\n    {{ last }}\n  {% endwith %}\n",
    ],
)
def test_taking_out_indentation_parts_the_same_words(template, names):
    """A space may grow or shrink, but no two words are glued together or torn apart."""
    as_written, as_sent = (
        " ".join(Template(source).render(Context({"names": names})).split())
        for source in (template, without_indent(template))
    )
    assert as_sent == as_written
