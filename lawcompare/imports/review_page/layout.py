"""A draft as the review page shows it: each clause beside the source lines it was read from, with the warnings."""

from bisect import bisect_right
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby, islice
from typing import Any

from django.conf import settings

from lawcompare.accounts.models import Person
from lawcompare.engine.diff.noise import bare_number
from lawcompare.engine.document import UNIT_ELEMENTS, Clause, Document, LineBox, ReadingWarning
from lawcompare.engine.structure.corrections import CorrectedDocument
from lawcompare.engine.structure.segment import SET_ASIDE_WARNINGS
from lawcompare.engine.wording.warnings import warning_detail, warning_title
from lawcompare.imports.corrections import keys_of, line_spans
from lawcompare.imports.models import DraftPage, ImportDraft
from lawcompare.laws.formatting import LOCALE
from lawcompare.laws.version_page import DIVISION_ELEMENTS

# Lines shown beside one clause; the notes of a code may be thousands.
LINES_MAX = 300
# Beyond these, the lines beside a clause are folded.
LINES_OPEN = 24
# Warnings of one kind beyond these are folded under its name, and no more are listed.
WARNINGS_OPEN, WARNINGS_MAX = 5, 200
INDENT_MAX = 6
ZOOMS = (100, 150, 200, 300)  # per cent of the width beside the clauses
SET_ASIDE = {kind: name for name, kind in SET_ASIDE_WARNINGS.items()}


@dataclass(frozen=True)
class DraftWarning:
    """A warning of the reader, its number among them, and on which page of the draft its line is."""

    number: int
    key: str
    warning: ReadingWarning
    is_checked: bool
    page: int
    # What it says was set aside and may be brought back, and the clause beside which it stands; empty for neither.
    furniture: str = ""
    beside: str = ""

    @property
    def kind(self) -> str:
        return warning_title(LOCALE, self.warning)

    @property
    def matter(self) -> str:
        return warning_detail(LOCALE, self.warning)

    @property
    def line(self) -> int:
        return self.warning.line


def lay_out(
    draft: ImportDraft,
    now: CorrectedDocument,
    touched: Iterable[str],
    *,
    page: int = 1,
    at: str = "",
    images: Iterable[DraftPage] = (),
) -> dict[str, Any]:
    """One page of a draft: the one asked for, or the one on which the clause with the key ``at`` stands.

    ``images`` are the pages of its file of which there are images. Returned are for the template: the ``rows``, the
    ``warnings`` of the whole draft, those that are ``unchecked`` and these in ``groups`` of a kind, which ``page`` it
    is, the number of each of the ``pages`` with the clause it begins with, and the ``facsimiles``.
    """
    clauses = now.document.clauses
    starts = _page_starts(clauses)
    if at in now.keys:
        page = bisect_right(starts, now.place(at))
    page = min(max(page, 1), len(starts))
    spans = line_spans(now.document)
    warnings = _warnings(draft, now, spans, starts)
    first, last = starts[page - 1], [*starts, len(clauses)][page]
    corrected = set(touched)
    shown = {image.image_number: image for image in images}
    aside = furniture_lines(now.document) if shown else frozenset[int]()
    by_line: dict[int, list[DraftWarning]] = {}
    for warning in warnings:
        by_line.setdefault(warning.line, []).append(warning)
    rows = [_row(now, place, spans[place], by_line, corrected, aside, shown) for place in range(first, last)]
    pages = [(number, clauses[start]) for number, start in enumerate(starts, 1)]
    unchecked = [warning for warning in warnings if not warning.is_checked]
    return {
        "rows": rows,
        "warnings": warnings,
        "unchecked": unchecked,
        "groups": _groups(unchecked),
        "page": page,
        "pages": pages,
        "facsimiles": _facsimiles(rows, shown),
        "zooms": ZOOMS,
    }


def _groups(unchecked: Sequence[DraftWarning]) -> list[dict[str, Any]]:
    """Warnings, those of a kind together, in the order of the first of each kind.

    ``distinct`` are the first of those that say the same, whatever their page, each with how many there are; of more
    than the list may have ``left_out``.
    """
    by_kind: dict[tuple[str, str], list[DraftWarning]] = {}
    for warning in unchecked:
        by_kind.setdefault((warning.warning.kind, warning.kind), []).append(warning)
    groups = []
    for (code, kind), warnings in by_kind.items():
        same: dict[str, list[DraftWarning]] = {}
        for each in warnings:
            details = sorted((name, value) for name, value in each.warning.details.items() if name != "page")
            same.setdefault(repr((each.warning.subject, details, bool(each.furniture))), []).append(each)
        distinct = [(alike[0], len(alike)) for alike in same.values()]
        is_folded = len(warnings) > WARNINGS_OPEN
        listed, left_out = distinct[:WARNINGS_MAX], max(len(distinct) - WARNINGS_MAX, 0)
        group = {"code": code, "kind": kind, "warnings": warnings, "is_folded": is_folded, "distinct": listed}
        groups.append(group | {"left_out": left_out})
    return groups


def furniture_lines(document: Document) -> frozenset[int]:
    """The lines of the source that are no law text as a whole, as page numbers and running heads."""
    source = document.source
    return frozenset(
        line
        for piece in document.furniture
        if piece.line
        for line, words in enumerate(piece.text.split("\n"), piece.line)
        if line <= len(source) and source[line - 1].strip() == words.strip()
    )


