"""A long redline cut into paragraphs that are set side by side, runs of unchanged paragraphs folded."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace

from lawcompare.annotations.reading.marks import ChangeRun

# So many unchanged paragraphs beside each other are folded, but for the one next to a change.
FOLDED_MIN = 3


@dataclass
class DiffParagraph:
    """Runs from one place where both texts begin a paragraph to the next, or ``inside``: paragraphs that are folded."""

    runs: list[ChangeRun] = field(default_factory=list)
    inside: list[DiffParagraph] = field(default_factory=list)

    @property
    def is_quiet(self) -> bool:
        """Whether nothing in it changed and nobody wrote a note on it."""
        return all(run.op == "equal" and not run.annotations for run in self.runs)


def cut_paragraphs(runs: Iterable[ChangeRun]) -> list[DiffParagraph]:
    """Cut where both texts begin a paragraph, and fold what is unchanged.

    >>> runs = [ChangeRun("equal", "one\\ntwo"), ChangeRun("insert", " and more"), ChangeRun("equal", "\\nthree")]
    >>> [[run.text for run in paragraph.runs] for paragraph in cut_paragraphs(runs)]
    [['one'], ['two', ' and more'], ['three']]
    """
    paragraphs = [DiffParagraph()]
    for run in runs:
        if run.op != "equal" or "\n" not in run.text:
            paragraphs[-1].runs += [run] if run.text else []
            continue
        lines = run.text.split("\n")
        for number, line in enumerate(lines):
            if number:
                paragraphs.append(DiffParagraph())
            if line:
                closes = run.closes if number == len(lines) - 1 else ()
                paragraphs[-1].runs.append(replace(run, text=line, closes=closes))
    return _fold([paragraph for paragraph in paragraphs if paragraph.runs])


def _fold(paragraphs: Sequence[DiffParagraph]) -> list[DiffParagraph]:
    folded: list[DiffParagraph] = []
    quiet: list[DiffParagraph] = []
    for paragraph in [*paragraphs, None]:
        if paragraph is not None and paragraph.is_quiet:
            quiet.append(paragraph)
            continue
        # The clause's first paragraph stays, and those beside a change.
        end = len(quiet) - (1 if paragraph is not None else 0)
        if len(quiet[1:end]) >= FOLDED_MIN:
            folded += [quiet[0], DiffParagraph(inside=quiet[1:end]), *quiet[end:]]
        else:
            folded += quiet
        quiet = []
        if paragraph is not None:
            folded.append(paragraph)
    return folded
