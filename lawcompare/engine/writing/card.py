"""A card for sharing: a picture of 1,200 × 630 pixels with a few words of a text on it. Typst sets it.

Words reach Typst as data, never as markup. Typst chooses the largest size at which they fit.
"""

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass

from lawcompare.engine.text.words import clusters
from lawcompare.engine.writing import typeset

# Letters beside a change that stay where a long kept run is cut.
KEPT_AROUND = 48
ELLIPSIS = "…"

Run = tuple[str, str]


@dataclass(frozen=True)
class Bar:
    """A bar of the card: what it stands for, and its parts as (state, its words, number, number as it is shown)."""

    label: str
    parts: tuple[tuple[str, str, int, str], ...]


@dataclass(frozen=True)
class Card:
    """What stands on a card, in the reader's language but for the runs, which are in that of the text.

    ``risk``: 0 to 4, or None. ``facts``: what the text is and where it is from. ``runs``: (op, words) with ``equal``,
    ``insert``, ``delete``, ``quote``; a line break in the words begins a paragraph.
    """

    site: str
    host: str
    language: str
    title: str
    label: str = ""
    of: str = ""
    lead: str = ""
    risk: int | None = None
    runs: tuple[Run, ...] = ()
    language_of_runs: str = "en"
    comment: str = ""
    bars: tuple[Bar, ...] = ()
    facts: tuple[str, ...] = ()


def draw_card(card: Card) -> bytes:
    """Returns the card as PNG, drawn in this process."""
    return typeset.draw_card(asdict(card))


def shortened(runs: Iterable[Run], limit: int) -> tuple[Run, ...]:
    """Returns runs of at most about ``limit`` letters: what changed, with some of what stands around it.

    >>> shortened([("equal", "one two three four"), ("insert", " five")], 12)
    (('equal', '…four'), ('insert', ' five'))
    """
    kept: list[Run] = []
    left = limit
    for op, words in _with_context([run for run in runs if run[1]], limit):
        if len(words) > left:
            cut = cut_end(words, left)
            kept.append((op, cut if cut.strip(ELLIPSIS) else ELLIPSIS))
            break
        kept.append((op, words))
        left -= len(words)
        if left <= 0:
            break
    return tuple(kept)


def _with_context(runs: Sequence[Run], limit: int) -> list[Run]:
    """Returns runs in which long kept ones are cut, if there are changes and all is longer than ``limit``."""
    if sum(len(words) for _op, words in runs) <= limit or all(op == "equal" for op, _words in runs):
        return list(runs)
    around = min(KEPT_AROUND, max(limit // 3, 4))
    changed = [place for place, (op, _words) in enumerate(runs) if op != "equal"]
    short: list[Run] = []
    for place, (op, words) in enumerate(runs):
        if op == "equal" and len(words) > 2 * around:
            before = cut_start(words, around) if place < changed[-1] else ""
            after = cut_end(words, around) if place > changed[0] else ""
            words = (
                after.removesuffix(ELLIPSIS) + " … " + before.removeprefix(ELLIPSIS)
                if after and before
                else (after or before)
            )
        elif op == "equal" and place < changed[0] and len(words) > around:
            words = cut_start(words, around)
        short.append((op, words))
    return short


def cut_end(words: str, limit: int) -> str:
    """Returns the first ``limit`` letters, cut between words, or between clusters where there are no spaces.

    >>> cut_end("Nobody can foresee it", 12)
    'Nobody can…'
    """
    if len(words) <= limit:
        return words
    kept = "".join(_within(clusters(words[: 2 * limit]), limit))
    at_word = kept.rpartition(" ")[0]
    return (at_word if len(at_word) > limit // 2 else kept).rstrip(" ,;:.\n") + ELLIPSIS


def cut_start(words: str, limit: int) -> str:
    """Returns the last ``limit`` letters, cut as ``cut_end`` cuts."""
    if len(words) <= limit:
        return words
    kept = "".join(reversed(_within(clusters(words[-2 * limit :])[::-1], limit)))
    at_word = kept.partition(" ")[2]
    return ELLIPSIS + (at_word if len(at_word) > limit // 2 else kept).lstrip()


def _within(letters: Iterable[str], limit: int) -> list[str]:
    kept: list[str] = []
    for letter in letters:
        limit -= len(letter)
        if limit < 0:
            break
        kept.append(letter)
    return kept
