"""Blocks of a report on a page, as the Word file has them."""

from collections.abc import Sequence

from django import template

from lawcompare.engine.writing.report import Block, Grid, Line

register = template.Library()


@register.filter
def block_kind(block: Block) -> str:
    """Which kind of block it is: ``heading``, ``prose``, ``facts``, ``grid``, ``redline`` or ``newpage``."""
    return type(block).__name__.removeprefix("Report").lower()


@register.filter
def rows_with_heads(grid: Grid) -> list[list[tuple[str, Sequence[Line]]]]:
    """The rows of a table, each cell with the head of its column, which a narrow window prints above it."""
    return [list(zip(grid.heads, row, strict=True)) for row in grid.rows]
