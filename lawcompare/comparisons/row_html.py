"""What is printed of a pair of clauses: number, heading and words of both sides, with what differs marked.

Rendered once, without notes, when a comparison is written; rendered again, with marks, where a reader sees notes.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from lawcompare.annotations.models import Annotation
from lawcompare.annotations.reading.marked_text import law_text, mark_words, marked_changes, note_mark
from lawcompare.annotations.reading.marks import ChangeRun
from lawcompare.comparisons.models import Level, Standing
from lawcompare.comparisons.reading.paragraph_diff import DiffParagraph, cut_paragraphs
from lawcompare.laws import rendering
from lawcompare.laws.rendering import INDENT_MAX, marked

Notes = Mapping[int, list[Annotation]]
# The languages of the old and the new text.
Languages = tuple[str, str]


@dataclass(frozen=True)
class PairWords:
    """The words of a pair. ``old`` and ``new`` are clauses, stored or not; None where the pair has one side alone."""

    kind: str
    level: str
    old: Any
    new: Any
    # [[op, text, noise], …] of the clauses' own words and of their headings; empty where nothing differs.
    changes: Sequence[Sequence[str]] = ()
    heading_changes: Sequence[Sequence[str]] = ()
    # Whether the changes are those of the clauses with all inside them.
    is_flat: bool = False
    # Whether too little is known to say what happened.
    is_unknown: bool = False

    @classmethod
    def of(cls, pair: Any) -> PairWords:
        """Those of a stored pair whose clauses are loaded."""
        return cls(
            pair.kind,
            pair.level,
            pair.old,
            pair.new,
            pair.changes,
            pair.heading_changes,
            pair.is_flat,
            is_unknown(pair),
        )


def is_unknown(pair: Any) -> bool:
    """Whether too little is known of the clauses of a row or part to say what happened to them."""
    return pair.is_unseen or pair.standing in {Standing.NOT_IN_OLD, Standing.NOT_IN_NEW}


def pair_html(words: PairWords, row: PairWords | None, languages: Languages) -> str:
    """What is stored of a pair; ``row`` is that of a part."""
    if row is not None:
        return part_html(words, row, languages)
    if words.level == Level.CONTAINER:
        return heading_line(words, "new", languages)
    old = heading_line(words, "old", languages) if words.old else None
    return rendering.headings(old, heading_line(words, "new", languages), words.new is None, languages)


def _language(side: str, languages: Languages) -> str:
    """That of the element which a side is: words of the other text stand in it too, taken out."""
    return languages[0] if side == "old" else languages[1]


# --- Numbers and headings ---------------------------------------------------------------------------------------------


def heading_line(pair: PairWords, side: str, languages: Languages) -> str:
    """Number and heading as one line; a stop between them where that side has both."""
    language = _language(side, languages)
    number, heading = _number(pair, side, language), _heading(pair, side, language)
    clause = (pair.old if side == "old" else pair.new) or pair.old or pair.new
    stop = ". " if clause and clause.num and clause.heading else " " if number and heading else ""
    return f"{number}{stop}{heading}"


def _number(pair: PairWords, side: str, language: str) -> str:
    """A clause's number, and on the new side what it was before where it differs."""
    old, new = (pair.old.num if pair.old else ""), (pair.new.num if pair.new else "")
    if not (pair.old and pair.new) or old == new:
        return marked(new or old, language)
    if pair.level == Level.UNIT and not (old and new):
        return marked(old if side == "old" else new, language)  # the other's number is not known
    was = rendering.changed("delete", marked(old, language), "renumbering") if old else ""
    if side == "old":
        return was
    now = rendering.changed("insert", marked(new, language), "renumbering") if new else ""
    return f"{was} {now}" if was else now


def _heading(pair: PairWords, side: str, language: str) -> str:
    """A clause's heading as a redline."""
    if pair.heading_changes:
        return redline_words(marked_changes(pair.heading_changes, None, None, {}), side, language)
    clause = (pair.old if side == "old" else pair.new) or pair.new or pair.old
    return marked(clause.heading if clause else "", language)


