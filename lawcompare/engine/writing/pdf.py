"""A redline of two texts as a PDF to print: tagged, with bookmarks and embedded faces. Typst sets the pages.

Typst shapes Khmer and breaks its lines between words. The words reach it as data, never as markup.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from lawcompare.engine.writing.faces import face_folders
from lawcompare.engine.writing.redline import Paragraph

TEMPLATE = Path(__file__).with_name("redline.typ")


def write_redline(labels: dict[str, Any], paragraphs: Iterable[Paragraph], moment: datetime) -> bytes:
    """The PDF. ``said`` is what stands around the redline, in the reader's words:

    ``title``, ``site``, ``language``, ``footer``, ``end``; ``sides``, two of ``{"label", "title", "facts"}``;
    ``facts``, pairs of words; ``notices``, sentences; ``legend``, ``{"label", "runs"}``. ``only`` has a word for each
    side whose own clauses say nothing of a change, since the other text is known only in part:
    ``{"old": "old text"}``. ``moment`` is when the texts were compared.
    """
    return set_pages(redline_data(labels, paragraphs, moment), moment)


def redline_data(labels: dict[str, Any], paragraphs: Iterable[Paragraph], moment: datetime) -> dict[str, Any]:
    """What ``set_pages`` sets, as plain data: it can be handed to another process."""
    return {
        **labels,
        "day": [moment.year, moment.month, moment.day],
        "paragraphs": [[one.level, one.indent, _shown_runs(one, labels["only"])] for one in paragraphs],
    }


def set_pages(data: dict[str, Any], moment: datetime) -> bytes:
    """The PDF of ``redline_data``."""
    import typst  # where the pages are set, which is inside the box

    compiler = typst.Compiler(
        str(TEMPLATE),
        font_paths=face_folders(),
        ignore_system_fonts=True,
        sys_inputs={"data": json.dumps(data, ensure_ascii=False)},
    )
    written = compiler.compile(format="pdf", timestamp=moment.replace(microsecond=0))
    assert isinstance(written, bytes)  # one file, since a PDF is not one a page
    return written


def _runs(paragraph: Paragraph) -> list[tuple[str, str]]:
    """The runs, with a sign where only the end of the paragraph was put in or taken out."""
    runs: list[tuple[str, str]] = []
    for op, text in paragraph.runs:
        if paragraph.level and runs and runs[-1][0] != op and "equal" not in (runs[-1][0], op):
            runs.append(("equal", " "))  # "Article 3 Article 4" where the number changed
        runs.append((op, text))
    if paragraph.mark != "equal" and any(op == "equal" for op, _text in paragraph.runs):
        runs.append((paragraph.mark, "¶"))
    return runs


def _shown_runs(paragraph: Paragraph, only: Mapping[str, str]) -> list[tuple[str, str]]:
    """The runs. A paragraph that one text alone has is not said to be new or gone where the other is known in part."""
    runs = _runs(paragraph)
    ops = {op for op, text in runs if text.strip()}
    for op, side in (("delete", "old"), ("insert", "new")):
        if ops == {op} and side in only:
            name = [("side", only[side])] if paragraph.eid else []
            return [*name, *((f"only-{side}", text) for _op, text in runs)]
    return runs
