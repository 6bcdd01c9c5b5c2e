"""The fonts of the runs of an RTF file, which the library that takes its words does not tell.

Where a run in an old Khmer font begins or ends, a sign that no text holds is written into the file; it comes out among
the words, at its place.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from lawcompare.engine.reading.legacy_fonts import is_legacy_font
from lawcompare.engine.reading.office.legacy_runs import FontRun

# Unicode has set these aside for the inner use of programs: the first is any font that is not old, one each the others.
FIRST, MOST = 0xFDD0, 31
_TOKEN = re.compile(
    r"\\(?P<word>[a-zA-Z]{1,32})(?P<number>-?\d{1,10})? ?|\\'(?P<hex>[0-9a-fA-F]{2})|\\(?P<sign>[^a-zA-Z])"
    r"|(?P<brace>[{}])|(?P<text>[^\\{}]+)",
    re.DOTALL,
)
_MARK = re.compile(f"([{chr(FIRST)}-{chr(FIRST + MOST)}])")


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
            scan.groups.append(_Group(scan.here.font, scan.here.skipped, scan.here.is_font_table, scan.here.is_aside))
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
                scan.names[scan.here.font] = scan.names.get(scan.here.font, "") + token["text"]
        elif token["text"]:
            scan.to_skip = max(scan.to_skip - len(token["text"]), 0)
        elif scan.to_skip:
            scan.to_skip -= 1
        elif scan.is_old and not scan.here.is_aside:  # its bytes are Latin letters, whatever the charset it names
            pieces += rtf[last : token.start()], _escape(ord(_latin(token["hex"])))
            last = at
        if (token["brace"] == "}" or word in ("f", "plain")) and not scan.here.is_font_table:
            pieces += rtf[last:at], _escape(FIRST + _index(scan, fonts))
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


def _escape(code: int) -> str:
    return f"{{\\uc1\\u{code} ?}}"


def _latin(digits: str) -> str:
    byte = bytes.fromhex(digits)
    return byte.decode("cp1252") if byte[0] not in (0x81, 0x8D, 0x8F, 0x90, 0x9D) else byte.decode("latin-1")


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
