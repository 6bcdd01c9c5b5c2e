"""Marks of annotations in a text."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise


@dataclass(frozen=True)
class NoteSpan:
    """An annotation's words in a text: code points ``start`` up to and without ``end``."""

    start: int
    end: int
    annotation: object
    # On the last to end of spans that overlap: their annotations, for the one mark that stands after them.
    group: tuple[object, ...] = ()


@dataclass(frozen=True)
class MarkedRun:
    """A run of text under the same annotations."""

    text: str
    annotations: tuple[object, ...] = ()
    # The annotations on overlapping words that end here.
    closes: tuple[object, ...] = ()


def grouped(spans: Iterable[NoteSpan]) -> list[list[NoteSpan]]:
    """Spans that overlap, directly or through others, together; in the order of the text.

    >>> [[s.annotation for s in group] for group in grouped([Span(9, 12, "c"), Span(0, 5, "a"), Span(3, 8, "b")])]
    [['a', 'b'], ['c']]
    """
    groups: list[list[NoteSpan]] = []
    reach = -1
    for span in sorted(spans, key=lambda span: (span.start, -span.end)):
        if groups and span.start < reach:
            groups[-1].append(span)
        else:
            groups.append([span])
        reach = max(reach, span.end)
    return groups


def closing(spans: Iterable[NoteSpan]) -> list[NoteSpan]:
    """The same spans; the last to end of each group knows the group's annotations."""
    closed: list[NoteSpan] = []
    for group in grouped(spans):
        last = max(range(len(group)), key=lambda place: group[place].end)
        notes = tuple(span.annotation for span in group)
        closed += [replace(span, group=notes) if place == last else span for place, span in enumerate(group)]
    return closed


def cut(text: str, spans: Iterable[NoteSpan]) -> list[MarkedRun]:
    """Cut a text where annotations begin and end. Joining the runs gives the text.

    >>> [(run.text, run.annotations) for run in cut("deemed to hinder", [Span(0, 9, "vague"), Span(7, 16, "broad")])]
    [('deemed ', ('vague',)), ('to', ('vague', 'broad')), (' hinder', ('broad',))]
    """
    held = [span for span in spans if span.start < span.end <= len(text)]
    if not held:
        return [MarkedRun(text)] if text else []
    edges = sorted({0, len(text)} | {span.start for span in held} | {span.end for span in held})
    ends = {span.end: span.group for span in held if span.group}
    return [
        MarkedRun(
            text[start:end],
            tuple(span.annotation for span in held if span.start <= start and end <= span.end),
            ends.get(end, ()),
        )
        for start, end in pairwise(edges)
    ]


@dataclass(slots=True)
class ChangeRun:
    """A run of a redline under the same annotations of either side."""

    op: str
    text: str
    noise: str = ""
    annotations: tuple[object, ...] = ()
    closes: tuple[object, ...] = ()


def cut_changes(
    changes: Sequence[Sequence[str]], old_spans: Sequence[NoteSpan], new_spans: Sequence[NoteSpan]
) -> list[ChangeRun]:
    """Cut the runs of a redline where annotations on its old or new text begin and end."""
    if not old_spans and not new_spans:
        return [ChangeRun(op, text, noise) for op, text, noise in changes if text]
    runs: list[ChangeRun] = []
    old_at = new_at = 0
    for op, text, noise in changes:
        spans: list[NoteSpan] = []
        if op != "insert":
            spans += _shifted(old_spans, old_at, len(text))
            old_at += len(text)
        if op != "delete":
            spans += _shifted(new_spans, new_at, len(text))
            new_at += len(text)
        runs += [ChangeRun(op, run.text, noise, run.annotations, run.closes) for run in cut(text, spans)]
    return runs


def _shifted(spans: Sequence[NoteSpan], at: int, length: int) -> list[NoteSpan]:
    """The parts of spans that fall into the ``length`` code points from ``at``, counted from there."""
    return [
        NoteSpan(
            max(span.start - at, 0),
            min(span.end - at, length),
            span.annotation,
            span.group if span.end <= at + length else (),
        )
        for span in spans
        if span.start < at + length and span.end > at
    ]
