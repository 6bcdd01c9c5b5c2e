"""What Typst sets: a redline of two texts as a PDF to print and to be read aloud (PDF/UA-1), and cards for sharing.

It shapes Khmer and breaks its lines between words. The words reach it as data, never as markup.
"""

import importlib
import json
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:  # a card is waited for: nothing else is loaded
    from lawcompare.engine.writing.redline import Paragraph, Runs

# The faces of the pages, with all their letters.
FACES = ("fontpkg_source_serif_4", "fontpkg_noto_sans_khmer")
CARD, REDLINE = (Path(__file__).with_name(name) for name in ("card.typ", "redline.typ"))
DOTS_PER_INCH = 72  # of a card: a point is a pixel


def draw_card(data: dict[str, Any]) -> bytes:
    """Returns the PNG of a card given as ``card.Card`` names its parts."""
    picture = _compiler(CARD, data).compile(format="png", ppi=DOTS_PER_INCH)
    assert isinstance(picture, bytes)  # one page
    return picture


def set_pages(data: dict[str, Any], moment: datetime) -> bytes:
    """The PDF of ``redline_data``: as PDF/UA-1, or tagged without that claim where Typst refuses to make it.

    It refuses a letter that no face has, as of a third script: what is read aloud would lack it.
    """
    import typst

    from lawcompare.engine.writing.pdf_letters import read_once

    compiler = _compiler(REDLINE, data)
    moment = moment.replace(hour=0, minute=0, second=0, microsecond=0)
    try:
        written = compiler.compile(format="pdf", timestamp=moment, pdf_standards=["ua-1"])
    except typst.TypstError as error:
        if not str(error).startswith("PDF/UA-1 error"):
            raise
        written = compiler.compile(format="pdf", timestamp=moment)
    assert isinstance(written, bytes)  # one file, since a PDF is not one a page
    return read_once(written)


def _compiler(template: Path, data: dict[str, Any]) -> Any:
    import typst  # where pages are set, which is inside the box

    faces = [str(Path(importlib.import_module(name).__path__[0]) / "files") for name in FACES]
    words = json.dumps(data, ensure_ascii=False)
    return typst.Compiler(str(template), font_paths=faces, ignore_system_fonts=True, sys_inputs={"data": words})


def write_redline(labels: dict[str, Any], paragraphs: Iterable["Paragraph"], moment: datetime) -> bytes:
    """The PDF. ``labels`` is what stands around the redline, in the reader's words:

    ``title``, ``lead`` (may be empty), ``site``, ``language``, ``law_language``, ``footer``, ``end``; ``provenance``,
    the head of the column of names; ``sides``, two of ``{"label", "title", "facts"}``; ``facts``, pairs of words;
    ``notices``, sentences; ``legend``, ``{"label", "runs"}``. ``moment`` is when the texts were compared.
    """
    return set_pages(redline_data(labels, paragraphs, moment), moment)


def redline_data(labels: dict[str, Any], paragraphs: Iterable["Paragraph"], moment: datetime) -> dict[str, Any]:
    """What ``set_pages`` sets, as plain data: it can be handed to another process."""
    return {
        **labels,
        "day": [moment.year, moment.month, moment.day],
        "rows": _rows(*(side["facts"] for side in labels["sides"])),
        "paragraphs": list(_nested(paragraphs)),
    }


def _rows(old: Sequence[tuple[str, str]], new: Sequence[tuple[str, str]]) -> list[tuple[str, str, str]]:
    """Facts of two texts side by side: name, the old text's, the new text's; empty where one has none.

    >>> _rows([("Date", "2012"), ("Note", "a")], [("Date", "2020"), ("Source", "b"), ("Note", "c")])
    [('Date', '2012', '2020'), ('Source', '', 'b'), ('Note', 'a', 'c')]
    """
    olds, news = dict(old), dict(new)
    names = [name for name, _words in new]
    for place, (name, _words) in enumerate(old):
        if name not in news:
            before = old[place - 1][0] if place else None
            names.insert(names.index(before) + 1 if before else 0, name)
    return [(name, olds.get(name, ""), news.get(name, "")) for name in names]


def _nested(paragraphs: Iterable["Paragraph"]) -> Iterator[tuple[int, int, int, "Runs"]]:
    """Level by which a heading looks, level by which it is nested (no level is left out), indent and runs."""
    above = 0
    for paragraph in paragraphs:
        runs = _runs(paragraph)
        level = paragraph.level if any(text.strip() for _op, text in runs) else 0
        if level:
            above = min(level, above + 1)
        yield level, above if level else 0, paragraph.indent, runs


def _runs(paragraph: "Paragraph") -> "Runs":
    """The runs, with a sign where only the end of the paragraph was put in or taken out."""
    runs: Runs = []
    for op, text in paragraph.runs:
        if paragraph.level and runs and runs[-1][0] != op and "equal" not in (runs[-1][0], op):
            runs.append(("equal", " "))  # "Article 3 Article 4" where the number changed
        runs.append((op, text))
    if paragraph.mark != "equal" and any(op == "equal" for op, _text in paragraph.runs):
        runs.append((paragraph.mark, "¶"))
    return runs
