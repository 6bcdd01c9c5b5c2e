"""The renderer: words of law, redlines and rows of comparisons as HTML. No other Python writes HTML.

What is frozen is rendered once, when it is written, and stored without a word of the interface: where one belongs, as
before words put in, stands a placeholder, a comment that ``in_language`` replaces when a page is made. Words of law are
escaped, so that no placeholder can come from them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from html import escape, unescape
from typing import Any
from urllib.parse import quote

from django.template import Context
from django.urls import reverse
from django.utils.http import RFC3986_SUBDELIMS
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from lawcompare.languages import digits, reader_language
from lawcompare.laws.citing.numbers import number_in_reader_language
from lawcompare.laws.models import Clause, Version
from lawcompare.laws.reading.version_page import ContentsEntry
from lawcompare.localisation.texts import localised
from lawcompare.standard_names import script_of

# Counted up wherever the same words become other HTML: ``render_texts`` then renders all that is stored again.
RENDERER = 3

INSERTED, DELETED = "<!--inserted-->", "<!--deleted-->"
_OLD_SIDE = re.compile(r'<div class="old law.*?(?=<div class="new law)', re.DOTALL)
_PLACEHOLDER = re.compile(r"<!--(unchanged|moved|old-text):([^>]*)-->")
_TAG = re.compile(r"(<[^>]*>)")
_LATIN = r"[A-Za-zÀ-ÿ]"
_KHMER = r"[\u1780-\u17d3\u17d7\u17dc\u17dd\u200b]"
# Two letters and more, or letters with stops between them (U.S.C.); not the letter or number of a list: a), (ii), IV.
_LATIN_WORD = rf"(?<!{_LATIN})(?:(?![ivx]+\)|[IVX]+(?!{_LATIN})){_LATIN}{{2,}}|{_LATIN}(?:\.{_LATIN})+)"
# The runs of words of another script than a text's, and the language that these are in here. Between words of a run may
# stand numbers, signs and single letters, at its ends only words.
_OTHER_SCRIPTS = {
    "Latn": (re.compile(rf"{_LATIN_WORD}(?:[A-Za-zÀ-ÿ\s\d.,;:'’\-–/&§+()“”\"…\[\]@_]*{_LATIN_WORD})?"), "en"),
    "Khmr": (re.compile(rf"{_KHMER}+(?:[\s\d០-៩.,;:៖។()«»\-–/]*{_KHMER}+)*"), "km"),
}
# So many steps a clause is set in at most.
INDENT_MAX = 6


# --- What a page adds to stored HTML ----------------------------------------------------------------------------------


def in_language(html: str) -> SafeString:
    """Stored HTML with the words of the interface in the reader's language in place of its placeholders."""
    html = html.replace(INSERTED, _spoken(_("inserted:"))).replace(DELETED, _spoken(_("deleted:")))
    return mark_safe(_PLACEHOLDER.sub(_word, html) if "<!--" in html else html)  # noqa: S308


def _spoken(word: str) -> str:
    """A word for those who listen."""
    return f'<span class="sr">{escape(word)} </span>'


def _word(placeholder: re.Match[str]) -> str:
    name, value = placeholder.groups()
    if name == "unchanged":
        return escape(unchanged_paragraphs(int(value)))
    if name == "moved":
        return escape(_("moved; it stood at %(place)s")) % {"place": value}
    return f'<p class="side-label" lang="{reader_language().code}">{escape(_("Old text"))}</p>'


def unchanged_paragraphs(count: int) -> str:
    return ngettext("%(n)s unchanged paragraph", "%(n)s unchanged paragraphs", count) % {"n": digits(count)}


def without_old_side(html: str) -> str:
    """A redline for reading inline: the new side, in which what was taken out stands too."""
    return _OLD_SIDE.sub("", html)


def joined(*pieces: str) -> SafeString:
    """Pieces of HTML one after another, as a template takes them unescaped."""
    return SafeString("".join(pieces))


def marked(words: str, language: str = "") -> SafeString:
    """Words as HTML, each run of another language in an element that names it.

    Another than ``language``, that of the text which the words are of; without it, than that of the page. Words that
    are HTML already, such as the sanitised body of a note, keep their tags.
    """
    if isinstance(words, SafeString):
        return SafeString(_marked_html(words, language))
    return SafeString(_marked(str(words), language))


