"""The changes of a comparison as a plain list in words, for screen readers, letters and print."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from lawcompare.comparisons.models import ClausePair
from lawcompare.comparisons.reading.rows import PrintedRow
from lawcompare.comparisons.row_html import is_unknown

# Words before a place that tell where it is.
BEFORE = 6
SEPARATORS = " \t\n"


@dataclass(frozen=True)
class ListedChange:
    """One change. ``old`` and ``new``: the words taken out and put in; ``after``: those just before the place.

    ``is_only``: the other text is not known there, so that its words are neither.
    """

    number: str
    old: str = ""
    new: str = ""
    after: str = ""
    is_noise: bool = False
    is_only: bool = False


def list_changes(row: PrintedRow) -> list[ListedChange]:
    """The changes inside a row, in reading order."""
    changes = list(_in_heading(row.pair))
    for at, part in enumerate(row.parts):
        clause = part.new or part.old
        number = clause.num if clause and at else ""
        changes += _in_part(part, number, is_unknown(row.pair) or is_unknown(part))
    return changes


def _in_heading(pair: ClausePair) -> Iterator[ListedChange]:
    yield from _in_changes(pair.heading_changes, "")


def _in_part(part: ClausePair, number: str, is_only: bool) -> Iterator[ListedChange]:
    if is_only:
        words = (part.old.text if part.old else ""), (part.new.text if part.new else "")
        yield from (
            ListedChange(number, *sides, is_only=True) for sides in ((words[0], ""), ("", words[1])) if any(sides)
        )
    elif part.changes:
        yield from _in_changes(part.changes, number)
    elif part.old is None and part.new is not None and part.new.text:
        yield ListedChange(number, new=part.new.text)
    elif part.new is None and part.old is not None and part.old.text:
        yield ListedChange(number, old=part.old.text)


def _in_changes(changes: Sequence[Sequence[str]], number: str) -> Iterator[ListedChange]:
    """What was taken out and put in at one place is one change."""
    old = new = before = ""
    is_noise = True
    for op, words, noise in [*changes, ("equal", "", "")]:
        if op == "delete":
            old, is_noise = old + words, is_noise and bool(noise)
        elif op == "insert":
            new, is_noise = new + words, is_noise and bool(noise)
        else:
            if old.strip(SEPARATORS) or new.strip(SEPARATORS):
                yield ListedChange(number, old.strip(SEPARATORS), new.strip(SEPARATORS), _last_words(before), is_noise)
            old = new = ""
            is_noise, before = True, words


def _last_words(text: str) -> str:
    """The end of a passage; of one without spaces, as in Khmer, so many letters.

    >>> _last_words("Whoever enters a computer without right is punished by ")
    'computer without right is punished by'
    """
    words = text.split()
    if len(words) < BEFORE:
        return text.strip()[-60:]
    return " ".join(words[-BEFORE:])[-80:]
