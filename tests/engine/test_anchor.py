"""Annotations carried to the next version: on the right words, or before a person, or lost; never silently wrong."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lawcompare.engine.align.model import Alignment
from lawcompare.engine.anchor import CONTEXT, AnnotatedSpan, TextPositionSelector, carry, select
from lawcompare.engine.anchor.scoring import Sighting, Spot, features_of
from lawcompare.engine.document import Clause
from lawcompare.engine.errors import ComparisonError
from lawcompare.engine.scoring import SCORERS, scorer
from lawcompare.engine.text.words import borders
from tests.conftest import SHARED
from tests.tools.bench import perturbed

THEFT = "Whoever takes a movable thing of another without consent is punished by prison of up to one year for theft."
ACCESS = (
    "A person who without right enters the whole or any part of a computer system is punished by a fine of 500 riel."
)
COURT = "The court of the district in which the act was done hears the case within 90 days of the complaint."


def units(*texts: str) -> list[Clause]:
    return [Clause(f"c{position}", "article", str(position), "", text) for position, text in enumerate(texts)]


def span_of(text: str, words: str, clause: str = "c0") -> AnnotatedSpan:
    at = text.index(words)
    return AnnotatedSpan("n", clause, at, at + len(words))


def carried(old: list[Clause], new: list[Clause], span: AnnotatedSpan, **options):
    (answer,) = carry(old, new, [span], **options)
    place = None
    if answer.clause is not None:
        place = {unit.eid: unit.text for unit in new}[answer.clause][answer.start : answer.end]
    return answer, place


def one_to_one(*kinds: str) -> list[Alignment]:
    return [Alignment((f"c{n}",), (f"c{n}",), kind, 1.0) for n, kind in enumerate(kinds)]


def test_the_same_words_are_kept_where_the_clause_moved():
    old, new = units(THEFT, ACCESS, COURT), units(COURT, "A new first rule on the costs of the state.", ACCESS, THEFT)
    answer, place = carried(old, new, span_of(ACCESS, "without right enters", "c1"))
    assert (answer.verdict, answer.clause, place) == ("kept", "c2", "without right enters")


def test_other_kinds_of_quotes_and_spaces_leave_the_words_the_same():
    old, new = "the “data” of\u00a0another person in this law", 'Now the "data" of another person in this law'
    answer, place = carried(
        units(old), units(new), span_of(old, "“data” of\u00a0another"), alignments=one_to_one("changed")
    )
    assert (answer.verdict, place) == ("kept", '"data" of another')


def test_a_phrase_that_stands_twice_is_told_by_its_place():
    old = "The owner may appeal to the court. The state may appeal to the court. Costs follow."
    new = "The owner may appeal to the court. The state may appeal to the court within a month. Costs follow."
    second = old.rindex("may appeal to the court")
    (answer,) = carry(
        units(old), units(new), [AnnotatedSpan("n", "c0", second, second + 23)], alignments=one_to_one("changed")
    )
    assert (answer.verdict, answer.start) == ("kept", second)


def test_each_part_of_a_split_is_looked_at():
    old = units(f"{THEFT} {COURT}")
    new = units(COURT, THEFT)
    split = [Alignment(("c0",), ("c0", "c1"), "split", 0.9)]
    for words, clause in (("takes a movable thing", "c1"), ("hears the case within 90 days", "c0")):
        answer, place = carried(old, new, span_of(old[0].text, words), alignments=split)
        assert (answer.verdict, answer.clause, place) == ("kept", clause, words)


def test_what_is_inside_the_aligned_clause_is_looked_at():
    old = units(f"General. {COURT}")
    new = [
        Clause("c0", "article", "1", "", "General."),
        Clause("c0a", "paragraph", "(a)", "", COURT, parent="c0"),
        *units("", THEFT)[1:],
    ]
    answer, place = carried(
        old, new, span_of(old[0].text, "hears the case within 90 days"), alignments=one_to_one("changed")
    )
    assert (answer.verdict, answer.clause, place) == ("kept", "c0a", "hears the case within 90 days")


def test_words_that_left_their_clause_are_found_in_the_whole_version():
    old, new = units(f"{THEFT} {COURT}", ACCESS), units(THEFT, ACCESS, "", f"In all cases: {COURT}")
    answer, place = carried(
        old, new, span_of(old[0].text, "hears the case within 90 days"), alignments=one_to_one("changed", "unchanged")
    )
    assert (answer.verdict, answer.clause, place) == ("kept", "c3", "hears the case within 90 days")


def test_words_like_the_old_ones_elsewhere_are_for_a_person_to_see():
    removed = [Alignment(("c0",), (), "removed", 1.0)]
    span = span_of(COURT, "hears the case within 90 days of the complaint")
    for like in (
        "Any court of a district hears the cases within 90 days of a complaint.",
        "hears a case within 90 days of the complaint",
    ):
        answer, _ = carried(units(COURT), units(THEFT, like), span, alignments=removed)
        assert (answer.verdict, answer.clause) == ("review", "c1")


def test_a_repeated_phrase_without_its_clause_is_never_silently_placed():
    old = units("The fee under this law is paid to the state.")
    new = units("A permit under this law is void.", "A judge under this law sits.", "An oath under this law binds.")
    removed = [Alignment(("c0",), (), "removed", 1.0)]
    answer, _ = carried(old, new, span_of(old[0].text, "under this law"), alignments=removed)
    assert answer.verdict in ("review", "lost")


def test_words_that_are_gone_with_their_clause_are_lost():
    answer, _ = carried(units(THEFT), units(COURT), span_of(THEFT, "takes a movable thing"))
    assert (answer.verdict, answer.clause, answer.start, answer.end) == ("lost", None, None, None)


def test_words_taken_out_of_a_clause_that_stays_are_for_a_person_to_see():
    old = f"{ACCESS} No one is punished who acts to test the safety of the system. {COURT}"
    answer, _ = carried(units(old), units(f"{ACCESS} {COURT}"), span_of(old, "No one is punished who acts to test"))
    assert answer.verdict == "review"


def test_khmer_words_are_carried_without_cutting_a_cluster():
    old = "បុគ្គលណាដែលលួចទិន្នន័យ ត្រូវផ្តន្ទាទោសដាក់ពន្ធនាគារពី ៦ ខែ ទៅ ២ ឆ្នាំ។"
    new = "បុគ្គលណាដែលលួច ឬលុបទិន្នន័យ ត្រូវផ្ដន្ទាទោសដាក់ពន្ធនាគារពី ១ ឆ្នាំ ទៅ ៣ ឆ្នាំ។"
    options = {"alignments": one_to_one("changed"), "language": "km"}
    answer, place = carried(units(old), units(new), span_of(old, "ផ្តន្ទាទោសដាក់ពន្ធនាគារ"), **options)
    assert (answer.verdict, place) == ("kept", "ផ្ដន្ទាទោសដាក់ពន្ធនាគារ")
    answer, place = carried(units(old), units(new), span_of(old, "ដាក់ពន្ធនាគារពី ៦ ខែ ទៅ ២ ឆ្នាំ"), **options)
    assert answer.verdict in ("changed", "review")
    assert place == "ដាក់ពន្ធនាគារពី ១ ឆ្នាំ ទៅ ៣ ឆ្នាំ"


WORDS = (
    "the ",
    "court ",
    "may ",
    "order ",
    "a fine ",
    "of 90 days ",
    "(a) ",
    "; ",
    "“data” ",
    "ផ្តន្ទា",
    "ទោស ",
    "e\u0301 ",
)
texts = st.lists(st.sampled_from(WORDS), min_size=1, max_size=25).map("".join)


@given(st.lists(texts, min_size=1, max_size=3), st.lists(texts, min_size=1, max_size=3), st.data())
def test_every_answer_is_a_place_of_the_new_text_or_none(old_texts, new_texts, data):
    old, new = units(*old_texts), units(*new_texts)
    number = data.draw(st.integers(0, len(old) - 1))
    start = data.draw(st.integers(0, len(old[number].text) - 1))
    end = data.draw(st.integers(start + 1, len(old[number].text)))
    answer, place = carried(old, new, AnnotatedSpan("n", f"c{number}", start, end), language="km")
    assert (answer.verdict == "lost") == (answer.clause is None) == (place is None)
    if place is not None:
        text = new[int(answer.clause[1:])].text
        assert 0 <= answer.start < answer.end <= len(text)
        if text != old[number].text:
            assert answer.start in borders(text)
            assert answer.end in borders(text)
    assert 0 <= answer.score <= 1


@given(st.lists(texts, min_size=1, max_size=4, unique=True), st.data())
def test_against_the_same_text_everything_is_kept_in_place(some_texts, data):
    old = units(*some_texts)
    number = data.draw(st.integers(0, len(old) - 1))
    start = data.draw(st.integers(0, len(old[number].text) - 1))
    end = data.draw(st.integers(start + 1, len(old[number].text)))
    (answer,) = carry(
        old, old, [AnnotatedSpan("n", f"c{number}", start, end)], alignments=one_to_one(*["unchanged"] * len(old))
    )
    assert (answer.verdict, answer.clause, answer.start, answer.end) == ("kept", f"c{number}", start, end)


@given(texts, st.data())
def test_selectors_give_the_words_and_whole_clusters_around_them(text, data):
    start = data.draw(st.integers(0, len(text) - 1))
    end = data.draw(st.integers(start + 1, len(text)))
    quote, position = select(text, start, end)
    assert position == TextPositionSelector(start, end)
    assert text[start - len(quote.prefix) : end + len(quote.suffix)] == quote.prefix + quote.exact + quote.suffix
    assert max(len(quote.prefix), len(quote.suffix)) <= CONTEXT
    assert not quote.prefix or start - len(quote.prefix) in borders(text)
    assert not quote.suffix or end + len(quote.suffix) in borders(text)


@pytest.mark.parametrize(
    ("clause", "start", "end", "reason"),
    [
        ("c9", 0, 1, "annotation n: the old text has no clause c9"),
        ("c0", 5, 5, "annotation n: 5 to 5 is no range of clause c0, which has"),
        ("c0", 0, 9999, "annotation n: 0 to 9999 is no range of clause c0"),
        ("c0", -1, 3, "annotation n: -1 to 3 is no range of clause c0"),
    ],
)
def test_an_annotation_on_nothing_is_refused(clause, start, end, reason):
    with pytest.raises(ComparisonError, match=reason):
        carry(units(COURT), units(COURT), [AnnotatedSpan("n", clause, start, end)])


def test_words_that_stand_unchanged_elsewhere_in_the_clause_are_not_said_to_have_changed():
    oral = "an officer who has learned the contents of a wire or oral communication may disclose them"
    old = f"(1) {oral} to another officer. (2) In court, {oral} under oath."
    altered = oral.replace("of a wire or oral", "of any wire and aural")
    new = f"(1) {altered} to another officer. (2) {oral} under oath."
    start = old.rindex("learned the contents")
    span = AnnotatedSpan("n", "c0", start, start + len("learned the contents of a wire or oral communication"))
    (answer,) = carry(units(old), units(new), [span], alignments=one_to_one("changed"))
    assert answer.verdict != "changed" or new[answer.start : answer.end] == old[span.start : span.end]


def law_changed_at_random(name: str):
    from tests.tools.bench import bench_anchor

    # Finding out where words of a long clause went is what takes time, and the bench does it.
    clauses = [clause for clause in getattr(perturbed, name)() if len(clause.text) < 3000]
    made = perturbed.perturb(name, clauses, 3, perturbed.ChangeRates(words=0.1))
    partners: dict[str, list[str]] = {}
    for before, after in made.gold:
        partners.setdefault(before, []).append(after)
    return bench_anchor.AnchorCase(name, "en", made.old, made.new, partners, set(partners))


@pytest.mark.parametrize(
    "name",
    [
        "restated_code",
        "restated_drafts",
        *(pytest.param(name, marks=pytest.mark.shared) for name in ("ca-fr-shishalh", "tw-judges-study")),
    ],
)
def test_spans_of_judged_pairs_land_on_the_right_words(name):
    from tests.tools.bench import bench_anchor as bench

    is_ours = name.startswith("restated")
    case = law_changed_at_random(name) if is_ours else bench.read_case(SHARED / f"gold/align/{name}.json")
    truths = bench.draw(case, 300, seed=4)
    places = bench.ours(case, truths, with_gold=True)
    same = [answer for truth, answer in zip(truths, places, strict=True) if truth.is_same]
    assert sum(answer[0] == "kept" for answer in same) >= 0.99 * len(same)
    wrong = [
        answer
        for truth, answer in zip(truths, places, strict=True)
        if answer[0] in ("kept", "changed") and not bench.is_right(answer, truth)
    ]
    assert len(wrong) <= 0.002 * len(truths)


shares = st.floats(0, 1)
sightings = st.builds(
    Sighting,
    spot=st.integers(0, 900).map(lambda at: Spot("a", at, at + 9)),
    is_exact=st.booleans(),
    words=shares,
    around=shares,
    neighbours=shares,
    partner=st.sampled_from([0.0, 0.5, 1.0]),
    in_order=st.sampled_from([0.0, 1.0]),
    alone=st.sampled_from([0.0, 1.0]),
    elsewhere=st.sampled_from([0.0, 1.0]),
)


@given(
    sightings, st.lists(sightings, max_size=3), st.sampled_from(["words", "around", "neighbours", "partner"]), shares
)
def test_more_likeness_never_makes_a_place_less_probable(sighting, others, name, more):
    weighing = scorer("anchors")
    better = replace(sighting, **{name: max(more, getattr(sighting, name))})
    assert weighing(features_of(better, others)) >= weighing(features_of(sighting, others)) - 1e-9
    for features in (features_of(better, others), features_of(sighting, others)):
        assert all(0 <= value <= 1 for value in features.values())


@given(sightings, st.lists(sightings, min_size=1, max_size=3))
def test_a_rival_never_makes_a_place_more_probable(sighting, others):
    weighing = scorer("anchors")
    assert weighing(features_of(sighting, others)) <= weighing(features_of(sighting, [])) + 1e-9


def test_the_two_cut_offs_part_what_is_taken_what_a_person_sees_and_what_is_lost(monkeypatch):
    altered = ACCESS.replace("500 riel", "2,000 riel")
    span = span_of(ACCESS, "is punished by a fine of 500 riel")
    answer, _ = carried(units(ACCESS), units(altered), span)
    for floors, verdict in (
        ({"sure": answer.score - 0.01, "review": 0.0}, "changed"),
        ({"sure": answer.score + 0.01, "review": answer.score - 0.01}, "review"),
        ({"sure": 1.1, "review": answer.score + 0.01}, "lost"),
    ):
        monkeypatch.setitem(SCORERS, "anchors", replace(scorer("anchors"), floors=floors))
        assert carried(units(ACCESS), units(altered), span)[0].verdict == verdict