def _marked_html(html: str, language: str) -> str:
    """HTML with its runs of another language marked; each lies between two tags."""
    return "".join(piece if piece.startswith("<") else _marked(unescape(piece), language) for piece in _TAG.split(html))


def _marked(words: str, language: str = "") -> str:
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
        link = f'<a class="term" href="{escape(address)}">{_marked(words[start:stop])}</a>'
        pieces += [_marked(words[end:start]), link]
        end = stop
    return joined(*pieces, _marked(words[end:]))


def component(context: Context, name: str, /, **more: Any) -> str:
    """A template of ``components/`` with the context of the page, as if it was included there."""
    assert context.template is not None
    with context.push(**more):
        return str(context.template.engine.get_template(f"components/{name}.html").render(context)).strip()


# --- Words of a clause ------------------------------------------------------------------------------------------------


def paragraphs(text: str, language: str) -> str:
    """The words of a clause, a paragraph for each line that is not empty."""
    return "".join(f"<p>{_marked(line, language)}</p>" for line in text.split("\n") if line)


def paragraphs_of(lines: Iterable[str]) -> str:
    """Lines of HTML as paragraphs."""
    return "".join(f"<p>{line}</p>" for line in lines)


def with_lead(html: str, lead: str) -> str:
    """Paragraphs, the first of which begins with ``lead``."""
    if not lead:
        return html
    return f"<p>{lead}{html[3:]}" if html else f"<p>{lead}</p>"


def lead(number: str, heading: str) -> str:
    """The number and heading, both HTML, that run into the first line of a clause."""
    hung = f'<span class="hang">{number} </span>' if number else ""
    return f'{hung}<span class="run-in">{heading}</span> ' if heading else hung


def lead_of(clause: Any, language: str) -> str:
    """The number and heading of a clause of a text in ``language``, to run into its first line."""
    return lead(_marked(clause.num, language), _marked(clause.heading, language))


def mark(words: str, risk: int) -> str:
    """Words, as HTML, on which somebody wrote a note, underlined by its risk."""
    return f'<mark class="r{risk}">{words}</mark>'


def note_link(slug: str, risk: int, count: str, spoken: str) -> str:
    """The sign after words on which there are notes, which leads to the gravest of them.

    It holds no text: a program that looks for quoted words in the text of the page finds them whole (W3C
    TextQuoteSelector), as it finds them in the clause.
    """
    number = f' data-count="{count}"' if count else ""
    return f'<a class="ref r{risk}" href="#note-{slug}" aria-label="{escape(spoken)}"{number}><span></span></a>'


def not_linked(words: str) -> str:
    """Words, as HTML, of a link that leads nowhere in a mirror."""
    return f'<span class="not-here">{words}</span>'


def clause_text(eid: str, html: str) -> str:
    """The words of a clause where a reader chooses those of a note."""
    return f'<div data-eid="{escape(eid)}">{html}</div>'


# --- Clauses of a page ------------------------------------------------------------------------------------------------


def division(eid: str, level: int, head: tuple[str, str], text: str, laid_over: str, language: str) -> str:
    """A heading above articles, such as a chapter's; ``head``: number and heading as HTML."""
    number = f'<span class="num">{head[0]}</span> ' if head[0] else ""
    words = f'<div class="clause law" lang="{language}">{clause_text(eid, text)}</div>\n' if text else ""
    heading = f'<h{level} class="division" id="{escape(eid)}" lang="{language}">{number}{head[1]}</h{level}>'
    return f'{heading}\n{words}<div class="clause">{laid_over}</div>\n'


def clause(eid: str, indent: int, is_unit: bool, body: str, language: str) -> str:
    """A clause with all that is shown of it."""
    unit = " unit" if is_unit else ""
    return f'<div class="clause law{unit} i{indent}" id="{escape(eid)}" lang="{language}">\n{body}\n</div>\n'


def former_ids(eids: Iterable[str]) -> str:
    """Empty places with the ids that a clause had before, so that old links land on it."""
    return "".join(f'<span class="former-id" id="{escape(eid)}"></span>' for eid in eids)


def clause_heading(level: int, number: str, heading: str, tools: str) -> str:
    """The heading of an article; number and heading are HTML."""
    stop = ". " if number and heading else ""
    return f'<h{level} class="heading">{number}{stop}{heading} {tools}</h{level}>\n'


