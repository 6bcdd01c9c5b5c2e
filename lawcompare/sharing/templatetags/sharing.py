"""The words of an excerpt as HTML."""

from __future__ import annotations

from collections.abc import Iterable

from django import template
from django.utils.html import escape
from django.utils.safestring import SafeString

from lawcompare.engine.writing.typeset.card import Bar, Run
from lawcompare.laws import rendering

register = template.Library()

BAR_WIDTH = 600


@register.filter
def redlined(paragraph: Iterable[Run], risk: int | None) -> SafeString:
    """Returns a paragraph's runs as a redline; the words that a note is about are marked with its risk."""
    words = "".join(
        rendering.mark(text, risk or 0) if op == "quote" else rendering.changed(op, escape(text))
        for op, text in paragraph
    )
    return rendering.in_language(rendering.redline(words))


@register.filter
def segments(bar: Bar, bars: Iterable[Bar]) -> list[tuple[str, str, int, int]]:
    """Returns the parts of a bar as (state, number as shown, left edge, width) in units of the picture."""
    most = max(sum(part[2] for part in one.parts) for one in bars)
    at, places = 0, []
    for state, _words, count, shown in bar.parts:
        places.append((state, shown, round(at * BAR_WIDTH / most), round(count * BAR_WIDTH / most)))
        at += count
    return places
