"""Write a law as Markdown: read by people as it is, and by ``reading.markdown`` as exactly the same clauses."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

import yaml

from lawcompare.engine.document import Clause, Document
from lawcompare.engine.reading.markdown import MARK, derived, escape, parent_of
from lawcompare.engine.writing.text import Setting, set_lines

PLAIN = re.compile(r"[A-Za-z0-9_-]+")


def write(document: Document, meta: Mapping[str, Any]) -> str:
    """The law as Markdown. ``meta`` is what the front matter says of it; what is empty is left out.

    >>> from lawcompare.engine.reading import markdown
    >>> law = Document("Law", "en", (Clause("art_1", "article", "Article 1", "Aim", "This law has an aim."),))
    >>> markdown.read(write(law, {}).encode()).clauses[0].text
    'This law has an aim.'
    """
    fields = {"title": document.title, "language": document.language, **meta}
    front = {key: value for key, value in fields.items() if value not in ("", None)} | {"clauses": MARK}
    head = yaml.safe_dump(front, allow_unicode=True, sort_keys=False, width=110)
    body = "\n\n".join(block for setting in set_lines(document) for block in _blocks(setting))
    return f"---\n{head}---\n\n{body}\n"


def _blocks(setting: Setting) -> Iterator[str]:
    """The line that begins the clause with what is said of it below, and its paragraphs."""
    clause = setting.clause
    lines = clause.text.split("\n") if clause.text else []
    if setting.level:
        yield f"{'#' * setting.level} {escape(setting.heading)}\n{_marks(clause, setting.heading, is_heading=True)}"
    else:
        first = setting.lead + (lines.pop(0) if lines else "")
        marks = _marks(clause, first, is_heading=False)
        yield f"{escape(first)}\n{marks}" if first else marks
    yield from (escape(line) for line in lines)


def _marks(clause: Clause, first: str, *, is_heading: bool) -> str:
    """The attribute line: the address, what the first line does not show by itself, and what is known of the words."""
    shown = dict(zip(("element", "num", "heading"), derived(first, clause.eid, is_heading=is_heading), strict=True))
    attributes = {"eid": clause.eid}
    attributes |= {name: getattr(clause, name) for name in shown if getattr(clause, name) != shown[name]}
    if (clause.parent or "") != parent_of(clause.eid):
        attributes["parent"] = clause.parent or ""
    attributes |= {key: value for key, value in clause.attributes.items() if value}
    pairs = (f"{key}={_quoted(value)}" for key, value in attributes.items())
    return f"{{: {' '.join(pairs)} }}"


def _quoted(value: str) -> str:
    if PLAIN.fullmatch(value):
        return value
    plain = value.replace("\n", " ").replace("\\", "\\\\").replace('"', '\\"')
    return f'"{plain}"'
