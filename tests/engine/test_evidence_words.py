"""Why clauses were set together, in words: each kind in English, and translated with the names and numbers kept."""

import pytest

from lawcompare.engine.wording import ENGLISH, Locale
from lawcompare.engine.wording.changes import EVIDENCE, NEAREST, evidence_in_words


@pytest.mark.parametrize(
    ("kind", "values", "words"),
    [
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
    ],
)
def test_a_reason_in_english(kind, values, words):
    assert evidence_in_words(ENGLISH, [(kind, values)]) == words


def test_every_kind_has_words_that_its_values_fill():
    values = {"percent": 5, "names": ["a", "b"]}
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
