"""Filters of the templates, loaded everywhere."""

from django import template

register = template.Library()

KHMER_DIGITS = str.maketrans("0123456789", "០១២៣៤៥៦៧៨៩")


@register.filter
def paragraphs(text: str) -> list[str]:
    """The paragraphs of a clause's text."""
    return [line for line in text.split("\n") if line.strip()]
