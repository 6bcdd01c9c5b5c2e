"""Sentences about clauses: true, plain, and each of them known to the translators."""

import json
import re
from pathlib import Path

import pytest
import yaml
from hypothesis import example, given
from hypothesis import strategies as st

from lawcompare.engine.align import KINDS
from lawcompare.engine.diff import Change, Diff, diff
from lawcompare.engine.diff.describe import describe
from lawcompare.engine.errors import ComparisonError
from lawcompare.engine.wording import ENGLISH
from lawcompare.engine.wording.changes import COUNTED, SENTENCES, change_sentences

names = st.lists(st.sampled_from(["", "Article 1", "Article 12A", "មាត្រា ២៨"]), max_size=3)
texts = st.lists(st.sampled_from("may shall not 90 180 days (a) (b) ; , . “x” $5 ត្រូវ ៦ ខែ".split()), max_size=12)  # noqa: SIM905


def sentences(old: str, new: str, kind: str = "changed", language: str = "en") -> str:
    return in_words(describe(kind, ["Article 3"], ["Article 4"], diff(old, new, language=language), language))


def in_words(changes):
    return change_sentences(ENGLISH, [(change.kind, change.values) for change in changes])


@given(st.sampled_from(KINDS), names, names, texts, texts, st.sampled_from(["en", "km"]), st.sampled_from(["", "§ 7"]))
def test_every_change_has_a_sentence_that_its_values_fill(kind, old, new, before, now, language, after):
    redline = diff(" ".join(before), " ".join(now), language=language)
    for redline_or_none in (redline, None):
        changes = describe(kind, old, new, redline_or_none, language, after=after)
        assert changes and all(change.kind in {*SENTENCES, *COUNTED} for change in changes)
        assert "%(" not in in_words(changes)


@given(st.sampled_from(KINDS), names, names, texts, texts)
def test_changes_are_values_that_can_be_stored(kind, old, new, before, now):
    changes = describe(kind, old, new, diff(" ".join(before), " ".join(now)))
    stored = json.loads(json.dumps([(change.kind, dict(change.values)) for change in changes]))
    assert change_sentences(ENGLISH, stored) == in_words(changes)


SAID = (
    ("within 90 days", "within 180 days", "Changed numbers: 90 days → 180 days."),
    (
        "prison from one (1) to three (3) years",
        "prison from two (2) to five (5) years",
        "Changed numbers: one (1) years → two (2) years; three (3) years → five (5) years.",
    ),
    ("a fine of $5,000 or less", "a fine of $15,000 or less", "Changed numbers: $5,000 → $15,000."),
    ("within 90 days", "within ninety days", "The same number, written in another way: 90 days → ninety days."),
    (
        "a fine of 10,000,000 (ten million) riel",
        "a fine of 15,000,000 (fifteen million) riel",
        "Changed numbers: 10,000,000 (ten million) riel → 15,000,000 (fifteen million) riel.",
    ),
    ("within 24 hours of it", "within 24 days of it", "“hours” became “days”."),
    (
        "fined from 10 to 50 million riels",
        "fined from 20 to 100 million riels",
        "Changed numbers: 10 million riels → 20 million riels; 50 million riels → 100 million riels.",
    ),
    (
        "from one (1) million to five (5) million riels",
        "from two (2) million to five (5) million riels",
        "Changed numbers: one (1) million riels → two (2) million riels.",
    ),
    (
        "from 500,000 to 2 million riels",
        "from 700,000 to 2 million riels",
        "Changed numbers: 500,000 riels → 700,000 riels.",
    ),
    ("the court may order it", "the court shall order it", "“may” became “shall”."),
    ("the court may order it", "the court may not order it", "“not” was put in."),
    ("the court, if asked, sits", "the court if asked sits", "Only punctuation changed."),
    ("the “court” sits", 'the "court" sits', "Only the spelling changed."),
    ("(3) the court sits", "(4) the court sits", "Only its numbering changed."),
    ("one two\nthree", "one two three", "Only white space changed."),
    (
        "Contents\nPart 1 Words .... 3\nPart 2 Courts .... 9\nPart 3 Appeals .... 12",
        "Contents\nPart 1 Words .... 3\nPart 2 Courts .... 10\nPart 3 Appeals .... 13",
        "Only page numbers of a contents table changed.",
    ),
    ("(3) The court, it sits", "(4) The court it sits", SENTENCES["only-noise"]),
    (
        "Whoever takes the goods of another without consent commits theft.",
        "The Council reports each spring on budget, staff and buildings.",
        SENTENCES["replaced"],
    ),
    (
        "alpha beta gamma delta. One two three four five six. Red green blue.",
        "alpha ALPHA gamma delta. One two three four five six. Red GREEN blue.",
        "2 words changed.",
    ),
)


