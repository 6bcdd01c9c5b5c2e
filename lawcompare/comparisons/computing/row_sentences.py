"""The sentences about a row: those of the engine where the words are known, and less where they are not."""

from lawcompare.comparisons.computing.draft_rows import DraftRow, RowSentence, Texts
from lawcompare.comparisons.models import Standing
from lawcompare.engine.align import Alignment
from lawcompare.engine.diff import Change, Diff
from lawcompare.engine.diff.describe import describe
from lawcompare.engine.document import Clause, Document

UNSEEN = {"heading-only", "not-known"}


def is_unseen(document: Document, clause: Clause | None) -> bool:
    """Whether the source says that the words of the clause are not known, and nothing inside it has any."""
    if clause is None or clause.attributes.get("text_status") not in UNSEEN:
        return False
    return not any(inside.text for inside in document.subtree(clause.eid))


def unseen_sides(old_is_unseen: bool, new_is_unseen: bool) -> RowSentence:
    if old_is_unseen and new_is_unseen:
        return "unseen-both", {}
    return ("unseen-old" if old_is_unseen else "unseen-new"), {}


def standing_of(row: DraftRow, texts: Texts) -> str:
    """The standing of a row. In a text known in part no clause is shown as added or removed."""
    unknown = standing_if_unknown(row, texts)
    if unknown:
        return unknown
    if row.kind not in {"split", "merged"} and (row.is_unseen or not _are_placed(row)):
        return Standing.SAME_SUBJECT
    if row.kind == "renumbered" and _differs_in_substance(row):
        # The sentence tells of the new number; what a reader must not miss is that the words changed too.
        return Standing.CHANGED
    return row.kind


def standing_if_unknown(row: DraftRow, texts: Texts) -> str:
    """The standing of a row, heading or part that a text known in part does not show; empty for all others."""
    if row.new is None and texts.new_is_partial:
        return Standing.NOT_IN_NEW
    if row.old is None and texts.old_is_partial:
        return Standing.NOT_IN_OLD
    return ""


def _differs_in_substance(row: DraftRow) -> bool:
    return any(change.op != "equal" and not change.noise for change in row.all_changes) or any(
        (part.old is None or part.new is None) and not part.standing for part in row.parts
    )


def describe_row(row: DraftRow, unit: Alignment, texts: Texts) -> None:
    """Say what happened, or that too little is known to say it."""
    unseen = is_unseen(texts.old, row.old), is_unseen(texts.new, row.new)
    if row.new is None and texts.new_is_partial:
        row.sentences, row.is_unseen = [("not-in-new", {})], unseen[0]
    elif row.old is None and texts.old_is_partial:
        row.sentences, row.is_unseen = [("not-in-old", {})], unseen[1]
    elif row.old is not None and row.new is not None and any(unseen):
        row.is_unseen = True
        row.sentences = [unseen_sides(*unseen)]
        for part in row.parts:
            part.text = None
    else:
        row.sentences = _describe_words(row, unit, texts)


def _describe_words(row: DraftRow, unit: Alignment, texts: Texts) -> list[RowSentence]:
    changes = describe(
        unit.kind if row.kind in {"split", "merged"} or _are_placed(row) else "changed",
        [_name(texts.old.by_eid[eid]) for eid in unit.old],
        [_name(texts.new.by_eid[eid]) for eid in unit.new],
        _joined(row),
        language=texts.new.language,
    )
    return [(change.kind, dict(change.values)) for change in changes]


def _are_placed(row: DraftRow) -> bool:
    """Whether numbers can be spoken of: both clauses have one, or neither does."""
    return row.old is None or row.new is None or bool(row.old.num) == bool(row.new.num)


def _name(clause: Clause) -> str:
    return clause.num or clause.heading


def _joined(row: DraftRow) -> Diff | None:
    """All that differs in a row, as one redline: what the sentence about it counts."""
    if row.old is None or row.new is None:
        return None
    changes: list[Change] = []
    for one in row.printed:
        if one.text is not None:
            changes += one.changes
        elif one.standing:
            continue  # not reported is neither put in nor taken out
        elif one.old is None and one.new is not None and one.new.text:
            changes.append(Change("insert", one.new.text))
        elif one.new is None and one.old is not None and one.old.text:
            changes.append(Change("delete", one.old.text))
    coarse = any(one.text.coarse for one in row.printed if one.text)
    # A row is replaced where all of it is: an article with one new paragraph keeps its other words.
    compared = [one.text for one in row.printed if one.text is not None]
    replaced = bool(compared) and all(text.replaced for text in compared)
    return Diff(tuple(changes), coarse, replaced, row.size)