def _lead(part: PairWords, row: PairWords, side: str, language: str) -> str:
    """The number and heading that run into a part's first line; none for the article's own words."""
    is_own = {"old": _is_same(part.old, row.old), "new": _is_same(part.new, row.new)}
    if not any(is_own.values()):
        return rendering.lead(_number(part, side, language), _heading(part, side, language))
    # What was the article's own text stands beside a part that has a number, or the other way round.
    clause = part.old if side == "old" else part.new
    if clause is None or is_own[side]:
        return ""
    op = "delete" if side == "old" else "insert"
    number, heading = (
        rendering.changed(op, marked(words, language)) if words else "" for words in (clause.num, clause.heading)
    )
    return rendering.lead(number, heading)


def _is_same(one: Any, other: Any) -> bool:
    return (one and one.eid) == (other and other.eid)


def _name(clause: Any) -> str:
    return " ".join(filter(None, [clause.num, clause.heading])) or str(clause.eid)


def indent(part: Any, row: Any) -> int:
    """How many steps a part stands inside its row's clause."""
    for one, top in ((part.new, row.new), (part.old, row.old)):
        if one and top:
            return min(max(one.depth - top.depth, 0), INDENT_MAX)
    return 1


# --- Words ------------------------------------------------------------------------------------------------------------


def part_html(part: PairWords, row: PairWords, languages: Languages, notes: Notes | None = None) -> str:
    """The words of a part, old and new, with marks where there are ``notes``."""
    step = indent(part, row)
    leads = _lead(part, row, "old", languages[0]), _lead(part, row, "new", languages[1])
    blocks = list(_blocks(part, row, leads, step, languages, notes or {}))
    if part.kind == "moved" and leads[1] and part.old and part.new:
        blocks.append(rendering.moved_note(_name(part.old), step))
    return "\n".join(blocks)


def _blocks(
    part: PairWords, row: PairWords, leads: tuple[str, str], step: int, languages: Languages, notes: Notes
) -> Iterator[str]:
    paragraphs = _paragraphs(part, notes)
    if not paragraphs:
        yield rendering.sides(*_without_redline(part, row, leads, languages, notes), step, languages)
    for number, paragraph in enumerate(paragraphs):
        if paragraph.inside:
            html = "".join(rendering.redline(redline_words(one.runs, "new", languages[1])) for one in paragraph.inside)
            yield rendering.folded(len(paragraph.inside), html, step, languages[1])
        else:
            old, new = leads if number == 0 else ("", "")
            old = rendering.redline(redline_words(paragraph.runs, "old", languages[0]), old)
            new = rendering.redline(redline_words(paragraph.runs, "new", languages[1]), new)
            yield rendering.sides(old, new, step, languages)


def _paragraphs(part: PairWords, notes: Notes) -> list[DiffParagraph]:
    """The redline of a part's own text, cut so that paragraphs stand side by side; empty where nothing differs."""
    if not (part.changes and part.old and part.new):
        return []
    if part.is_flat or not notes:
        # Notes point into a clause's own words; a flat redline goes over all that stands inside it.
        return cut_paragraphs(marked_changes(part.changes, None, None, {}))
    return cut_paragraphs(marked_changes(part.changes, part.old, part.new, notes))


def redline_words(runs: Sequence[ChangeRun], side: str, language: str) -> str:
    """The runs of a redline: on the old side without what was put in; on the new side all, for reading inline.

    ``language`` is that of the element which they stand in.
    """
    return "".join(
        # Inside what was taken out, so that it is hidden with it.
        rendering.changed(run.op, mark_words(run.text, run.annotations, language) + note_mark(run.closes), run.noise)
        for run in runs
        if run.op != "insert" or side == "new"
    )


def _without_redline(
    part: PairWords, row: PairWords, leads: tuple[str, str], languages: Languages, notes: Notes
) -> tuple[str, str]:
    """The words of both sides where they are shown without a redline."""
    old, new = (
        rendering.with_lead(_clause_html(clause, language, notes), lead)
        for clause, language, lead in zip((part.old, part.new), languages, leads, strict=True)
    )
    if row.is_unknown or part.is_unknown:
        before = rendering.alone(old) if part.old else ""
        if part.new:
            return before, rendering.alone(new)
        return before, rendering.alone(rendering.old_text_label() + old, is_inline=True)
    if part.new is None:
        return rendering.whole("delete", old), rendering.whole("delete", old, is_gone=True)
    if part.old is None:
        return "", rendering.whole("insert", new)
    return old, new


def _clause_html(clause: Any, language: str, notes: Notes) -> str:
    if clause is None:
        return ""
    return law_text(clause, notes, language=language) if notes else rendering.paragraphs(clause.text, language)
