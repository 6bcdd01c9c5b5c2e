"""Blocks of a report on a page, as the Word file has them."""

from django import template

from lawcompare.engine.writing.report import Block

register = template.Library()


@register.filter
def block_kind(block: Block) -> str:
    """Which kind of block it is: ``heading``, ``prose``, ``facts``, ``grid``, ``redline`` or ``newpage``."""
    return type(block).__name__.lower()
