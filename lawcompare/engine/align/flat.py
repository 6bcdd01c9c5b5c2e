"""Alignment of two lists of clauses without parents."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from lawcompare.engine.align.entries import group_links, name_entries
from lawcompare.engine.align.keys import fold_units, text_key
from lawcompare.engine.align.links import Frame, check_decided, check_ids, find_links
from lawcompare.engine.align.model import Alignment, Unit


def align_flat(
    old: Sequence[Unit],
    new: Sequence[Unit],
    *,
    ignore_numbers: bool = False,
    decided: Iterable[tuple[str | None, str | None]] = (),
) -> list[Alignment]:
    """Align two lists in document order; every clause is a unit of its own."""
    decisions = check_decided(decided, check_ids(old, "old"), check_ids(new, "new"))
    old, new = fold_units(old), fold_units(new)
    keys = [text_key(unit) for unit in old], [text_key(unit) for unit in new]
    links = find_links(old, new, ignore_numbers=ignore_numbers, decided=decisions, frame=Frame(keys))
    return name_entries(old, new, links, group_links(old, new, links, keys), keys)
