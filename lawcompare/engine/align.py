"""Which clauses of two texts of a law belong together: the clause map."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from .aligning.flat import align_flat
from .aligning.model import KINDS, Alignment, Unit

__all__ = ["KINDS", "Alignment", "Unit", "align"]


def align(
    old: Sequence[Unit],
    new: Sequence[Unit],
    *,
    ignore_numbers: bool = False,
    decided: Iterable[tuple[str | None, str | None]] = (),
) -> list[Alignment]:
    """Align two lists of clauses in document order."""
    return align_flat(old, new, ignore_numbers=ignore_numbers, decided=decided)