class ClauseTools:
    """The links at a clause: to itself, to its own page, to writing a note on it. Words are looked up once a page."""

    def __init__(self, addresses: ClauseAddresses | None, annotates: bool) -> None:
        """``addresses``: None where clauses have no pages yet; ``annotates``: for who may write notes."""
        self.addresses, self.annotates = addresses, annotates
        self.before = f'<span class="tools" lang="{reader_language().code}"><a href="#'
        self.itself = f'" title="{escape(_("Link to this clause"))}">¶<span class="sr"> {escape(_("link to"))} '
        self.opens, self.notes = escape(_("open")), escape(_("annotate"))

    def __call__(self, clause: Clause) -> str:
        name = _marked(str(clause))
        links = f"{self.before}{escape(clause.eid)}{self.itself}{name}</span></a>"
        if self.addresses:
            address = self.addresses(clause.eid)
            links += f' <a href="{address}">{self.opens}<span class="sr"> {name}</span></a>'
            if self.annotates:
                links += f' <a href="{address}annotate/">{self.notes}<span class="sr"> {name}</span></a>'
        return f"{links}</span>"


def contents(entries: Sequence[ContentsEntry], page: int) -> str:
    """The table of contents as nested lists; ``page`` is the one that is shown."""
    items = []
    for entry in entries:
        clause = entry.clause
        printed = number_in_reader_language(clause.num)
        number = f"<span{' class="dim"' if clause.heading else ''}>{_marked(printed)}</span> " if printed else ""
        words = number + _marked(localised(clause.heading))
        query = "" if entry.page == page else f"?page={entry.page}"
        inside = contents(entry.children, page) if entry.children else ""
        items.append(f'<li><a href="{query}#{escape(clause.eid)}">{words}</a>{inside}</li>\n')
    return f"<ol>\n{''.join(items)}</ol>"


# --- Redlines ---------------------------------------------------------------------------------------------------------


def changed(op: str, words: str, noise: str = "") -> str:
    """Words, as HTML, that were kept (``equal``), put in (``insert``) or taken out (``delete``)."""
    if op == "equal":
        return words
    kind = ' class="noise"' if noise else ""
    if op == "insert":
        return f"<ins{kind}>{INSERTED}{words}</ins>"
    return f"<del{kind}>{DELETED}{words}</del>"


def whole(op: str, html: str, is_gone: bool = False) -> str:
    """Paragraphs of a clause that was put in or taken out as a whole; ``is_gone``: on the side where it is no more."""
    if op == "insert":
        return f'<ins class="whole">{INSERTED}{html}</ins>'
    return f'<del class="whole{" gone" if is_gone else ""}">{DELETED}{html}</del>'


def redline(words: str, lead: str = "") -> str:
    """One paragraph of a redline."""
    return f'<p class="runs">{lead}{words}</p>'


def in_context(before: str, words: str, after: str, language: str) -> str:
    """Words, as HTML, between those that stand around them in the clause."""
    around = '<span class="around">{}</span>'
    return redline(f"{around.format(_marked(before, language))}{words}{around.format(_marked(after, language))}")


def alone(html: str, is_inline: bool = False) -> str:
    """Paragraphs of a clause that is set against nothing, since too little is known."""
    return f'<div class="only{" inline-only" if is_inline else ""}">{html}</div>'


def old_text_label() -> str:
    return "<!--old-text:-->"


def folded(count: int, html: str, indent: int, language: str) -> str:
    """Paragraphs that are the same in both texts, behind a line that opens."""
    law = f'<div class="law i{indent}" lang="{language}">{html}</div>'
    return f'<details class="gap"><summary><!--unchanged:{count}--></summary>{law}</details>'


def sides(old: str, new: str, indent: int, languages: tuple[str, str]) -> str:
    """Words set side by side."""
    beside = f'<div class="old law i{indent}" lang="{languages[0]}">{old}</div>\n'
    return f'<div class="pair">{beside}<div class="new law i{indent}" lang="{languages[1]}">{new}</div></div>'


def moved_note(place: str, indent: int) -> str:
    """Where a part stood before it was moved."""
    return f'<div class="pair"><div></div><p class="moved-note i{indent}"><!--moved:{escape(place)}--></p></div>'


