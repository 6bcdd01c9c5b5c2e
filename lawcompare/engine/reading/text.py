"""Plain text -> Document. The lines may be broken anywhere and carry page numbers; see ``lines`` and ``unwrap``."""

from __future__ import annotations

from lawcompare.engine.document import Document
from lawcompare.engine.reading.decoding.encodings import decode
from lawcompare.engine.reading.layout.text_lines import read_lines
from lawcompare.engine.reading.layout.unwrap import paragraphs
from lawcompare.engine.structure.segment import segment
from lawcompare.engine.text.words import language_of


def read(data: bytes, *, language: str | None = None) -> Document:
    """Read a law from plain text; raises ReadingError for text in no known encoding.

    >>> read("មាត្រា ១.- គោលបំណង\\nច្បាប់នេះមានគោលបំណង ។\\n".encode()).clauses[0].num
    'មាត្រា ១'
    """
    text = decode(data)
    segmented = segment(list(paragraphs(read_lines(text))))
    return Document(
        segmented.title, language or language_of(text), segmented.clauses, segmented.warnings, segmented.furniture
    )
