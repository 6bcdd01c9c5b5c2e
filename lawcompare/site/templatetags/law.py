"""Template filters that every template has."""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import urlsplit

from django import template
from django.utils.safestring import SafeString, mark_safe

from lawcompare.engine.text.words import clusters, language_of
from lawcompare.languages import digits
from lawcompare.laws import rendering
from lawcompare.laws.citing.find_clause import cite
from lawcompare.laws.formatting import format_date
from lawcompare.laws.models import Clause
from lawcompare.laws.reading.version_page import ContentsEntry

register = template.Library()
register.filter(digits)
register.filter(format_date)
register.filter("written_in", language_of)

# Drawn, not typed: few phones have a letter for each. 16 units square, in the colour of the words beside it.
SIGNS = {
    "unchanged": '<path d="M3 6h10M3 10h10"/>',
    "changed": '<path d="M3 6h10M3 10h10M11 2 5 14"/>',
    "renumbered": '<path d="M6 2 5 14M11 2l-1 12M2 6h12M2 10h12"/>',
    "moved": '<path d="M5 14V2L2 5M5 2l3 3M11 2v12l-3-3M11 14l3-3"/>',
    "split": '<path d="M8 15V9L3 3M8 9l5-6M3 7V3h4M13 7V3H9"/>',
    "merged": '<path d="M8 1v13M8 7 3 1M8 7l5-6M5 11l3 3 3-3"/>',
    "added": '<path d="M8 2v12M2 8h12"/>',
    "removed": '<path d="M2 8h12"/>',
    "unknown": '<path d="M5 5.5A3 3 0 1 1 8.5 8.5V10M8.5 13.4v.1"/>',
    "0": '<circle class="solid" cx="8" cy="8" r="1.5"/>',
    "1": '<circle cx="8" cy="8" r="5.5"/>',
    "2": '<circle cx="8" cy="8" r="5.5"/><path class="solid" d="M8 2.5a5.5 5.5 0 0 1 0 11z"/>',
    "3": '<path class="solid" d="m8 1.5 6.5 6.5L8 14.5 1.5 8z"/>',
    "4": '<path class="solid" d="M8 2l6.5 11.5h-13z"/>',
    "equivalent": '<path d="M3 6h10M3 10h10"/>',
    "narrower": '<path d="M13 3H8a5 5 0 0 0 0 10h5"/>',
    "broader": '<path d="M3 3h5a5 5 0 0 1 0 10H3"/>',
    "partial": '<circle cx="5.5" cy="8" r="4"/><circle cx="10.5" cy="8" r="4"/>',
    "contrary": '<path d="M3 3l10 10M13 3 3 13"/>',
    "adds": '<path d="M8 2v12M2 8h12"/>',
    "not-known": '<path d="M5 5.5A3 3 0 1 1 8.5 8.5V10M8.5 13.4v.1"/>',
    "absent": '<circle cx="8" cy="8" r="5"/><path d="M13 3 3 13"/>',
    "elsewhere": '<path d="M3 8h9M9 5l3 3-3 3"/>',
    "none": '<circle cx="8" cy="8" r="5"/><path d="M13 3 3 13"/>',
}


@register.filter
def sign(name: str | int) -> SafeString:
    """Returns the icon of a kind of change, a risk or a relation; a word always stands beside it."""
    shape = SIGNS.get(str(name), "")
    return mark_safe(f'<svg class="mark" viewBox="0 0 16 16" aria-hidden="true">{shape}</svg>')  # noqa: S308


@register.simple_tag
def contents_list(entries: Sequence[ContentsEntry], page: int) -> SafeString:
    """Returns the table of contents as HTML, as seen from a page of the version."""
    return mark_safe(rendering.contents(entries, page))  # noqa: S308


@register.filter
def cited(clause: Clause) -> str:
    """Returns how a clause is cited where its article is not in sight: ``§ 1030(a)(2)``."""
    return cite(clause)


@register.filter
def host(address: str) -> str:
    """Returns the host of a source's address, as the words of a link to it.

    >>> host("https://www.article19.org/resources/x/")
    'article19.org'
    """
    return (urlsplit(address).hostname or address).removeprefix("www.")


@register.filter
def number_alone(num: str) -> str:
    """Returns a number without the word before it.

    >>> number_alone("Article 28")
    '28'
    """
    return num.split(" ")[-1] if num else "–"


@register.filter
def opening(text: str, limit: int = 240) -> str:
    """Returns the first ``limit`` characters of a text, cut between words, or between clusters without spaces.

    >>> opening("Nobody can foresee what will be deemed.", 20)
    'Nobody can foresee…'
    """
    text = " ".join(text.split())
    if len(text) <= limit:
        return text
    kept = "".join(clusters(text)[:limit])[:limit]
    at_word = kept.rpartition(" ")[0]
    return (at_word if len(at_word) > limit // 2 else kept).rstrip(" ,;:.") + "…"
