"""Rows of tables in which drafters set laws: a number in one cell, its heading in the next; headings in the margin."""

import re
from collections.abc import Iterator

from lawcompare.engine.structure.lists.list_levels import read_mark
from lawcompare.engine.structure.outline import Block


def joined_cells(cells: list[list[Block]]) -> Iterator[Block]:
    """A row of short cells as one block; where a cell has paragraphs of its own, each is a block.

    A number in a cell of its own stands apart from the words beside it; a cell that begins with a number after one
    that holds words is a block of its own, for the words are its heading in the margin.
    """
    law = [[block for block in cell if not block.furniture and block.plain] for cell in cells]
    filled = [cell for cell in law if cell]
    beside = len(filled) > 1 and not is_number(filled[0][0].plain)
    beside = beside and any(begins_unit(cell[0].plain) for cell in filled[1:])
    if any(len(cell) > 1 for cell in law) or beside:
        yield from (block for cell in cells for block in cell)
        return
    if filled:
        words = " ".join(cell[0].plain for cell in filled)
        number_in_cell = len(filled) > 1 and is_number(filled[0][0].plain)
        first = next((cell[0] for cell in filled if cell[0].level), filled[0][0])
        yield Block(words, filled[0][0].line, first.level, number_in_cell=number_in_cell)
    yield from (block for cell in cells for block in cell if block.furniture)


def is_number(words: str) -> bool:
    """Whether a cell holds the number of a unit and nothing else."""
    return bool(re.fullmatch(r"\d{1,4}[A-Z]{0,3}\.?", words.strip()))


def begins_unit(words: str) -> bool:
    """Whether the words of a cell begin with the number of a unit."""
    mark = read_mark(words)
    return mark is not None and mark[0].printed[:1].isdigit() and bool(mark[1])
