"""Rich text (RTF) -> Document: its words by a library, then as plain text; the ``line`` is that of the words.

What is set in an old Khmer font is put into Unicode by the font of each run.
"""

from dataclasses import replace

from striprtf.striprtf import rtf_to_text

from lawcompare.engine.document import Document
from lawcompare.engine.errors import ReadingError
from lawcompare.engine.reading import text
from lawcompare.engine.reading.office.legacy_runs import LegacyRuns
from lawcompare.engine.reading.office.rtf_fonts import marked, runs_of

MAX_BYTES = 20 * 1024 * 1024  # without its pictures no law comes near it


def read(data: bytes, *, language: str | None = None) -> Document:
    """Read a law from an RTF file. Raises ReadingError for a file that is broken, too large, or holds no text.

    >>> law = read(rb"{\\rtf1\\ansi Article 1. Aim\\par This law has an aim.\\par}")
    >>> law.clauses[0].heading
    'Aim'
    """
    if len(data) > MAX_BYTES:
        raise ReadingError("the RTF file is too large; save it without pictures, or as .docx")
    rtf, fonts = marked(data.decode("latin-1"))
    if rtf.count("{") - rtf.count("\\{") > rtf.count("}") - rtf.count("\\}"):
        raise ReadingError("the RTF file is broken off before its end; save it anew")
    try:
        # What is beyond ASCII is written in escapes, which name their code page themselves.
        words = rtf_to_text(rtf, errors="replace")
    except (ValueError, LookupError, IndexError, TypeError, AttributeError, RecursionError) as error:
        raise ReadingError("the RTF file is broken and cannot be read; save it as .docx") from error
    if not words.strip():
        raise ReadingError("the RTF file holds no text")
    legacy = LegacyRuns()
    if fonts:
        lines = (legacy.in_unicode(runs, number) for number, runs in enumerate(runs_of(words, fonts), 1))
        words = "\n".join("".join(run.text for run in runs) for runs in lines)
    document = text.read(words.encode(), language=language)
    if legacy.has_converted:
        meta = {**document.meta, "text": "converted-font"}
        document = replace(document, meta=meta, warnings=(*legacy.warnings, *document.warnings))
    return document if document.source else replace(document, source=tuple(words.split("\n")))