def headings(old: str | None, new: str, is_gone: bool, languages: tuple[str, str]) -> str:
    """Number and heading of a row set side by side; ``old`` None: the old text has no such clause."""
    before = f'<p class="heading">{old}</p>' if old is not None else ""
    after = f'<p class="heading{" gone" if is_gone else ""}">{new}</p>'
    return (
        f'<div class="pair"><div class="old law" lang="{languages[0]}">{before}</div>\n'
        f'<div class="new law" lang="{languages[1]}">{after}</div></div>'
    )


# --- Rows of a comparison ---------------------------------------------------------------------------------------------


def row(anchor: str, look: str, header: str, body: str, notes: str = "", corrects: bool = False) -> str:
    """A row: its header, what it prints, the notes beside it; ``corrects``: with a place for the form that corrects."""
    form = '<div class="correct-here" aria-live="polite"></div>\n' if corrects else ""
    return (
        f'<article class="row k-{look}" id="{escape(anchor)}" tabindex="-1">\n{header}\n'
        f'{form}<div class="pairs">\n{body}\n</div>\n{notes}</article>\n'
    )


def row_header(kind: str, name: str, sentence: str, links: str) -> str:
    """What a row is, its name, what happened, and links; ``kind`` and ``links`` are HTML."""
    happened = f"<p>{_marked(sentence)}</p>" if sentence else ""
    return f'<header><h3>{kind} {_marked(name)}</h3>{happened}\n<p class="ways-out">{links}</p></header>'


def link(address: str, words: str, spoken: str) -> str:
    """A link; ``words`` are HTML, ``spoken`` more words for those who listen."""
    return f'<a href="{escape(address)}">{words}<span class="sr"> {_marked(spoken)}</span></a> '


def share_link(address: str, name: str) -> str:
    """The link of a row to the page on which it is shared."""
    return link(address, escape(_("share")), name)


def row_link(anchor: str) -> str:
    """The link of a row to itself."""
    title, spoken = escape(_("Link to this row")), escape(_("link to this row"))
    return f'<a class="perma" href="#{escape(anchor)}" title="{title}">¶<span class="sr"> {spoken}</span></a>'


def correcting_link(address: str, old: str, new: str, name: str) -> str:
    """The link to the form that corrects a row; a script shows the form below the row."""
    asked = f"{escape(address)}?old={escape(old)}&amp;new={escape(new)}"
    script = f'hx-get="{asked}" hx-target="next .correct-here" hx-swap="innerHTML"'
    words = escape(_("correct this pairing"))
    return f'<a class="no-print" href="{asked}" {script}>{words}<span class="sr"> {_marked(name)}</span></a> '


def folded_name(anchor: str, address: str, name: str) -> str:
    """A folded row of a long page: its name, as a link to the clause."""
    return f'<p class="heading" id="{escape(anchor)}"><a href="{escape(address)}">{_marked(name)}</a></p>'


def folded_row(anchor: str, language: str, heading: str, parts: str) -> str:
    """A folded row: the clause as the new text has it."""
    return (
        f'<div class="law" id="{escape(anchor)}" lang="{language}">\n<p class="heading">{heading}</p>\n{parts}</div>\n'
    )


def folded_part(html: str, indent: int) -> str:
    return f'<div class="clause i{indent}">{html}</div>'


def gap(count: int, address: str) -> str:
    """So many unchanged paragraphs left out of a row, as a link to the clause."""
    link = f'<a href="{escape(address)}">{escape(unchanged_paragraphs(count))}</a>' if address else ""
    return f'<p class="gap">{link}</p>'


def strip_cell(address: str, look: str, height: int, words: str, is_change: bool) -> str:
    """A cell of the map above a comparison."""
    change = " data-change" if is_change else ""
    return (
        f'<li><a href="{escape(address)}" title="{escape(words)}"{change}><i class="cell k-{look} h{height}"></i>'
        f'<span class="sr">{_marked(words)}</span></a></li>\n'
    )


def strip_line(address: str, sign: str, words: str) -> str:
    """The same as a line of a list."""
    return f'<li><a href="{escape(address)}">{sign} {_marked(words)}</a></li>'


def numbered_paragraph(number: str, words: str) -> str:
    return f"<p>{escape(number)} {words}</p>"


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


def sign(name: str | int) -> SafeString:
    """Returns the icon of a kind of change, a risk or a relation; a word always stands beside it."""
    shape = SIGNS.get(str(name), "")
    return mark_safe(f'<svg class="mark" viewBox="0 0 16 16" aria-hidden="true">{shape}</svg>')  # noqa: S308
