"""Redlines: what they promise for any text, and how they read on law text."""

import json
import random
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lawcompare.engine.diff import Change, Diff, diff, diff_quoted, lcs
from lawcompare.engine.errors import ComparisonError
from lawcompare.engine.reading import read
from lawcompare.engine.text.words import borders, clusters, words
from tests.conftest import SHARED, needs_shared
from tests.processor_time import at_most

CASES = sorted((Path(__file__).parents[1] / "data").glob("diff-*/"))

PIECE_LIST = (
    "the |of |person |fined |,|; |. |\n|(a) |(b) |100,000 |1,000,000 |“x” |'x' |shall |  |\r\n|e\u0301"
    "|👨\u200d👩|🇰🇭|ก็|한|ត្រូវ|ផ្តន្ទា|ផ្ដន្ទា|ទោស|\u200b|្|ិ|១|០០|.|ខែ |第|二十|五|條"
)
PIECES = st.sampled_from(PIECE_LIST.split("|"))
law_text = st.one_of(st.lists(PIECES, max_size=30).map("".join), st.text(max_size=40))
languages = st.sampled_from(["en", "km", "zh-TW"])


def marked(old: str, new: str, language: str = "en", **options) -> str:
    """The redline in one line: ``[-taken out-]{+put in+}``, with the class of noise after it."""
    form = {"equal": "{0}", "delete": "[-{0}-]{1}", "insert": "{{+{0}+}}{1}"}
    result = diff(old, new, language=language, **options)
    return "".join(form[op].format(text, f"<{noise}>" if noise else "") for op, text, noise in result.changes)


def assert_sound(result: Diff, old: str, new: str) -> None:
    assert result.old == old
    assert result.new == new
    assert all(change.text for change in result.changes)
    for first, second in zip(result.changes, result.changes[1:], strict=False):
        assert first.op != second.op
        assert (first.op, second.op) != ("insert", "delete")
    for side, text in (("insert", old), ("delete", new)):
        allowed, end = set(borders(text)), 0
        for change in result.changes:
            if change.op != side:
                end += len(change.text)
                assert end in allowed, f"cut inside a cluster of {text!r} at {end}"


@given(law_text, law_text, languages)
def test_a_redline_gives_back_both_texts_and_cuts_no_cluster(old, new, language):
    result = diff(old, new, language=language)
    assert_sound(result, old, new)
    assert 0 <= result.ratio <= 1
    assert diff(old, new, language=language) == result


@given(law_text, languages)
def test_a_text_against_itself_is_one_equal_run(text, language):
    assert diff(text, text, language=language) == Diff((Change("equal", text),) if text else ())


@given(st.lists(PIECES, min_size=30, max_size=60), st.data())
def test_a_small_edit_leaves_most_of_the_text_unmarked(pieces, data):
    at = data.draw(st.integers(0, len(pieces) - 1))
    old, new = "".join(pieces), "".join([*pieces[:at], "INSERTED ", *pieces[at:]])
    result = diff(old, new, language="km")
    assert_sound(result, old, new)
    assert sum(len(change.text) for change in result.changes if change.op != "equal") < 60


def test_a_limit_that_is_reached_shows_and_both_texts_are_still_given():
    rng = random.Random(7)
    old = [rng.choice("abcdefgh") * rng.randint(1, 9) for _ in range(600)]
    new = [rng.choice(["x", "yy", word]) if rng.random() < 0.3 else word for word in old]
    result = diff(" ".join(old), " ".join(new), steps=1000)
    assert result.coarse
    assert_sound(result, " ".join(old), " ".join(new))
    assert not diff(" ".join(old), " ".join(new)).coarse


def test_a_limit_that_is_none_is_refused():
    for steps in (0, -1):
        with pytest.raises(ComparisonError, match="above 0 steps"):
            diff("a", "b", steps=steps)


def test_texts_too_large_for_one_matrix_are_cut_at_the_words_that_stand_once(monkeypatch):
    monkeypatch.setattr(lcs, "_CELLS_FOR_INDEL", 10_000)
    monkeypatch.setattr(lcs, "_EDITS_FOR_BISECT", 5)
    rng = random.Random(5)
    old = [f"once{at}" if at % 40 == 0 else f"w{rng.randrange(50)}" for at in range(2000)]
    new = [f"w{rng.randrange(50)}" if rng.random() < 0.2 and not word.startswith("once") else word for word in old]
    result = diff(" ".join(old), " ".join(new))
    assert not result.coarse and result.ratio < 0.5
    assert_sound(result, " ".join(old), " ".join(new))


