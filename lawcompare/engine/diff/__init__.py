"""The redline of two texts: which words were kept, put in, taken out. Which texts belong together, align says."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import accumulate, groupby, pairwise
from typing import Literal, NamedTuple

import regex

from lawcompare.engine.diff.lcs import STEPS, Match, match
from lawcompare.engine.diff.noise import Renumbered, is_contents_table, is_same_spelling, noise_of
from lawcompare.engine.diff.slips import Slip, corrected, find_slips
from lawcompare.engine.diff.tokens import TokenPair, narrow, pair_texts
from lawcompare.engine.errors import ComparisonError

# Which of two texts was read from a picture or an old font; and the ``origin`` of clauses that were.
Read = Literal["", "old", "new", "both"]
READ = frozenset({"recognised", "converted-font"})

# The last two: words of a paraphrase, which are neither put in nor taken out.
Op = Literal["equal", "insert", "delete", "only-old", "only-new"]

# Share of changed words above which a reader is better served by the whole old text and then the whole new one.
REPLACED_ABOVE = 0.6
# How much of the text before a change is looked at to tell what kind of change it is.
_CONTEXT = 300


class Change(NamedTuple):
    """A run of the text. ``op`` is ``equal``, ``insert`` or ``delete``; of ``diff_quoted`` also ``only-…``.

    ``noise`` says why a change does not alter what the law says: ``renumbering``, ``cross-reference`` (to a renumbered
    clause), ``punctuation``, ``spelling`` (also kinds of quotes and dashes, and signs one cannot see), ``whitespace``,
    ``page-number`` (of an entry in a table of contents) or ``slip`` (probably of who read a picture or an old font,
    spaces, signs and spelling included); it is empty for a change of substance and for ``equal``. A deletion and the
    insertion after it bear the same.
    """

    op: Op
    text: str
    noise: str = ""


@dataclass(frozen=True, slots=True)
class Diff:
    """The redline of two texts.

    Joining ``equal`` and ``delete`` gives the old text, ``equal`` and ``insert`` the new one. ``coarse``: the limit of
    steps was reached, and more is marked than was changed. ``replaced``: so much changed that all is shown as taken out
    and put in, but for long runs that were kept. ``ratio``: share of the words of both texts that was changed, 0 to 1.
    """

    changes: tuple[Change, ...]
    coarse: bool = False
    replaced: bool = False
    ratio: float = 0.0

    @property
    def old(self) -> str:
        return "".join(change.text for change in self.changes if change.op in {"equal", "delete", "only-old"})

    @property
    def new(self) -> str:
        return "".join(change.text for change in self.changes if change.op in {"equal", "insert", "only-new"})


def diff(
    old: str,
    new: str,
    *,
    language: str = "en",
    steps: int = STEPS,
    renumbered: Mapping[str, str] | None = None,
    read: Read = "",
) -> Diff:
    """Mark the words that changed between two texts of a clause.

    ``steps`` is how many comparisons of two words may be made before the rest becomes coarse, the same on every
    machine. ``renumbered`` maps old clause numbers to new ones
    (``{"Article 12": "Article 13"}``, with or without the word; one ``Renumbered`` for many redlines), so that a
    reference that only follows its clause is told from a change of substance. ``read`` says which text was read from a
    picture or an old font and not proofread: what differs by a slip is then marked as such. Raises ``ComparisonError``
    for a limit that is none.

    >>> for change in diff("fined 100,000 riel", "fined 1,000,000 riel").changes: print(change.op, repr(change.text))
    equal 'fined '
    delete '100,000'
    insert '1,000,000'
    equal ' riel'
    """
    if steps <= 0:
        raise ComparisonError("the limit of a comparison must be above 0 steps")
    if old == new:
        return Diff((Change("equal", old),) if old else ())
    if read:
        slips = find_slips(old, new, read=read) if language == "km" else []
        while True:
            right, spans = corrected(new, old, slips)
            marked = diff(old, right, language=language, steps=steps, renumbered=renumbered)
            # A slip across the border of an edit is part of that.
            borders = {*accumulate(len(change.text) for change in marked.changes if change.op != "delete")}
            whole = [
                slip for slip, span in zip(slips, spans, strict=True) if borders.isdisjoint(range(span[0] + 1, span[1]))
            ]
            if len(whole) == len(slips):
                return replace(marked, changes=tuple(_with_slips(marked.changes, new, slips, spans)))
            slips = whole
    pair = pair_texts(old, new, language)
    matches, coarse = match(pair.old_keys, pair.new_keys, steps)
    tidied = pair.shift(pair.absorb(matches))
    ratio, replaced = pair.changed(tidied, REPLACED_ABOVE)
    if replaced:
        tidied = pair.kept_in_replaced(tidied)
    parts = _parts(_runs(pair, tidied, look_inside=not replaced))
    numbers = renumbered if isinstance(renumbered, Renumbered) else Renumbered(renumbered or {})
    in_contents = is_contents_table(old) and is_contents_table(new)
    return Diff(tuple(_with_noise(parts, language, numbers, in_contents)), coarse, replaced, ratio)


def _runs(pair: TokenPair, matches: Iterable[Match], *, look_inside: bool) -> Iterator[tuple[Op, str]]:
    """The matches and what lies between them; ``look_inside`` the words of scripts without spaces."""
    old, new = 0, 0
    for run in [*matches, Match(len(pair.old), len(pair.new), 0)]:
        yield from _edit(pair.old[old : run.old], pair.new[new : run.new], look_inside, to_words=True)
        old, new = run.old_end, run.new_end
        kept, put = pair.old[run.old : old], pair.new[run.new : new]
        if kept == put:
            yield "equal", "".join(kept)
            continue
        for before, after in zip(kept, put, strict=True):
            if before == after:
                yield "equal", before
            else:  # two ways to write the same
                yield from _edit([before], [after], look_inside, to_words=False)


def _edit(old: Sequence[str], new: Sequence[str], look_inside: bool, *, to_words: bool) -> Iterator[tuple[Op, str]]:
    look_inside = look_inside and bool(old and new) and not is_same_spelling("".join(old), "".join(new))
    inside = narrow(old, new, to_words=to_words) if look_inside else None
    if inside is not None:
        yield from _runs(*inside, look_inside=False)
        return
    yield "delete", "".join(old)
    yield "insert", "".join(new)


# The text of each op in a run that was kept, or in an edit: the deletion first.
type _Part = dict[Op, str]


def _parts(runs: Iterable[tuple[Op, str]]) -> Iterator[_Part]:
    """What was kept and the edits, in turn."""
    for _, together in groupby((run for run in runs if run[1]), key=lambda run: run[0] == "equal"):
        part: _Part = {"equal": "", "delete": "", "insert": ""}
        for op, text in together:
            part[op] += text
        yield part


def _with_noise(
    parts: Iterable[_Part], language: str, renumbered: Mapping[str, str], in_contents: bool
) -> Iterator[Change]:
    end: _Part = {"equal": ""}
    before = "", ""
    for part, following in pairwise([*parts, end]):
        noise = ""
        if not part["equal"]:
            noise = noise_of(
                part["delete"],
                part["insert"],
                before=before,
                after=following["equal"][:_CONTEXT],
                renumbered=renumbered,
                language=language,
                in_contents=in_contents,
            )
        yield from (Change(op, text, noise) for op, text in part.items() if text)
        before = _tail(before[0] + part["equal"] + part["delete"]), _tail(before[1] + part["equal"] + part["insert"])


def which_read(old: bool, new: bool) -> Read:
    """The name for which of two texts was read."""
    return "both" if old and new else "old" if old else "new" if new else ""


# --- Of a text that was read from a picture or an old font ------------------------------------------------------------

# Its spaces and signs are as uncertain as its letters.
_READ_NOISE = frozenset({"whitespace", "punctuation", "spelling"})
_NO_LETTER, _DIGIT = regex.compile(r"[^\p{L}\p{M}]+"), regex.compile(r"\p{N}")


def _with_slips(
    changes: Sequence[Change], new: str, slips: Sequence[Slip], spans: Sequence[tuple[int, int]]
) -> Iterator[Change]:
    """The redline with the words that were read where others were put for them; each span is inside one change."""
    waiting = list(zip(slips, spans, strict=True))
    at = 0
    for position, change in enumerate(changes):
        noise = change.noise
        if noise in _READ_NOISE or (not noise and _is_broken(changes[max(position - 1, 0) : position + 2], change)):
            noise = "slip"
        if change.op == "delete":
            yield change._replace(noise=noise)
            continue
        pieces: list[Change] = []
        done = at
        while waiting and waiting[0][1][0] < at + len(change.text):
            slip, (start, end) = waiting.pop(0)
            kept, words = change.text[done - at : start - at], change.text[start - at : end - at]
            pieces += [Change("equal", kept), Change("delete", words, "slip")]
            pieces.append(Change("insert", new[slip.new_start : slip.new_end], "slip"))
            done = end
        pieces.append(Change("equal", change.text[done - at :]))
        at += len(change.text)
        if change.op == "equal":
            yield from (piece for piece in pieces if piece.text)
        else:
            yield Change("insert", "".join(piece.text for piece in pieces if piece.op != "delete"), noise)


def _is_broken(around: Sequence[Change], change: Change) -> bool:
    """Whether an edit only breaks words or lines otherwise: both sides have the same letters, and no number."""
    old, new = ("".join(one.text for one in around if one.op == op) for op in ("delete", "insert"))
    if change.op == "equal" or not (old and new) or _DIGIT.search(old + new):
        return False
    return _NO_LETTER.sub("", old) == _NO_LETTER.sub("", new)


def _tail(text: str) -> str:
    """The end of what came before; a sign in front shows that it is not the beginning of the text."""
    return text if len(text) <= _CONTEXT else "…" + text[-_CONTEXT + 1 :]


_QUOTED = re.compile(r"""(["“«])([^"“”«»]+)["”»]""")
# Quotations of which less than this share is in both are of different passages.
_SAME_PASSAGE = 0.5
# Of two texts so many times their letters are compared; each pair of quotations counts as a hundred more.
_COMPARED_MAX, _EACH_TWO = 10, 100


