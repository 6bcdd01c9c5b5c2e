"""Counts, apart from what a reader made of a file, the provisions that the file plainly holds, and tells a difference.

Of legal XML the elements that are articles or sections are counted, of HTML and of text what the lines begin with.
"""

from dataclasses import replace
from typing import Any

from lawcompare.engine.document import Document, ReadingWarning
from lawcompare.engine.structure.counted_lines import FEWEST, MAY_DIFFER, line_count_warnings
from lawcompare.engine.structure.outline import UNITS

# Provisions inside these are another law's, or no longer this one's.
_NOT_OWN = frozenset({
    "quotedStructure", "quotedText", "embeddedStructure", "quotedContent", "del", "toc", "meta", "note", "quoted-block",
})  # fmt: skip


def count_warnings(document: Document, data: bytes, form: str) -> tuple[ReadingWarning, ...]:
    """A warning with the provisions that the file holds and the document lacks; none where they are few."""
    if form in ("akn", "uslm", "usbill"):
        return _of_xml(document, data)
    if form == "html":
        return _of_html(document, data)
    return line_count_warnings(document)


def _of_html(document: Document, data: bytes) -> tuple[ReadingWarning, ...]:
    """As of a text, by the lines that a reader of the page sees; each is where its markup begins."""
    from lawcompare.engine.reading.decoding.encodings import decode
    from lawcompare.engine.reading.rendered_lines import rendered_lines

    seen = rendered_lines(decode(data), is_xml=False)
    aside = {words for each in document.furniture for words in _folded(each.text)}
    lines = [each for each in seen if _fold(each.words) not in aside]
    warnings = line_count_warnings(
        replace(document, source=tuple(each.words for each in lines), furniture=(), clauses=_on_lines(document, lines))
    )
    return tuple(replace(each, line=lines[each.line - 1].line) for each in warnings)


def _on_lines(document: Document, lines: list[Any]) -> tuple[Any, ...]:
    """The clauses with the lines as seen in the place of those of the markup."""
    places: dict[int, list[int]] = {}
    for number, each in enumerate(lines, 1):
        places.setdefault(each.line, []).append(number)
    moved = []
    for clause in document.clauses:
        own = places.get(clause.line, [])
        fits = [at for at in own if clause.num and _fold(lines[at - 1].words).startswith(_fold(clause.num))]
        moved.append(replace(clause, line=(fits or own or [0])[0]))
    return tuple(moved)


def _fold(words: str) -> str:
    return "".join(words.split()).lower()


def _folded(text: str) -> list[str]:
    return [_fold(line) for line in text.split("\n")]


def _of_xml(document: Document, data: bytes) -> tuple[ReadingWarning, ...]:
    from lawcompare.engine.reading.decoding.safe_xml import parse
    from lawcompare.engine.reading.xml.levels import name_of

    held = sum(
        1
        for element in parse(data).iter("{*}article", "{*}section")
        if not any(name_of(above) in _NOT_OWN or _is_struck(above) for above in (element, *element.iterancestors()))
        and not any(name_of(inner) == "article" for inner in element.iter("{*}article") if inner is not element)
    )
    read = sum(1 for clause in document.clauses if clause.element in UNITS)
    if held < FEWEST or held - read <= MAY_DIFFER * held:
        return ()
    details = {"held": str(held), "read": str(read)}
    return (ReadingWarning(0, "units-missing", f"{held - read}", details),)


def _is_struck(element: Any) -> bool:
    """Whether USLM says that a committee struck the element out."""
    return "deleted" in (element.get("changed"), *(element.get("class") or "").split())
