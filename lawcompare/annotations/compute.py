"""Marks of annotations in a text."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise


@dataclass(frozen=True)
class Span:
    """An annotation's words in a text: code points ``start`` up to and without ``end``."""

    start: int
    end: int
    annotation: object


@dataclass(frozen=True)
class Run:
    """A run of text under the same annotations."""

    text: str
    annotations: tuple[object, ...] = ()


def cut(text: str, spans: Iterable[Span]) -> list[Run]:
    """Cut a text where annotations begin and end. Joining the runs gives the text.

    >>> [(run.text, run.annotations) for run in cut("deemed to hinder", [Span(0, 9, "vague"), Span(7, 16, "broad")])]
    [('deemed ', ('vague',)), ('to', ('vague', 'broad')), (' hinder', ('broad',))]
    """
    held = [span for span in spans if span.start < span.end <= len(text)]
    edges = sorted({0, len(text)} | {span.start for span in held} | {span.end for span in held})
    return [
        Run(text[start:end], tuple(span.annotation for span in held if span.start <= start and end <= span.end))
        for start, end in pairwise(edges)
    ]


@dataclass(frozen=True)
class ChangeRun:
    """A run of a redline under the same annotations of either side."""

    op: str
    text: str
    noise: str = ""
    annotations: tuple[object, ...] = ()


def cut_changes(
    changes: Sequence[Sequence[str]], old_spans: Sequence[Span], new_spans: Sequence[Span]
) -> list[ChangeRun]:
    """Cut the runs of a redline where annotations on its old or new text begin and end."""
    runs: list[ChangeRun] = []
    old_at = new_at = 0
    for op, text, noise in changes:
        spans: list[Span] = []
        if op != "insert":
            spans += _shifted(old_spans, old_at, len(text))
            old_at += len(text)
        if op != "delete":
            spans += _shifted(new_spans, new_at, len(text))
            new_at += len(text)
        runs += [ChangeRun(op, run.text, noise, run.annotations) for run in cut(text, spans)]
    return runs


def _shifted(spans: Sequence[Span], at: int, length: int) -> list[Span]:
    """The parts of spans that fall into the ``length`` code points from ``at``, counted from there."""
    return [
        Span(max(span.start - at, 0), min(span.end - at, length), span.annotation)
        for span in spans
        if span.start < at + length and span.end > at
    ]