def diff_quoted(old: str, new: str, *, language: str = "en") -> Diff:
    """Mark the words that differ in the passages that both texts quote; all else is ``only-old`` or ``only-new``.

    >>> for change in diff_quoted('It asks for "a fine of 5 riel".', 'It is "a fine of 9 riel".').changes: print(change)
    Change(op='only-old', text='It asks for "', noise='')
    Change(op='only-new', text='It is "', noise='')
    Change(op='equal', text='a fine of ', noise='')
    Change(op='delete', text='5', noise='')
    Change(op='insert', text='9', noise='')
    Change(op='equal', text=' riel', noise='')
    Change(op='only-old', text='".', noise='')
    Change(op='only-new', text='".', noise='')
    """
    if old == new:
        return Diff((Change("equal", old),) if old else ())
    runs: list[Change] = []
    old_at = new_at = quoted_from = 0  # the sign that ends one quotation begins none
    left = _COMPARED_MAX * (len(old) + len(new))
    for quoted in _QUOTED.finditer(new):
        for other in _QUOTED.finditer(old, quoted_from):
            left -= _EACH_TWO + len(other[2]) + len(quoted[2])
            if left < 0:  # what was not compared is of different passages
                break
            marked = diff(other[2], quoted[2], language=language)
            if marked.ratio <= 1 - _SAME_PASSAGE:
                runs += [Change("only-old", old[old_at : other.start(2)])]
                runs += [Change("only-new", new[new_at : quoted.start(2)]), *marked.changes]
                old_at, new_at, quoted_from = other.end(2), quoted.end(2), other.end()
                break
    runs += [Change("only-old", old[old_at:]), Change("only-new", new[new_at:])]
    return Diff(tuple(run for run in runs if run.text))
