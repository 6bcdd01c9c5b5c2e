"""Words made of values, in English and translated: of a reader's warnings, and why clauses were set together."""

import re
from pathlib import Path

from lawcompare.engine.document import ReadingWarning
from lawcompare.engine.wording import ENGLISH, Locale
from lawcompare.engine.wording.changes import EVIDENCE, NEAREST, evidence_in_words
from lawcompare.engine.wording.warnings import DETAILS, TITLES, warning_detail, warning_message, warning_title

ENGINE = Path(__file__).resolve().parents[2] / "lawcompare/engine"


def test_every_kind_of_warning_has_its_words():
    details = {"after": "Article 2", "inside": "Article 1", "sign": "U+202E", "font": "LimonS1", "read": "x"}
    details |= {"shown": "y", "lines": "9", "held": "9", "pages": "1, 2"}
    for kind in TITLES:
        warning = ReadingWarning(3, kind, "Article 4", details)
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


def test_a_warning_names_the_page_of_a_pdf_and_its_kind_alone_where_it_has_no_subject():
    warning = ReadingWarning(3, "repeated-number", "Article 4", {"page": "12"})
    assert warning_message(ENGLISH, warning) == "repeated number: Article 4 (page 12)"
    assert warning_message(ENGLISH, ReadingWarning(3, "deleted-text")) == "text marked as deleted is left out"
    shouting = Locale(gettext=str.upper, language=lambda: "km")
    assert warning_message(shouting, ReadingWarning(3, "repeated-number", "Article 4")) == "REPEATED NUMBER: Article 4"


def test_a_reason_in_english():
    for kind, values, words in (
        ("decided", {}, "as decided"),
        ("alike", {"percent": 93}, "text 93 % alike"),
        ("none-in-old", {}, "nothing like it in the old text"),
        (
            "none-in-new",
            {"nearest": "Article 7", "percent": 12},
            "nothing like it in the new text; nearest is Article 7, 12 % alike",
        ),
        ("parts", {"count": 2, "name": "Article 2"}, "both parts of old Article 2"),
        ("parts", {"count": 3, "name": "50 % rule"}, "3 parts of old 50 % rule"),
        ("joined", {"names": ["Article 1", "Article 2"]}, "old Article 1 and Article 2 together"),
        ("joined", {"names": ["1", "2", "3"]}, "old 1, 2 and 3 together"),
        ("joined", {"names": ["1", "2", "3", "4", "5"]}, "old 1, 2 and 3 more together"),
    ):
        assert evidence_in_words(ENGLISH, [(kind, values)]) == words


def test_every_kind_has_words_that_its_values_fill():
    values = {"percent": 5, "names": ["a", "b"], "nearest": "Article 9"}
    for kind in EVIDENCE:
        assert "%(" not in evidence_in_words(ENGLISH, [(kind, values)])
    for kind in NEAREST:
        assert "Article 9" in evidence_in_words(ENGLISH, [(kind, {"percent": 5, "nearest": "Article 9"})])


def test_the_words_are_translated_and_the_names_of_clauses_stay():
    shouting = Locale(
        gettext=lambda message: message.upper().replace("%(NAME)S", "%(name)s").replace("%(COUNT)S", "%(count)s"),
        digits=lambda value: str(value).translate(str.maketrans("0123456789", "០១២៣៤៥៦៧៨៩")),
    )
    assert evidence_in_words(shouting, [("parts", {"count": 3, "name": "Article 2"}), ("new-number", {})]) == (
        "៣ PARTS OF OLD Article 2, NEW NUMBER"
    )
