"""One scorer: what it refuses, that more likeness never lowers a score, and that a fit can be made again."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lawcompare.engine.align import align, explain
from lawcompare.engine.align.documents import align_flat
from lawcompare.engine.document import Clause
from lawcompare.engine.scoring import LIKENESS, WEIGHTS, read_scorers, scorer
from tests.tools.bench.perturbed import perturb, restated_drafts
from tests.tools.fit import cases, regression
from tests.tools.fit.cases import WAYS, khmer_penal_law

STAGES = list(read_scorers(WEIGHTS.read_text("utf-8")))
LAW = (
    "A harbour master must keep a register of every vessel that enters the harbour and of its cargo.",
    "The register is open to the public on every working day, and no fee is asked for reading it.",
    "Whoever enters a false statement in the register commits an offence and is liable to a fine of 500 crowns.",
)
NAMES = "ABCDEFGHIJKLMNOPQRSTUVWX"


def units(texts, prefix):
    return [Clause(f"{prefix}{place}", "article", str(place + 1), "", text) for place, text in enumerate(texts)]


def stage(**changes):
    weights = {"bias": 0.0, "for": "kept = 1.0", "against": ""} | changes
    return f'[one]\nsource = "x"\nbias = 0.0\n[one.for]\n{weights["for"]}\n[one.against]\n{weights["against"]}\n'


def test_a_weight_below_nothing_and_likeness_as_evidence_against_are_refused():
    with pytest.raises(ValueError, match="near has a negative weight"):
        read_scorers(stage(**{"for": "near = -0.1"}))
    with pytest.raises(ValueError, match="contained is likeness and cannot speak against"):
        read_scorers(stage(against="contained = 0.5"))


@pytest.mark.parametrize("name", STAGES)
@given(data=st.data())
def test_more_likeness_never_lowers_a_score(name, data):
    weigh = scorer(name)
    features = {each: data.draw(st.floats(0, 1), label=each) for each in (*weigh.support, *weigh.against)}
    alike = sorted(LIKENESS & features.keys())
    if not alike:
        return
    chosen = data.draw(st.sampled_from(alike))
    more = features | {chosen: data.draw(st.floats(features[chosen], 1))}
    assert weigh(more) >= weigh(features)


@given(st.integers(1, 12), st.integers(0, 2**31))
def test_every_feature_of_the_aligner_lies_between_nothing_and_one(changed, seed):
    seen = {}

    def watch(stage, old, new, weighed, features):
        for name, values in features.items():
            if weighed.any():
                seen[f"{stage}.{name}"] = float(values[weighed].min()), float(values[weighed].max())

    made = perturb("law", khmer_penal_law(seed % 7, 25), seed, WAYS[sorted(WAYS)[changed % len(WAYS)]])
    align_flat(made.old, made.new, watch=watch)
    assert {name: span for name, span in seen.items() if span[0] < 0 or span[1] > 1.0001} == {}


def test_the_committed_weights_are_in_the_form_that_a_fit_writes():
    text = WEIGHTS.read_text("utf-8")
    assert regression.write_scorers(read_scorers(text)) == text
    assert list(regression.start()) == STAGES
    for name, each in regression.start().items():
        assert [*each.support, *each.against] == [*scorer(name).support, *scorer(name).against]


def test_the_committed_weights_are_those_of_the_laws_they_were_fitted_to():
    """If this fails, a law that the fit reads was changed (tests/tools/fit/cases.py names them): run ``make fit``."""
    assert f"of digest {cases.inputs_digest()}." in WEIGHTS.read_text("utf-8")


@pytest.mark.verify
def test_a_fit_of_few_cases_gives_the_same_file_twice():
    made = [perturb("drafts", restated_drafts(), 1, WAYS["split and merged"])]
    files = [regression.write_scorers(regression.fit_scorers(regression.start(), made, rounds=1)) for _ in range(2)]
    assert files[0] == files[1] != regression.write_scorers(regression.start())


def test_of_a_repeated_clause_the_one_in_its_place_is_its_successor_though_another_has_its_very_words():
    again = "An attempt at one of these offences is punished as the offence itself, by the same court."
    changed = "An attempt at any of these offences is punished as the offence itself, by a higher court."
    texts = [
        f"{LAW[place % 3]} Rule {name} of the harbour {name} is for berth {name}." for place, name in enumerate(NAMES)
    ]
    old = [*texts[:4], again, *texts[4:], again]
    new = [*texts[:4], changed, *texts[4:19], again, *texts[19:], again]
    pairs = {(entry.old, entry.new) for entry in align(units(old, "o"), units(new, "n"))}
    assert {(("o4",), ("n4",)), ((), ("n20",)), (("o25",), ("n26",))} <= pairs


def test_a_clause_alone_of_its_words_keeps_them_wherever_it_went():
    again = "An attempt at one of these offences is punished as the offence itself, by the same court."
    texts = [
        f"{LAW[place % 3]} Rule {name} of the harbour {name} is for berth {name}." for place, name in enumerate(NAMES)
    ]
    entries = align(units([again, *texts], "o"), units([*texts, again], "n"))
    assert [entry.new for entry in entries if entry.kind == "moved"] == [("n24",)]


def test_why_a_pair_was_made_is_told_by_features_that_add_up():
    new = [LAW[1], LAW[0].replace("every vessel", "each ship"), LAW[2]]
    why = explain(units(LAW, "o"), units(new, "n"), ("o0", "n1"))
    assert why.is_paired
    look = next(each for each in why.weighings if each.stage == "pairs")
    assert look.bias + sum(adds for _, _, adds in look.terms) == pytest.approx(look.score, abs=0.02)
    assert look.score > look.floor and 0.5 < look.probability <= 1
    refused = explain(units(LAW, "o"), units((LAW[0], LAW[1]), "n"), ("o2", "n1"))
    assert not refused.is_paired and refused.entry.kind == "removed"
