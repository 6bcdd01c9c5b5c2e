"""What a person should look at in a file of any form, apart from what its reader says: a warning each."""

import unicodedata
from collections.abc import Iterator
from dataclasses import replace

import regex

from lawcompare.engine.document import Document, ReadingWarning
from lawcompare.engine.reading.decoding import decode, parse
from lawcompare.engine.reading.legacy_fonts import is_torn
from lawcompare.engine.reading.rendered_lines import rendered_lines
from lawcompare.engine.structure.counted_lines import FEWEST, MAY_DIFFER, line_count_warnings
from lawcompare.engine.structure.outline import UNITS

# They turn the direction of what follows (UAX #9), or are never seen at all. The zero-width space and the joiners are
# not among them: Khmer is written with the one, and honest files hold the others.
TURNING = regex.compile(r"[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")
UNSEEN = regex.compile(r"[\u2061-\u2064\U000e0000-\U000e007f]")
# A word of Latin letters and of such that look like them. Scripts of whole words beside each other are honest.
MIXED = regex.compile(r"\b(?=\w*\p{Script=Latin})(?=\w*[\p{Script=Cyrillic}\p{Script=Greek}])[\p{L}\p{M}]{3,}\b")
# Provisions inside these are another law's, or no longer this one's.
_NOT_OWN = frozenset({
    "quotedStructure", "quotedText", "embeddedStructure", "quotedContent", "del", "toc", "meta", "note", "quoted-block",
})  # fmt: skip
_MOST_QUOTED = 80  # letters of a clause in a warning


def hidden_character_warnings(document: Document) -> tuple[ReadingWarning, ...]:
    """A warning for each clause, and each kind of invisible sign in it; the signs stay where they are."""
    return tuple(
        ReadingWarning(clause.line, kind, clause.num or clause.eid, {"sign": sign})
        for clause in document.clauses
        for kind, sign in find_hidden(f"{clause.num} {clause.heading} {clause.text}")
    )


def find_hidden(text: str) -> Iterator[tuple[str, str]]:
    """The kinds of hidden characters in a text, each with the first of them.

    >>> list(find_hidden("fined 100\\u202e000"))
    [('turning-sign', 'U+202E RIGHT-TO-LEFT OVERRIDE')]
    >>> list(find_hidden("unl\\u0430wful"))
    [('mixed-scripts', 'unlаwful')]
    """
    for kind, signs in (("turning-sign", TURNING), ("unseen-sign", UNSEEN)):
        if match := signs.search(text):
            yield kind, f"U+{ord(match[0]):04X} {unicodedata.name(match[0], '')}".strip()
    if match := MIXED.search(text):
        yield "mixed-scripts", match[0]


def torn_warnings(document: Document) -> tuple[ReadingWarning, ...]:
    """A warning for each clause in letters of an old Khmer font, where the rest of the file is in others."""
    known = {warning.line for warning in document.warnings if warning.kind == "unread-letters"}
    return tuple(
        ReadingWarning(clause.line, "torn-letters", (clause.heading or clause.text)[:_MOST_QUOTED])
        for clause in document.clauses
        if clause.line not in known and is_torn(f"{clause.heading} {clause.text}")
    )


def count_warnings(document: Document, data: bytes, form: str) -> tuple[ReadingWarning, ...]:
    """A warning with the provisions that the file plainly holds and the document lacks; none where they are few.

    Of legal XML the elements that are articles or sections are counted, of HTML and of text what the lines begin with.
    """
    if form in ("akn", "uslm", "usbill"):
        return _of_xml(document, data)
    if form == "html":
        return _of_html(document, data)
    return line_count_warnings(document)


def _of_html(document: Document, data: bytes) -> tuple[ReadingWarning, ...]:
    """As of a text, by the lines that a reader of the page sees; each is where its markup begins."""
    aside = {_fold(words) for each in document.furniture for words in each.text.split("\n")}
    lines = [each for each in rendered_lines(decode(data), is_xml=False) if _fold(each.words) not in aside]
    # The first line seen of each line of markup (under ""), and the first that begins with a number.
    lengths = {0, *(len(_fold(clause.num)) for clause in document.clauses)}
    first: dict[tuple[int, str], int] = {}
    for number, each in enumerate(lines, 1):
        words = _fold(each.words)
        for length in lengths:
            first.setdefault((each.line, words[:length]), number)
    places = (first.get((one.line, _fold(one.num))) or first.get((one.line, ""), 0) for one in document.clauses)
    clauses = tuple(replace(one, line=place) for one, place in zip(document.clauses, places, strict=True))
    source = tuple(each.words for each in lines)
    warnings = line_count_warnings(replace(document, source=source, furniture=(), clauses=clauses))
    return tuple(replace(each, line=lines[each.line - 1].line) for each in warnings)


def _fold(words: str) -> str:
    return "".join(words.split()).lower()


def _of_xml(document: Document, data: bytes) -> tuple[ReadingWarning, ...]:
    from lawcompare.engine.reading.xml_levels import is_struck, name_of  # loads a library, inside the box

    held = sum(
        1
        for element in parse(data).iter("{*}article", "{*}section")
        if not any(name_of(above) in _NOT_OWN or is_struck(above) for above in (element, *element.iterancestors()))
        and not any(name_of(inner) == "article" for inner in element.iter("{*}article") if inner is not element)
    )
    read = sum(1 for clause in document.clauses if clause.element in UNITS)
    if held < FEWEST or held - read <= MAY_DIFFER * held:
        return ()
    details = {"held": str(held), "read": str(read)}
    return (ReadingWarning(0, "units-missing", f"{held - read}", details),)
