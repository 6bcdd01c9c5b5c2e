"""The words of an excerpt as HTML."""

from collections.abc import Iterable

from django import template
from django.utils.safestring import SafeString

from lawcompare.engine.writing.card import Bar, Run
from lawcompare.laws.html import changed, joined, mark, marked, redline
from lawcompare.sharing.excerpts import SharedExcerpt

register = template.Library()

BAR_WIDTH = 600


@register.filter
def redlined(excerpt: SharedExcerpt, paragraph: Iterable[Run]) -> SafeString:
    """Returns a paragraph's runs as a redline; the words that a note is about are marked with its risk."""
    runs = ((op, marked(text, excerpt.language)) for op, text in paragraph)
    words = "".join(mark(html, excerpt.risk or 0) if op == "quote" else changed(op, html) for op, html in runs)
    return joined(redline(words))


@register.filter
def segments(bar: Bar, bars: Iterable[Bar]) -> list[tuple[str, str, int, int]]:
    """Returns the parts of a bar as (state, number as shown, left edge, width) in units of the picture."""
    most = max(sum(part[2] for part in one.parts) for one in bars)
    at, places = 0, []
    for state, _words, count, shown in bar.parts:
        places.append((state, shown, round(at * BAR_WIDTH / most), round(count * BAR_WIDTH / most)))
        at += count
    return places
