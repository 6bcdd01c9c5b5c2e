"""The words of a part as lines: for a spreadsheet's cell, and to be compared with those of another day."""

from collections.abc import Sequence

from lawcompare.engine.writing.report import Block, Facts, Grid, Prose, Redline, ReportHeading

# What a text without its redline has: neither words struck out nor those that moved away.
_GONE = {"delete", "moved-from"}


def lines_of(blocks: Sequence[Block], *, is_marked: bool) -> list[str]:
    """Each paragraph, row and heading as a line; of a redline with its marks (``is_marked``), else the new words."""
    lines: list[str] = []
    for block in blocks:
        match block:
            case ReportHeading(text):
                lines.append(text)
            case Prose(line):
                lines.append("".join(words.text for words in line))
            case Grid(_heads, rows):
                lines += [" | ".join(" ".join(w.text for line in cell for w in line) for cell in row) for row in rows]
            case Facts(rows):
                lines += [": ".join(row) for row in rows]
            case Redline(paragraphs):
                lines += ["".join(_run(op, words, is_marked) for op, words in one.runs) for one in paragraphs]
    return [line for line in lines if line.strip()]


def _run(op: str, words: str, is_marked: bool) -> str:
    if not is_marked:
        return "" if op in _GONE else words
    return {"delete": f"[-{words}-]", "insert": f"{{+{words}+}}"}.get(op, words)
