"""A page of a finished comparison as it is printed, whoever reads it: made once, kept, and found again.

What is kept is made of rows that the database never lets change: clauses of published texts and the pairs of a finished
comparison. A row of which people said something, or that people set together, is never kept: it stays open, and is
made from the database for each reader. So there is nothing to throw away when a note, a credit or a decision changes.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from django.conf import settings
from django.core.cache import caches
from django.core.paginator import Paginator
from django.template.loader import render_to_string
from django.utils.safestring import SafeString
from django.utils.translation import get_language

from lawcompare.comparisons.models import Comparison
from lawcompare.comparisons.reading import rows
from lawcompare.comparisons.reading.rows import Fold, Row, Strip, Switches
from lawcompare.page_cache.public import release

KEPT_SECONDS = 24 * 60 * 60

Item = Row | Fold


@dataclass(frozen=True)
class Open:
    """A row or fold that is made for each reader: (id of the pair, ``repeats_new``) of its rows."""

    pairs: tuple[tuple[int, bool], ...]
    is_fold: bool


@dataclass(frozen=True)
class Sheet:
    """A page of a comparison: what stands above the rows as HTML, and the rows as HTML or open."""

    number: int
    pages: int
    strip: SafeString
    controls: SafeString
    rows: tuple[SafeString | Open, ...]
    # Ids of the clauses on the page, so that the notes on it can be counted.
    clauses: frozenset[int]


def sheet_of(
    comparison: Comparison, switches: Switches, noted: Sequence[tuple[int, int]], asked: str, keeps: bool
) -> tuple[Sheet, list[SafeString | Item]]:
    """The page that was ``asked`` for by its number, and its rows in order, each as HTML or to be made.

    ``noted``: (version, position) of each clause on which the reader sees notes. ``keeps``: whether rows that never
    change are taken from what is kept, and kept; otherwise all are to be made.
    """
    key = _key(comparison, switches, noted, asked) if keeps else ""
    kept = caches["pages"].get(key) if key else None
    if isinstance(kept, Sheet):
        return kept, _opened(comparison, switches, kept)
    sheet, items = _made(comparison, switches, noted, asked, keeps)
    if key and asked in {"", str(sheet.number)}:
        caches["pages"].set(key, sheet, KEPT_SECONDS)
    return sheet, items


def _key(comparison: Comparison, switches: Switches, noted: Iterable[tuple[int, int]], asked: str) -> str:
    """All that a sheet depends on. The hashes of the texts and the time, since a database put back counts anew."""
    old, new = comparison.old, comparison.new
    named = [release(), get_language(), old.address, new.address]
    texts = [comparison.pk, comparison.finished_at, old.text_hash, new.text_hash]
    layout = [switches, asked, settings.ROWS_PER_PAGE, settings.PARTS_PER_PAGE, sorted(set(noted))]
    return "sheet-" + hashlib.blake2b(repr([named, texts, layout]).encode(), digest_size=24).hexdigest()


def _made(
    comparison: Comparison, switches: Switches, noted: Sequence[tuple[int, int]], asked: str, keeps: bool
) -> tuple[Sheet, list[SafeString | Item]]:
    strip = rows.strip(comparison, switches, noted)
    page = Paginator(range(strip.pages), 1).get_page(asked)
    shown = rows.page_of_rows(comparison, strip, page.number, switches)
    context = {
        "old": comparison.old,
        "new": comparison.new,
        "switches": switches,
        "cells": strip.cells,
        "kinds": rows.kinds(comparison),
        "page": page,
        "hidden_count": rows.count_hidden(strip.cells),
        # What only those who are signed in see of a row, which is then not kept.
        "corrects": False,
    }
    items: list[SafeString | Item] = [*rows.fold(shown, switches, strip.kept)]
    if switches.is_list:
        items = [render_to_string("components/_told.html", context | {"rows": items})]
    elif keeps:
        items = list(_closed(items, strip, context))
    sheet = Sheet(
        page.number,
        strip.pages,
        render_to_string("components/_strip.html", context),
        render_to_string("components/_switches.html", context),
        tuple(item if isinstance(item, str) else _as_open(item) for item in items if keeps),
        frozenset(pk for row in shown for pair in [row.pair, *row.parts] for pk in (pair.old_id, pair.new_id) if pk),
    )
    return sheet, items


def _closed(items: Iterable[Any], strip: Strip, context: dict[str, Any]) -> Iterator[SafeString | Item]:
    """The items with each run of those that never change made into HTML. Nothing of a request is at hand here."""
    for is_open, run in groupby(items, lambda item: _is_open(item, strip)):
        if is_open:
            yield from run
        else:
            yield render_to_string("components/_rows.html", context | {"rows": list(run), "notes": {}})


def _is_open(item: Item, strip: Strip) -> bool:
    """Whether people said something of it, or it says who set clauses together."""
    if not isinstance(item, Fold) and item.is_heading:
        return False
    inside = [row.pair for row in _rows_of(item)]
    if any(pair.old_id in strip.kept or pair.new_id in strip.kept for pair in inside):
        return True
    return any(pair.decision_id for row in _rows_of(item) for pair in [row.pair, *row.parts])


def _rows_of(item: Item) -> list[Row]:
    return item.rows if isinstance(item, Fold) else [item]


def _as_open(item: Item) -> Open:
    return Open(tuple((row.pair.pk, row.pair.repeats_new) for row in _rows_of(item)), isinstance(item, Fold))


def _opened(comparison: Comparison, switches: Switches, sheet: Sheet) -> list[SafeString | Item]:
    """The rows of a kept sheet, with those that are open loaded. Two queries, or none."""
    wanted = {pk: repeats for item in sheet.rows if isinstance(item, Open) for pk, repeats in item.pairs}
    loaded = rows.some_rows(comparison, wanted, switches) if wanted else {}
    items: list[SafeString | Item] = []
    for item in sheet.rows:
        if isinstance(item, Open):
            found = [loaded[pk] for pk, _repeats in item.pairs]
            items.append(Fold(found, found[0].look) if item.is_fold else found[0])
        else:
            items.append(item)
    return items
