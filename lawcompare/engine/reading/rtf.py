"""Rich text (RTF) -> Document: its words by a library, then as plain text; the ``line`` is that of the words.

What is set in an old Khmer font is put into Unicode by the font of each run, which the library does not tell: where a
run in such a font begins or ends, a sign that no text holds is written into the file, and comes out among the words.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from itertools import groupby

from striprtf.striprtf import rtf_to_text

from lawcompare.engine.document import ROW_TABS, Document
from lawcompare.engine.errors import ReadingError
from lawcompare.engine.reading import text
from lawcompare.engine.reading.legacy_fonts import is_legacy_font
from lawcompare.engine.reading.paragraphs import FontRun, Paragraphs, table_blocks
from lawcompare.engine.structure.outline import Block

MAX_BYTES = 20 * 1024 * 1024  # without its pictures no law comes near it
# Unicode has set these aside for the inner use of programs: the first is any font that is not old, one each the others.
FIRST, MOST = 0xFDD0, 31
_TOKEN = re.compile(
    r"\\(?P<word>[a-zA-Z]{1,32})(?P<number>-?\d{1,10})? ?|\\'(?P<hex>[0-9a-fA-F]{2})|\\(?P<sign>[^a-zA-Z])"
    r"|(?P<brace>[{}])|(?P<text>[^\\{}]+)",
    re.DOTALL,
)
NAME_MAX = 100  # letters of the name of a font
_ESCAPE = "{{\\uc1\\u{} ?}}"
_MARK = re.compile(f"([{chr(FIRST)}-{chr(FIRST + MOST)}])")


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
    converter = Paragraphs()
    if fonts:
        lines = (converter.in_unicode(runs, number) for number, runs in enumerate(runs_of(words, fonts), 1))
        words = "\n".join("".join(run.text for run in runs) for runs in lines)
    words = _with_rows(_MARK.sub("", words))
    document = text.read(words.encode(), language=language)
    if converter.has_converted:
        meta = {**document.meta, "text": "converted-font"}
        document = replace(document, meta=meta, warnings=(*converter.warnings, *document.warnings))
    return document if document.source else replace(document, source=tuple(words.replace(text.CELL, "\t").split("\n")))


def _with_rows(words: str) -> str:
    """The words, with the sign between cells that the reader of text knows where the library has ``a|b|c|``."""
    lines: list[str] = []
    for is_row, group in groupby(words.split("\n"), key=lambda line: line.endswith("|") and line.count("|") > ROW_TABS):
        part = list(group)
        rows = table_blocks([[[Block(cell)] for cell in line[:-1].split("|")] for line in part]) if is_row else []
        lines += [row.text.replace("\t", text.CELL) for row in rows] or part
    return "\n".join(lines)


@dataclass(slots=True)
class _Group:
    """What holds inside a pair of braces; ``skipped`` is how many signs after one of Unicode stand for it again."""

    font: str = ""
    skipped: int = 1
    is_font_table: bool = False
    is_aside: bool = False


@dataclass(slots=True)
class _Scan:
    groups: list[_Group] = field(default_factory=lambda: [_Group()])
    names: dict[str, str] = field(default_factory=dict)  # of the fonts, by their numbers
    default: str = ""
    to_skip: int = 0

    @property
    def here(self) -> _Group:
        return self.groups[-1]

    @property
    def is_old(self) -> bool:
        return is_legacy_font(self.names.get(self.here.font, "").strip("; "))


def marked(rtf: str) -> tuple[str, list[str]]:
    """The file with a sign where a run in an old Khmer font begins or ends, and the names of these fonts in order.

    Pictures that stand in it as bytes, in which the library may lose itself, are taken out.
    """
    scan, fonts = _Scan(), list[str]()
    pieces: list[str] = []
    last, at = 0, 0
    while (token := _TOKEN.match(rtf, at)) is not None:
        at = token.end()
        word, number = token["word"], token["number"] or ""
        if token["brace"] == "{":
            scan.groups.append(replace(scan.here))
            scan.to_skip = 0
        elif token["brace"] == "}" and len(scan.groups) > 1:
            scan.groups.pop()
            scan.to_skip = 0
        elif token["sign"]:
            scan.here.is_aside = scan.here.is_aside or token["sign"] == "*"
            scan.to_skip = 0
        elif word:
            scan.to_skip = scan.here.skipped if word == "u" else 0
            _note(scan, word, number)
            if word == "bin":
                pieces.append(rtf[last : token.start()])
                last = at = min(at + max(int(number or 0), 0), len(rtf))
        elif scan.here.is_font_table:
            if not scan.here.is_aside and token["text"]:
                scan.names[scan.here.font] = (scan.names.get(scan.here.font, "") + token["text"])[:NAME_MAX]
        elif token["text"]:
            scan.to_skip = max(scan.to_skip - len(token["text"]), 0)
        elif scan.to_skip:
            scan.to_skip -= 1
        elif scan.is_old and not scan.here.is_aside:  # its bytes are Latin letters, whatever the charset it names
            byte = bytes.fromhex(token["hex"])
            letter = byte.decode("latin-1" if byte[0] in (0x81, 0x8D, 0x8F, 0x90, 0x9D) else "cp1252")
            pieces += rtf[last : token.start()], _ESCAPE.format(ord(letter))
            last = at
        if (token["brace"] == "}" or word in ("f", "plain")) and not scan.here.is_font_table:
            pieces += rtf[last:at], _ESCAPE.format(FIRST + _index(scan, fonts))
            last = at
    pieces.append(rtf[last:])
    return "".join(pieces), fonts


def _note(scan: _Scan, word: str, number: str) -> None:
    if word == "fonttbl":
        scan.here.is_font_table = True
    elif word == "f":
        scan.here.font = number
    elif word == "deff":
        scan.default = scan.here.font = number
    elif word == "plain":
        scan.here.font = scan.default
    elif word == "uc":
        scan.here.skipped = max(int(number or 1), 0)


def _index(scan: _Scan, fonts: list[str]) -> int:
    """Which of the old fonts is in use, from 1; 0 for any other."""
    if not scan.is_old:
        return 0
    name = scan.names[scan.here.font].strip("; ")
    if name not in fonts and len(fonts) < MOST:
        fonts.append(name)
    return fonts.index(name) + 1 if name in fonts else MOST


def runs_of(words: str, fonts: list[str]) -> Iterator[list[FontRun]]:
    """The runs of each line of the words that came out of a marked file."""
    font = ""
    runs: list[FontRun] = []
    for piece in _MARK.split(words):
        if _MARK.fullmatch(piece):
            index = ord(piece) - FIRST
            font = fonts[index - 1] if index else ""
            continue
        for number, line in enumerate(piece.split("\n")):
            if number:
                yield runs
                runs = []
            if line:
                runs.append(FontRun(line, font=font))
    yield runs
