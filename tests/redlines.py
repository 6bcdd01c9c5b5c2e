"""The paragraphs of a redline as they read once all of its changes are accepted, or refused."""

from collections.abc import Iterable

from lawcompare.engine.writing.redline import Paragraph


def accepted(paragraphs: Iterable[Paragraph]) -> list[str]:
    """The new text."""
    return _read(paragraphs, {"equal", "insert", "moved-to", "slip"})


def refused(paragraphs: Iterable[Paragraph]) -> list[str]:
    """The old text."""
    return _read(paragraphs, {"equal", "delete", "moved-from"})


def _read(paragraphs: Iterable[Paragraph], kept: set[str]) -> list[str]:
    texts, words = [], ""
    for paragraph in paragraphs:
        words += "".join(text for op, text in paragraph.runs if op in kept)
        if paragraph.mark in kept:
            texts.append(words)
            words = ""
    return texts + ([words] if words else [])
