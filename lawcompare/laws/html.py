"""Words of law and redlines as HTML; ``comparisons.html`` makes rows of them, ``annotations.html`` clauses."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from functools import cache
from html import escape, unescape
from itertools import groupby
from typing import Any
from urllib.parse import quote

from django.template import Context
from django.urls import reverse
from django.utils.html import format_html
from django.utils.http import RFC3986_SUBDELIMS
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from lawcompare.core.standard_names import script_of
from lawcompare.core.translations.texts import localised
from lawcompare.engine.document import ROW_TABS
from lawcompare.engine.text.words import language_of
from lawcompare.languages import reader_language
from lawcompare.laws.citing import cite
from lawcompare.laws.formatting import number_in_reader_language
from lawcompare.laws.models import Clause, Version
from lawcompare.laws.version_page import ContentsEntry

_TAG = re.compile(r"(<[^>]*>)")
_LATIN = r"[A-Za-zÀ-ÿ]"
_KHMER = r"[\u1780-\u17d3\u17d7\u17dc\u17dd\u200b]"
# Two letters and more, or letters with stops between them (U.S.C.); not the letter or number of a list: a), (ii), IV.
_LATIN_WORD = rf"(?<!{_LATIN})(?:(?![ivx]+\)|[IVX]+(?!{_LATIN})){_LATIN}{{2,}}|{_LATIN}(?:\.{_LATIN})+)"
# The runs of words of another script than a text's, and the language that these are in here. Between words of a run may
# stand numbers, signs and single letters, at its ends only words.
_OTHER_SCRIPTS = {
    "Latn": (re.compile(rf"{_LATIN_WORD}(?:[A-Za-zÀ-ÿ\s\d.,;:'’\-–/&§+()“”\"…\[\]@_]*{_LATIN_WORD})?"), "en"),
    "Khmr": (re.compile(rf"{_KHMER}+(?:[\s\d០-៩.,;:៖។()«»\-–/]+{_KHMER}+)*"), "km"),
}
_CLOSING = {"“": "”", "«": "»", "‘": "’"}
# So many steps a clause is set in at most.
INDENT_MAX = 6


# --- Words ------------------------------------------------------------------------------------------------------------


def joined(*pieces: str) -> SafeString:
    """Pieces of HTML one after another, as a template takes them unescaped."""
    return SafeString("".join(pieces))


def link(address: str, words: str) -> SafeString:
    """Returns a link in the language of its words."""
    return format_html('<a href="{}" lang="{}">{}</a>', address, language_of(words), words)


def link_to_clause(version: Version, clause: Clause) -> SafeString:
    """Returns the citation of a clause as a link to it in this text."""
    address = reverse("clause", args=[version.law.slug, version.slug, clause.eid])
    return format_html('<a href="{}">{}</a>', address, marked(cite(clause)))


def marked(words: str, language: str = "") -> SafeString:
    """Words as HTML, each run of another language in an element that names it.

    Another than ``language``, that of the text which the words are of; without it, than that of the page. Words that
    are HTML already, such as the sanitised body of a note, keep their tags. Words of a text are shown as they stand; in
    others straight quotation marks are set.
    """
    is_html, words = isinstance(words, SafeString), str(words)
    if not language and ('"' in words or "&quot;" in words or "&#34;" in words):
        words = set_quotes(words)
    if is_html:
        pieces = _TAG.split(words)  # each run of words lies between two tags
        return SafeString("".join(one if one.startswith("<") else as_html(unescape(one), language) for one in pieces))
    return SafeString(as_html(words, language))


def set_quotes(words: str) -> str:
    """Straight double quotation marks as the page's language has them at the level at which they stand.

    >>> set_quotes('“access, "intentionally" and "without right"”')
    '“access, ‘intentionally’ and ‘without right’”'
    """
    opened: list[str] = []  # the closing marks still to come, ten at most, the innermost last
    pieces: list[str] = []
    for piece in re.split(r'(<[^>]*>|[“”«»]|"|&quot;|&#34;)', words):
        before = pieces[-1][-1:] if pieces else ""
        if piece in _CLOSING:
            opened = [*opened[-9:], _CLOSING[piece]]
        elif piece in {"”", "»"} and piece in opened:
            del opened[opened.index(piece) :]
        elif piece in {'"', "&quot;", "&#34;"} and opened and before.strip(" (\n“«‘—"):
            piece = opened.pop()
        elif piece in {'"', "&quot;", "&#34;"} and not before.strip(" (\n“«—>"):
            inside = {"»": "“", "”": "‘"}.get(opened[-1], "‘") if opened else ""
            piece = inside or ("«" if reader_language().code == "km" else "“")
            opened.append(_CLOSING[piece])
        pieces += [piece] if piece else []
    return "".join(pieces)


def as_html(words: str, language: str = "") -> str:
    """The same of words that are no HTML, for Python that writes more around them."""
    script = script_of(language) if language else reader_language().script
    if script == "Latn" and words.isascii():
        return escape(words)  # as most words are: no other script is in them
    others = [other for name, other in _OTHER_SCRIPTS.items() if name != script]
    runs = sorted((run.start(), run.end(), language) for pattern, language in others for run in pattern.finditer(words))
    pieces, at = [], 0
    for start, end, language in runs:
        if start >= at:
            pieces += [escape(words[at:start]), f'<span lang="{language}">{escape(words[start:end])}</span>']
            at = end
    return "".join([*pieces, escape(words[at:])])


def with_links(words: str, places: Iterable[tuple[int, int, str]]) -> SafeString:
    """Words as HTML with links in them: ``places`` are start, end and address of each, in order."""
    pieces, end = [], 0
    for start, stop, address in places:
        link = f'<a class="term" href="{escape(address)}">{as_html(words[start:stop])}</a>'
        pieces += [as_html(words[end:start]), link]
        end = stop
    return joined(*pieces, as_html(words[end:]))


def component(context: Context, name: str, /, **more: Any) -> str:
    """A template of ``components/`` with the context of the page, as if it was included there."""
    assert context.template is not None
    with context.push(**more):
        return str(context.template.engine.get_template(f"components/{name}.html").render(context)).strip()


# --- Words of a clause ------------------------------------------------------------------------------------------------


def paragraphs(text: str, language: str) -> str:
    """The words of a clause, a paragraph for each line that is not empty."""
    return paragraphs_of(as_html(line, language) for line in text.split("\n") if line)


def paragraphs_of(lines: Iterable[str]) -> str:
    """Lines of HTML as paragraphs; the rows of a table, which have tabs between their cells, as a table."""
    html = ""
    for tabs, group in groupby(lines, lambda line: line.count("\t")):
        rows = list(group)
        if tabs < ROW_TABS or len(rows) == 1:
            html += "".join(f"<p>{line}</p>" for line in rows)
            continue
        cells = "".join(f"<tr><td>{row.replace('\t', '</td><td>')}</td></tr>" for row in rows)
        name = escape(_("Table"))
        html += f'<div class="scroll" tabindex="0" role="region" aria-label="{name}"><table>{cells}</table></div>'
    return html


def with_lead(html: str, lead: str) -> str:
    """Paragraphs, the first of which begins with ``lead``."""
    if not lead:
        return html
    return f"<p>{lead}{html[3:]}" if html.startswith("<p>") else f"<p>{lead}</p>{html}"


def lead(number: str, heading: str) -> str:
    """The number and heading, both HTML, that run into the first line of a clause."""
    hung = f'<span class="hang">{number} </span>' if number else ""
    return f'{hung}<span class="run-in">{heading}</span> ' if heading else hung


def lead_of(clause: Any, language: str) -> str:
    """The number and heading of a clause of a text in ``language``, to run into its first line."""
    return lead(as_html(clause.num, language), as_html(clause.heading, language))


def mark(words: str, risk: int) -> str:
    """Words, as HTML, on which somebody wrote a note, underlined by its risk."""
    return f'<mark class="r{risk}">{words}</mark>'


def not_linked(words: str) -> str:
    """Words, as HTML, of a link that leads nowhere in a mirror."""
    return f'<span class="not-here">{words}</span>'


# --- Contents ---------------------------------------------------------------------------------------------------------


def contents(entries: Sequence[ContentsEntry], page: int) -> str:
    """The table of contents as nested lists; ``page`` is the one that is shown."""
    items, language = [], reader_language().code
    for entry in entries:
        clause = entry.clause
        printed = number_in_reader_language(clause.num, language)
        number = f"<span{' class="dim"' if clause.heading else ''}>{as_html(printed)}</span> " if printed else ""
        words = number + as_html(localised(clause.heading))
        query = "" if entry.page == page else f"?page={entry.page}"
        inside = contents(entry.children, page) if entry.children else ""
        items.append(f'<li><a href="{query}#{escape(clause.eid)}">{words}</a>{inside}</li>\n')
    return f"<ol>\n{''.join(items)}</ol>"


# --- Redlines ---------------------------------------------------------------------------------------------------------


def changed(op: str, words: str, noise: str = "", spoken: str = "") -> str:
    """Words, as HTML, that were kept (``equal``), put in (``insert``) or taken out (``delete``); those of a
    paraphrase are no change. ``spoken``: the reader's language, for whoever writes hundreds.
    """
    if op not in {"insert", "delete"}:
        return words
    element = "ins" if op == "insert" else "del"
    kind = ' class="noise slip"' if noise == "slip" else ' class="noise"' if noise else ""
    return f"<{element}{kind}>{announced(op, spoken)}{words}</{element}>"


def announced(op: str, spoken: str = "") -> str:
    """What those who listen hear before words that were put in or taken out."""
    return _announced(op, spoken or reader_language().code)


@cache
def _announced(op: str, _language: str) -> str:
    word = _("inserted:") if op == "insert" else _("deleted:")
    return f'<span class="sr">{escape(word)} </span>'


def redline(words: str, lead: str = "") -> str:
    """One paragraph of a redline."""
    return f'<p class="runs">{lead}{words}</p>'


def in_context(before: str, words: str, after: str, language: str) -> str:
    """Words, as HTML, between those that stand around them in the clause."""
    around = '<span class="around">{}</span>'
    return redline(f"{around.format(as_html(before, language))}{words}{around.format(as_html(after, language))}")


# --- Addresses --------------------------------------------------------------------------------------------------------


# As ``reverse`` has it.
_UNQUOTED = RFC3986_SUBDELIMS + "/~:@"


class ClauseAddresses:
    """Addresses of the clauses of a version: its own is looked up once, for a page has hundreds of links to clauses."""

    def __init__(self, version: Version) -> None:
        address = reverse("clause", args=[version.law.slug, version.slug, "x"])
        self.before, self.after = address.removesuffix("x/"), "/"

    def __call__(self, eid: str) -> str:
        return f"{self.before}{quote(eid, safe=_UNQUOTED)}{self.after}"


# --- Signs -----------------------------------------------------------------------------------------------------------


def _bars(level: int) -> str:
    """Four bars that rise, the first ``level`` of them filled; of the others the foot."""
    heights = [3 * number + 1 if number <= level else 1 for number in range(1, 5)]
    bars = "".join(f"M{at * 4 + 0.5:g} 14.5v-{height}h3v{height}z" for at, height in enumerate(heights))
    return f'<path class="solid" d="{bars}"/>'


# Drawn, not typed: few phones have a letter for each. 16 units square, in the colour of the words beside it. One sign
# has one meaning (all stand on /styleguide/). What became of a concern is in components/note/_outcome_sign.svg.
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
    **{str(level): _bars(level) for level in range(1, 5)},
    "equivalent": '<path d="M1.5 8h13M4.5 5l-3 3 3 3M11.5 5l3 3-3 3"/>',
    "narrower": '<path d="M13 3H8a5 5 0 0 0 0 10h5"/>',
    "broader": '<path d="M3 3h5a5 5 0 0 1 0 10H3"/>',
    "partial": '<circle cx="5.5" cy="8" r="4"/><circle cx="10.5" cy="8" r="4"/>',
    "heading": '<path d="M2 5h12M2 10.5h2M7 10.5h2M12 10.5h2"/>',
    "contrary": '<path d="M3 3l10 10M13 3 3 13"/>',
    "adds": '<circle cx="8" cy="8" r="6.5"/><path d="M8 5v6M5 8h6"/>',
    "not-known": '<path d="M5 5.5A3 3 0 1 1 8.5 8.5V10M8.5 13.4v.1"/>',
    "absent": '<circle cx="8" cy="8" r="5"/><path d="M13 3 3 13"/>',
    "elsewhere": '<path d="M3 8h9M9 5l3 3-3 3"/>',
    "none": '<circle cx="8" cy="8" r="5"/><path d="M13 3 3 13"/>',
}


def sign(name: str | int) -> SafeString:
    """Returns the icon of a kind of change, a risk or a relation; a word always stands beside it."""
    shape = SIGNS.get(str(name), "")
    return SafeString(f'<svg class="mark" viewBox="0 0 16 16" aria-hidden="true">{shape}</svg>')
