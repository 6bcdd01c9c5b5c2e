"""Alignment of two trees: units among themselves, then what is inside paired units, then what they stand in."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType

import regex

from lawcompare.engine.align.containers import link_containers
from lawcompare.engine.align.kinds import group_links, name_entries
from lawcompare.engine.align.linking.links import Decisions, Frame, Links, check_decided, check_ids, find_links
from lawcompare.engine.align.model import Alignment, fold_clauses, number_key, text_key
from lawcompare.engine.align.parts import align_parts
from lawcompare.engine.align.scoring import Watch
from lawcompare.engine.align.tree import Tree
from lawcompare.engine.document import Clause


@dataclass(frozen=True)
class DocumentAlignment:
    """Which clauses of two documents belong together. All in reading order of the new text.

    ``units``       articles, sections and what stands beside them: the rows of a comparison. Kind and score are those
                    of the whole clause with all inside it
    ``containers``  chapters, parts, titles, by number, heading and the units they hold
    ``parts``       index in ``units`` -> how the clauses inside that row belong together, the units themselves included
                    as the outermost parts; kind by a part's own number, heading and text. Absent where neither side has
                    clauses inside
    """

    units: tuple[Alignment, ...]
    containers: tuple[Alignment, ...] = ()
    parts: Mapping[int, tuple[Alignment, ...]] = field(default_factory=lambda: MappingProxyType({}))


def align_trees(
    old: Sequence[Clause],
    new: Sequence[Clause],
    *,
    ignore_numbers: bool = False,
    decided: Iterable[tuple[str | None, str | None]] = (),
    in_part: bool = False,
    watch: Watch | None = None,
) -> DocumentAlignment:
    """Align two lists of clauses by their parents."""
    trees = Tree(fold_clauses(old), "old"), Tree(fold_clauses(new), "new")
    decisions = check_decided(decided, trees[0].rows, trees[1].rows)
    links = link_units(trees, decisions, ignore_numbers, watch, in_part)
    keys = _whole_keys(trees)
    units = [[tree.whole(row) for row in tree.units] for tree in trees]
    entries = group_links(units[0], units[1], links, keys)
    return DocumentAlignment(
        units=tuple(name_entries(units[0], units[1], links, entries, keys)),
        containers=tuple(_align_containers(trees, links, decisions, ignore_numbers)),
        parts=MappingProxyType(align_parts(trees, links, entries, decisions, ignore_numbers, in_part)),
    )


def _whole_keys(trees: tuple[Tree, Tree]) -> tuple[list[str], list[str]]:
    old, new = trees
    return [old.whole_key(row) for row in old.units], [new.whole_key(row) for row in new.units]


def link_units(
    trees: tuple[Tree, Tree],
    decisions: Decisions,
    ignore_numbers: bool,
    watch: Watch | None = None,
    in_part: bool = False,
) -> Links:
    """Which articles and sections of two texts belong together, by their places among the units."""
    places = [{row: place for place, row in enumerate(tree.units)} for tree in trees]
    among_units = [
        (None if old is None else places[0][old], None if new is None else places[1][new])
        for old, new in decisions
        if (old is None or old in places[0]) and (new is None or new in places[1])
    ]
    units = [[tree.whole(row) for row in tree.units] for tree in trees]
    chapters = [[tree.home(row) for row in tree.units] for tree in trees]
    frame = Frame(_whole_keys(trees), homes=(chapters[0], chapters[1]), in_part=in_part)
    links = find_links(units[0], units[1], ignore_numbers=ignore_numbers, decided=among_units, frame=frame, watch=watch)
    if not ignore_numbers:
        link_placeholders(units[0], units[1], links, among_units)
    # A decision about clauses inside units pairs their units too, beside whatever else those are paired with.
    homes = [_homes(tree) for tree in trees]
    for old, new in decisions:
        if old is not None and new is not None and old in homes[0] and new in homes[1]:
            edge = homes[0][old], homes[1][new]
            links.score.setdefault(edge, 1.0)
            links.reason.setdefault(edge, "decided")
    return links


def _homes(tree: Tree) -> dict[int, int]:
    """Row -> place of the unit it is or stands in."""
    return {row: place for place, unit in enumerate(tree.units) for row in tree.subtree(unit)}


def _align_containers(
    trees: tuple[Tree, Tree], links: Links, decisions: Decisions, ignore_numbers: bool
) -> list[Alignment]:
    clauses = [[tree.clauses[row] for row in tree.containers] for tree in trees]
    container_links = link_containers(trees[0], trees[1], links, decisions, ignore_numbers)
    keys = [text_key(clause) for clause in clauses[0]], [text_key(clause) for clause in clauses[1]]
    entries = group_links(clauses[0], clauses[1], container_links, keys)
    return name_entries(clauses[0], clauses[1], container_links, entries, keys)


def align_flat(
    old: Sequence[Clause],
    new: Sequence[Clause],
    *,
    ignore_numbers: bool = False,
    decided: Iterable[tuple[str | None, str | None]] = (),
    watch: Watch | None = None,
) -> list[Alignment]:
    """Align two lists in document order; every clause is a unit of its own."""
    decisions = check_decided(decided, check_ids(old, "old"), check_ids(new, "new"))
    old, new = fold_clauses(old), fold_clauses(new)
    keys = [text_key(unit) for unit in old], [text_key(unit) for unit in new]
    links = find_links(old, new, ignore_numbers=ignore_numbers, decided=decisions, frame=Frame(keys), watch=watch)
    return name_entries(old, new, links, group_links(old, new, links, keys), keys)


# What is printed where a clause was taken out and its number was left: "[Repealed. Pub. L. …]", "Reserved".
_PLACEHOLDER = regex.compile(r"(?i)\A\W*(?:repealed|omitted|reserved|transferred|vacant|deleted|abrogée?s?|លុបចោល)\b")


def is_placeholder(unit: Clause) -> bool:
    """Whether a clause with all it holds says no more than that its number is free.

    >>> is_placeholder(Clause("a", "article", "§ 710", "Repealed. Pub. L. 106–379", ""))
    True
    """
    return (not unit.text.strip() and _PLACEHOLDER.match(unit.heading) is not None) or (
        not unit.heading.strip() and len(unit.text) < 200 and _PLACEHOLDER.match(unit.text) is not None
    )


def link_placeholders(old: list[Clause], new: list[Clause], links: Links, decided: Decisions = ()) -> None:
    """Pair what is left over where one of the two is a placeholder under the other's number, and no third has it.

    There is no text to decide against the number, and readers look for the new clause where the old one stood.
    """
    paired_old = {row for row, _ in (*links.score, *decided)}
    paired_new = {column for _, column in (*links.score, *decided)}
    by_number: dict[str, list[int]] = {}
    for column, unit in enumerate(new):
        if column not in paired_new and number_key(unit.num):
            by_number.setdefault(number_key(unit.num), []).append(column)
    for row, unit in enumerate(old):
        columns = by_number.get(number_key(unit.num), [])
        if row in paired_old or len(columns) != 1:
            continue
        if is_placeholder(unit) or is_placeholder(new[columns[0]]):
            links.score[row, columns[0]], links.reason[row, columns[0]] = 0.5, "placeholder"
