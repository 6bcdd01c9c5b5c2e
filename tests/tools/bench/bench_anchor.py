"""Annotations carried over the judged pairs: how many land on the right words, beside simpler ways to find them."""

from __future__ import annotations

import json
import random
import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from difflib import SequenceMatcher
from pathlib import Path
from typing import NamedTuple

from rapidfuzz import fuzz

from lawcompare.engine.align.model import Alignment
from lawcompare.engine.anchor import AnnotatedSpan, carry
from lawcompare.engine.document import Clause
from lawcompare.engine.text.words import words

GOLD = Path(__file__).resolve().parents[3].parent / "shared/gold/align"
SPANS_PER_CASE = 1500
PlaceAnswer = tuple[str, str | None, int | None, int | None]


class AnchorCase(NamedTuple):
    name: str
    language: str
    old: list[Clause]
    new: list[Clause]
    partners: dict[str, list[str]]
    judged: set[str]


class Truth(NamedTuple):
    """Where a span went: ``places`` are the right ones; ``is_same``: its words did not change."""

    span: AnnotatedSpan
    is_same: bool
    places: list[tuple[str, int, int]]


def read_case(path: Path) -> AnchorCase:
    case = json.loads(path.read_text(encoding="utf-8"))
    old, new = (
        [Clause(u["id"], "article", u["number"], u["heading"], u["text"]) for u in case[side]]
        for side in ("old", "new")
    )
    partners = defaultdict(list)
    for pair in [*case["gold"], *case.get("optional", [])]:
        partners[pair[0]].append(pair[1])
    return AnchorCase(case["name"], case["lang"], old, new, partners, {pair[0] for pair in case["gold"]})


def offsets(tokens: list[str]) -> list[int]:
    starts = [0]
    for token in tokens:
        starts.append(starts[-1] + len(token))
    return starts


def draw(case: AnchorCase, count: int, seed: int, *, with_gone: bool = False) -> list[Truth]:
    """Spans of 3 to 30 words of clauses that have a partner; where they went, by difflib's longest matching blocks.

    ``with_gone``: of all clauses, and spans of which less than a third is left anywhere too, which have no right place.
    """
    rng = random.Random(seed)
    units = {unit.eid: unit for unit in case.old}
    texts = {unit.eid: unit.text for unit in case.new}
    pool = [
        unit
        for unit in units
        if (with_gone or unit in case.judged) and len(words(units[unit].text, case.language)) > 12
    ]
    cache: dict[str, tuple[list[str], list[int], list[tuple[str, list[int], dict[int, int]]]]] = {}
    pieces = []
    while len(pieces) < count:
        clause = rng.choice(pool)
        if clause not in cache:
            cache[clause] = trace_clause(
                units[clause].text, {p: texts[p] for p in case.partners.get(clause, ())}, case.language
            )
        tokens, starts, partners = cache[clause]
        spoken = [number for number, token in enumerate(tokens) if token[0].isalnum()]
        size = min(rng.randint(3, 30), len(spoken))
        at = rng.randrange(len(spoken) - size + 1)
        first, last = spoken[at], spoken[at + size - 1]
        span = AnnotatedSpan(str(len(pieces)), clause, starts[first], starts[last + 1])
        places, is_same = [], False
        for partner, new_starts, became in partners:
            kept = [became[t] for t in range(first, last + 1) if t in became]
            if len(kept) == last - first + 1 and kept[-1] - kept[0] == last - first:
                is_same = True
            if len(kept) >= (last - first + 1) / 3:
                places.append((partner, new_starts[kept[0]], new_starts[kept[-1] + 1], len(kept)))
        if is_same:
            size = last - first + 1
            places = [place for place in places if place[3] == size]
        if places or with_gone:
            pieces.append(Truth(span, is_same, [place[:3] for place in places]))
    return pieces


def trace_clause(old: str, partners: dict[str, str], language: str):
    tokens = words(old, language)
    cases = []
    for partner, text in partners.items():
        new = words(text, language)
        blocks = SequenceMatcher(None, tokens, new, autojunk=False).get_matching_blocks()
        became = {block.a + k: block.b + k for block in blocks for k in range(block.size)}
        cases.append((partner, offsets(new), became))
    return tokens, offsets(tokens), cases


