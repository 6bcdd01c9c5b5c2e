"""A reader's warnings are values; the words are made of them, in English and in the language that is handed in."""

import re
from pathlib import Path

import pytest

from lawcompare.engine.document import ReadingWarning, from_plain, to_plain
from lawcompare.engine.reading import read
from lawcompare.engine.wording import ENGLISH, Locale
from lawcompare.engine.wording.warnings import DETAILS, TITLES, warning_detail, warning_message, warning_title

ENGINE = Path(__file__).resolve().parents[2] / "lawcompare/engine"


@pytest.mark.parametrize("kind", TITLES)
def test_every_kind_of_warning_has_its_words(kind):
    warning = ReadingWarning(
        3,
        kind,
        "Article 4",
        {"after": "Article 2", "inside": "Article 1", "sign": "U+202E", "font": "LimonS1", "read": "x", "shown": "y"}
        | {"lines": "9", "held": "9", "pages": "1, 2"},
    )
    message = warning_message(ENGLISH, warning)
    assert "Article 4" in message and "%(" not in message
    assert message == ": ".join(filter(None, [warning_title(ENGLISH, warning), warning_detail(ENGLISH, warning)]))


def test_the_readers_give_no_kind_that_has_no_words():
    source = "\n".join(
        path.read_text("utf-8") for part in ("reading", "structure") for path in (ENGINE / part).rglob("*.py")
    )
    given = set(re.findall(r'(?:ReadingWarning\([^")]*, |aside\.warn\([^")]*, |yield )"([a-z]+-[a-z-]+)"', source))
    assert {"repeated-number", "skipped-number", "deleted-text", "page-without-text"} <= given <= TITLES.keys()
    assert DETAILS.keys() <= TITLES.keys()


def test_a_warning_of_a_pdf_names_the_page():
    warning = ReadingWarning(3, "repeated-number", "Article 4", {"page": "12"})
    assert warning_message(ENGLISH, warning) == "repeated number: Article 4 (page 12)"


def test_a_warning_without_its_subject_says_its_kind_alone():
    assert warning_message(ENGLISH, ReadingWarning(3, "deleted-text")) == "text marked as deleted is left out"


def test_the_words_are_translated_and_the_law_s_own_stay():
    shouting = Locale(gettext=str.upper, language=lambda: "km")
    warning = ReadingWarning(3, "repeated-number", "Article 4")
    assert warning_message(shouting, warning) == "REPEATED NUMBER: Article 4"


def test_warnings_pass_between_processes_as_values():
    document = read(b"Article 1. A\n\nx\n\nArticle 3. B\n\ny\n")
    (warning,) = document.warnings
    assert (warning.kind, warning.subject, dict(warning.details)) == (
        "skipped-number",
        "Article 3",
        {"after": "Article 1"},
    )
    assert from_plain(to_plain(document)).warnings == document.warnings
