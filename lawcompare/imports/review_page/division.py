"""Which pages of a file are read by whom, as the review page shows it."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from lawcompare.engine.structure.corrections import CorrectedDocument
from lawcompare.imports.models import DraftPage


@dataclass(frozen=True)
class PageRun:
    """Pages in a row that one person, or nobody yet, has taken."""

    first: int
    last: int
    person: Any
    read: int

    @property
    def total(self) -> int:
        return self.last - self.first + 1


@dataclass(frozen=True)
class Division:
    """How the pages are divided, how many of them a person has read, and the next that the reader has still to read."""

    runs: Sequence[PageRun]
    total: int
    read: int
    next_page: int  # 0 for none


def divide(pages: Sequence[DraftPage], user: Any) -> Division | None:
    """None for a file without images of its pages."""
    if not pages:
        return None
    runs = []
    for person, group in groupby(pages, key=lambda page: page.taken_by):
        own = list(group)
        runs.append(PageRun(own[0].number, own[-1].number, person, sum(page.read_at is not None for page in own)))
    unread = [page for page in pages if page.read_at is None]
    mine = [page for page in unread if page.taken_by_id == user.pk]
    free = [page for page in unread if page.taken_by_id is None]
    following = next(iter([*mine, *free]), None)
    return Division(runs, len(pages), len(pages) - len(unread), following.number if following else 0)


def clause_on_page(now: CorrectedDocument, pages: Sequence[DraftPage], number: int) -> str:
    """The key of the first clause that begins on a page of the file, or after it; empty where none does."""
    image = next((page.image_number for page in pages if page.number == number), None)
    if image is None:
        return ""
    boxes = now.document.boxes
    for key, clause in zip(now.keys, now.document.clauses, strict=True):
        box = boxes[clause.line - 1] if 0 < clause.line <= len(boxes) else None
        if box is not None and box.image >= image:
            return key
    return ""
