"""Plain text -> Document. The lines may be broken anywhere and carry page numbers; see ``lines`` and ``unwrap``."""

from dataclasses import replace

from lawcompare.engine.document import Document, ReadingWarning
from lawcompare.engine.reading.decoding.encodings import decode
from lawcompare.engine.reading.layout.text_lines import read_lines
from lawcompare.engine.reading.layout.unwrap import paragraphs
from lawcompare.engine.reading.legacy_fonts import convert_lines, is_torn
from lawcompare.engine.structure.segment import segment
from lawcompare.engine.text.words import language_of


def read(data: bytes, *, language: str | None = None) -> Document:
    """Read a law from plain text; raises ReadingError for text in no known encoding.

    Khmer typed in an old font is taken for Limon or ABC and put into Unicode where that gives words, with a warning.

    >>> read("មាត្រា ១.- គោលបំណង\\nច្បាប់នេះមានគោលបំណង ។\\n".encode()).clauses[0].num
    'មាត្រា ១'
    """
    text = decode(data)
    converted = convert_lines(text) if is_torn(text) else None
    if converted is not None:
        text, family = converted
    segmented = segment(list(paragraphs(read_lines(text))))
    document = Document(
        segmented.title, language or language_of(text), segmented.clauses, segmented.warnings, segmented.furniture
    )
    if converted is None:
        return document
    guessed = ReadingWarning(0, "font-guessed", family)
    lines = tuple(text.split("\n"))
    return replace(document, warnings=(guessed, *document.warnings), meta={"text": "converted-font"}, source=lines)