def test_a_change_is_told_in_one_sentence():
    assert [(old, new, sentences(old, new)) for old, new, _said in SAID] == list(SAID)


def test_a_number_that_became_two_is_told_with_the_brackets_around():
    sentence = sentences(
        "in subsections (2.1) to (2.4) and (6.2), a day", "in subsections (2.1) to (2.5), (6.2) and (6.5), a day"
    )
    assert sentence == "Changed numbers: (2.4) → (2.5), (6.2); 6.2 → 6.5."


CASES = Path(__file__).resolve().parents[1] / "data/change-sentences-km/cases.yaml"


def test_a_khmer_change_gets_the_sentence_of_an_editor():
    cases = yaml.safe_load(CASES.read_text(encoding="utf-8"))
    assert [[old, new, sentences(old, new, language="km")] for old, new, _said in cases] == cases


PIECES = {
    "en": "fined $5,000 $10,000 90 180 days one (1) two (2) years may shall not the court a judge 10,000,000 (ten "
    "million) riel ; , . (a) (b) Article 12 Article 13",
    "km": "ត្រូវ អាច មិន ១ (មួយ) ៣ (បី) ខែ ឆ្នាំ ១០០.០០០ (មួយសែន) ៥០០.០០០ (ប្រាំសែន) រៀល និង ឬ ដោយមាន ដោយគ្មាន ដីកា ប្រាំឆ្នាំ "
    "ដប់ឆ្នាំ ។ ទិន្នន័យ ចៅក្រម មាត្រា ២៨ មាត្រា 28",
}
edited = st.sampled_from(["en", "km"]).flatmap(
    lambda language: st.tuples(
        st.just(language),
        st.lists(st.sampled_from(PIECES[language].split()), min_size=1, max_size=25),
        st.lists(st.tuples(st.integers(0, 24), st.sampled_from(PIECES[language].split())), max_size=5),
        st.lists(st.integers(0, 24), max_size=3),
    )
)


@given(edited)
@example(("en", ["fined", "fined", "$5,000", ";"], [(3, "fined"), (0, "fined")], []))
@example(
    ("en", ["fined", "$5,000", "fined", "10,000,000", "fined", "$5,000"], [(0, "fined"), (4, "fined"), (7, "a")], [4])
)
def test_a_sentence_names_what_the_redline_marks(case):
    language, old, puts, drops = case
    new = [piece for at, piece in enumerate(old) if at not in drops]
    for at, piece in puts:
        new[at : at + at % 2] = [piece]
    redline = diff(" ".join(old), " ".join(new), language=language)
    marked = {
        op: [squeeze(c.text) for c in redline.changes if c.op == op and not c.noise] for op in ("delete", "insert")
    }
    changes = describe("changed", ["a"], ["a"], redline, language)
    numbers = [pair for change in changes for pair in change.values.get("pairs", ())]
    for change in changes:
        check(change.kind, change.values, marked, redline, numbers)


def squeeze(text: str) -> str:
    return " ".join(text.split())