def test_a_number_is_marked_whole():
    for old, new, language in (
        ("fined 100,000 riel", "fined 1,000,000 riel", "en"),
        ("a fee of 1.5% a year", "a fee of 15% a year", "en"),
        ("ពី ១០០.០០០ រៀល", "ពី ១.០០០.០០០ រៀល", "km"),
        ("第二十五條第一項", "第二十六條第一項", "zh-TW"),
        ("§ 12A applies here", "§ 12B applies here", "en"),
    ):
        (gone,) = [change for change in diff(old, new, language=language).changes if change.op == "delete"]
        (come,) = [change for change in diff(old, new, language=language).changes if change.op == "insert"]
        assert gone.text in words(old, language) and come.text in words(new, language)
        assert gone.noise == come.noise == ""


def test_a_phrase_stays_whole_and_an_edit_begins_where_sentences_and_words_begin():
    redlines = {
        ("An officer shall without delay inform the owner.", "An officer may at any time notify the owner.", "en"):
            "An officer [-shall without delay inform-]{+may at any time notify+} the owner.",
        ("The court may order it. It ends.", "The court may order it. The owner is heard. It ends.", "en"):
            "The court may order it. {+The owner is heard. +}It ends.",
        ("from 1 year to 3 years of prison", "from 2 years to 5 years of prison", "en"):
            "from [-1 year-]{+2 years+} to [-3-]{+5+} years of prison",
        ("ពី ១ (មួយ) ខែ ទៅ ២ (ពីរ) ឆ្នាំ", "ពី ៦ (ប្រាំមួយ) ខែ ទៅ ២ (ពីរ) ឆ្នាំ", "km"):
            "ពី [-១ (មួយ)-]{+៦ (ប្រាំមួយ)+} ខែ ទៅ ២ (ពីរ) ឆ្នាំ",
    }  # fmt: skip
    assert {case: marked(*case) for case in redlines} == redlines


def test_what_is_rewritten_is_shown_as_replaced():
    old = "Whoever takes the goods of another without consent commits theft."
    new = "The Council reports each spring on budget, staff and buildings."
    result = diff(old, new)
    assert [change.op for change in result.changes] == ["delete", "insert"]
    assert result.replaced and result.ratio > 0.6


def test_what_only_grew_is_not_replaced():
    old = "The owner may appeal."
    result = diff(old, old + " " + "An appeal goes to the court of the district in which the thing was taken." * 3)
    assert not result.replaced
    assert [change.op for change in result.changes] == ["equal", "insert"]


def test_a_paragraph_that_was_kept_stays_in_a_replaced_text():
    kept = "Nothing in this section limits the right of a person to remain silent before any court or officer."
    old = "Alpha beta gamma delta epsilon zeta eta theta iota kappa lambda.\n" * 3 + kept
    new = "One bird sings over green hills while cold rivers run down slowly.\n" * 3 + kept
    result = diff(old, new)
    assert result.replaced
    assert any(change.op == "equal" and kept in change.text for change in result.changes)


CONTENTS = "Contents\nPart 1 Words ........ 3\nPart 2 Courts ....... 12\nPart 3 Appeals\t19"
FEES = "Part 1 Fees\n1. Entry in the list ........ 50\n2. A copy of it ........ 100\n3. A second copy ........ 120"


NOISE = (
    ("the “list” of names", 'the "list" of names', "en", "spelling"),
    ("ត្រូវផ្តន្ទាទោស", "ត្រូវផ្ដន្ទាទោស", "km", "spelling"),
    ("ត្រូវផ្តន្ទាទោស", "ត្រូវ\u200bផ្តន្ទា\u200bទោស", "km", "spelling"),
    ("one two\nthree", "one two three", "en", "whitespace"),
    ("who steals, pays", "who steals pays", "en", "punctuation"),
    ("an e-mail was sent", "an email was sent", "en", "punctuation"),
    ("(3) The court sits.", "(4) The court sits.", "en", "renumbering"),
    ("7. The court sits.", "8. The court sits.", "en", "renumbering"),
    (
        CONTENTS,
        CONTENTS.replace("... 3", "... 4").replace(" 12", "14").replace("\t19", "\t21"),
        "en",
        "page-number",
    ),
    (
        "មាតិកា\nជំពូក ១ ពាក្យ ........ ៣\nជំពូក ២ តុលាការ ........ ៩\nជំពូក ៣ បណ្តឹង ........ ១២",
        "មាតិកា\nជំពូក ១ ពាក្យ ........ ៣\nជំពូក ២ តុលាការ ........ ១០\nជំពូក ៣ បណ្តឹង ........ ១៣",
        "km",
        "page-number",
    ),
    ("he (a) runs; or (b) walks", "he (a) runs; or (c) walks", "en", "renumbering"),
    ("as in Article 12, first line", "as in Article 13, first line", "en", "cross-reference"),
    ("as in Articles 3 and 12(2) here", "as in Articles 3 and 13(2) here", "en", "cross-reference"),
    ("ដែលមានចែងក្នុងមាត្រា ១២ នៃច្បាប់នេះ", "ដែលមានចែងក្នុងមាត្រា ១៣ នៃច្បាប់នេះ", "km", "cross-reference"),
)


