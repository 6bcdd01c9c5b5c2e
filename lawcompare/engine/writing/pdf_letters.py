"""Khmer words of a PDF that Typst set, so that each letter is read once.

Typst begins a new run of glyphs where one stands higher or lower than the line, as a sign below another. Each run bears
all letters of its cluster, by its font or by a mark (``ActualText``, ISO 32000-1 §14.9.4), so that a cluster of three
runs would be copied, searched and read aloud three times. Here each run is given its share of the letters.
"""

import io
import re
from collections import defaultdict
from dataclasses import dataclass, field
from typing import Any

import pikepdf
from pikepdf import Array, ContentStreamInstruction, Dictionary, Name, Operator, Pdf, String

_KHMER = re.compile("[\u1780-\u17ff\u19e0-\u19ff]")
_SINGLE = re.compile(r"<([0-9A-Fa-f]{4})>\s*<([0-9A-Fa-f]+)>\s*$", re.M)


@dataclass
class _Cluster:
    """Letters that are shown together, with the glyphs that show them: (place of the instruction, place in it)."""

    letters: str
    font: tuple[int, int]
    codes: set[bytes] = field(default_factory=set)
    shown: list[tuple[int, int]] = field(default_factory=list)

    def goes_on(self, letters: str, font: tuple[int, int], code: bytes) -> bool:
        return self.letters == letters and self.font == font and code not in self.codes

    def runs(self) -> dict[int, list[int]]:
        places = defaultdict(list)
        for instruction, place in self.shown:
            places[instruction].append(place)
        return places


def read_once(content: bytes) -> bytes:
    """The same PDF in which each Khmer letter is read once; of a PDF without Khmer, the bytes themselves."""
    with Pdf.open(io.BytesIO(content)) as pdf:
        is_changed = False
        for page in pdf.pages:
            fonts = page.Resources.get("/Font", Dictionary())
            if any("Khmer" in str(font.BaseFont) for font in fonts.values()):
                is_changed |= _correct_letters(pdf, page, fonts)
        if not is_changed:
            return content
        written = io.BytesIO()
        pdf.save(written, deterministic_id=True, preserve_pdfa=False)
        return written.getvalue()


def _correct_letters(pdf: Pdf, page: Any, fonts: Any) -> bool:
    instructions: list[Any] = list(pikepdf.parse_content_stream(page))
    clusters, given_at = _clusters(instructions, fonts)
    shares: dict[int, list[tuple[int, int, str]]] = defaultdict(list)
    broken = [(cluster.letters, cluster.runs()) for cluster in clusters if len(cluster.runs()) > 1]
    for letters, runs in broken:
        for share, (at, places) in zip(_shares(letters, len(runs)), runs.items(), strict=True):
            if at in given_at:
                operands, operator = instructions[given_at[at]]
                named = [operands[0], Dictionary(ActualText=String(share))]
                instructions[given_at[at]] = ContentStreamInstruction(named, operator)
            else:
                shares[at].append((places[0], places[-1], share))
    if not broken:
        return False
    written = []
    for at, instruction in enumerate(instructions):
        written += _divided(instruction, shares[at]) if at in shares else [instruction]
    page.Contents = pdf.make_stream(pikepdf.unparse_content_stream(written))
    return True


def _clusters(instructions: list[Any], fonts: Any) -> tuple[list[_Cluster], dict[int, int]]:
    """Khmer clusters in the order of the page, and which mark gives the letters of an instruction."""
    letters_of = {name: _letters(font) for name, font in fonts.items()}
    clusters: list[_Cluster] = []
    given_at: dict[int, int] = {}
    marks: list[int | None] = []
    font, letters, open_cluster = (0, 0), {}, None
    for at, (operands, operator) in enumerate(instructions):
        name = str(operator)
        if name in {"BDC", "BMC"}:
            gives = name == "BDC" and isinstance(operands[1], Dictionary) and "/ActualText" in operands[1]
            marks.append(at if gives else None)
        elif name == "EMC":
            marks.pop()
        elif name == "Tf":
            font, letters = fonts[operands[0]].objgen, letters_of[str(operands[0])]
        elif name in {"Tj", "TJ"}:
            given = marks[-1] if marks else None
            for place, code in enumerate(_items(operands[0])):
                if not isinstance(code, bytes):
                    continue
                words = letters.get(code, "") if given is None else str(instructions[given].operands[1].ActualText)
                if open_cluster is None or not open_cluster.goes_on(words, font, code):
                    open_cluster = _Cluster(words, font) if len(words) > 1 and _KHMER.match(words) else None
                    clusters += [open_cluster] if open_cluster else []
                if open_cluster:
                    open_cluster.codes.add(code)
                    open_cluster.shown.append((at, place))
            if given is not None:
                given_at[at] = given
    return clusters, given_at


def _letters(font: Any) -> dict[bytes, str]:
    """The letters of each code, which Typst writes one by one."""
    stream = font.ToUnicode.read_bytes().decode("latin-1") if "/ToUnicode" in font else ""
    return {bytes.fromhex(code): bytes.fromhex(words).decode("utf-16-be") for code, words in _SINGLE.findall(stream)}


def _items(shown: Any) -> list[Any]:
    """What an instruction shows: codes of two bytes, and numbers by which the next one is moved."""
    items: list[Any] = []
    for piece in shown if isinstance(shown, Array) else [shown]:
        codes = bytes(piece) if isinstance(piece, String) else None
        items += [piece] if codes is None else [codes[at : at + 2] for at in range(0, len(codes), 2)]
    return items


def _shares(letters: str, count: int) -> list[str]:
    """Letters divided among runs: the last ones have one each.

    >>> _shares("abcd", 3), _shares("ab", 3)
    (['ab', 'c', 'd'], ['a', 'b', ''])
    """
    first = max(1, len(letters) - count + 1)
    rest = letters[first:]
    return [letters[:first], *(rest[at : at + 1] for at in range(count - 1))]


def _divided(instruction: Any, shares: list[tuple[int, int, str]]) -> list[Any]:
    """An instruction that shows glyphs as several, those of each share in a mark that gives their letters."""
    items = _items(instruction.operands[0])
    written, end = [], 0
    for start, last, share in shares:
        written += _showing(items[end:start])
        mark = ContentStreamInstruction([Name.Span, Dictionary(ActualText=String(share))], Operator("BDC"))
        written += [mark, *_showing(items[start : last + 1]), ContentStreamInstruction([], Operator("EMC"))]
        end = last + 1
    return written + _showing(items[end:])


def _showing(items: list[Any]) -> list[Any]:
    shown = [String(item) if isinstance(item, bytes) else item for item in items]
    return [ContentStreamInstruction([Array(shown)], Operator("TJ"))] if shown else []