def check(kind, values, marked, redline, numbers):
    deleted, inserted = marked["delete"], marked["insert"]
    if kind in ("became", "taken-out"):
        assert values["old"] in deleted
    if kind in ("became", "put-in"):
        assert values["new"] in inserted
    for old, new in values.get("pairs", ()):
        assert any(run.strip(" ,;") in old for run in deleted) and any(run.strip(" ,;") in new for run in inserted)
        assert set(re.findall(r"\d+", old)) <= set(re.findall(r"\d+", redline.old))
        assert set(re.findall(r"\d+", new)) <= set(re.findall(r"\d+", redline.new))
    if kind == "replaced":
        kept = sum(len(change.text) for change in redline.changes if change.op == "equal")
        assert kept <= len(redline.old) / 4
    if kind.startswith("only-") or kind == "unchanged":
        assert not deleted and not inserted
    if kind == "places-changed":
        assert values["count"] <= max(len(deleted) + len(inserted), 1)
    if kind == "words-added":
        assert inserted and not words_beside(deleted, (old for old, _new in numbers))
    if kind == "words-removed":
        assert deleted and not words_beside(inserted, (new for _old, new in numbers))


def words_beside(runs, numbers):
    """The runs with more than punctuation that no change of a number tells."""
    told = list(numbers)
    return [run for run in runs if re.search(r"\w", run) and not any(run.strip(" ,;") in one for one in told)]


def test_words_put_in_elsewhere_are_not_called_changed():
    text = "Each year the board of the fund shall report to the House on all that it has spent and why it was spent."
    old, new = text.replace("the board of", "the small quiet board of"), text.replace("and why", "and by whom and why")
    assert sentences(old, new) == "Words taken out: 2; put in: 3."
    assert sentences(old, new.replace("by whom and", "how and")) == "Words taken out: 2; put in: 2."


def test_khmer_words_are_not_counted():
    old = "បុគ្គលណាដែលលួចទិន្នន័យ ត្រូវផ្តន្ទាទោសដាក់ពន្ធនាគារ ដោយយោងតាមច្បាប់នេះ ក្នុងព្រះរាជាណាចក្រកម្ពុជា"
    new = "បុគ្គលណាដែលលុបទិន្នន័យ ត្រូវផ្តន្ទាទោសដាក់ពន្ធនាគារ ដោយយោងតាមក្រមនេះ ក្នុងព្រះរាជាណាចក្រកម្ពុជា"
    assert sentences(old, new, language="km") == "Changed in 2 places."


def test_what_kept_its_words_is_said_to_be_unchanged():
    said = {
        "unchanged": "Unchanged.",
        "renumbered": "Unchanged, now Article 4.",
        "moved": "Unchanged, but moved: it was Article 3 and is now Article 4.",
        "added": SENTENCES["added"],
        "removed": SENTENCES["removed"],
    }
    assert {kind: sentences("same words", "same words", kind) for kind in said} == said
    description = describe("moved", ["Article 3"], ["Article 40"], diff("a", "a"), after="Article 39")
    assert in_words(description) == "Unchanged, but moved: it was Article 3 and is now Article 40, after Article 39."
    assert in_words(describe("changed", ["Article 3"], ["Article 3"])) == "Changed.", "without its redline"


def test_a_split_names_its_parts():
    two = describe("split", ["Article 12"], ["Article 40", "Article 45"])
    assert in_words(two) == "Split into Article 40 and Article 45."
    assert in_words(describe("merged", ["§ 1", "§ 2", "§ 3"], ["§ 9"])) == "Merged from § 1, § 2 and § 3."
    assert in_words(describe("split", ["Article 12"], ["", ""])) == "Split into 2 clauses."
    assert in_words(describe("split", ["Article 12"], ["Article 40"])) == "Changed."


def test_a_coarse_redline_says_so():
    assert in_words(
        describe("changed", ["1"], ["1"], Diff((Change("delete", "a"), Change("insert", "b")), coarse=True))
    ) == ("“a” became “b”. Too long and too different to compare in full: more is marked than was changed.")


def test_an_unknown_kind_is_refused():
    with pytest.raises(ComparisonError, match="'gone' is no kind of change"):
        describe("gone", [], [])
