"""Clause maps of the judged cases and of laws changed at random, beside simpler ways to make them; and the speed.

F1 is over pairs; what is optional or not judged counts neither way. ``kinds``: share of the judged splits, merges,
moves and renumberings that are named so; a pair that is both split and merged may bear either name.
"""

from __future__ import annotations

import json
import random
import resource
import sys
import time
from collections import Counter
from collections.abc import Callable, Collection, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from difflib import SequenceMatcher
from itertools import pairwise
from multiprocessing import get_context
from pathlib import Path
from typing import NamedTuple

import numpy as np
from rapidfuzz import fuzz, process
from scipy.optimize import linear_sum_assignment

from lawcompare.engine.align import Alignment, align
from lawcompare.engine.document import Clause
from tests.tools.bench.perturbed import ChangeRates, Perturbed, khmer_code, perturb, title_17

GOLD = Path(__file__).resolve().parents[3].parent / "shared/gold/align"
NAMED = ("split", "merged", "moved", "renumbered")
Pair = tuple[str, str]


class AlignCase(NamedTuple):
    name: str
    old: list[Clause]
    new: list[Clause]
    gold: dict[Pair, str]
    optional: set[Pair]
    unjudged: set[str]


class Figures(NamedTuple):
    precision: float
    recall: float
    f1: float
    kinds: float


def read_case(path: Path) -> AlignCase:
    """A judged case; see the README beside the cases."""
    case = json.loads(path.read_text(encoding="utf-8"))
    old, new = (
        [Clause(u["id"], "article", u["number"], u["heading"], u["text"]) for u in case[side]]
        for side in ("old", "new")
    )
    return AlignCase(
        case["name"],
        old,
        new,
        {(before, after): relation for before, after, relation in case["gold"]},
        {(before, after) for before, after in case.get("optional", [])},
        {*case.get("ignore_old", []), *case.get("ignore_new", [])},
    )


def judge(case: AlignCase, entries: Sequence[Alignment]) -> Figures:
    """Precision, recall, F1 and kinds of an answer."""
    kinds: dict[Pair, set[str]] = {}
    for entry in entries:
        for pair in ((before, after) for before in entry.old for after in entry.new):
            kinds.setdefault(pair, set()).add(entry.kind)
    precision, recall, f1 = measure(case, kinds)
    named = [pair for pair, relation in case.gold.items() if relation in NAMED]
    sources, targets = Counter(after for _, after in case.gold), Counter(before for before, _ in case.gold)
    right = 0
    for pair in named:
        also = {"split", "merged"} if targets[pair[0]] > 1 and sources[pair[1]] > 1 else set()
        right += bool(kinds.get(pair, set()) & ({case.gold[pair]} | also))
    return Figures(precision, recall, f1, right / len(named) if named else 1.0)


def measure(case: AlignCase, pairs: Collection[Pair]) -> tuple[float, float, float]:
    counted = {
        pair
        for pair in pairs
        if pair in case.gold or not (pair in case.optional or pair[0] in case.unjudged or pair[1] in case.unjudged)
    }
    right = len(counted & case.gold.keys())
    precision, recall = right / max(len(counted), 1), right / max(len(case.gold), 1)
    return precision, recall, 2 * precision * recall / max(precision + recall, 1e-9)


def by_number(old: Sequence[Clause], new: Sequence[Clause]) -> set[Pair]:
    """Clauses of one number are one clause."""
    numbers = {unit.num: unit.eid for unit in new}
    return {(unit.eid, numbers[unit.num]) for unit in old if unit.num in numbers}


def in_sequence(old: Sequence[Clause], new: Sequence[Clause]) -> set[Pair]:
    """difflib over the clauses: equal ones, and replaced runs paired in order."""
    matcher = SequenceMatcher(None, [unit.text for unit in old], [unit.text for unit in new], autojunk=False)
    pairs: set[Pair] = set()
    for tag, start, end, new_start, new_end in matcher.get_opcodes():
        if tag in ("equal", "replace"):
            runs = zip(old[start:end], new[new_start:new_end], strict=False)
            pairs |= {(before.eid, after.eid) for before, after in runs}
    return pairs


def greedy(old: Sequence[Clause], new: Sequence[Clause]) -> set[Pair]:
    """The pairs of best rapidfuzz ratio first, each clause once, none under half alike."""
    scores = process.cdist([u.text for u in old], [u.text for u in new], scorer=fuzz.ratio, score_cutoff=50)
    pairs, used_old, used_new = set(), set(), set()
    for flat in np.argsort(-scores, axis=None, kind="stable"):
        row, column = divmod(int(flat), len(new))
        if scores[row, column] <= 0:
            break
        if row not in used_old and column not in used_new:
            used_old.add(row)
            used_new.add(column)
            pairs.add((old[row].eid, new[column].eid))
    return pairs


def tfidf_hungarian(old: Sequence[Clause], new: Sequence[Clause]) -> set[Pair]:
    """Cosine of TF-IDF over words (or pairs of signs), the best assignment, none under 0.2."""
    from sklearn.feature_extraction.text import TfidfVectorizer  # slow to load, and tests import this module

    texts = [f"{unit.heading} {unit.text}" for unit in (*old, *new)]
    spaced = sum(text.count(" ") for text in texts) * 20 > sum(map(len, texts))
    vectors = TfidfVectorizer(sublinear_tf=True) if spaced else TfidfVectorizer(analyzer="char", ngram_range=(2, 2))
    matrix = vectors.fit_transform(texts)
    scores = (matrix[: len(old)] @ matrix[len(old) :].T).toarray()
    chosen = zip(*linear_sum_assignment(scores, maximize=True), strict=True)
    return {(old[row].eid, new[column].eid) for row, column in chosen if scores[row, column] >= 0.2}