def test_noise_is_told_from_substance():
    for old, new, language, noise in NOISE:
        result = diff(old, new, language=language, renumbered={"Article 12": "Article 13"})
        assert {change.noise for change in result.changes if change.op != "equal"} == {noise}, old


SUBSTANCE = (
    ("90 days after the notice", "180 days after the notice"),
    ("as in Article 12, first line", "as in Article 14, first line"),
    ("a fee of 1.5 riel", "a fee of 15 riel"),
    ("a fee of 1.000 riel", "a fee of 1.0 riel"),
    ("he may be there", "he maybe there"),
    ("twelve (12) months", "ten (10) months"),
    ("Section 5 of 12 laws", "Section 5 of 13 laws"),
    # A list of amounts is no table of contents, nor is one line, nor what does not rise.
    (FEES, FEES.replace("... 50", "... 70")),
    ("Part 1 Words .... 3", "Part 1 Words .... 4"),
    (CONTENTS.replace("\t19", "\t2"), CONTENTS.replace("\t19", "\t3")),
    # Where a title changed too, the line is another one.
    (CONTENTS, CONTENTS.replace("Courts", "Judges").replace(" 12", "14")),
    # A text that is an amount.
    *(("$5", "$50"), ("2.000", "3.000"), ("5%.", "6%."), ("5. 000 riel", "6. 000 riel"), ("12", "14")),
)


def test_substance_is_not_called_noise():
    for old, new in SUBSTANCE:
        result = diff(old, new, renumbered={"12": "13"})
        assert "" in {change.noise for change in result.changes if change.op != "equal"}, old


def declaration_articles() -> list[str]:
    path = Path(__file__).resolve().parents[2] / "fixtures/laws/udhr/1948-km.md"
    return [clause.text for clause in read(path.read_bytes(), filename=path.name).clauses]


def criminal_code_articles() -> list[str]:
    path = SHARED / "data/kh-criminal-code/articles.json"
    return [article["text"] for article in json.loads(path.read_text(encoding="utf-8"))["articles"]]


@pytest.mark.parametrize("articles", [declaration_articles, pytest.param(criminal_code_articles, marks=needs_shared)])
def test_khmer_edits_mark_little_more_than_was_changed(articles):
    rng = random.Random(2009)
    texts = [text for text in articles() if 60 < len(text) < 1500]
    changed = marks = 0
    for _ in range(400):
        pieces = clusters(rng.choice(texts))
        at, size = rng.randrange(len(pieces)), rng.randint(1, 4)
        put = rng.choice([[], pieces[:size], pieces[size : 2 * size]])
        gone = pieces[at : at + size] if put == [] or rng.random() < 0.5 else []
        old, new = "".join(pieces), "".join(pieces[:at] + put + pieces[at + len(gone) :])
        result = diff(old, new, language="km")
        assert_sound(result, old, new)
        changed += len("".join(gone)) + len("".join(put))
        marks += sum(len(change.text) for change in result.changes if change.op != "equal")
    assert marks <= 2 * changed


def test_a_golden_redline_is_as_a_lawyer_put_it_down():
    for case in CASES:
        old, new = ((case / f"{side}.txt").read_text(encoding="utf-8").strip() for side in ("old", "new"))
        language = "km" if case.name.endswith("-km") else "en"
        assert marked(old, new, language) == (case / "redline.txt").read_text(encoding="utf-8").strip(), case.name


def test_quotations_are_compared_in_proportion_to_the_length_of_the_texts():
    """Each was compared with each of the other text: a clause of 490,000 letters kept a worker until it was ended."""
    old, new = (
        "".join(f"“{words.format(number)}” " for number in range(300)) for words in ("fine {} riel", "jail {} days")
    )
    with at_most(2):
        marked = diff_quoted(old, new)
    assert (marked.old, marked.new) == (old, new)


def test_every_quotation_of_a_paraphrase_is_found_in_order_also_between_straight_quotes():
    said = 'It is "a fine of {} riel" and "jail of {} days" for both.'
    old, new = said.format(5, 7), said.format(9, 8).replace("is", "asks")
    marked = diff_quoted(old, new)
    assert [one.text for one in marked.changes if one.op in {"delete", "insert"}] == ["5", "9", "7", "8"]
    assert (marked.old, marked.new) == (old, new)
