"""A long redline cut into stretches that are set side by side, runs of unchanged paragraphs folded."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace

from lawcompare.annotations.reading.marks import ChangeRun

# So many unchanged paragraphs beside each other are folded, but for the one next to a change.
FOLDED_MIN = 3


@dataclass
class Stretch:
    """Runs from one place where both texts begin a paragraph to the next, or ``inside``: stretches that are folded."""

    runs: list[ChangeRun] = field(default_factory=list)
    inside: list[Stretch] = field(default_factory=list)

    @property
    def is_quiet(self) -> bool:
        """Whether nothing in it changed and nothing was said of it."""
        return all(run.op == "equal" and not run.annotations for run in self.runs)


def cut_stretches(runs: Iterable[ChangeRun]) -> list[Stretch]:
    """Cut where both texts begin a paragraph, and fold what is unchanged.

    >>> runs = [ChangeRun("equal", "one\\ntwo"), ChangeRun("insert", " and more"), ChangeRun("equal", "\\nthree")]
    >>> [[run.text for run in stretch.runs] for stretch in cut_stretches(runs)]
    [['one'], ['two', ' and more'], ['three']]
    """
    stretches = [Stretch()]
    for run in runs:
        lines = run.text.split("\n") if run.op == "equal" else [run.text]
        for number, line in enumerate(lines):
            if number:
                stretches.append(Stretch())
            if line:
                closes = run.closes if number == len(lines) - 1 else ()
                stretches[-1].runs.append(replace(run, text=line, closes=closes))
    return _fold([stretch for stretch in stretches if stretch.runs])


def _fold(stretches: Sequence[Stretch]) -> list[Stretch]:
    folded: list[Stretch] = []
    quiet: list[Stretch] = []
    for stretch in [*stretches, None]:
        if stretch is not None and stretch.is_quiet:
            quiet.append(stretch)
            continue
        # The clause's first paragraph stays, and those beside a change.
        end = len(quiet) - (1 if stretch is not None else 0)
        if len(quiet[1:end]) >= FOLDED_MIN:
            folded += [quiet[0], Stretch(inside=quiet[1:end]), *quiet[end:]]
        else:
            folded += quiet
        quiet = []
        if stretch is not None:
            folded.append(stretch)
    return folded