PEERS: dict[str, Callable[[Sequence[Clause], Sequence[Clause]], set[Pair]]] = {
    "by number": by_number,
    "difflib": in_sequence,
    "rapidfuzz": greedy,
    "TF-IDF": tfidf_hungarian,
}


def print_cases() -> None:
    log(f"{'':34}{'pairs':>6}{'P':>8}{'R':>8}{'F1':>8}{'kinds':>8}{'F1 num':>8}" + "".join(f"{p:>11}" for p in PEERS))
    for path in sorted(GOLD.glob("*.json")):
        print_case(read_case(path))
    for made in changed_laws():
        print_case(AlignCase(made.name, made.old, made.new, made.gold, set(), set()))
    divorce, restated = read_case(GOLD / "ca-en-divorce.json"), read_case(GOLD / "us-title52-reclass.json")
    print_case(with_unrelated_ends(divorce, restated.old[60:], restated.old[120:]))
    print_case(with_unrelated_ends(restated, divorce.old[40:], title_17()[60:]))


def print_case(case: AlignCase) -> None:
    ours = judge(case, align(case.old, case.new, ignore_numbers=True))
    with_numbers = judge(case, align(case.old, case.new))
    peers = "".join(f"{measure(case, peer(case.old, case.new))[2]:>11.3f}" for peer in PEERS.values())
    shown = f"{ours.precision:>8.3f}{ours.recall:>8.3f}{ours.f1:>8.3f}{ours.kinds:>8.3f}{with_numbers.f1:>8.3f}"
    log(f"{case.name:34}{len(case.gold):>6}{shown}{peers}")


def with_unrelated_ends(case: AlignCase, old: Sequence[Clause], new: Sequence[Clause], count: int = 6) -> AlignCase:
    """The case with so many clauses of two other texts at both ends, which belong to nothing."""
    foreign = [
        [replace(unit, eid=f"{side}-end {place}") for place, unit in enumerate(units[: 2 * count])]
        for side, units in (("old", old), ("new", new))
    ]
    sides = [[*ends[:count], *own, *ends[count:]] for ends, own in zip(foreign, (case.old, case.new), strict=True)]
    return case._replace(name=f"{case.name}, unrelated ends", old=sides[0], new=sides[1])


WAYS = {
    "changed": ChangeRates(),
    "reworded heavily": ChangeRates(words=0.5, reworded=0.8),
    "split and merged": ChangeRates(split=0.2, merged=0.2),
    "mixed with foreign": ChangeRates(inserted=0.4, removed=0.2),
}


def changed_laws() -> list[Perturbed]:
    """17 U.S.C. and the Criminal Code of Cambodia in Khmer, changed at random in four ways."""
    laws = {"title 17": title_17(), "Khmer code": khmer_code()}
    return [perturb(f"{law}, {way}", units, 1, rates) for law, units in laws.items() for way, rates in WAYS.items()]


def large_texts(old_size: int, new_size: int, seed: int = 1) -> tuple[list[Clause], list[Clause]]:
    """Clauses drawn from sentences of real laws, words changed at random so that none are quite alike."""
    chance = random.Random(seed)
    law = title_17()
    sentences = [part for unit in law for part in unit.text.split("\n") if 60 < len(part) < 600]
    vocabulary = [word for part in sentences for word in part.split()]

    def reword(text: str, share: float) -> str:
        return " ".join(chance.choice(vocabulary) if chance.random() < share else word for word in text.split())

    def clause() -> str:
        return reword(" ".join(chance.choices(sentences, k=chance.randint(1, 4))), 0.15)

    old = [clause() for _ in range(old_size)]
    new = [reword(text, 0.2) if chance.random() < 0.4 else text for text in old if chance.random() > 0.05]
    while len(new) < new_size:
        new.insert(chance.randrange(len(new)), clause())
    return (
        [Clause(f"o{row}", "article", str(row), "", text) for row, text in enumerate(old)],
        [Clause(f"n{row}", "article", str(row), "", text) for row, text in enumerate(new[:new_size])],
    )


class Cost(NamedTuple):
    """Seconds by the clock and of the processor, and the most memory in megabytes."""

    seconds: float
    processor: float
    memory: float


def cost(old_size: int, new_size: int) -> Cost:
    """What a comparison of so many clauses costs, with all that the process holds beside it."""
    old, new = large_texts(old_size, new_size)
    start, processor = time.perf_counter(), time.process_time()
    align(old, new)
    seconds, processor = time.perf_counter() - start, time.process_time() - processor
    return Cost(seconds, processor, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)


def print_speed(sizes: Sequence[tuple[int, int]]) -> None:
    """Each size in a process of its own: memory that was once used, also by a peer, is counted for ever."""
    taken: list[tuple[int, float]] = []
    for old_size, new_size in sizes:
        with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as process:
            seconds, processor, memory = process.submit(cost, old_size, new_size).result()
        used = f"{seconds:7.2f} s  {processor:7.2f} s processor  peak memory {memory:6.0f} MB"
        log(f"{old_size:>6} x {new_size:<6} {used}")
        taken.append((old_size, processor))
    for (size, first), (greater, second) in pairwise(taken):
        log(f"  {greater / size:.1f} times the clauses: {second / first:.1f} times the processor time")


def log(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


def main() -> None:
    if not GOLD.exists():
        log("The judged cases are not here: nothing to measure.")
        return
    log("Clause maps, without numbers but for the column 'F1 num'; peers: F1")
    print_cases()
    log("\nSpeed")
    print_speed([(1_100, 1_300), (5_000, 5_000), (20_000, 20_000)])


if __name__ == "__main__":
    main()