def is_right(answer: PlaceAnswer, truth: Truth) -> bool:
    """The right clause, and at least half of the right words and no more than as many again."""
    _, clause, start, end = answer
    if clause is None:
        return False
    for place, low, high in truth.places:
        common = min(high, end) - max(low, start)
        if place == clause and common >= 0.5 * min(high - low, end - start) and common > 0:
            return True
    return False


def has_same_words(place: PlaceAnswer, truth: Truth, case: AnchorCase) -> bool:
    """The very words, in a right clause: where they stand there twice, either may be meant."""
    _, clause, start, end = place
    text = {unit.eid: unit.text for unit in case.old}[truth.span.clause][truth.span.start : truth.span.end]
    new = {unit.eid: unit.text for unit in case.new}
    return clause in case.partners[truth.span.clause] and new[clause][start:end] == text


def ours(case: AnchorCase, truths: list[Truth], with_gold: bool) -> list[PlaceAnswer]:
    alignments = None
    if with_gold:
        alignments = [Alignment((old,), tuple(new), "changed", 1.0) for old, new in case.partners.items()]
    carried = carry(case.old, case.new, [t.span for t in truths], alignments=alignments, language=case.language)
    return [(c.verdict, c.clause, c.start, c.end) for c in carried]


def first_occurrence(case: AnchorCase, truths: list[Truth]) -> list[PlaceAnswer]:
    """Peer: the first place in the document at which the quote stands."""
    old = {unit.eid: unit.text for unit in case.old}
    places: list[PlaceAnswer] = []
    for truth in truths:
        quote = old[truth.span.clause][truth.span.start : truth.span.end]
        hits = ((unit.eid, unit.text.find(quote)) for unit in case.new)
        hit = next((hit for hit in hits if hit[1] >= 0), None)
        places.append(("kept", hit[0], hit[1], hit[1] + len(quote)) if hit else ("lost", None, None, None))
    return places


def fuzzy_without_floor(case: AnchorCase, truths: list[Truth]) -> list[PlaceAnswer]:
    """Peer: the idea of fuzzy quote matching: the likest words anywhere, weighed with their context, no floor."""
    old = {unit.eid: unit.text for unit in case.old}
    places: list[PlaceAnswer] = []
    for truth in truths:
        text, span = old[truth.span.clause], truth.span
        quote = text[span.start : span.end]
        prefix, suffix = text[max(0, span.start - 32) : span.start], text[span.end : span.end + 32]
        best: tuple[float, PlaceAnswer] = (-1.0, ("lost", None, None, None))
        for unit in case.new:
            if len(unit.text) < len(quote):
                continue
            at = unit.text.find(quote)
            if at >= 0:
                start, end, likeness = at, at + len(quote), 100.0
            else:
                hit = fuzz.partial_ratio_alignment(quote, unit.text, score_cutoff=50)
                if hit is None:
                    continue
                start, end, likeness = hit.dest_start, hit.dest_end, hit.score
            before, after = unit.text[max(0, start - 32) : start], unit.text[end : end + 32]
            score = 50 * likeness + 20 * fuzz.ratio(before, prefix) + 20 * fuzz.ratio(after, suffix)
            if score > best[0]:
                best = (score, ("kept" if likeness == 100 else "changed", unit.eid, start, end))
        places.append(best[1])
    return places


class AnchorScore(NamedTuple):
    """Counts over spans. ``elsewhere``: the very words, but another place of the right clause where they stand."""

    same: int
    kept: int
    altered: int
    good: int
    wrong: int
    elsewhere: int

    def __add__(self, other: AnchorScore) -> AnchorScore:  # type: ignore[override]
        return AnchorScore(*(one + more for one, more in zip(self, other, strict=True)))

    def __str__(self) -> str:
        total = max(1, self.same + self.altered)
        return (
            f"{100 * self.kept / max(1, self.same):7.2f} % of {self.same:5}"
            f"{100 * self.good / max(1, self.altered):8.2f} % of {self.altered:5}"
            f"{100 * self.wrong / total:8.2f} %{100 * self.elsewhere / total:8.2f} %"
        )


