"""Redlines of texts of the demonstration with tracked changes, each with what it must say accepted and refused."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import permutations
from pathlib import Path

from lawcompare.engine.align import align_documents
from lawcompare.engine.document import Document
from lawcompare.engine.reading import read
from lawcompare.engine.writing.redline import Link, redline
from lawcompare.engine.writing.report import write_redline
from lawcompare.engine.writing.text import set_lines
from lawcompare.engine.writing.word import WordDocument
from tests.conftest import ROOT

DRAFTS = ("2012-v1", "2020-08", "2024-leak")
OTHERS = ("budapest-convention/2001", "iccpr/1966", "udhr/1948", "kh-criminal-code/2009")
MOMENT = datetime(2026, 3, 1, 12, tzinfo=UTC)


def pairs() -> Iterator[tuple[str, str]]:
    """Each draft against each other and against other laws, both ways round, in both languages: 60 pairs."""
    for language in ("en", "km"):
        drafts = [f"kh-cybercrime/{draft}-{language}" for draft in DRAFTS]
        yield from permutations(drafts, 2)
        for other in OTHERS:
            for draft in drafts:
                yield from permutations((draft, f"{other}-{language}"))


def write(folder: Path, pair: tuple[str, str]) -> None:
    old, new = (_text(name) for name in pair)
    word = WordDocument("Redline", "lawcompare", MOMENT, language="en", header="", footer="")
    write_redline(word, redline(old, new, _links(old, new)), MOMENT, new.language)
    word.paragraph("Remark", "End")
    file = folder / "--".join(name.replace("/", "-") for name in pair)
    file.with_suffix(".docx").write_bytes(word.save())
    wanted = {"accept": lines(new), "reject": lines(old)}
    file.with_suffix(".json").write_text(json.dumps(wanted), "utf-8")


def lines(text: Document) -> list[str]:
    return [line for setting in set_lines(text) for line in setting.paragraphs]


def _text(name: str) -> Document:
    file = ROOT / "fixtures/laws" / f"{name}.md"
    return read(file.read_bytes(), filename=file.name)


def _links(old: Document, new: Document) -> list[Link]:
    aligned = align_documents(old, new)
    inside = [one for parts in aligned.parts.values() for one in parts]
    entries = [*aligned.units, *aligned.containers, *inside]
    return [Link(entry.old[0], entry.new[0]) for entry in entries if entry.old and entry.new]