def boxes_of(document: Document, lines: Iterable[int]) -> list[LineBox]:
    """The places of lines on the pages; those of lines that follow each other in a column are one."""
    joined: list[LineBox] = []
    for line in lines:
        box = document.boxes[line - 1] if 0 < line <= len(document.boxes) else None
        if box is None:
            continue
        last = joined[-1] if joined else None
        goes_on = last is not None and last.image == box.image and box.top >= last.top
        if last is None or not goes_on or last.left >= box.right or box.left >= last.right:
            joined.append(box)
        else:
            joined[-1] = LineBox(
                box.image,
                min(last.left, box.left),
                last.top,
                max(last.right, box.right),
                max(last.bottom, box.bottom),
            )
    return joined


def _facsimiles(rows: Sequence[dict[str, Any]], shown: Mapping[int, DraftPage]) -> list[tuple[DraftPage, Any]]:
    """The pages on which the clauses stand and those between them, each with the boxes of clauses and their keys."""
    boxes: dict[int, list[tuple[str, LineBox]]] = {}
    for row in rows:
        for box in row["boxes"]:
            boxes.setdefault(box.image, []).append((row["key"], box))
    if not boxes:
        return []
    between = [number for number in shown if min(boxes) <= number <= max(boxes)]
    return [(shown[number], boxes.get(number, ())) for number in sorted(between)]


def _page_starts(clauses: Sequence[Clause]) -> list[int]:
    limit = settings.CLAUSES_PER_PAGE
    starts = [0]
    for place, clause in enumerate(clauses):
        held = place - starts[-1]
        if held >= limit and (clause.element in UNIT_ELEMENTS or clause.depth == 0 or held >= 2 * limit):
            starts.append(place)
    return starts


def _warnings(
    draft: ImportDraft, now: CorrectedDocument, spans: Sequence[range], starts: Sequence[int]
) -> list[DraftWarning]:
    document = now.document
    begins = [(span.start, place) for place, span in enumerate(spans) if span]
    lines = [start for start, _place in begins]
    read, names = set(draft.warnings_checked), {each.name for each in document.furniture}
    warnings = []
    for number, (key, warning) in enumerate(zip(keys_of(document.warnings), document.warnings, strict=True)):
        held = bisect_right(lines, warning.line) - 1
        page = bisect_right(starts, begins[held][1]) if warning.line and held >= 0 else 1
        furniture = SET_ASIDE.get(warning.kind, "")
        if furniture not in names:
            furniture = ""
        beside = now.keys[begins[max(held, 0)][1]] if furniture and begins else ""
        warnings.append(DraftWarning(number, key, warning, key in read, page, furniture, beside))
    return warnings


def _row(
    now: CorrectedDocument,
    place: int,
    span: range,
    by_line: Mapping[int, list[DraftWarning]],
    corrected: set[str],
    aside: Collection[int],
    shown: Mapping[int, DraftPage],
) -> dict[str, Any]:
    """A clause and the lines of the source from its beginning to that of the next; and where it stands on the pages of
    the file, a box for each page and column.
    """
    source = now.document.source
    wanted = (n for n in span if n in by_line or (0 < n <= len(source) and source[n - 1].strip()))
    lines: list[dict[str, Any]] = [
        {"number": n, "text": source[n - 1].strip() if n <= len(source) else "", "warnings": by_line.get(n, [])}
        for n in islice(wanted, LINES_MAX)
    ]
    key = now.keys[place]
    clause = now.document.clauses[place]
    placed = (line for line in span or (clause.line,) if line not in aside) if shown else ()
    boxes = [box for box in boxes_of(now.document, placed) if box.image in shown]
    pages = list(dict.fromkeys(shown[box.image].number for box in boxes))
    return {
        "key": key,
        "clause": clause,
        "lines": lines,
        "shown": lines[:LINES_OPEN],
        "folded": lines[LINES_OPEN:],
        "lines_left_out": max(len(span) - LINES_MAX, 0),
        "warnings": [warning for line in lines for warning in line["warnings"]],
        "is_corrected": key in corrected,
        "is_headed": clause.element in UNIT_ELEMENTS or clause.element in DIVISION_ELEMENTS,
        "indent": min(clause.depth, INDENT_MAX),
        "boxes": boxes,
        "pages": pages,
    }


def divide(pages: Sequence[DraftPage], user: Person) -> dict[str, Any] | None:
    """How the pages are divided, how many a person has read, and the next that the reader has to read (0: none).

    None for a file without images of its pages. ``runs`` are pages in a row that one person, or nobody yet, has taken.
    """
    if not pages:
        return None
    runs = []
    for person, group in groupby(pages, key=lambda page: page.taken_by):
        own = list(group)
        read = sum(page.read_at is not None for page in own)
        run = {"first": own[0].number, "last": own[-1].number, "person": person, "read": read, "total": len(own)}
        runs.append(run)
    unread = [page for page in pages if page.read_at is None]
    mine = [page for page in unread if page.taken_by_id == user.pk]
    free = [page for page in unread if page.taken_by_id is None]
    following = next(iter([*mine, *free]), None)
    next_page = following.number if following else 0
    return {"runs": runs, "total": len(pages), "read": len(pages) - len(unread), "next_page": next_page}


def clause_found(now: CorrectedDocument, wanted: str, after: str = "") -> str:
    """The key of the clause of that number, else of the next with these words after one; empty where there is none."""
    rows = list(zip(now.keys, now.document.clauses, strict=True))
    numbered = [key for key, clause in rows if clause.num and bare_number(clause.num) == bare_number(wanted)]
    at = now.place(after) + 1 if after in now.keys else 0
    words = wanted.casefold()
    worded = [key for key, clause in rows[at:] + rows[:at] if words in f"{clause.heading} {clause.text}".casefold()]
    return next(iter([*numbered, *worded]), "")


def clause_on_page(now: CorrectedDocument, pages: Sequence[DraftPage], number: int | None) -> str:
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
