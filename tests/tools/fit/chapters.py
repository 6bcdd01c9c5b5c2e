"""Weights that are set by hand, tried against cases: those of chapters (``containers``) and of ``suggestions``.

Each weight is halved, doubled and silenced in turn. As long as no change gains anything to speak of, nothing is to be
fitted: ``make fit`` prints the table. Chapters are those of laws of ``fixtures/`` and of the Khmer penal law of
``cases.py``, with articles moved between them, chapters joined, put in another order, numbered anew and headed anew;
suggestions are judged by ``fixtures/correspondences.yaml``, from which they learn nothing but these weights.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from lawcompare.engine.align.documents import link_containers, link_units
from lawcompare.engine.align.links import Links
from lawcompare.engine.align.model import Tree, fold_clauses
from lawcompare.engine.document import Clause
from lawcompare.engine.reading import read
from lawcompare.engine.scoring import Scorer
from tests.tools.bench import bench_suggest
from tests.tools.bench.perturbed import LAWS as FOLDER
from tests.tools.fit.cases import khmer_penal_law
from tests.tools.fit.regression import used

LAWS = ("kh-criminal-code/2009-en", "us-code-18/2023-en", "kh-cybercrime/2012-v1-en", "budapest-convention/2001-en")
CHANGES = {"halved": 0.5, "doubled": 2.0, "silent": 0.0}
# Of the chapters, and of the articles in them, so many are changed in each way.
HEADED_ANEW, JOINED, TURNED, MOVED, TAKEN_OUT = 0.3, 0.1, 0.2, 0.12, 0.1


@dataclass(frozen=True)
class ChapterCase:
    """Two laws with chapters; ``gold`` are the pairs of their ids that belong together."""

    name: str
    old: list[Clause]
    new: list[Clause]
    gold: set[tuple[str, str]]


@dataclass
class _Branch:
    """A container and what stands in it, in order."""

    clause: Clause
    inside: list[_Branch | list[Clause]] = field(default_factory=list)
    origins: list[str] = field(default_factory=list)


def chapter_cases(seeds: Sequence[int]) -> Iterator[ChapterCase]:
    """Every law with chapters, changed once for each seed."""
    for seed in seeds:
        laws = {name: _read(FOLDER / f"{name}.md") for name in LAWS}
        laws["Khmer law"] = _with_chapters(khmer_penal_law(seed), seed)
        for number, (name, clauses) in enumerate(laws.items()):
            yield change_chapters(name, clauses, 100 * seed + number)


def _read(path: Path) -> list[Clause]:
    return list(read(path.read_bytes(), filename=path.name).clauses)


def _with_chapters(articles: Sequence[Clause], seed: int) -> list[Clause]:
    draw = random.Random(seed)
    clauses: list[Clause] = []
    for place, article in enumerate(articles):
        if place == 0 or draw.random() < 0.12:
            number = sum(clause.element == "chapter" for clause in clauses) + 1
            clauses.append(Clause(f"chp_{number}", "chapter", f"ជំពូកទី {number}", article.heading))
            chapter = clauses[-1].eid
        clauses.append(replace(article, depth=1, parent=chapter))
    return clauses


def change_chapters(name: str, clauses: list[Clause], seed: int) -> ChapterCase:
    """The law after a revision of its chapters."""
    draw = random.Random(seed)
    root = _grow(clauses)
    chapters = [branch for branch in _branches(root) if any(isinstance(part, list) for part in branch.inside)]
    _move_articles(chapters, draw)
    for branch in [root, *_branches(root)]:
        _join_and_turn(branch, draw)
    kept = list(_branches(root))
    headings = [branch.clause.heading for branch in kept]
    for branch in kept:
        if draw.random() < HEADED_ANEW:
            words = draw.choice(headings).split()
            own = branch.clause.heading.split()
            heading = " ".join(own[: len(own) // 2] + words[len(words) // 2 :])
            branch.clause = replace(branch.clause, heading=heading)
    new: list[Clause] = []
    gold: set[tuple[str, str]] = set()
    _write(root, None, 0, new, gold)
    return ChapterCase(name, clauses, new, gold)


def _grow(clauses: Sequence[Clause]) -> _Branch:
    tree = Tree(clauses, "old")
    root = _Branch(Clause("root"))
    branches = {row: _Branch(clauses[row], origins=[clauses[row].eid]) for row in tree.containers}
    units = set(tree.units)
    for row in range(len(clauses)):
        above = branches.get(tree.parents[row], root)
        if row in branches:
            above.inside.append(branches[row])
        elif row in units:
            above.inside.append([clauses[each] for each in tree.subtree(row)])
    return root


def _branches(branch: _Branch) -> Iterator[_Branch]:
    for part in branch.inside:
        if isinstance(part, _Branch):
            yield part
            yield from _branches(part)


def _move_articles(chapters: Sequence[_Branch], draw: random.Random) -> None:
    for chapter in chapters:
        for part in [each for each in chapter.inside if isinstance(each, list)]:
            chance = draw.random()
            if chance < MOVED + TAKEN_OUT and len(chapter.inside) > 1:
                chapter.inside.remove(part)
                if chance < MOVED:
                    draw.choice(chapters).inside.append(part)


def _join_and_turn(branch: _Branch, draw: random.Random) -> None:
    inside: list[_Branch | list[Clause]] = []
    for part in branch.inside:
        last = inside[-1] if inside else None
        if isinstance(part, _Branch) and isinstance(last, _Branch) and last.clause.element == part.clause.element:
            if draw.random() < JOINED:
                last.inside += part.inside
                last.origins += part.origins
                continue
            if draw.random() < TURNED:
                inside.insert(len(inside) - 1, part)
                continue
        inside.append(part)
    branch.inside = inside


def _write(branch: _Branch, parent: str | None, depth: int, clauses: list[Clause], gold: set[tuple[str, str]]) -> None:
    number = 0
    for part in branch.inside:
        name = f"n{len(clauses)}"
        if isinstance(part, _Branch):
            number += 1
            clauses.append(replace(part.clause, eid=name, num=f"{number}", parent=parent, depth=depth))
            gold |= {(origin, name) for origin in part.origins}
            _write(part, name, depth + 1, clauses, gold)
            continue
        names = {clause.eid: f"n{len(clauses) + at}" for at, clause in enumerate(part)}
        clauses += [
            replace(clause, eid=names[clause.eid], parent=names.get(clause.parent or "", parent)) for clause in part
        ]


class Chapters:
    """Cases with the pairs of their articles made once, so that weights of chapters are tried quickly."""

    def __init__(self, cases: Sequence[ChapterCase]) -> None:
        self._cases: list[tuple[ChapterCase, tuple[Tree, Tree], Links]] = []
        for case in cases:
            trees = Tree(fold_clauses(case.old), "old"), Tree(fold_clauses(case.new), "new")
            self._cases.append((case, trees, link_units(trees, [], ignore_numbers=True)))

    def f1(self, scorers: Mapping[str, Scorer]) -> float:
        """F1 over the pairs of chapters of all cases together."""
        right = made = wanted = 0
        with used(dict(scorers)):
            for case, (old, new), units in self._cases:
                links = link_containers(old, new, units, [], ignore_numbers=True)
                pairs = {
                    (old.clauses[old.containers[row]].eid, new.clauses[new.containers[column]].eid)
                    for row, column in links.score
                }
                right, made, wanted = right + len(pairs & case.gold), made + len(pairs), wanted + len(case.gold)
        return 2 * right / max(made + wanted, 1)


def suggestion_recall(scorers: Mapping[str, Scorer]) -> float:
    """Share of judged draft articles with a right section among the first five, of all US titles."""
    bench_suggest._READ.clear()
    with used(dict(scorers)):
        missed, total = bench_suggest.hits(bench_suggest.ours, bench_suggest.shelves()["all titles"])
    return 1 - len(missed) / total


def varied(scorers: Mapping[str, Scorer], stage: str) -> Iterator[tuple[str, dict[str, Scorer]]]:
    """The scorers with one weight of a stage changed at a time."""
    scorer = scorers[stage]
    for feature, weight in scorer.support.items():
        for name, factor in CHANGES.items():
            changed = replace(scorer, support={**scorer.support, feature: weight * factor})
            yield f"{stage}.{feature} {name}", {**scorers, stage: changed}