def judge(case: AnchorCase, truths: list[Truth], places: list[PlaceAnswer]) -> AnchorScore:
    same = kept = altered = good = wrong = elsewhere = 0
    for truth, answer in zip(truths, places, strict=True):
        is_there = is_right(answer, truth)
        is_same_elsewhere = not is_there and truth.is_same and has_same_words(answer, truth, case)
        if truth.is_same:
            same += 1
            kept += answer[0] == "kept" and (is_there or is_same_elsewhere)
        else:
            altered += 1
            good += answer[0] == "review" or is_there
        if answer[0] in ("kept", "changed"):
            elsewhere += is_same_elsewhere
            wrong += not is_there and not is_same_elsewhere
    return AnchorScore(same, kept, altered, good, wrong, elsewhere)


class Bin(NamedTuple):
    """Answers in a tenth of the probabilities: the mean predicted, the share that was right, and how many."""

    predicted: float
    observed: float
    count: int


def reliability(answers: Iterable[tuple[float, bool]]) -> list[Bin]:
    """``(probability, whether it was right)`` in ten bins, of which the empty ones are left out."""
    groups: dict[int, list[tuple[float, bool]]] = defaultdict(list)
    for score, right in answers:
        groups[min(int(score * 10), 9)].append((score, right))
    return [
        Bin(*(sum(column) / len(group) for column in zip(*group, strict=True)), count=len(group))
        for _, group in sorted(groups.items())
    ]


def brier(answers: Sequence[tuple[float, bool]]) -> float:
    """Mean square of how far each probability was from what came: 0 is perfect, 0.25 says nothing."""
    return sum((score - right) ** 2 for score, right in answers) / max(len(answers), 1)


def print_reliability() -> None:
    """What the probabilities have been worth, of all places named by the aligner's own map."""
    answers: list[tuple[str, float, bool]] = []
    for path in sorted(GOLD.glob("*.json")):
        case = read_case(path)
        truths = draw(case, SPANS_PER_CASE, seed=1)
        for truth, each in zip(
            truths, carry(case.old, case.new, [t.span for t in truths], language=case.language), strict=True
        ):
            place = each.verdict, each.clause, each.start, each.end
            if each.clause is not None:
                right = is_right(place, truth) or (truth.is_same and has_same_words(place, truth, case))
                answers.append((each.verdict, each.score, right))
    probabilities = [(score, right) for _, score, right in answers]
    print(f"\nHow sure, and how often right; Brier score {brier(probabilities):.5f}")
    print(f"{'predicted':>10}{'right':>8}{'count':>8}")
    for row in reliability(probabilities):
        print(f"{row.predicted:10.3f}{row.observed:8.3f}{row.count:8}")
    for verdict in ("kept", "changed", "review"):
        rights = [right for name, _, right in answers if name == verdict]
        print(f"{verdict:10}{sum(rights) / max(len(rights), 1):8.3f}{len(rights):8}")


def main() -> None:
    if not GOLD.exists():
        print("anchors: needs ../shared/gold")
        return
    ways: dict[str, Callable[[AnchorCase, list[Truth]], list[PlaceAnswer]]] = {
        "lawcompare": lambda case, truths: ours(case, truths, False),
        "with the judged map": lambda case, truths: ours(case, truths, True),
        "first occurrence": first_occurrence,
        "fuzzy, no floor": lambda case, truths: fuzzy_without_floor(case, truths[:200]),
    }
    totals: dict[str, AnchorScore] = {}
    print(f"{'':44}same words kept      altered: right/review  wrong   elsewhere   time")
    for path in sorted(GOLD.glob("*.json")):
        case = read_case(path)
        truths = draw(case, SPANS_PER_CASE, seed=1)
        for name, way in ways.items():
            begin = time.perf_counter()
            places = way(case, truths)
            score = judge(case, truths[: len(places)], places)
            totals[name] = totals[name] + score if name in totals else score
            print(f"{case.name:20} {name:20} {score} {time.perf_counter() - begin:7.1f} s", flush=True)
    for name, score in totals.items():
        print(f"{'all':20} {name:20} {score}")
    print_reliability()


if __name__ == "__main__":
    main()
